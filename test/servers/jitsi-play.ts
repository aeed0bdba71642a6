/**
 * Acts out a crisis in rooms of Prosody's own. Stands in for what upstream's modules and Jicofo do, which cannot be part of this repository; each behaviour after
 * the file that it follows (revisions: components/services/jitsi/upstream.ts):
 *
 * - the verifier of tokens: asks for a key first, then compares algorithm, signature, time, issuer and audience, and keeps what the token says in the session
 *   (mod_auth_token.lua, token/util.lib.lua process_and_verify_token, luajwtjitsi.lib.lua verify); OpenSSL's own program stands in for its library;
 * - the verifier of rooms: at 99, the token's room and domain against the room's address, unless the host of who comes is on its list (mod_token_verification.lua,
 *   token/util.lib.lua verify_room); it writes the token of whoever it refuses into the log;
 * - the lobby: on `create-lobby-room` everybody inside becomes a member and the room members-only; whoever knocks without an affiliation is refused at -4, with
 *   the lobby's name (mod_muc_lobby_rooms.lua);
 * - the state of a room: sends the relays' credentials to who enters, as JSON, past the event of mod_external_services (mod_room_metadata_component.lua
 *   send_metadata);
 * - the focus: makes owners of everybody with a token (ChatRoomRoleManager.kt AuthenticationRoleManager).
 */
export const play = `
local base64, jid, json, st = require "util.encodings".base64, require "util.jid", require "util.json", require "util.stanza";
local muc = module:depends "muc";
local main = module:context("meet.example.ch");
local said = {};
local function say(...) said[#said + 1] = table.concat({ ... }, " "); end
local function read(path) local file = assert(io.open(path, "rb")); local text = file:read("*a"); file:close(); return text; end
local function write(path, text) local file = assert(io.open(path, "wb")); file:write(text); file:close(); end
local folder = module:get_option_string("play_folder");
local function decoded(part) return base64.decode((part:gsub("-", "+"):gsub("_", "/")) .. ("="):rep(-#part % 4)); end

local function verify(session)
  if not session.auth_token then
    return main:get_option_boolean("allow_empty_token") and "empty" or "token required";
  end
  local refused = prosody.events.fire_event("pre-jitsi-authentication-fetch-key", session);
  if refused and refused.res == false then return refused.reason; end
  local key = session.public_key or main:get_option_string("app_secret");
  local text, signature = session.auth_token:match("^(.+)%.([^.]*)$");
  local header = json.decode(decoded(text:match("^[^.]+")));
  local claims = json.decode(decoded(text:match("[^.]+$")));
  if header.typ ~= "JWT" or header.alg ~= main:get_option_string("signature_algorithm") then return "incorrect alg"; end
  write(folder .. "/key", key); write(folder .. "/text", text); write(folder .. "/signature", decoded(signature));
  if not os.execute(("openssl dgst -sha256 -verify %s/key -signature %s/signature %s/text >/dev/null 2>&1"):format(folder, folder, folder)) then
    return "invalid signature";
  end
  if claims.exp and os.time() >= claims.exp then return "expired"; end
  if claims.nbf and os.time() < claims.nbf then return "not yet"; end
  if not main:get_option_set("asap_accepted_issuers"):contains(claims.iss) then return "invalid 'iss' claim"; end
  if not main:get_option_set("asap_accepted_audiences"):contains(claims.aud) then return "invalid 'aud' claim"; end
  if not claims.room or not claims.sub then return "room claim is missing"; end
  session.jitsi_meet_room, session.jitsi_meet_domain = claims.room, claims.sub;
  session.jitsi_meet_context_user = claims.context and claims.context.user;
  return "verified";
end

local allowed = module:get_option_set("token_verification_allowlist", {});
module:hook("muc-occupant-pre-join", function (event)
  local session, host = event.origin, jid.host(event.stanza.attr.from);
  if host == "auth.meet.example.ch" or allowed:contains(host) then return; end
  local room = main:get_option_boolean("enable_domain_verification")
    and jid.join(session.jitsi_meet_room, "muc." .. (session.jitsi_meet_domain or "")) == event.room.jid;
  if not room then
    module:log("error", "Token %s not allowed to join: %s err: nil reason: Room and token mismatched", tostring(session.auth_token), event.stanza.attr.to);
    event.origin.send(st.error_reply(event.stanza, "cancel", "not-allowed", "Room and token mismatched"));
    return true;
  end
end, 99);

module:hook_object_event(prosody.events, "create-lobby-room", function (event)
  for _, occupant in event.room:each_occupant() do
    if not event.room:get_affiliation(occupant.bare_jid) then event.room:set_affiliation(true, occupant.bare_jid, "member"); end
  end
  event.room._data.lobbyroom = "lobby";
  event.room:set_members_only(true);
  say("lobby of", jid.node(event.room.jid));
end);
module:hook("muc-occupant-pre-join", function (event)
  local affiliation = event.room:get_affiliation(event.stanza.attr.from);
  if event.room:get_members_only() and (not affiliation or affiliation == "none") then
    event.origin.send(st.error_reply(event.stanza, "auth", "registration-required"));
    return true;
  end
end, -4);

-- Nobody is connected: what rooms say goes nowhere, rather than coming back as an error that puts people out.
muc.room_mt.route_stanza = function () end

local function run()
  local kicked = {};
  module:hook("muc-broadcast-presence", function (event)
    for status in event.x:childtags("status") do
      if status.attr.code == "307" then kicked[#kicked + 1] = event.occupant.nick; end
    end
  end);
  local tokens = json.decode(read(folder .. "/tokens"));

  local function session(who, token)
    local made = { type = "c2s", host = jid.host(who), username = jid.node(who), resource = "r", full_jid = who .. "/r", auth_token = token };
    made.send = function (reply) made.heard = reply; end;
    prosody.bare_sessions[who] = { sessions = { r = made } };
    return made;
  end
  local function join(name, from)
    local who = from.full_jid;
    local to = name .. "@" .. module.host .. "/" .. from.username;
    local stanza = st.presence({ from = who, to = to }):tag("x", { xmlns = "http://jabber.org/protocol/muc" }):up();
    from.heard = nil;
    prosody.core_post_stanza(from, stanza);
    local room = muc.get_room_from_jid(name .. "@" .. module.host);
    local inside = room and room:get_occupant_by_real_jid(who);
    if inside then return ("inside as %s, %s"):format(tostring(room:get_affiliation(who)), inside.role); end
    local refusal = from.heard and from.heard:get_child("error");
    for _, condition in ipairs { "registration-required", "not-allowed" } do
      if refusal and refusal:get_child(condition, "urn:ietf:params:xml:ns:xmpp-stanzas") then
        return condition == "not-allowed" and "refused" or "sent to the lobby";
      end
    end
    return "unheard: " .. tostring(from.heard);
  end
  local function with(token, who)
    local made = session(who or (token .. "@meet.example.ch"), tokens[token]);
    say(token, "token", verify(made));
    return made;
  end
  local function guest(name) return session(name .. "@guest.meet.example.ch"); end
  local function focus(name) return join(name, session("focus@auth.meet.example.ch")); end
  local function room(name) return muc.get_room_from_jid(name .. "@" .. module.host); end

  say("focus", focus("board"));
  local early = guest("early");
  say("early guest", join("board", early));
  local chief = with("chief");
  say("moderator", join("board", chief));
  say("early guest again", join("board", early));
  say("moderator after a reload", join("board", with("chief", "reloaded@meet.example.ch")));
  local staff = with("staff");
  say("participant with a token", join("board", staff));

  local function grant(what, actor, who, affiliation)
    say(what, tostring(room("board"):set_affiliation(actor, jid.bare(who.full_jid), affiliation) == true), tostring(room("board"):get_affiliation(who.full_jid)));
  end
  grant("owner by the focus", "focus@auth.meet.example.ch", staff, "owner");
  grant("owner by a moderator", "chief@meet.example.ch", staff, "owner");
  grant("admin by a moderator", "chief@meet.example.ch", staff, "admin");
  grant("again by the focus", "focus@auth.meet.example.ch", chief, "owner");
  say("role by a moderator", tostring(room("board"):set_role("chief@meet.example.ch/r", "board@" .. module.host .. "/staff", "moderator") == true));
  grant("member by a moderator", "chief@meet.example.ch", early, "member");
  say("admitted guest", join("board", early));
  grant("admitted guest as owner", "focus@auth.meet.example.ch", early, "owner");

  room("board"):set_members_only(false);
  room("board")._data.lobbyroom = nil;
  say("guest with the lobby off", join("board", guest("free")));
  say("moderator with the lobby off", join("board", with("chief", "third@meet.example.ch")));
  say("members only", tostring(room("board"):get_members_only()));
  say("kicked", tostring(#kicked));

  focus("first");
  say("first guest", join("first", guest("first")));
  focus("other");
  say("moderator of another room", join("other", with("chief", "astray@meet.example.ch")));
  say("participant of another domain", join("other", with("elsewhere")));
  -- The key of the generation before.
  focus("known");
  say("moderator first", join("known", with("former")));
  say("recorder", join("known", session("recorder@hidden.meet.example.ch")));

  local liar = session("liar@guest.meet.example.ch", tokens.chief);
  say("guest who sends a moderator's token", join("board", liar), tostring(room("board"):get_affiliation(liar.full_jid)));
  for _, name in ipairs { "none", "shared", "stranger", "unnamed", "upwards", "audience", "issuer", "expired", "changed", "garbage" } do
    local made = with(name);
    say(name, "then", join("board", made));
  end
  local empty = session("empty@meet.example.ch");
  say("empty token", verify(empty));
  say("empty then", join("board", empty));

  local reached;
  for _, kind in ipairs { "full", "bare" } do
    module:hook("iq/" .. kind, function (event)
      if event.stanza:get_child("jibri", "http://jitsi.org/protocol/jibri") then reached = true; return true; end
    end, 1000);
  end
  local function record(what, from, attr, type)
    reached, from.heard = nil, nil;
    prosody.core_post_stanza(from, st.iq({ type = type or "set", id = "3", from = from.full_jid, to = "board@" .. module.host .. (attr.to or "/focus") })
      :tag("jibri", { xmlns = "http://jitsi.org/protocol/jibri", action = attr.action, recording_mode = attr.mode }):up(), true);
    local refused = from.heard and from.heard:get_child("error") and from.heard:get_child("error"):get_child("forbidden", "urn:ietf:params:xml:ns:xmpp-stanzas");
    say("recording", what, reached and "reached" or refused and "forbidden" or "unheard");
  end
  local start, guest_owner = { action = "start", mode = "file" }, guest("owner");
  guest_owner.jitsi_meet_context_user = { id = "1", moderator = true };
  record("start by a moderator", chief, start);
  record("stop by a moderator", chief, { action = "stop" });
  record("stream by a moderator", chief, { action = "start", mode = "stream" });
  record("nameless by a moderator", chief, { action = "start" });
  record("start by a participant", staff, start);
  record("stop by a participant", staff, { action = "stop" });
  record("status by a participant", staff, { action = "status" });
  record("other word by a participant", staff, { action = "Start", mode = "File" });
  record("to the room by a participant", staff, { action = "start", mode = "file", to = "" });
  record("answer by a participant", staff, start, "result");
  record("start by a guest", early, start);
  record("start by a guest with a token", liar, start);
  record("start by a guest who claims to moderate", guest_owner, start);
  record("start by a stranger", empty, start);
  staff.auth_token, staff.jitsi_meet_context_user = tokens.staff, { id = "1", moderator = "true" };
  record("start by a word for true", staff, start);

  local hashes = require "util.hashes";
  local function turn(who, event)
    local services = { { type = "turns", host = "relay-1", expires = 1700000000, restricted = true, username = "1700000000", password = "x" },
      { type = "stun", host = "relay-1" } };
    prosody.hosts["guest.meet.example.ch"].events.fire_event("external_service/" .. event, {
      stanza = st.iq({ type = "get", id = "2", from = who .. "/r" }), services = services });
    say("relay user", who, event, services[1].username, services[1].password, tostring(services[2].username),
      tostring(services[1].password == base64.encode(hashes.hmac_sha1("turn secret", services[1].username))));
  end
  turn("one@guest.meet.example.ch", "services");
  turn("one@guest.meet.example.ch", "credentials");
  turn("two@guest.meet.example.ch", "services");

  local function state(who, from, services)
    local stanza = st.message({ from = from, to = who .. "/r" }):tag("json-message", { xmlns = "http://jitsi.org/jitmeet", room = "board" })
      :text(json.encode({ type = "room_metadata", metadata = { lobbyEnabled = true, services = services } })):up();
    prosody.hosts[jid.host(who)].events.fire_event("message/full", { origin = { type = "component", send = function () end }, stanza = stanza });
    return json.decode(stanza:get_child("json-message", "http://jitsi.org/jitmeet"):get_text()).metadata;
  end
  local function sent(who, from)
    local metadata = state(who, from, { { type = "turns", host = "relay-1", restricted = "1", username = "1700000000", password = "x" },
      { type = "stun", host = "relay-1" } });
    local first, second = metadata.services[1], metadata.services[2];
    say("sent relay user", who, from, first.username, tostring(second.username), tostring(metadata.lobbyEnabled),
      tostring(first.password == base64.encode(hashes.hmac_sha1("turn secret", first.username))));
  end
  sent("one@guest.meet.example.ch", "metadata.meet.example.ch");
  sent("one@meet.example.ch", "metadata.meet.example.ch");
  sent("one@guest.meet.example.ch", "muc.meet.example.ch");
  for _, identity in ipairs(main:get_host_items("identity")) do
    if identity.type == "shard" then say("shard", identity.name, "of", main.host); end
  end
  say("state without relays", tostring(state("one@guest.meet.example.ch", "metadata.meet.example.ch", nil).lobbyEnabled));
end

module:hook_global("server-started", function ()
  module:add_timer(0.2, function ()
    local ok, problem = xpcall(run, debug.traceback);
    if not ok then say("failed:", problem); end
    write(folder .. "/result.new", table.concat(said, "\\n") .. "\\n");
    os.rename(folder .. "/result.new", folder .. "/result");
  end);
end);
`;

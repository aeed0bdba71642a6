/**
 * Acts out a crisis in rooms of Prosody's own. Stands in for what upstream's modules and Jicofo do, which cannot be part of this repository; each behaviour after
 * the file that it follows (revisions: components/services/jitsi/upstream.ts):
 *
 * - the lobby: on `create-lobby-room` everybody inside becomes a member and the room members-only; whoever knocks without an affiliation is refused at -4, with
 *   the lobby's name (mod_muc_lobby_rooms.lua);
 * - the proxy in front of the focus: answers to "proxy/address of the receiver" (mod_client_proxy.lua);
 * - the focus: answers only when it is inside, and says whom it knows (ConferenceIqHandler.kt).
 */
export const play = `
local jid, st, users = require "util.jid", require "util.stanza", require "core.usermanager";
local muc = module:depends "muc";
local said = {};
local function say(...) said[#said + 1] = table.concat({ ... }, " "); end

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
  local heard;
  local kicked = {};
  module:hook("muc-broadcast-presence", function (event)
    for status in event.x:childtags("status") do
      if status.attr.code == "307" then kicked[#kicked + 1] = event.occupant.nick; end
    end
  end);

  local function join(name, who, as)
    local from, to = who .. "/r", name .. "@" .. module.host .. "/" .. (as or jid.node(who));
    local stanza = st.presence({ from = from, to = to }):tag("x", { xmlns = "http://jabber.org/protocol/muc" }):up();
    heard = nil;
    prosody.core_post_stanza({ type = "c2s", host = jid.host(who), send = function (reply) heard = reply; end }, stanza);
    local room = muc.get_room_from_jid(name .. "@" .. module.host);
    if room and room:get_occupant_by_real_jid(from) then return "inside as " .. tostring(room:get_affiliation(from)); end
    local refusal = heard and heard:get_child("error");
    if refusal and refusal:get_child("registration-required", "urn:ietf:params:xml:ns:xmpp-stanzas") then return "sent to the lobby"; end
    return "unheard: " .. tostring(heard);
  end
  local function answer(name, receiver, identity, from, type)
    local stanza = st.stanza("iq", {
      type = type or "result"; id = "1"; from = from or "focus@auth.meet.example.ch/f"; to = "focus.meet.example.ch/" .. receiver .. "/r";
    }):tag("conference", { xmlns = "http://jitsi.org/protocol/focus", room = name .. "@" .. module.host, ready = "true", identity = identity });
    prosody.core_post_stanza({ type = "c2s", host = "auth.meet.example.ch", send = function () end }, stanza);
  end
  local function enter_focus(name) return join(name, "focus@auth.meet.example.ch", "focus"); end
  local chief, reloaded, deputy = "chief@guest.meet.example.ch", "reloaded@guest.meet.example.ch", "deputy@guest.meet.example.ch";

  say("focus", enter_focus("opening"));
  say("early guest", join("opening", "early@guest.meet.example.ch"));
  answer("opening", chief, "duty-officer@meet.example.ch");
  say("moderator", join("opening", chief));
  say("early guest again", join("opening", "early@guest.meet.example.ch"));
  answer("opening", reloaded, "duty-officer@meet.example.ch");
  say("moderator after a reload", join("opening", reloaded));
  answer("opening", deputy, "deputy@meet.example.ch");
  say("second moderator", join("opening", deputy));

  local room = muc.get_room_from_jid("opening@" .. module.host);
  room:set_members_only(false);
  room._data.lobbyroom = nil;
  say("guest with the lobby off", join("opening", "free@guest.meet.example.ch"));
  answer("opening", "third@guest.meet.example.ch", "deputy@meet.example.ch");
  say("moderator with the lobby off", join("opening", "third@guest.meet.example.ch"));
  say("members only", tostring(room:get_members_only()));
  say("kicked", tostring(#kicked));

  enter_focus("known");
  answer("known", chief, "duty-officer@meet.example.ch");
  say("moderator of another room", join("known", chief));
  enter_focus("another");
  say("moderator elsewhere", join("another", chief));

  enter_focus("forged");
  answer("forged", "liar@guest.meet.example.ch", "liar@meet.example.ch", "liar@guest.meet.example.ch/r");
  say("who forges an answer", join("forged", "liar@guest.meet.example.ch"));
  answer("forged", "guest@guest.meet.example.ch", nil);
  say("whom the focus does not know", join("forged", "guest@guest.meet.example.ch"));
  answer("forged", "error@guest.meet.example.ch", "error@meet.example.ch", nil, "error");
  say("who gets a refusal", join("forged", "error@guest.meet.example.ch"));
  answer("nowhere", chief, "duty-officer@meet.example.ch");

  for _, try in ipairs { { "duty-officer", "first" }, { "duty-officer", "second" }, { "deputy", "second" } } do
    say(try[1], try[2], tostring(users.test_password(try[1], "meet.example.ch", try[2]) == true));
  end

  local hashes, base64 = require "util.hashes", require "util.encodings".base64;
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
end

module:hook_global("server-started", function ()
  module:add_timer(0.2, function ()
    local ok, problem = xpcall(run, debug.traceback);
    if not ok then say("failed:", problem); end
    local file = io.open(module:get_option_string("play_result") .. ".new", "w");
    file:write(table.concat(said, "\\n"), "\\n");
    file:close();
    os.rename(module:get_option_string("play_result") .. ".new", module:get_option_string("play_result"));
  end);
end);
`;

/**
 * Modules of Prosody that stand in for upstream's, which cannot be part of this repository. Each behaves towards clients as the file that it follows (revisions:
 * components/services/jitsi/upstream.ts), and has only what clients that join can notice.
 */

/**
 * Sign-in with a token (mod_auth_token.lua; token/util.lib.lua process_and_verify_token; luajwtjitsi.lib.lua verify): the address of the connection carries it, the
 * mechanism is ANONYMOUS, and who has none that holds is refused.
 */
const auth = `
local base64, json, sasl = require "util.encodings".base64, require "util.json", require "util.sasl";
local pkey, digest = require "openssl.pkey", require "openssl.digest";
local formdecode, id = require "util.http".formdecode, require "util.id";
local issuers = module:get_option_set("asap_accepted_issuers", {});
local audiences = module:get_option_set("asap_accepted_audiences", {});
local algorithm = module:get_option_string("signature_algorithm");

module:hook_global("websocket-session", function (event)
  local query = event.request.url.query;
  event.session.auth_token = query and formdecode(query).token;
end);

local function decoded(part) return base64.decode((part:gsub("-", "+"):gsub("_", "/")) .. ("="):rep(-#part % 4)); end

local function verified(session)
  if not session.auth_token then return false, "token required"; end
  local refused = prosody.events.fire_event("pre-jitsi-authentication-fetch-key", session);
  if refused and refused.res == false then return false, refused.reason; end
  local text, signature = session.auth_token:match("^(.+)%.([^.]*)$");
  local header, claims = json.decode(decoded(text:match("^[^.]+"))), json.decode(decoded(text:match("[^.]+$")));
  if header.typ ~= "JWT" or header.alg ~= algorithm then return false, "incorrect alg"; end
  local sum = digest.new("sha256"); sum:update(text);
  if not pkey.new(session.public_key):verify(decoded(signature), sum) then return false, "invalid signature"; end
  if os.time() >= claims.exp then return false, "expired"; end
  if not issuers:contains(claims.iss) or not audiences:contains(claims.aud) then return false, "invalid claim"; end
  session.jitsi_meet_room, session.jitsi_meet_domain = claims.room, claims.sub;
  session.jitsi_meet_context_user = claims.context and claims.context.user;
  return true;
end

module:provides("auth", {
  get_sasl_handler = function (session)
    return sasl.new(module.host, { token = true, anonymous = function () return true; end, session = session });
  end;
});

-- The library's own ANONYMOUS asks nothing.
sasl.registerMechanism("ANONYMOUS", { "anonymous" }, function (self)
  local session = self.profile.session;
  if session then
    local ok, why = verified(session);
    if not ok then return "failure", "not-allowed", why; end
  end
  self.username = id.medium():lower();
  return "success";
end);
`;

/** The token's room and domain against the room's address (mod_token_verification.lua; token/util.lib.lua verify_room). */
const verification = `
local jid, st = require "util.jid", require "util.stanza";
local allowed = module:get_option_set("token_verification_allowlist", {});
module:hook("muc-occupant-pre-join", function (event)
  local session, host = event.origin, jid.host(event.stanza.attr.from);
  if session.is_focus or allowed:contains(host) then return; end
  if jid.join(session.jitsi_meet_room, "muc." .. (session.jitsi_meet_domain or "")) ~= event.room.jid then
    session.send(st.error_reply(event.stanza, "cancel", "not-allowed", "Room and token mismatched"));
    return true;
  end
end, 99);
`;

/** The most participants of a room (mod_muc_max_occupants.lua). */
const most = `
local st, jid = require "util.stanza", require "util.jid";
local limit, free = module:get_option_number("muc_max_occupants", -1), module:get_option_set("muc_access_whitelist", {});
module:hook("muc-occupant-pre-join", function (event)
  if free:contains(jid.bare(event.stanza.attr.from)) then return; end
  local inside = 0;
  for _, occupant in event.room:each_occupant() do
    if not free:contains(occupant.bare_jid) then inside = inside + 1; end
  end
  if limit >= 0 and inside >= limit then
    event.origin.send(st.error_reply(event.stanza, "cancel", "service-unavailable"));
    return true;
  end
end, 10);
`;

/** So many joins of a room a second; who comes faster waits in a queue (mod_muc_rate_limit.lua). */
const roomRate = `
local throttle, queue = require "util.throttle", require "util.queue";
local rate = module:get_option_number("muc_rate_joins", 3);
module:hook("muc-occupant-pre-join", function (event)
  local room, stanza = event.room, event.stanza;
  if stanza.waited then stanza.waited = nil; return; end
  room.join_throttle = room.join_throttle or throttle.create(rate, 1);
  if room.join_throttle:poll(1) and not room.join_timer then return; end
  room.join_queue = room.join_queue or queue.new(1000);
  if not room.join_queue:push(event) then return; end
  if not room.join_timer then
    room.join_timer = true;
    module:add_timer(1, function ()
      for _ = 1, rate do
        local one = room.join_queue:pop();
        if one and one.origin.conn then
          one.stanza.waited = true;
          room:handle_normal_presence(one.origin, one.stanza);
        end
      end
      if room.join_queue:count() > 0 then return 1; end
      room.join_timer = nil;
    end);
  end
  return true;
end, 9);
`;

/**
 * Limits of an address and of a connection (mod_rate_limit.lua): who logs in from an address beyond its rate keeps a slow connection, and who sends too many stanzas
 * is slowed, then put out. Counts those, for the tests.
 */
const rateLimit = `
local filters, throttle, http, ip = require "util.filters", require "util.throttle", require "net.http.server", require "util.ip";
local gettime = require "util.time".now;
local number = function (name, default) return module:get_option_number("rate_limit_" .. name, default); end
local rates = { presence = number("presence_rate", 4), iq = number("iq_rate", 15), message = number("message_rate", 3) };
local logins, addresses, slow = number("login_rate", 3), {}, {};
local free, hosts = module:get_option_set("rate_limit_whitelist", {}), module:get_option_set("rate_limit_whitelist_hosts", {});
local timeout = number("timeout", 60);
prosody.put_out = 0;

local function stanza_in(stanza, session)
  local rate = session.stanza_rates[stanza.name];
  if not rate or rate:poll(1, true) then return stanza; end
  if session.slowed then
    session.violations = (session.violations or 0) + 1;
    if session.violations >= 10 then
      prosody.put_out = prosody.put_out + 1;
      session:close({ condition = "policy-violation", text = "Rate limit exceeded" });
      return;
    end
  else
    session.slowed = true;
    session.conn:setlimit(number("session_rate", 1000));
    module:add_timer(timeout, function ()
      if session.conn then session.conn:setlimit(0); end
      session.slowed, session.violations = nil, 0;
    end);
  end
  return stanza;
end

local function begins(session)
  local request = http.get_request_from_conn(session.conn);
  local address = request and request.ip or session.ip;
  local parsed = ip.new_ip(address);
  for range in free do if ip.match(parsed, ip.parse_cidr(range)) then return; end end
  addresses[address] = addresses[address] or throttle.create(logins, 2);
  if not addresses[address]:poll(1, true) then slow[address] = gettime(); end
  session.stanza_rates = {};
  for name, rate in pairs(rates) do session.stanza_rates[name] = throttle.create(rate, 2); end
  filters.add_filter(session, "stanzas/in", stanza_in);
  if slow[address] and gettime() - slow[address] < timeout then
    if gettime() - slow[address] < 5 then slow[address] = gettime(); end
    session.slowed = true;
    session.conn:setlimit(number("ip_rate", 2000));
  end
end
function module.load() filters.add_filter_hook(begins); end
`;

/** The lobby (mod_muc_lobby_rooms.lua): a room with one lets in members; who knocks is told where to wait, in a room of its own. */
const lobby = `
local st, jid = require "util.stanza", require "util.jid";
local waiting = module:get_option_string("lobby_muc");
module:hook_global("create-lobby-room", function (event)
  event.room._data.lobbyroom = jid.node(event.room.jid) .. "@" .. waiting;
  -- Made by nobody who waits: none of them owns it.
  prosody.hosts[waiting].modules.muc.create_room(event.room._data.lobbyroom);
  event.room:set_members_only(true);
end);
local function at_rooms(rooms)
  rooms:hook("muc-occupant-pre-join", function (event)
    local affiliation = event.room:get_affiliation(event.stanza.attr.from);
    if event.room:get_members_only() and (not affiliation or affiliation == "none") then
      local reply = st.error_reply(event.stanza, "auth", "registration-required");
      event.origin.send(reply:tag("lobbyroom", { xmlns = "http://jitsi.org/jitmeet" }):text(event.room._data.lobbyroom));
      return true;
    end
  end, -4);
end
local main = module:get_option_string("main_muc");
local function host(name) if name == main then at_rooms(module:context(name)); end end
if prosody.hosts[main] then host(main); end
module:hook_global("host-activated", host);
`;

/**
 * The focus (Jicofo): opens the rooms, which nobody else may, is the first inside, and asks something of everybody whenever somebody joins: of who joins to take a
 * session, of the others to add a source (JitsiMeetConferenceImpl.java). Writes down how many of its requests were answered, and how many people a limit put out.
 */
const focus = `
local jid, st, id = require "util.jid", require "util.stanza", require "util.id";
local who = module:get_option_string("focus_account");
local asked, answered = 0, 0;
local session = { type = "c2s", host = jid.host(who), username = jid.node(who), resource = "r", full_jid = who .. "/r", is_focus = true };
session.send = function (stanza)
  if stanza.name == "iq" and stanza.attr.type == "result" then answered = answered + 1; end
  return true;
end

local function enter(name)
  prosody.core_post_stanza(session, st.presence({ from = session.full_jid, to = name .. "@" .. module.host .. "/focus" })
    :tag("x", { xmlns = "http://jabber.org/protocol/muc" }):up());
end

module:hook("muc-occupant-joined", function (event)
  if event.occupant.bare_jid == who then return; end
  for _, occupant in event.room:each_occupant() do
    if occupant.bare_jid ~= who then
      asked = asked + 1;
      local action = occupant.nick == event.nick and "session-initiate" or "source-add";
      prosody.core_post_stanza(session, st.iq({ type = "set", from = session.full_jid, to = occupant.nick, id = id.short() })
        :tag("jingle", { xmlns = "urn:xmpp:jingle:1", action = action, sid = "1" }):up());
    end
  end
end, -100);

module:hook_global("server-started", function ()
  prosody.full_sessions[session.full_jid] = session;
  prosody.bare_sessions[who] = { sessions = { r = session } };
  prosody.hosts[session.host].sessions[session.username] = prosody.bare_sessions[who];
  module:add_timer(0.1, function ()
    for name in module:get_option_set("rooms_of_the_focus", {}) do enter(name); end
  end);
end);

local folder = module:get_option_string("play_folder");
module:add_timer(0.2, function ()
  local file = assert(io.open(folder .. "/said.new", "w"));
  file:write(("%d %d %d"):format(asked, answered, prosody.put_out or 0));
  file:close();
  os.rename(folder .. "/said.new", folder .. "/said");
  return 0.2;
end);
`;

/** The modules by the name of their file. */
export const standIns = {
  "mod_auth_token.lua": auth,
  "mod_token_verification.lua": verification,
  "mod_muc_max_occupants.lua": most,
  "mod_muc_rate_limit.lua": roomRate,
  "mod_rate_limit.lua": rateLimit,
  "mod_muc_lobby_rooms.lua": lobby,
  "mod_focus.lua": focus,
} as const;

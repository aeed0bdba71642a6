-- Makes owners of a room exactly those whose verified token says that they moderate, and nobody else: not who comes first, not whom the focus knows (it would
-- make an owner of everybody with a token), not whom a moderator names. Who has a token enters past the lobby; who has none is a guest.
--
-- Belongs to the component of the rooms and to that of breakout rooms; needs mod_auth_token on the host of those who sign in, which keeps what a token says only
-- once it is verified.
local jid = require "util.jid";

local focus = module:get_option_string("focus_account");
local host = module:get_option_string("access_host");

local function signed_in(session)
	-- A guest can send a token, too: nobody verifies it on the guests' host.
	return session and session.host == host and session.auth_token and session.jitsi_meet_context_user or nil;
end

local function moderates(session)
	local user = signed_in(session);
	return user ~= nil and user.moderator == true;
end

local function anyhow(address)
	local user = prosody.bare_sessions[address];
	for _, session in pairs(user and user.sessions or {}) do
		if moderates(session) then
			return true;
		end
	end
	return false;
end

-- Before the verification of the room (99): it writes the token of whoever it refuses into the log, whole, and who reads that enters in their name while it counts. What
-- the token says is in the session since it was verified there; from here on it only matters that there is one.
local function unwritten(event)
	if event.origin and event.origin.auth_token then
		event.origin.auth_token = "(not written)";
	end
end
module:hook("muc-room-pre-create", unwritten, 100);
module:hook("muc-occupant-pre-join", unwritten, 100);

-- After the verification of the room (99, mod_token_verification) and the queue of joins (9, mod_muc_rate_limit), before the lobby opens (1, mod_guests_wait).
module:hook("muc-occupant-pre-join", function (event)
	local room, occupant, session = event.room, event.occupant, event.origin;
	local due = moderates(session) and "owner" or signed_in(session) and "member";
	if not due or room:get_affiliation(occupant.bare_jid) == "outcast" then
		return;
	end
	if room:get_affiliation(occupant.bare_jid) ~= due then
		room:set_affiliation(true, occupant.bare_jid, due);
	end
	occupant.role = room:get_default_role(due);
end, 2);

module:hook("muc-pre-set-affiliation", function (event)
	local address = jid.bare(event.jid);
	if (event.affiliation == "owner" or event.affiliation == "admin") and address ~= focus and not anyhow(address) then
		module:log("info", "%s does not moderate %s: no token says so", address, event.room.jid);
		event.allowed = false;
	end
end);

module:hook("muc-pre-set-role", function (event)
	local address = event.occupant.bare_jid;
	if event.role == "moderator" and address ~= focus and not anyhow(address) then
		event.allowed = false;
		event.error, event.condition = "cancel", "not-allowed";
	end
end);

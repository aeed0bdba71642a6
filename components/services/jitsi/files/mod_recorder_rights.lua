-- Who starts and ends recordings by servers: whoever's verified token says that they moderate, and nobody else, whatever role they have in the room. Nobody sends a
-- live stream. The focus asks for a moderator, too; here the question does not even reach it.
--
-- The image's own way is the token's `features` (mod_filter_iq_jibri), but the image does not load that module, and a token that names features has to name all of
-- them: who lacks one may not write in the chat either (mod_filter_messages).
--
-- Belongs to the host of those who sign in and to that of guests; needs mod_auth_token, which keeps what a token says only once it is verified.
local st = require "util.stanza";

local host = module:get_option_string("access_host");
local protocol = "http://jitsi.org/protocol/jibri";

local function moderates(session)
	-- A guest can send a token, too: nobody verifies it on the guests' host.
	local user = session and session.host == host and session.auth_token and session.jitsi_meet_context_user;
	return user ~= nil and user ~= false and user.moderator == true;
end

local function asked(event)
	local session, stanza = event.origin, event.stanza;
	local request = stanza:get_child("jibri", protocol);
	if not request then
		return;
	end
	local action, mode = (request.attr.action or ""):lower(), (request.attr.recording_mode or ""):lower();
	if action == "status" or moderates(session) and (action == "stop" or action == "start" and mode == "file") then
		return;
	end
	module:log("info", "%s may not %s a recording (%s) at %s", session.full_jid or "?", action, mode, stanza.attr.to or "?");
	-- An answer to nothing gets none.
	if stanza.attr.type == "get" or stanza.attr.type == "set" then
		session.send(st.error_reply(stanza, "auth", "forbidden"));
	end
	return true;
end

for _, kind in ipairs { "full", "bare", "host" } do
	module:hook("pre-iq/" .. kind, asked, 10);
end

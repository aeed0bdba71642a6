-- Moderators enter past the lobby, also after a reload and beside another moderator. The focus makes an owner of a moderator only after the join, which the lobby
-- refuses before. But the focus is asked for the room first, and its answer says whom it knows: who gets such an answer is an owner from then on.
--
-- Belongs to the component of the rooms. Answers come through mod_client_proxy, which keeps the receiver's address as the resource of its own.
local jid = require "util.jid";
local muc = module:depends "muc";

local focus = module:get_option_string("focus_account");
local proxy = module:get_option_string("focus_proxy");

local function admit(event)
	local stanza = event.stanza;
	if stanza.attr.type ~= "result" or jid.bare(stanza.attr.from) ~= focus then
		return;
	end
	local conference = stanza:get_child("conference", "http://jitsi.org/protocol/focus");
	if not conference or (conference.attr.identity or "") == "" then
		return;
	end
	local receiver = jid.bare(jid.prep(jid.resource(stanza.attr.to)));
	local room = conference.attr.room and muc.get_room_from_jid(jid.prep(conference.attr.room));
	if not receiver or not room then
		module:log("warn", "%s is no room that %s could moderate", conference.attr.room, receiver);
		return;
	end
	if room:get_affiliation(receiver) ~= "owner" then
		module:log("info", "%s moderates %s as %s", receiver, room.jid, conference.attr.identity);
		room:set_affiliation(true, receiver, "owner");
	end
end

local function listen(host)
	if host == proxy then
		-- An address without a name before the host is routed as the host itself, resource or not (core/stanza_router.lua).
		module:context(host):hook("iq/host", admit, 1);
	end
end

if prosody.hosts[proxy] then
	listen(proxy);
end
module:hook_global("host-activated", listen);

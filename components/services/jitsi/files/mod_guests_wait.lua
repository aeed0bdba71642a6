-- Guests wait in the lobby. Nobody but an authenticated moderator can open a room; as soon as the focus has made that participant an owner, the lobby is on for
-- everybody after. Whoever slipped in between, waiting for the room to open, is sent back first and comes to the lobby: the lobby would make members of them.
--
-- Belongs to the component of the rooms; needs mod_muc_lobby_rooms on the main host.
local jid = require "util.jid";

local function may_stay(room, occupant)
	return jid.node(occupant.bare_jid) == "focus" or room:get_affiliation(occupant.bare_jid) == "owner";
end

module:hook("muc-set-affiliation", function (event)
	local room = event.room;
	if event.affiliation ~= "owner" or jid.node(event.jid) == "focus" or room._data.lobbyroom then
		return;
	end
	local early = {};
	for nick, occupant in room:each_occupant() do
		if not may_stay(room, occupant) then
			early[#early + 1] = nick;
		end
	end
	for _, nick in ipairs(early) do
		room:set_role(true, nick, nil, "wait in the lobby");
	end
	module:log("info", "lobby of %s opens: its moderator has come, %d guests go back", room.jid, #early);
	prosody.events.fire_event("create-lobby-room", { room = room });
end);

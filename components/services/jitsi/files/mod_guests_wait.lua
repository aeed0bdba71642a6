-- Guests wait in the lobby. It is on before anybody but the focus can be inside: when the room's first moderator is known or, where a guest is faster, when that
-- guest is at the door. Nobody is inside then, so nobody has to be sent back. Once in a room's life: a moderator who switches the lobby off is not overruled.
--
-- Belongs to the component of the rooms, beside mod_moderator_tokens; needs mod_muc_lobby_rooms on the main host.
local jid = require "util.jid";

local focus = module:get_option_string("focus_account");

local function close(room)
	if room._data.guests_wait then
		return;
	end
	room._data.guests_wait = true;
	module:log("info", "lobby of %s opens: everybody without a token waits there", room.jid);
	prosody.events.fire_event("create-lobby-room", { room = room });
end

module:hook("muc-set-affiliation", function (event)
	if event.affiliation == "owner" and jid.bare(event.jid) ~= focus then
		close(event.room);
	end
end);

-- After the queue of joins (9, mod_muc_rate_limit), before the lobby's own answer (-4, mod_muc_lobby_rooms) and the room's (-5).
module:hook("muc-occupant-pre-join", function (event)
	if jid.bare(event.occupant.bare_jid) ~= focus then
		close(event.room);
	end
end, 1);

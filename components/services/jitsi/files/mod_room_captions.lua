-- Says of every new room that bridges can have it written down: without that word (asyncTranscription, which no client may set, and which no module of upstream's
-- sets) the focus ignores a moderator who switches captions on. It switches nothing on by itself: a room is silent until a moderator says so, and again when the last
-- one has left it.
--
-- Belongs to the component of the rooms of a deployment with captions, whose rooms are encrypted in transport; needs mod_room_metadata_component, which makes the
-- table of what a room says of itself at priority -1. Breakout rooms have none: upstream's client shows no captions there.
--
-- Who switches captions on: a moderator. Upstream's module asks for that role where nobody has loaded mod_filter_iq_rayo, as the image does not; the client shows the
-- button to whoever has the permission `transcription`, which mod_jitsi_permissions gives to owners whose token names no features, as those of the sign-in do.
module:hook("muc-room-created", function (event)
	local room = event.room;
	room.jitsiMetadata = room.jitsiMetadata or {};
	room.jitsiMetadata.asyncTranscription = true;
end, -2);

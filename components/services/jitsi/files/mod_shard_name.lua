-- Tells browsers the name of the shard that they are connected to. A page comes from any shard, since its address does not say a room the way that the edge reads it, and
-- has that one's name in it. Without another word the client keeps it, sees a different name in the answers of the shard that has its room, takes that for a move,
-- and leaves the meeting: within seconds, and in every second page where there are two shards.
--
-- The image's own way is mod_jiconop, which it loads on no host of these.
module:add_identity("server", "shard", module:get_option_string("shard_name"));

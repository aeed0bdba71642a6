-- Gives every participant a name of its own at the relays. mod_external_services names only the second in which credentials end, which people who connect at once
-- share and which nobody else can be told apart by: a quota per user needs a user.
--
-- Credentials go out in two ways: as the answer to who asks for them, and with the state of a room to who enters it (mod_room_metadata_component asks no event, and
-- a browser takes what came last).
--
-- On every host that clients log in to; needs mod_external_services (Prosody 13) and its external_service_secret.
local base64 = require "util.encodings".base64;
local hashes = require "util.hashes";
local jid = require "util.jid";
local json = require "util.json";

local secret = module:get_option_string("external_service_secret");
local rooms = "metadata." .. module:get_option_string("access_host", module.host);

-- A JSON value may be of any kind.
local function relay(service)
	return type(service) == "table" and (service.type == "turn" or service.type == "turns") and service.restricted and service.username;
end

local function name(services, address)
	-- Not the address itself: who reads the relay's log does not learn who it was.
	local user = hashes.sha256(secret .. jid.bare(address), true):sub(1, 16);
	for _, service in ipairs(services) do
		local ends = relay(service) and tostring(service.username):match("^%d+");
		if ends then
			service.username = ("%s:%s"):format(ends, user);
			service.password = base64.encode(hashes.hmac_sha1(secret, service.username));
		end
	end
end

if secret then
	local function asked(event)
		name(event.services, event.stanza.attr.from);
	end
	module:hook("external_service/services", asked);
	module:hook("external_service/credentials", asked);

	-- Before the message is delivered (0, mod_message).
	module:hook("message/full", function (event)
		local stanza = event.stanza;
		local said = stanza.attr.from == rooms and stanza:get_child("json-message", "http://jitsi.org/jitmeet");
		local state = said and json.decode(said:get_text() or "");
		local services = type(state) == "table" and type(state.metadata) == "table" and state.metadata.services;
		if type(services) ~= "table" then
			return;
		end
		name(services, stanza.attr.to);
		for i = #said, 1, -1 do
			said[i] = nil;
		end
		said:text(json.encode(state));
	end, 10);
end

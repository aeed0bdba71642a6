-- Gives every participant a name of its own at the relays. mod_external_services names only the second in which credentials end, which people who connect at once
-- share and which nobody else can be told apart by: a quota per user needs a user.
--
-- On every host that clients log in to; needs mod_external_services (Prosody 13) and its external_service_secret.
local base64 = require "util.encodings".base64;
local hashes = require "util.hashes";
local jid = require "util.jid";

local secret = module:get_option_string("external_service_secret");

local function name(event)
	if not secret then
		return;
	end
	-- Not the address itself: who reads the relay's log does not learn who it was.
	local user = hashes.sha256(secret .. jid.bare(event.stanza.attr.from), true):sub(1, 16);
	for _, service in ipairs(event.services) do
		if (service.type == "turn" or service.type == "turns") and service.expires and service.restricted then
			service.username = ("%d:%s"):format(service.expires, user);
			service.password = base64.encode(hashes.hmac_sha1(secret, service.username));
		end
	end
end

module:hook("external_service/services", name);
module:hook("external_service/credentials", name);

-- Gives the verifier of tokens (mod_auth_token) the public key that a token's header names, from a folder with a file for each: two are valid while one replaces the
-- other, and nothing is fetched from anywhere. A token that names none of them is refused before anything else is asked of it.
module:set_global();

local base64 = require "util.encodings".base64;
local json = require "util.json";

local folder = module:get_option_string("access_keys_folder");
local keys = {};

local function header(token)
	local part = token:match("^([%w_-]+)%.");
	if not part then
		return nil;
	end
	local text = base64.decode((part:gsub("-", "+"):gsub("_", "/")) .. ("="):rep(-#part % 4));
	local decoded = text and json.decode(text);
	return type(decoded) == "table" and decoded or nil;
end

local function key(name)
	-- A name has no slash, so it leads nowhere else.
	if type(name) ~= "string" or not name:match("^[%w._-]+$") then
		return nil;
	end
	if not keys[name] then
		local file = io.open(("%s/%s.pem"):format(folder, name), "r");
		if not file then
			return nil;
		end
		keys[name] = file:read("*a");
		file:close();
	end
	return keys[name];
end

module:hook_global("pre-jitsi-authentication-fetch-key", function (session)
	if not session.auth_token then
		return;
	end
	local named = header(session.auth_token);
	session.public_key = named and key(named.kid);
	if not session.public_key then
		return { res = false; error = "not-allowed"; reason = "the token names no key of this deployment" };
	end
end);

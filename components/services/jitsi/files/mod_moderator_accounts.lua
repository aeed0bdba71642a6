-- Accounts of the moderators, from a file with a line "name password" each. They are made anew at every start, so the server keeps nothing on a disk.
module:set_global();

local usermanager = require "core.usermanager";
local host = module:get_option_string("moderator_accounts_host");
local path = module:get_option_string("moderator_accounts_file");

module:hook("server-started", function ()
	local file, problem = io.open(path, "r");
	if not file then
		module:log("error", "expected a readable file of accounts at %s, got: %s", path, problem);
		return;
	end
	for line in file:lines() do
		local name, password = line:match("^(%S+)%s+(%S+)$");
		if name then
			local made, why;
			if usermanager.user_exists(name, host) then
				made, why = usermanager.set_password(name, password, host);
			else
				made, why = usermanager.create_user(name, password, host);
			end
			module:log(made and "info" or "error", "account %s@%s: %s", name, host, made and "ready" or why);
		end
	end
	file:close();
end);

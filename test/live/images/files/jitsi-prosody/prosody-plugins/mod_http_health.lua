-- Answers /health to the container itself: 200 while no module of any host is in an error, else 500.
module:set_global();
local modulemanager = require "core.modulemanager";
local own = { ["127.0.0.1"] = true, ["::1"] = true };

module:provides("http", { route = { GET = function (event)
	if not own[event.request.ip] then return 403; end
	for host in pairs(prosody.hosts) do
		for _, loaded in pairs(modulemanager.get_modules(host)) do
			if loaded.module.status_type == "error" then
				return { status_code = 500, body = "HAS ERRORS\n" };
			end
		end
	end
	return { status_code = 200, body = "OK\n" };
end } });

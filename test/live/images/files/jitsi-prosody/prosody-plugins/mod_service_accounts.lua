-- Accounts of the focus and the bridges. Upstream makes them through the administrators' shell as soon as the server answers.
module:set_global();
local users = require "core.usermanager";

module:hook("server-started", function ()
	local host = os.getenv("XMPP_AUTH_DOMAIN");
	for name, password in pairs {
		focus = os.getenv("JICOFO_AUTH_PASSWORD"),
		[os.getenv("JVB_AUTH_USER") or "jvb"] = os.getenv("JVB_AUTH_PASSWORD"),
	} do
		local made, why = users.create_user(name, password, host);
		module:log(made and "info" or "error", "account %s@%s: %s", name, host, made and "ready" or why);
	end
end);

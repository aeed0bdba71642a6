-- Configuration of the stand-in for Jitsi's signalling server: hosts, ports and limits as upstream's image has them, from the same variables.
local get = function (name, otherwise)
	local value = os.getenv(name);
	if value == nil or value == "" then return otherwise; end
	return value;
end
local yes = function (name, otherwise)
	local value = get(name, otherwise);
	return value == "1" or value == "true";
end
-- "a,b" as a list; what is empty is left out.
local list = function (name, otherwise)
	local all = {};
	for one in string.gmatch(get(name, otherwise or ""), "[^,]+") do all[#all + 1] = one; end
	return all;
end
local joined = function (first, second)
	local all = {};
	for _, one in ipairs(first) do all[#all + 1] = one; end
	for _, one in ipairs(second) do all[#all + 1] = one; end
	return all;
end
-- Lines of configuration in a variable count where they stand.
local lines = function (name, separator)
	local text = (get(name, "") .. separator):gsub("(.-)" .. separator, "%1\n");
	assert(load(text, name, "t", _ENV))();
end

local main, services, guests = get("XMPP_DOMAIN"), get("XMPP_AUTH_DOMAIN"), get("XMPP_GUEST_DOMAIN");
local accounts = { "focus@" .. services, get("JVB_AUTH_USER", "jvb") .. "@" .. services };
local encrypted = yes("PROSODY_C2S_REQUIRE_ENCRYPTION", "1");
local certificate = function (host)
	local at = "/run/prosody/config/certs/" .. host;
	return { certificate = at .. ".crt", key = at .. ".key" };
end

plugin_paths = { "/prosody-plugins-custom", "/prosody-plugins" }
data_path = "/var/lib/prosody/data"
certificates = "/run/prosody/config/certs"
pidfile = "/run/prosody/prosody.pid"
log = { { levels = { min = get("LOG_LEVEL", "info") }, to = "console" } }
network_backend = "epoll"
network_settings = { tcp_backlog = 511 }

c2s_ports = { tonumber(get("XMPP_PORT", "5222")) }
c2s_interfaces = { "*" }
c2s_require_encryption = encrypted
http_ports = { tonumber(get("PROSODY_HTTP_PORT", "5280")) }
http_interfaces = { "*" }
https_ports = {}
http_default_host = main
trusted_proxies = list("PROSODY_TRUSTED_PROXIES", "127.0.0.1,::1")
consider_bosh_secure = true
consider_websocket_secure = true

admins = accounts
unlimited_jids = accounts
limits = { c2s = { rate = get("PROSODY_C2S_LIMIT", "10kb/s") } }
allow_registration = false
authentication = "internal_hashed"
storage = { smacks_h = "memory" }

modules_enabled = joined(
	{ "roster", "saslauth", "tls", "disco", "private", "limits", "version", "ping", "posix", "external_services", "http_health", "service_accounts" },
	list("GLOBAL_MODULES")
)
modules_disabled = { "s2s", "offline", "register" }

local relays = {};
for _, host in ipairs(list("TURNS_HOST")) do
	relays[#relays + 1] = {
		type = "turns", transport = "tcp", host = host, port = tonumber(get("TURNS_PORT", "443")),
		ttl = tonumber(get("TURN_TTL", "86400")), secret = true, algorithm = "turn",
	};
end
external_services = relays
external_service_secret = get("TURN_CREDENTIALS")

lines("GLOBAL_CONFIG", "\\n")

VirtualHost(main)
ssl = certificate(main)
c2s_require_encryption = encrypted
modules_enabled = joined({ "bosh", "websocket", "smacks" }, list("XMPP_MODULES"))
lines("XMPP_CONFIGURATION", ",")

if yes("ENABLE_AUTH") and yes("ENABLE_GUESTS") then
	VirtualHost(guests)
	authentication = "anonymous"
	c2s_require_encryption = encrypted
	modules_enabled = joined({ "smacks" }, list("XMPP_MODULES"))
	lines("XMPP_CONFIGURATION", ",")
end

VirtualHost(services)
ssl = certificate(services)
modules_enabled = { "smacks" }

local rooms = function (host, modules)
	Component(host)("muc")
	storage = "memory"
	restrict_room_creation = true
	muc_room_locking = false
	muc_room_default_public_jids = true
	muc_tombstones = false
	modules_enabled = modules
end
rooms(get("XMPP_INTERNAL_MUC_DOMAIN"), list("XMPP_INTERNAL_MUC_MODULES"))
rooms(get("XMPP_MUC_DOMAIN"), list("XMPP_MUC_MODULES"))
lines("XMPP_MUC_CONFIGURATION", ",")
if yes("ENABLE_LOBBY", "1") then rooms("lobby." .. main, list("XMPP_LOBBY_MUC_MODULES")) end

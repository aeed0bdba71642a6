/**
 * Where every key that we write was read upstream. A key that is not in this table is a guess, and a test refuses it.
 *
 * Images: jitsi/docker-jitsi-meet at stable-11146-2 (738058b). Defaults of the services: jitsi/jitsi-videobridge 4bb0aea and jitsi/jicofo a595d0b, both tagged
 * stable/jitsi-meet_11146. coturn: 8024aa6 (4.17.1). Client: jitsi/lib-jitsi-meet 01daa07; jitsi/jitsi-meet has no readable copy at that release, so its keys
 * were read in `config.js` of 1c8216e, a branded fork, and have to be seen again.
 */
const files = {
  prosodyGlobal: "prosody/rootfs/defaults/prosody.cfg.lua",
  prosodyHosts: "prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua",
  prosodyStart: "prosody/rootfs/etc/s6-overlay/scripts/config",
  jicofo: "jicofo/rootfs/defaults/jicofo.conf",
  jicofoLog: "jicofo/rootfs/defaults/logging.properties",
  jvb: "jvb/rootfs/defaults/jvb.conf",
  jvbStart: "jvb/rootfs/etc/s6-overlay/scripts/config",
  jvbLog: "jvb/rootfs/defaults/logging.properties",
  web: "web/rootfs/defaults/system-config.js",
  webSettings: "web/rootfs/defaults/settings-config.js",
  webServer: "web/rootfs/defaults/meet.conf",
  webListen: "web/rootfs/defaults/default",
  webCertificates: "web/rootfs/defaults/ssl.conf",
  compose: "docker-compose.yml",
  jicofoLauncher: "jitsi/jicofo resources/jicofo.sh",
  jvbLauncher: "jitsi/jitsi-videobridge jvb/resources/jvb.sh",
  supervisor: "just-containers/s6-overlay v3.2.3.0 libexec/preinit",
} as const;

type Keys = Readonly<Record<string, keyof typeof files>>;

const supervisor: Keys = { S6_YES_I_WANT_A_WORLD_WRITABLE_RUN_BECAUSE_KUBERNETES: "supervisor" };

const prosody: Keys = {
  ...supervisor,
  PUBLIC_URL: "prosodyHosts",
  XMPP_DOMAIN: "prosodyHosts",
  XMPP_AUTH_DOMAIN: "prosodyHosts",
  XMPP_GUEST_DOMAIN: "prosodyHosts",
  XMPP_MUC_DOMAIN: "prosodyHosts",
  XMPP_INTERNAL_MUC_DOMAIN: "prosodyHosts",
  XMPP_HIDDEN_DOMAIN: "prosodyHosts",
  XMPP_MUC_MODULES: "prosodyHosts",
  XMPP_PORT: "prosodyGlobal",
  PROSODY_HTTP_PORT: "prosodyGlobal",
  PROSODY_MODE: "prosodyStart",
  ENABLE_AUTH: "prosodyHosts",
  AUTH_TYPE: "prosodyHosts",
  ENABLE_GUESTS: "prosodyHosts",
  ENABLE_LOBBY: "prosodyHosts",
  GLOBAL_MODULES: "prosodyGlobal",
  GLOBAL_CONFIG: "prosodyGlobal",
  MAX_PARTICIPANTS: "prosodyHosts",
  ENABLE_RECORDING: "prosodyHosts",
  ENABLE_TRANSCRIPTIONS: "prosodyHosts",
  ENABLE_VISITORS: "prosodyHosts",
  ENABLE_JAAS_COMPONENTS: "prosodyHosts",
  PROSODY_ENABLE_S2S: "prosodyGlobal",
  PROSODY_ENABLE_METRICS: "prosodyGlobal",
  PROSODY_C2S_REQUIRE_ENCRYPTION: "prosodyGlobal",
  PROSODY_TRUSTED_PROXIES: "prosodyGlobal",
  PROSODY_ENABLE_RATE_LIMITS: "prosodyHosts",
  PROSODY_RATE_LIMIT_ALLOW_RANGES: "prosodyHosts",
  PROSODY_RATE_LIMIT_LOGIN_RATE: "prosodyHosts",
  TURNS_HOST: "prosodyGlobal",
  TURNS_PORT: "prosodyGlobal",
  TURN_TTL: "prosodyGlobal",
  TURN_CREDENTIALS: "prosodyGlobal",
  JICOFO_AUTH_PASSWORD: "prosodyStart",
  JVB_AUTH_PASSWORD: "prosodyStart",
  ENABLE_IPV6: "prosodyGlobal",
  LOG_LEVEL: "prosodyGlobal",
  TZ: "compose",
};

const jicofo: Keys = {
  ...supervisor,
  XMPP_SERVER: "jicofo",
  XMPP_PORT: "jicofo",
  XMPP_DOMAIN: "jicofo",
  XMPP_AUTH_DOMAIN: "jicofo",
  XMPP_MUC_DOMAIN: "jicofo",
  XMPP_INTERNAL_MUC_DOMAIN: "jicofo",
  XMPP_HIDDEN_DOMAIN: "jicofo",
  ENABLE_JVB_XMPP_SERVER: "jicofo",
  ENABLE_AUTH: "jicofo",
  AUTH_TYPE: "jicofo",
  ENABLE_AUTO_OWNER: "jicofo",
  ENABLE_MODERATOR_CHECKS: "jicofo",
  ENABLE_RECORDING: "jicofo",
  ENABLE_TRANSCRIPTIONS: "jicofo",
  ENABLE_VISITORS: "jicofo",
  ENABLE_OCTO: "jicofo",
  OCTO_BRIDGE_SELECTION_STRATEGY: "jicofo",
  JICOFO_OCTO_REGION: "jicofo",
  MAX_BRIDGE_PARTICIPANTS: "jicofo",
  JVB_BREWERY_MUC: "jicofo",
  JICOFO_ENABLE_BRIDGE_HEALTH_CHECKS: "jicofo",
  JICOFO_ENABLE_HEALTH_CHECKS: "jicofo",
  JICOFO_ENABLE_REST: "jicofo",
  JICOFO_AUTH_PASSWORD: "jicofo",
  JICOFO_MAX_MEMORY: "jicofoLauncher",
  SENTRY_DSN: "jicofoLog",
  TZ: "compose",
};

const jvb: Keys = {
  ...supervisor,
  XMPP_SERVER: "jvb",
  XMPP_PORT: "jvb",
  XMPP_DOMAIN: "compose",
  XMPP_AUTH_DOMAIN: "jvb",
  XMPP_INTERNAL_MUC_DOMAIN: "jvb",
  ENABLE_JVB_XMPP_SERVER: "jvb",
  JVB_AUTH_USER: "jvb",
  JVB_AUTH_PASSWORD: "jvb",
  JVB_BREWERY_MUC: "jvb",
  JVB_MUC_NICKNAME: "jvb",
  JVB_INSTANCE_ID: "jvbStart",
  JVB_PORT: "jvb",
  JVB_DISABLE_STUN: "jvb",
  JVB_STUN_SERVERS: "jvb",
  JVB_ADVERTISE_IPS: "jvb",
  JVB_ADVERTISE_PRIVATE_CANDIDATES: "jvb",
  JVB_REQUIRE_VALID_ADDRESS: "jvb",
  DISABLE_AWS_HARVESTER: "jvb",
  COLIBRI_REST_ENABLED: "jvb",
  SHUTDOWN_REST_ENABLED: "jvb",
  ENABLE_OCTO: "jvb",
  JVB_OCTO_RELAY_ID: "jvb",
  JVB_OCTO_REGION: "jvb",
  VIDEOBRIDGE_MAX_MEMORY: "jvbLauncher",
  SENTRY_DSN: "jvbLog",
  TZ: "compose",
};

const web: Keys = {
  ...supervisor,
  PUBLIC_URL: "web",
  XMPP_DOMAIN: "web",
  XMPP_AUTH_DOMAIN: "compose",
  XMPP_GUEST_DOMAIN: "web",
  XMPP_MUC_DOMAIN: "web",
  XMPP_HIDDEN_DOMAIN: "webSettings",
  XMPP_BOSH_URL_BASE: "webServer",
  DEPLOYMENTINFO_SHARD: "webServer",
  ENABLE_AUTH: "web",
  ENABLE_GUESTS: "web",
  DISABLE_HTTPS: "webListen",
  ENABLE_HTTP_REDIRECT: "webListen",
  ENABLE_LETSENCRYPT: "webCertificates",
  ENABLE_IPV6: "webListen",
  CSP_HEADER: "webServer",
  CORS_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN: "webServer",
  ENABLE_P2P: "webSettings",
  P2P_STUN_SERVERS: "webSettings",
  DISABLE_DEEP_LINKING: "webSettings",
  DISABLE_LOCAL_RECORDING: "webSettings",
  ENABLE_RECORDING: "webSettings",
  ENABLE_LIVESTREAMING: "webSettings",
  ENABLE_TRANSCRIPTIONS: "webSettings",
  ENABLE_CALENDAR: "webSettings",
  ENABLE_JAAS_COMPONENTS: "webServer",
  RTCSTATS_ENABLED: "webSettings",
  ENABLE_REQUIRE_DISPLAY_NAME: "webSettings",
  RESOLUTION: "webSettings",
  RESOLUTION_WIDTH: "webSettings",
  TZ: "compose",
};

/** Variables of each image, and the file that reads each. */
export const variablesRead: Readonly<Record<"prosody" | "jicofo" | "jvb" | "web", Keys>> = {
  prosody,
  jicofo,
  jvb,
  web,
};

/** The file behind a key of `variablesRead`. */
export const fileOf = (key: keyof typeof files): string => files[key];

/** Keys of configuration files that we write ourselves, and where they are declared. */
export const keysRead = {
  "custom-jvb.conf": {
    "DISABLE_CERTIFICATE_VERIFICATION, SECURITY_MODE":
      "jicoco e8384e2 MucClientConfiguration.java, MucClient.java:117-143",
    "rest.{debug,rtcstats,shutdown,version}.enabled": "jvb/src/main/resources/reference.conf",
    "http-servers.private.host, public.port": "jvb/src/main/resources/reference.conf",
    "redact-remote-addresses": "jvb/src/main/resources/reference.conf",
    "jmt.dtls, jmt.srtp, jmt.debug.pcap": "jitsi-media-transform/src/main/resources/reference.conf",
    "ice4j.harvest.use-link-local-addresses": "ice4j 076281c HarvestConfig.kt",
  },
  "custom-jicofo.conf": {
    "xmpp.client.{use-tls,disable-certificate-verification}":
      "jicofo-common/src/main/kotlin/org/jitsi/jicofo/xmpp/XmppConfig.kt:272",
  },
  "turnserver.conf": { "every option": "src/apps/relay/mainrelay.c, long_options" },
  "custom-config.js": {
    "p2p.stunServers": "lib-jitsi-meet modules/xmpp/xmpp.ts:221,892",
    "every other": "jitsi-meet config.js (1c8216e)",
  },
  "nginx-custom": { "include of /run/web/config/nginx-custom/*.conf": "web/rootfs/defaults/meet.conf" },
  "TURN over TCP and TLS only": { "filter of ICE servers": "lib-jitsi-meet modules/xmpp/strophe.jingle.js:485-492" },
  "20 participants": { MAX_MODE_LIMIT: "jitsi-meet react/features/e2ee/constants.ts (1c8216e)" },
} as const;

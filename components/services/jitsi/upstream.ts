import type { Upstream } from "../../core/upstream";
import { jitsiImages } from "./images";
import { captionsBehaviour, captionsSettings, captionsVariables } from "./upstream-captions";
import { behaviour } from "./upstream-behaviour";
import { recordingBehaviour, recordingFiles, recordingImages, recordingVariables } from "./upstream-recording";
import { bridge, client, focus, fork, images, turn } from "./upstream-sources";

/**
 * Files that read the variables.
 *
 * Images: jitsi/docker-jitsi-meet at stable-11146-2 (738058b). Defaults of the services: jitsi/jitsi-videobridge 4bb0aea and jitsi/jicofo a595d0b, both tagged
 * stable/jitsi-meet_11146. coturn: 8024aa6 (4.17.1). Client: jitsi/lib-jitsi-meet 01daa07; jitsi/jitsi-meet has no readable copy at that release, so its keys,
 * its modules for Prosody and its buttons were read in two branded forks: `config.js` of 1c8216e, the rest in ericva01/jitsi-meeting aeac810, three weeks
 * younger than the release. They have to be seen again.
 *
 * Run once with Prosody 13.0.1 (db3735d), the modules of that fork and the image's own templates at 738058b, a scripted focus (after ConferenceIqHandler.kt and
 * XMPPDomainAuthAuthority.java at a595d0b) and scripted clients:
 *
 * - 40 people ask for a room in one second. Focus under the limit: 37 answers, then its session was closed ("Rate limit exceeded"). Named: 40 of 40 at once.
 * - A guest in the opening window, a moderator after a reload, a second moderator, the lobby switched off: each as the tests of our modules say.
 * - Tokens and the lobby, with Prosody 0.12.3 and that fork's own mod_auth_token, token/util, mod_token_verification and mod_muc_lobby_rooms: as those tests say, in
 *   every line but the words of a refusal.
 * - End-to-end keys at 20 people, with messages of the client's sizes (OlmAdapter.js, ManagedKeyHandler.js): up to 76 messages and 47 kB from each at once.
 *   With the image's rates no one had all keys after 25 s, 342 requests had timed out (after 5 s, and none is repeated) and 5 sessions were closed; with 120
 *   messages and 10 kB/s all had them after 3.5 s, with 64 kB/s after 1.1 s, none timed out.
 *
 * Run with the real focus, bridges in two regions and recorder, built from these revisions (jitsi/jibri 62369d5), behind the rendered edge; a page over the client
 * library stood in for jitsi-meet, and a small SCTP for jitsi-dcsctp, which no registry has. Times of one run each, on two busy cores:
 *
 * - Pictures stand for 18 s when a bridge's process is killed (Prosody keeps its session for 15 s: smacks_hibernation_time), 22 s when its host is gone, 2 s when it is
 *   told to end; not at all for who stays on a bridge that drains. A recording goes on through the first.
 * - A shard's Prosody or focus is killed: browsers know after 19 to 25 s or 6 s, and load again 10 to 30 s later (AbstractPageReloadOverlay.tsx). Until then sound and
 *   pictures go on. With 10 s, all three saw each other in the other shard after 40 s and 31 s.
 */
const files = {
  prosodyGlobal: images("prosody/rootfs/defaults/prosody.cfg.lua"),
  prosodyHosts: images("prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua"),
  prosodyStart: images("prosody/rootfs/etc/s6-overlay/scripts/config"),
  jicofo: images("jicofo/rootfs/defaults/jicofo.conf"),
  jicofoLog: images("jicofo/rootfs/defaults/logging.properties"),
  jvb: images("jvb/rootfs/defaults/jvb.conf"),
  jvbStart: images("jvb/rootfs/etc/s6-overlay/scripts/config"),
  jvbLog: images("jvb/rootfs/defaults/logging.properties"),
  web: images("web/rootfs/defaults/system-config.js"),
  webSettings: images("web/rootfs/defaults/settings-config.js"),
  webServer: images("web/rootfs/defaults/meet.conf"),
  webListen: images("web/rootfs/defaults/default"),
  webCertificates: images("web/rootfs/defaults/ssl.conf"),
  compose: images("docker-compose.yml"),
  jicofoLauncher: focus("resources/jicofo.sh"),
  jvbLauncher: bridge("jvb/resources/jvb.sh"),
  java: "openjdk/jdk 00223c1 src/hotspot/share/runtime/arguments.cpp, parse_java_tool_options_environment_variable",
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
  XMPP_BREAKOUT_MUC_MODULES: "prosodyHosts",
  XMPP_MUC_CONFIGURATION: "prosodyHosts",
  XMPP_PORT: "prosodyGlobal",
  PROSODY_HTTP_PORT: "prosodyGlobal",
  PROSODY_MODE: "prosodyStart",
  ENABLE_AUTH: "prosodyHosts",
  AUTH_TYPE: "prosodyHosts",
  JWT_APP_ID: "prosodyHosts",
  JWT_APP_SECRET: "prosodyHosts",
  JWT_SIGN_TYPE: "prosodyHosts",
  JWT_ACCEPTED_ISSUERS: "prosodyHosts",
  JWT_ACCEPTED_AUDIENCES: "prosodyHosts",
  JWT_ALLOW_EMPTY: "prosodyHosts",
  JWT_ENABLE_DOMAIN_VERIFICATION: "prosodyHosts",
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
  PROSODY_RATE_LIMIT_SESSION_RATE: "prosodyHosts",
  PROSODY_C2S_LIMIT: "prosodyGlobal",
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
  JICOFO_HEALTH_CHECKS_USE_PRESENCE: "jicofo",
  JICOFO_ENABLE_REST: "jicofo",
  JICOFO_AUTH_PASSWORD: "jicofo",
  JICOFO_MAX_MEMORY: "jicofoLauncher",
  JAVA_TOOL_OPTIONS: "java",
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
  JAVA_TOOL_OPTIONS: "java",
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
  TOKEN_AUTH_URL: "webSettings",
  DISABLE_GRANT_MODERATOR: "webSettings",
  DISABLE_HTTPS: "webListen",
  ENABLE_HTTP_REDIRECT: "webListen",
  ENABLE_LETSENCRYPT: "webCertificates",
  ENABLE_IPV6: "webListen",
  CORS_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN: "webServer",
  ENABLE_P2P: "webSettings",
  P2P_STUN_SERVERS: "webSettings",
  DISABLE_DEEP_LINKING: "webSettings",
  DISABLE_LOCAL_RECORDING: "webSettings",
  ENABLE_LOCAL_RECORDING_NOTIFY_ALL_PARTICIPANT: "webSettings",
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

const read = (keys: Keys): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(keys).map(([variable, file]) => [variable, files[file]]));

const customJvb = {
  "DISABLE_CERTIFICATE_VERIFICATION, SECURITY_MODE":
    "jitsi/jicoco e8384e2 MucClientConfiguration.java, MucClient.java:117-143",
  "rest.{debug,rtcstats,shutdown,version}.enabled": bridge("jvb/src/main/resources/reference.conf"),
  "http-servers.private.host, public.port": bridge("jvb/src/main/resources/reference.conf"),
  "redact-remote-addresses": bridge("jvb/src/main/resources/reference.conf"),
  "jmt.dtls, jmt.srtp, jmt.debug.pcap.{enabled,start-enabled}": bridge(
    "jitsi-media-transform/src/main/resources/reference.conf",
  ),
  "ice4j.harvest.{use-ipv6,use-link-local-addresses,allowed-addresses}":
    "jitsi/ice4j 076281c HarvestConfig.kt, HostCandidateHarvester.java isAddressAllowed",
  "one harvester per allowed address": "jitsi/ice4j 6da2b08 SinglePortUdpHarvester.java, AbstractUdpListener.java",
  "private addresses for other bridges": bridge("jvb IceTransport.kt toCandidatePacketExtension, Relay.kt"),
  "variables of the environment": "lightbend/config 1afaea5 HOCON.md, substitution fallback to environment variables",
};

/** Sources of everything that is written for Jitsi. */
export const upstream: Upstream = {
  variables: {
    [jitsiImages.prosody.path]: { ...read(prosody), ...recordingVariables.prosody },
    [jitsiImages.jicofo.path]: { ...read(jicofo), ...recordingVariables.jicofo },
    [jitsiImages.jvb.path]: read(jvb),
    [jitsiImages.web.path]: read(web),
    [jitsiImages.transcriber.path]: captionsVariables,
    ...recordingImages,
  },
  files: {
    "custom-jvb.conf": customJvb,
    ...recordingFiles,
    "custom-jicofo.conf": {
      ...captionsSettings,
      "bridge.health-checks.{interval,presence-timeout}": focus(
        "jicofo-selector/src/main/kotlin/org/jitsi/jicofo/bridge/BridgeConfig.kt",
      ),
      "rest.{conference-request,debug,move-endpoints,pin}.enabled": focus(
        "jicofo/src/main/kotlin/org/jitsi/jicofo/ktor/{RestConfig,Application}.kt",
      ),
      "xmpp.client.{use-tls,disable-certificate-verification}": focus(
        "jicofo-common/src/main/kotlin/org/jitsi/jicofo/xmpp/XmppConfig.kt:272",
      ),
    },
    "turnserver.conf": {
      "every option": turn("src/apps/relay/mainrelay.c, long_options"),
      "user-quota counts the name after the colon": turn(
        "src/apps/relay/userdb.c, get_real_username, check_new_allocation_quota",
      ),
    },
    "custom-interface_config.js": {
      "appended to the image's": images("web/rootfs/etc/s6-overlay/scripts/config"),
      "every key": fork("interface_config.js, and react/features that read it"),
    },
    "custom-config.js": {
      "p2p.stunServers": client("modules/xmpp/xmpp.ts:221,892"),
      "deploymentInfo.userRegion": client("JitsiConference.ts:812"),
      "recordings.requireConsent, which is asked in the browser and told to nobody":
        "ericva01/jitsi-meeting 118be6c react/features/recording/functions.ts shouldRequireRecordingConsent, middleware.ts, actions.web.tsx",
      "toolbar buttons": fork("react/features/toolbox/constants.ts, TOOLBAR_BUTTONS"),
      "every other": "jitsi/jitsi-meet 1c8216e (a fork) config.js",
    },
    "branding.json": Object.fromEntries(
      ["avatarBackgrounds", "backgroundColor", "backgroundImageUrl", "defaultBranding", "didPageUrl", "inviteDomain"]
        .concat("labels", "logoClickUrl", "logoImageUrl", "premeetingBackground", "supportUrl", "virtualBackgrounds")
        .map((key) => [key, fork("react/features/dynamic-branding/reducer.ts")]),
    ),
    // The operator's own, and the table of our own schedule.
    "logo.svg": {},
    "imprint.html": {},
    "privacy.html": {},
    "welcome.html": {
      "welcome-page-additional-content-template": fork("react/features/welcome/components/WelcomePage.web.tsx:115,504"),
      "included in the page": fork("index.html"),
    },
    floors: {},
    "nginx-custom_sovereign-uc.conf": {
      "include of /run/web/config/nginx-custom/*.conf": images("web/rootfs/defaults/meet.conf"),
    },
    "nginx_site-confs_regions.conf": {
      "include of /run/web/config/nginx/site-confs/*": images("web/rootfs/defaults/nginx.conf"),
      "copied there from /config": images("web/rootfs/etc/s6-overlay/scripts/config"),
      "ssi in config.js": images("web/rootfs/defaults/meet.conf"),
    },
  },
  behaviour: { ...recordingBehaviour, ...captionsBehaviour, ...behaviour },
};

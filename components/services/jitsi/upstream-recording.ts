import { jitsiImages } from "./images";
import { fork, images, prosodySources } from "./upstream-sources";

const recorder = (path: string): string => `jitsi/jibri 62369d5 ${path}`;
const copier = (path: string): string => `rclone/rclone v1.75.0 ${path}`;
const browser = "policy names in the program of Chromium 156.0.8078.108, as Debian has it; Chrome has the same";

const files = {
  prosodyHosts: images("prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua"),
  prosodyAccounts: images("prosody/rootfs/etc/s6-overlay/scripts/register-setup"),
  jicofo: images("jicofo/rootfs/defaults/jicofo.conf"),
  jibri: images("jibri/rootfs/defaults/jibri.conf"),
  jibriSignalling: images("jibri/rootfs/defaults/xmpp.conf"),
  jibriStart: images("jibri/rootfs/etc/s6-overlay/scripts/config"),
  jibriCompose: images("jibri.yml"),
  java: "openjdk/jdk 00223c1 src/hotspot/share/runtime/arguments.cpp, parse_java_tool_options_environment_variable",
  supervisor: "just-containers/s6-overlay v3.2.3.0 libexec/preinit",
  remotes: copier("docs/content/docs.md, RCLONE_CONFIG_<remote>_<option>; backend/s3/s3.go"),
  options: copier("fs/config.go; docs/content/docs.md, environment variables"),
  proxy: copier("fs/fshttp/http.go, http.ProxyFromEnvironment"),
} as const;

type Keys = Readonly<Record<string, keyof typeof files>>;

const read = (keys: Keys): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(keys).map(([variable, file]) => [variable, files[file]]));

/** Variables of the signalling server and of the focus that only recording sets. */
export const recordingVariables = {
  prosody: read({
    XMPP_MODULES: "prosodyHosts",
    JIBRI_XMPP_USER: "prosodyHosts",
    JIBRI_XMPP_PASSWORD: "prosodyAccounts",
    JIBRI_RECORDER_USER: "prosodyHosts",
    JIBRI_RECORDER_PASSWORD: "prosodyAccounts",
  }),
  jicofo: read({ JIBRI_BREWERY_MUC: "jicofo" }),
} as const;

/** Images that only recording has. */
export const recordingImages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [jitsiImages.jibri.path]: read({
    S6_YES_I_WANT_A_WORLD_WRITABLE_RUN_BECAUSE_KUBERNETES: "supervisor",
    PUBLIC_URL: "jibriSignalling",
    XMPP_SERVER: "jibriSignalling",
    XMPP_PORT: "jibriSignalling",
    XMPP_DOMAIN: "jibriSignalling",
    XMPP_AUTH_DOMAIN: "jibriSignalling",
    XMPP_MUC_DOMAIN: "jibriSignalling",
    XMPP_INTERNAL_MUC_DOMAIN: "jibriSignalling",
    XMPP_HIDDEN_DOMAIN: "jibriSignalling",
    XMPP_ENV_NAME: "jibriSignalling",
    XMPP_TRUST_ALL_CERTS: "jibriSignalling",
    JIBRI_XMPP_USER: "jibriSignalling",
    JIBRI_XMPP_PASSWORD: "jibriSignalling",
    JIBRI_RECORDER_USER: "jibriSignalling",
    JIBRI_RECORDER_PASSWORD: "jibriSignalling",
    JIBRI_BREWERY_MUC: "jibriSignalling",
    JIBRI_USAGE_TIMEOUT: "jibriSignalling",
    JIBRI_INSTANCE_ID: "jibri",
    JIBRI_RECORDING_DIR: "jibri",
    JIBRI_FINALIZE_RECORDING_SCRIPT_PATH: "jibri",
    JIBRI_RECORDING_RESOLUTION: "jibri",
    JIBRI_ENABLE_PROMETHEUS: "jibri",
    ENABLE_STATS_D: "jibri",
    DISPLAY: "jibriStart",
    JAVA_TOOL_OPTIONS: "java",
    TZ: "jibriCompose",
  }),
  [jitsiImages.rclone.path]: read({
    RCLONE_CONFIG: "options",
    RCLONE_CONFIG_STORE_TYPE: "remotes",
    RCLONE_CONFIG_STORE_PROVIDER: "remotes",
    RCLONE_CONFIG_STORE_ENDPOINT: "remotes",
    RCLONE_CONFIG_STORE_REGION: "remotes",
    RCLONE_CONFIG_STORE_NO_CHECK_BUCKET: "remotes",
    RCLONE_CONFIG_STORE_ACCESS_KEY_ID: "remotes",
    RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: "remotes",
    RCLONE_CACHE_DIR: "options",
    RCLONE_LOG_LEVEL: "options",
    RCLONE_CONTIMEOUT: "options",
    RCLONE_TIMEOUT: "options",
    RCLONE_RETRIES: "options",
    RCLONE_LOW_LEVEL_RETRIES: "options",
    RCLONE_CA_CERT: "options",
    HTTPS_PROXY: "proxy",
  }),
};

/** Configuration files of recorders. */
export const recordingFiles = {
  "custom-jibri.conf": {
    "include of /run/jibri/config/custom-jibri.conf, last": files.jibri,
    "plain files of /config only": files.jibriStart,
    "api.http.{external,internal}-api-host, streaming, webhook, chrome.flags": recorder(
      "src/main/resources/reference.conf",
    ),
    "ffmpeg.video-params-recording": recorder("src/main/resources/reference.conf, command-linux-recording"),
    "--host-resolver-rules": "Chromium net/base/host_mapping_rules.h; run with Debian's 156.0.8078.108",
  },
  "managed_policies.json": {
    MetricsReportingEnabled: browser,
    UrlKeyedAnonymizedDataCollectionEnabled: browser,
    SafeBrowsingProtectionLevel: browser,
    ComponentUpdatesEnabled: browser,
    ChromeVariations: browser,
    BackgroundModeEnabled: browser,
    SearchSuggestEnabled: browser,
    NetworkPredictionOptions: browser,
    DnsOverHttpsMode: browser,
    BuiltInDnsClientEnabled: browser,
    AlternateErrorPagesEnabled: browser,
    TranslateEnabled: browser,
    SpellCheckServiceEnabled: browser,
    BrowserSignin: browser,
    SyncDisabled: browser,
    PasswordManagerEnabled: browser,
    ProxySettings: browser,
    URLBlocklist: browser,
    URLAllowlist: browser,
    CommandLineFlagSecurityWarningsEnabled: browser,
  },
  "web_authority.json": { CACertificates: browser },
} as const;

/** Behaviour that the scripts of recording count on. */
export const recordingBehaviour = {
  "finalize-recording.sh": {
    "one argument, waited for": recorder("FileRecordingJibriService.kt, JibriServiceFinalizeCommandRunner.kt"),
    "names of folder and file": recorder("FileRecordingJibriService.kt sanitizeSessionId, FileSink.kt"),
    "a session that is repeated keeps its id":
      "jitsi/jicofo 7ebb13d jicofo/src/main/java/org/jitsi/jicofo/jibri/JibriSession.java",
  },
  "mod_recorder_rights.lua": {
    "action and recording_mode of <jibri/> in http://jitsi.org/protocol/jibri": fork(
      "resources/prosody-plugins/mod_filter_iq_jibri.lua",
    ),
    "features of a token count whole: without them who moderates may, with them what they name and nothing else, the chat included":
      fork(
        "resources/prosody-plugins/util.lib.lua is_feature_allowed; mod_filter_messages.lua; mod_polls_component.lua",
      ),
    "XMPP_MODULES are loaded on the host of those who sign in and on that of guests, and mod_filter_iq_jibri on neither":
      images("prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua"),
    "pre-iq/{full,bare,host} at the host of who sends": prosodySources("core/stanza_router.lua core_post_stanza"),
  },
  presence_identity: {
    "<identity/> of a presence, from session.jitsi_meet_context_user alone": fork(
      "resources/prosody-plugins/mod_presence_identity.lua; util.lib.lua update_presence_identity",
    ),
    "loaded nowhere by the image": images("prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua"),
    "participants of a recording's metadata are these": recorder("selenium/pageobjects/AppCallPage.kt"),
  },
  "guard-disk.sh, drain-recorder.sh, recorder-health.sh": {
    "gracefulShutdown waits until idle, then exit 255": recorder("Main.kt; InternalHttpApi.kt"),
    "255 ends the container": images("jibri/rootfs/etc/s6-overlay/scripts/jibri-finish"),
    "health, stopService": recorder("HttpApi.kt; doc/http_api.md"),
    "curl, jq": images("base/Dockerfile, jibri/Dockerfile"),
  },
  "media of recorders": {
    "bridges' private addresses":
      "jitsi/jicofo 7ebb13d ParticipantInviteRunnable.java, reference.conf use-private-address-connectivity; jitsi/jitsi-videobridge a29d97d IceTransport.kt toCandidatePacketExtension",
  },
  "managed_policies.json, web_authority.json": {
    folders: images("jibri/rootfs/etc/opt/chrome/policies/managed, jibri/rootfs/etc/chromium/policies/managed"),
  },
} as const;

import { signallingPorts } from "./prosody";
import { recorderAccounts, recorderLimits, recorderRoom } from "./recording";
import { JitsiSettings, xmppDomains } from "./settings";

/** Folders on a recorder's volume. */
export const recorderFolders = {
  storage: "/storage",
  recordings: "/storage/recordings",
  spool: "/storage/spool",
} as const;

/** Environment of a recorder. It waits for work at every shard; passwords and its pod's name come when it starts. */
export function jibriEnv({ domain }: JitsiSettings, signalling: readonly string[]): Record<string, string> {
  const xmpp = xmppDomains(domain);
  return {
    PUBLIC_URL: `https://${domain}`,
    XMPP_SERVER: signalling.join(","),
    XMPP_PORT: `${signallingPorts.xmpp}`,
    XMPP_DOMAIN: xmpp.users,
    XMPP_AUTH_DOMAIN: xmpp.services,
    XMPP_MUC_DOMAIN: xmpp.rooms,
    XMPP_INTERNAL_MUC_DOMAIN: xmpp.internalRooms,
    XMPP_HIDDEN_DOMAIN: xmpp.hidden,
    XMPP_ENV_NAME: "shard",
    // Upstream's default accepts every certificate.
    XMPP_TRUST_ALL_CERTS: "false",
    JIBRI_XMPP_USER: recorderAccounts.control,
    JIBRI_RECORDER_USER: recorderAccounts.browser,
    JIBRI_BREWERY_MUC: recorderRoom,
    JIBRI_INSTANCE_ID: "$(POD_NAME)",
    JIBRI_RECORDING_DIR: recorderFolders.recordings,
    JIBRI_FINALIZE_RECORDING_SCRIPT_PATH: "/scripts/finalize-recording.sh",
    JIBRI_RECORDING_RESOLUTION: "1280x720",
    JIBRI_USAGE_TIMEOUT: `${recorderLimits.longestHours} hours`,
    JIBRI_ENABLE_PROMETHEUS: "false",
    ENABLE_STATS_D: "false",
    DISPLAY: ":0",
    TZ: "Etc/UTC",
  };
}

/**
 * Settings for which the image has no variable, read last by Jibri.
 *
 * Its two interfaces answer on the pod's own address only, nothing is streamed anywhere, and the browser finds one name and no other. A recording has a limit of its
 * rate, and is written in fragments: a file that a kill has cut short can be played up to there, where an ordinary MP4 has its index at the end.
 */
export const customJibri = (domain: string): string => `jibri {
  api.http {
    external-api-host = "127.0.0.1"
    internal-api-host = "127.0.0.1"
  }
  streaming.rtmp-allow-list = []
  webhook.subscribers = []
  ffmpeg.video-params-recording = \${jibri.ffmpeg.video-params} [
    "-preset", \${jibri.ffmpeg.video-encode-preset-recording}
    "-profile:v", "main"
    "-level", "3.1"
    "-maxrate", "${recorderLimits.videoKbit}k"
    "-bufsize", "${2 * recorderLimits.videoKbit}k"
    "-movflags", "+frag_keyframe+empty_moov+default_base_moof"
    "-f", \${jibri.ffmpeg.recording-format}
  ]
  chrome.flags = [
    "--use-fake-ui-for-media-stream"
    "--start-maximized"
    "--kiosk"
    "--enabled"
    "--autoplay-policy=no-user-gesture-required"
    "--no-sandbox"
    "--no-pings"
    "--no-proxy-server"
    "--disable-background-networking"
    "--disable-component-update"
    "--disable-domain-reliability"
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${domain}"
  ]
}
`;

/** Folders in which Chrome and Chromium look for policies that nobody can change in the browser. */
export const policyFolders = {
  chrome: "/etc/opt/chrome/policies/managed",
  chromium: "/etc/chromium/policies/managed",
} as const;

/**
 * Managed policy of the browser: it reports nothing, asks nobody for updates, lists or experiments, keeps nothing, and opens the meeting's own address alone. The last one
 * is the image's own, which stands in the same folder.
 */
export const managedPolicy = (domain: string): string =>
  `${JSON.stringify(
    {
      MetricsReportingEnabled: false,
      UrlKeyedAnonymizedDataCollectionEnabled: false,
      SafeBrowsingProtectionLevel: 0,
      ComponentUpdatesEnabled: false,
      ChromeVariations: 2,
      BackgroundModeEnabled: false,
      SearchSuggestEnabled: false,
      NetworkPredictionOptions: 2,
      DnsOverHttpsMode: "off",
      BuiltInDnsClientEnabled: false,
      AlternateErrorPagesEnabled: false,
      TranslateEnabled: false,
      SpellCheckServiceEnabled: false,
      BrowserSignin: 0,
      SyncDisabled: true,
      PasswordManagerEnabled: false,
      ProxySettings: { ProxyMode: "direct" },
      URLBlocklist: ["*"],
      URLAllowlist: [domain, "blob:*", "data:*"],
      CommandLineFlagSecurityWarningsEnabled: false,
    },
    null,
    2,
  )}\n`;

/** Policy that makes the browser trust one more authority: the certificate of a PEM, as policies want it. */
export const authorityPolicy = (pem: string): string =>
  `${JSON.stringify({ CACertificates: [pem.replace(/-----[A-Z ]+-----|\s/g, "")] })}\n`;

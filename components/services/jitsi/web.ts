import { relayLimits } from "../../kubernetes/relay/coturn";
import { accessPath, signInAddress } from "./access-settings";
import { captionsConfig } from "./captions-page";
import { brandingConfig, brandingInterface, brandingLocations } from "./branding";
import { regionLine } from "./regions";
import { JitsiSettings, xmppDomains } from "./settings";

/** Port of the web tier, and the paths by which the edge sees that a shard works. */
export const webPort = 8000;
export const shardHealth = { focus: "/_shard/focus", signalling: "/_shard/signalling" } as const;

/** Environment of the web tier of one shard. */
export function webEnv(settings: JitsiSettings, shard: string, signalling: string): Record<string, string> {
  const { domain, recording, recorders = false, relays, guests } = settings;
  const xmpp = xmppDomains(domain);
  return {
    PUBLIC_URL: `https://${domain}`,
    XMPP_DOMAIN: xmpp.users,
    XMPP_AUTH_DOMAIN: xmpp.services,
    XMPP_GUEST_DOMAIN: xmpp.guests,
    XMPP_MUC_DOMAIN: xmpp.rooms,
    XMPP_HIDDEN_DOMAIN: xmpp.hidden,
    XMPP_BOSH_URL_BASE: `http://${signalling}`,
    DEPLOYMENTINFO_SHARD: shard,
    ENABLE_AUTH: "1",
    ENABLE_GUESTS: guests === "lobby" ? "1" : "0",
    TOKEN_AUTH_URL: signInAddress(domain),
    // Moderators are those whose token says so.
    DISABLE_GRANT_MODERATOR: "true",
    // TLS ends at the edge.
    DISABLE_HTTPS: "1",
    ENABLE_HTTP_REDIRECT: "0",
    ENABLE_LETSENCRYPT: "0",
    ENABLE_IPV6: "0",
    CORS_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN: `https://${domain}`,
    // Unset, the library asks a STUN server of 8x8: off, and a server of our own.
    ENABLE_P2P: "false",
    P2P_STUN_SERVERS: `${relays[0] ?? domain}:${relayLimits.tls}`,
    DISABLE_DEEP_LINKING: "true",
    DISABLE_LOCAL_RECORDING: `${!recording}`,
    // Whoever records in a browser is seen to do so.
    ENABLE_LOCAL_RECORDING_NOTIFY_ALL_PARTICIPANT: `${recording}`,
    ENABLE_RECORDING: `${recorders}`,
    ENABLE_LIVESTREAMING: "false",
    ENABLE_TRANSCRIPTIONS: "false",
    ENABLE_CALENDAR: "false",
    ENABLE_JAAS_COMPONENTS: "0",
    RTCSTATS_ENABLED: "false",
    ENABLE_REQUIRE_DISPLAY_NAME: "true",
    RESOLUTION: "720",
    RESOLUTION_WIDTH: "1280",
    TZ: "Etc/UTC",
  };
}

/**
 * Headers of every answer, which the edge sets. The image's own are lost on `/libs` and the like, where the client's code and its workers come from: a location of
 * nginx that adds a header inherits none (`web/rootfs/defaults/meet.conf`).
 */
export const siteHeaders = (domain: string, embeddedBy: readonly string[] = []): Readonly<Record<string, string>> => ({
  "Content-Security-Policy": contentSecurityPolicy(domain, embeddedBy),
  "Permissions-Policy": permissions,
});

/**
 * A browser loads and calls nothing but this deployment. Jitsi's page has scripts and styles of its own inside it, and WebAssembly; workers start from blobs of
 * code that the page has loaded (react/features/stream-effects, e2ee-worker of lib-jitsi-meet).
 */
const contentSecurityPolicy = (domain: string, embeddedBy: readonly string[]): string =>
  [
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    `connect-src 'self' wss://${domain}`,
    "frame-src 'self'",
    ["frame-ancestors 'self'", ...embeddedBy.map((host) => `https://${host}`)].join(" "),
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
  ].join("; ");

/** Permissions that a meeting needs, for this site only. */
const permissions = [
  ...["autoplay", "camera", "display-capture", "fullscreen", "microphone", "screen-wake-lock", "speaker-selection"].map(
    (feature) => `${feature}=(self)`,
  ),
  ...["browsing-topics", "geolocation", "payment", "serial", "usb"].map((feature) => `${feature}=()`),
].join(", ");

/** Settings of the client for which the image has no variable, appended to its own: no third party is asked for anything. */
export function customConfig({
  domain,
  confidentiality,
  recorders = false,
  branding,
  captions,
  regions = [],
}: JitsiSettings): string {
  const home = `https://${domain}/`;
  const values: Record<string, unknown> = {
    disableThirdPartyRequests: true,
    "analytics.disabled": true,
    gravatar: { disabled: true },
    giphy: { enabled: false },
    sharedVideoAllowedURLDomains: [],
    // An empty list is kept; a missing one is replaced by a server of 8x8.
    "p2p.stunServers": [],
    tokenLogoutUrl: `${home}${accessPath.slice(1)}/sign-out`,
    deeplinking: { disabled: true },
    legalUrls: { helpCentre: home, privacy: home, security: home, terms: home },
    ...brandingConfig({ domain, branding, captions }),
    deploymentUrls: {},
    liveStreaming: { enabled: false },
    recordingService: { enabled: recorders, sharingEnabled: false },
    // Nobody is heard or seen in a recording before they said so: the client mutes everybody but who began it, and asks.
    ...(recorders ? { recordings: { requireConsent: true } } : {}),
    whiteboard: { enabled: false },
    faceLandmarks: { enableFaceCentering: false, enableFaceExpressionsDetection: false, enableRTCStats: false },
    feedbackPercentage: 0,
    doNotStoreRoom: true,
    enableInsecureRoomNameWarning: true,
    inviteAppName: domain,
    toolbarButtons: captions === undefined ? toolbarButtons : [...toolbarButtons, "closedcaptions"],
    ...(captions === undefined ? {} : captionsConfig),
    ...(confidentiality === "end-to-end"
      ? {
          e2ee: { disabled: false, externallyManagedKey: false },
          enableEncodedTransformSupport: true,
        }
      : {}),
  };
  return Object.entries(values)
    .map(([key, value]) => `config.${key} = ${JSON.stringify(value)};\n`)
    .concat(regions.length === 0 ? [] : [regionLine])
    .join("");
}

/**
 * Settings of the page that are still in a file of their own, appended to the image's: no link leads to a third party. Without a list of sharing features the
 * invitation offers Gmail, Outlook and Yahoo beside the address.
 */
export function customInterface({ domain, branding }: JitsiSettings): string {
  const home = `https://${domain}/`;
  const values: Record<string, unknown> = {
    SHARING_FEATURES: ["url"],
    SUPPORT_URL: home,
    JITSI_WATERMARK_LINK: home,
    BRAND_WATERMARK_LINK: home,
    LIVE_STREAMING_HELP_LINK: home,
    SHOW_POWERED_BY: false,
    SHOW_PROMOTIONAL_CLOSE_PAGE: false,
    SHOW_CHROME_EXTENSION_BANNER: false,
    MOBILE_APP_PROMO: false,
    // Its links are those of the app stores.
    DISPLAY_WELCOME_FOOTER: false,
    ENABLE_DIAL_OUT: false,
    SETTINGS_SECTIONS: ["devices", "language", "moderator", "profile", "shortcuts", "sounds", "more"],
    ...brandingInterface(branding),
  };
  return Object.entries(values)
    .map(([key, value]) => `interfaceConfig.${key} = ${JSON.stringify(value)};\n`)
    .join("");
}

/**
 * Everything that works without a third party. Of all that the client knows (react/features/toolbox/constants.ts) these are left out:
 * `audiotranslation`, `closedcaptions` (but with captions), `highlight`, `linktosalesforce`, `livestreaming`, `sharedvideo`, `whiteboard`, `etherpad` and `filesharing` want a service that is not
 * there or is a third party's; `download`, `help` and `feedback` lead out; `embedmeeting` offers the room to other sites, which the page does not allow;
 * `custom-panel` and `pip` show what is not set up.
 */
export const toolbarButtons = [
  "camera",
  "chat",
  "desktop",
  "fullscreen",
  "hangup",
  "invite",
  "microphone",
  "mute-everyone",
  "mute-video-everyone",
  "noisesuppression",
  "participants-pane",
  "polls",
  "profile",
  "raisehand",
  "recording",
  "security",
  "select-background",
  "settings",
  "shareaudio",
  "shortcuts",
  "stats",
  "tileview",
  "toggle-camera",
  "videoquality",
] as const;

/**
 * Additions to the web server: clients' addresses as the edge gives them, the health of the whole shard (for the
 * edge only: whoever comes through it has an address of their own), and the one name of a third party that has no setting.
 *
 * The library has a STUN server of 8x8 built in, also in a place that no option reaches (`ProxyConnectionPC`): it is replaced while the file is served.
 */
export const nginxAdditions = (
  { domain, podRange, relays, branding, captions }: JitsiSettings,
  shard: { readonly focus: string; readonly signalling: string },
): string => `set_real_ip_from ${podRange};
real_ip_header X-Forwarded-For;

location = ${shardHealth.focus} {
    allow ${podRange};
    deny all;
    access_log off;
    proxy_pass http://${shard.focus}/about/health;
}

location = ${shardHealth.signalling} {
    allow ${podRange};
    deny all;
    access_log off;
    proxy_set_header Host ${domain};
    proxy_pass http://${shard.signalling}/http-bind;
}

sub_filter_types application/javascript application/x-javascript text/javascript;
sub_filter_once off;
sub_filter 'meet-jit-si-turnrelay.jitsi.net:443' '${relays[0] ?? domain}:${relayLimits.tls}';
${brandingLocations({ domain, branding, captions })}`;

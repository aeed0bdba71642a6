import { invalid } from "../../../core/errors";
import { leastSecret } from "./freeswitch";

/** Settings of a server's web application: the API, and the defaults of every meeting. */
export interface WebSettings {
  /** Name of the server: "hearing-1.example.ch". */
  readonly host: string;
  /** The secret with which Scalelite signs requests: whoever has it makes meetings. */
  readonly sharedSecret: string;
  /** Message at the top of the chat, in HTML. */
  readonly welcome: string;
  /** True if a moderator may record. */
  readonly recording: boolean;
  /** Hosts that no document is fetched from, beside the server itself: names or single addresses, as a link has them. */
  readonly blockedHosts: readonly string[];
}

/**
 * Properties in which a server differs from upstream's, for `/etc/bigbluebutton/bbb-web.properties`. Nobody comes in before a moderator has let them in; no meeting
 * takes videos from a third party or transcribes through the browser's vendor; media take the SFU and FreeSWITCH, never the LiveKit bridges, which are an
 * experiment in 3.0 and the default in 4.0; and no meeting may override what is set here.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | every key | upstream.ts | |
 * | path | docs/docs/administration/configuration-files.md | bigbluebutton/bigbluebutton 04a8a72 |
 * | values `ALWAYS_ACCEPT` (the default), `ALWAYS_DENY`, `ASK_MODERATOR`; features `externalVideos`, `liveTranscription`; `disableRecordingDefault` counts before what a meeting asks | bigbluebutton-web/grails-app/conf/bigbluebutton.properties | bigbluebutton/bigbluebutton 0001331 |
 * | bridges are `livekit` where that is asked for; 4.0 asks for it, and takes `bbb-webrtc-sfu` instead | docs/docs/new-features.md | bigbluebutton/bigbluebutton 00b5b70, of 3.0.16; 4.0: read 2026-11-30, revision not shown |
 * | a blocked host is compared with the link's as a text, so a range blocks nothing; `localhost` blocks every name that leads to the server itself, and since then private addresses | bbb-common-web/src/main/java/org/bigbluebutton/api/service/impl/PresRedirectValidator.java | bigbluebutton/bigbluebutton 0f045bb; later ones: read 2026-11-30, revision not shown |
 *
 * @throws RangeError for a secret that could be guessed, and for a range among the blocked hosts.
 */
export const webProperties = ({ host, sharedSecret, welcome, recording, blockedHosts }: WebSettings): string =>
  properties({
    "bigbluebutton.web.serverURL": `https://${host}`,
    securitySalt: secret(sharedSecret),
    defaultGuestPolicy: "ASK_MODERATOR",
    disabledFeatures: "externalVideos,liveTranscription",
    audioBridge: mediaBridge,
    cameraBridge: mediaBridge,
    screenShareBridge: mediaBridge,
    allowOverrideClientSettingsOnCreateCall: "false",
    insertDocumentBlockedHosts: ["localhost", ...blockedHosts.map(single)].join(","),
    // Recorded from the first moment on where a meeting asks for it: only moderators do, and all are told.
    disableRecordingDefault: String(!recording),
    autoStartRecording: "false",
    allowStartStopRecording: String(recording),
    notifyRecordingIsOn: "true",
    allowRevealOfBBBVersion: "false",
    defaultWelcomeMessage: welcome,
    // Upstream's leads to its own site.
    defaultWelcomeMessageFooter: "",
  });

/** Media go through mediasoup and FreeSWITCH. */
const mediaBridge = "bbb-webrtc-sfu";

/** @throws RangeError for one that could be guessed. */
function secret(value: string): string {
  if (value.length < leastSecret)
    throw invalid(`a secret of at least ${leastSecret} characters`, `${value.length} characters`, "take a random one");
  return value;
}

/** @throws RangeError for what is no name and no address: upstream would take it, and block nothing. */
function single(host: string): string {
  if (!/^[a-z0-9.:-]+$/i.test(host))
    throw invalid("blocked hosts by name or address", host, "leave ranges to the server's filter");
  return host;
}

/** Java's format of properties: a backslash before what means something to it, and other alphabets by their numbers. */
const properties = (values: Readonly<Record<string, string>>): string =>
  `${Object.entries(values)
    .map(([key, value]) => `${key}=${escaped(value)}`)
    .join("\n")}\n`;

const escaped = (value: string): string =>
  value
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replace(/^ /, "\\ ")
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

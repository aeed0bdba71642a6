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
  /** Hosts and ranges that no document is fetched from, beside the server itself. */
  readonly blockedHosts: readonly string[];
}

/**
 * Properties in which a server differs from upstream's, for `/etc/bigbluebutton/bbb-web.properties`. Nobody comes in before a moderator has let them in; no meeting
 * takes videos from a third party or transcribes through the browser's vendor; media take the SFU and FreeSWITCH, never the LiveKit bridges, which are an
 * experiment in 3.0 and the default in 4.0; and no meeting may override what is set here.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | path; keys `securitySalt`, `bigbluebutton.web.serverURL`, `defaultGuestPolicy`, `disabledFeatures`, `disableRecordingDefault`, `autoStartRecording`, `allowStartStopRecording`, `notifyRecordingIsOn`, `allowRevealOfBBBVersion`, `defaultWelcomeMessage`, `defaultWelcomeMessageFooter` | templates/bbb-config/bigbluebutton/bbb-web.properties.j2, vars/main.yml | ebbba-org/ansible-role-bigbluebutton 0f62a6f, for 3.0 |
 * | values `ALWAYS_ACCEPT` (the default), `ALWAYS_DENY`, `ASK_MODERATOR` | docs, administration/customize | read 2026-11-29, revision not shown |
 * | features `externalVideos`, `liveTranscription` | vars/main.yml, `bbb_allowed_disabled_features` | ebbba-org/ansible-role-bigbluebutton 0f62a6f |
 * | `audioBridge`, `cameraBridge`, `screenShareBridge` with the value `bbb-webrtc-sfu` | docs, new-features (3.0.7 and newer) | read 2026-11-29, revision not shown |
 * | `allowOverrideClientSettingsOnCreateCall` is new in 3.0 | docs, new-features | read 2026-11-29, revision not shown |
 * | `insertDocumentBlockedHosts` | PresRedirectValidator.java | read 2026-11-29, revision not shown |
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
    insertDocumentBlockedHosts: ["localhost", ...blockedHosts].join(","),
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

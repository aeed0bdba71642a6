import { type Fact, lastReview as reviewed } from "./fact";

/** What a container of docker-jitsi-meet must be told, or must not. */
export interface JitsiFact extends Fact {
  /** Last part of the image's name. */
  readonly image: "jvb" | "web" | "jicofo" | "prosody" | "jigasi";
  /** Why: what happens otherwise. */
  readonly otherwise: string;
  readonly action: string;
  /** Variables of which one must be set (`on`: switched on; `set`: not empty). */
  readonly needs?: Readonly<Record<string, "on" | "set">>;
  /** A variable that must have this value, in any case. */
  readonly equals?: readonly [variable: string, value: string];
  /** A variable that must not be set or switched on. */
  readonly without?: string;
  /** The row counts only where this variable is switched on. */
  readonly when?: string;
}

const upstream = (path: string): string => `jitsi/docker-jitsi-meet ${path} at 2e6b31d8`;

const unset = (image: JitsiFact["image"], variable: string, otherwise: string, path: string): JitsiFact => ({
  image,
  otherwise,
  action: `remove ${variable}`,
  without: variable,
  source: upstream(path),
  reviewed,
});

const settings = "web/rootfs/defaults/settings-config.js";

/** For Jitsi, not set is not off: a missing STUN server is 8x8's. */
export const jitsiLeaks: readonly JitsiFact[] = [
  {
    image: "jvb",
    otherwise: "the bridge asks a STUN server of 8x8 for its own address",
    action: "set JVB_DISABLE_STUN=1 with JVB_ADVERTISE_IPS, or JVB_STUN_SERVERS to your own",
    needs: { JVB_DISABLE_STUN: "on", JVB_STUN_SERVERS: "set" },
    source: upstream("jvb/rootfs/defaults/jvb.conf"),
    reviewed,
  },
  {
    image: "web",
    otherwise: "browsers in a call of two ask a STUN server of 8x8",
    action: "set P2P_STUN_SERVERS to your own TURN host (and ENABLE_P2P=false)",
    needs: { P2P_STUN_SERVERS: "set" },
    source: `${upstream(settings)}; jitsi/lib-jitsi-meet modules/xmpp/xmpp.ts at 01daa07c`,
    reviewed,
  },
  unset("web", "AMPLITUDE_ID", "browsers report to Amplitude", settings),
  unset("web", "ANALYTICS_SCRIPT_URLS", "browsers load analytics", settings),
  unset("web", "JAAS_APP_ID", "calls and statistics go to 8x8", settings),
  unset("web", "DROPBOX_APPKEY", "recordings can go to Dropbox", settings),
  unset("web", "GOOGLE_API_APP_CLIENT_ID", "browsers load code from Google", settings),
  unset("web", "MICROSOFT_API_APP_CLIENT_ID", "browsers load code from Microsoft", settings),
  unset("web", "ENABLE_LETSENCRYPT", "a certificate authority of a US group is asked", "web/rootfs"),
  unset("web", "ENABLE_JAAS_COMPONENTS", "an account at 8x8 is made and trusted", "web/rootfs/defaults/meet.conf"),
  unset(
    "prosody",
    "ENABLE_JAAS_COMPONENTS",
    "an account at 8x8 is made and trusted",
    "prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua",
  ),
];

/** Speech that leaves by default. */
export const jitsiSpeech: readonly JitsiFact[] = [
  {
    image: "jigasi",
    when: "ENABLE_TRANSCRIPTIONS",
    otherwise: "speech goes to Google",
    action: "set JIGASI_TRANSCRIBER_CUSTOM_SERVICE to the Whisper or Vosk service of your own",
    needs: { JIGASI_TRANSCRIBER_CUSTOM_SERVICE: "set" },
    source: `${upstream("jigasi/rootfs/defaults/transcriber-sip-communicator.properties")}; jitsi/jigasi TranscriptionGateway.java at 6fbf4f2`,
    reviewed,
  },
];

/** Media that travels in clear by default. */
export const jitsiMedia: readonly JitsiFact[] = [
  {
    image: "jigasi",
    otherwise: "telephone media travels as plain RTP",
    action: "set JIGASI_ENABLE_SDES_SRTP=1 with JIGASI_SIP_TRANSPORT=TLS",
    needs: { JIGASI_ENABLE_SDES_SRTP: "on" },
    source: upstream("jigasi/rootfs/defaults/sipserver-sip-communicator.properties"),
    reviewed,
  },
  {
    image: "jigasi",
    otherwise: "the keys of telephone media travel in clear",
    action: "set JIGASI_SIP_TRANSPORT=TLS and JIGASI_SIP_PORT=5061",
    equals: ["JIGASI_SIP_TRANSPORT", "TLS"],
    source: upstream("jigasi/rootfs/defaults/sipserver-sip-communicator.properties"),
    reviewed,
  },
];

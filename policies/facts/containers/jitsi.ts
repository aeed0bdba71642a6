import type { ContainerFact, FileFact, ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

const upstream = (path: string): string => `jitsi/docker-jitsi-meet ${path} at 2e6b31d8`;

const unset = (image: string, variable: string, otherwise: string, path: string): ContainerFact => ({
  image,
  otherwise,
  action: `remove ${variable}`,
  without: variable,
  source: upstream(path),
  reviewed,
});

const settings = "web/rootfs/defaults/settings-config.js";

/** Contacts that an empty setting makes: without a STUN server of one's own, Jitsi asks 8x8's. */
const leaks: readonly ContainerFact[] = [
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
    otherwise: "browsers in a call between two people ask a STUN server of 8x8",
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
  unset("web", "ENABLE_LETSENCRYPT", "a certificate authority of a US group is contacted", "web/rootfs"),
  unset("web", "ENABLE_JAAS_COMPONENTS", "an account at 8x8 is made and trusted", "web/rootfs/defaults/meet.conf"),
  unset(
    "prosody",
    "ENABLE_JAAS_COMPONENTS",
    "an account at 8x8 is made and trusted",
    "prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua",
  ),
];

const browserPolicy = (key: string, otherwise: string): FileFact => ({
  file: "managed_policies.json",
  key,
  must: "off",
  absent: "refused",
  otherwise,
  action: `set ${key} to false`,
  source: upstream("jibri/rootfs/etc/opt/chrome/policies/managed/managed_policies.json"),
  reviewed,
});

const recorder = "jibri/rootfs/defaults/jibri.conf";

/** Contacts of recorders: a browser's own, and those that single variables make. */
const recording: readonly (ContainerFact | FileFact)[] = [
  browserPolicy("MetricsReportingEnabled", "the browser of the recorder reports to Google"),
  browserPolicy("ComponentUpdatesEnabled", "the browser of the recorder asks Google for components"),
  unset(
    "jibri",
    "AUTOSCALER_URL",
    "a service outside decides about recorders",
    "jibri/rootfs/etc/s6-overlay/scripts/config",
  ),
  unset("jibri", "JIBRI_WEBHOOK_SUBSCRIBERS", "a service outside is told of every recording", recorder),
  unset("jibri", "JIBRI_STATSD_HOST", "figures of use go to another host", recorder),
  unset("jibri", "IGNORE_CERTIFICATE_ERRORS", "whoever is on the way can show the recorder another meeting", recorder),
];

/** Speech that leaves by default. */
const speech: readonly ContainerFact[] = [
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

/** Media that travels in clear by default, or to whoever poses as the server. */
const media: readonly ContainerFact[] = [
  {
    image: "jibri",
    otherwise: "passwords of recorders go to whoever poses as the signalling server",
    action: "set XMPP_TRUST_ALL_CERTS=false, with the server's authority in Java's trust store",
    equals: ["XMPP_TRUST_ALL_CERTS", "false"],
    source: upstream("jibri/rootfs/defaults/xmpp.conf"),
    reviewed,
  },
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

/** Facts about the containers of docker-jitsi-meet, and about our component. */
export const jitsi: ServiceFacts = {
  service: "jitsi",
  folders: ["jitsi", "meet"],
  distinct: ["jvb", "jigasi", "jibri"],
  files: { "managed_policies.json": ["CommandLineFlagSecurityWarningsEnabled"] },
  leaks: [...leaks, ...recording],
  media,
  speech,
  conference: {
    type: "sovereign-uc:index:Jitsi",
    name: "Jitsi",
    taps: ["recording", "transcription"],
    source: "components/services/jitsi/args.ts",
    reviewed,
  },
};

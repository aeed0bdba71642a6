import type { Upstream } from "../../../core/upstream";
import { secretPaths } from "./host";

const bbb = (revision: string, path: string): string => `bigbluebutton/bigbluebutton ${revision} ${path}`;
const sfu = "bigbluebutton/bbb-webrtc-sfu 7706cf6 (2.14.0-beta.0) config/default.example.yml";
const relay = "coturn/coturn 4.5.2 examples/etc/turnserver.conf";
const properties = bbb("005ff1f (3.0)", "bigbluebutton-web/grails-app/conf/spring/resources.xml");
const page = bbb(
  "020344e (3.0)",
  "bigbluebutton-html5/imports/ui/core/initial-values/meetingClientSettings.ts; the same keys at 0295713, Types/meetingClientSettings.ts",
);
const recorded = bbb("017f7bc (3.0.9)", "record-and-playback/core/scripts/bigbluebutton.yml");
const apps = bbb("017f7bc (3.0.9)", "akka-bbb-apps/src/universal/conf/application.conf");
const switchClient = bbb("017f7bc (3.0.9)", "akka-bbb-fsesl/src/universal/conf/application.conf");
const eventSocket = bbb(
  "3f7cd42",
  "bbb-voice-conference/config/freeswitch/conf/autoload_configs/event_socket.conf.xml",
);
const relays = bbb("020df25", "bigbluebutton-web/grails-app/conf/spring/turn-stun-servers.xml");
const profile = bbb("2a125ef", "bbb-voice-conference/config/freeswitch/conf/sip_profiles/external.xml");
const variables = bbb("0ce51b5", "bbb-voice-conference/config/freeswitch/conf/vars.xml");

const of = (source: string, ...keys: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(keys.map((key) => [key, source]));

/** Name of the table of what the script that settles a server changes in files of packages. */
export const settled = "settle-bigbluebutton";

/**
 * Upstream's files that read what a server of BigBlueButton is given: every key of every file. bbb-web fails without a key that its resources.xml names, and passes
 * over one that it does not name; so do the others. The SFU's newer revisions could not be read: 3.0.4 has 2.17.0-beta.6.
 */
export const serverUpstream: Upstream = {
  variables: {},
  files: {
    [secretPaths.web]: of(
      properties,
      "bigbluebutton.web.serverURL",
      "securitySalt",
      "defaultGuestPolicy",
      "disabledFeatures",
      "audioBridge",
      "cameraBridge",
      "screenShareBridge",
      "allowOverrideClientSettingsOnCreateCall",
      "insertDocumentBlockedHosts",
      "disableRecordingDefault",
      "autoStartRecording",
      "allowStartStopRecording",
      "notifyRecordingIsOn",
      "allowRevealOfBBBVersion",
      "defaultWelcomeMessage",
      "defaultWelcomeMessageFooter",
    ),
    "/etc/bigbluebutton/bbb-html5.yml": of(
      page,
      "public.app.audioCaptions.enabled",
      "public.app.helpLink",
      "public.app.bbbTabletApp.enabled",
      "public.externalVideoPlayer.enabled",
      "public.kurento.wsUrl",
      "public.media.sipjsHackViaWs",
      "public.pads.url",
    ),
    [secretPaths.sfu]: of(
      sfu,
      "fsBridgeMode",
      "recordingAdapter",
      "log.level",
      "freeswitch.ip",
      "freeswitch.sip_ip",
      "freeswitch.esl_ip",
      "freeswitch.esl_password",
      "mediasoup.worker.rtcMinPort",
      "mediasoup.worker.rtcMaxPort",
      "mediasoup.webrtc.listenIps.0.ip",
      "mediasoup.webrtc.listenIps.0.announcedIp",
      "mediasoup.plainRtp.listenIp.ip",
      "mediasoup.plainRtp.listenIp.announcedIp",
    ),
    "/etc/bigbluebutton/recording/recording.yml": of(
      recorded,
      "playback_host",
      "playback_protocol",
      "steps.archive",
      "steps.sanity",
      "steps.captions",
      "steps.process:presentation",
    ),
    [secretPaths.apps]: of(apps, "services.bbbWebAPI", "services.sharedSecret"),
    [secretPaths.switchClient]: of(switchClient, "freeswitch.esl.password"),
    [secretPaths.eventSocket]: of(eventSocket, "nat-map", "listen-ip", "listen-port", "password", "apply-inbound-acl"),
    [secretPaths.relays]: of(
      relays,
      "StunServer",
      "TurnServer",
      "StunTurnService",
      "stunServers",
      "turnServers",
      "remoteIceCandidates",
    ),
    [secretPaths.relay]: of(
      relay,
      "realm",
      "use-auth-secret",
      "static-auth-secret",
      "fingerprint",
      "stale-nonce",
      "listening-ip",
      "relay-ip",
      "listening-port",
      "cert",
      "pkey",
      "no-tlsv1",
      "no-tlsv1_1",
      "min-port",
      "max-port",
      "no-tcp-relay",
      "no-multicast-peers",
      "denied-peer-ip",
      "allowed-peer-ip",
      "total-quota",
      "user-quota",
      "syslog",
      "no-cli",
    ),
    [settled]: {
      ...of(variables, "external_rtp_ip", "external_sip_ip", "local_ip_v4", "default_password"),
      ...of(profile, "ext-rtp-ip", "ext-sip-ip", "sip-ip", "rtp-ip", "ws-binding", "wss-binding"),
      playback_host: recorded,
      "server.servlet.session.cookie.secure": bbb(
        "198943f",
        "bigbluebutton-web/grails-app/conf/application.properties",
      ),
      proxy_pass: bbb("0001331", "bigbluebutton-config/bin/bbb-conf, SIP_CONFIG"),
    },
  },
  behaviour: {
    "settings of a server": {
      "/etc/bigbluebutton/bbb-html5.yml counts over upstream's": `${apps}, clientSettingsOverrideFilePath`,
      "/etc/bigbluebutton/bbb-webrtc-sfu/production.yml counts over default.yml, both found by NODE_CONFIG_DIR": bbb(
        "1320618",
        "build/packages-template/bbb-webrtc-sfu/bbb-webrtc-sfu.service",
      ),
      "FreeSWITCH's files are those of bbb-voice-conference": bbb(
        "018143a",
        "build/packages-template/bbb-freeswitch-core/build.sh",
      ),
      "another word than RTP or WebRTC for fsBridgeMode is refused":
        "bigbluebutton/bbb-webrtc-sfu 7706cf6 lib/audio/fs-consumer-bridge.js",
      "a step may lead to a list of steps": recorded,
      "the recorder asks no STUN server, and its own web server is off":
        "bigbluebutton/bbb-webrtc-recorder 95ab45f (v0.8.0) config/bbb-webrtc-recorder.yml",
    },
  },
};

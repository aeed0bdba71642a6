import { type Fact, lastReview as reviewed } from "./fact";

/** A setting that lets media or its signalling travel in clear. */
export interface PlainMediaFact extends Fact {
  readonly what: string;
  readonly pattern: RegExp;
  readonly action: string;
}

export const plainMedia: readonly PlainMediaFact[] = [
  {
    what: "a SIP address with transport in clear",
    pattern: /\bsip:[^\s"'<>]*;transport=(udp|tcp)\b/i,
    action: "use sips: or transport=tls on port 5061",
    source: "RFC 3261, section 19.1.1",
    reviewed,
  },
  {
    what: "a SIP trunk on port 5060",
    pattern: /\bsip:[^\s"'<>]+:5060\b/i,
    action: "use sips: or transport=tls on port 5061",
    source: "RFC 3261, section 19.1.2",
    reviewed,
  },
  {
    what: "FreeSWITCH without mandatory SRTP",
    pattern: /\brtp_secure_media["']?\s*(=|value=)\s*["']?(?!mandatory\b)[a-z]/i,
    action: "set rtp_secure_media=mandatory",
    source: "https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Security/Secure-RTP_3375417",
    reviewed,
  },
  {
    what: "a TURN server without TLS",
    pattern: /^\s*no-tls\s*(=\s*(true|yes|1))?\s*$/m,
    action: "remove no-tls and give coturn a certificate",
    source: "coturn/coturn examples/etc/turnserver.conf at 8024aa63",
    reviewed,
  },
  {
    what: "the capture of decrypted media in a videobridge",
    pattern: /\bpcap\s*\{[^}]*\benabled\s*=\s*true|\bpcap\.enabled\s*=\s*true/,
    action: "remove jmt.debug.pcap.enabled",
    source: "jitsi/jitsi-videobridge jitsi-media-transform reference.conf at a29d97d",
    reviewed,
  },
  {
    what: "plain RTP between bridge and voice switch of BigBlueButton",
    pattern: /\bfsBridgeMode["']?\s*[:=]\s*["']?RTP\b/,
    action: 'set fsBridgeMode to "WebRTC"',
    source: "bigbluebutton/bbb-webrtc-sfu config/default.example.yml at 040a8ca",
    reviewed,
  },
];

import { type Fact, lastReview as reviewed } from "./fact";

/** A setting that lets media or its signalling travel in clear. */
export interface PlainMediaFact extends Fact {
  readonly what: string;
  /** Looked for in each line, or in each SIP address. Every part of it is bounded, so that no text takes longer than it is long. */
  readonly pattern: RegExp;
  readonly of: "line" | "address" | "text";
  readonly action: string;
}

const encrypted = "use sips: or transport=tls on port 5061";

export const plainMedia: readonly PlainMediaFact[] = [
  {
    what: "a SIP address with transport in clear",
    pattern: /;transport=(udp|tcp)\b/i,
    of: "address",
    action: encrypted,
    source: "RFC 3261, section 19.1.1",
    reviewed,
  },
  {
    what: "a SIP trunk on port 5060",
    pattern: /:5060\b/,
    of: "address",
    action: encrypted,
    source: "RFC 3261, section 19.1.2",
    reviewed,
  },
  {
    what: "FreeSWITCH without mandatory SRTP",
    pattern: /\brtp_secure_media["']?\s{0,8}(=|value=)\s{0,8}["']?(?!mandatory\b)[a-z]/i,
    of: "line",
    action: "set rtp_secure_media=mandatory",
    source: "https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Security/Secure-RTP_3375417",
    reviewed,
  },
  {
    what: "a TURN server without TLS",
    pattern: /(^|[\s"',[])(--)?no-d?tls(\s{0,8}=\s{0,8}(true|yes|1))?($|[\s"',\]])/,
    of: "line",
    action: "remove no-tls and no-dtls, and give coturn a certificate",
    source: "coturn/coturn examples/etc/turnserver.conf at 8024aa63",
    reviewed,
  },
  {
    what: "the capture of decrypted media in a videobridge",
    pattern: /\bpcap\s{0,8}\{[^{}]{0,200}\benabled\s{0,8}=\s{0,8}true|\bpcap\.enabled\s{0,8}=\s{0,8}true/,
    of: "text",
    action: "remove jmt.debug.pcap.enabled",
    source: "jitsi/jitsi-videobridge jitsi-media-transform reference.conf at a29d97d",
    reviewed,
  },
  {
    what: "plain RTP between bridge and voice switch of BigBlueButton",
    pattern: /\bfsBridgeMode["']?\s{0,8}[:=]\s{0,8}["']?RTP\b/,
    of: "line",
    action: 'set fsBridgeMode to "WebRTC"',
    source: "bigbluebutton/bbb-webrtc-sfu config/default.example.yml at 040a8ca",
    reviewed,
  },
  {
    what: "a listener of Kamailio or OpenSIPS without TLS",
    pattern: /^\s{0,8}(listen|socket)\s{0,8}=\s{0,8}["']?(udp|tcp):/i,
    of: "line",
    action: "listen on tls: with a certificate",
    source: "kamailio/kamailio etc/kamailio.cfg at 38711a3e (listen)",
    reviewed,
  },
  {
    what: "an Asterisk endpoint without encryption of its media",
    pattern: /^\s{0,8}media_encryption\s{0,8}=\s{0,8}no\b/i,
    of: "line",
    action: "set media_encryption=sdes with transport-tls, or dtls",
    source: "asterisk/asterisk res/res_pjsip/pjsip_config.xml at f0c1c1a7 (media_encryption)",
    reviewed,
  },
  {
    what: "a SIP transport in clear",
    pattern:
      /^\s{0,8}(bind\s{0,8}=\s{0,8}\S{1,60}:5060\b|transport\s{0,8}=\s{0,8}(transport-)?(udp|tcp)\b|encryption\s{0,8}=\s{0,8}no\b)/i,
    of: "line",
    action: "use a transport of TLS on port 5061",
    source: "asterisk/asterisk configs/samples/pjsip.conf.sample at f0c1c1a7 (transport, bind)",
    reviewed,
  },
  {
    what: "LiveKit's SIP service on the port without TLS",
    pattern: /^\s{0,8}["']?sip_port(_listen)?["']?\s{0,8}:\s{0,8}["']?5060\b/,
    of: "line",
    action: "set tls: with a certificate, and close 5060",
    source: "livekit/sip pkg/config/config.go at be5d3f57 (sip_port, sip_port_listen)",
    reviewed,
  },
];

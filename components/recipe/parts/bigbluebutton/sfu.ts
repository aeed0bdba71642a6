import { eventSocketPassword } from "./freeswitch";

/** Settings of a server's selective forwarding unit. */
export interface SfuSettings {
  /** Public address of the server, at which browsers reach it. */
  readonly publicAddress: string;
  /** Password of FreeSWITCH's event socket. */
  readonly eventSocketPassword: string;
}

/** Ports of media: FreeSWITCH below, mediasoup above. Source: `rtcMinPort` and `rtcMaxPort` in config/default.example.yml, see below. */
export const sfuPorts = [24577, 32768] as const;

/**
 * Overrides for `/etc/bigbluebutton/bbb-webrtc-sfu/production.yml`, as JSON, which is YAML. Audio between the SFU and FreeSWITCH goes over DTLS-SRTP: by default it
 * is plain RTP. Recordings are taken by the recorder that speaks WebRTC too; Kurento would get plain RTP.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | path of the overrides | docs/mediasoup.md | bigbluebutton/bbb-webrtc-sfu 7706cf6 (2.14.0-beta.0; 3.0.4 has 2.17.0-beta.6, which could not be read) |
 * | `fsBridgeMode` is "RTP" unless it says "WebRTC"; another word is refused | lib/audio/fs-consumer-bridge.js, fs-transceiver-bridge.js | the same |
 * | `recordingAdapter`, "Kurento" by default; "bbb-webrtc-recorder" in the containers of 3.0.4 | config/default.example.yml; mod/webrtc-sfu/config.yaml | the same; bigbluebutton/docker f6e71fc |
 * | `freeswitch.esl_password`, `freeswitch.sip_ip`, `mediasoup.webrtc.listenIps`, `mediasoup.plainRtp.listenIp`, `mediasoup.worker` | config/default.example.yml | bigbluebutton/bbb-webrtc-sfu 7706cf6 |
 * | which of them a server has to set | templates/bbb-config/bigbluebutton/bbb-webrtc-sfu/production.yml.j2 | ebbba-org/ansible-role-bigbluebutton 0f62a6f |
 */
export function sfuOverrides({ publicAddress, eventSocketPassword: password }: SfuSettings): string {
  const loopback = "127.0.0.1";
  const [rtcMinPort, rtcMaxPort] = sfuPorts;
  return `${JSON.stringify({
    fsBridgeMode: "WebRTC",
    recordingAdapter: "bbb-webrtc-recorder",
    log: { level: "info" },
    freeswitch: { ip: publicAddress, sip_ip: loopback, esl_ip: loopback, esl_password: eventSocketPassword(password) },
    mediasoup: {
      worker: { rtcMinPort, rtcMaxPort },
      webrtc: { listenIps: [{ ip: publicAddress, announcedIp: publicAddress }] },
      // Nothing plain leaves the server.
      plainRtp: { listenIp: { ip: loopback, announcedIp: loopback } },
    },
  })}\n`;
}

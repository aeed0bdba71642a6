/** Settings of Janus. */
export interface JanusSettings {
  /** Port of its interface to the proxy, on the loopback address. */
  readonly port: number;
  /** Ports of media. */
  readonly media: readonly [first: number, last: number];
  /** Folders of plug-ins and of the transport; they are upstream's place in its image. @default "/usr/local/lib/janus" */
  readonly modules?: string;
}

/** Plug-ins that upstream has beside the one that Talk uses. Each would be a way in: to files, to SIP, to plain RTP. */
const unused = [
  "audiobridge",
  "duktape",
  "echotest",
  "lua",
  "nosip",
  "recordplay",
  "sip",
  "streaming",
  "textroom",
  "videocall",
  "voicemail",
];

/** Transports beside the one that the proxy uses. */
const unusedTransports = ["http", "mqtt", "nanomsg", "pfunix", "rabbitmq"];

/**
 * Files of Janus: the core, the video rooms, and the interface to the proxy. What only the host knows and a secret are appended when it starts (start-janus.sh).
 *
 * DTLS-SRTP is all that browsers get. `rtp_forward`, which would lead media elsewhere in plain RTP, cannot be locked: its lock is `admin_key`, with which rooms cannot be
 * made without it either, and the signaling servers know none (sfu/janus/janus.go at 6046e47; seen). So nobody but programs on its own host can ask Janus for anything.
 */
export const janusFiles = ({
  port,
  media,
  modules = "/usr/local/lib/janus",
}: JanusSettings): Record<string, string> => ({
  "janus.jcfg": `general: {
  plugins_folder = "${modules}/plugins"
  transports_folder = "${modules}/transports"
  events_folder = "${modules}/events"
  loggers_folder = "${modules}/loggers"
  log_to_stdout = true
  debug_level = 4
  debug_colors = false
  server_name = "media"
  session_timeout = 60
  hide_dependencies = true
  @include "secrets.jcfg"
}
media: {
  rtp_port_range = "${media[0]}-${media[1]}"
  dtls_mtu = 1200
  no_media_timer = 5
}
nat: {
  full_trickle = true
  ice_lite = false
  ice_tcp = false
  @include "address.jcfg"
}
certificates: {
  dtls_ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"
}
plugins: {
  disable = "${unused.map((name) => `libjanus_${name}.so`).join(",")}"
}
transports: {
  disable = "${unusedTransports.map((name) => `libjanus_${name}.so`).join(",")}"
}
loggers: {
  disable = "libjanus_jsonlog.so"
}
events: {
  broadcast = false
}
`,
  "janus.plugin.videoroom.jcfg": `general: {
  events = false
}
`,
  "janus.transport.websockets.jcfg": `general: {
  json = "compact"
  ws = true
  ws_port = ${port}
  ws_ip = "127.0.0.1"
  wss = false
}
admin: {
  admin_ws = false
  admin_wss = false
}
`,
});

import { relayLimits } from "../../kubernetes/relay/coturn";
import {
  cacheConnections,
  type RoomEvents,
  type MediaFolders,
  mediaPorts,
  type MediaPorts,
  secretFiles,
  trustFiles,
  relayCredentialSeconds,
} from "./settings";

/** Settings of a media server's configuration: plain values, no secrets. */
export interface LiveKitSettings {
  /** Names of all relays. */
  readonly relays: readonly string[];
  /** Most participants of one room, which is on one host as a whole. */
  readonly participantsPerHost: number;
  readonly folders: MediaFolders;
  /** Identifier of the key that signs events, and their destination. @default - no events */
  readonly events?: { readonly apiKey: string; readonly url: string };
  /** True if recorders inside take part, which know no way to a public address: then a host's private one is told beside it. @default false */
  readonly recorded?: boolean;
  /** @default - the ports that openings have */
  readonly ports?: MediaPorts;
}

/**
 * The part of a media server's configuration that is the same on every host; what only the host knows (its addresses) is appended below `rtc` and given as an option
 * when it starts, and so are its relays. The server refuses a key that it does not know (`KnownFields`, pkg/config/config.go).
 *
 * | claim | file of livekit/livekit | revision |
 * |---|---|---|
 * | keys below the top level, `rtc`, `room`, `node_selector`, `logging`; defaults: `auto_create` true, `tcp_port` 7881, a room without participants ends after 300 s, after the last has left in 20 s | pkg/config/config.go | v1.13.11 |
 * | `udp_port` as a range, `node_ip`, `ips.includes`, `stun_servers`, `use_external_ip`, `use_mdns`; with an address given, nobody is asked for it | livekit/mediatransportutil pkg/rtcconfig/config.go | dd8e31a |
 * | `node_ip` takes the place of every address that `ips` lets through; with `advertise_internal_ip` it stands beside them | livekit/mediatransportutil pkg/rtcconfig/webrtc_config.go (nat1To1AddressRewriteRules) | dd8e31a |
 * | without `stun_servers` and `turn_servers` a client is given servers of Twilio and Google; with either it is not | pkg/service/roommanager.go (iceServersForParticipant) | v1.13.11 |
 * | `turn_servers` with `secret_file` and `ttl`: credentials of the TURN REST API, one user per participant; the file must not be readable by others | pkg/service/roommanager.go, pkg/config/config.go (LoadTURNSecrets) | v1.13.11 |
 * | its own TURN server is told to clients at port 443 only, which a program without privileges cannot have on the host network: so relays are coturn's | pkg/service/roommanager.go; Dockerfile | v1.13.11 |
 * | `auto_create: false`: a room has to be there, unless the token itself may create rooms | pkg/service/roomallocator.go (ValidateCreateRoom) | v1.13.11 |
 * | `key_file`: identifiers and secrets; each is valid for everything, and messages about rooms are signed by one | pkg/config/config.go, livekit/protocol webhook | v1.13.11, 46332a0 |
 * | `redis.tls` with `ca_cert_file` verifies the server and its name; `insecure` is said to be true by default in config-sample.yaml and is not | livekit/protocol xtls | 46332a0 |
 * | `agents.endpoints.disabled`: no worker answers requests from outside below `/agents/` | pkg/agent/config.go, pkg/service/server.go | v1.13.11 |
 * | without `trace`, `analytics` or `agents` of one's own nothing else is contacted | pkg/service, pkg/telemetry | v1.13.11 |
 */
export function livekit(settings: LiveKitSettings): string {
  const { relays, participantsPerHost, folders, events, recorded = false, ports = mediaPorts } = settings;
  return [
    ...flat({
      port: ports.api,
      key_file: `${folders.secrets}/${secretFiles.keys}`,
      redis: {
        pool_size: cacheConnections.pool,
        tls: { enabled: true, insecure: false, ca_cert_file: `${folders.trust}/${trustFiles.cache}` },
      },
      room: {
        auto_create: false,
        max_participants: participantsPerHost,
        empty_timeout: 300,
        departure_timeout: 20,
        enable_remote_unmute: false,
      },
      // A new room goes to the host with the most processor time left, and to none that is four fifths full while another is not.
      node_selector: { kind: "cpuload", cpu_load_limit: 0.8, sort_by: "cpuload", algorithm: "lowest" },
      agents: { endpoints: { disabled: true } },
      ...(events === undefined ? {} : { webhook: { api_key: events.apiKey, urls: [events.url] } }),
      logging: { level: "info", json: true, pion_level: "error" },
    }),
    // Last, and in lines of its own: the script that starts the server goes on here.
    "rtc:",
    ...flat({
      tcp_port: ports.tcp,
      udp_port: ports.udp.join("-"),
      use_external_ip: false,
      advertise_internal_ip: recorded,
      enable_loopback_candidate: false,
      use_mdns: false,
      allow_tcp_fallback: true,
      stun_servers: relays.slice(0, offered).map((host) => `${host}:${relayLimits.stun}`),
    }).map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** Relays and STUN servers that a browser is offered: the second is for when the first is lost. A browser asks every one that it is told of. */
const offered = 2;

/**
 * Relays that the server of one host tells its browsers, as lines below `rtc`: the same place in the list of relays, which is the same host where one pool carries both,
 * and the next.
 *
 * @param relays names of all relays.
 * @param place number of the host, from 0.
 */
export function relaysOf(relays: readonly string[], place: number, { secrets }: MediaFolders): string {
  const told = Array.from({ length: Math.min(offered, relays.length) }, (_, i) => ({
    host: relays[(place + i) % relays.length] ?? "",
    port: relayLimits.tls,
    protocol: "tls",
    secret_file: `${secrets}/${secretFiles.relay}`,
    ttl: relayCredentialSeconds,
  }));
  return `  turn_servers: ${JSON.stringify(told)}\n`;
}

/** Lines of YAML, whose values are JSON. */
const flat = (values: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(values).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);

/** Identifier of a portal's API key, of one generation. */
export const apiKeyOf = (portal: string, generation: string): string => `${portal}-${generation}`;

/** Identifier of the recorders' API key, of one generation: no portal's name has a dot. */
export const recorderKeyOf = (generation: string): string => `recorder.${generation}`;

/** The key of events as the configuration names it: the present one of the portal. */
export const eventsKey = (
  events: RoomEvents,
  generationOf: (portal: string) => string,
): { readonly apiKey: string; readonly url: string } => ({
  apiKey: apiKeyOf(events.portal, generationOf(events.portal)),
  url: events.url,
});

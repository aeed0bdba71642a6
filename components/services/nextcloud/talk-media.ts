import type { Capacity } from "../../core/capacity";
import type { MediaNeed } from "../../core/plan";
import { relayLimits } from "../../kubernetes/relay/coturn";
import { mediaPorts, ports } from "./settings";

type Opening = MediaNeed["openings"][number];

const opening = (
  direction: Opening["direction"],
  protocol: Opening["protocol"],
  port: Opening["port"],
  peers: Opening["peers"],
  reason: string,
): Opening => ({ direction, protocol, port, peers, reason });

const names: readonly Opening[] = [
  opening("out", "udp", 53, "pods", "names inside the cluster"),
  opening("out", "tcp", 53, "pods", "names inside the cluster"),
];

/**
 * Media tiers of calls, and their openings. Filters keep state, so answers need none. Closed on purpose: Janus to everybody but the proxy on its own host, the proxy to
 * everybody but application hosts, media hosts to each other, the ports that a relay allocates, TURN over TCP without TLS.
 *
 * A call's people get each stream from the host where it is published. Between hosts the proxies would pass streams on in plain RTP (`publish_remotely`,
 * sfu/janus/publisher.go at 6046e47): they have no token for it, without which that is off (cmd/proxy/proxy_server.go).
 */
export function talkMedia(talk: {
  readonly domain: string;
  readonly media: Capacity;
  readonly relay: Capacity;
  readonly recordings: number;
}): Readonly<Record<string, MediaNeed>> {
  return {
    media: {
      capacity: talk.media,
      openings: [
        opening("in", "udp", mediaPorts.media, "anywhere", "media: browsers and relays to Janus"),
        opening("in", "tcp", mediaPorts.proxy, "application", "signaling servers to the proxy in front of Janus"),
        ...names,
      ],
    },
    relay: {
      capacity: talk.relay,
      names: { prefix: "relay", domain: talk.domain },
      openings: [
        opening("in", "tcp", relayLimits.tls, "anywhere", "TURN over TLS for networks that let nothing else out"),
        opening("in", "udp", relayLimits.stun, "anywhere", "STUN: browsers learn their own address"),
        // Their public addresses exist only after the hosts do; the relay itself allows the media hosts and nobody else.
        opening("out", "udp", mediaPorts.media, "anywhere", "relay to the media hosts at their public addresses"),
        ...names,
      ],
    },
    ...(talk.recordings === 0 ? {} : { recorder: recorderNeed(talk.recordings) }),
  };
}

/** The host of the recorder, and one to which it goes when that is lost: Talk knows one recording server alone (lib/Recording/BackendNotifier.php). */
const recorderNeed = (recordings: number): MediaNeed => ({
  capacity: {
    load: recordings,
    unit: "recordings",
    perReplica: recordings,
    source:
      "one recording server takes them all: Talk asks the first of its list and no other (nextcloud/spreed 0ace1fe)",
  },
  openings: [
    opening("in", "tcp", ports.recorder, "application", "web servers that start and end a recording"),
    opening("out", "tcp", 443, "gateways", "the page of the call, its signaling, and the upload of the recording"),
    opening("out", "udp", mediaPorts.media, "anywhere", "media of the call, at the media hosts' public addresses"),
    ...names,
  ],
});

import { Cidr } from "../../core/cidr";
import { inbound, Opening, outbound } from "../../core/openings";
import { signallingPorts } from "./prosody";
import { relayLimits } from "./settings";

/** What a Jitsi's media hosts are told apart by. */
export interface JitsiOpeningsArgs {
  readonly podRange: string;
  /** Private addresses of all media hosts. */
  readonly mediaHosts: readonly string[];
}

/**
 * What a Jitsi opens on its media hosts; give it to the media pool. Filters keep state, so answers need no opening.
 *
 * Closed on purpose: the ports that a relay allocates (it sends first, and only to bridges), the bridge's management port (it answers on the host itself), TURN
 * without TLS.
 */
export const jitsiOpenings = ({ podRange, mediaHosts }: JitsiOpeningsArgs): readonly Opening[] => {
  const others = mediaHosts.map((address) => `${address}/32`);
  return [
    inbound("udp", 10_000, Cidr.anywhere, "media: browsers, relays and other bridges to the bridge"),
    inbound("tcp", relayLimits.port, Cidr.anywhere, "TURN over TLS for networks that let no UDP out"),
    outbound("udp", 10_000, others, "bridge to bridge: a room that spans them"),
    // Their public addresses exist only after the hosts do; the relay itself allows the bridges and nobody else.
    outbound("udp", 10_000, Cidr.anywhere, "relay to the bridges at their public addresses"),
    outbound("tcp", signallingPorts.xmpp, [podRange], "bridge to the signalling servers of all shards"),
    outbound("udp", 53, [podRange], "names inside the cluster"),
    outbound("tcp", 53, [podRange], "names inside the cluster"),
  ];
};

import { Cidr } from "../core/cidr";
import { invalid } from "../core/errors";
import { type Opening, portRange } from "../core/openings";
import type { KubernetesTarget } from "./target";

/**
 * Checks that the monitoring, and nobody outside, reaches metrics of pods on the host network. No network policy holds there: the hosts' own filter is the wall, and
 * its openings come from the plan, before any workload. The monitoring's pods are on application hosts, and what they send to a host comes from their own host's
 * address; that no other pod there sends anything is the work of network policies, which are closed by default.
 *
 * @param port of the metrics; over TCP.
 * @throws RangeError when the pool has no such opening, when it is wider, and where the filter is not ours.
 */
export function reachedByMonitoring({ mediaOpenings, hostAddresses }: KubernetesTarget, pool: string, port: number) {
  const openings = mediaOpenings?.[pool];
  if (openings === undefined)
    throw invalid(
      "no metrics on the host network of hosts that somebody else filters",
      "metrics",
      "leave metrics out: nothing here can say who reaches the port",
    );
  const peers = openings.filter((one) => isFor(one, port)).flatMap((one) => one.peers.map(Cidr.parse));
  const missing = hostAddresses.application.filter((address) => !peers.some((peer) => peer.contains(address)));
  const wide = peers.filter(
    (peer) => !hostAddresses.application.some((address) => peer.toString() === `${address}/32`),
  );
  const opening = `{ direction: "in", protocol: "tcp", port: ${port}, peers: "application", reason: "metrics" }`;
  if (missing.length > 0)
    throw invalid(
      `an opening of media pool ${pool} for tcp ${port} from every application host, where the monitoring runs`,
      peers.length === 0 ? "none" : `none from ${missing.join(", ")}`,
      `add ${opening} to the openings of the plan's media tier`,
    );
  if (wide.length > 0)
    throw invalid(
      `tcp ${port} of media pool ${pool} open to application hosts only, since metrics are on it`,
      wide.join(", "),
      `give metrics a port of their own, with ${opening}`,
    );
}

const isFor = (opening: Opening, port: number): boolean => {
  const [first, last] = portRange(opening);
  return opening.direction === "in" && opening.protocol === "tcp" && first <= port && port <= last;
};

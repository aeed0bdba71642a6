import type * as input from "@pulumi/kubernetes/types/input";
import { Cidr } from "../core/cidr";
import { invalid, type Keys } from "../core/errors";
import { Isolated, isolatedRanges } from "../core/isolation";
import { isTier, Link, LinkEnd, sameEnd } from "../core/link";
import { list, record } from "../core/shapes";
import type { Tier } from "../core/tier";

/** The other side of a connection: pods of a workload, or ranges of addresses. */
export type Peer =
  | {
      readonly workload: string;
      /** @default - the namespace of the policy */
      readonly namespace?: string;
    }
  | { readonly ranges: readonly string[] };

/** A connection that a network policy lets through. */
export interface Allowed {
  readonly peer: Peer;
  readonly port: number;
  /** @default "tcp" */
  readonly protocol?: "tcp" | "udp";
  /** Why: stands on the policy and in every report. */
  readonly reason: string;
}

export const allowedKeys: Keys<Allowed> = {
  peer: { workload: true, namespace: true, ranges: true },
  port: true,
  protocol: true,
  reason: true,
};

/** Label that says which workload a pod belongs to. */
export const workloadLabel = "app.kubernetes.io/name";

/** Connections of one tier, as its policy has them. */
export interface TierConnections {
  readonly ingress: readonly Allowed[];
  readonly egress: readonly Allowed[];
}

/** The connections of a tier, taken out of the links of its service. */
export function connectionsOf(own: Tier, links: readonly Link[]): TierConnections {
  const towards = (other: LinkEnd, { port, protocol, reason }: Link): Allowed => ({
    peer: !isTier(other)
      ? { ranges: other.ranges }
      : { workload: other.name, ...(other.namespace === own.namespace ? {} : { namespace: other.namespace }) },
    port,
    ...(protocol === "tcp" ? {} : { protocol }),
    reason,
  });
  return {
    ingress: links.filter(({ to }) => sameEnd(to, own)).map((one) => towards(one.from, one)),
    egress: links.filter(({ from }) => sameEnd(from, own)).map((one) => towards(one.to, one)),
  };
}

/**
 * Reads the links of a service: what `link()` and `linkOut()` return.
 *
 * @throws RangeError with every value that is none.
 */
export const readLinks = (values: readonly Link[] | undefined): readonly Link[] =>
  list(values, "links", '[link(web, database, "postgres", "rooms")], or [] for none', (one) => {
    const { from, to, port, reason } = record(one, "a link", 'link(web, database, "postgres", "rooms")');
    if (from === undefined || to === undefined || typeof port !== "number" || typeof reason !== "string")
      throw invalid("a link", one, "make it with link() or linkOut()");
    return one;
  });

/** Label that Kubernetes puts on every namespace. */
const namespaceLabel = "kubernetes.io/metadata.name";

/**
 * Reads connections: a port, a reason, a peer that exists, ranges outside the isolated ones. A range that contains an isolated one is accepted, since the
 * rule then excepts it.
 *
 * @throws RangeError with the first problem of each connection.
 */
export function connections(values: unknown, isolatedFrom: readonly Isolated[]): readonly Allowed[] {
  if (!Array.isArray(values)) throw invalid("a list of connections", values, "give [] for none");
  const problems: string[] = [];
  for (const value of values as readonly Partial<Allowed>[]) {
    try {
      connection(value, isolatedRanges(isolatedFrom));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new RangeError(problems.join("\n"));
  return values as readonly Allowed[];
}

function connection({ peer, port, protocol = "tcp", reason }: Partial<Allowed>, isolated: readonly Cidr[]): void {
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65535)
    throw invalid("a port from 1 to 65535", port, "give the port of the pods, not of a service");
  if (protocol !== "tcp" && protocol !== "udp") throw invalid('"tcp" or "udp"', protocol, "name the protocol");
  if (typeof reason !== "string" || reason.trim() === "" || /[\r\n]/.test(reason))
    throw invalid("a reason on one line", reason, `say why port ${port} is open`);
  if (
    peer === undefined ||
    ("workload" in peer ? peer.workload === "" : !Array.isArray(peer.ranges) || peer.ranges.length === 0)
  )
    throw invalid("a workload or ranges", peer, `name the other side of port ${port}`);
  if (!("ranges" in peer)) return;
  for (const text of peer.ranges) {
    const range = Cidr.parse(text);
    const around = isolated.find((one) => one.contains(range));
    if (around)
      throw invalid(`a range outside the isolated range ${around.toString()}`, text, `remove it from port ${port}`);
  }
}

/** A rule of a network policy. Policies cannot deny: what is isolated is left out of every range. */
function policyRule(
  { peer, port, protocol = "tcp" }: Allowed,
  isolatedFrom: readonly Isolated[],
): {
  readonly peers: input.networking.v1.NetworkPolicyPeer[];
  readonly ports: input.networking.v1.NetworkPolicyPort[];
} {
  const ports = [{ port, protocol: protocol.toUpperCase() }];
  if ("workload" in peer)
    return {
      ports,
      peers: [
        {
          podSelector: { matchLabels: { [workloadLabel]: peer.workload } },
          ...(peer.namespace === undefined
            ? {}
            : { namespaceSelector: { matchLabels: { [namespaceLabel]: peer.namespace } } }),
        },
      ],
    };
  return {
    ports,
    peers: peer.ranges.map((cidr) => {
      const except = isolatedRanges(isolatedFrom)
        .filter((range) => Cidr.parse(cidr).contains(range))
        .map((range) => range.toString());
      return { ipBlock: { cidr, ...(except.length === 0 ? {} : { except }) } };
    }),
  };
}

/** A policy that lets through what is listed and nothing else. */
export function policySpec(
  workload: string,
  incoming: readonly Allowed[],
  outgoing: readonly Allowed[],
  isolatedFrom: readonly Isolated[],
): input.networking.v1.NetworkPolicySpec {
  const rules = (allowed: readonly Allowed[]) => allowed.map((one) => policyRule(one, isolatedFrom));
  return {
    podSelector: { matchLabels: { [workloadLabel]: workload } },
    policyTypes: ["Ingress", "Egress"],
    ingress: rules(incoming).map(({ peers, ports }) => ({ from: peers, ports })),
    egress: rules(outgoing).map(({ peers, ports }) => ({ to: peers, ports })),
  };
}

/** One line per connection, for the annotation of a policy. */
export const reasons = (direction: "in" | "out", allowed: readonly Allowed[]): readonly string[] =>
  allowed.map(({ peer, port, protocol = "tcp", reason }) => {
    const other = "ranges" in peer ? peer.ranges.join(", ") : [peer.namespace, peer.workload].filter(Boolean).join("/");
    return `${direction} ${protocol} ${port} ${direction === "in" ? "from" : "to"} ${other}: ${reason}`;
  });

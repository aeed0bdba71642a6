import { Capacity, replicasFor } from "../core/capacity";
import { invalid } from "../core/errors";
import { HostPort, hostPorts as readHostPorts } from "../core/ledger";
import { countInRange } from "../core/numbers";
import { words } from "./pod-checks";
import type { Drain } from "./pod";
import type { Scale } from "./scale";

/**
 * Replicas of a tier: enough for its load with one of them gone, or exactly one that says how the service goes on without it.
 *
 * @param asked how many; undefined for as many as are needed.
 * @throws RangeError for fewer.
 */
export function replicated(asked: number | undefined, capacity: Capacity, singleton: string | undefined): number {
  if (asked !== undefined) countInRange(asked, "replicas", 1, 100);
  if (
    typeof capacity !== "object" ||
    capacity === null ||
    typeof capacity.source !== "string" ||
    capacity.source.trim() === ""
  )
    throw invalid(
      "a capacity with its source",
      capacity,
      "say how much there is, how much one replica carries, and who says so",
    );
  const replicas = asked ?? (singleton === undefined ? countInRange(replicasFor(capacity), "replicas", 1, 100) : 1);
  if (singleton !== undefined) {
    if (typeof singleton !== "string" || singleton.trim().length < 10)
      throw invalid(
        "a sentence of at least 10 characters",
        singleton,
        "say how the service goes on while the only replica is away",
      );
    if (replicas !== 1)
      throw invalid("one replica of a singleton", replicas, "leave singleton out, or take one replica");
    if (capacity.load > capacity.perReplica)
      throw invalid(
        `a load of at most ${capacity.perReplica} ${capacity.unit}`,
        capacity.load,
        "take more singletons, each with a share",
      );
    return replicas;
  }
  const needed = replicasFor(capacity);
  if (replicas < needed)
    throw invalid(
      `at least ${needed} replicas for ${capacity.load} ${capacity.unit} at ${capacity.perReplica} each and one more`,
      replicas,
      "take as many, or say in singleton how it fails over",
    );
  return replicas;
}

/** @throws RangeError when a workload asks for the host network where it cannot have it, or for policies that would not count. */
export function networked(asked: {
  readonly hostNetwork: boolean;
  readonly hostPorts: readonly HostPort[];
  readonly lowPorts: boolean;
  readonly pool: string;
  /** Names of the cluster's pools of private hosts, and of those of media hosts. */
  readonly pools: { readonly private: readonly string[]; readonly media: readonly string[] };
  readonly podSecurity: string;
  /** Number of connections that policies would have to let through. */
  readonly connections: number;
}): void {
  const { hostNetwork, hostPorts, lowPorts, pool, podSecurity } = asked;
  const pools = [...asked.pools.private, ...asked.pools.media];
  if (!pools.includes(pool)) throw invalid(`one of the pools ${pools.join(", ")}`, pool, "name one of them");
  if ((hostNetwork || lowPorts) && podSecurity !== "privileged")
    throw invalid(
      "a namespace that is privileged",
      podSecurity,
      "give media a namespace of its own with podSecurity: privileged",
    );
  if (!hostNetwork && readHostPorts(hostPorts).length > 0)
    throw invalid("the host network for ports of the host", hostPorts.length, "set hostNetwork, or remove hostPorts");
  if (hostNetwork && !asked.pools.media.includes(pool))
    throw invalid(
      `a media pool for the host network${asked.pools.media.length === 0 ? "" : `: ${asked.pools.media.join(", ")}`}`,
      pool,
      "set pool to one of the cluster's media pools: other hosts open no ports",
    );
  if (hostNetwork && asked.connections > 0)
    throw invalid(
      "no connections",
      asked.connections,
      "open them on the host pool: network policies do not count on the host network",
    );
}

/** @throws RangeError for a scale of what cannot have more pods. */
export function scalable(value: Scale | undefined, kind: string, singleton: string | undefined): Scale | undefined {
  if (value === undefined) return undefined;
  if (singleton !== undefined) throw invalid("no scale of a singleton", value, "leave out scale or singleton");
  if (kind !== "Deployment")
    throw invalid("no scale of a StatefulSet", value, "leave scale out: its replicas have names and volumes");
  return value;
}

/** @throws RangeError unless it gives a pod 11 seconds (the pause and one more) to a day. */
export function drained(value: Drain): Drain {
  countInRange(value.seconds, "seconds to drain", 11, 86_400);
  words(value.command);
  return value;
}

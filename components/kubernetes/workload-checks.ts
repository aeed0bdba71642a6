import { Capacity, replicasFor } from "../core/capacity";
import { invalid } from "../core/errors";
import { countInRange } from "../core/numbers";
import { Allowed } from "./peers";
import { Drain } from "./pod";

/** What a tier is called. @throws RangeError unless it is one to 40 characters of words. */
export function tierName(value: unknown): string {
  if (typeof value !== "string" || !/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/.test(value))
    throw invalid("a tier of 2 to 40 lower-case letters, digits and inner hyphens", value, 'name it like "signalling"');
  return value;
}

/** An image that the operator's registry mirrors, with a tag or a digest. @throws RangeError for any other: hosts reach no other registry. */
export function withinRegistry(value: unknown, registry: string): string {
  if (typeof value !== "string" || !value.startsWith(`${registry}/`))
    throw invalid(
      `an image in ${registry}`,
      value,
      "mirror it there and name it by image(registry, { path, upstream, version })",
    );
  const reference = value.slice(registry.length + 1);
  if (
    !/^[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?(@sha256:[0-9a-f]{64})?$/.test(reference) ||
    !/[:@]/.test(reference)
  )
    throw invalid("an image with a tag or a digest", value, "name the version");
  if (/:latest(@|$)/.test(reference)) throw invalid("a version that does not move", value, "name the version");
  return value;
}

/**
 * Replicas of a tier: enough for its load with one of them gone, or exactly one that says how the service goes on without it.
 *
 * @throws RangeError for fewer.
 */
export function replicated(replicas: number, capacity: Capacity, singleton: string | undefined): number {
  countInRange(replicas, "replicas", 1, 100);
  if (typeof capacity !== "object" || typeof capacity.source !== "string" || capacity.source.trim() === "")
    throw invalid(
      "a capacity with its source",
      capacity,
      "say how much there is, how much one replica carries, and who says so",
    );
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
  readonly lowPorts: boolean;
  readonly pool: string;
  /** Names of the cluster's media pools. */
  readonly mediaPools: readonly string[];
  /** Names of the cluster's further pools. */
  readonly pools: readonly string[];
  readonly podSecurity: string;
  readonly incoming: readonly Allowed[];
  readonly outgoing: readonly Allowed[];
}): void {
  const { hostNetwork, lowPorts, pool, podSecurity } = asked;
  const pools = ["application", ...asked.mediaPools, ...asked.pools];
  if (!pools.includes(pool)) throw invalid(`one of the pools ${pools.join(", ")}`, pool, "name one of them");
  if ((hostNetwork || lowPorts) && podSecurity !== "privileged")
    throw invalid(
      "a namespace that is privileged",
      podSecurity,
      "give media a namespace of its own with podSecurity: privileged",
    );
  if (hostNetwork && !asked.mediaPools.includes(pool))
    throw invalid(
      `a media pool for the host network${asked.mediaPools.length === 0 ? "" : `: ${asked.mediaPools.join(", ")}`}`,
      pool,
      "set pool to one of the cluster's media pools: other hosts open no ports",
    );
  if (hostNetwork && asked.incoming.length + asked.outgoing.length > 0)
    throw invalid(
      "no connections",
      asked.incoming.length + asked.outgoing.length,
      "open them on the host pool: network policies do not count on the host network",
    );
}

/** @throws RangeError for root, and for what is no user number. */
export function unprivilegedUser(value: unknown): number {
  if (value === 0) throw invalid("a user other than root", value, "take the image's own user");
  return countInRange(value, "a user number", 1, 2 ** 31 - 1);
}

/** Names of environment variables. @throws RangeError for the first that is none. */
export function variables(values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
      throw invalid("the name of a variable", key, "use letters, digits and underscores");
    if (value === undefined || value === null)
      throw invalid(`a value of ${key}`, value, "give one or leave the variable out");
  }
}

/** @throws RangeError unless it gives a pod 11 seconds (the pause and one more) to a day. */
export function drained(value: Drain): Drain {
  countInRange(value.seconds, "seconds to drain", 11, 86_400);
  words(value.command);
  return value;
}

/** Words of a command. @throws RangeError for an empty list and for what is no text. */
export function words(value: readonly string[] | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0 || value.some((word) => typeof word !== "string"))
    throw invalid("words of a command", value, "give a list of texts, or leave it out");
  return value;
}

import type { HostView } from "../hosts";
import type { PodView } from "../pods";

/**
 * Tiers on each host, as far as selectors, taints and spread constraints tell: replicas are placed in turn, each workload beginning
 * at another host. Kubernetes decides in the end.
 */
export function tiersByHost(
  hosts: readonly HostView[],
  pods: readonly PodView[],
): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, string[]>(hosts.map(({ name }) => [name, []]));
  const begun = new Map<string, number>();
  for (const pod of pods) {
    if (pod.hosts.length === 0) continue;
    const pool = pod.hosts.map(({ name }) => name).join(" ");
    const first = begun.get(pool) ?? 0;
    for (let i = 0; i < Math.min(pod.replicas, pod.hosts.length * 20); i++)
      result.get(pod.hosts[(first + i) % pod.hosts.length]?.name ?? "")?.push(pod.name);
    begun.set(pool, first + pod.replicas);
  }
  return new Map([...result].map(([host, tiers]) => [host, counted(tiers)]));
}

/** `["web", "web"]` as `["web ×2"]`. */
const counted = (tiers: readonly string[]): readonly string[] =>
  [...new Set(tiers)].map((tier) => {
    const n = tiers.filter((other) => other === tier).length;
    return n === 1 ? tier : `${tier} ×${n}`;
  });

import { invalid } from "../core/errors";
import type { VolumeUse, WorkloadVolume } from "./volume";

const taken = new WeakMap<object, Map<string, string>>();

/**
 * Takes volumes of a cluster's pool for a workload: a host's volume belongs to one replica of one workload, and a second workload sees it only by that one's name.
 *
 * @param target the cluster, as services see it.
 * @throws RangeError for a volume that another workload has, and for one that is not that of the workload named.
 */
export function takeVolumes(
  target: object,
  volumes: readonly WorkloadVolume[],
  { workload, namespace, pool }: VolumeUse,
): void {
  const ledger = taken.get(target) ?? new Map<string, string>();
  taken.set(target, ledger);
  const by = `${namespace}/${workload}`;
  for (const { from, of } of volumes) {
    const key = `${pool}/${from}`;
    const owner = ledger.get(key);
    if (of !== undefined) {
      if (owner !== `${namespace}/${of}`)
        throw invalid(
          `the volume ${from} of pool ${pool} with ${namespace}/${of}`,
          owner ?? "nobody",
          "make that workload first",
        );
      continue;
    }
    if (owner !== undefined && owner !== by)
      throw invalid(
        `a volume of pool ${pool} that is free`,
        `${from}, which ${owner} has`,
        "give the pool another volume",
      );
    ledger.set(key, by);
  }
}

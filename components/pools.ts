import type { MemberPool } from "./cluster";
import { checked, problem } from "./core/errors";
import { dnsLabel } from "./core/names";
import { hostLabels, taints } from "./core/taints";

/** Private hosts of a cluster beside its application hosts: for what wants machines of another type, or of its own. */
export interface ApplicationPool extends MemberPool {
  /** What keeps other pods off its hosts: `"records=true:NoSchedule"`. Workloads of the pool tolerate them. @default [] */
  readonly taints?: readonly string[];
  /** Labels of its hosts in Kubernetes, beside `sovereign-uc/pool`. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Names that mean something else: roles of other hosts, and what these are called. */
const reserved = ["gateway", "control", "control-plane", "application", "media", "gpu"];

/** The longest name: with a cluster's name of 24 characters it leaves a host's number its place. */
const longest = 15;

/** @throws RangeError with every malformed name, taint and label. */
export function checkedPools(pools: unknown): void {
  if (typeof pools !== "object" || pools === null || Array.isArray(pools))
    throw problem("pools by their names", pools, "give {} for none");
  checked(
    Object.fromEntries(
      Object.entries(pools as Readonly<Record<string, Partial<ApplicationPool> | undefined>>).map(([name, pool]) => [
        `["${name}"]`,
        () =>
          checked({
            name: () => {
              if (reserved.includes(name))
                throw problem(`a name other than ${reserved.join(", ")}`, name, "these are roles of other hosts");
              dnsLabel(name, longest);
            },
            taints: () => taints(pool?.taints ?? []),
            labels: () => hostLabels(pool?.labels ?? {}),
          }),
      ]),
    ),
  );
}

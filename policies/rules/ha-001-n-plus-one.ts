import type { Finding, Rule, Subject, Verdict } from "../rule";
import { at, isObject, unknown, type Value } from "../extract/value";

/** Annotation that says how a singleton fails over. */
export const singletonAnnotation = "sovereign-uc/singleton";

/** Label that says which tier a host serves. */
export const tierLabel = "sovereign-uc-tier";

/** UC-HA-001: each tier carries its load with one replica lost. */
export const nPlusOne: Rule = {
  id: "UC-HA-001",
  name: "n-plus-one",
  title: "Every tier has one replica more than its load needs, and at least two.",
  rationale:
    "One failed host must not end a meeting of crisis staff. The number of replicas is arithmetic, ceil(load / capacity of one) + 1, so that redundancy can be checked.",
  severity: "high",
  kind: "stack",
  legal: [
    { framework: "nis2", reference: "21.2.c" },
    { framework: "ir2024-2690", reference: "4.2.1" },
    { framework: "ir2024-2690", reference: "4.2.4" },
    { framework: "gdpr", reference: "32.1.b" },
    { framework: "dpo", reference: "3.2.e" },
  ],
  remediation: `Raise the count, or say in the annotation ${singletonAnnotation} how the tier fails over.`,
  check: judge,
  checkStack: counted,
};

type Reader = (properties: Subject["properties"]) => Verdict;

const readers: Readonly<Record<string, Reader>> = {
  "kubernetes:apps/v1:Deployment": (properties) => workload(properties, ["spec", "replicas"]),
  "kubernetes:apps/v1:StatefulSet": (properties) => workload(properties, ["spec", "replicas"]),
  "kubernetes:apps/v1:ReplicaSet": (properties) => workload(properties, ["spec", "replicas"]),
  "kubernetes:core/v1:ReplicationController": (properties) => workload(properties, ["spec", "replicas"]),
  "kubernetes:core/v1:Pod": (properties) =>
    singleton(properties) ? [] : [few("a single Pod", "at least 2 replicas", "make it a Deployment of at least 2")],
  "kubernetes:autoscaling/v1:HorizontalPodAutoscaler": (properties) => workload(properties, ["spec", "minReplicas"]),
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": (properties) => workload(properties, ["spec", "minReplicas"]),
  "exoscale:index/instancePool:InstancePool": (properties) => atLeastTwo(at(properties, "size"), "size"),
  "exoscale:index/sksNodepool:SksNodepool": (properties) => atLeastTwo(at(properties, "size"), "size"),
  "sovereign-uc:index:Workload": (properties) =>
    typeof at(properties, "singleton") === "string" ? [] : planned(properties, "replicas"),
  "sovereign-uc:index:HostPool": (properties) => planned(properties, "count"),
  "sovereign-uc:index:Gateway": (properties) => planned(properties, "count"),
};

function judge({ type, properties }: Subject): Verdict {
  return readers[type]?.(properties);
}

const few = (found: string, allowed: string, action: string): Finding => ({ found, allowed, action });

function workload(properties: Subject["properties"], path: readonly string[]): Verdict {
  const excuse = `, or annotate how the singleton fails over (${singletonAnnotation})`;
  return singleton(properties) ? [] : atLeastTwo(at(properties, ...path), path.join("."), excuse);
}

function singleton(properties: Subject["properties"]): boolean {
  const text = at(properties, "metadata", "annotations", singletonAnnotation);
  return typeof text === "string" && text.trim() !== "";
}

function atLeastTwo(count: Value, what: string, excuse = ""): Verdict {
  if (count === unknown) return [{ undetermined: `${what} is not known before the update` }];
  if (count === undefined || count === null)
    return [few(`no ${what}, which means 1`, "at least 2", `set ${what}${excuse}`)];
  return typeof count === "number" && count >= 2
    ? []
    : [few(`${what} ${String(count)}`, "at least 2", `raise ${what}${excuse}`)];
}

/** Checks a component's replicas against its declared capacity. */
function planned(properties: Subject["properties"], key: "replicas" | "count"): Verdict {
  const count = at(properties, key);
  const capacity = at(properties, "capacity");
  if (!isObject(capacity))
    return capacity === unknown
      ? [{ undetermined: "the capacity is not known before the update" }]
      : atLeastTwo(count, key);
  const [load, each, unit] = [at(capacity, "load"), at(capacity, "perReplica"), at(capacity, "unit")];
  if ([count, load, each].includes(unknown)) return [{ undetermined: "the capacity is not known before the update" }];
  if (typeof load !== "number" || typeof each !== "number" || !(load > 0) || !(each > 0))
    return [
      few(
        "a capacity without positive figures",
        "load and perReplica above 0",
        "state the load and the capacity of one replica",
      ),
    ];
  const needed = Math.ceil(load / each) + 1;
  if (typeof count === "number" && count >= needed) return [];
  const sum = `ceil(${load} / ${each}) + 1 = ${needed}`;
  return [
    few(
      `${key} ${String(count)} for ${load} ${typeof unit === "string" ? unit : "units"}`,
      sum,
      `raise ${key} to ${needed}`,
    ),
  ];
}

const hostTypes = new Set(["hcloud:index/server:Server", "exoscale:index/computeInstance:ComputeInstance"]);

/** Counts hosts by network and tier: a tier of one host is a single point of failure, with or without our components. */
function counted(subjects: readonly Subject[]): Verdict {
  const tiers = new Map<string, Subject[]>();
  for (const subject of subjects) {
    if (!hostTypes.has(subject.type)) continue;
    const [tier, network] = [tierLabel, "sovereign-uc-network"].map((label) => at(subject.properties, "labels", label));
    if (typeof tier !== "string") continue;
    const key = `${tier}${typeof network === "string" ? ` in ${network}` : ""}`;
    tiers.set(key, [...(tiers.get(key) ?? []), subject]);
  }
  if (tiers.size === 0) return undefined;
  return [...tiers].flatMap(([tier, hosts]) => {
    const [only] = hosts;
    return hosts.length > 1 || only === undefined
      ? []
      : [
          {
            ...few(
              `a single host in the tier ${tier}: ${only.name}`,
              "at least 2 hosts in a tier",
              "raise the count of the tier",
            ),
            urn: only.urn,
          },
        ];
  });
}

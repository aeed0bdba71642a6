import { exampleDeployment, exampleGuards } from "../examples";
import { replicated } from "../facts/replicated";
import type { Context, Finding, Item, Rule, Subject, Verdict } from "../rule";
import { together } from "../extract/scan";
import { kindOf } from "../extract/subject";
import { at, isList, isObject, unknown, type Value, worded } from "../extract/value";

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
  types: [
    "kubernetes:*",
    "exoscale:index/instancePool:InstancePool",
    "exoscale:index/sksNodepool:SksNodepool",
    "hcloud:index/server:Server",
    "exoscale:index/computeInstance:ComputeInstance",
    "sovereign-uc:index:Workload",
    "sovereign-uc:index:HostPool",
    "sovereign-uc:index:Gateway",
  ],
  remedies: {
    components:
      "State the load: components compute ceil(load / capacity) + 1 themselves. A singleton says in `singleton` how it fails over.",
    pulumi: "Set the size of pools to at least 2, and give hosts of one tier the label `sovereign-uc-tier`.",
    kubernetes: "Set `replicas: 2` or more, or `minReplicas: 2` in the autoscaler.",
  },
  examples: {
    good: [exampleDeployment(), ...exampleGuards],
    bad: [exampleDeployment({}, { replicas: 1 }), ...exampleGuards],
  },
  check: judge,
  checkStack: counted,
};

type Reader = (properties: Subject["properties"]) => Verdict;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["exoscale:index/instancePool:InstancePool", (properties) => atLeastTwo(at(properties, "size"), "size")],
  ["exoscale:index/sksNodepool:SksNodepool", (properties) => atLeastTwo(at(properties, "size"), "size")],
  [
    "sovereign-uc:index:Workload",
    (properties) => (isSaid(at(properties, "singleton")) ? [] : planned(properties, "replicas")),
  ],
  ["sovereign-uc:index:HostPool", (properties) => planned(properties, "count")],
  ["sovereign-uc:index:Gateway", (properties) => planned(properties, "count")],
]);

/** Kinds of Kubernetes that an autoscaler may scale, so that their figure is judged together with it. */
const scaled = new Set(["apps/Deployment", "apps/StatefulSet", "apps/ReplicaSet", "core/ReplicationController"]);

function judge({ type, properties }: Subject): Verdict {
  const reader = readers.get(type);
  if (reader !== undefined) return reader(properties);
  const found = kindOf(type);
  if (found === undefined) return undefined;
  const patch = found.kind.endsWith("Patch");
  const kind = patch ? found.kind.slice(0, -5) : found.kind;
  const name = `${found.group}/${kind}`;
  if (scaled.has(name)) return workload(properties, ["spec", "replicas"], patch);
  if (name === "core/Pod" && !patch)
    return singleton(properties)
      ? []
      : [few("a single Pod", "at least 2 replicas", "make it a Deployment of at least 2")];
  if (name === "autoscaling/HorizontalPodAutoscaler")
    return workload(properties, ["spec", "minReplicas"], patch, false);
  if (name === "keda.sh/ScaledObject") return workload(properties, ["spec", "minReplicaCount"], patch, false);
  return custom(found.group, kind, properties, patch);
}

/** Kinds of operators: those of the table, and any other that states its replicas in the usual way. */
function custom(group: string, kind: string, properties: Subject["properties"], patch: boolean): Verdict {
  const row = replicated.find((known) => known.group === group && known.kind === kind);
  if (row !== undefined)
    return spread(properties, row.path).flatMap((path) =>
      at(properties, ...path) === undefined && row.usual > 1
        ? []
        : (workload(properties, path, patch, false, row.usual) ?? []),
    );
  if (!group.includes(".") || group.endsWith("k8s.io")) return undefined;
  const stated = (["replicas", "instances", "replicaCount"] as const).filter(
    (key) => typeof at(properties, "spec", key) === "number",
  );
  return stated.length === 0
    ? undefined
    : stated.flatMap((key) => workload(properties, ["spec", key], patch, false) ?? []);
}

/** Paths of a table's row, one for each item of the lists that it passes; one without a list that is there says what is missing. */
function spread(properties: Subject["properties"], path: readonly string[]): readonly (readonly (string | number)[])[] {
  if (!path.includes("*")) return [path];
  const star = path.indexOf("*");
  const list = at(properties, ...path.slice(0, star));
  return isList(list)
    ? list.map((_, i) => [...path.slice(0, star), i, ...path.slice(star + 1)])
    : [path.slice(0, star)];
}

const few = (found: string, allowed: string, action: string): Finding => ({ found, allowed, action });

/**
 * @param waits true if an autoscaler may set what is not there: the check of the stack sees both.
 * @param usual replicas where none are said
 */
function workload(
  properties: Subject["properties"],
  path: readonly (string | number)[],
  patch: boolean,
  waits = true,
  usual = 1,
): Verdict {
  if (singleton(properties)) return [];
  const count = at(properties, ...path);
  if (count === undefined || count === null) {
    if (patch) return undefined;
    if (waits) return [{ deferred: `${path.join(".")} is left to an autoscaler, or to the default` }];
  }
  return atLeastTwo(count, path.join("."), excuse, usual);
}

const excuse = `, or annotate how the singleton fails over (${singletonAnnotation})`;

const singleton = (properties: Subject["properties"]): boolean =>
  isSaid(at(properties, "metadata", "annotations", singletonAnnotation));

const isSaid = (text: Value): boolean => typeof text === "string" && text.trim() !== "";

function atLeastTwo(count: Value, what: string, more = "", usual = 1): Verdict {
  if (count === unknown) return [{ undetermined: `${what} is not known before the update`, later: true }];
  if (count === undefined || count === null)
    return [few(`no ${what}, which means ${usual === 0 ? "none" : "1"}`, "at least 2", `set ${what}${more}`)];
  return typeof count === "number" && count >= 2
    ? []
    : [few(`${what} ${worded(count)}`, "at least 2", `raise ${what}${more}`)];
}

/** Checks a component's replicas against its declared capacity. */
function planned(properties: Subject["properties"], key: "replicas" | "count"): Verdict {
  const count = at(properties, key);
  const capacity = at(properties, "capacity");
  if (!isObject(capacity))
    return capacity === unknown
      ? [{ undetermined: "the capacity is not known before the update", later: true }]
      : atLeastTwo(count, key);
  const [load, each, unit] = [at(capacity, "load"), at(capacity, "perReplica"), at(capacity, "unit")];
  if ([count, load, each].includes(unknown))
    return [{ undetermined: "the capacity is not known before the update", later: true }];
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
      `${key} ${worded(count)} for ${load} ${typeof unit === "string" ? unit : "units"}`,
      sum,
      `raise ${key} to ${needed}`,
    ),
  ];
}

const hostTypes = new Set(["hcloud:index/server:Server", "exoscale:index/computeInstance:ComputeInstance"]);

/** Hosts counted by network and tier, and workloads together with the autoscalers that scale them. */
function counted(subjects: readonly Subject[], { inputs }: Context): Verdict {
  return together(tiers(subjects), autoscaled(subjects.map((subject) => inputs.get(subject.urn) ?? subject)));
}

/** Workloads that state no figure: the smallest one of their autoscaler counts, else the default of 1. */
function autoscaled(subjects: readonly Subject[]): Verdict {
  const waiting = subjects.filter((subject) => judge(subject)?.some((item) => "deferred" in item) === true);
  if (waiting.length === 0) return undefined;
  const scalers = subjects.filter(({ type }) => /:(HorizontalPodAutoscaler|ScaledObject)$/.test(type));
  return waiting.flatMap((subject): Item[] => {
    const kind = kindOf(subject.type)?.kind;
    const scaler = scalers.find(
      ({ properties }) =>
        at(properties, "spec", "scaleTargetRef", "name") === at(subject.properties, "metadata", "name") &&
        (at(properties, "spec", "scaleTargetRef", "kind") ?? "Deployment") === kind &&
        at(properties, "metadata", "namespace") === at(subject.properties, "metadata", "namespace"),
    );
    if (scaler !== undefined) return [];
    return (atLeastTwo(undefined, "spec.replicas", excuse) ?? []).map((item) => ({ ...item, urn: subject.urn }));
  });
}

/** Hosts counted by network and tier: a tier of one host is a single point of failure, however it was written. */
function tiers(subjects: readonly Subject[]): Verdict {
  const byTier = new Map<string, Subject[]>();
  for (const subject of subjects) {
    if (!hostTypes.has(subject.type)) continue;
    const [tier, network] = [tierLabel, "sovereign-uc-network"].map((label) => at(subject.properties, "labels", label));
    if (typeof tier !== "string") continue;
    const key = `${tier}${typeof network === "string" ? ` in ${network}` : ""}`;
    byTier.set(key, [...(byTier.get(key) ?? []), subject]);
  }
  if (byTier.size === 0) return undefined;
  return [...byTier].flatMap(([tier, hosts]) => {
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

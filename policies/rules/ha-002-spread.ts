import { exampleDeployment, exampleGuards } from "../examples";
import { singletonAnnotation, tierLabel } from "./ha-001-n-plus-one";
import type { Context, Finding, Rule, Subject, Verdict } from "../rule";
import { together } from "../extract/scan";
import { kindOf } from "../extract/subject";
import { at, isList, items, unknown, type Value, worded } from "../extract/value";
import { podsOf, selected } from "../extract/walls";

/** UC-HA-002: replicas do not fall together. */
export const spreadReplicas: Rule = {
  id: "UC-HA-002",
  name: "spread",
  title: "Replicas stand on different machines, and a drain takes one of them at a time.",
  rationale:
    "Two replicas on one machine are one replica: both end with it. And whoever empties machines for an update ends a meeting, unless a budget says how many may go at once.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.c" },
    { framework: "ir2024-2690", reference: "4.2.4" },
    { framework: "gdpr", reference: "32.1.b" },
    { framework: "dpo", reference: "3.2.e" },
  ],
  remediation: "Spread the replicas over hosts by a rule that must hold, and give them a budget for disruptions.",
  types: [
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "hcloud:index/server:Server",
    "exoscale:index/computeInstance:ComputeInstance",
    "exoscale:index/instancePool:InstancePool",
    "exoscale:index/sksNodepool:SksNodepool",
  ],
  remedies: {
    components: "Use `Workload` and `HostPool`: they spread replicas and hosts, and a workload has its budget.",
    pulumi: `Set \`placementGroupId\` of servers and \`antiAffinityGroupIds\` of instances and pools, where hosts share a tier (label \`${tierLabel}\`).`,
    kubernetes:
      "Add `topologySpreadConstraints` with `topologyKey: kubernetes.io/hostname` and `whenUnsatisfiable: DoNotSchedule`, and a PodDisruptionBudget with the same labels.",
  },
  beyond:
    "The regulation asks for redundancy of systems. A preferred spread is refused, since Kubernetes drops it when a machine is missing.",
  examples: {
    good: [exampleDeployment(), ...exampleGuards],
    bad: [exampleDeployment(), ...exampleGuards.filter(({ type }) => !type.includes("DisruptionBudget"))],
  },
  check: judge,
  checkStack: (subjects, context) => together(budgets(subjects, context)),
};

const workloads = new Set(["apps/Deployment", "apps/StatefulSet", "apps/ReplicaSet"]);

/** True for a workload of several replicas: Kubernetes takes one where none is given, and an autoscaler more. UC-HA-001 judges those of one. */
function isReplicated({ type, properties }: Subject): boolean {
  const kind = kindOf(type);
  if (kind === undefined || !workloads.has(`${kind.group}/${kind.kind}`)) return false;
  const [count, excuse] = [
    at(properties, "spec", "replicas"),
    at(properties, "metadata", "annotations", singletonAnnotation),
  ];
  return !(typeof excuse === "string" && excuse.trim() !== "") && (typeof count !== "number" || count > 1);
}

/** Property that keeps machines apart, by type, and whether only those of a tier need it. */
const machines: ReadonlyMap<string, readonly [property: string, tiered: boolean]> = new Map([
  ["hcloud:index/server:Server", ["placementGroupId", true]],
  ["exoscale:index/computeInstance:ComputeInstance", ["antiAffinityGroupIds", true]],
  ["exoscale:index/instancePool:InstancePool", ["antiAffinityGroupIds", false]],
  ["exoscale:index/sksNodepool:SksNodepool", ["antiAffinityGroupIds", false]],
]);

function judge(subject: Subject): Verdict {
  const machine = machines.get(subject.type);
  if (machine !== undefined) return apart(subject, ...machine);
  if (!isReplicated(subject)) return undefined;
  const template = at(subject.properties, "spec", "template", "spec");
  const constraints = at(template, "topologySpreadConstraints");
  const affinity = at(template, "affinity", "podAntiAffinity");
  if (constraints === unknown || affinity === unknown)
    return [{ undetermined: "the spread of its replicas is not known before the update", later: true }];
  if (
    items(constraints).some(isHard) ||
    items(at(affinity, "requiredDuringSchedulingIgnoredDuringExecution")).length > 0
  )
    return [];
  const preferred =
    items(constraints).length > 0 || items(at(affinity, "preferredDuringSchedulingIgnoredDuringExecution")).length > 0;
  return [
    refused(
      preferred ? "replicas that are only preferred to be apart" : "replicas that may all stand on one machine",
      "add topologySpreadConstraints over kubernetes.io/hostname with DoNotSchedule",
    ),
  ];
}

const refused = (found: string, action: string): Finding => ({
  found,
  allowed: "replicas on different machines, by a rule that must hold",
  action,
});

/** Topologies that tell machines apart, or places that hold several. */
const topologies = /^(kubernetes\.io\/hostname|topology\.kubernetes\.io\/(zone|region))$/;

/** `DoNotSchedule` is what Kubernetes takes where nothing is said. Source: Kubernetes API reference, TopologySpreadConstraint v1. */
const isHard = (constraint: Value): boolean =>
  topologies.test(worded(at(constraint, "topologyKey"))) &&
  ["DoNotSchedule", undefined].some((word) => word === at(constraint, "whenUnsatisfiable"));

function apart({ properties }: Subject, property: string, tiered: boolean): Verdict {
  if (tiered && at(properties, "labels", tierLabel) === undefined) return undefined;
  const group = at(properties, property);
  const missing = group === undefined || group === null || group === "" || (isList(group) && group.length === 0);
  return missing
    ? [refused(`no ${property}, so that all machines of its tier may stand on one`, `set ${property}`)]
    : [];
}

/** Workloads of several replicas without a budget in their namespace that selects them. */
function budgets(subjects: readonly Subject[], { inputs }: Context): Verdict {
  const given = subjects.map((subject) => inputs.get(subject.urn) ?? subject);
  const replicated = given.filter(isReplicated);
  if (replicated.length === 0) return undefined;
  const all = given.filter(({ type }) => kindOf(type)?.kind === "PodDisruptionBudget");
  return replicated.flatMap((subject) => {
    const budgeted = all.some(
      (budget) =>
        namespaceOf(budget) === namespaceOf(subject) &&
        selected(at(budget.properties, "spec", "selector"))(podsOf(subject)?.labels),
    );
    return budgeted
      ? []
      : [
          {
            found: `replicas of "${subject.name}" without a budget, which a drain may take all at once`,
            allowed: "a PodDisruptionBudget for each workload of several replicas",
            action: "add one with its labels, and with maxUnavailable 1",
            urn: subject.urn,
          },
        ];
  });
}

/** Namespace of an object; that of its provider where it names none, as `namespace` of the Kubernetes provider has it. */
const namespaceOf = ({ properties, provider }: Subject): Value =>
  at(properties, "metadata", "namespace") ?? at(provider?.properties, "namespace") ?? "default";

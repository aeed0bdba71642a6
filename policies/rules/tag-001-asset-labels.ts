import { exampleLabels, exampleMachine } from "../examples";
import type { Rule, Subject, Verdict } from "../rule";
import { isInventory, site } from "../extract/subject";
import { at, entries, isObject, unknown, type Value } from "../extract/value";

/** UC-TAG-001: an asset says whose it is. */
export const assetLabels: Rule = {
  id: "UC-TAG-001",
  name: "asset-labels",
  title:
    "Machines, volumes and balancers say who answers for them, what they hold, what they are for and whose they are.",
  rationale:
    "Whoever finds a machine at three in the morning has to know whom to call and what is on it. A list of assets that somebody keeps elsewhere is true on the day when it is written; labels are made with the asset and go with it.",
  severity: "low",
  enforcement: "advisory",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.i" },
    { framework: "ir2024-2690", reference: "12" },
    { framework: "revfadp", reference: "8" },
    { framework: "dpo", reference: "1" },
  ],
  remediation: "Add the labels owner, data-class, service and legal-entity.",
  types: [
    "hcloud:index/server:Server",
    "hcloud:index/volume:Volume",
    "hcloud:index/loadBalancer:LoadBalancer",
    "hcloud:index/storageBox:StorageBox",
    "exoscale:index/computeInstance:ComputeInstance",
    "exoscale:index/instancePool:InstancePool",
    "exoscale:index/blockStorageVolume:BlockStorageVolume",
    "exoscale:index/nlb:Nlb",
    "exoscale:index/sksCluster:SksCluster",
    "exoscale:index/sksNodepool:SksNodepool",
    site,
  ],
  remedies: {
    components:
      "Give the platform `labels: { owner, data-class, service, legal-entity }`: everything that it makes in a cloud has them.",
    pulumi:
      'Set `labels: { owner: "platform-team", "data-class": "confidential", service: "meetings", "legal-entity": "example-ag" }` on each of them.',
  },
  beyond:
    "The regulation asks for a complete list of assets with their classes. The rule asks that the asset itself says it. What runs in a cluster counts with its hosts, and the machines of an inventory with their network. It advises: a missing label stops nothing.",
  examples: {
    good: [exampleMachine()],
    bad: [exampleMachine({ labels: { ...exampleLabels, owner: undefined } })],
  },
  check: judge,
};

/** Types that take labels, where machines stand or data lies. Source: `reference/schemas` of both providers. */
const assets: ReadonlySet<string> = new Set(assetLabels.types);

/** Meanings of labels, with the names that stand for it: in lower case, without a prefix and without what stands between words. */
const meanings: Readonly<Record<string, readonly string[]>> = {
  owner: ["owner", "owners", "ownedby", "ownerteam", "team", "contact", "responsible"],
  "data-class": ["dataclass", "dataclassification", "classification", "confidentiality", "sensitivity"],
  service: ["service", "servicename", "app", "application", "partof", "project", "system", "workload"],
  "legal-entity": ["legalentity", "entity", "company", "organisation", "organization", "tenant", "customer"],
};

function judge({ type, properties }: Subject): Verdict {
  if (!assets.has(type) || (type === site && !isInventory({ type, properties }))) return undefined;
  const labels = at(properties, "labels");
  if (labels === unknown) return [{ undetermined: "its labels are not known before the update", later: true }];
  const given = new Map(
    entries(labels)
      .filter(([, value]) => isSaid(value))
      .map(([key, value]) => [meaningOf(key), value] as const),
  );
  const open = [...given].flatMap(([meaning, value]) => (meaning !== undefined && value === unknown ? [meaning] : []));
  const missing = Object.keys(meanings).filter((meaning) => !given.has(meaning));
  if (missing.length > 0)
    return [
      {
        found: `${isObject(labels) ? "labels" : "no labels, and so"} without ${missing.join(", ")}`,
        allowed: `labels for ${Object.keys(meanings).join(", ")}`,
        action: `add the labels ${missing.join(", ")}`,
      },
    ];
  return open.map((meaning) => ({ undetermined: `the label ${meaning} is not known before the update`, later: true }));
}

/** A value that says something: what is not known may. */
const isSaid = (value: Value): boolean => value === unknown || (typeof value === "string" && value.trim() !== "");

function meaningOf(key: string): string | undefined {
  const name = key
    .toLowerCase()
    .replace(/[^/]*\//, "")
    .replace(/[-_.\s]/g, "");
  return Object.entries(meanings).find(([, names]) => names.includes(name))?.[0];
}

import { invalid } from "./errors";

/**
 * Taints and labels of hosts. A taint keeps pods off hosts that they do not tolerate; Kubernetes writes it `records=true:NoSchedule`.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `key=value:effect`, and the effects | kubernetes/kubernetes pkg/util/taints/taints.go | v1.34.2 |
 * | a kubelet refuses labels of its own host under `kubernetes.io` and `k8s.io`, but for a list | cmd/kubelet/app/options/options.go | v1.34.2 |
 * | names and values: 63 characters, a prefix of 253 | staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go | v1.34.2 |
 * | a kubelet may neither set, change nor remove a label of its own host under `node-restriction.kubernetes.io` or a domain below it; it may give its own host taints when it registers, and change none later | plugin/pkg/admission/noderestriction/admission.go | v1.34.2 |
 * | a kubelet may change its host's `topology.kubernetes.io/zone` and `kubernetes.io/hostname` | k8s.io/kubelet pkg/apis/well_known_labels.go | v0.34.2 |
 * | a kubelet may not delete a node | plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go | v1.34.2 |
 */
const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;

/** Label of the pool where a provider's own nodes say it of themselves, since none there takes one that only the control plane may give. */
export const providerPoolLabel = "sovereign-uc/pool";

/** Names below this domain are the control plane's: no host can give itself such a label. */
const restricted = "node-restriction.kubernetes.io";

/**
 * Label with the pool of a host, by which pods are placed. The control plane sets it when it lets a host in; a host that is taken over can neither change its
 * own nor join once more under another one.
 */
export const poolLabel = `sovereign-uc.${restricted}/pool`;

/** Label of hosts that come and go with the load, beside that of their pool; set like it. */
export const elasticLabel = `sovereign-uc.${restricted}/elastic`;

/** True if only the control plane may set the label on a host. */
export const isRestricted = (label: string): boolean => {
  const [domain = ""] = label.split("/");
  return domain === restricted || domain.endsWith(`.${restricted}`);
};

/** Media hosts are for media alone. */
export const mediaTaint = "sovereign-uc/media=true:NoSchedule";

/** Pool of the hosts with graphics processors. */
export const gpuPool = "gpu";

/** Label of the pods there: each takes its host's processor whole, so no two of them share a host, of whatever workload they are. */
export const graphicsLabel = "sovereign-uc/graphics";

/** Hosts with graphics processors are for what works with them. */
export const gpuTaint = "sovereign-uc/gpu=true:NoSchedule";

const word = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** Reads taints of hosts. @throws RangeError for the first malformed one. */
export function taints(values: unknown): readonly string[] {
  if (!Array.isArray(values)) throw invalid("a list of taints", values, "give [] for none");
  for (const value of values as readonly unknown[]) {
    const [, key, text, effect] = /^([^=:]+)=([^=:]+):([^=:]+)$/.exec(typeof value === "string" ? value : "") ?? [];
    if (text === undefined || !word.test(text) || !effects.some((one) => one === effect))
      throw invalid(`a taint as key=value:${effects.join("|")}`, value, 'give one like "records=true:NoSchedule"');
    ownKey(key);
  }
  return values as readonly string[];
}

/**
 * Reads labels of hosts. Those below `node-restriction.kubernetes.io` are set by the control plane; any other one a host says of itself, and can change.
 *
 * @throws RangeError for the first that Kubernetes refuses, or that belongs to somebody else.
 */
export function hostLabels(values: unknown): Readonly<Record<string, string>> {
  if (typeof values !== "object" || values === null || Array.isArray(values))
    throw invalid("labels by their names", values, "give {} for none");
  for (const [key, value] of Object.entries(values as Readonly<Record<string, unknown>>)) {
    if (isRestricted(key) && !key.startsWith(`sovereign-uc.${restricted}/`)) wellFormed(key);
    else ownKey(key);
    if (typeof value !== "string" || !word.test(value))
      throw invalid(
        `a value of the label ${key} of at most 63 letters, digits, dots, hyphens and underscores`,
        value,
        "shorten or correct it",
      );
  }
  return values as Readonly<Record<string, string>>;
}

/** A name that neither Kubernetes nor this library has taken. */
function ownKey(key: unknown): void {
  const prefix = wellFormed(key);
  if (prefix === "sovereign-uc" || /(^|\.)(kubernetes|k8s)\.io$/.test(prefix ?? ""))
    throw invalid(
      "a name outside sovereign-uc, kubernetes.io and k8s.io",
      key,
      `take a prefix of your own; for a label that no host can give itself, one below .${restricted}`,
    );
}

/** Returns the domain of a name. @throws RangeError for a name that Kubernetes refuses. */
function wellFormed(key: unknown): string | undefined {
  const parts = typeof key === "string" ? key.split("/") : [];
  const [prefix, name] = parts.length === 2 ? parts : [undefined, parts[0]];
  const prefixed = prefix === undefined || (prefix.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(prefix));
  if (parts.length > 2 || name === undefined || !word.test(name) || !prefixed)
    throw invalid("a name of at most 63 characters, with or without a domain before it", key, 'give one like "disk"');
  return prefix;
}

/** Toleration for a taint. */
export function toleration(taint: string): Readonly<Record<"key" | "operator" | "value" | "effect", string>> {
  const [pair = "", effect = ""] = taint.split(":");
  const [key = "", value = ""] = pair.split("=");
  return { key, operator: "Equal", value, effect };
}

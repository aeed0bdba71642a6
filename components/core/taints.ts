import { problem } from "./errors";

/**
 * Taints and labels of hosts. A taint keeps pods off hosts that they do not tolerate; Kubernetes writes it `records=true:NoSchedule`.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `key=value:effect`, and the effects | kubernetes/kubernetes pkg/util/taints/taints.go | v1.34.2 |
 * | a kubelet refuses labels of its own host under `kubernetes.io` and `k8s.io`, but for a list | cmd/kubelet/app/options/options.go | v1.34.2 |
 * | names and values: 63 characters, a prefix of 253 | staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go | v1.34.2 |
 */
const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;

/** Media hosts are for media alone. */
export const mediaTaint = "sovereign-uc/media=true:NoSchedule";

const word = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** Reads taints of hosts. @throws RangeError for the first malformed one. */
export function taints(values: unknown): readonly string[] {
  if (!Array.isArray(values)) throw problem("a list of taints", values, "give [] for none");
  for (const value of values as readonly unknown[]) {
    const [, key, text, effect] = /^([^=:]+)=([^=:]+):([^=:]+)$/.exec(typeof value === "string" ? value : "") ?? [];
    if (text === undefined || !word.test(text) || !effects.some((one) => one === effect))
      throw problem(`a taint as key=value:${effects.join("|")}`, value, 'give one like "records=true:NoSchedule"');
    ownKey(key);
  }
  return values as readonly string[];
}

/** Reads labels of hosts. @throws RangeError for the first that Kubernetes refuses, or that belongs to somebody else. */
export function hostLabels(values: unknown): Readonly<Record<string, string>> {
  if (typeof values !== "object" || values === null || Array.isArray(values))
    throw problem("labels by their names", values, "give {} for none");
  for (const [key, value] of Object.entries(values as Readonly<Record<string, unknown>>)) {
    ownKey(key);
    if (typeof value !== "string" || !word.test(value))
      throw problem(
        `a value of the label ${key} of at most 63 letters, digits, dots, hyphens and underscores`,
        value,
        "shorten or mend it",
      );
  }
  return values as Readonly<Record<string, string>>;
}

/** A name that neither Kubernetes nor this library has taken. */
function ownKey(key: unknown): void {
  const parts = typeof key === "string" ? key.split("/") : [];
  const [prefix, name] = parts.length === 2 ? parts : [undefined, parts[0]];
  const prefixed = prefix === undefined || (prefix.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(prefix));
  if (parts.length > 2 || name === undefined || !word.test(name) || !prefixed)
    throw problem("a name of at most 63 characters, with or without a domain before it", key, 'give one like "disk"');
  if (prefix === "sovereign-uc" || /(^|\.)(kubernetes|k8s)\.io$/.test(prefix ?? ""))
    throw problem("a name outside sovereign-uc, kubernetes.io and k8s.io", key, "take a prefix of your own");
}

/** What lets a pod onto hosts with a taint. */
export function toleration(taint: string): Readonly<Record<"key" | "operator" | "value" | "effect", string>> {
  const [pair = "", effect = ""] = taint.split(":");
  const [key = "", value = ""] = pair.split("=");
  return { key, operator: "Equal", value, effect };
}

import { createHmac } from "node:crypto";
import { isRestricted } from "../core/taints";

/** A host that a cluster's control plane lets in. */
export interface Admission {
  readonly name: string;
  /** Id of its machine as the host itself says it at first contact; empty where it has none. */
  readonly machine: string;
  /** {@link joinToken} of this very machine. */
  readonly token: string;
  /** Labels of which only those count that the control plane alone gives. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly string[];
}

/** Standard input of `admit.sh`: one word per line for what it is about, a last line without which nothing is changed. */
export const admission = ({ name, machine, token, labels, taints }: Admission): string =>
  [
    `member ${name}`,
    `machine ${machine}`,
    `token ${token}`,
    ...taints.map((taint) => `taint ${taint}`),
    ...ordained(labels).map((label) => `label ${label}`),
    "end",
    "",
  ].join("\n");

/** Labels that the control plane gives, as `key=value`. */
export const ordained = (labels: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(labels).flatMap(([key, value]) => (isRestricted(key) ? [`${key}=${value}`] : []));

/** Labels that a host says of itself. */
export const ownLabels = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !isRestricted(key)));

const letters = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * The token with which one machine joins: another one for each machine, also for one that is made again under its name, so that nobody who has had a host can
 * join in the place of the next. It is worth nothing until the control plane says so, for as long as the joining takes.
 *
 * The form is that of Kubernetes (`[a-z0-9]{6}\.[a-z0-9]{16}`; k8s.io/cluster-bootstrap token/api/types.go, v0.34.2); its secret half has 80 bits.
 *
 * @param secret of the cluster, which never leaves the stack's state.
 * @param machine what the cloud calls the machine.
 */
export function joinToken(secret: string, name: string, machine: string): string {
  const bytes = createHmac("sha256", secret).update(`${name}\n${machine}`).digest();
  const text = [...bytes.subarray(0, 22)].map((byte) => letters[byte % letters.length]).join("");
  return `${text.slice(0, 6)}.${text.slice(6)}`;
}

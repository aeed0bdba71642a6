import { proxyPort } from "../recipe/parts/private-host";
import type { Allowed } from "./peers";
import type { KubernetesTarget } from "./target";

const hosts = (addresses: readonly string[]): Allowed["peer"] => ({
  ranges: addresses.map((address) => `${address}/32`),
});

/** The way from pods to the Kubernetes API on the control plane. */
export const toApi = ({ hostAddresses }: Pick<KubernetesTarget, "hostAddresses">, reason: string): Allowed => ({
  peer: hosts(hostAddresses.controlPlane),
  port: 6443,
  reason,
});

/** The way from pods to the gateways' proxy, and the host outside for which they use it. */
export const toProxy = ({ gatewayAddresses }: Pick<KubernetesTarget, "gatewayAddresses">, host: string): Allowed => ({
  peer: hosts(gatewayAddresses),
  port: proxyPort,
  reason: `the gateways' proxy, which leads to ${host}`,
});

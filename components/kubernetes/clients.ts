import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import type * as pulumi from "@pulumi/pulumi";
import { endText, isTier, type LinkEnd } from "../core/link";
import type { Tier } from "../core/tier";
import type { Namespace } from "./namespace";
import { policySpec, reasons } from "./peers";

/** A connection that a client asks for after a tier's own policies were made. */
export interface ClientArgs {
  /** The tier that lets it in. */
  readonly to: Tier;
  readonly namespace: Namespace;
  /** Tier that will connect, or pods on the host network by the addresses of their hosts. */
  readonly from: LinkEnd;
  readonly port: number;
  readonly reason: string;
  /** Name of the policy, which no other of the namespace has. @default - of both tiers and the client's namespace */
  readonly name?: string;
}

/** Lets one client in, beside those of the tier's own policies: policies add up. */
export function letIn(args: ClientArgs, parent: pulumi.Resource): NetworkPolicy {
  const { to, namespace, from, port, reason } = args;
  const { cluster, ready, isolatedFrom } = namespace;
  const { name = `${to.name}-for-${isTier(from) ? `${from.namespace}-${from.name}` : from.name}` } = args;
  const allowed = [
    {
      peer: isTier(from) ? { workload: from.name, namespace: from.namespace } : { ranges: from.ranges },
      port,
      reason: `${reason} of ${endText(from)}`,
    },
  ];
  const { policyTypes, egress, ...spec } = policySpec(to.name, allowed, [], isolatedFrom);
  return new NetworkPolicy(
    name,
    {
      metadata: {
        name,
        namespace: namespace.name,
        annotations: { "sovereign-uc/reasons": reasons("in", allowed).join("\n") },
      },
      spec: { ...spec, policyTypes: ["Ingress"] },
    },
    { parent, provider: cluster.provider, dependsOn: [...ready] },
  );
}

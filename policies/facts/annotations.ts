import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** Annotations by whose presence an object uses somebody's service: what they begin with. */
export const annotationWords: readonly (Fact & { readonly prefix: string; readonly party: EntityId })[] = (
  [
    ["eks.amazonaws.com/", "amazon"],
    ["iam.amazonaws.com/", "amazon"],
    ["alb.ingress.kubernetes.io/", "amazon"],
    ["service.beta.kubernetes.io/aws-", "amazon"],
    ["iam.gke.io/", "google"],
    ["cloud.google.com/", "google"],
    ["networking.gke.io/", "google"],
    ["azure.workload.identity/", "microsoft"],
    ["service.beta.kubernetes.io/azure-", "microsoft"],
    ["appgw.ingress.kubernetes.io/", "microsoft"],
    ["service.beta.kubernetes.io/do-", "digitalocean"],
    ["service.beta.kubernetes.io/linode-", "akamai"],
    ["service.beta.kubernetes.io/vultr-", "vultr"],
    ["oci.oraclecloud.com/", "oracle"],
    ["service.beta.kubernetes.io/oci-", "oracle"],
    ["tailscale.com/", "tailscale"],
    ["external-dns.alpha.kubernetes.io/cloudflare-", "cloudflare"],
    ["external-dns.alpha.kubernetes.io/aws-", "amazon"],
  ] as const
).map(([prefix, party]) => ({
  prefix,
  party,
  source: "https://kubernetes.io/docs/reference/labels-annotations-taints/ and the documentation of each controller",
  reviewed,
}));

import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** A group of Kubernetes' API whose objects a controller turns into resources of a cloud. */
export interface ControllerFact extends Fact {
  /** Group, or what it ends with. */
  readonly group: string;
  /** Beginning of the kinds, where one group has those of several clouds. @default every kind */
  readonly kind?: string | undefined;
  readonly party: EntityId;
}

const of = (
  source: string,
  ...rows: readonly (readonly [group: string, party: EntityId, kind?: string])[]
): readonly ControllerFact[] => rows.map(([group, party, kind]) => ({ group, party, kind, source, reviewed }));

export const controllers: readonly ControllerFact[] = [
  ...of(
    "https://docs.crossplane.io (managed resources) and https://marketplace.upbound.io (provider families)",
    ["aws.upbound.io", "amazon"],
    ["aws.m.upbound.io", "amazon"],
    ["aws.crossplane.io", "amazon"],
    ["azure.upbound.io", "microsoft"],
    ["azure.m.upbound.io", "microsoft"],
    ["azuread.upbound.io", "microsoft"],
    ["azuread.m.upbound.io", "microsoft"],
    ["azure.crossplane.io", "microsoft"],
    ["gcp.upbound.io", "google"],
    ["gcp.m.upbound.io", "google"],
    ["gcp.crossplane.io", "google"],
    ["oci.upbound.io", "oracle"],
    ["digitalocean.crossplane.io", "digitalocean"],
    ["do.crossplane.io", "digitalocean"],
    ["linode.crossplane.io", "akamai"],
    ["cloudflare.crossplane.io", "cloudflare"],
    ["datadog.upbound.io", "datadog"],
    ["github.upbound.io", "github"],
    ["github.crossplane.io", "github"],
  ),
  ...of(
    "https://aws-controllers-k8s.github.io/docs/ and https://karpenter.sh/docs/concepts/nodeclasses/",
    ["k8s.aws", "amazon"],
    ["eks.amazonaws.com", "amazon"],
  ),
  ...of(
    "https://cloud.google.com/config-connector/docs/reference/overview and https://cloud.google.com/kubernetes-engine/docs (BackendConfig, RootSync)",
    ["cloud.google.com", "google"],
    ["gke.io", "google"],
  ),
  ...of(
    "https://azure.github.io/azure-service-operator/reference/ and https://azure.github.io/aad-pod-identity/",
    ["azure.com", "microsoft"],
    ["aadpodidentity.k8s.io", "microsoft"],
    ["appgw.ingress.azure.io", "microsoft"],
    ["alb.networking.azure.io", "microsoft"],
  ),
  ...of(
    "https://cluster-api.sigs.k8s.io/reference/providers (infrastructure providers)",
    ["cluster.x-k8s.io", "amazon", "AWS"],
    ["cluster.x-k8s.io", "amazon", "EKS"],
    ["cluster.x-k8s.io", "amazon", "ROSA"],
    ["cluster.x-k8s.io", "microsoft", "Azure"],
    ["cluster.x-k8s.io", "google", "GCP"],
    ["cluster.x-k8s.io", "google", "GKE"],
    ["cluster.x-k8s.io", "oracle", "OCI"],
    ["cluster.x-k8s.io", "digitalocean", "DO"],
    ["cluster.x-k8s.io", "akamai", "Linode"],
    ["cluster.x-k8s.io", "vultr", "Vultr"],
    ["cluster.x-k8s.io", "ibm", "IBM"],
    ["cluster.x-k8s.io", "equinix", "Packet"],
  ),
  ...of(
    "https://cert-manager.io/docs/configuration/issuers/ (external issuers)",
    ["awspca.cert-manager.io", "amazon"],
    ["cas-issuer.jetstack.io", "google"],
    ["cert-manager.k8s.cloudflare.com", "cloudflare"],
  ),
  ...of(
    "https://operatorhub.io and https://artifacthub.io (operators, by the group of their kinds)",
    ["ngrok.com", "unreviewed"],
    ["tailscale.com", "tailscale"],
    ["datadoghq.com", "datadog"],
    ["newrelic.com", "newrelic"],
    ["secrets.doppler.com", "doppler"],
    ["onepassword.com", "onepassword"],
    ["secrets.hashicorp.com", "hashicorp"],
    ["actions.github.com", "github"],
    ["actions.summerwind.dev", "github"],
    ["atlas.mongodb.com", "unreviewed"],
    ["networking.cfargotunnel.com", "cloudflare"],
  ),
];

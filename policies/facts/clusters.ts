import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** Hosts of Kubernetes APIs that a provider runs. */
export interface ClusterFact extends Fact {
  readonly host: string;
  readonly pattern?: RegExp;
  readonly party: EntityId;
  /** Country of an accepted cluster, if the host name tells it. */
  readonly country?: string;
}

const managed = (host: string, party: EntityId, source: string): ClusterFact => ({ host, party, source, reviewed });

const sks = (zone: string, country: string): ClusterFact => ({
  host: `sks-${zone}.exo.io`,
  party: "exoscale",
  country,
  source: "https://community.exoscale.com/product/compute/containers/",
  reviewed,
});

export const clusters: readonly ClusterFact[] = [
  managed("teleport.sh", "teleport", "https://goteleport.com/docs/"),
  managed("rancher.cloud", "suse", "https://www.rancher.com"),
  managed("amazonaws.com", "amazon", "https://docs.aws.amazon.com/general/latest/gr/eks.html"),
  managed("amazonaws.com.cn", "amazon", "https://docs.amazonaws.cn"),
  managed(
    "amazonaws.eu",
    "amazonsovereign",
    "aws/aws-sdk-js-v3 packages/util-endpoints/src/lib/aws/partitions.json at 685ff5d0 (aws-eusc)",
  ),
  managed("s3nsapis.fr", "s3ns", "https://documentation.s3ns.fr"),
  managed(
    "sovcloud-api.fr",
    "bleu",
    "AzureAD/microsoft-authentication-library-for-dotnet src/client/Microsoft.Identity.Client/AppConfig/AuthorityInfo.cs at 39d20011 (AzureBleu)",
  ),
  managed(
    "sovcloud-api.de",
    "delos",
    "AzureAD/microsoft-authentication-library-for-dotnet src/client/Microsoft.Identity.Client/AppConfig/AuthorityInfo.cs at 39d20011 (AzureDelos)",
  ),
  managed("azmk8s.io", "microsoft", "https://learn.microsoft.com/en-us/azure/aks/"),
  managed("gke.goog", "google", "https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation"),
  managed("googleapis.com", "google", "https://cloud.google.com/kubernetes-engine/docs"),
  managed("k8s.ondigitalocean.com", "digitalocean", "https://docs.digitalocean.com/products/kubernetes/"),
  managed("linodelke.net", "akamai", "https://techdocs.akamai.com/cloud-computing/docs/linode-kubernetes-engine"),
  managed("vultr-k8s.com", "vultr", "https://docs.vultr.com/products/kubernetes"),
  managed("oraclecloud.com", "oracle", "https://docs.oracle.com/en-us/iaas/Content/ContEng/home.htm"),
  managed("containers.cloud.ibm.com", "ibm", "https://cloud.ibm.com/docs/containers"),
  managed("k8s.scw.cloud", "scaleway", "https://www.scaleway.com/en/docs/kubernetes/"),
  managed(
    "k8s.ovh.net",
    "ovh",
    "https://help.ovhcloud.com/csm/en-documentation-public-cloud-containers-orchestration-managed-kubernetes-k8s",
  ),
  sks("ch-gva-2", "CH"),
  sks("ch-dk-2", "CH"),
  sks("de-fra-1", "DE"),
  sks("de-muc-1", "DE"),
  sks("at-vie-1", "AT"),
  sks("at-vie-2", "AT"),
  sks("bg-sof-1", "BG"),
  sks("hr-zag-1", "HR"),
];

/** Programs that a kubeconfig runs to log in, by name without folder and ending, and its built-in ways (`auth-provider`), with whose cloud they belong to. */
export const loginPrograms: readonly (Fact & { readonly program: string; readonly party: EntityId })[] = [
  {
    program: "aws",
    party: "amazon",
    source: "https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html",
    reviewed,
  },
  {
    program: "aws-iam-authenticator",
    party: "amazon",
    source: "https://github.com/kubernetes-sigs/aws-iam-authenticator",
    reviewed,
  },
  {
    program: "gke-gcloud-auth-plugin",
    party: "google",
    source: "https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl",
    reviewed,
  },
  { program: "gcloud", party: "google", source: "https://cloud.google.com/sdk/gcloud", reviewed },
  { program: "kubelogin", party: "microsoft", source: "https://azure.github.io/kubelogin/", reviewed },
  ...(
    [
      ["az", "microsoft"],
      ["azd", "microsoft"],
      ["gcp", "google"],
      ["azure", "microsoft"],
      ["oci", "oracle"],
      ["ibmcloud", "ibm"],
      ["linode-cli", "akamai"],
      ["vultr-cli", "vultr"],
      ["tsh", "teleport"],
      ["eksctl", "amazon"],
    ] as const
  ).map(([program, party]) => ({
    program,
    party,
    source: "https://kubernetes.io/docs/reference/access-authn-authz/authentication/ and the program's own pages",
    reviewed,
  })),
  { program: "doctl", party: "digitalocean", source: "https://docs.digitalocean.com/reference/doctl/", reviewed },
];

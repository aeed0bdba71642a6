import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** A word by which an object of Kubernetes chooses somebody's service. */
export interface ChoiceFact extends Fact {
  /** Group of the API. Empty: the core group. */
  readonly group: string;
  /** Kinds of the group. @default all */
  readonly kinds?: readonly string[];
  /** Keys to the word from the object's top; `*` stands for each member. The word is the value there, or a key of it. */
  readonly path: string;
  /** The word; `*` at its end stands for any end. */
  readonly word: string;
  readonly party: EntityId;
  /** Keys of which one leads elsewhere: beside the word, or below it where it is a key. */
  readonly led: readonly string[];
}

type Words = readonly (readonly [word: string, party: EntityId])[];

const at = (
  group: string,
  path: string,
  source: string,
  words: Words,
  led: readonly string[] = [],
  ...kinds: readonly string[]
): readonly ChoiceFact[] =>
  words.map(([word, party]) => ({
    group,
    path,
    word,
    party,
    led,
    source,
    reviewed,
    ...(kinds.length === 0 ? {} : { kinds }),
  }));

const drivers: Words = [
  ["ebs.csi.aws.com", "amazon"],
  ["efs.csi.aws.com", "amazon"],
  ["fsx.csi.aws.com", "amazon"],
  ["s3.csi.aws.com", "amazon"],
  ["ebs.csi.eks.amazonaws.com", "amazon"],
  ["kubernetes.io/aws-ebs", "amazon"],
  ["disk.csi.azure.com", "microsoft"],
  ["file.csi.azure.com", "microsoft"],
  ["blob.csi.azure.com", "microsoft"],
  ["kubernetes.io/azure-disk", "microsoft"],
  ["kubernetes.io/azure-file", "microsoft"],
  ["pd.csi.storage.gke.io", "google"],
  ["filestore.csi.storage.gke.io", "google"],
  ["gcsfuse.csi.storage.gke.io", "google"],
  ["kubernetes.io/gce-pd", "google"],
  ["dobs.csi.digitalocean.com", "digitalocean"],
  ["linodebs.csi.linode.com", "akamai"],
  ["block.csi.vultr.com", "vultr"],
  ["blockvolume.csi.oraclecloud.com", "oracle"],
  ["fss.csi.oraclecloud.com", "oracle"],
  ["vpc.block.csi.ibm.io", "ibm"],
  ["diskplugin.csi.alibabacloud.com", "alibaba"],
];

const classes: Words = [
  ["alb", "amazon"],
  ["gce*", "google"],
  ["azure*", "microsoft"],
  ["webapprouting.kubernetes.azure.com", "microsoft"],
  ["cloudflare-tunnel", "cloudflare"],
  ["tailscale", "tailscale"],
  ["ngrok", "unreviewed"],
];

const ingress = "https://kubernetes.io/docs/concepts/services-networking/ingress-controllers/";
const keda = "https://keda.sh/docs/scalers/ and https://keda.sh/docs/concepts/authentication/";
const csi = "https://kubernetes-csi.github.io/docs/drivers.html";
const events = "argoproj/argo-events pkg/apis/events/v1alpha1/{eventsource,sensor}_types.go at 6478ece4";

export const choices: readonly ChoiceFact[] = [
  ...at("keda.sh", "spec.triggers.*.type", keda, [
    ["aws-*", "amazon"],
    ["azure-*", "microsoft"],
    ["gcp-*", "google"],
    ["datadog", "datadog"],
    ["new-relic", "newrelic"],
    ["splunk-observability", "splunk"],
    ["sumologic", "unreviewed"],
  ]),
  ...at("keda.sh", "spec.triggers.*.type", keda, [["github-runner", "github"]], ["metadata.githubApiURL"]),
  ...at("keda.sh", "spec.podIdentity.provider", keda, [
    ["aws*", "amazon"],
    ["azure*", "microsoft"],
    ["gcp", "google"],
  ]),
  ...at("keda.sh", "spec", keda, [
    ["azureKeyVault", "microsoft"],
    ["awsSecretManager", "amazon"],
    ["gcpSecretManager", "google"],
  ]),
  ...at("secrets-store.csi.x-k8s.io", "spec.provider", "https://secrets-store-csi-driver.sigs.k8s.io/providers", [
    ["aws", "amazon"],
    ["azure", "microsoft"],
    ["gcp", "google"],
    ["gke", "google"],
    ["akeyless", "akeyless"],
  ]),
  ...at("generators.external-secrets.io", "kind", "https://external-secrets.io/latest/api/generator/", [
    ["ECRAuthorizationToken", "amazon"],
    ["STSSessionToken", "amazon"],
    ["GCRAccessToken", "google"],
    ["ACRAccessToken", "microsoft"],
    ["GithubAccessToken", "github"],
    ["QuayAccessToken", "ibm"],
    ["CloudsmithAccessToken", "cloudsmith"],
  ]),
  ...at(
    "external-secrets.io",
    "spec.provider",
    "https://external-secrets.io/latest/api/spec/ (SecretStoreProvider)",
    [
      ["pulumi", "pulumi"],
      ["infisical", "unreviewed"],
      ["bitwardensecretsmanager", "unreviewed"],
      ["delinea", "unreviewed"],
      ["keepersecurity", "unreviewed"],
      ["onboardbase", "unreviewed"],
      ["fortanix", "unreviewed"],
      ["yandexlockbox", "unreviewed"],
      ["yandexcertificatemanager", "unreviewed"],
      ["cloudrusm", "unreviewed"],
    ],
    ["hostAPI", "apiURL", "bitwardenServerSDKURL", "apiUrl"],
    "SecretStore",
    "ClusterSecretStore",
  ),
  ...at(
    "notification.toolkit.fluxcd.io",
    "spec.type",
    "https://fluxcd.io/flux/components/notification/providers/",
    [
      ["slack", "slack"],
      ["discord", "discord"],
      ["msteams", "microsoft"],
      ["azuredevops", "microsoft"],
      ["azureeventhub", "microsoft"],
      ["googlechat", "google"],
      ["googlepubsub", "google"],
      ["webex", "cisco"],
      ["telegram", "telegram"],
      ["datadog", "datadog"],
      ["pagerduty", "pagerduty"],
      ["opsgenie", "opsgenie"],
      ["sentry", "functional"],
      ["github*", "github"],
      ["gitlab", "gitlab"],
      ["bitbucket", "opsgenie"],
      ["lark", "unreviewed"],
    ],
    ["address"],
    "Provider",
  ),
  ...at(
    "argoproj.io",
    "spec",
    events,
    [
      ["sqs", "amazon"],
      ["sns", "amazon"],
      ["pubSub", "google"],
      ["azureEventsHub", "microsoft"],
      ["azureServiceBus", "microsoft"],
      ["azureQueueStorage", "microsoft"],
      ["slack", "slack"],
      ["stripe", "unreviewed"],
      ["bitbucket", "opsgenie"],
    ],
    [],
    "EventSource",
  ),
  ...at(
    "argoproj.io",
    "spec.triggers.*.template",
    events,
    [
      ["awsLambda", "amazon"],
      ["azureEventHubs", "microsoft"],
      ["azureServiceBus", "microsoft"],
      ["slack", "slack"],
    ],
    [],
    "Sensor",
  ),
  ...at(
    "cert-manager.io",
    "spec.venafi",
    "https://cert-manager.io/docs/configuration/venafi/",
    [["cloud", "unreviewed"]],
    ["url"],
  ),
  ...at("k8up.io", "spec.backend", "https://docs.k8up.io (Backend)", [
    ["b2", "backblaze"],
    ["azure", "microsoft"],
    ["gcs", "google"],
  ]),
  ...at("k8up.io", "spec.backend", "https://docs.k8up.io (Backend)", [["s3", "amazon"]], ["endpoint"]),
  ...["spec.pipelineRef.resolver", "spec.taskRef.resolver", "spec.tasks.*.taskRef.resolver"].flatMap((path) =>
    at("tekton.dev", path, "tektoncd/pipeline docs/hub-resolver.md at 3ee1745a", [["hub", "cncf"]], ["url"]),
  ),
  ...at("storage.k8s.io", "provisioner", csi, drivers, [], "StorageClass"),
  ...at("storage.k8s.io", "metadata.name", csi, drivers, [], "CSIDriver"),
  ...at("snapshot.storage.k8s.io", "driver", csi, drivers),
  ...at("", "spec.csi.driver", csi, drivers, [], "PersistentVolume"),
  ...at(
    "",
    "spec",
    "Kubernetes API reference, PersistentVolume v1",
    [
      ["awsElasticBlockStore", "amazon"],
      ["gcePersistentDisk", "google"],
      ["azureDisk", "microsoft"],
      ["azureFile", "microsoft"],
    ],
    [],
    "PersistentVolume",
  ),
  ...at("networking.k8s.io", "spec.ingressClassName", ingress, classes, [], "Ingress"),
  ...at("networking.k8s.io", "metadata.annotations.kubernetes.io/ingress.class", ingress, classes, [], "Ingress"),
  ...at(
    "networking.k8s.io",
    "spec.controller",
    ingress,
    [
      ["ingress.k8s.aws/*", "amazon"],
      ["azure/*", "microsoft"],
      ["tailscale.com/*", "tailscale"],
      ["k8s.ngrok.com/*", "unreviewed"],
    ],
    [],
    "IngressClass",
  ),
  ...at(
    "",
    "spec.loadBalancerClass",
    ingress,
    [
      ["service.k8s.aws/*", "amazon"],
      ["eks.amazonaws.com/*", "amazon"],
      ["networking.gke.io/*", "google"],
      ["tailscale", "tailscale"],
      ["ngrok", "unreviewed"],
    ],
    [],
    "Service",
  ),
  ...at(
    "gateway.networking.k8s.io",
    "spec.gatewayClassName",
    "https://gateway-api.sigs.k8s.io/implementations/",
    [
      ["gke-*", "google"],
      ["azure-*", "microsoft"],
      ["amazon-vpc-lattice", "amazon"],
      ["aws-*", "amazon"],
    ],
    [],
    "Gateway",
  ),
  ...at(
    "gateway.networking.k8s.io",
    "spec.controllerName",
    "https://gateway-api.sigs.k8s.io/implementations/",
    [
      ["networking.gke.io/*", "google"],
      ["application-networking.k8s.aws/*", "amazon"],
      ["gateway.k8s.aws/*", "amazon"],
      ["alb.networking.azure.io/*", "microsoft"],
      ["ngrok.com/*", "unreviewed"],
    ],
    [],
    "GatewayClass",
  ),
];

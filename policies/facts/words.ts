import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** A service that a configuration chooses by a word, with no host in sight. */
export interface WordFact extends Fact {
  readonly word: string;
  readonly party: EntityId;
}

const words = (source: string, ...list: readonly (readonly [word: string, party: EntityId])[]): readonly WordFact[] =>
  list.map(([word, party]) => ({ word, party, source, reviewed }));

/** Names of providers of DNS: keys below `dns01` of cert-manager's solvers, and values of external-dns' `--provider`. */
export const dnsWords: readonly WordFact[] = words(
  "https://cert-manager.io/docs/configuration/acme/dns01/ and https://kubernetes-sigs.github.io/external-dns/",
  ["route53", "amazon"],
  ["aws", "amazon"],
  ["aws-sd", "amazon"],
  ["cloudflare", "cloudflare"],
  ["cloudDNS", "google"],
  ["google", "google"],
  ["azureDNS", "microsoft"],
  ["azure", "microsoft"],
  ["azure-dns", "microsoft"],
  ["azure-private-dns", "microsoft"],
  ["akamai", "akamai"],
  ["linode", "akamai"],
  ["digitalocean", "digitalocean"],
  ["dnsimple", "dnsimple"],
  ["oci", "oracle"],
  ["ibmcloud", "ibm"],
  ["alibabacloud", "alibaba"],
  ["tencentcloud", "tencent"],
  ["godaddy", "unreviewed"],
  ["namecheap", "unreviewed"],
  ["ns1", "ibm"],
  ["vultr", "vultr"],
  ["civo", "unreviewed"],
  ["alidns", "alibaba"],
  ["gcloud", "google"],
);

/** Names of providers of logins, which are no names of DNS: values of oauth2-proxy's `--provider`. */
export const loginWords: readonly WordFact[] = words(
  "https://oauth2-proxy.github.io/oauth2-proxy/configuration/providers/",
  ["github", "github"],
  ["entra-id", "microsoft"],
  ["facebook", "facebook"],
  ["linkedin", "microsoft"],
  ["bitbucket", "opsgenie"],
  ["gitlab", "gitlab"],
);

/** Solvers of cert-manager by webhook that ask the DNS of an accepted cloud, or one of one's own. */
export const solverWords: readonly WordFact[] = words(
  "https://cert-manager.io/docs/configuration/acme/dns01/#webhook (the list of webhooks)",
  ["hetzner", "hetzner"],
  ["infomaniak", "infomaniak"],
  ["ovh", "ovh"],
  ["scaleway", "scaleway"],
  ["ionos", "ionos"],
  ["stackit", "stackit"],
  ["exoscale", "exoscale"],
);

/** Kinds of stores: keys of the storage of Loki, Mimir, Tempo and Thanos, and values of Velero's `provider`. */
export const storeWords: readonly WordFact[] = words(
  "https://grafana.com/docs/loki/latest/configure/ (storage_config) and https://velero.io/docs/main/supported-providers/",
  ["aws", "amazon"],
  ["velero.io/aws", "amazon"],
  ["gcp", "google"],
  ["velero.io/gcp", "google"],
  ["gcs", "google"],
  ["azure", "microsoft"],
  ["velero.io/azure", "microsoft"],
  ["bos", "unreviewed"],
  ["alibabacloud", "alibaba"],
);

/** Stores of secrets: keys below `spec.provider` of the External Secrets operator. */
export const secretWords: readonly WordFact[] = words(
  "https://external-secrets.io/latest/api/spec/ (SecretStoreProvider)",
  ["aws", "amazon"],
  ["azurekv", "microsoft"],
  ["gcpsm", "google"],
  ["ibm", "ibm"],
  ["oracle", "oracle"],
  ["akeyless", "akeyless"],
  ["doppler", "doppler"],
  ["onepassword", "onepassword"],
  ["onepasswordSDK", "onepassword"],
  ["github", "github"],
  ["gitlab", "gitlab"],
  ["alibaba", "alibaba"],
);

/** Schemes of URLs that one party's programs alone understand. `s3://` is none: any store may stand behind it. */
export const schemeWords: readonly WordFact[] = words(
  "https://gocloud.dev/howto/blob/ (URLs of drivers), https://docs.sigstore.dev/cosign/key_management/overview/, https://hadoop.apache.org/docs/stable/hadoop-azure/abfs.html",
  ["gs", "google"],
  ["gcs", "google"],
  ["gcppubsub", "google"],
  ["gcpkms", "google"],
  ["firestore", "google"],
  ["bigquery", "google"],
  ["azblob", "microsoft"],
  ["azure", "microsoft"],
  ["abfs", "microsoft"],
  ["abfss", "microsoft"],
  ["wasb", "microsoft"],
  ["wasbs", "microsoft"],
  ["adl", "microsoft"],
  ["azurekms", "microsoft"],
  ["azurekeyvault", "microsoft"],
  ["azuresb", "microsoft"],
  ["awskms", "amazon"],
  ["awssqs", "amazon"],
  ["awssns", "amazon"],
  ["dynamodb", "amazon"],
  ["hf", "huggingface"],
  ["cloudinary", "unreviewed"],
);

/** Words before the repository of restic. */
export const backupWords: readonly WordFact[] = words(
  "https://restic.readthedocs.io/en/stable/030_preparing_a_new_repo.html",
  ["b2", "backblaze"],
  ["gs", "google"],
  ["azure", "microsoft"],
);

/** Types of rclone's remotes, and providers of its type `s3`. */
export const remoteWords: readonly WordFact[] = words(
  "https://rclone.org/overview/ and https://rclone.org/s3/ (provider)",
  ["drive", "google"],
  ["google cloud storage", "google"],
  ["google photos", "google"],
  ["onedrive", "microsoft"],
  ["azureblob", "microsoft"],
  ["azurefiles", "microsoft"],
  ["b2", "backblaze"],
  ["dropbox", "dropbox"],
  ["box", "box"],
  ["s3 AWS", "amazon"],
  ["s3 Cloudflare", "cloudflare"],
  ["s3 DigitalOcean", "digitalocean"],
  ["s3 GCS", "google"],
  ["s3 IBMCOS", "ibm"],
  ["s3 Linode", "akamai"],
  ["s3 Alibaba", "alibaba"],
  ["s3 TencentCOS", "tencent"],
  ["s3 Wasabi", "wasabi"],
);

/** Types of stores of Thanos, which Cortex' and Pyroscope's kin share. */
export const thanosWords: readonly WordFact[] = words(
  "https://thanos.io/tip/thanos/storage.md/",
  ["S3", "amazon"],
  ["GCS", "google"],
  ["AZURE", "microsoft"],
  ["COS", "tencent"],
  ["ALIYUNOSS", "alibaba"],
  ["OCI", "oracle"],
);

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

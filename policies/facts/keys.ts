import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

type Rows = readonly (readonly [word: string, party: EntityId, ...led: readonly string[]])[];

/** A member of a configuration file that means somebody's service, with no host in sight. */
export interface MemberFact extends Fact {
  /** Key above. */
  readonly under: string;
  /** Key of a member whose value is the word. Empty: the word is the member's own key, up to a slash. */
  readonly key: string;
  /** The word; `*` at its end stands for any end. */
  readonly word: string;
  readonly party: EntityId;
  /** Keys of the member of which one leads elsewhere. */
  readonly led: readonly string[];
}

const members = (under: string, key: string, source: string, ...rows: Rows): readonly MemberFact[] =>
  rows.map(([word, party, ...led]) => ({ under, key, word, party, led, source, reviewed }));

const datasource = (source: string, ...rows: Rows): readonly MemberFact[] =>
  members("datasources", "type", source, ...rows);

const collector =
  "open-telemetry/opentelemetry-collector-contrib cmd/otelcontribcol/builder-config.yaml at efaa86e6 (exporters)";
/** Types of the collector's exporters, without underscores: some have an older name without them and a newer one with them (exporter/honeycombmarkerexporter/factory.go at 00457e21, WithDeprecatedTypeAlias). */
const exporters: Rows = [
  ["datadog", "datadog"],
  ["googlecloud*", "google"],
  ["googlemanagedprometheus", "google"],
  ["awsxray", "amazon"],
  ["awsemf", "amazon"],
  ["awscloudwatchlogs", "amazon"],
  ["awskinesis", "amazon"],
  ["azuremonitor", "microsoft"],
  ["azuredataexplorer", "microsoft"],
  ["azureblob", "microsoft"],
  ["sumologic", "unreviewed", "endpoint"],
  ["signalfx", "splunk", "ingest_url"],
  ["coralogix", "unreviewed"],
  ["logzio", "unreviewed", "endpoint"],
  ["awss3", "amazon", "endpoint", "s3uploader"],
  ["alibabacloudlogservice", "alibaba"],
  ["tencentcloudlogservice", "tencent"],
  ["logicmonitor", "unreviewed"],
  ["bmchelix", "unreviewed", "endpoint"],
  ["dataset", "unreviewed", "dataset_url"],
  ["mezmo", "unreviewed", "ingest_url"],
  ["sentry", "functional", "url", "dsn"],
  ["splunkhec", "splunk", "endpoint"],
  ["honeycombmarker", "honeycomb", "api_url"],
];

const logins: Rows = [
  ["google", "google"],
  ["github", "github", "hostName", "baseUrl", "apiUrl"],
  ["gitlab", "gitlab", "baseURL", "baseUrl", "apiUrl"],
  ["microsoft", "microsoft"],
  ["linkedin*", "microsoft"],
  ["facebook", "facebook"],
  ["instagram", "facebook"],
  ["bitbucket*", "opsgenie"],
  ["twitter", "xai"],
  ["paypal", "unreviewed"],
  ["stackoverflow", "unreviewed"],
];

export const memberWords: readonly MemberFact[] = [
  ...members("exporters", "", collector, ...exporters),
  ...members(
    "sinks",
    "type",
    "https://vector.dev/docs/reference/configuration/sinks/",
    ["aws_*", "amazon", "endpoint"],
    ["azure_*", "microsoft"],
    ["gcp_*", "google"],
    ["datadog_*", "datadog"],
    ["new_relic", "newrelic"],
    ["honeycomb", "honeycomb"],
    ["papertrail", "unreviewed"],
    ["axiom", "unreviewed", "url"],
    ["mezmo", "ibm", "endpoint"],
    ["sematext_*", "unreviewed", "endpoint"],
  ),
  ...datasource(
    "grafana/grafana public/app/plugins/datasource/{cloudwatch,azuremonitor,cloud-monitoring}/plugin.json at 0f931f9e, 49399ad3, e83bc028",
    ["cloudwatch", "amazon"],
    ["grafana-azure-monitor-datasource", "microsoft"],
    ["stackdriver", "google"],
  ),
  ...datasource("grafana/x-ray-datasource src/plugin.json at 2bf805ee", ["grafana-x-ray-datasource", "amazon"]),
  ...datasource("grafana/google-bigquery-datasource src/plugin.json at 27548f27", [
    "grafana-bigquery-datasource",
    "google",
  ]),
  ...datasource("https://grafana.com/grafana/plugins/grafana-datadog-datasource/", [
    "grafana-datadog-datasource",
    "datadog",
  ]),
  ...members("connectors", "type", "https://dexidp.io/docs/connectors/", ...logins),
  ...members(
    "identityProviders",
    "providerId",
    "keycloak/keycloak services/src/main/java/org/keycloak/social at 26.7.3",
    ...logins,
  ),
  ...members(
    "dnsChallenge",
    "provider",
    "https://doc.traefik.io/traefik/https/acme/#providers",
    ["cloudflare", "cloudflare"],
    ["route53", "amazon"],
    ["lightsail", "amazon"],
    ["gcloud", "google"],
    ["azure*", "microsoft"],
    ["digitalocean", "digitalocean"],
    ["linode*", "akamai"],
    ["vultr", "vultr"],
    ["godaddy", "unreviewed"],
    ["namecheap", "unreviewed"],
    ["dnsimple", "dnsimple"],
    ["ns1", "ibm"],
    ["duckdns", "unreviewed"],
    ["oraclecloud", "oracle"],
  ),
  ...members(
    "receivers",
    "",
    "prometheus/alertmanager docs/configuration.md at 68fb2d57; prometheus-operator/prometheus-operator pkg/apis/monitoring/v1alpha1/alertmanager_config_types.go at 6adcebc5",
    ["pagerduty_configs", "pagerduty", "url"],
    ["opsgenie_configs", "opsgenie", "api_url"],
    ["slack_configs", "slack", "api_url"],
    ["discord_configs", "discord", "webhook_url"],
    ["telegram_configs", "telegram", "api_url"],
    ["webex_configs", "cisco", "api_url"],
    ["msteams_configs", "microsoft", "webhook_url"],
    ["msteamsv2_configs", "microsoft", "webhook_url"],
    ["sns_configs", "amazon", "api_url"],
    ["pushover_configs", "unreviewed"],
    ["victorops_configs", "splunk", "api_url"],
    ["jira_configs", "opsgenie", "api_url"],
    ["pagerdutyConfigs", "pagerduty", "url"],
    ["opsgenieConfigs", "opsgenie", "apiURL"],
    ["slackConfigs", "slack", "apiURL"],
    ["discordConfigs", "discord"],
    ["telegramConfigs", "telegram", "apiURL"],
    ["webexConfigs", "cisco", "apiURL"],
    ["msteamsConfigs", "microsoft"],
    ["msteamsv2Configs", "microsoft"],
    ["snsConfigs", "amazon", "apiURL"],
    ["pushoverConfigs", "unreviewed"],
    ["victoropsConfigs", "splunk", "apiUrl"],
  ),
  ...members(
    "scrape_configs",
    "",
    "prometheus/prometheus docs/configuration/configuration.md at d15adb9a",
    ["aws_sd_configs", "amazon", "endpoint"],
    ["ec2_sd_configs", "amazon", "endpoint"],
    ["lightsail_sd_configs", "amazon", "endpoint"],
    ["azure_sd_configs", "microsoft"],
    ["gce_sd_configs", "google"],
    ["digitalocean_sd_configs", "digitalocean"],
    ["linode_sd_configs", "akamai"],
    ["oci_sd_configs", "oracle"],
    ["vultr_sd_configs", "vultr"],
  ),
  ...members(
    "storage",
    "",
    "distribution/distribution docs/content/about/configuration.md at 0d6b721d (storage)",
    ["gcs", "google"],
    ["azure", "microsoft"],
    ["s3", "amazon", "regionendpoint", "endpoint", "endpoint_url"],
  ),
  ...members("landscape", "", "https://cloudinit.readthedocs.io/en/latest/reference/modules.html", [
    "client",
    "canonical",
    "url",
  ]),
  ...members("ubuntu_pro", "token", "https://cloudinit.readthedocs.io/en/latest/reference/modules.html", [
    "*",
    "canonical",
  ]),
  ...members("ubuntu_advantage", "token", "https://cloudinit.readthedocs.io/en/latest/reference/modules.html", [
    "*",
    "canonical",
  ]),
  ...members(
    "sops",
    "",
    "getsops/sops stores/stores.go at 15e36f97 (kms, gcp_kms, azure_kv)",
    ["kms", "amazon"],
    ["gcp_kms", "google"],
    ["azure_kv", "microsoft"],
  ),
  ...members(
    "creation_rules",
    "",
    "getsops/sops config/config.go at 15e36f97 (kms, gcp_kms, azure_keyvault)",
    ["kms", "amazon"],
    ["gcp_kms", "google"],
    ["azure_keyvault", "microsoft"],
  ),
];

/** A line of a file that is no data by which somebody's service is chosen. */
export interface LineFact extends Fact {
  /** Word that the text holds in any case: other texts are not searched. */
  readonly word: string;
  readonly pattern: RegExp;
  readonly party: EntityId;
  /** A line of the same text that leads elsewhere. */
  readonly led?: RegExp;
}

const line = (word: string, pattern: RegExp, party: EntityId, source: string): LineFact => ({
  word,
  pattern,
  party,
  source,
  reviewed,
});
const vault = "https://developer.hashicorp.com/vault/docs/configuration (seal and storage stanzas)";
const bit = "https://docs.fluentbit.io/manual/pipeline/outputs";
const fluentd = "https://docs.fluentd.org/output";
const caddy = "https://caddyserver.com/docs/caddyfile/directives/tls";
const rest = "https://pgbackrest.org/configuration.html (repo-type)";

export const lineWords: readonly LineFact[] = [
  line("awskms", /^\s*seal\s+"awskms"/, "amazon", vault),
  line("azurekeyvault", /^\s*seal\s+"azurekeyvault"/, "microsoft", vault),
  line("gcpckms", /^\s*seal\s+"gcpckms"/, "google", vault),
  line("ocikms", /^\s*seal\s+"ocikms"/, "oracle", vault),
  line("dynamodb", /^\s*storage\s+"dynamodb"/, "amazon", vault),
  line("gcs", /^\s*storage\s+"gcs"/, "google", vault),
  line("azure", /^\s*storage\s+"azure"/, "microsoft", vault),
  line("cloudwatch", /^\s*name\s+cloudwatch(_logs)?\s*$/i, "amazon", bit),
  line("kinesis", /^\s*name\s+kinesis_(firehose|streams)\s*$/i, "amazon", bit),
  line("datadog", /^\s*name\s+datadog\s*$/i, "datadog", bit),
  line("stackdriver", /^\s*name\s+stackdriver\s*$/i, "google", bit),
  line("bigquery", /^\s*name\s+bigquery\s*$/i, "google", bit),
  line("azure", /^\s*name\s+azure(_blob|_kusto|_logs_ingestion)?\s*$/i, "microsoft", bit),
  line("nrlogs", /^\s*name\s+nrlogs\s*$/i, "newrelic", bit),
  line("logdna", /^\s*name\s+logdna\s*$/i, "ibm", bit),
  line("slack", /^\s*name\s+slack\s*$/i, "slack", bit),
  line("cloudwatch_logs", /^\s*@type\s+cloudwatch_logs\b/, "amazon", fluentd),
  line("google_cloud", /^\s*@type\s+google_cloud\b/, "google", fluentd),
  line("datadog", /^\s*@type\s+datadog\b/, "datadog", fluentd),
  line("repo", /^\s*repo\d+-type\s*=\s*gcs\b/, "google", rest),
  line("repo", /^\s*repo\d+-type\s*=\s*azure\b/, "microsoft", rest),
  line("auth.google", /^\s*\[auth\.google\]/, "google", "grafana/grafana conf/defaults.ini at d6b85077"),
  line("auth.github", /^\s*\[auth\.github\]/, "github", "grafana/grafana conf/defaults.ini at d6b85077"),
  line("auth.azuread", /^\s*\[auth\.azuread\]/, "microsoft", "grafana/grafana conf/defaults.ini at d6b85077"),
  line("dns", /^\s*(acme_dns|dns)\s+cloudflare\b/, "cloudflare", caddy),
  line("dns", /^\s*(acme_dns|dns)\s+route53\b/, "amazon", caddy),
  line("dns", /^\s*(acme_dns|dns)\s+googleclouddns\b/, "google", caddy),
  line("dns", /^\s*(acme_dns|dns)\s+azure\b/, "microsoft", caddy),
  line("provider", /^\s*provider\s+"(aws|awscc)"\s*\{/, "amazon", "https://registry.terraform.io/browse/providers"),
  line("provider", /^\s*provider\s+"google(-beta)?"\s*\{/, "google", "https://registry.terraform.io/browse/providers"),
  line(
    "provider",
    /^\s*provider\s+"(azurerm|azuread|azapi)"\s*\{/,
    "microsoft",
    "https://registry.terraform.io/browse/providers",
  ),
  line("provider", /^\s*provider\s+"cloudflare"\s*\{/, "cloudflare", "https://registry.terraform.io/browse/providers"),
  line(
    "provider",
    /^\s*provider\s+"digitalocean"\s*\{/,
    "digitalocean",
    "https://registry.terraform.io/browse/providers",
  ),
  line("resource", /^\s*resource\s+"aws_\w+"/, "amazon", "https://registry.terraform.io/browse/providers"),
  line("resource", /^\s*resource\s+"google_\w+"/, "google", "https://registry.terraform.io/browse/providers"),
  line("resource", /^\s*resource\s+"azurerm_\w+"/, "microsoft", "https://registry.terraform.io/browse/providers"),
  {
    ...line("s3", /^\s*name\s+s3\s*$/i, "amazon", bit),
    led: /^\s*endpoint\s+\S/im,
  },
  { ...line("s3", /^\s*@type\s+s3\b/, "amazon", fluentd), led: /^\s*s3_endpoint\s+\S/m },
  line("ppa:", /(^|[\s'"])ppa:[\w.-]+\/[\w.-]+/, "canonical", "https://help.launchpad.net/Packaging/PPA"),
  line(
    "github:",
    /\s(--flake\s+)?["']?github:[\w.-]+\/[\w.-]+/,
    "github",
    "https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake (flake references)",
  ),
  line(
    "gh:",
    /(^|[\s'"[,])gh:[\w-]+/,
    "github",
    "https://cloudinit.readthedocs.io/en/latest/reference/modules.html (ssh_import_id)",
  ),
  line(
    "lp:",
    /(^|[\s'"[,])lp:[\w-]+/,
    "canonical",
    "https://cloudinit.readthedocs.io/en/latest/reference/modules.html (ssh_import_id)",
  ),
];

import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** A Pulumi package and the party that answers its calls. */
export interface ProviderFact extends Fact {
  /** `hcloud` in `pulumi:providers:hcloud`. */
  readonly package: string;
  /**
   * `cloud`: calls go to the named party. `local`: nothing leaves the machine that runs Pulumi. `cluster`: calls go to a cluster that UC-K8S-001 judges.
   * `host`: calls go to a host of the stack. `object-store`: calls go to the named party, unless endpoints say otherwise.
   */
  readonly kind: "cloud" | "local" | "cluster" | "host" | "object-store";
  readonly party?: EntityId;
  /** Domains of its own API; an endpoint elsewhere is another party. @default none that a provider may be pointed at */
  readonly api?: readonly string[];
  /** True if the pack accepts it. A provider that is not in the table is refused. */
  readonly accepted: boolean;
}

const registry = (name: string): string => `https://www.pulumi.com/registry/packages/${name}/`;

const cloud = (name: string, party: EntityId, accepted: boolean, ...api: readonly string[]): ProviderFact => ({
  package: name,
  kind: "cloud",
  party,
  api,
  accepted,
  source: registry(name),
  reviewed,
});

const plain = (name: string, kind: ProviderFact["kind"], source = registry(name)): ProviderFact => ({
  package: name,
  kind,
  accepted: true,
  source,
  reviewed,
});

export const providers: readonly ProviderFact[] = [
  cloud("hcloud", "hetzner", true, "api.hetzner.cloud", "api.hetzner.com"),
  cloud("exoscale", "exoscale", true, "exo.io", "exoscale.com", "exoscale.ch"),
  cloud("infomaniak", "infomaniak", true, "infomaniak.com", "infomaniak.cloud"),
  cloud("ovh", "ovh", true, "eu.api.ovh.com"),
  cloud("scaleway", "scaleway", true, "scaleway.com", "scw.cloud"),
  cloud("ionoscloud", "ionos", true, "ionos.com"),
  cloud("upcloud", "upcloud", true, "upcloud.com"),
  cloud("stackit", "stackit", true, "stackit.cloud", "stackit.com"),
  cloud("opentelekomcloud", "telekom", true, "otc.t-systems.com"),
  plain("random", "local"),
  plain("time", "local"),
  plain("std", "local"),
  plain("tls", "local"),
  plain("command", "host"),
  plain("kubernetes", "cluster"),
  // Code of the program itself, which UC-OPQ-001 judges.
  plain("pulumi-nodejs", "local", "pulumi/pulumi sdk/nodejs/dynamic at v3.256.0"),
  plain("pulumi-python", "local", "pulumi/pulumi sdk/python/lib/pulumi/dynamic at v3.256.0"),
  plain("pulumi", "local", "pulumi/pulumi pkg/resource/deploy/builtins.go at v3.256.0"),
  { ...cloud("aws", "amazon", false), kind: "object-store" },
  { ...plain("minio", "object-store"), accepted: false },
  ...(
    [
      ["aws-native", "amazon"],
      ["awsx", "amazon"],
      ["eks", "amazon"],
      ["azure", "microsoft"],
      ["azure-native", "microsoft"],
      ["azuread", "microsoft"],
      ["azuredevops", "microsoft"],
      ["gcp", "google"],
      ["google-native", "google"],
      ["oci", "oracle"],
      ["ibm", "ibm"],
      ["digitalocean", "digitalocean"],
      ["linode", "akamai"],
      ["akamai", "akamai"],
      ["vultr", "vultr"],
      ["equinix", "equinix"],
      ["equinix-metal", "equinix"],
      ["cloudflare", "cloudflare"],
      ["fastly", "fastly"],
      ["fly", "fly"],
      ["vercel", "vercel"],
      ["netlify", "netlify"],
      ["heroku", "salesforce"],
      ["rackspace", "rackspace"],
      ["alicloud", "alibaba"],
      ["tencentcloud", "tencent"],
      ["huaweicloud", "huawei"],
      ["github", "github"],
      ["gitlab", "gitlab"],
      ["auth0", "okta"],
      ["okta", "okta"],
      ["datadog", "datadog"],
      ["newrelic", "newrelic"],
      ["pulumiservice", "pulumi"],
      ["twilio", "twilio"],
    ] as const
  ).map(([name, party]) => cloud(name, party, false)),
];

const byPackage = new Map(providers.map((row) => [row.package, row]));

/** Facts about a package, if there are any. */
export const providerFact = (name: string): ProviderFact | undefined => byPackage.get(name);

/** The environment of Exoscale's API that the plugin takes by default. */
const environment = {
  package: "exoscale",
  word: "api",
  source: "exoscale/terraform-provider-exoscale pkg/config/config.go at b692022e (DefaultEnvironment)",
  reviewed,
};

/** Words by which a provider names one of its own endpoints where a company of its own country answers; its others are refused. */
export const endpointWords: readonly (Fact & {
  readonly package: string;
  readonly word: string;
})[] = [
  environment,
  ...(["ovh-eu", "kimsufi-eu", "soyoustart-eu"] as const).map((word) => ({
    package: "ovh",
    word,
    source: "ovh/go-ovh ovh/ovh.go at 3557ca42 (Endpoints)",
    reviewed,
  })),
];

/** Places from which plugins may come, beside own domains: the publishers of the accepted packages. */
export const pluginSources: readonly (Fact & { readonly url: string })[] = [
  {
    url: "github://api.github.com/pulumiverse",
    source: "pulumiverse/pulumi-exoscale provider/resources.go at ad8c24f1 (PluginDownloadURL)",
    reviewed,
  },
  {
    url: "github://api.github.com/pulumi",
    source: "pulumi/pulumi sdk/go/common/workspace/plugins.go at 1b594989",
    reviewed,
  },
];

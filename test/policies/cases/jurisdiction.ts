import { placements } from "../../../policies/facts/locations";
import { type Case, type Given, open } from "./case";

const provider = (name: string, props: Readonly<Record<string, unknown>> = {}): Given => ({
  type: `pulumi:providers:${name}`,
  props,
});

const aws = (props: Readonly<Record<string, unknown>>): Given =>
  provider("aws", {
    endpoints: [{ s3: "https://sos-ch-gva-2.exo.io" }],
    skipCredentialsValidation: true,
    skipRequestingAccountId: true,
    ...props,
  });

/** An object of which a controller makes a bucket of a cloud. */
const controller = "apiVersion: s3.aws.upbound.io/v1beta1\nkind: Bucket\nmetadata:\n  name: a\nspec: {}\n";
const plugin = (pluginDownloadURL: unknown): Given => provider("hcloud", { pluginDownloadURL });

/** Providers, their endpoints and plugins. */
export const providers: readonly Case[] = [
  ...["ovh-eu", "ovh-ca", "ovh-us", "kimsufi-eu", "kimsufi-ca", "soyoustart-eu", "soyoustart-ca"].map((word): Case => [
    `a provider with the endpoint ${word}`,
    provider("ovh", { endpoint: word }),
  ]),
  ["a provider with another's environment", provider("exoscale", { environment: "api.example.org" })],
  [
    "a host that applies objects of a cloud",
    { type: "hcloud:index/server:Server", provider: ["hcloud"], props: { userData: controller } },
  ],
  [
    "a cluster's provider with such objects in its settings",
    provider("kubernetes", { renderYamlToDirectory: controller }),
  ],
  ["a resource of an accepted provider", { type: "hcloud:index/sshKey:SshKey", provider: ["hcloud"] }],
  ["a resource without its provider", { type: "hcloud:index/sshKey:SshKey" }],
  ["a resource of a provider in no table", { type: "a:b:C", provider: ["a"] }],
  ["a component", { type: "a:b:C" }],
  ["the stack itself", { type: "pulumi:pulumi:Stack" }],
  ["a reference to another stack", { type: "pulumi:pulumi:StackReference", provider: ["pulumi"] }],
  ["a provider of nobody in particular", provider("minio")],
  ["a local provider with an endpoint", provider("random", { endpoint: "https://a.example.com" })],
  ["a plugin of a publisher", plugin("github://api.github.com/pulumiverse")],
  ["a plugin of another account", plugin("github://api.github.com/somebody")],
  ["a plugin of one's own over GitHub's scheme", plugin("github://git.crisis.example.ch/a")],
  ["a plugin of one's own", plugin("https://files.crisis.example.ch/a")],
  ["a plugin of another", plugin("https://files.example.org/github://git.crisis.example.ch")],
  ["a plugin of nowhere", plugin("https://[")],
  ["no plugin", plugin("")],
  ["a plugin that is no text", plugin(1)],
  ["a plugin of an unknown place", plugin(open)],
  [
    "a plugin in a resource's own inputs",
    { type: "hcloud:index/sshKey:SshKey", props: { pluginDownloadURL: "https://a.example.org" }, provider: ["hcloud"] },
  ],
  [
    "a plugin in its provider's inputs",
    { type: "hcloud:index/sshKey:SshKey", provider: ["hcloud", { pluginDownloadURL: "https://a.example.org" }] },
  ],
  ...[
    "endpoint",
    "endpoints",
    "apiUrl",
    "authUri",
    "host",
    "hostname",
    "httpProxy",
    "domain",
    "server",
    "servers",
    "api_url",
    "api-url",
  ].map((key): Case => [`${key} elsewhere`, provider("hcloud", { [key]: "https://a.example.org" })]),
  ...["endpointType", "serverless", "token", "hostage"].map((key): Case => [
    `${key} is no address`,
    provider("hcloud", { [key]: "https://a.example.org" }),
  ]),
  ["an endpoint of the cloud's own", provider("hcloud", { endpoint: "https://api.hetzner.cloud/v1" })],
  ["an endpoint below the cloud's own", provider("exoscale", { endpoint: "https://api-ch-gva-2.exoscale.com" })],
  ["an endpoint above the cloud's own", provider("hcloud", { endpoint: "https://hetzner.cloud" })],
  ["an endpoint that only ends like it", provider("hcloud", { endpoint: "https://evilapi.hetzner.cloud" })],
  ["an endpoint that begins like it", provider("hcloud", { endpoint: "https://api.hetzner.cloud.example.org" })],
  ["an endpoint of one's own", provider("hcloud", { endpoint: "https://api.crisis.example.ch" })],
  ["an endpoint in a private network", provider("hcloud", { endpoint: "https://10.1.0.5" })],
  ["an endpoint of another cloud's word", provider("hcloud", { endpoint: "ovh-eu" })],
  ["an endpoint of another cloud's refused word, which is a name nearby", provider("hcloud", { endpoint: "ovh-us" })],
  ["a word of OVH's for Europe", provider("ovh", { endpoint: "ovh-eu" })],
  ["a word of OVH's for the United States", provider("ovh", { endpoint: "ovh-us" })],
  ["an endpoint that cannot be read", provider("hcloud", { endpoint: "https://[" })],
  ["an endpoint that is not known", provider("hcloud", { endpoint: open })],
  ["an empty endpoint", provider("hcloud", { endpoint: "" })],
  ["an endpoint that is a number", provider("hcloud", { endpoint: 1 })],
  ["endpoints in a list", provider("hcloud", { endpoints: ["https://api.hetzner.cloud", "https://a.example.org"] })],
  ["endpoints in an object", provider("hcloud", { endpoints: { a: "https://a.example.org", b: "" } })],
  ["endpoints as JSON", provider("hcloud", { endpoints: '["https://a.example.org"]' })],
  ["an S3 client of an accepted store", aws({})],
  ["an S3 client of an accepted store through MinIO", provider("minio", { minioServer: "sos-ch-gva-2.exo.io" })],
  [
    "an S3 client of a store of one's own with a plugin of another",
    provider("minio", { minioServer: "s3.crisis.example.ch", pluginDownloadURL: "https://a.example.org" }),
  ],
  ["an S3 client of an accepted store with a plugin of another", aws({ pluginDownloadURL: "https://a.example.org" })],
  ["an S3 client of a store in no table", aws({ endpoints: [{ s3: "https://s3.example.org" }] })],
  ["an S3 client without an endpoint for s3", aws({ endpoints: [{ ec2: "https://sos-ch-gva-2.exo.io" }] })],
  ["an S3 client whose endpoints are not known", aws({ endpoints: open })],
  ["an S3 client with a server of MinIO's only", aws({ endpoints: [], minioServer: "sos-ch-gva-2.exo.io" })],
  [
    "an S3 client whose endpoints are not known, but for one",
    aws({ endpoints: open, minioServer: "sos-ch-gva-2.exo.io" }),
  ],
  ["an S3 client that asks who it is", aws({ skipCredentialsValidation: false })],
  ...[
    "assumeRole",
    "assumeRoles",
    "assumeRoleWithWebIdentity",
    "ssoSession",
    "httpProxy",
    "httpsProxy",
    "profile",
  ].flatMap((key): readonly Case[] => [
    [`an S3 client with ${key}`, aws({ [key]: "a" })],
    [`an S3 client with an empty ${key}`, aws({ [key]: "" })],
    [`an S3 client with ${key} as an empty list`, aws({ [key]: "[]" })],
    [`an S3 client with ${key} as a list`, aws({ [key]: ["a"] })],
    [`an S3 client with ${key} as nothing`, aws({ [key]: null })],
  ]),
  [
    "a client through MinIO whose other endpoints are not known",
    provider("minio", { endpoints: open, minioServer: "sos-ch-gva-2.exo.io" }),
  ],
  ["a bucket of an S3 client", { type: "aws:s3/bucket:Bucket", provider: ["aws", aws({}).props] }],
  ["an instance of an S3 client", { type: "aws:ec2/instance:Instance", provider: ["aws", aws({}).props] }],
  ["a type that ends like a bucket's", { type: "my:aws:s3/bucket:Bucket", provider: ["aws", aws({}).props] }],
  ["a store's type in a state without providers", { type: "aws:s3/bucket:Bucket" }],
];

const zoned = (type: string, props: Readonly<Record<string, unknown>>, ...of: readonly unknown[]): Given => ({
  type,
  props,
  provider: [type.split(":")[0] ?? "", of[0] as Readonly<Record<string, unknown>> | undefined],
});

/** Places. */
export const places: readonly Case[] = [
  ["machines of a list", { type: "a:index:Cluster", provider: ["upcloud"], props: { nodes: [{ zone: "us-chi1" }] } }],
  ["machines of a list nowhere", { type: "a:index:Cluster", provider: ["upcloud"], props: { nodes: [{ zone: "" }] } }],
  [
    "machines with other properties",
    { type: "a:index:Cluster", provider: ["upcloud"], props: { zone: "de-fra1", plan: "2xCPU-4GB" } },
  ],
  [
    "machines of a list of places",
    { type: "a:index:Cluster", provider: ["upcloud"], props: { zone: ["us-chi1", "de-fra1"] } },
  ],
  ...[6, 7].map((depth): Case => [
    `a place ${depth} objects down`,
    {
      ...zoned(
        "ionoscloud:index/a:A",
        Array.from({ length: depth }).reduce<object>((below) => ({ a: below }), { region: "us/las" }) as Record<
          string,
          unknown
        >,
      ),
      provider: ["ionoscloud"],
    },
  ]),
  [
    "places in a list, one abroad",
    { ...zoned("ionoscloud:index/a:A", { regions: ["de/fra", "us/las"] }), provider: ["ionoscloud"] },
  ],
  [
    "places in objects in a list, one abroad",
    {
      ...zoned("ionoscloud:index/a:A", { zones: [{ region: "de/fra" }, { region: "us/las" }] }),
      provider: ["ionoscloud"],
    },
  ],
  ["a server in a datacenter", zoned("hcloud:index/server:Server", { datacenter: "fsn1-dc14" })],
  ["a server in a datacenter abroad", zoned("hcloud:index/server:Server", { datacenter: "ash-dc1" })],
  [
    "a server in a datacenter and a place abroad",
    zoned("hcloud:index/server:Server", { datacenter: "fsn1-dc14", location: "ash" }),
  ],
  ["a server whose place has a datacenter's end", zoned("hcloud:index/server:Server", { location: "fsn1-dc14" })],
  ["a server whose datacenter goes on", zoned("hcloud:index/server:Server", { datacenter: "fsn1-dc14x" })],
  ["a server in a place with a datacenter inside", zoned("hcloud:index/server:Server", { datacenter: "fs-dc1n1" })],
  ...placements.map(({ type }): Case => [`${type} in no place`, zoned(type, {})]),
  ["a server in an empty place", zoned("hcloud:index/server:Server", { location: "" })],
  ["a server in no place", zoned("hcloud:index/server:Server", { location: null })],
  ["a server in an unknown place", zoned("hcloud:index/server:Server", { location: open })],
  ["a server whose place is a number", zoned("hcloud:index/server:Server", { location: 1 })],
  ["a volume that follows a server", zoned("hcloud:index/volume:Volume", { serverId: open })],
  ["a volume that follows nothing", zoned("hcloud:index/volume:Volume", { serverId: "" })],
  ["a balancer in a zone", zoned("hcloud:index/loadBalancer:LoadBalancer", { networkZone: "eu-central" })],
  ["a balancer in a zone as its place", zoned("hcloud:index/loadBalancer:LoadBalancer", { location: "eu-central" })],
  ["a balancer in a place as its zone", zoned("hcloud:index/loadBalancer:LoadBalancer", { networkZone: "fsn1" })],
  ["a balancer in a zone abroad", zoned("hcloud:index/loadBalancer:LoadBalancer", { networkZone: "us-east" })],
  ["a type that no table places, in a zone", zoned("exoscale:index/thing:Thing", { zone: "ch-gva-2" })],
  ["a type that no table places, in two", zoned("upcloud:index/thing:Thing", { zone: "de-fra1", region: "us-chi1" })],
  ["a type that no table places, by its provider", zoned("upcloud:index/thing:Thing", {}, { zone: "us-chi1" })],
  [
    "a type that no table places, by its provider in Europe",
    zoned("upcloud:index/thing:Thing", {}, { zone: "de-fra1" }),
  ],
  [
    "a type that no table places, before its provider",
    zoned("upcloud:index/thing:Thing", { zone: "de-fra1" }, { zone: "us-chi1" }),
  ],
  ["a type that no table places, nowhere", zoned("upcloud:index/thing:Thing", {})],
  ["a type that no table places, in an unknown zone", zoned("upcloud:index/thing:Thing", { zone: open })],
  ["a type that no table places, in a zone of nobody", zoned("upcloud:index/thing:Thing", { zone: "xx-1" })],
  [
    "a type of another token that an accepted cloud makes",
    { type: "a:index/thing:Thing", props: { zone: "us-chi1" }, provider: ["upcloud"] },
  ],
  ["a type that no table places, without its provider", { type: "upcloud:index/thing:Thing" }],
  ["a type of a cloud whose places no table has", zoned("stackit:index/thing:Thing", { region: "eu01" })],
  ["a type of a provider that is not accepted", zoned("digitalocean:index/droplet:Droplet", { region: "fra1" })],
  ["a type of a local provider", zoned("random:index/randomId:RandomId", {})],
  ["a type of a provider in no table", zoned("a:index/thing:Thing", { zone: "a" })],
  ["a component", { type: "a:index:Thing", props: { zone: "a" } }],
  ["a type that has no place", zoned("hcloud:index/sshKey:SshKey", {})],
  ...["zone", "region", "location", "datacenter", "availabilityZone", "zoneId", "regionId"].map((key): Case => [
    `${key} of a type`,
    zoned("upcloud:index/thing:Thing", { [key]: "us-chi1" }),
  ]),
  ["a provider in a zone", { type: "pulumi:providers:upcloud", props: { zone: "us-chi1" } }],
  ["a provider in a zone of Europe", { type: "pulumi:providers:upcloud", props: { zone: "de-fra1" } }],
  ["a provider of places that have a table, in a region", { type: "pulumi:providers:hcloud", props: { region: "us" } }],
  ["another one of these", { type: "pulumi:providers:exoscale", props: { zone: "us" } }],
  [
    "endpoints of a provider that is no client of stores",
    { type: "pulumi:providers:random", props: { endpoints: [{ s3: "https://a.sos-bg-sof-1.exo.io" }] } },
  ],
  ["a provider in no zone", { type: "pulumi:providers:upcloud" }],
  ["a provider whose places no table has", { type: "pulumi:providers:infomaniak", props: { region: "a" } }],
  ["a provider that is not accepted", { type: "pulumi:providers:digitalocean", props: { region: "a" } }],
  ["a provider in no table", { type: "pulumi:providers:a", props: { region: "a" } }],
  ["machines of one's own", { type: "sovereign-uc:index:Network", props: { cloud: "metal", country: "CH" } }],
  ["machines of one's own abroad", { type: "sovereign-uc:index:Network", props: { cloud: "metal", country: "US" } }],
  ["machines of one's own nowhere", { type: "sovereign-uc:index:Network", props: { cloud: "metal" } }],
  ["a network in a cloud", { type: "sovereign-uc:index:Network", props: { cloud: "hetzner", country: "US" } }],
  ["a host of one's own with a cloud", { type: "sovereign-uc:index:Host", props: { cloud: "metal", country: "US" } }],
  ["a store in Finland", { type: "pulumi:providers:minio", props: { minioServer: "hel1.your-objectstorage.com" } }],
  ["a store of nobody", { type: "pulumi:providers:minio", props: { minioServer: "s3.example.org" } }],
  [
    "a store of the other client",
    { type: "pulumi:providers:aws", props: { endpoints: [{ s3: "https://a.sos-bg-sof-1.exo.io" }] } },
  ],
];

/** Parties behind providers, services and stores. */
export const parties: readonly Case[] = [
  [
    "a certificate that a cloud manages",
    { type: "hcloud:index/managedCertificate:ManagedCertificate", provider: ["hcloud"] },
  ],
  [
    "a certificate that a cloud manages, without its provider",
    { type: "hcloud:index/managedCertificate:ManagedCertificate" },
  ],
  ["a provider", provider("hcloud")],
  ["a provider without a party", provider("random")],
  ["a provider in no table", provider("a")],
  ["a resource of it", { type: "hcloud:index/sshKey:SshKey", provider: ["hcloud"] }],
  ["a resource without its provider", { type: "hcloud:index/sshKey:SshKey" }],
  ["a component", { type: "a:b:C" }],
  ["a service that another party operates", { type: "exoscale:index/domain:Domain", provider: ["exoscale"] }],
  ["a service without its provider", { type: "exoscale:index/domain:Domain" }],
  [
    "two stores of two parties",
    aws({ endpoints: [{ s3: "https://sos-ch-gva-2.exo.io" }, { s3: "https://fsn1.your-objectstorage.com" }] }),
  ],
  [
    "two stores of one party",
    aws({ endpoints: [{ s3: "https://nbg1.your-objectstorage.com" }, { s3: "https://fsn1.your-objectstorage.com" }] }),
  ],
  [
    "a refused provider with a store's endpoint",
    provider("digitalocean", { endpoints: [{ s3: "https://sos-ch-gva-2.exo.io" }] }),
  ],
  ["a store of one's own", aws({ endpoints: [{ s3: "https://s3.crisis.example.ch" }] })],
  ["a client without a store", aws({ endpoints: [] })],
];

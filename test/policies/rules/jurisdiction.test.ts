import { controllingEntity } from "../../../policies/rules/jur-002-controlling-entity";
import { locationAllowlist } from "../../../policies/rules/reg-001-location-allowlist-explicit";
import { providerAllowlist } from "../../../policies/rules/jur-001-provider-allowlist";
import { own, secret, shape, table, under, unknownString } from "../support";

const server = (props: Readonly<Record<string, unknown>>) => ({
  type: "hcloud:index/server:Server",
  props,
  provider: { type: "pulumi:providers:hcloud" },
});

describe("UC-JUR-001 provider-allowlist", () => {
  const s3 = {
    endpoints: '[{"s3":"https://sos-ch-gva-2.exo.io"}]',
    skipCredentialsValidation: "true",
    skipRequestingAccountId: "true",
  };
  shape(providerAllowlist);
  table(providerAllowlist, [
    { title: "it accepts a listed provider", resource: { type: "pulumi:providers:hcloud" }, expect: "passes" },
    { title: "it accepts a resource of a listed provider", resource: server({}), expect: "passes" },
    {
      title: "it accepts providers that contact nobody",
      resource: { type: "pulumi:providers:random" },
      expect: "passes",
    },
    {
      title: "it refuses a provider of a US company",
      resource: { type: "pulumi:providers:gcp" },
      expect: /provider "gcp" of Google LLC \(US/,
    },
    {
      title: "it refuses a resource of a refused provider",
      resource: { type: "azure-native:compute:VirtualMachine", provider: { type: "pulumi:providers:azure-native" } },
      expect: /provider "azure-native" of Microsoft/,
    },
    {
      title: "it refuses a resource of a refused package in a state that names no provider",
      resource: { type: "digitalocean:index/droplet:Droplet" },
      expect: /DigitalOcean/,
    },
    {
      title: "it refuses a provider that is in no table",
      resource: { type: "pulumi:providers:newcloud" },
      expect: /"newcloud", which is in no table/,
    },
    {
      title: "it accepts aws as a client of an accepted object store",
      resource: { type: "pulumi:providers:aws", props: s3 },
      expect: "passes",
    },
    {
      title: "it accepts a bucket made through such a client",
      resource: { type: "aws:s3/bucket:Bucket", provider: { type: "pulumi:providers:aws", props: s3 } },
      expect: "passes",
    },
    {
      title: "it refuses anything but buckets made through such a client",
      resource: { type: "aws:ec2/instance:Instance", provider: { type: "pulumi:providers:aws", props: s3 } },
      expect: /aws:ec2\/instance:Instance, for which no endpoint replaces Amazon/,
    },
    {
      title: "it refuses aws without an endpoint",
      resource: { type: "pulumi:providers:aws" },
      expect: /without an endpoint of its own/,
    },
    {
      title: "it refuses aws with one endpoint at Amazon",
      resource: {
        type: "pulumi:providers:aws",
        props: { ...s3, endpoints: [{ s3: "https://sos-ch-gva-2.exo.io", sts: "https://sts.amazonaws.com" }] },
      },
      expect: /with the endpoint sts\.amazonaws\.com/,
    },
    {
      title: "it refuses aws that asks Amazon who you are",
      resource: { type: "pulumi:providers:aws", props: { endpoints: s3.endpoints } },
      expect: /without skipCredentialsValidation and skipRequestingAccountId/,
    },
    ...["sos-ch-gva-2.exo.io", "fsn1.your-objectstorage.com"].map((minioServer) => ({
      title: `it accepts a bucket at ${minioServer}`,
      resource: {
        type: "minio:index/s3Bucket:S3Bucket",
        provider: { type: "pulumi:providers:minio", props: { minioServer } },
      },
      expect: "passes" as const,
    })),
    ...["s3.amazonaws.com", "s3.eu-central-1.amazonaws.com"].map((minioServer) => ({
      title: `it refuses a bucket at ${minioServer}`,
      resource: {
        type: "minio:index/s3Bucket:S3Bucket",
        provider: { type: "pulumi:providers:minio", props: { minioServer } },
      },
      expect: new RegExp(`with the endpoint ${minioServer.replaceAll(".", "\\.")}`),
    })),
    {
      title: "it refuses minio without an endpoint, which the environment would choose",
      resource: { type: "pulumi:providers:minio", props: {} },
      expect: /provider "minio" without an endpoint of its own/,
    },
    {
      title: "it refuses a look-alike of an object store",
      resource: { type: "pulumi:providers:minio", props: { minioServer: "sos-ch-gva-2.exo.io.example.org" } },
      expect: /with the endpoint sos-ch-gva-2\.exo\.io\.example\.org/,
    },
    {
      title: "it accepts an object store under an own domain",
      ...own,
      resource: { type: "pulumi:providers:minio", props: { minioServer: "s3.crisis.example.ch:9000" } },
      expect: "passes",
    },
    {
      title: "it refuses a look-alike of an own domain",
      ...own,
      resource: { type: "pulumi:providers:minio", props: { minioServer: "s3.mycrisis.example.ch" } },
      expect: /with the endpoint s3\.mycrisis/,
    },
    {
      title: "it cannot judge a provider whose settings are not known",
      resource: { type: "pulumi:providers:aws", props: { endpoints: unknownString } },
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a component",
      resource: { type: "sovereign-uc:index:Network", props: {} },
      expect: "says nothing",
    },
    {
      title: "it says nothing about the stack itself",
      resource: { type: "pulumi:pulumi:Stack" },
      expect: "says nothing",
    },
  ]);
});

describe("UC-JUR-002 controlling-entity", () => {
  shape(controllingEntity);
  table(controllingEntity, [
    ...["swiss", "european"].flatMap((profile) =>
      ["hcloud", "exoscale"].map((name) => ({
        title: `it accepts ${name} under the profile ${profile}`,
        ...under(profile),
        resource: { type: `pulumi:providers:${name}` },
        expect: "passes" as const,
      })),
    ),
    {
      title: "it refuses Hetzner under strict, since it has sites in the US",
      ...under("strict"),
      resource: server({}),
      expect: /its US nexus is "presence"/,
    },
    {
      title: "it refuses Exoscale under strict, since its parent is listed in New York",
      ...under("strict"),
      resource: { type: "pulumi:providers:exoscale" },
      expect: /its US nexus is "listed", since its group parent/,
    },
    ...["swiss", "european", "strict"].flatMap((profile) =>
      ["domain:Domain", "domainRecord:DomainRecord"].map((name) => ({
        title: `it refuses ${name} of Exoscale under ${profile}, since DNSimple runs that service`,
        ...under(profile),
        resource: { type: `exoscale:index/${name}`, provider: { type: "pulumi:providers:exoscale" } },
        expect:
          /Exoscale's DNS, which runs on the servers of DNSimple Corporation \(US, US nexus: controlled\): its US nexus is "controlled"/,
      })),
    ),
    {
      title: "it refuses them also in a state that names no provider",
      ...under("swiss"),
      resource: { type: "exoscale:index/domain:Domain" },
      expect: /DNSimple Corporation/,
    },
    {
      title: "it says both things that strict has against a name of Exoscale's",
      ...under("strict"),
      resource: { type: "exoscale:index/domain:Domain", provider: { type: "pulumi:providers:exoscale" } },
      expect: /its US nexus is "listed"[^]*DNSimple/,
    },
    {
      title: "it accepts Hetzner's zones under european, which Hetzner runs",
      ...under("european"),
      resource: { type: "hcloud:index/zone:Zone", provider: { type: "pulumi:providers:hcloud" } },
      expect: "passes",
    },
    {
      title: "it accepts a Swiss foundation's cloud under strict",
      ...under("strict"),
      resource: { type: "pulumi:providers:infomaniak" },
      expect: "passes",
    },
    {
      title: "it takes an endpoint for the store of another company only where a package is a client of stores",
      ...own,
      resource: {
        type: "pulumi:providers:digitalocean",
        props: { endpoints: [{ s3: "https://sos-ch-gva-2.exo.io" }] },
      },
      expect: /provider "digitalocean" of DigitalOcean/,
    },
    {
      title: "it refuses under strict what is only assumed",
      ...under("strict"),
      resource: { type: "pulumi:providers:scaleway" },
      expect: /assumed, not reviewed/,
    },
    {
      title: "it refuses under strict what is undetermined",
      ...under("strict"),
      resource: { type: "pulumi:providers:stackit" },
      expect: /its US nexus is undetermined/,
    },
    {
      title: "it accepts a named party under european although its nexus is undetermined",
      resource: { type: "pulumi:providers:stackit" },
      expect: "passes",
    },
    {
      title: "it refuses a US company under every profile",
      ...under("swiss"),
      resource: { type: "pulumi:providers:aws" },
      expect: /"controlled"/,
    },
    {
      title: "it judges the party behind an object store, not the package",
      ...under("strict"),
      resource: { type: "pulumi:providers:aws", props: { endpoints: [{ s3: "https://fsn1.your-objectstorage.com" }] } },
      expect: /Hetzner Online GmbH/,
    },
    {
      title: "it says nothing about a provider that no party answers for",
      resource: { type: "pulumi:providers:tls" },
      expect: "says nothing",
    },
    {
      title: "it leaves a provider in no table to UC-JUR-001",
      resource: { type: "pulumi:providers:newcloud" },
      expect: "says nothing",
    },
    {
      title: "it says nothing about a component",
      resource: { type: "sovereign-uc:index:Jitsi" },
      expect: "says nothing",
    },
  ]);
});

describe("UC-REG-001 location-allowlist-explicit", () => {
  const exoscale = (zone: unknown) => ({ type: "exoscale:index/computeInstance:ComputeInstance", props: { zone } });
  shape(locationAllowlist);
  table(locationAllowlist, [
    { title: "it accepts a German location under european", resource: server({ location: "fsn1" }), expect: "passes" },
    {
      title: "it refuses a US location",
      resource: server({ location: "ash" }),
      expect: /location "ash" \(Ashburn, US\); allowed: EU and Swiss locations \(profile european\): fsn1, nbg1, hel1/,
    },
    {
      title: "it refuses a German location under swiss",
      ...under("swiss"),
      resource: server({ location: "fsn1" }),
      expect: /none of hcloud/,
    },
    {
      title: "it accepts a Swiss zone under swiss",
      ...under("swiss"),
      resource: exoscale("ch-dk-2"),
      expect: "passes",
    },
    {
      title: "it refuses an Austrian zone under swiss",
      ...under("swiss"),
      resource: exoscale("at-vie-1"),
      expect: /allowed: Swiss locations \(profile swiss\): ch-gva-2, ch-dk-2/,
    },
    {
      title: "it reads a data centre as its location",
      resource: server({ datacenter: "hil-dc1" }),
      expect: /datacenter "hil-dc1" \(Hillsboro, US\)/,
    },
    {
      title: "it judges both when both are there",
      resource: server({ location: "fsn1", datacenter: "ash-dc1" }),
      expect: /ash-dc1/,
    },
    {
      title: "it refuses a location in no table",
      resource: exoscale("fr-par-1"),
      expect: /zone "fr-par-1", which is in no table/,
    },
    {
      title: "it does not take a code of another provider",
      resource: server({ location: "ch-gva-2" }),
      expect: /in no table/,
    },
    {
      title: "it refuses a missing location",
      resource: server({ serverType: "cx23" }),
      expect: /found no location and no datacenter; .* do: set location/,
    },
    { title: "it refuses an empty location", resource: server({ location: "" }), expect: /found no location/ },
    {
      title: "it refuses a location that is not known before the update, and not as a mere note",
      resource: server({ location: unknownString }),
      expect: /location that is not known before the update.*do: give location as a plain string/,
    },
    {
      title: "it judges a location that is marked secret",
      resource: server({ location: secret("ash") }),
      expect: /"ash"/,
    },
    {
      title: "it does not stumble over another unknown property",
      resource: server({ location: "ash", userData: unknownString }),
      expect: /"ash"/,
    },
    {
      title: "it judges network zones",
      resource: { type: "hcloud:index/networkSubnet:NetworkSubnet", props: { networkZone: "us-east" } },
      expect: /us-east/,
    },
    {
      title: "it accepts the network zone of Germany and Finland",
      resource: { type: "hcloud:index/networkSubnet:NetworkSubnet", props: { networkZone: "eu-central" } },
      expect: "passes",
    },
    {
      title: "it lets a volume follow its server",
      resource: { type: "hcloud:index/volume:Volume", props: { serverId: 7 } },
      expect: "passes",
    },
    {
      title: "it lets a volume follow a server that is not known yet",
      resource: { type: "hcloud:index/volume:Volume", props: { serverId: unknownString } },
      expect: "passes",
    },
    {
      title: "it refuses a volume that follows nothing",
      resource: { type: "hcloud:index/volume:Volume", props: { size: 10 } },
      expect: /found no location/,
    },
    {
      title: "it takes a load balancer's network zone for its location",
      resource: { type: "hcloud:index/loadBalancer:LoadBalancer", props: { networkZone: "eu-central" } },
      expect: "passes",
    },
    {
      title: "it refuses a load balancer in the US",
      resource: { type: "hcloud:index/loadBalancer:LoadBalancer", props: { location: "ash" } },
      expect: /location "ash" \(Ashburn, US\)/,
    },
    {
      title: "it accepts a load balancer in Germany",
      resource: { type: "hcloud:index/loadBalancer:LoadBalancer", props: { location: "fsn1" } },
      expect: "passes",
    },
    {
      title: "it refuses a floating address whose home is in the US",
      resource: { type: "hcloud:index/floatingIp:FloatingIp", props: { homeLocation: "hil" } },
      expect: /"hil" \(Hillsboro, US\)/,
    },
    ...["zone:Zone", "zoneRrset:ZoneRrset", "networkRoute:NetworkRoute", "loadBalancerService:LoadBalancerService"].map(
      (type) => ({
        title: `it says nothing about ${type}, which stands nowhere of its own`,
        resource: { type: `hcloud:index/${type}`, props: { zone: "crisis.example.ch" } },
        expect: "says nothing" as const,
      }),
    ),
    {
      title: "it judges where an object store lies",
      ...under("swiss"),
      resource: { type: "pulumi:providers:aws", props: { endpoints: [{ s3: "https://sos-de-fra-1.exo.io" }] } },
      expect: /object store sos-de-fra-1\.exo\.io in de-fra-1 \(DE\)/,
    },
    {
      title: "it accepts machines at a site in an allowed country",
      resource: { type: "sovereign-uc:index:Network", props: { cloud: "metal", location: "bern", country: "CH" } },
      expect: "passes",
    },
    {
      title: "it refuses machines at a site in the United States",
      resource: { type: "sovereign-uc:index:Network", props: { cloud: "metal", location: "lab", country: "US" } },
      expect: /machines at a site in US/,
    },
    {
      title: "it refuses machines in Germany under the Swiss profile",
      ...under("swiss"),
      resource: { type: "sovereign-uc:index:Network", props: { cloud: "metal", location: "lab", country: "DE" } },
      expect: /machines at a site in DE/,
    },
    {
      title: "it refuses machines at a site without a country",
      resource: { type: "sovereign-uc:index:Network", props: { cloud: "metal", location: "lab" } },
      expect: /machines at a site without a country/,
    },
    {
      title: "it refuses a country that is not known before the update",
      resource: { type: "sovereign-uc:index:Network", props: { cloud: "metal", country: unknownString } },
      expect: /machines at a site without a country/,
    },
    {
      title: "it says nothing about a network of a provider, whose own resources it judges",
      resource: { type: "sovereign-uc:index:Network", props: { cloud: "hetzner", location: "ash" } },
      expect: "says nothing",
    },
    {
      title: "it does not mistake a DNS zone for a place",
      resource: { type: "hcloud:index/zoneRecord:ZoneRecord", props: { zone: "crisis.example.ch" } },
      expect: "says nothing",
    },
    {
      title: "it says nothing about what stands nowhere",
      resource: { type: "hcloud:index/firewall:Firewall" },
      expect: "says nothing",
    },
  ]);
});

import { type Fact, lastReview as reviewed } from "./fact";

/** A location of a provider. */
export interface LocationFact extends Fact {
  readonly provider: "hcloud" | "exoscale";
  /** `location`: a site or zone. `network-zone`: a group of sites. */
  readonly kind: "location" | "network-zone";
  readonly code: string;
  readonly place: string;
  /** Countries in which it lies. */
  readonly countries: readonly string[];
}

const hetzner = (code: string, place: string, country: string): LocationFact => ({
  provider: "hcloud",
  kind: "location",
  code,
  place,
  countries: [country],
  source: "https://docs.hetzner.com/cloud/general/locations/",
  reviewed,
});

const hetznerZone = (code: string, place: string, countries: readonly string[]): LocationFact => ({
  provider: "hcloud",
  kind: "network-zone",
  code,
  place,
  countries,
  source: "hetznercloud/hcloud-go hcloud/network.go at b8cfa39 (NetworkZone constants)",
  reviewed,
});

const exoscale = (code: string, place: string, country: string): LocationFact => ({
  provider: "exoscale",
  kind: "location",
  code,
  place,
  countries: [country],
  source: "exoscale/egoscale v3/schemas.go at d767924d (ZoneName); cities: https://www.exoscale.com/datacenters/",
  reviewed,
});

export const locations: readonly LocationFact[] = [
  hetzner("fsn1", "Falkenstein", "DE"),
  hetzner("nbg1", "Nuremberg", "DE"),
  hetzner("hel1", "Helsinki", "FI"),
  hetzner("ash", "Ashburn", "US"),
  hetzner("hil", "Hillsboro", "US"),
  hetzner("sin", "Singapore", "SG"),
  hetznerZone("eu-central", "Germany and Finland", ["DE", "FI"]),
  hetznerZone("us-east", "Ashburn", ["US"]),
  hetznerZone("us-west", "Hillsboro", ["US"]),
  hetznerZone("ap-southeast", "Singapore", ["SG"]),
  exoscale("ch-gva-2", "Geneva", "CH"),
  exoscale("ch-dk-2", "Zurich", "CH"),
  exoscale("de-fra-1", "Frankfurt", "DE"),
  exoscale("de-muc-1", "Munich", "DE"),
  exoscale("at-vie-1", "Vienna", "AT"),
  exoscale("at-vie-2", "Vienna", "AT"),
  exoscale("bg-sof-1", "Sofia", "BG"),
  exoscale("hr-zag-1", "Zagreb", "HR"),
];

/** Properties in which a resource states its location. */
export interface PlacementFact extends Fact {
  readonly type: string;
  /** Properties of which one must be set, and the kind of location in each. */
  readonly properties: Readonly<Record<string, "location" | "datacenter" | "network-zone">>;
  /** Properties that place it at the location of another resource of the stack. */
  readonly follows: readonly string[];
}

const hcloud = (
  name: string,
  properties: PlacementFact["properties"],
  page: string,
  follows: readonly string[] = [],
): PlacementFact => ({
  type: `hcloud:index/${name}`,
  properties,
  follows,
  source: `hetznercloud/terraform-provider-hcloud docs/resources/${page}.md at f81c9af4`,
  reviewed,
});

const zoned = (name: string): PlacementFact => ({
  type: `exoscale:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`,
  properties: { zone: "location" },
  follows: [],
  source: "schema of the exoscale package, version 0.66.1",
  reviewed,
});

const site = { location: "location", datacenter: "datacenter" } as const;

export const placements: readonly PlacementFact[] = [
  hcloud("server:Server", site, "server"),
  hcloud("volume:Volume", { location: "location" }, "volume", ["serverId"]),
  hcloud("primaryIp:PrimaryIp", site, "primary_ip", ["assigneeId"]),
  hcloud("floatingIp:FloatingIp", { homeLocation: "location" }, "floating_ip", ["serverId"]),
  hcloud("loadBalancer:LoadBalancer", { location: "location", networkZone: "network-zone" }, "load_balancer"),
  hcloud("storageBox:StorageBox", { location: "location" }, "storage_box"),
  hcloud("networkSubnet:NetworkSubnet", { networkZone: "network-zone" }, "network_subnet"),
  ...[
    "BlockStorageVolume",
    "BlockStorageVolumeSnapshot",
    "ComputeInstance",
    "Database",
    "Dbaas",
    "DbaasKafkaUser",
    "DbaasMysqlDatabase",
    "DbaasMysqlUser",
    "DbaasOpensearchUser",
    "DbaasPgDatabase",
    "DbaasPgUser",
    "ElasticIp",
    "InstancePool",
    "Nlb",
    "NlbService",
    "PrivateNetwork",
    "SksCluster",
    "SksKubeconfig",
    "SksNodepool",
    "SosBucketPolicy",
  ].map(zoned),
];

import { type HetznerSize, serverSizes } from "../../../../../components/clouds/hetzner/sizes";
/**
 * Facts about Hetzner's resources beyond the declarations of @pulumi/hcloud.
 *
 * | facts | source |
 * |---|---|
 * | network zones | hetznercloud/hcloud-go v2.47.0, `hcloud/network.go` |
 * | zone of a location, default location | Hetzner's list of locations; the default is ours: the real one is chosen by Hetzner |
 * | sizes of host types | `components/clouds/hetzner/sizes.ts` |
 * | types that are gone are not found, or refused at a location | hcloud's own words in Dakera-AI/dakera-deploy#185 and #187 of 2026-06-15 (cx32, cpx31), roots/trellis-cli#622 of 2025-12-30 (cax11 in ash), trailofbits/algo#14562 of 2022-12-07 (cx in ash and hil) |
 * | labels | hetznercloud/hcloud-go v2.47.0, `hcloud/labels.go` |
 * | plan-time refusals | hetznercloud/terraform-provider-hcloud f81c9af4, `internal/{server,network,firewall,placementgroup,primaryip}/` |
 * | error codes | hetznercloud/hcloud-go v2.47.0, `hcloud/error.go` |
 * | what stays as it is where the program says nothing, planned defaults, sets | terraform-provider-hcloud v1.66.1, the `resource.go` of each under `internal/` (Optional with Computed, Default, TypeSet); seen at the plugin pulumi-hcloud c3608de6 |
 * | what replaces | schema of pulumi-hcloud 1.39.1; SshKey and PrimaryIp: `internal/{sshkey,primaryip}/resource.go` |
 * | 10 per spread group, 100 per network, 32 KiB of user data, volumes from 10 GB | Hetzner's API reference |
 * | balancer: port and target rules, one network, ids | terraform-provider-hcloud, `internal/loadbalancer/resource_service.go` and `resource_network.go` at 07612b07, `resource_target.go` at 10059029; hcloud-go `hcloud/error.go` at 0a533095 |
 * | balancer types | lb11 as in the example of Hetzner's API reference; lb21 and lb31 as in the price list, not at hand: unverified |
 * | seconds and tries of a balancer's checks, life of a record | Hetzner's API reference, not at hand: unverified |
 * | resources of the plugin framework, which the bridge never deletes first by itself | the same at v1.66.1 and v1.68.0, `hcloud/plugin_provider.go`, Resources; all others: `hcloud/provider.go`, ResourcesMap; names made up: pulumi-hcloud c3608de6, `provider/resources.go`, SetAutonaming |
 * | zones and record sets: what replaces, texts, name servers of a mode | terraform-provider-hcloud, `internal/zone/resource.go` at 15d07419, `internal/zonerrset/resource.go` at 005bf783 |
 * | record types, name servers | hcloud-go's list of record types without SOA, which the API makes; names of the servers: unverified but for the first |
 * | destination and gateway of a route | Hetzner's API reference, add_route: RFC 1918 or 0.0.0.0/0, apart from subnets and other routes |
 * | a vSwitch in eu-central only, servers not in its subnet | docs.hetzner.com/cloud/networks/faq of 2024-12-11 and `networking/networks/technical-concepts/architecture` |
 * | one vSwitch in one network | hcloud-go `hcloud/error.go` at 0a533095 (vswitch_id_already_used) |
 * | a network with members is not deleted | stricter than the API, which detaches members by itself: a wrong order has to show |
 */
export const locations: Readonly<Record<string, string>> = {
  fsn1: "eu-central",
  nbg1: "eu-central",
  hel1: "eu-central",
  ash: "us-east",
  hil: "us-west",
  sin: "ap-southeast",
};

/** Resources of the plugin framework. */
export const framework: readonly string[] = [
  "hcloud:index/loadBalancerNetwork:LoadBalancerNetwork",
  "hcloud:index/primaryIp:PrimaryIp",
  "hcloud:index/sshKey:SshKey",
  "hcloud:index/zone:Zone",
  "hcloud:index/zoneRrset:ZoneRrset",
];

export const defaultLocation = "fsn1";

export const networkZones: readonly string[] = ["eu-central", "us-east", "us-west", "ap-southeast"];

export interface HostType extends HetznerSize {
  readonly architecture: "x86" | "arm";
}

export const hostTypes: Readonly<Record<string, HostType>> = Object.fromEntries(
  Object.entries(serverSizes).map(([name, size]) => [
    name,
    { ...size, architecture: name.startsWith("cax") ? "arm" : "x86" },
  ]),
);

/** The network zones of a host type whose name begins so. */
export const typeZones: readonly (readonly [name: RegExp, zones: readonly string[]])[] = [
  [/^cpx\d1$/, ["us-east", "us-west", "ap-southeast"]],
  [/^(cx|cax)\d/, ["eu-central"]],
];

/** Names of Hetzner's own images; snapshots are numbers. */
export const images =
  /^(debian-1[1-9]|ubuntu-2[0-9]\.04|fedora-\d+|rocky-\d+|alma-\d+|centos-stream-\d+|opensuse-\d+)$/;

export const limits = {
  perSpreadGroup: 10,
  perNetwork: 100,
  userDataBytes: 32 * 1024,
  volumeGb: 10,
  checkSeconds: { least: 3, most: 60 },
  ttl: { least: 60, most: 2 ** 31 - 1 },
} as const;

export const balancerTypes: Readonly<Record<string, { readonly services: number; readonly targets: number }>> = {
  lb11: { services: 5, targets: 25 },
  lb21: { services: 15, targets: 75 },
  lb31: { services: 30, targets: 150 },
};

export const recordTypes: readonly string[] = [
  "A",
  "AAAA",
  "CAA",
  "CNAME",
  "DS",
  "HINFO",
  "HTTPS",
  "MX",
  "NS",
  "PTR",
  "RP",
  "SRV",
  "SVCB",
  "TLSA",
  "TXT",
];

/** The zone whose subnets a vSwitch can be coupled with. */
export const vSwitchZone = "eu-central";

export const labelKey =
  /^([a-z0-9A-Z]((?:[-_.]|[a-z0-9A-Z]){0,253}[a-z0-9A-Z])?\/)?[a-z0-9A-Z]((?:[-_.]|[a-z0-9A-Z]){0,61}[a-z0-9A-Z])?$/;
export const labelValue = /^(([a-z0-9A-Z](?:[-_.]|[a-z0-9A-Z]){0,61})?[a-z0-9A-Z]$|$)/;

/** A server's name is its host name (RFC 1123). */
export const hostName = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

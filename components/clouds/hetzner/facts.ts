interface Place {
  readonly city: string;
  readonly country: string;
  readonly networkZone: string;
}

/** A location code and its network zone. Source: hcloud-go `network.go` (NetworkZone constants) and the provider's location list. */
export const locations = {
  fsn1: { city: "Falkenstein", country: "DE", networkZone: "eu-central" },
  nbg1: { city: "Nuremberg", country: "DE", networkZone: "eu-central" },
  hel1: { city: "Helsinki", country: "FI", networkZone: "eu-central" },
  ash: { city: "Ashburn", country: "US", networkZone: "us-east" },
  hil: { city: "Hillsboro", country: "US", networkZone: "us-west" },
  sin: { city: "Singapore", country: "SG", networkZone: "ap-southeast" },
} as const satisfies Readonly<Record<string, Place>>;

/** Location codes of Hetzner Cloud. */
export type HetznerLocation = keyof typeof locations;

export const isLocation = (value: unknown): value is HetznerLocation =>
  typeof value === "string" && Object.hasOwn(locations, value);

/** The zone that can be coupled with a vSwitch. Source: docs.hetzner.com/cloud/networks/faq of 2024-12-11. */
export const vSwitchZone = "eu-central";

/** Locations with an object store. Source: docs.hetzner.com/storage/object-storage/overview, table of endpoints. */
export const objectStoreLocations: readonly HetznerLocation[] = ["fsn1", "nbg1", "hel1"];

/**
 * Balancer types from small to large. Those of lb11 stand in the load balancer example of Hetzner's API reference; those of the others come from the price
 * list, which was not at hand: unverified.
 */
export const balancerTypes = {
  lb11: { services: 5, targets: 25 },
  lb21: { services: 15, targets: 75 },
  lb31: { services: 30, targets: 150 },
} as const;

export type BalancerType = keyof typeof balancerTypes;

/** Hetzner's cloud API: user data of at most 32 KiB. */
export const userDataLimit = 32 * 1024;

/** Hetzner's cloud API: a spread placement group has at most 10 members. */
export const hostsPerSpreadGroup = 10;

/** Hetzner's cloud API: a network has at most 100 members, load balancers included. */
export const hostsPerNetwork = 100;

/** A network carries packets of 1450 bytes; DHCP says so. Source: interfaces shown in mysticaltech/terraform-hcloud-kube-hetzner, pull request 847. */
export const networkMtu = 1450;

/**
 * Why no type has graphics processors.
 *
 * | fact | source |
 * |---|---|
 * | a server type of the cloud has cores, memory and disk, and no property for graphics processors | hcloud-go `schema/server_type.go` at 04cfd082 |
 * | dedicated servers have them (GEX) | Hetzner's price list: unverified |
 */
export const noGraphics = "Hetzner's cloud has none: bring dedicated servers as metal(…)";

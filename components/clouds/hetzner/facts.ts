/** A location code and its network zone. Source: hcloud-go `network.go` (NetworkZone constants) and the provider's location list. */
export const locations: Readonly<
  Record<string, { readonly city: string; readonly country: string; readonly networkZone: string }>
> = {
  fsn1: { city: "Falkenstein", country: "DE", networkZone: "eu-central" },
  nbg1: { city: "Nuremberg", country: "DE", networkZone: "eu-central" },
  hel1: { city: "Helsinki", country: "FI", networkZone: "eu-central" },
  ash: { city: "Ashburn", country: "US", networkZone: "us-east" },
  hil: { city: "Hillsboro", country: "US", networkZone: "us-west" },
  sin: { city: "Singapore", country: "SG", networkZone: "ap-southeast" },
};

/** Hetzner's cloud API: user data of at most 32 KiB. */
export const userDataLimit = 32 * 1024;

/** Hetzner's cloud API: a spread placement group has at most 10 members. */
export const hostsPerSpreadGroup = 10;

/** Hetzner's cloud API: a network has at most 100 members. */
export const hostsPerNetwork = 100;

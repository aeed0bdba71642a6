/** Zones. Source: egoscale v3 `schemas.go`, ZoneName. */
export const zones = {
  "ch-gva-2": { city: "Geneva", country: "CH" },
  "ch-dk-2": { city: "Zurich", country: "CH" },
  "de-fra-1": { city: "Frankfurt", country: "DE" },
  "de-muc-1": { city: "Munich", country: "DE" },
  "at-vie-1": { city: "Vienna", country: "AT" },
  "at-vie-2": { city: "Vienna", country: "AT" },
  "bg-sof-1": { city: "Sofia", country: "BG" },
  "hr-zag-1": { city: "Zagreb", country: "HR" },
} as const satisfies Readonly<Record<string, { readonly city: string; readonly country: string }>>;

export type ExoscaleZone = keyof typeof zones;

/**
 * Families of GPU types and the zones that have them; a family without a row is not refused anywhere, since nobody has seen where it is.
 *
 * | family | source |
 * |---|---|
 * | gpu3, gpu3080ti, gpua5000, gpurtx6000pro | Exoscale's documentation of Dedicated Inference, limits and quotas: what its CLI prints of families and zones. An example; a real account prints its own (`exo compute instance-type list`) |
 * | gpu, gpu2, gpua30, gpub300 | names: egoscale v3 `schemas.go`, InstanceTypeFamily; zones: unverified |
 */
export const gpuZones: Readonly<Record<string, readonly ExoscaleZone[]>> = {
  gpu3: ["de-fra-1"],
  gpu3080ti: ["at-vie-2"],
  gpua5000: ["at-vie-2"],
  gpurtx6000pro: ["ch-dk-2", "de-fra-1", "hr-zag-1"],
};

/** Prefix of the names of all families with graphics processors. Source: egoscale v3 `schemas.go`, InstanceTypeFamily. */
export const gpuFamilies = "gpu";

/** Text whose base64 is shorter than 32,768 characters. Source: exoscale/terraform-provider-exoscale v0.66.0, compute instance. */
export const userDataLimit = 24_573;

/** Exoscale's default quota of hosts per anti-affinity group is the number of physical machines that it can spread over; the API refuses more than 8. */
export const hostsPerSpreadGroup = 8;

/** Only its range limits the hosts in a network of layer 2. */
export const hostsPerNetwork = Infinity;

/**
 * Why a cluster on hosts of ours cannot grow here. Source: kubernetes/autoscaler 1.35.2 (2d42588), `cluster-autoscaler/cloudprovider/exoscale/`: `NodeGroupForNode`
 * fails at every node that is no instance by its provider id, and finds a pool only by a member that has joined; `MinSize` is 1 and `MaxSize` the account's quota.
 */
export const noAutoscaling =
  "upstream's autoscaler knows no bound but the account's quota here and fails at nodes that it did not make; size the application pool for the largest load";

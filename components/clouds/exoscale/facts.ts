/** Zones. Source: egoscale v3 `schemas.go`, ZoneName. */
export const zones: Readonly<Record<string, { readonly city: string; readonly country: string }>> = {
  "ch-gva-2": { city: "Geneva", country: "CH" },
  "ch-dk-2": { city: "Zurich", country: "CH" },
  "de-fra-1": { city: "Frankfurt", country: "DE" },
  "de-muc-1": { city: "Munich", country: "DE" },
  "at-vie-1": { city: "Vienna", country: "AT" },
  "at-vie-2": { city: "Vienna", country: "AT" },
  "bg-sof-1": { city: "Sofia", country: "BG" },
  "hr-zag-1": { city: "Zagreb", country: "HR" },
};

/** Text whose base64 is shorter than 32,768 characters. Source: exoscale/terraform-provider-exoscale v0.66.0, compute instance. */
export const userDataLimit = 24_573;

/** Exoscale's default quota of hosts per anti-affinity group is the number of physical machines that it can spread over; the API refuses more than 8. */
export const hostsPerSpreadGroup = 8;

/** What a network of layer 2 takes is bounded by its range alone. */
export const hostsPerNetwork = Infinity;

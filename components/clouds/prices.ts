/**
 * Trust in a figure that comes from outside.
 *
 * - `agreed`: two published readings of the provider's own list agree.
 * - `single`: one published reading.
 * - `unverified`: no reading at hand, or an assumption.
 *
 * None was read from the provider here: its list needs a browser or an account.
 */
export type Confidence = "agreed" | "single" | "unverified";

/** A figure with its origin. */
export interface Sourced {
  /** Page, file and revision, or post. */
  readonly source: string;
  /** Day on which the source read it, in ISO 8601. */
  readonly seen: string;
  readonly confidence: Confidence;
}

/** A list price in euros, without tax. */
export interface Price extends Sourced {
  readonly euros: number;
}

/** List prices of a cloud at some of its locations. A part without a price is undefined: it is named in the result, never counted as nothing. */
export interface PriceList {
  /** A host of a type for a month, with its system disk where the type has one. */
  readonly hosts: Readonly<Record<string, Price>>;
  /** A public IPv4 address of a host for a month. */
  readonly address: Price | undefined;
  /** An address that outlives its host, for a month; undefined where no price is known. */
  readonly lastingAddress: Price | undefined;
  /** A GiB of a data volume for a month. */
  readonly volumeGib: Price | undefined;
  /** A GiB of a system disk for a month; 0 where the type includes it. */
  readonly diskGib: Price | undefined;
  /** A TB (10^12 bytes) that leaves the cloud above what is included. */
  readonly trafficTb: Price;
  /** TB that a host of a type includes in a month in which it sends in so many hours; undefined for an unknown type. */
  readonly includedTb: (type: string, hours: number) => (Sourced & { readonly tb: number }) | undefined;
  /** True if all hosts share what each includes, false if it is counted per host. */
  readonly sharedTraffic: boolean;
}

/** Hours of a month, as clouds bill it. */
export const hoursPerMonth = 730;

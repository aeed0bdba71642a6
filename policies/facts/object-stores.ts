import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** An S3 endpoint of an accepted cloud. It is reached with the `aws` or `minio` package, but Amazon does not operate it. */
export interface ObjectStoreFact extends Fact {
  readonly host: string;
  readonly party: EntityId;
  /** Country in which the objects are stored. */
  readonly country: string;
  /** Location code of the cloud. */
  readonly location: string;
}

const exoscale = (location: string, country: string): ObjectStoreFact => ({
  host: `sos-${location}.exo.io`,
  party: "exoscale",
  country,
  location,
  source: "https://community.exoscale.com/product/storage/object-storage/",
  reviewed,
});

const hetzner = (location: string, country: string): ObjectStoreFact => ({
  host: `${location}.your-objectstorage.com`,
  party: "hetzner",
  country,
  location,
  source: "https://docs.hetzner.com/storage/object-storage/overview/",
  reviewed,
});

export const objectStores: readonly ObjectStoreFact[] = [
  exoscale("ch-gva-2", "CH"),
  exoscale("ch-dk-2", "CH"),
  exoscale("de-fra-1", "DE"),
  exoscale("de-muc-1", "DE"),
  exoscale("at-vie-1", "AT"),
  exoscale("at-vie-2", "AT"),
  exoscale("bg-sof-1", "BG"),
  exoscale("hr-zag-1", "HR"),
  hetzner("fsn1", "DE"),
  hetzner("nbg1", "DE"),
  hetzner("hel1", "FI"),
];

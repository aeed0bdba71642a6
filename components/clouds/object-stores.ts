import type * as pulumi from "@pulumi/pulumi";
import type { Secret } from "../core/secret";

/** An object store and its capabilities. */
export interface ObjectStore {
  /** Host of the S3 API of a location: `sos-ch-gva-2.exo.io`. */
  endpoint(location: string): string;
  /** Region as it stands in signatures. */
  region(location: string): string;
  /** True if writers can lock single objects against deletion. */
  readonly retention: boolean;
  /** True if a bucket can delete former versions by itself, after days. */
  readonly expiry: boolean;
  /** True if the store encrypts what lies on its disks, with keys of its own. */
  readonly encryption: boolean;
  readonly keys: MadeKeys | GivenKeys;
}

/** A store with an interface that makes keys, each with rights of its own. It encrypts by itself, and deletes nothing by itself. */
export type MakingStore = ObjectStore & {
  readonly encryption: true;
  readonly expiry: false;
  readonly keys: MadeKeys;
};

/** A store whose keys are made by hand and reach every bucket of a project. It encrypts nothing by itself, and deletes former versions where a bucket says so. */
export type PlainStore = ObjectStore & {
  readonly encryption: false;
  readonly expiry: true;
  readonly keys: GivenKeys;
};

/** `write`: reads, writes and deletes objects, but neither a former version nor anything about the bucket. `read`: reads. */
export type StoreRights = "write" | "read";
export const storeRights: readonly StoreRights[] = ["write", "read"];

/** Rights of a key that a store makes. `expire`: lists versions and deletes them, and neither reads nor writes; for `BucketExpiry`, where the store has no rules of its own. */
export type MadeRights = StoreRights | "expire";
export const madeRights: readonly MadeRights[] = [...storeRights, "expire"];

/** A key of a store. */
export interface StoreKey {
  readonly accessKey: Secret;
  readonly secretKey: Secret;
}

export interface MadeKeySpec {
  readonly bucket: string;
  readonly service: string;
  readonly rights: MadeRights;
  /** Another one makes another key, and deletes the one before after everything that used it has changed. */
  readonly generation: string;
}

/** Keys that the provider makes. */
export interface MadeKeys {
  readonly kind: "made";
  make(name: string, spec: MadeKeySpec, opts: pulumi.CustomResourceOptions): StoreKey;
}

export interface GivenKeysSpec {
  readonly bucket: string;
  /** Key that makes the bucket and sets its rules. */
  readonly maker: pulumi.Input<string>;
  readonly services: readonly { readonly rights: StoreRights; readonly accessKey: Secret }[];
}

/** Keys that are made by hand. */
export interface GivenKeys {
  readonly kind: "given";
  /** Policy of a bucket: it shuts out every key that is not named, and each service's key from what it has no right to. @throws RangeError where the keys cannot be named. */
  policy(spec: GivenKeysSpec): pulumi.Output<string>;
}

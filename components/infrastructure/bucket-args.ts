import type * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../clouds/cloud";
import type { MadeRights, MakingStore, PlainStore, StoreRights } from "../clouds/object-stores";
import { madeRights, storeRights } from "../clouds/object-stores";
import { each, invalid, type Keys, validate } from "../core/errors";
import { dnsLabel } from "../core/names";
import { readSecret, type Secret, secretKeys } from "../core/secret";
import { oneOf, record } from "../core/shapes";

/** A service that uses a bucket, in a store that makes its key. */
export interface BucketService {
  /** `write` reads, writes and deletes, but no former version; `read` reads; `expire` deletes versions and reads nothing: the key of a `BucketExpiry`. @default "write" */
  readonly rights?: MadeRights;
}

/** A service that uses a bucket, in a store whose keys are made by hand. */
export interface BucketServiceWithKey {
  /** `write` reads, writes and deletes, but no former version; `read` reads. The store deletes those that are due by itself: `formerDays`. @default "write" */
  readonly rights?: StoreRights;
  /** Key that was made for this service and this bucket. One with a `previous` lets in both. */
  readonly accessKey: Secret;
  readonly secretKey: Secret;
}

export interface BucketSettings {
  /** Location code of the cloud: `ch-gva-2`. The objects lie there. */
  readonly location: string;
  /** Name in the store, which no other customer of it has; 3 to 63 characters. @default - the component's name */
  readonly bucket?: string;
  /** Key of the store's API that makes the bucket and sets its rules. No service gets it. */
  readonly accessKey: pulumi.Input<string>;
  /** Its secret. */
  readonly secretKey: pulumi.Input<string>;
  /** Generation of the services' keys where the store makes them. Another one makes other keys, and deletes the former ones after their users have changed. @default "1" */
  readonly keyGeneration?: string;
  /** True if writers may lock single objects against deletion (S3 object lock). Changing it replaces the bucket. @default false */
  readonly lockable?: boolean;
  /** Nobody's here: neither store can be told to lock whatever is written to a bucket. Evidence belongs into `planStorage`. */
  readonly evidenceDays?: never;
  /** True if the bucket is protected: neither a destroy nor a replacement deletes it. A bucket with objects is deleted in no case. @default true */
  readonly keepData?: boolean;
}

export interface BucketInMakingStore {
  readonly cloud: Cloud & { readonly objectStore: MakingStore };
  /** Services that use it, by name: each gets a key for this bucket alone. @default {} */
  readonly services?: Readonly<Record<string, BucketService>>;
  readonly formerDays?: never;
  readonly encryptedByWriters?: never;
}

export interface BucketInPlainStore {
  readonly cloud: Cloud & { readonly objectStore: PlainStore };
  /** Services that use it, by name, each with its key: the bucket's policy shuts out all others. @default {} */
  readonly services?: Readonly<Record<string, BucketServiceWithKey>>;
  /** Days after which a version that was written over or deleted goes for good. @default - never */
  readonly formerDays?: number;
  /** The importer's word that whoever writes encrypts beforehand or sends a key with each request: the store does not. */
  readonly encryptedByWriters: true;
}

/** In a store that is known only when the program runs. */
export interface BucketInSomeStore {
  readonly cloud: Cloud;
  readonly services?: never;
  readonly formerDays?: never;
  readonly encryptedByWriters: true;
}

export type BucketArgs = BucketSettings & (BucketInMakingStore | BucketInPlainStore | BucketInSomeStore);

export const bucketArgsKeys: Keys<BucketArgs> = {
  cloud: true,
  location: true,
  bucket: true,
  accessKey: true,
  secretKey: true,
  keyGeneration: true,
  lockable: true,
  evidenceDays: true,
  keepData: true,
  services: each({ rights: true, accessKey: secretKeys, secretKey: secretKeys }),
  formerDays: true,
  encryptedByWriters: true,
};

/** A service with everything that it has. */
export interface ReadService {
  readonly rights: MadeRights;
  readonly key?: { readonly accessKey: Secret; readonly secretKey: Secret };
}

/** A service of either kind of store, as a program without types gives it. */
type LooseService = Partial<Omit<BucketServiceWithKey, "rights">> & BucketService;

/**
 * Reads the services of a bucket.
 *
 * @param given true if their keys are given, false if the store makes them.
 * @throws RangeError with every problem.
 */
export function bucketServices(
  services: Readonly<Record<string, LooseService>>,
  given: boolean,
): Readonly<Record<string, ReadService>> {
  record(services, "services by name", given ? "{ chat: { accessKey, secretKey } }" : "{ chat: {} }");
  return validate(
    Object.fromEntries(
      Object.entries(services).map(([name, service]) => [name, () => readService(name, service, given)]),
    ),
  );
}

function readService(name: string, service: LooseService, given: boolean): ReadService {
  dnsLabel(name, 20);
  const {
    rights = "write",
    accessKey,
    secretKey,
  } = record<LooseService>(service, "a service", given ? "{ accessKey, secretKey }" : '{ rights: "read" }');
  if (!given && (accessKey !== undefined || secretKey !== undefined))
    throw invalid("a service without a key", "one with a key", "leave it out: this store makes a key for each service");
  const valid = validate({
    rights: () => {
      if (given && rights === "expire")
        throw invalid(
          "rights out of write, read, where the store deletes former versions by itself",
          rights,
          "give formerDays to the bucket",
        );
      return oneOf(rights, "rights", given ? storeRights : madeRights);
    },
    ...(given ? { accessKey: () => readSecret(accessKey), secretKey: () => readSecret(secretKey) } : {}),
  }) as { readonly rights: MadeRights; readonly accessKey?: Secret; readonly secretKey?: Secret };
  return {
    rights: valid.rights,
    ...(valid.accessKey === undefined || valid.secretKey === undefined
      ? {}
      : { key: { accessKey: valid.accessKey, secretKey: valid.secretKey } }),
  };
}

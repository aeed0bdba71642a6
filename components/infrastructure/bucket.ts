import * as pulumi from "@pulumi/pulumi";
import { givenCloud } from "../clouds/cloud";
import { storedBucket } from "../clouds/object-store";
import type { ObjectStore, StoreKey } from "../clouds/object-stores";
import { type BucketAccess, type Reachable } from "../core/connections";
import { givenArgs, invalid, validateArgs } from "../core/errors";
import { dnsLabel } from "../core/names";
import { countInRange } from "../core/numbers";
import { generationName, usedAfter } from "../core/secret";
import { fields, flag, record, text } from "../core/shapes";
import { type BucketArgs, bucketArgsKeys, bucketServices, type ReadService } from "./bucket-args";

export type {
  BucketArgs,
  BucketInMakingStore,
  BucketInPlainStore,
  BucketInSomeStore,
  BucketService,
  BucketServiceWithKey,
  BucketSettings,
} from "./bucket-args";

/**
 * A bucket in the object store of a cloud: private and versioned, so that what is overwritten or deleted can be had back, with a key for each service that uses it.
 *
 * | | Exoscale | Hetzner |
 * |---|---|---|
 * | keys of services | made: a role that allows this bucket and these operations, and nothing else | given, since only the console makes them; the bucket's policy shuts out every other key, and each from what it may not do |
 * | a service's key on other buckets | refused | as their policies say: a bucket of the project without one is open to it |
 * | encryption at rest | by the store, with its own keys | none: whoever writes encrypts, which has to be said here |
 * | former versions | stay, since there are no rules of expiry: `BucketExpiry` deletes those that are due | go after `formerDays` |
 * | locks | of single objects, by writers, until lifted | of single objects, by writers, until a day |
 *
 * No key of a service changes the bucket's rules, or deletes a former version (at Exoscale that last one is unverified), but for one with the rights `expire`, which does nothing else. A lock for all objects of a bucket, for days, is
 * not to be had in either: Exoscale names none, and the client's plugin has no resource that would set Hetzner's. The component `Storage` has it.
 *
 * @example
 * const archive = new Bucket("archive", {
 *   cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
 *   location: "ch-dk-2",
 *   accessKey: new pulumi.Config().requireSecret("storeKey"),
 *   secretKey: new pulumi.Config().requireSecret("storeSecret"),
 *   services: { records: {} },
 * });
 * const access = archive.access("records", platform.proxy);
 */
export class Bucket extends pulumi.ComponentResource {
  /** Name in the store, known once the bucket is there. */
  readonly bucket: pulumi.Output<string>;
  /** Endpoint of the S3 API: `https://sos-ch-dk-2.exo.io`. */
  readonly endpoint: string;
  /** Region as it stands in signatures. */
  readonly region: string;
  /** Resources that a service which uses it depends on. */
  readonly ready: readonly pulumi.Resource[];

  private readonly named: string;
  private readonly keys: Readonly<Record<string, StoreKey>>;

  constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, bucketArgsKeys);
    const { cloud, location, bucket = name, lockable = false, keepData = true, formerDays, keyGeneration = "1" } = args;
    const { accessKey, secretKey, services = {} } = args;
    const rights = Object.fromEntries(
      Object.entries(services).map(([service, of]) => [service, of?.rights ?? "write"]),
    );
    const plain = { cloud: fields(cloud).id, location, bucket, lockable, keepData, formerDays, keyGeneration };
    super("sovereign-uc:index:Bucket", name, { ...plain, services: rights }, opts);

    validateArgs(this, name, { cloud: () => givenCloud(cloud) });
    const store: ObjectStore | undefined = cloud.objectStore;
    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name, 63),
      cloud: () => {
        if (store === undefined)
          throw invalid(
            "a cloud with an object store",
            cloud.id,
            cloud.absent.objectStore ?? "make the bucket in another cloud",
          );
        return store;
      },
      location: () => cloud.location(location),
      bucket: () => {
        if (dnsLabel(bucket, 63).length < 3)
          throw invalid("a name of 3 to 63 characters", bucket, "choose a longer one");
        return bucket;
      },
      accessKey: () => text(accessKey, "the key of the store's API", "give one that makes buckets"),
      secretKey: () => text(secretKey, "the secret of the store's API", "give the one of the accessKey"),
      keyGeneration: () => generationName(keyGeneration),
      keepData: () => flag(keepData, "say whether the bucket is protected"),
      lockable: () => {
        if (flag(lockable, "say whether objects may be locked") && store?.retention === false)
          throw invalid("a store that can lock objects", cloud.id, "leave lockable out or take another cloud");
      },
      evidenceDays: () => noEvidence(cloud.id, args.evidenceDays),
      encryptedByWriters: () => encrypted(store, cloud.id, args.encryptedByWriters),
      formerDays: () => former(store, cloud.id, formerDays),
      services: () => bucketServices(services, store?.keys.kind === "given"),
    });
    this.region = valid.cloud.region(valid.location);
    this.named = valid.bucket;
    const host = valid.cloud.endpoint(valid.location);
    this.endpoint = `https://${host}`;

    const { keys } = valid.cloud;
    const policy = validateArgs(this, name, {
      services: () => policyOf(valid.cloud, bucket, accessKey, valid.services),
    });
    const place = { bucket: valid.bucket, endpoint: host, region: this.region };
    const { bucket: made, ready } = storedBucket(
      name,
      { ...place, accessKey, secretKey, lockable, keepData, ...valid.formerDays, ...policy.services },
      { parent: this },
    );
    this.keys = Object.fromEntries(
      Object.entries(valid.services).map(([service, { rights, key }]) => [
        service,
        keys.kind === "given" && key !== undefined
          ? key
          : makeKey(valid.cloud, `${name}-${service}`, { bucket, service, rights, generation: keyGeneration }, this),
      ]),
    );
    this.ready = ready;
    this.bucket = made.bucket;
    this.registerOutputs({ bucket: this.bucket, endpoint: this.endpoint, region: this.region });
  }

  /**
   * Access of one service, with its own key.
   *
   * @param via where its pods find the store: the `proxy` of their platform.
   * @throws RangeError for a service that the bucket was not made with.
   */
  access(service: string, via: Reachable): BucketAccess {
    const key = Object.hasOwn(this.keys, service) ? this.keys[service] : undefined;
    if (key === undefined)
      throw invalid(
        `a service of this bucket: ${Object.keys(this.keys).join(", ") || "none"}`,
        service,
        "add it to the bucket's services",
      );
    const { peer, port } = record(via, "a way to the store", "platform.proxy");
    if (peer === undefined || port === undefined)
      throw invalid("a way to the store with a peer and a port", via, "give platform.proxy");
    return {
      endpoint: this.endpoint,
      bucket: this.named,
      region: this.region,
      accessKey: usedAfter(key.accessKey, this.ready),
      secretKey: usedAfter(key.secretKey, this.ready),
      peer,
      port,
    };
  }
}

function noEvidence(cloud: string, days: unknown): void {
  if (days !== undefined)
    throw invalid(
      "a store that can be told to lock whatever is written to a bucket",
      cloud,
      "plan the bucket with evidenceDays in planStorage(…); lockable lets writers lock single objects here",
    );
}

function encrypted(store: ObjectStore | undefined, cloud: string, word: unknown): void {
  if (word !== undefined) flag(word, "say whether whoever writes encrypts");
  if (store?.encryption === false && word !== true)
    throw invalid(
      `encryptedByWriters: true, since the store of ${cloud} encrypts nothing by itself`,
      word,
      "let whoever writes encrypt beforehand or send a key with each request, and say so; or take another store",
    );
}

function former(store: ObjectStore | undefined, cloud: string, days: unknown): { readonly formerDays?: number } {
  if (days === undefined) return {};
  const read = countInRange(days, "days that former versions stay", 1, 36_500);
  if (store?.expiry === false)
    throw invalid(
      "a store that deletes former versions by itself",
      cloud,
      "leave formerDays out and make a BucketExpiry with a service whose rights are expire, or take another store",
    );
  return { formerDays: read };
}

/** Policy of a bucket whose keys are given; none where nobody was named, since it would shut out whoever reads by hand. */
function policyOf(
  { keys }: ObjectStore,
  bucket: string,
  maker: pulumi.Input<string>,
  services: Readonly<Record<string, ReadService>>,
): { readonly policy?: pulumi.Input<string> } {
  const named = Object.values(services).flatMap(({ rights, key }) =>
    key === undefined || rights === "expire" ? [] : [{ rights, accessKey: key.accessKey }],
  );
  if (keys.kind === "made" || named.length === 0) return {};
  return { policy: keys.policy({ bucket, maker: pulumi.secret(maker), services: named }) };
}

function makeKey(
  { keys }: ObjectStore,
  name: string,
  spec: Parameters<Extract<ObjectStore["keys"], { readonly kind: "made" }>["make"]>[1],
  parent: pulumi.Resource,
): StoreKey {
  if (keys.kind === "given") throw new Error(`expected the key of ${name} to be given`);
  return keys.make(name, spec, { parent });
}

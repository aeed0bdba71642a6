import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../clouds/cloud";
import { givenCloud } from "../clouds/cloud";
import { storedBucket } from "../clouds/object-store";
import { validateArgs, invalid } from "../core/errors";
import { dnsLabel } from "../core/names";
import { fields, flag, text } from "../core/shapes";

export interface BucketArgs {
  readonly cloud: Cloud;
  /** Location code of the cloud: `ch-gva-2`. The objects lie there. */
  readonly location: string;
  /** Name in the store, which no other customer of it has; 3 to 63 characters. @default - the component's name */
  readonly bucket?: string;
  /** Key of the store's API. */
  readonly accessKey: pulumi.Input<string>;
  /** Its secret. */
  readonly secretKey: pulumi.Input<string>;
  /** True if writers may lock single objects against deletion (S3 object lock). Changing it replaces the bucket. @default false */
  readonly lockable?: boolean;
  /** True if the bucket is protected: neither a destroy nor a replacement deletes it. A bucket with objects is deleted in no case. @default true */
  readonly keepData?: boolean;
}

/**
 * A bucket in the object store of a cloud: private and versioned, so that what is overwritten or deleted can be had back.
 *
 * It is not encrypted by the store: both stores in use take the customer's own key only, which comes with each request. Whoever writes encrypts
 * beforehand or sends a key. A lock is set by whoever writes, too, object by object: until a day at Hetzner, until it is lifted (a legal hold) at
 * Exoscale. A retention in days for all objects is not to be had: Exoscale names none, and the client's plugin has no resource that would set Hetzner's.
 * Nor do old versions go by themselves: Exoscale has no lifecycle rules, and whether Hetzner takes those that the client writes is not known.
 *
 * @example
 * const backups = new Bucket("backups", {
 *   cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
 *   location: "ch-dk-2",
 *   accessKey: new pulumi.Config().requireSecret("storeKey"),
 *   secretKey: new pulumi.Config().requireSecret("storeSecret"),
 * });
 */
export class Bucket extends pulumi.ComponentResource {
  /** Name in the store, known once the bucket is there. */
  readonly bucket: pulumi.Output<string>;
  /** Endpoint of the S3 API: `https://sos-ch-dk-2.exo.io`. */
  readonly endpoint: string;
  /** Region as it stands in signatures. */
  readonly region: string;

  constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cloud, location, bucket = name, accessKey, secretKey, lockable = false, keepData = true } = args;
    super("sovereign-uc:index:Bucket", name, { cloud: fields(cloud).id, location, bucket, lockable, keepData }, opts);

    validateArgs(this, name, { cloud: () => givenCloud(cloud) });
    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name, 63),
      cloud: () => {
        if (cloud.objectStore === undefined)
          throw invalid(
            "a cloud with an object store",
            cloud.id,
            cloud.absent.objectStore ?? "make the bucket in another cloud",
          );
        return cloud.objectStore;
      },
      location: () => cloud.location(location),
      bucket: () => {
        if (dnsLabel(bucket, 63).length < 3)
          throw invalid("a name of 3 to 63 characters", bucket, "choose a longer one");
        return bucket;
      },
      accessKey: () => text(accessKey, "the key of the store's API", "give one that makes buckets"),
      secretKey: () => text(secretKey, "the secret of the store's API", "give the one of the accessKey"),
      keepData: () => flag(keepData, "say whether the bucket is protected"),
      lockable: () => {
        if (flag(lockable, "say whether objects may be locked") && cloud.objectStore?.retention === false)
          throw invalid("a store that can lock objects", cloud.id, "leave lockable out or take another cloud");
      },
    });
    this.region = valid.cloud.region(valid.location);
    const host = valid.cloud.endpoint(valid.location);
    this.endpoint = `https://${host}`;

    const made = storedBucket(
      name,
      { bucket: valid.bucket, endpoint: host, region: this.region, accessKey, secretKey, lockable, keepData },
      { parent: this },
    );
    this.bucket = made.bucket;
    this.registerOutputs({ bucket: this.bucket, endpoint: this.endpoint, region: this.region });
  }
}

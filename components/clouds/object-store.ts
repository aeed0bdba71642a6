import * as minio from "@pulumi/minio";
import * as pulumi from "@pulumi/pulumi";

export interface StoredBucket {
  /** Name in the store. */
  readonly bucket: string;
  /** Host of the S3 API. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: pulumi.Input<string>;
  readonly secretKey: pulumi.Input<string>;
  readonly lockable: boolean;
  readonly keepData: boolean;
  /** Days after which the store deletes a version that was written over or deleted. @default - never */
  readonly formerDays?: number;
  /** Text of the bucket's policy. @default - none */
  readonly policy?: pulumi.Input<string>;
}

/** A bucket as it was made. */
export interface MadeBucket {
  readonly bucket: minio.S3Bucket;
  /** Everything that holds for it, itself included. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * A private, versioned bucket of any S3-compatible store, through a client that is pointed at the store by a plain text, so that a preview can judge it.
 *
 * | fact | source |
 * |---|---|
 * | settings of the client; a bucket is private by default; locking only at creation; taking versioning away suspends it | aminueza/terraform-provider-minio v3.6.3, `minio/{provider,resource_minio_s3_bucket,resource_minio_s3_bucket_versioning}.go` |
 * | the plugin carries v1.20.1 of it, where all of that is the same | pulumi/pulumi-minio v0.17.1, `provider/go.mod`; those files at v1.20.1 |
 * | a store that refuses other lifecycle rules in place of old ones is no error: the old ones are read and kept in the state | the same at v1.20.1, `minio/resource_minio_ilm_policy.go`, minioUpdateILMPolicy |
 * | no resource for a default retention, encryption only with a key server's keys | declarations of @pulumi/minio 0.17.1 |
 * | upstream has a default retention, which the plugin has not taken over | `minio/data_source_minio_s3_bucket_retention.go` at 6e66ba9 |
 * | lifecycle rules without a filter come as an empty prefix or, from a later version on, as a size of more than a sentinel; Ceph's gateway 16.2.15 took both for the whole bucket | `minio/resource_minio_ilm_policy.go` at 008cba8; test/servers/bucket-ceph.test.ts |
 * | the plugin's rules cannot end uploads that were cut off | declarations of @pulumi/minio 0.17.1 |
 */
export function storedBucket(
  name: string,
  { bucket, endpoint, region, accessKey, secretKey, lockable, keepData, formerDays, policy }: StoredBucket,
  opts: pulumi.CustomResourceOptions,
): MadeBucket {
  const provider = new minio.Provider(
    `${name}-store`,
    {
      minioServer: endpoint,
      minioSsl: true,
      minioRegion: region,
      minioUser: pulumi.secret(accessKey),
      minioPassword: pulumi.secret(secretKey),
    },
    opts,
  );
  const made = new minio.S3Bucket(
    name,
    { bucket, acl: "private", objectLocking: lockable, forceDestroy: false },
    // What is locked cannot be unlocked, and what is not cannot be locked later: the plugin would note the change and do nothing.
    { ...opts, provider, protect: keepData, replaceOnChanges: ["objectLocking"], deleteBeforeReplace: true },
  );
  const versions = new minio.S3BucketVersioning(
    `${name}-versioning`,
    { bucket: made.bucket, versioningConfiguration: { status: "Enabled" } },
    // Taking it away would suspend versioning, which a bucket with locks refuses; it goes with its bucket.
    { ...opts, provider, retainOnDelete: true },
  );
  const expiry =
    formerDays === undefined
      ? []
      : [
          new minio.IlmPolicy(
            `${name}-expiry`,
            { bucket: made.bucket, rules: [{ id: "former", noncurrentVersionExpirationDays: formerDays }] },
            { ...opts, provider, dependsOn: [versions] },
          ),
        ];
  const rights =
    policy === undefined
      ? []
      : [
          new minio.S3BucketPolicy(
            `${name}-policy`,
            { bucket: made.bucket, policy },
            // Without it every key of the project would be let in again: it goes with its bucket.
            { ...opts, provider, dependsOn: [versions], retainOnDelete: true },
          ),
        ];
  return { bucket: made, ready: [made, versions, ...expiry, ...rights] };
}

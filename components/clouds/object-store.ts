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
}

/**
 * A private, versioned bucket of any S3-compatible store, through a client that is pointed at the store by a plain text, so that a preview can judge it.
 *
 * | fact | source |
 * |---|---|
 * | settings of the client; a bucket is private by default; locking only at creation; taking versioning away suspends it | aminueza/terraform-provider-minio v3.6.3, `minio/{provider,resource_minio_s3_bucket,resource_minio_s3_bucket_versioning}.go` |
 * | which version of it the plugin carries | unverified; `provider/go.mod` of pulumi/pulumi-minio names v1.20.1 at 005eb77 |
 * | no resource for a default retention, encryption only with a key server's keys | declarations of @pulumi/minio 0.17.1 |
 * | upstream has a default retention, which the plugin has not taken over | `minio/data_source_minio_s3_bucket_retention.go` at 6e66ba9 |
 * | upstream gives lifecycle rules without a filter a size as filter: whether other stores take that is unverified, so there are none | `minio/resource_minio_ilm_policy.go` at 008cba8 |
 */
export function storedBucket(
  name: string,
  { bucket, endpoint, region, accessKey, secretKey, lockable, keepData }: StoredBucket,
  opts: pulumi.CustomResourceOptions,
): minio.S3Bucket {
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
  new minio.S3BucketVersioning(
    `${name}-versioning`,
    { bucket: made.bucket, versioningConfiguration: { status: "Enabled" } },
    // Taking it away would suspend versioning, which a bucket with locks refuses; it goes with its bucket.
    { ...opts, provider, retainOnDelete: true },
  );
  return made;
}

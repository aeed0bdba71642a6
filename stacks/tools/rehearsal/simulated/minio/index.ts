import { randomBytes } from "node:crypto";
import type { Problem } from "../checks";
import { Kind, Operation, ProviderError, SimulatedPackage } from "../kind";
import { all, Check, conflicting, oneOf } from "../property-checks";
import { sdkDeclarations } from "../tables";
import { object, own, Properties, text } from "../values";

/**
 * Buckets of any S3-compatible store. One file stands for all stores, as their bucket names are unique among all customers.
 *
 * | facts | source |
 * |---|---|
 * | settings, defaults, refusals, what replaces, versioning's id | aminueza/terraform-provider-minio v3.6.3, `minio/{provider,resource_minio_s3_bucket,resource_minio_s3_bucket_versioning}.go` |
 * | rules of bucket names | the same, `validateS3BucketName` |
 * | a bucket with locks keeps its versions | documentation of S3; unverified for each store |
 * | outputs | declarations of @pulumi/minio 0.17.1 |
 */
const types = {
  bucket: "minio:index/s3Bucket:S3Bucket",
  versioning: "minio:index/s3BucketVersioning:S3BucketVersioning",
} as const;

const longest =
  (property: string, most: number): Check =>
  (inputs) => {
    const value = text(inputs, property);
    return value === undefined || value.length <= most
      ? []
      : [
          {
            property,
            reason: `expected at most ${most} characters, got ${value.length}; choose a shorter one`,
          },
        ];
  };

const bucket: Kind = {
  replaces: ["bucket", "bucketPrefix"],
  keeps: ["bucket"],
  defaults: { acl: "private", forceDestroy: false, objectLocking: false },
  computed: ["arn", "bucket", "bucketDomainName"],
  check: all(longest("bucket", 63), longest("bucketPrefix", 37), conflicting("bucket", "bucketPrefix")),
  create: ({ inputs, config, store }) => {
    const name =
      text(inputs, "bucket") ?? `${text(inputs, "bucketPrefix") ?? "terraform-"}${randomBytes(13).toString("hex")}`;
    if (!/^(?!.*\.\.)[0-9a-z-][0-9a-z.-]{1,61}[0-9a-z-]$/.test(name) || /^(\d{1,3}\.){3}\d{1,3}$/.test(name))
      throw new ProviderError(`unable to create bucket: ${name}: Bucket name contains invalid characters`);
    const acl = text(inputs, "acl") ?? "private";
    if (!/^(private|public(-read|-write|-read-write)?)$/.test(acl)) throw new ProviderError(`unsupported ACL: ${acl}`);
    if (store.get(types.bucket, name) !== undefined) throw new ProviderError(`bucket already exists!: ${name}`);
    return {
      id: name,
      outputs: {
        ...(own(inputs, "bucket") === undefined ? { bucket: name } : {}),
        arn: `arn:aws:s3:::${name}`,
        bucketDomainName: `https://${text(config, "minioServer") ?? ""}/minio/${name}`,
      },
    };
  },
  // Objects that belong to a bucket are deleted with it.
  remove: ({ id, store }) => store.remove(types.versioning, id),
};

const versioning: Kind = {
  replaces: ["bucket"],
  check: (inputs) =>
    oneOf("status", ["Enabled", "Suspended"])(object(inputs, "versioningConfiguration")).map((one) => ({
      ...one,
      property: `versioningConfiguration.${one.property}`,
    })),
  create: (operation) => {
    set(operation, text(object(operation.inputs, "versioningConfiguration"), "status"));
    return { id: text(operation.inputs, "bucket") ?? "", outputs: {} };
  },
  update: (operation) => {
    set(operation, text(object(operation.inputs, "versioningConfiguration"), "status"));
    return {};
  },
  remove: (operation) => {
    if (operation.store.get(types.bucket, operation.id) !== undefined) set(operation, "Suspended");
  },
};

function set({ inputs, store, ...rest }: Operation, status: string | undefined): void {
  const name = text(inputs, "bucket") ?? ("id" in rest ? String(rest.id) : "");
  const held = store.get(types.bucket, name);
  if (held === undefined)
    throw new ProviderError(
      `error putting bucket versioning configuration: ${name}: The specified bucket does not exist`,
    );
  if (status === "Suspended" && held.properties["objectLocking"] === true)
    throw new ProviderError(
      `error suspending bucket versioning: ${name}: InvalidBucketState: object locks need versions`,
    );
}

const kinds: Readonly<Record<string, Kind>> = { [types.bucket]: bucket, [types.versioning]: versioning };

function configured(config: Properties): readonly Problem[] {
  const server = own(config, "minioServer");
  return server === undefined || server === ""
    ? [
        {
          property: "minioServer",
          reason: "expected the host of an object store, got none; set it on the provider",
        },
      ]
    : conflicting("minioUser", "minioAccessKey")(config);
}

/** S3-compatible object stores as plugin `minio` 0.17 presents them. */
export function minio(): SimulatedPackage {
  const declarations = sdkDeclarations("@pulumi/minio");
  return {
    name: "minio",
    version: declarations.version,
    declarations,
    bridged: true,
    kind: (token) => kinds[token],
    checkConfig: configured,
    faultText: (fault, _, name) => faults[fault](name),
  };
}

const faults: Readonly<Record<Parameters<SimulatedPackage["faultText"]>[0], (name: string) => string>> = {
  quota: (name) => `unable to create bucket: ${name}: You have attempted to create more buckets than allowed`,
  "rate-limit": (name) => `unable to create bucket: ${name}: SlowDown: Please reduce your request rate`,
  "server-error": (name) => `unable to create bucket: ${name}: We encountered an internal error, please try again`,
  "timeout-after-made": (name) =>
    `unable to create bucket: ${name}: context deadline exceeded; it may exist all the same`,
  "timeout-with-id": (name) => `unable to check bucket: ${name}: context deadline exceeded`,
};

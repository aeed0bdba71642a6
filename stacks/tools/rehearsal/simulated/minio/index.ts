import { randomBytes } from "node:crypto";
import type { Problem } from "../checks";
import { Kind, Operation, ProviderError, SimulatedPackage } from "../kind";
import { all, Check, conflicting, oneOf } from "../property-checks";
import { sdkDeclarations } from "../tables";
import { number, object, objects, own, Properties, text } from "../values";

/**
 * Buckets of any S3-compatible store. One file stands for all stores, as their bucket names are unique among all customers.
 *
 * | facts | source |
 * |---|---|
 * | the plugin carries v1.20.1 of Terraform's provider | pulumi/pulumi-minio v0.17.1, `provider/go.mod` |
 * | settings, defaults, refusals, what replaces, versioning's id | aminueza/terraform-provider-minio v3.6.3, `minio/{provider,resource_minio_s3_bucket,resource_minio_s3_bucket_versioning}.go`; the same at v1.20.1 |
 * | what replaces a policy and rules of expiry, their ids, words and bounds | the same at v1.20.1, `minio/resource_minio_{ilm_policy,s3_bucket_policy}.go`, `validateIAMPolicyJSON` and `parseILMExpiration`; a number with more than `d` after it (`5days`), which it takes, is refused here |
 * | rules of bucket names | the same, `validateS3BucketName` |
 * | a bucket with locks keeps its versions | documentation of S3; unverified for each store |
 * | outputs | declarations of @pulumi/minio 0.17.1 |
 */
const types = {
  bucket: "minio:index/s3Bucket:S3Bucket",
  versioning: "minio:index/s3BucketVersioning:S3BucketVersioning",
  policy: "minio:index/s3BucketPolicy:S3BucketPolicy",
  expiry: "minio:index/ilmPolicy:IlmPolicy",
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
  remove: ({ id, store }) => {
    for (const type of [types.versioning, types.policy, types.expiry]) store.remove(type, id);
  },
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

/** Something that belongs to a bucket and has its name as its id. */
const ofBucket = (what: string): Pick<Kind, "replaces" | "create" | "update"> => {
  const held = ({ inputs, store }: Operation): string => {
    const name = text(inputs, "bucket") ?? "";
    if (store.get(types.bucket, name) === undefined)
      throw new ProviderError(`error putting ${what}: ${name}: The specified bucket does not exist`);
    return name;
  };
  return {
    replaces: ["bucket"],
    create: (operation) => ({ id: held(operation), outputs: {} }),
    update: (operation) => {
      held(operation);
      return {};
    },
  };
};

/** True for a JSON object from the first character on. */
function isObject(policy: string): boolean {
  try {
    JSON.parse(policy);
    return policy.startsWith("{");
  } catch {
    return false;
  }
}

/** True for a number of days, a day that there is, or the word for markers. */
function isExpiration(given: string): boolean {
  if (/^\d{4}-\d{2}-\d{2}$/.test(given)) {
    const day = new Date(`${given}T00:00:00Z`);
    return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(given);
  }
  return given === "DeleteMarker" || (/^\d+d$/.test(given) && Number.parseInt(given, 10) > 0);
}

const policy: Kind = {
  ...ofBucket("bucket policy"),
  check: (inputs) => {
    const given = text(inputs, "policy");
    return given === undefined || isObject(given)
      ? []
      : [
          {
            property: "policy",
            reason: 'expected an object in JSON that begins with "{", got something else; give a policy as JSON',
          },
        ];
  },
};

const expiry: Kind = {
  ...ofBucket("bucket lifecycle"),
  check: all(longest("bucket", 63), (inputs) =>
    objects(inputs, "rules").flatMap((rule, i) => {
      const path = `rules[${i}]`;
      const days = number(rule, "noncurrentVersionExpirationDays");
      const date = text(rule, "expiration");
      return [
        ...(days === undefined || days >= 1
          ? []
          : [{ property: `${path}.noncurrentVersionExpirationDays`, reason: `expected 1 or more, got ${days}` }]),
        ...(date === undefined || isExpiration(date)
          ? []
          : [{ property: `${path}.expiration`, reason: `expected a duration (5d) or a date, got ${date}` }]),
      ];
    }),
  ),
};

const kinds: Readonly<Record<string, Kind>> = {
  [types.bucket]: bucket,
  [types.versioning]: versioning,
  [types.policy]: policy,
  [types.expiry]: expiry,
};

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

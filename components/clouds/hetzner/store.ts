import * as pulumi from "@pulumi/pulumi";
import { invalid } from "../../core/errors";
import type { GivenKeysSpec, PlainStore, StoreRights } from "../object-stores";
import { objectStoreLocations } from "./facts";

/**
 * Actions that a key is denied on its bucket: whatever changes the bucket, a lock or who may read, and the deletion of former versions. They are named, since Ceph's
 * gateway 16.2.15 takes a denial of all but some (`NotAction`) and does not obey it (seen). A name that it does not know makes it refuse the whole policy.
 */
const denied: Readonly<Record<StoreRights, readonly string[]>> = {
  write: [
    "s3:CreateBucket",
    "s3:DeleteBucket*",
    "s3:PutBucket*",
    "s3:*PublicAccessBlock",
    "s3:*BucketPolicy*",
    "s3:*Acl",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
    "s3:DeleteReplicationConfiguration",
    "s3:PutAccelerateConfiguration",
    "s3:DeleteObjectVersion*",
    "s3:DeleteObjectTagging",
    "s3:PutObjectVersion*",
    "s3:PutObjectRetention",
    "s3:PutObjectLegalHold",
    "s3:BypassGovernanceRetention",
    "s3:RestoreObject",
  ],
  read: [
    "s3:CreateBucket",
    "s3:Put*",
    "s3:Delete*",
    "s3:*PublicAccessBlock",
    "s3:*BucketPolicy*",
    "s3:*Acl",
    "s3:AbortMultipartUpload",
    "s3:BypassGovernanceRetention",
    "s3:RestoreObject",
  ],
};

/**
 * Text of a bucket's policy. A key may do everything in its project until a policy denies it, so this one only denies: every key and everybody without one, but for those
 * that are named; and each service's key what it has no right to.
 *
 * @param keys access keys of the services, each with what it may do.
 */
export function bucketPolicy(
  project: string,
  bucket: string,
  maker: string,
  keys: readonly { readonly accessKeys: readonly string[]; readonly rights: StoreRights }[],
): string {
  const principal = (key: string): string => `arn:aws:iam:::user/p${project}:${key}`;
  const resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OnlyNamedKeys",
        Effect: "Deny",
        NotPrincipal: { AWS: [maker, ...keys.flatMap(({ accessKeys }) => accessKeys)].map(principal) },
        Action: ["s3:*"],
        Resource: resource,
      },
      ...keys.map(({ accessKeys, rights }, i) => ({
        Sid: `NothingElse${i + 1}`,
        Effect: "Deny",
        Principal: { AWS: accessKeys.map(principal) },
        Action: denied[rights],
        Resource: resource,
      })),
    ],
  });
}

const policy =
  (project: string | undefined) =>
  ({ bucket, maker, services }: GivenKeysSpec): pulumi.Output<string> => {
    if (project === undefined)
      throw invalid(
        "the number of the project",
        undefined,
        "give it as hetzner({ project }): policies name keys by it; it stands in the address of the console",
      );
    const accessKeys = services.map(({ accessKey: { value, previous } }) =>
      pulumi.all(previous === undefined ? [value] : [value, previous.value]),
    );
    return pulumi.all([maker, pulumi.all(accessKeys)]).apply(([maker, keys]) =>
      bucketPolicy(
        project,
        bucket,
        maker,
        services.map(({ rights }, i) => ({ rights, accessKeys: keys[i] ?? [] })),
      ),
    );
  };

/**
 * Object Storage.
 *
 * | fact | source |
 * |---|---|
 * | locks when a bucket is made (`x-amz-bucket-object-lock-enabled`); locks of single objects are no exception from S3; encryption with the customer's key only; replaced versions can go after days | docs.hetzner.com/storage/object-storage/supported-actions, 2024-09-23 |
 * | keys are made in the console alone, and reach every bucket of their project until a policy denies it; form of a key's name in a policy | docs.hetzner.com/storage/object-storage/faq/s3-credentials; `arn:aws:iam:::user/p<project>:<key>` in several public users' policies: unverified on an account |
 * | the store is Ceph | docs.hetzner.com/storage/object-storage/faq/general, 2024-09-23; its gateway 16.2.15 was seen to obey this policy with keys as subusers (test/servers/bucket-ceph.test.ts) |
 *
 * Not to be had: a key that reaches our buckets alone. A service's key still reaches every bucket of the project that has no such policy, and can make new ones there, so
 * keep a project for these buckets, and give every bucket in it its services. Whoever loses the key that made a bucket is shut out of its rules.
 */
export const objectStore = (project: string | undefined): PlainStore => ({
  endpoint: (location) => `${storeLocation(location)}.your-objectstorage.com`,
  region: (location) => storeLocation(location),
  retention: true,
  expiry: true,
  encryption: false,
  keys: { kind: "given", policy: policy(project) },
});

function storeLocation(location: string): string {
  const found = objectStoreLocations.find((code) => code === location);
  if (found === undefined)
    throw invalid(
      "a Hetzner location with an object store",
      location,
      `choose one of ${objectStoreLocations.join(", ")}`,
    );
  return found;
}

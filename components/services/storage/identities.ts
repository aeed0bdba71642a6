import type { PlannedBucket } from "./plan";
import { keeperIdentity, keyVariables } from "./settings";

/*
 * Who may do what: one identity per bucket, with a policy that names actions of S3 and that bucket alone (weed/s3api/auth_credentials.go, authorizeViaAttachedPolicies;
 * action names: weed/s3api/s3_constants/s3_action_strings.go, at 7506e5f). Whoever shows no key has no identity and is refused.
 */

/** Actions of every service on its bucket. It may not delete a former version, nor change the bucket: what it deletes or writes over can be had back. */
const always = [
  "s3:GetObject",
  "s3:GetObjectVersion",
  "s3:GetObjectAttributes",
  "s3:GetObjectTagging",
  "s3:PutObject",
  "s3:PutObjectTagging",
  "s3:CreateMultipartUpload",
  "s3:UploadPart",
  "s3:CompleteMultipartUpload",
  "s3:AbortMultipartUpload",
  "s3:ListMultipartUploadParts",
  "s3:ListBucketMultipartUploads",
  "s3:ListBucket",
  "s3:ListBucketVersions",
  "s3:GetBucketLocation",
  "s3:GetBucketVersioning",
] as const;

/** Evidence is written and read, and its lock can be looked at. Nothing of it is deleted, not even by a marker. */
const ofEvidence = ["s3:GetObjectRetention", "s3:GetObjectLegalHold", "s3:GetBucketObjectLockConfiguration"] as const;

/** Actions on a bucket. */
export const bucketActions = ({ evidenceDays }: Pick<PlannedBucket, "evidenceDays">): readonly string[] => [
  ...always,
  ...(evidenceDays === undefined ? ["s3:DeleteObject"] : ofEvidence),
];

/** Rights of the keeper, who makes buckets and says how they keep; it reads and writes no object. */
const keeperActions = [
  "s3:CreateBucket",
  "s3:ListBucket",
  "s3:GetBucketVersioning",
  "s3:PutBucketVersioning",
  "s3:GetBucketObjectLockConfiguration",
  "s3:PutBucketObjectLockConfiguration",
  "s3:GetLifecycleConfiguration",
  "s3:PutLifecycleConfiguration",
] as const;

const policy = (actions: readonly string[], resources: readonly string[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: resources }],
  });

const both = (bucket: string): readonly string[] => [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];

const credential = ({ access, secret }: { readonly access: string; readonly secret: string }) => ({
  accessKey: `\${${access}}`,
  secretKey: `\${${secret}}`,
});

/**
 * `s3.json`. Keys stand in it as names of variables, so the file is no secret; a key whose variable is missing is dropped (expandCredentialEnvRefs).
 *
 * @param rotated true if the keys of the generation before are let in, too.
 */
export const identities = (buckets: readonly PlannedBucket[], rotated = false): string =>
  `${JSON.stringify(
    {
      identities: [...buckets.map(({ name }) => name), keeperIdentity].map((name) => ({
        name,
        credentials: (rotated ? [false, true] : [false]).map((previous) => credential(keyVariables(name, previous))),
        policyNames: [name],
      })),
      policies: [
        ...buckets.map((bucket) => ({ name: bucket.name, content: policy(bucketActions(bucket), both(bucket.name)) })),
        {
          name: keeperIdentity,
          content: policy(
            keeperActions,
            buckets.flatMap(({ name }) => both(name)),
          ),
        },
      ],
    },
    undefined,
    2,
  )}\n`;

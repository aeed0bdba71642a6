import * as pulumi from "@pulumi/pulumi";
import { fingerprint } from "../../core/secret";
import type { MadeKeys, MadeRights, MakingStore } from "../object-stores";
import { IamApiKey, IamRole } from "./iam";

const reading = [
  "head-bucket",
  "get-bucket-location",
  "get-bucket-versioning",
  "list-objects",
  "list-objects-v2",
  "list-object-versions",
  "head-object",
  "get-object",
] as const;

const writing = [
  "put-object",
  "copy-object",
  "delete-object",
  "delete-objects",
  "create-multipart-upload",
  "upload-part",
  "upload-part-copy",
  "complete-multipart-upload",
  "abort-multipart-upload",
  "list-parts",
  "list-multipart-uploads",
] as const;

/** Operations of a key. A name that the store does not know allows nothing. */
const operations: Readonly<Record<MadeRights, readonly string[]>> = {
  read: reading,
  write: [...reading, ...writing],
  expire: ["list-object-versions", "delete-object", "list-multipart-uploads", "abort-multipart-upload"],
};

/** The one rule of a role: whatever it does not allow is refused. */
export const storeExpression = (bucket: string, rights: MadeRights): string =>
  `parameters.bucket == '${bucket}' && operation in [${operations[rights].map((one) => `'${one}'`).join(", ")}]`;

const keys: MadeKeys = {
  kind: "made",
  make: (name, { bucket, service, rights, generation }, opts) => {
    const role = new IamRole(
      name,
      {
        name: `${bucket}-${service}`,
        description: `${service}: ${rights} in the bucket ${bucket}, and nothing else`,
        // One that is not would keep its rights forever.
        editable: true,
        policy: {
          defaultServiceStrategy: "deny",
          services: {
            sos: { type: "rules", rules: [{ action: "allow", expression: storeExpression(bucket, rights) }] },
          },
        },
      },
      opts,
    );
    const key = new IamApiKey(
      `${name}-key`,
      { name: `${bucket}-${service}-${generation}`, roleId: role.id },
      { ...opts, additionalSecretOutputs: ["secret"] },
    );
    const version = fingerprint(key.key);
    return {
      accessKey: { value: pulumi.secret(key.key), version },
      secretKey: { value: pulumi.secret(key.secret), version },
    };
  },
};

/**
 * Simple Object Storage.
 *
 * | fact | source |
 * |---|---|
 * | endpoint, region | exoscale/terraform-provider-exoscale v0.66.0, `examples/sos-backend/providers.tf` |
 * | versions; locks as legal holds, no other kind is named | community.exoscale.com/documentation/storage/versioning |
 * | new buckets are encrypted with the provider's keys (SSE-SOS), which cannot be switched off | community.exoscale.com/product/storage/object-storage/how-to/encryption |
 * | no lifecycle rules | community.exoscale.com/product/storage/object-storage/how-to/bucketlifecycle |
 * | Exoscale's tool for them counts the days of a former version from when it was written, so that one of an old object goes on the day it is written over: nothing here uses it | exoscale/sos-client-bucket-lifecycle 0545b70, `cmd/bucket_lifecycle.go`, applyNoncurrentVersionExpiration. `BucketExpiry` counts as S3 does |
 * | rules of a role: the first that holds decides, and where none holds the request is refused; `operation`, `parameters` | community.exoscale.com/product/security/iam/how-to/policy-guide |
 * | `parameters.bucket` and names of operations as here | exoscale/terraform-provider-exoscale fdaec5c, `examples/iam-bucket-access/main.tf`: `list-objects`, `get-object`. The other names are S3's in the same form: unverified |
 * | a role's name, a key's name and role replace it; whether a role can be edited is told when it is made and never again | the same at v0.66.0, which the plugin carries, `pkg/resources/iam/resource_{role,api_key}.go` |
 * | `delete-object` of a former version may be the same operation: a key that writes could then delete those too. If it is another one, a key that expires is refused, and its task fails and says so | unverified |
 *
 * A bucket's own policy is not set: whether one that lets in our keys would shut out the administrators' portal, or one that lets in every key other customers,
 * is said nowhere.
 */
export const objectStore: MakingStore = {
  endpoint: (location) => `sos-${location}.exo.io`,
  region: (location) => location,
  retention: true,
  expiry: false,
  encryption: true,
  keys,
};

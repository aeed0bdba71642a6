import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type BucketAccess, bucketAccessKeys, linkTo, throughProxy } from "../core/connections";
import { givenArgs, invalid, type Keys, validateArgs } from "../core/errors";
import { image } from "../core/images";
import { dnsLabel } from "../core/names";
import { countInRange } from "../core/numbers";
import { readSecret, trusted } from "../core/secret";
import { fields, flag, record } from "../core/shapes";
import { tier } from "../core/tier";
import { gatewayName, proxyUrl } from "../recipe/parts/private-host";
import { blockImages } from "./images";
import { Namespace } from "./namespace";
import { type OnCluster, onCluster } from "./target";
import { cron, Task } from "./task";

export interface BucketExpiryArgs {
  /** The platform that it runs on. The gateways must lead to the store, as they do where a service of the platform uses it. */
  readonly on: OnCluster;
  /** The bucket, with a key that may list and delete versions: `bucket.access("expiry", platform.proxy)` of a service with the rights `expire`. */
  readonly bucket: BucketAccess;
  /** Days after which a version that was written over or deleted goes for good. */
  readonly formerDays: number;
  /** True where objects of the bucket may be locked: a deletion that the store refuses is then the lock's, and no failure. @default false */
  readonly lockable?: boolean;
  /** True to count what is due and delete nothing. @default false */
  readonly dryRun?: boolean;
  /** When it runs, as in cron(5), in UTC. @default "41 2 * * *" */
  readonly schedule?: string;
}

const bucketExpiryArgsKeys: Keys<BucketExpiryArgs> = {
  on: "elsewhere",
  bucket: bucketAccessKeys,
  formerDays: true,
  lockable: true,
  dryRun: true,
  schedule: true,
};

/** User of Node's image. */
const user = 1_000;
/** Minutes after which a run leaves the rest to the next one, and those after which it has failed. */
const minutes = { work: 100, most: 120 } as const;
const folders = { scripts: "/scripts", trust: "/trust" } as const;
const script = "expire-versions.mjs";

/**
 * A nightly task that deletes the former versions of a bucket whose store has no rules for it, as that of Exoscale. Where a store keeps such rules itself, use them:
 * `formerDays` of `Bucket` at Hetzner, `formerDays` of a bucket in `planStorage`.
 *
 * A version's days count from when another was written in its place, as S3 counts. A marker of deletion goes when nothing is left below it. What is locked stays. The
 * newest version of an object is never deleted. Its log counts, and names no object. A run that is lost is made up for by the next.
 *
 * It goes through the gateways' proxy by a variable of Node's (nodejs/node v24.19.0 doc/api/cli.md, NODE_USE_ENV_PROXY=1): not run here, where Node is older.
 *
 * Whoever has its key can delete what was meant to be had back: it is in no other pod, and can read and write nothing.
 *
 * @example
 * const bucket = new Bucket("archive", {
 *   cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
 *   location: "ch-dk-2",
 *   accessKey: new pulumi.Config().requireSecret("storeKey"),
 *   secretKey: new pulumi.Config().requireSecret("storeSecret"),
 *   services: { records: {}, expiry: { rights: "expire" } },
 * });
 * new BucketExpiry("archive-expiry", { on: platform, bucket: bucket.access("expiry", platform.proxy), formerDays: 30 });
 */
export class BucketExpiry extends pulumi.ComponentResource {
  readonly namespace: Namespace;

  constructor(name: string, args: BucketExpiryArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, bucketExpiryArgsKeys, { on: "new Platform(…)" });
    const { on, bucket, formerDays, lockable = false, dryRun = false, schedule = "41 2 * * *" } = args;
    super(
      "sovereign-uc:index:BucketExpiry",
      name,
      { bucket: fields(bucket).bucket, formerDays, lockable, dryRun, schedule },
      opts,
    );
    const valid = validateArgs(this, name, {
      // Kubernetes appends 11 characters to the name of a scheduled job, and again to that of its pod.
      name: () => dnsLabel(name, 41),
      on: () => onCluster(on),
      bucket: () => readBucket(bucket),
      formerDays: () => countInRange(formerDays, "days that former versions stay", 1, 36_500),
      lockable: () => flag(lockable, "say whether objects may be locked"),
      dryRun: () => flag(dryRun, "say whether it only counts"),
      schedule: () => cron(schedule),
    });
    const { cluster } = valid.on;
    const proxied = throughProxy(valid.bucket, valid.bucket.endpoint);
    const { ca, endpoint } = valid.bucket;
    const place = tier(name, name, {});

    const own = { parent: this };
    this.namespace = new Namespace(name, { cluster }, own);
    new Task(
      name,
      {
        namespace: this.namespace,
        tier: place,
        role: "expiry",
        schedule,
        timeoutSeconds: minutes.most * 60,
        // It does what is left to do, however often it runs.
        retries: 1,
        image: image(cluster.registry, blockImages.node),
        user,
        command: ["node", `${folders.scripts}/${script}`],
        env: {
          STORE_ENDPOINT: endpoint,
          STORE_REGION: valid.bucket.region,
          STORE_BUCKET: valid.bucket.bucket,
          EXPIRY_FORMER_DAYS: `${formerDays}`,
          EXPIRY_LOCKABLE: `${lockable}`,
          EXPIRY_DRY_RUN: `${dryRun}`,
          EXPIRY_MINUTES: `${minutes.work}`,
          ...(ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: `${folders.trust}/ca.crt` }),
          ...(proxied ? { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: proxyUrl } : {}),
        },
        secretEnv: { STORE_ACCESS_KEY: valid.bucket.accessKey, STORE_SECRET_KEY: valid.bucket.secretKey },
        names: proxied ? { [gatewayName]: cluster.gatewayAddresses } : {},
        mounts: [
          {
            name: "scripts",
            path: folders.scripts,
            files: { [script]: readFileSync(join(__dirname, "files", script), "utf8") },
          },
          ...(ca === undefined ? [] : [{ name: "trust", path: folders.trust, secrets: { "ca.crt": trusted(ca) } }]),
        ],
        resources: { cpu: 0.05, memoryMib: 256 },
        links: [linkTo(place, valid.bucket, "former versions that are due")],
      },
      own,
    );
    this.registerOutputs({});
  }
}

function readBucket(value: BucketAccess): BucketAccess {
  const example = 'bucket.access("expiry", platform.proxy)';
  const { endpoint, bucket, region, accessKey, secretKey, peer, port } = record(value, "a bucket", example);
  if (peer === undefined || port === undefined || typeof endpoint !== "string" || !URL.canParse(endpoint))
    throw invalid("a bucket with an endpoint, a peer and a port", value, `give ${example}`);
  if (typeof bucket !== "string" || typeof region !== "string")
    throw invalid("a bucket with a name and a region", value, `give ${example}`);
  readSecret(accessKey);
  readSecret(secretKey);
  return value;
}

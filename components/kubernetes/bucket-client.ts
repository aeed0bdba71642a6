import { type BucketAccess, throughProxy } from "../core/connections";
import type { CatalogueImage } from "../core/images";
import { type Secret, trusted } from "../core/secret";
import type { Mount } from "./mounts";
import { gatewayName, proxyUrl } from "../recipe/parts/private-host";

/** Image of rclone. v1.75.0, Dockerfile: Alpine with BusyBox' shell, and the program on PATH. */
export const rcloneImage = {
  path: "rclone/rclone",
  upstream: "docker.io/rclone/rclone",
  version: "1.75.0",
} as const satisfies CatalogueImage;

const remotes = "rclone/rclone v1.75.0 docs/content/docs.md, RCLONE_CONFIG_<remote>_<option>; backend/s3/s3.go";
const flags = "rclone/rclone v1.75.0 docs/content/docs.md and flags.md, environment variables";

/** Source of each variable that a bucket's client is given, for the tables of services. */
export const bucketClientSources: Readonly<Record<string, string>> = {
  RCLONE_CONFIG_STORE_TYPE: remotes,
  RCLONE_CONFIG_STORE_PROVIDER: remotes,
  RCLONE_CONFIG_STORE_ENDPOINT: remotes,
  RCLONE_CONFIG_STORE_REGION: remotes,
  RCLONE_CONFIG_STORE_NO_CHECK_BUCKET: remotes,
  RCLONE_CONFIG_STORE_ACCESS_KEY_ID: remotes,
  RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: remotes,
  RCLONE_CONFIG: flags,
  RCLONE_CACHE_DIR: flags,
  RCLONE_LOG_LEVEL: flags,
  RCLONE_CONTIMEOUT: flags,
  RCLONE_TIMEOUT: flags,
  RCLONE_CA_CERT: flags,
  HTTPS_PROXY: "golang/go 1.26 net/http/transport.go, ProxyFromEnvironment",
};

/** Part of a pod with rclone that reads a bucket. */
export interface BucketClient {
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, Secret>>;
  readonly mounts: readonly Mount[];
  /** Names that it knows beside those of the resolver. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/**
 * Variables by which rclone knows a bucket as `store:`; it has no configuration file. rclone v1.75.0 docs/content/docs.md, RCLONE_CONFIG_<remote>_<option>, and
 * backend/s3/s3.go.
 */
export const storeVariables = ({
  endpoint,
  region,
}: Pick<BucketAccess, "endpoint" | "region">): Readonly<Record<string, string>> => ({
  RCLONE_CONFIG: "/tmp/none",
  RCLONE_CONFIG_STORE_TYPE: "s3",
  RCLONE_CONFIG_STORE_PROVIDER: "Other",
  RCLONE_CONFIG_STORE_ENDPOINT: endpoint,
  RCLONE_CONFIG_STORE_REGION: region,
  RCLONE_CONFIG_STORE_NO_CHECK_BUCKET: "true",
  RCLONE_CACHE_DIR: "/tmp/cache",
  RCLONE_LOG_LEVEL: "ERROR",
  RCLONE_CONTIMEOUT: "15s",
  RCLONE_TIMEOUT: "2m",
});

/**
 * Part of a pod by which it reads a bucket with rclone.
 *
 * @param gateways addresses of the gateways, whose proxy leads to a store outside.
 */
export function bucketClient(bucket: BucketAccess, gateways: readonly string[]): BucketClient {
  const trust = "/bucket-trust";
  const proxied = throughProxy(bucket, bucket.endpoint);
  return {
    env: {
      ...storeVariables(bucket),
      ...(bucket.ca === undefined ? {} : { RCLONE_CA_CERT: `${trust}/ca.crt` }),
      ...(proxied ? { HTTPS_PROXY: proxyUrl } : {}),
    },
    secretEnv: {
      RCLONE_CONFIG_STORE_ACCESS_KEY_ID: bucket.accessKey,
      RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: bucket.secretKey,
    },
    mounts:
      bucket.ca === undefined ? [] : [{ name: "bucket-trust", path: trust, secrets: { "ca.crt": trusted(bucket.ca) } }],
    names: proxied ? { [gatewayName]: gateways } : {},
  };
}

import * as pulumi from "@pulumi/pulumi";
import {
  databaseLimits,
  type BucketAccess,
  type Cache,
  type Database,
  type OidcClient,
  type SmtpRelay,
  throughProxy,
  issuerNames,
  relayNames,
} from "../../core/connections";
import { type Secret, secretText, trusted } from "../../core/secret";
import type { Mount } from "../../kubernetes/mounts";
import type { Policies } from "../../kubernetes/policies";
import { gatewayName, proxyUrl } from "../../recipe/parts/private-host";
import { folders, trustFiles } from "./settings";

/** A server of the deployment: a host outside the cluster, with a name that browsers reach and an address that pods do. */
export interface MeetingServer {
  /** Id of the server in Scalelite, for ever: `server-1`. */
  readonly name: string;
  /** Host name in its certificate: `server-1.meet.example.ch`. */
  readonly domain: string;
  /** Private address, where it listens on 443 for pods. */
  readonly address: string;
}

/** Connections of recordings. */
export interface RecordingStores {
  /** Bucket of published recordings. Keep versions in it, and encrypt it at the store. */
  readonly bucket: BucketAccess;
  /** Bucket that servers put their archives into, below `spool/`. Its key lies on every server: take another bucket with a key of its own. */
  readonly spool: BucketAccess;
  /** Space of each importer: the largest archive three times. */
  readonly gib: number;
  /** Pool of hosts with the volume. */
  readonly pool: string;
}

/** All that the pods on the cluster are made of. */
export interface ClusterParts {
  readonly name: string;
  /** Host name of Greenlight. */
  readonly domain: string;
  /** Host name of Scalelite. */
  readonly scaleliteDomain: string;
  readonly participants: number;
  /** Tenants beside Greenlight, by name. */
  readonly tenants: readonly string[];
  readonly policies: Policies;
  readonly databases: { readonly scalelite: Database; readonly greenlight: Database };
  readonly caches: { readonly scalelite: Cache; readonly greenlight: Cache };
  readonly servers: readonly MeetingServer[];
  /** Absent where nothing is recorded. */
  readonly recordings?: RecordingStores;
  /** Bucket of Greenlight's own files: presentations, portraits, a logo. */
  readonly files: BucketAccess;
  readonly login: OidcClient;
  /** Absent where nobody is sent mail. */
  readonly smtp?: SmtpRelay;
  /** PEM of the authority that issued the certificates of the web and of the servers. @default - one that images know */
  readonly webAuthority?: pulumi.Input<string> | undefined;
  readonly secrets: ClusterSecrets;
}

export interface ClusterSecrets {
  /** Keys by which the programs sign their cookies, of at least 30 characters. */
  readonly scaleliteKey: Secret;
  readonly greenlightKey: Secret;
  /** Secret by which Greenlight asks Scalelite; the one before it is accepted too. */
  readonly loadBalancer: Secret;
  /** Secret by which Scalelite asks servers. */
  readonly servers: Secret;
  /** Secrets of tenants, by name; the one before each is accepted too. */
  readonly tenants: Readonly<Record<string, Secret>>;
}

/** Roles of secrets that are generated. */
export const secretRoles = (tenants: readonly string[]): readonly string[] => [
  "scalelite-key",
  "greenlight-key",
  "load-balancer",
  "servers",
  ...tenants.map((tenant) => `tenant-${tenant}`),
];

/** File of authorities that `start-rails.sh` makes. */
const trustedFile = "/tmp/trust.pem";

/** Variables of a program's connections to its database and its cache, and of what it trusts. */
export const railsEnv = ({ host, port, name, user }: Database): Readonly<Record<string, pulumi.Input<string>>> => ({
  // Without host and password: libpq has variables of its own for them, and one may be known only later. It has none for its limits.
  DATABASE_URL: `postgresql:///${name}?${Object.entries(databaseLimits)
    .map(([key, value]) => `${key}=${value}`)
    .join("&")}`,
  PGHOST: host,
  PGPORT: `${port}`,
  PGUSER: user,
  PGDATABASE: name,
  PGSSLMODE: "verify-full",
  PGSSLROOTCERT: `${folders.trust}/${trustFiles.database}`,
  SSL_CERT_FILE: trustedFile,
  // The image's own home is not writable, and that of the number is none.
  HOME: "/tmp",
});

/** Secret variables of the same connections, and the key of cookies. */
export const railsSecrets = (database: Database, cache: Cache, key: Secret): Readonly<Record<string, Secret>> => ({
  PGPASSWORD: database.password,
  REDIS_URL: redisUrl(cache),
  SECRET_KEY_BASE: key,
});

/** The client of Redis takes everything in one address. Its host is no secret, and may be known only later. */
const redisUrl = ({ host, port, password }: Cache): Secret =>
  secretText(
    { password, host: trusted(host) },
    (texts) => `rediss://:${encodeURIComponent(texts.password)}@${texts.host}:${port}`,
  );

/** Variables of the bucket that `store.rb` and the S3 client read. */
export const storeEnv = (bucket: BucketAccess): Readonly<Record<string, string>> => ({
  STORE_ENDPOINT: bucket.endpoint,
  ...(throughProxy(bucket, bucket.endpoint) ? { STORE_PROXY: proxyUrl } : {}),
  AWS_REGION: bucket.region,
  AWS_CA_BUNDLE: trustedFile,
  // Without it, the client asks the cloud's metadata service for keys where it finds none.
  AWS_EC2_METADATA_DISABLED: "true",
  // The client adds sums to every upload that many stores do not know.
  AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
});

/** Keys of the bucket for the S3 client's own variables. */
export const storeSecrets = ({ accessKey, secretKey }: BucketAccess): Readonly<Record<string, Secret>> => ({
  AWS_ACCESS_KEY_ID: accessKey,
  AWS_SECRET_ACCESS_KEY: secretKey,
});

/** Names that pods know beside those of the resolver: meeting servers at their private addresses, and what is reached through the gateways. */
export const knownNames = (
  { policies, servers, domain, scaleliteDomain, login, smtp }: ClusterParts,
  {
    meetings = false,
    web = false,
    proxy = false,
    issuer = false,
    mail = false,
  }: { meetings?: boolean; web?: boolean; proxy?: boolean; issuer?: boolean; mail?: boolean },
): { readonly names?: Readonly<Record<string, readonly string[]>> } => {
  const gateways = policies.namespace.cluster.gatewayAddresses;
  const names = {
    ...(meetings ? Object.fromEntries(servers.map((server) => [server.domain, [server.address]])) : {}),
    ...(web ? { [domain]: gateways, [scaleliteDomain]: gateways } : {}),
    ...(proxy ? { [gatewayName]: gateways } : {}),
    ...(issuer ? issuerNames(login) : {}),
    ...(mail && smtp !== undefined ? relayNames(smtp) : {}),
  };
  return Object.keys(names).length === 0 ? {} : { names };
};

/** The mount with authorities: those that were given. There is always the database's. */
export const trustMount = (
  authorities: Partial<Record<keyof typeof trustFiles, pulumi.Input<string> | undefined>>,
): Mount => ({
  name: "trust",
  path: folders.trust,
  secrets: Object.fromEntries(
    Object.entries(authorities).flatMap(([key, pem]) =>
      pem === undefined ? [] : [[trustFiles[key as keyof typeof trustFiles], trusted(pem)]],
    ),
  ),
});

/** Folder for what a program writes beside its data, in memory. */
export const scratch = (app: string, tmpMib: number): readonly Mount[] => [
  { name: "tmp", path: "/tmp", memoryMib: 64 },
  { name: "app-tmp", path: `${app}/tmp`, memoryMib: tmpMib },
];

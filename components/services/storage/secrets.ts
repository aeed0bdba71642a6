import type * as pulumi from "@pulumi/pulumi";
import type { Database } from "../../core/connections";
import { keyPair, type Secret, trusted } from "../../core/secret";
import { authorityIn } from "../../infrastructure/certificate-authority";
import { type Generation, Secrets } from "../../infrastructure/secrets";
import type { StoragePlan } from "./plan";
import {
  keeperIdentity,
  keyVariables,
  masterCount,
  memberHosts,
  gatewayCount,
  storageHost,
  storageTiers,
  tlsFiles,
} from "./settings";

/** Both halves of a key. */
export interface StorageKey {
  readonly access: Secret;
  readonly secret: Secret;
}

/** Everything of a store that is secret, or stands beside what is. */
export interface StorageSecrets {
  /** PEM of the authority by which its programs and its clients know it. */
  readonly ca: pulumi.Output<string>;
  /** Key of a bucket's identity. */
  readonly key: (bucket: string) => StorageKey;
  /** Certificates and keys by file name. */
  readonly certificates: Readonly<Record<string, Secret>>;
  /** Variables of masters and volume servers: the keys that tokens are signed with. */
  readonly tokens: Readonly<Record<string, Secret>>;
  /** Variables of gateways besides: keys of all identities, and the database's password. */
  readonly gateway: Readonly<Record<string, Secret>>;
  /** Variables of the keeper. */
  readonly keeper: Readonly<Record<string, Secret>>;
}

const idRole = (identity: string): string => `${identity}-id`;
const keyRole = (identity: string): string => `${identity}-key`;

/** Makes the secrets of a store, as children of it. */
export function storageSecrets(
  plan: StoragePlan,
  database: Database,
  generation: Generation,
  parent: pulumi.ComponentResource,
): StorageSecrets {
  const { name, buckets, serverCount } = plan;
  const tiers = storageTiers(name);
  const identities = [...buckets.map((bucket) => bucket.name), keeperIdentity];
  const tokens = ["volume-tokens", "filer-tokens", "filer-read-tokens"] as const;
  const secrets = new Secrets(
    name,
    {
      roles: [...identities.flatMap((identity) => [idRole(identity), keyRole(identity)]), ...tokens],
      generations: Object.fromEntries(
        identities.flatMap((identity) => [idRole(identity), keyRole(identity)]).map((role) => [role, generation]),
      ),
    },
    { parent },
  );
  const key = (identity: string): StorageKey => ({
    access: secrets.password(idRole(identity), { length: 20 }),
    secret: secrets.password(keyRole(identity), { length: 40 }),
  });

  const authority = authorityIn(parent, `${name}-authority`, { commonName: `${name} store` });
  const server = authority.issue("server", {
    commonName: `${name}-server`,
    dnsNames: [
      storageHost(name),
      ...memberHosts(tiers.master, masterCount),
      ...memberHosts(tiers.volume, serverCount),
      ...memberHosts(tiers.gateway, gatewayCount),
    ],
    usage: "server",
  });
  const client = authority.issue("client", { commonName: `${name}-client`, usage: "client" });
  const pairs = { server: keyPair(server), client: keyPair(client) };

  return {
    ca: authority.certificate,
    key,
    certificates: {
      [tlsFiles.authority]: trusted(authority.certificate),
      [tlsFiles.serverCertificate]: pairs.server.certificate,
      [tlsFiles.serverKey]: pairs.server.privateKey,
      [tlsFiles.clientCertificate]: pairs.client.certificate,
      [tlsFiles.clientKey]: pairs.client.privateKey,
      [tlsFiles.database]: trusted(database.ca),
    },
    tokens: {
      WEED_JWT_SIGNING_KEY: secrets.password("volume-tokens"),
      WEED_JWT_FILER_SIGNING_KEY: secrets.password("filer-tokens"),
      WEED_JWT_FILER_SIGNING_READ_KEY: secrets.password("filer-read-tokens"),
    },
    gateway: {
      WEED_POSTGRES2_PASSWORD: database.password,
      ...Object.assign({}, ...identities.map((identity) => variablesOf(identity, key(identity)))),
    },
    keeper: variablesOf(keeperIdentity, key(keeperIdentity), false),
  };
}

/** Variables with an identity's key, and with the one before where that is let in. */
function variablesOf(
  identity: string,
  { access, secret }: StorageKey,
  former = true,
): Readonly<Record<string, Secret>> {
  const now = keyVariables(identity);
  const before = keyVariables(identity, true);
  return {
    [now.access]: access,
    [now.secret]: secret,
    ...(former && access.previous !== undefined && secret.previous !== undefined
      ? { [before.access]: access.previous, [before.secret]: secret.previous }
      : {}),
  };
}

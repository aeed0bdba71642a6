import type * as pulumi from "@pulumi/pulumi";
import { issuerNames } from "../../core/connections";
import { image } from "../../core/images";
import { type Secret, trusted } from "../../core/secret";
import type { Tier } from "../../core/tier";
import type { Mount } from "../../kubernetes/mounts";
import type { Policies } from "../../kubernetes/policies";
import { Workload } from "../../kubernetes/workload";
import { gatewayName, proxyUrl } from "../../recipe/parts/private-host";
import type { ReadAccess } from "./access";
import type { TokenKeys } from "./access-keys";
import { accessCapacity, accessHealth, accessResources, accessSeconds, tokenNames } from "./access-settings";
import { scripts } from "./files";
import { jitsiImages } from "./images";

/** User of the image. */
const nodeUser = 1000;

const folders = { scripts: "/access", secrets: "/access-secrets", trust: "/access-trust" } as const;

export interface AccessParts {
  readonly domain: string;
  readonly participants: number;
  readonly access: ReadAccess;
  readonly tier: Tier<"http">;
  readonly policies: Policies;
  readonly keys: TokenKeys;
  /** Secrets that sealed cookies are opened with. */
  readonly seals: Secret;
  /** Hashes of the accounts' passwords. */
  readonly accounts: Secret;
}

/** The service that signs people in. Its replicas keep nothing, and know nothing of each other. */
export function accessPods(parts: AccessParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { access, tier, policies } = parts;
  const { cluster } = policies.namespace;
  const { matrix } = access;
  const names = {
    ...(access.kind === "oidc"
      ? { ...issuerNames(access.oidc), ...(access.proxied ? { [gatewayName]: cluster.gatewayAddresses } : {}) }
      : {}),
    ...(matrix?.addresses === undefined ? {} : { [matrix.domain]: matrix.addresses }),
  };
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "access",
      image: image(cluster.registry, jitsiImages.node),
      capacity: accessCapacity(parts.participants),
      user: nodeUser,
      command: ["node", `${folders.scripts}/access-server.mjs`],
      env: accessEnv(parts),
      ...(Object.keys(names).length === 0 ? {} : { names }),
      mounts: mounts(parts),
      probes: {
        ready: { get: accessHealth, port: tier.ports.http.port, everySeconds: 5 },
        alive: { get: accessHealth, port: tier.ports.http.port, failures: 6 },
      },
      resources: accessResources,
    },
    opts,
  );
}

/** Settings of the service; its scripts read them. */
export function accessEnv({ domain, access, tier, keys }: AccessParts): Readonly<Record<string, string>> {
  return {
    ACCESS_PORT: `${tier.ports.http.port}`,
    ACCESS_DOMAIN: domain,
    ACCESS_ISSUER: tokenNames(domain).issuer,
    ACCESS_KEY_ID: keys.id,
    ACCESS_TOKEN_SECONDS: `${accessSeconds.token}`,
    ACCESS_SESSION_SECONDS: `${accessSeconds.session[access.kind]}`,
    ACCESS_SECRETS: folders.secrets,
    ...(access.kind === "accounts"
      ? {}
      : {
          ACCESS_OIDC_ISSUER: access.oidc.issuer,
          ACCESS_OIDC_CLIENT: access.oidc.clientId,
          ...(access.oidc.ca === undefined ? {} : { ACCESS_OIDC_CA: `${folders.trust}/login.crt` }),
          ...(access.moderators === undefined
            ? {}
            : { ACCESS_MODERATOR_CLAIM: access.moderators.claim, ACCESS_MODERATOR_VALUE: access.moderators.value }),
          ...(access.proxied ? { HTTPS_PROXY: proxyUrl } : {}),
        }),
    ...(access.matrix === undefined
      ? {}
      : {
          ACCESS_MATRIX_SERVER: access.matrix.serverName,
          ACCESS_MATRIX_URL: `https://${access.matrix.domain}`,
          ACCESS_MATRIX_MODERATES: `${access.kind === "oidc" && access.moderators === undefined}`,
          ...(access.matrix.ca === undefined ? {} : { ACCESS_MATRIX_CA: `${folders.trust}/chat.crt` }),
        }),
  };
}

const mounts = ({ access, keys, seals, accounts }: AccessParts): readonly Mount[] => [
  { name: "scripts", path: folders.scripts, files: scripts.access },
  {
    name: "secrets",
    path: folders.secrets,
    secrets: {
      "token.key": keys.signing,
      cookies: seals,
      ...(access.kind === "accounts" ? { "accounts.json": accounts } : { "client-secret": access.oidc.clientSecret }),
    },
  },
  ...(Object.keys(authorities(access)).length === 0
    ? []
    : [{ name: "trust", path: folders.trust, secrets: authorities(access) }]),
];

/** Authorities of whom it asks, where Node does not know them. */
const authorities = (access: ReadAccess): Readonly<Record<string, Secret>> => ({
  ...(access.kind === "oidc" && access.oidc.ca !== undefined ? { "login.crt": trusted(access.oidc.ca) } : {}),
  ...(access.matrix?.ca === undefined ? {} : { "chat.crt": trusted(access.matrix.ca) }),
});

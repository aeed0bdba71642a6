import type * as pulumi from "@pulumi/pulumi";
import { issuerNames, type Reachable } from "../../core/connections";
import { image } from "../../core/images";
import { isTier } from "../../core/link";
import type { Secret } from "../../core/secret";
import type { Policies } from "../../kubernetes/policies";
import { Workload } from "../../kubernetes/workload";
import { gatewayName, proxyUrl } from "../../recipe/parts/private-host";
import type { MatrixArgs } from "./args";
import { homeserver } from "./homeserver";
import { matrixImages } from "./images";
import { logConfig } from "./log";
import { type MatrixPlan, mediaVolume, synapseResources } from "./plan";
import { secretFilesOf, trustFilesOf } from "./secrets";
import { folders, healthPath, metricsPath, synapseTier, synapseUser, trustFiles } from "./settings";

export interface HomeserverParts {
  readonly name: string;
  readonly args: MatrixArgs;
  readonly plan: MatrixPlan;
  readonly policies: Policies;
  /** Host name of the cache; empty without one. */
  readonly cacheHost: string;
  /** Pool of hosts that carries the plan's volume. */
  readonly pool: string;
}

/** The homeserver's one process, on the host of its volume. */
export function homeserverPods(parts: HomeserverParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, args, plan, policies } = parts;
  const { cluster } = args.on;
  const tier = synapseTier(name);
  const proxied = Object.keys(proxies(args)).length > 0;
  const names = { ...issuerNames(args.login), ...(proxied ? { [gatewayName]: cluster.gatewayAddresses } : {}) };
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "homeserver",
      kind: "StatefulSet",
      pool: parts.pool,
      image: image(cluster.registry, args.image ?? matrixImages.synapse),
      capacity: { load: plan.users, perReplica: plan.users, unit: "people", source: "one process; see mostUsers" },
      singleton: "clients send again what waits; Kubernetes starts it again in seconds, on the host of its volume",
      user: synapseUser,
      args: ["run", "--config-path", `${folders.config}/homeserver.yaml`, "--no-secrets-in-config"],
      env: environment(args),
      secretEnv: environmentSecrets(args),
      ...(Object.keys(names).length === 0 ? {} : { names }),
      mounts: [
        {
          name: "config",
          path: folders.config,
          files: { "homeserver.yaml": configuration(parts), "log.yaml": logConfig() },
        },
        { name: "secrets", path: folders.secrets, secrets: secretFilesOf(name, args, opts) },
        { name: "trust", path: folders.trust, secrets: trustFilesOf(args) },
        // Uploads on their way, and files while pictures are made smaller.
        { name: "tmp", path: "/tmp", memoryMib: 256 },
      ],
      volumes: [{ name: "media", path: folders.media, gib: plan.mediaGib, from: mediaVolume(name) }],
      metrics: { port: "metrics", path: metricsPath },
      probes: {
        ready: { get: healthPath, port: tier.ports.http.port, everySeconds: 5 },
        alive: { get: healthPath, port: tier.ports.http.port, failures: 6 },
        // The first start of a new release changes the database.
        startSeconds: 600,
      },
      resources: synapseResources,
    },
    opts,
  );
}

const configuration = ({ args, plan, cacheHost }: HomeserverParts): string => {
  const { database, login, bucket, cache, turn } = args;
  return homeserver({
    ...plan,
    database,
    login,
    ...(cache === undefined ? {} : { cache: { host: cacheHost, port: cache.port } }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(turn === undefined ? {} : { turn }),
    folders,
  });
};

/** Variables that the homeserver's libraries read: libpq's, OpenSSL's and boto3's own names. */
const environment = (args: MatrixArgs): Readonly<Record<string, pulumi.Input<string>>> => {
  const { database, login, bucket } = args;
  return {
    PGHOST: database.host,
    ...(login.ca === undefined ? {} : { SSL_CERT_FILE: `${folders.trust}/${trustFiles.login}` }),
    ...(bucket?.ca === undefined ? {} : { AWS_CA_BUNDLE: `${folders.trust}/${trustFiles.bucket}` }),
    // Without it, boto3 asks the cloud's metadata service for keys where it finds none.
    ...(bucket === undefined ? {} : { AWS_EC2_METADATA_DISABLED: "true" }),
    ...proxies(args),
  };
};

const environmentSecrets = ({ database, bucket }: MatrixArgs): Readonly<Record<string, Secret>> => ({
  PGPASSWORD: database.password,
  ...(bucket === undefined ? {} : { AWS_ACCESS_KEY_ID: bucket.accessKey, AWS_SECRET_ACCESS_KEY: bucket.secretKey }),
});

/** A place outside whose port at the peer is not that of its address is reached through the gateways' proxy. */
const throughProxy = ({ peer, port }: Reachable, address: URL): boolean =>
  !isTier(peer) && port !== Number(address.port || 443);

/** Variables of a proxy, where one of the places needs it; the others are left out of it. */
function proxies(args: MatrixArgs): Readonly<Record<string, string>> {
  const places = placesOf(args);
  if (!places.some(({ proxied }) => proxied)) return {};
  const direct = places.filter(({ proxied }) => !proxied);
  return { HTTPS_PROXY: proxyUrl, NO_PROXY: direct.map(({ address }) => new URL(address).hostname).join(",") };
}

/** Addresses that the homeserver is given beside its database and its cache, and whether they are reached through the gateways' proxy. */
export const placesOf = ({ login, bucket }: Pick<MatrixArgs, "login" | "bucket">) =>
  [
    { key: "login", reached: login, address: login.issuer },
    ...(bucket === undefined ? [] : [{ key: "bucket", reached: bucket, address: bucket.endpoint }]),
  ].map(({ reached, ...place }) => ({ ...place, proxied: throughProxy(reached, new URL(place.address)) }));

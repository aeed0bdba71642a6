import type * as pulumi from "@pulumi/pulumi";
import { issuerNames, type Reachable } from "../../core/connections";
import { image } from "../../core/images";
import { isTier } from "../../core/link";
import type { Secret } from "../../core/secret";
import { serviceHost, type Tier } from "../../core/tier";
import type { Mount } from "../../kubernetes/mounts";
import type { Policies } from "../../kubernetes/policies";
import { Workload, type WorkloadArgs } from "../../kubernetes/workload";
import { gatewayName, proxyUrl } from "../../recipe/parts/private-host";
import type { MatrixArgs } from "./args";
import { federatedServers } from "./federation";
import { homeserver, loginFile } from "./homeserver";
import { matrixImages } from "./images";
import { logConfig } from "./log";
import { type MatrixPlan, mediaVolume, synapseResources } from "./plan";
import { type MatrixSecretFiles, trustFilesOf } from "./secrets";
import {
  authenticationPorts,
  folders,
  healthPath,
  metricsPath,
  secretFiles,
  synapseUser,
  trustFiles,
  type Instances,
} from "./settings";
import { wellKnown } from "./well-known";
import { page, pageFrame } from "./page";

export interface HomeserverParts {
  readonly name: string;
  readonly args: MatrixArgs;
  readonly plan: MatrixPlan;
  readonly policies: Policies;
  readonly secrets: MatrixSecretFiles;
  /** Host name of the cache; empty without one. */
  readonly cacheHost: string;
  /** Pool of hosts that carries the plan's volume. */
  readonly pool: string;
}

/** Needs of one process beside what all have. */
interface Ways {
  /** It signs people in at the provider. */
  readonly login?: boolean;
  /** It has the files. */
  readonly files?: boolean;
  /** It talks to other homeservers. */
  readonly federation?: boolean;
}

/** The main process. Alone, it has the files on its volume, too, and talks to other homeservers. */
export function homeserverPods(parts: HomeserverParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { plan, args } = parts;
  const alone = plan.workers === undefined;
  const ways = { login: args.authentication === undefined, files: alone, federation: alone };
  // Beside workers, the provider is in a file that no worker reads.
  const own: Readonly<Record<string, string>> =
    ways.login && !alone ? { "login.yaml": loginFile({ login: args.login, folders }) } : {};
  return new Workload(
    plan.homeserver.name,
    {
      ...processArgs(parts, ways),
      tier: plan.homeserver,
      role: "homeserver",
      ...(alone ? { pool: parts.pool } : {}),
      kind: "StatefulSet",
      capacity: { load: plan.users, perReplica: plan.users, unit: "people", source: "one process; see mostUsers" },
      singleton: alone
        ? "clients send again what waits; Kubernetes starts it again in seconds, on the host of its volume"
        : "people go on reading, writing and signing keys at the workers; what it alone does waits: Kubernetes starts it again in seconds, on any host",
      args: [
        "run",
        ...["homeserver.yaml", ...Object.keys(own)].flatMap((file) => ["--config-path", `${folders.config}/${file}`]),
        "--no-secrets-in-config",
      ],
      mounts: processMounts(parts, ways, own),
      ...(alone ? { volumes: [mediaVolumeOf(parts)] } : {}),
      probes: {
        ready: { get: healthPath, port: plan.homeserver.ports.http.port, everySeconds: 5 },
        alive: { get: healthPath, port: plan.homeserver.ports.http.port, failures: 6 },
        // The first start of a new release changes the database.
        startSeconds: 600,
      },
      resources: synapseResources,
    },
    opts,
  );
}

/** The volume with the files. */
export const mediaVolumeOf = ({ name, plan }: HomeserverParts) => ({
  name: "media",
  path: folders.media,
  gib: plan.mediaGib,
  from: mediaVolume(name),
});

/** Arguments that all processes of the homeserver share. */
export const processArgs = (
  { args, plan, policies }: HomeserverParts,
  ways: Ways,
): Pick<WorkloadArgs, "namespace" | "policies" | "image" | "user" | "env" | "secretEnv" | "names" | "metrics"> => {
  const { cluster } = args.on;
  const proxied = Object.keys(proxies(args, plan, ways)).length > 0;
  const names = {
    ...(ways.login === true ? issuerNames(args.login) : {}),
    ...(proxied ? { [gatewayName]: cluster.gatewayAddresses } : {}),
  };
  return {
    namespace: policies.namespace,
    policies,
    image: image(cluster.registry, args.image ?? matrixImages.synapse),
    user: synapseUser,
    env: environment(args, plan, ways),
    secretEnv: environmentSecrets(args, ways),
    ...(Object.keys(names).length === 0 ? {} : { names }),
    metrics: { port: "metrics", path: metricsPath },
  };
};

/** Files of a process. Every process reads the same configuration first, so each has every secret that this names. */
export const processMounts = (
  parts: HomeserverParts,
  ways: Ways,
  own: Readonly<Record<string, string>> = {},
): readonly Mount[] => [
  {
    name: "config",
    path: folders.config,
    files: { "homeserver.yaml": configuration(parts), "log.yaml": logConfig(), [pageFrame]: page, ...own },
  },
  { name: "secrets", path: folders.secrets, secrets: secretsFor(parts.secrets.processes, ways) },
  { name: "trust", path: folders.trust, secrets: trustFilesOf(trustedBy(parts.args, ways)) },
  // Uploads on their way, and files while pictures are made smaller.
  { name: "tmp", path: "/tmp", memoryMib: ways.files === true ? 256 : 64 },
];

const secretsFor = (all: MatrixSecretFiles["processes"], { login = false }: Ways) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => login || name !== secretFiles.loginClient));

/** Authorities that a process verifies others by. The list for other homeservers' certificates is read by every process. */
const trustedBy = ({ database, login, cache, bucket, federationCa }: MatrixArgs, ways: Ways) => ({
  database,
  ...(ways.login === true ? { login } : {}),
  ...(cache === undefined ? {} : { cache }),
  ...(ways.files === true && bucket !== undefined ? { bucket } : {}),
  ...(federationCa === undefined ? {} : { federationCa }),
});

const configuration = ({ args, plan, cacheHost }: HomeserverParts): string => {
  const { database, login, bucket, cache, turn, federationCa } = args;
  const { serverName, domain, workers, authentication, keepDays } = plan;
  return homeserver({
    serverName,
    domain,
    database,
    login,
    ...(cache === undefined ? {} : { cache: { host: cacheHost, port: cache.port } }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(turn === undefined ? {} : { turn }),
    ...(workers === undefined ? {} : { workers: instances(plan, workers) }),
    federation: federatedServers(plan.federation),
    federationCa: federationCa !== undefined,
    identifies: plan.calls !== undefined || plan.jitsiTokens !== undefined,
    calls: plan.calls !== undefined,
    ...(keepDays === undefined ? {} : { keepDays }),
    ...(authentication === undefined
      ? {}
      : { authentication: `http://${serviceHost(authentication.tier)}:${authenticationPorts.http}/` }),
    wellKnown: wellKnown(plan),
    folders,
  });
};

/** Name of the one pod of a tier. */
const onlyPod = ({ name }: Tier): string => `${name}-0`;

const instances = (
  { homeserver: main }: MatrixPlan,
  { writer, media, sender }: NonNullable<MatrixPlan["workers"]>,
): Instances => ({
  main: serviceHost(main),
  writer: { name: onlyPod(writer), host: serviceHost(writer) },
  media: onlyPod(media),
  ...(sender === undefined ? {} : { sender: { name: onlyPod(sender), host: serviceHost(sender) } }),
});

/** Variables that the homeserver's libraries read: libpq's, OpenSSL's and boto3's own names. */
const environment = (
  args: MatrixArgs,
  plan: MatrixPlan,
  ways: Ways,
): Readonly<Record<string, pulumi.Input<string>>> => {
  const { database, login, bucket } = args;
  const files = ways.files === true ? bucket : undefined;
  return {
    PGHOST: database.host,
    ...(ways.login !== true || login.ca === undefined ? {} : { SSL_CERT_FILE: `${folders.trust}/${trustFiles.login}` }),
    ...(files?.ca === undefined ? {} : { AWS_CA_BUNDLE: `${folders.trust}/${trustFiles.bucket}` }),
    // Without it, boto3 asks the cloud's metadata service for keys where it finds none.
    ...(files === undefined ? {} : { AWS_EC2_METADATA_DISABLED: "true" }),
    ...proxies(args, plan, ways),
  };
};

const environmentSecrets = ({ database, bucket }: MatrixArgs, ways: Ways): Readonly<Record<string, Secret>> => ({
  PGPASSWORD: database.password,
  ...(ways.files !== true || bucket === undefined
    ? {}
    : { AWS_ACCESS_KEY_ID: bucket.accessKey, AWS_SECRET_ACCESS_KEY: bucket.secretKey }),
});

/** A place outside whose port at the peer is not that of its address is reached through the gateways' proxy. */
const throughProxy = ({ peer, port }: Reachable, address: URL): boolean =>
  !isTier(peer) && port !== Number(address.port || 443);

/** Variables of a proxy, where one of the places needs it; the others are left out of it. */
export function proxies(
  args: Pick<MatrixArgs, "login" | "bucket">,
  plan: Pick<MatrixPlan, "federation">,
  { login = false, files = false, federation = false }: Ways,
): Readonly<Record<string, string>> {
  const places = placesOf(args).filter(({ key }) => (key === "login" ? login : files));
  const federates = federation && federatedServers(plan.federation).length > 0;
  if (!federates && !places.some(({ proxied }) => proxied)) return {};
  const direct = places.filter(({ proxied }) => !proxied);
  return { HTTPS_PROXY: proxyUrl, NO_PROXY: direct.map(({ address }) => new URL(address).hostname).join(",") };
}

/** Addresses that the homeserver is given beside its database and its cache, and whether they are reached through the gateways' proxy. */
export const placesOf = ({ login, bucket }: Pick<MatrixArgs, "login" | "bucket">) =>
  [
    { key: "login", reached: login, address: login.issuer },
    ...(bucket === undefined ? [] : [{ key: "bucket", reached: bucket, address: bucket.endpoint }]),
  ].map(({ reached, ...place }) => ({ ...place, proxied: throughProxy(reached, new URL(place.address)) }));

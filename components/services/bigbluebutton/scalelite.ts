import type * as pulumi from "@pulumi/pulumi";
import { throughProxy } from "../../core/connections";
import { image } from "../../core/images";
import { type Secret, secretText } from "../../core/secret";
import { Task } from "../../kubernetes/task";
import { Workload } from "../../kubernetes/workload";
import { scripts } from "./files";
import { bigBlueButtonImages } from "./images";
import {
  type ClusterParts,
  knownNames,
  type MeetingServer,
  railsEnv,
  railsSecrets,
  scratch,
  storeEnv,
  storeSecrets,
  trustMount,
} from "./rails";
import {
  folders,
  pollerCapacity,
  podResources,
  polling,
  rubyPort,
  rubyUser,
  scaleliteCapacity,
  scaleliteThreads,
} from "./settings";
import { bigBlueButtonTiers, ownTenant } from "./tiers";

/** Address of a server's API. */
export const serverApi = ({ domain }: Pick<MeetingServer, "domain">): string => `https://${domain}/bigbluebutton/api`;

/** Address of Scalelite's API, for Greenlight and for other frontends. */
export const scaleliteApi = (scaleliteHost: string): string => `https://${scaleliteHost}/bigbluebutton/api`;

/** Command that starts a program of Scalelite's image below its init. */
export const startRails = (...command: readonly string[]): readonly string[] => [
  "/bin/sh",
  `${folders.scripts}/start-rails.sh`,
  "tini",
  "--",
  ...command,
];

/** Brings Scalelite's database to the present version, before anything else of it starts. */
export function scaleliteSchema(parts: ClusterParts, opts: pulumi.ComponentResourceOptions): Task {
  const { name, policies, databases, caches, secrets } = parts;
  const tier = bigBlueButtonTiers(name).scaleliteSchema;
  return new Task(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "scalelite-schema",
      image: image(policies.namespace.cluster.registry, bigBlueButtonImages.scalelite),
      user: rubyUser,
      command: startRails("bundle", "exec", "rake", "db:prepare"),
      env: { ...railsEnv(databases.scalelite), RAILS_LOG_LEVEL: "warn" },
      secretEnv: railsSecrets(databases.scalelite, caches.scalelite, secrets.scaleliteKey),
      mounts: [
        ...scratch(folders.scaleliteApp, 128),
        { name: "scripts", path: folders.scripts, files: scripts.schema, executable: true },
        trustMount({ database: databases.scalelite.ca, cache: caches.scalelite.ca }),
      ],
      resources: podResources.task,
      timeoutSeconds: 900,
      // What was done is not done again.
      retries: 3,
    },
    opts,
  );
}

/** Settings that the API, the pollers and the importers share. */
export function scaleliteEnv(parts: ClusterParts): Readonly<Record<string, pulumi.Input<string>>> {
  const { databases, scaleliteDomain, tenants, recordings } = parts;
  return {
    ...railsEnv(databases.scalelite),
    RAILS_MAX_THREADS: `${scaleliteThreads.each}`,
    RAILS_LOG_LEVEL: "warn",
    URL_HOST: scaleliteDomain,
    MULTITENANCY_ENABLED: `${tenants.length > 0}`,
    // Greenlight signs with SHA-1 and nothing else; Scalelite itself takes the last of these for what it asks of servers.
    LOADBALANCER_CHECKSUM_ALGORITHM: "SHA1:SHA256:SHA512",
    // Whoever asks for recordings names a meeting or a recording.
    GET_RECORDINGS_API_FILTERED: "true",
    // Guests wait for a moderator, whatever a frontend asks for.
    OVERRIDE_CREATE_PARAMS: `guestPolicy=ASK_MODERATOR${recordings === undefined ? ",record=false" : ""}`,
    RECORDING_DISABLED: `${recordings === undefined}`,
    PROTECTED_RECORDINGS_ENABLED: `${recordings !== undefined}`,
  };
}

/** Settings of those that write into the bucket of recordings, or delete there. */
export const recordingEnv = ({ recordings }: ClusterParts): Readonly<Record<string, string>> =>
  recordings === undefined
    ? {}
    : { S3_RECORDING: "true", S3_BUCKET_NAME: recordings.bucket.bucket, ...storeEnv(recordings.bucket) };

/** Secrets of all of Scalelite's programs. */
export const scaleliteSecrets = ({ databases, caches, secrets }: ClusterParts): Readonly<Record<string, Secret>> => ({
  ...railsSecrets(databases.scalelite, caches.scalelite, secrets.scaleliteKey),
  LOADBALANCER_SECRETS: accepted(secrets.loadBalancer),
});

/** Secrets of those that write into the bucket of recordings, or delete there. */
export const recordingSecrets = ({ recordings }: ClusterParts): Readonly<Record<string, Secret>> =>
  recordings === undefined ? {} : storeSecrets(recordings.bucket);

/** A secret with the one before it, as Scalelite reads several. */
const accepted = (secret: Secret): Secret =>
  secretText<string>(
    { present: secret, ...(secret.previous === undefined ? {} : { before: secret.previous }) },
    (texts) => [texts["present"], texts["before"]].filter((text) => text !== undefined).join(":"),
  );

/** Authorities that programs of Scalelite trust. */
export const scaleliteTrust = ({ databases, caches, recordings, webAuthority }: ClusterParts) => ({
  database: databases.scalelite.ca,
  cache: caches.scalelite.ca,
  web: webAuthority,
  bucket: recordings?.bucket.ca,
});

/** True if the bucket of recordings is reached through the gateways' proxy. */
const proxied = ({ recordings }: ClusterParts): boolean =>
  recordings !== undefined && throughProxy(recordings.bucket, recordings.bucket.endpoint);

/**
 * Scalelite: frontends ask it as if it were one server, and it sends each meeting to the server with the least load. Its replicas keep nothing: servers, tenants and
 * meetings are in the cache, recordings in the database and the bucket.
 *
 * A lost cache is filled again by the pollers within a round, except for the meetings in it: they go on where they are, and whoever wants to join one then begins
 * another.
 */
export function scalelite(parts: ClusterParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, policies, participants } = parts;
  const tier = bigBlueButtonTiers(name).scalelite;
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "scalelite",
      image: image(policies.namespace.cluster.registry, bigBlueButtonImages.scalelite),
      capacity: scaleliteCapacity(participants),
      user: rubyUser,
      command: startRails("bundle", "exec", "puma", "-C", `${folders.scripts}/puma.rb`),
      env: { ...scaleliteEnv(parts), ...recordingEnv(parts), WEB_CONCURRENCY: `${scaleliteThreads.processes}` },
      secretEnv: { ...scaleliteSecrets(parts), ...recordingSecrets(parts) },
      ...knownNames(parts, { meetings: true, proxy: proxied(parts) }),
      mounts: [
        ...scratch(folders.scaleliteApp, 128),
        { name: "scripts", path: folders.scripts, files: scripts.scalelite, executable: true },
        trustMount(scaleliteTrust(parts)),
      ],
      probes: {
        ready: { command: ["/bin/sh", `${folders.scripts}/scalelite-ready.sh`], everySeconds: 5 },
        // Not the page: it waits for cache and database, and a start would not bring them back.
        alive: { connect: rubyPort, failures: 6 },
        startSeconds: 300,
      },
      // The image is Alpine's, and its probe has a time limit.
      shareProcessNamespace: true,
      resources: podResources.scalelite,
    },
    opts,
  );
}

/**
 * Servers and tenants as the pollers keep them in the cache. Greenlight is a tenant too where there are others.
 *
 * Ids of tenants are their names: upstream makes random ones, and writes them into recordings.
 */
export function planned({ servers, tenants, secrets, scaleliteDomain }: ClusterParts): Secret {
  const all = tenants.length === 0 ? {} : { [ownTenant(scaleliteDomain)]: secrets.loadBalancer, ...secrets.tenants };
  const plain = servers.map(({ name, domain }) => [name, serverApi({ domain })] as const);
  return secretText<string>(
    {
      servers: secrets.servers,
      ...Object.fromEntries(Object.entries(all).map(([tenant, secret]) => [`tenant ${tenant}`, accepted(secret)])),
    },
    (texts) =>
      `${JSON.stringify({
        servers: Object.fromEntries(plain.map(([id, url]) => [id, { url, secret: texts["servers"] }])),
        tenants: Object.fromEntries(Object.keys(all).map((tenant) => [tenant, texts[`tenant ${tenant}`]])),
      })}\n`,
    JSON.stringify(plain),
  );
}

/**
 * The pollers: each asks all servers in turn, so that Scalelite knows their load and what has ended, and keeps the planned servers and tenants in the cache. Two are
 * at work; while one is away the other goes on, and a server that is lost is noticed after two minutes in place of one.
 */
export function poller(parts: ClusterParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, policies } = parts;
  const tier = bigBlueButtonTiers(name).poller;
  const alive = "/tmp/polled";
  const recently = (minutes: number): readonly string[] => [
    "/bin/sh",
    "-c",
    `[ -n "$(find ${alive} -mmin -${minutes})" ]`,
  ];
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "poller",
      image: image(policies.namespace.cluster.registry, bigBlueButtonImages.scalelite),
      capacity: pollerCapacity,
      user: rubyUser,
      command: startRails("bundle", "exec", "rails", "runner", `${folders.scripts}/poll.rb`),
      env: {
        ...scaleliteEnv(parts),
        POLL_INTERVAL: `${polling.seconds}`,
        POLLER_THREADS: `${polling.threads}`,
        REDIS_POOL: `${polling.threads}`,
        SERVER_UNHEALTHY_THRESHOLD: `${polling.failures}`,
        PLANNED: `${folders.planned}/planned.json`,
        ALIVE: alive,
      },
      secretEnv: scaleliteSecrets(parts),
      ...knownNames(parts, { meetings: true }),
      mounts: [
        ...scratch(folders.scaleliteApp, 128),
        { name: "scripts", path: folders.scripts, files: scripts.poller, executable: true },
        { name: "planned", path: folders.planned, secrets: { "planned.json": planned(parts) } },
        trustMount({ ...scaleliteTrust(parts), bucket: undefined }),
      ],
      probes: { ready: { command: recently(3) }, alive: { command: recently(10), failures: 6 }, startSeconds: 300 },
      resources: podResources.poller,
    },
    opts,
  );
}

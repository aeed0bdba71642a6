import * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../../core/capacity";
import type { Database } from "../../core/connections";
import { image } from "../../core/images";
import { type Secret, trusted } from "../../core/secret";
import { serviceHost } from "../../core/tier";
import type { Mount } from "../../kubernetes/mounts";
import type { Policies } from "../../kubernetes/policies";
import { Task } from "../../kubernetes/task";
import { Workload } from "../../kubernetes/workload";
import type { IdentityArgs } from "./args";
import { scripts } from "./files";
import { identityImages } from "./images";
import { type IdentityPlan, realmResources, serverResources } from "./plan";
import type { ReadDirectory } from "./reads";
import { realmFile } from "./realm";
import {
  alivePath,
  buildEnv,
  databaseUrl,
  folders,
  keeperClient,
  keycloakPorts,
  keycloakUser,
  nodeUser,
  readyPath,
  realmTier,
  serverEnv,
  serverTier,
  trustFiles,
} from "./settings";

export interface IdentityParts {
  readonly name: string;
  readonly args: IdentityArgs;
  readonly plan: IdentityPlan;
  readonly policies: Policies;
  readonly directory: ReadDirectory | undefined;
  /** Secret of the task that keeps the realm. */
  readonly keeper: Secret;
  readonly clients: Readonly<Record<string, Secret>>;
  readonly accounts: Readonly<Record<string, Secret>>;
  /** Generation of each account's one-time password. */
  readonly generations: Readonly<Record<string, string>>;
}

/**
 * The servers. Each builds itself when its pod starts, since a container's root file system is read only and upstream's image is built for no database; the build
 * stays while the pod does. In the folder is what the build writes, and links to the image for the rest.
 */
export function serverPods(parts: IdentityParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, args, plan, policies, directory } = parts;
  const { cluster } = args.on;
  const tier = serverTier(name);
  const own = image(cluster.registry, args.image ?? identityImages.keycloak);
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "identity",
      image: own,
      capacity: plan.capacity,
      replicas: replicasFor(plan.capacity),
      user: keycloakUser,
      init: [
        {
          name: "build",
          image: own,
          command: ["/bin/bash", `${folders.scripts}/build-server.sh`, folders.image, folders.server],
          env: buildEnv(),
        },
      ],
      command: [`${folders.server}/bin/kc.sh`, "start", "--optimized"],
      env: {
        ...serverEnv({ url: `https://${plan.domain}`, proxies: cluster.podRange }),
        KC_DB_URL: addressOf(args.database),
        KC_DB_USERNAME: args.database.user,
        KC_TRUSTSTORE_PATHS: folders.trust,
      },
      podFields: { KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS: "status.podIP" },
      secretEnv: { KC_DB_PASSWORD: args.database.password, KC_BOOTSTRAP_ADMIN_CLIENT_SECRET: parts.keeper },
      names: {
        ...(directory === undefined ? {} : { [directory.host]: directory.addresses }),
        ...Object.fromEntries(signOutHosts(plan).map((host) => [host, cluster.gatewayAddresses])),
      },
      mounts: [
        { name: "scripts", path: folders.scripts, files: scripts.server },
        { name: "trust", path: folders.trust, secrets: trustFilesOf(args, plan) },
        { name: "server", path: folders.server, memoryMib: 128 },
        { name: "tmp", path: "/tmp", memoryMib: 32 },
      ],
      metrics: { port: "management", path: "/metrics" },
      probes: {
        ready: { get: readyPath, port: keycloakPorts.management, everySeconds: 5 },
        alive: { get: alivePath, port: keycloakPorts.management, failures: 6 },
        // The first start of a new release changes the database.
        startSeconds: 900,
      },
      // Connections are told to go elsewhere for ten seconds, and those under way have as long to end.
      drain: { seconds: 45 },
      resources: serverResources,
    },
    opts,
  );
}

const addressOf = ({ host, port, name }: Database): pulumi.Input<string> =>
  typeof host === "string"
    ? databaseUrl(host, port, name, folders.trust)
    : pulumi.output(host).apply((known) => databaseUrl(known, port, name, folders.trust));

/** Names at which services hear that somebody has signed out. */
export const signOutHosts = ({ clients }: Pick<IdentityPlan, "clients">): readonly string[] => [
  ...new Set(Object.values(clients).flatMap(({ signOut }) => (signOut === undefined ? [] : new URL(signOut).hostname))),
];

const trustFilesOf = (
  { on, database, directory }: IdentityArgs,
  plan: Pick<IdentityPlan, "clients">,
): Readonly<Record<string, Secret>> => ({
  [trustFiles.database]: trusted(database.ca),
  ...(on.webAuthority === undefined || signOutHosts(plan).length === 0
    ? {}
    : { [trustFiles.web]: trusted(on.webAuthority) }),
  ...(directory === undefined ? {} : { [trustFiles.directory]: trusted(directory.ca) }),
});

/**
 * The task that keeps the realm as planned, while the stack is updated. What upstream's own import does is of no use for that: at a start it makes a realm and
 * never changes one, and as a command it deletes the realm first, with all people (keycloak/keycloak, docs/guides/server/importExport.adoc).
 */
export function realmTask(parts: IdentityParts, opts: pulumi.ComponentResourceOptions): Task {
  const { name, args, plan, policies, directory, clients, accounts, keeper, generations } = parts;
  const tier = realmTier(name);
  const files: Mount[] = [
    { name: "scripts", path: folders.scripts, files: scripts.realm },
    {
      name: "realm",
      path: folders.realm,
      files: {
        "realm.json": realmFile({
          realm: plan.realm,
          domain: plan.domain,
          clients: plan.clients,
          readers: Object.keys(plan.readers),
          accounts: generations,
          ...(directory === undefined ? {} : { directory: directory.settings }),
        }),
      },
    },
    {
      name: "secrets",
      path: folders.secrets,
      secrets: {
        keeper,
        ...(keeper.previous === undefined ? {} : { "keeper-previous": keeper.previous }),
        ...named("client", clients),
        ...named("account", accounts),
        ...(args.directory === undefined ? {} : { directory: args.directory.bindPassword }),
      },
    },
  ];
  return new Task(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "realm",
      image: image(args.on.cluster.registry, identityImages.node),
      user: nodeUser,
      command: ["node", `${folders.scripts}/keep-realm.mjs`],
      env: {
        REALM_SERVER: `http://${serviceHost(serverTier(name))}:${keycloakPorts.http}`,
        REALM_FILE: `${folders.realm}/realm.json`,
        REALM_SECRETS: folders.secrets,
        REALM_KEEPER: keeperClient,
      },
      mounts: files,
      resources: realmResources,
      timeoutSeconds: 1_800,
      // It does what is left to do, however often it runs.
      retries: 3,
    },
    opts,
  );
}

const named = (kind: string, secrets: Readonly<Record<string, Secret>>): Readonly<Record<string, Secret>> =>
  Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [`${kind}-${name}`, secret]));

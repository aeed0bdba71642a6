import * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../../core/capacity";
import { issuerNames, relayNames } from "../../core/connections";
import { image } from "../../core/images";
import { type Secret, secretText, trusted } from "../../core/secret";
import type { Mount } from "../../kubernetes/mounts";
import type { Policies } from "../../kubernetes/policies";
import { Task, type TaskArgs } from "../../kubernetes/task";
import { Workload } from "../../kubernetes/workload";
import { gatewayName, proxyUrl } from "../../recipe/parts/private-host";
import { apache, phpIni } from "./apache";
import type { NextcloudArgs } from "./args";
import { hubVariables, settingsFile } from "./config";
import { proxied, storePlace } from "./connections";
import { limitsFile, limitsText, limitsVariables } from "./database";
import { scripts } from "./files";
import { keepFile, type Kept } from "./keep";
import { type NextcloudPlan, nextcloudResources } from "./plan";
import {
  folders,
  nextcloudTiers,
  ports,
  processesPerServer,
  secretFiles,
  trustFiles,
  uploadMib,
  webUser,
} from "./settings";

/** Secrets that the web servers and the tasks hold beside those of connections. */
export interface HubSecrets {
  readonly salt: Secret;
  readonly secret: Secret;
  /** Of the files' encryption, where the store is told a key. */
  readonly store: Secret | undefined;
  readonly administrator: Secret;
  /** Of services' accounts, by their names. */
  readonly accounts: Readonly<Record<string, Secret>>;
}

export interface HubParts {
  readonly args: NextcloudArgs;
  readonly plan: NextcloudPlan;
  readonly policies: Policies;
  readonly secrets: HubSecrets;
  /** Things that the task keeps beside those of the arguments. */
  readonly kept: Pick<Kept, "integrations" | "talk">;
  /** Secret files of the task. */
  readonly keptSecrets: Readonly<Record<string, Secret>>;
}

/** Everything that the web servers and the tasks have in common: the same image, configuration, secrets, authorities and names. */
function shared({ args, plan, policies, secrets }: HubParts) {
  const { on, database, cache, bucket, login, relay, mailboxes } = args;
  const through = proxied(args);
  const store = storePlace(bucket.endpoint);
  const mounts: readonly Mount[] = [
    {
      name: "config",
      path: folders.config,
      files: {
        ...scripts.config,
        "apache2.conf": apache({
          domain: plan.domain,
          port: ports.web,
          code: folders.code,
          run: folders.run,
          processes: processesPerServer,
          uploadMib,
        }),
        "php.ini": phpIni({ uploadMib }),
        [limitsFile]: limitsText(),
      },
    },
    {
      name: "secrets",
      path: folders.secrets,
      secrets: {
        [secretFiles.database]: database.password,
        [secretFiles.cache]: cache.password,
        [secretFiles.storeKey]: bucket.accessKey,
        [secretFiles.storeSecret]: bucket.secretKey,
        [secretFiles.salt]: secrets.salt,
        [secretFiles.secret]: secrets.secret,
        ...(secrets.store === undefined ? {} : { [secretFiles.storeEncryption]: encryptionKey(secrets.store) }),
        ...(relay?.password === undefined ? {} : { [secretFiles.relay]: relay.password }),
      },
    },
    {
      name: "trust",
      path: folders.trust,
      secrets: {
        [trustFiles.database]: trusted(database.ca),
        [trustFiles.cache]: trusted(cache.ca),
        ...authority(trustFiles.store, bucket.ca),
        ...authority(trustFiles.login, login.ca),
        ...authority(trustFiles.relay, relay?.ca),
        ...authority(trustFiles.mailboxes, mailboxes?.ca),
        // The signaling servers are asked behind the edge.
        ...authority(trustFiles.web, plan.talk === undefined ? undefined : on.webAuthority),
      },
    },
    { name: "run", path: folders.run, memoryMib: 1_024 },
    { name: "data", path: folders.data, memoryMib: 16 },
    { name: "tmp", path: "/tmp", memoryMib: 256 },
  ];
  const settings: Mount = {
    name: "settings",
    path: folders.settings,
    files: {
      "settings.json": settingsFile({
        name: plan.name,
        domain: plan.domain,
        proxies: on.cluster.podRange,
        folders,
        database,
        cache,
        store: {
          ...store,
          bucket: bucket.bucket,
          region: bucket.region,
          encrypted: secrets.store !== undefined,
          ...(through.bucket ? { proxy: proxyUrl } : {}),
        },
        ...(through.login ? { proxy: { address: proxyUrl, direct: directHosts(args, plan) } } : {}),
        ...(relay === undefined ? {} : { relay }),
      }),
    },
  };
  const names = {
    ...issuerNames(login),
    ...(args.relay === undefined ? {} : relayNames(args.relay)),
    // The signaling servers are asked at the name that browsers know: private hosts have no way to the public addresses.
    ...(plan.talk === undefined ? {} : { [plan.talk.domain]: on.cluster.gatewayAddresses }),
    ...(through.bucket || through.login ? { [gatewayName]: on.cluster.gatewayAddresses } : {}),
  };
  return {
    base: {
      namespace: policies.namespace,
      policies,
      image: image(on.cluster.registry, args.image),
      user: webUser,
      env: {
        [hubVariables.database]: pulumi.interpolate`${database.host}:${database.port}`,
        [hubVariables.cache]: pulumi.interpolate`tls://${cache.host}`,
        HUB_SESSIONS: pulumi.interpolate`${cache.host}:${cache.port}`,
        ...limitsVariables(folders.config),
      },
      ...(Object.keys(names).length === 0 ? {} : { names }),
    },
    mounts,
    settings,
  };
}

/** Hosts that are reached without the proxy. */
const directHosts = ({ bucket }: NextcloudArgs, { domain, talk }: NextcloudPlan): readonly string[] => [
  domain,
  ...(talk === undefined ? [] : [talk.domain]),
  storePlace(bucket.endpoint).host,
];

const authority = (file: string, ca: pulumi.Input<string> | undefined): Record<string, Secret> =>
  ca === undefined ? {} : { [file]: trusted(ca) };

/** The key of the files' encryption as the store wants it: 32 bytes in base64. */
const encryptionKey = (store: Secret): Secret =>
  secretText({ store }, ({ store: key }) => Buffer.from(key).toString("base64"));

/** Runs a program with the server's configuration. */
const run = (...words: readonly string[]): readonly string[] => ["/bin/sh", `${folders.scripts}/run-hub.sh`, ...words];

/** The web servers: Apache with PHP inside. */
export function webPods(parts: HubParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { plan } = parts;
  const { web } = nextcloudTiers(plan.name);
  const { base, mounts, settings } = shared(parts);
  return new Workload(
    web.name,
    {
      ...base,
      tier: web,
      role: "web",
      capacity: plan.capacity,
      replicas: replicasFor(plan.capacity),
      command: run("apache2", "-f", `${folders.config}/apache2.conf`, "-D", "FOREGROUND"),
      mounts: [...mounts, settings, { name: "scripts", path: folders.scripts, files: scripts.web, executable: true }],
      probes: {
        ready: { get: "/status.php", port: ports.web, everySeconds: 5 },
        alive: { connect: ports.web, failures: 6 },
      },
      drain: { seconds: 60 },
      resources: nextcloudResources.web,
    },
    opts,
  );
}

/** The periodic work, every five minutes as upstream's image has it; a run that takes longer is waited for. */
export function cronTask(parts: HubParts, opts: pulumi.ComponentResourceOptions): Task {
  const { cron } = nextcloudTiers(parts.plan.name);
  const { base, mounts, settings } = shared(parts);
  return task(
    cron.name,
    {
      ...base,
      tier: cron,
      role: "cron",
      schedule: "*/5 * * * *",
      command: run("php", "-f", `${folders.code}/cron.php`),
      mounts: [...mounts, settings, { name: "scripts", path: folders.scripts, files: scripts.web, executable: true }],
      resources: nextcloudResources.task,
      timeoutSeconds: 3_600,
    },
    opts,
  );
}

const accountFile = (name: string): string => `account-${name}`;

/** The task that installs, upgrades and keeps settings, while the stack is updated; the web servers start after it. */
export function keeperTask(parts: HubParts, opts: pulumi.ComponentResourceOptions): Task {
  const { args, plan, secrets, kept, keptSecrets } = parts;
  const { keeper } = nextcloudTiers(plan.name);
  const { base, mounts, settings } = shared(parts);
  const keep = keepFile({
    apps: plan.apps,
    integrations: kept.integrations,
    certificates: args.login.ca === undefined ? [] : [trustFiles.login],
    accounts: Object.fromEntries(plan.accounts.map((name) => [name, accountFile(name)])),
    login: { clientId: args.login.clientId, issuer: args.login.issuer, secret: "login" },
    ...(kept.talk === undefined ? {} : { talk: kept.talk }),
  });
  const all = mounts.map((mount) =>
    "secrets" in mount && mount.name === "secrets"
      ? {
          ...mount,
          secrets: {
            ...mount.secrets,
            administrator: secrets.administrator,
            ...Object.fromEntries(Object.entries(secrets.accounts).map(([who, own]) => [accountFile(who), own])),
            login: args.login.clientSecret,
            ...keptSecrets,
          },
        }
      : mount,
  );
  return task(
    keeper.name,
    {
      ...base,
      tier: keeper,
      role: "keeper",
      command: run("php", "-f", `${folders.scripts}/keep-hub.php`),
      mounts: [
        ...all,
        "files" in settings ? { ...settings, files: { ...settings.files, "keep.json": keep } } : settings,
        { name: "scripts", path: folders.scripts, files: scripts.keeper, executable: true },
      ],
      resources: nextcloudResources.task,
      timeoutSeconds: 3_600,
      // It does what is left to do, however often it runs; an installation that broke off is said.
      retries: 2,
    },
    opts,
  );
}

const task = (name: string, args: TaskArgs, opts: pulumi.ComponentResourceOptions): Task => new Task(name, args, opts);

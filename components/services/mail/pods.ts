import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../../core/capacity";
import { issuerNames, relayNames } from "../../core/connections";
import { image } from "../../core/images";
import type { Secret } from "../../core/secret";
import type { Mount } from "../../kubernetes/mounts";
import type { Policies } from "../../kubernetes/policies";
import { Task } from "../../kubernetes/task";
import { Workload } from "../../kubernetes/workload";
import type { MailArgs } from "./args";
import { scripts } from "./files";
import { mailImages } from "./images";
import { serverResources, settleResources } from "./plan";
import type { MailPlan } from "./plan-args";
import { stepsText } from "./objects";
import { authoritiesOf, mailboxSecret, type MailSecrets } from "./secrets";
import { dataStore } from "./data-store";
import type { Account } from "./people";
import { serverSteps } from "./server";
import {
  alivePath,
  asksAtFirst,
  closedProxy,
  databaseConnections,
  folders,
  mailPorts,
  mailUser,
  program,
  rates,
  readyPath,
  serverTier,
  settlePort,
  settleTier,
  systemAuthorities,
} from "./settings";

export interface MailParts {
  readonly name: string;
  readonly args: MailArgs;
  readonly plan: MailPlan;
  readonly policies: Policies;
  readonly secrets: MailSecrets;
  readonly databaseHost: string;
}

/** Mailboxes and relays, as the servers know them. */
export function accountsOf({ mailboxes, relays, conferencing }: MailPlan): readonly Account[] {
  const split = (address: string) => {
    const [name = "", domain = ""] = address.split("@");
    return { name, domain };
  };
  return [
    ...mailboxes.map((address) => ({
      ...split(address),
      secret: mailboxSecret(address),
      from: [],
      perHour: rates.perPersonPerHour,
    })),
    ...Object.entries(relays).map(([name, { from, perHour }]) => ({
      ...split(from),
      secret: `relay-${name}`,
      from: conferencing?.through ?? [],
      perHour,
    })),
  ];
}

const configuration = ({ args, plan, secrets, databaseHost }: MailParts): Readonly<Record<string, string>> => {
  const { database, bucket, login, next } = args;
  return {
    "config.json": dataStore({ ...database, host: databaseHost }, databaseConnections),
    "steps.txt": stepsText(
      serverSteps({
        host: plan.host,
        domains: plan.domains,
        accounts: accountsOf(plan),
        selectors: secrets.selectors,
        proxies: args.on.cluster.podRange,
        sts: plan.sts,
        bucket,
        secrets: folders.secrets,
        ...(login === undefined ? {} : { login }),
        ...(next === undefined
          ? {}
          : { next: { host: next.host, port: next.port, ...(next.user === undefined ? {} : { user: next.user }) } }),
      }),
    ),
  };
};

/** Variables of both: the program is let out to its bucket and to the provider, and to nothing else on the web. */
const environment = ({ args }: MailParts): Readonly<Record<string, string>> => {
  const { bucket, login, next } = args;
  const direct = [bucket.endpoint, ...(login === undefined ? [] : [login.issuer])].map((url) => new URL(url).hostname);
  const known = Object.keys(authoritiesOf(args)).map((file) => `${folders.trust}/${file}`);
  const open =
    bucket.ca === undefined ||
    (login !== undefined && login.ca === undefined) ||
    (next !== undefined && next.ca === undefined);
  return {
    HTTPS_PROXY: closedProxy,
    HTTP_PROXY: closedProxy,
    NO_PROXY: [...new Set(direct)].join(","),
    MAIL_PROGRAM: program,
    MAIL_CONFIG: folders.config,
    MAIL_WORK: folders.work,
    MAIL_AUTHORITIES: [...known, ...(open ? [systemAuthorities] : [])].join(" "),
  };
};

const mounts = (
  parts: MailParts,
  own: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): readonly Mount[] => [
  { name: "scripts", path: folders.scripts, files: own },
  { name: "config", path: folders.config, files },
  { name: "secrets", path: folders.secrets, secrets: parts.secrets.files },
  { name: "trust", path: folders.trust, secrets: authoritiesOf(parts.args) as Readonly<Record<string, Secret>> },
  { name: "work", path: folders.work, memoryMib: 256 },
  { name: "tmp", path: "/tmp", memoryMib: 64 },
];

/** The task that tells the servers their settings, before they start and whenever they change. */
export function settleTask(parts: MailParts, opts: pulumi.ComponentResourceOptions): Task {
  const { name, args, policies } = parts;
  const tier = settleTier(name);
  return new Task(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "settings",
      image: image(args.on.cluster.registry, args.image ?? mailImages.stalwart),
      user: mailUser,
      command: ["/bin/sh", `${folders.scripts}/settle.sh`],
      env: {
        ...environment(parts),
        MAIL_SECRETS: folders.secrets,
        MAIL_PORT: `${settlePort}`,
        MAIL_OWN_PORT: `${mailPorts.http}`,
        MAIL_WAIT: "300",
      },
      names: { ...issuerNamesOf(args), [asksAtFirst]: ["127.0.0.1"] },
      mounts: mounts(parts, scripts.settle, configuration(parts)),
      resources: settleResources,
      timeoutSeconds: 900,
      // It may do its work twice.
      retries: 3,
    },
    opts,
  );
}

/** The servers: all alike, with nothing of their own. */
export function serverPods(parts: MailParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, args, plan, policies } = parts;
  const tier = serverTier(name);
  const files = configuration(parts);
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "mail",
      image: image(args.on.cluster.registry, args.image ?? mailImages.stalwart),
      capacity: plan.capacity,
      replicas: replicasFor(plan.capacity),
      user: mailUser,
      command: ["/bin/sh", `${folders.scripts}/start-server.sh`],
      // Servers read their settings when they start: other settings are other pods.
      env: { ...environment(parts), MAIL_SETTINGS: digest(files["steps.txt"] ?? "") },
      ...named(args),
      mounts: mounts(parts, scripts.server, { "config.json": files["config.json"] ?? "" }),
      probes: {
        ready: { get: readyPath, port: mailPorts.http, everySeconds: 5 },
        alive: { command: aliveCommand(parts), failures: 6 },
        startSeconds: 300,
      },
      drain: { seconds: 45 },
      resources: serverResources,
    },
    opts,
  );
}

/** Question for a server that runs, and has not been left at a silent database: it has no limit of its own there. */
const aliveCommand = ({ args: { database }, databaseHost }: MailParts): readonly string[] => [
  "/bin/sh",
  `${folders.scripts}/alive.sh`,
  `http://127.0.0.1:${mailPorts.http}${alivePath}`,
  databaseHost,
  `${database.port}`,
];

const issuerNamesOf = ({ login }: MailArgs) => (login === undefined ? {} : issuerNames(login));

const named = (args: MailArgs) => {
  const names = { ...issuerNamesOf(args), ...(args.next === undefined ? {} : relayNames(args.next)) };
  return Object.keys(names).length === 0 ? {} : { names };
};

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** The middle of a workplace, which tests start on live nodes: one sign-in, and a chat that people reach by it, over a database and a cache of the house. */
import {
  givenBucket,
  givenSecret,
  hetzner,
  Identity,
  Matrix,
  OpenVidu,
  openViduServers,
  planIdentity,
  planMatrix,
  planOpenVidu,
  planPostgres,
  planValkey,
  Platform,
  Postgres,
  Valkey,
} from "../../components";
import type { KubernetesObject } from "../support/programs/apply";
import { until } from "../support/programs/background";
import type { LiveCluster } from "./live-cluster";
import { outsideAuthority } from "./outside";
import type { Rendered } from "./rendered";
import type { LiveOptions } from "./start-live";

export const domains = { login: "login.crisis.example.ch", chat: "chat.crisis.example.ch" } as const;

/** Accounts that the realm begins with. */
export const people = ["officer", "deputy", "clerk", "guest"] as const;
export type Person = (typeof people)[number];

/** Address of the client at the homeserver, which people are sent back to. */
const { host, ...store } = { host: "store.example.ch", bucket: "archive", accessKey: "access", secretKey: "secret" };

/** Services beside the two. */
export interface Beside {
  /** Host name of Element Web. @default - none */
  readonly app?: string;
  /** Host names of tickets for calls, and of a LiveKit of the house. @default - no calls */
  readonly calls?: { readonly domain: string; readonly media: string };
}

/** One-time passwords of the accounts are among its outputs. */
export const program = ({ app, calls }: Beside = {}): Record<string, unknown> => {
  const size = { name: "chat", domain: domains.chat, users: 20, mediaGib: 2, workers: true };
  const chat = planMatrix({
    ...size,
    ...(app === undefined ? {} : { app }),
    ...(calls === undefined ? {} : { calls: { domain: calls.domain, livekit: `wss://${calls.media}` } }),
  });
  const media =
    calls === undefined
      ? undefined
      : planOpenVidu({ name: "media", domain: calls.media, participants: 20, portals: ["chat"] });
  const found = planValkey({ name: "found", memoryMib: 32 });
  const login = planIdentity({
    name: "login",
    domain: domains.login,
    people: 20,
    clients: { chat: { redirects: [chat.callback], signOut: chat.signOut } },
    breakGlass: people,
  });
  const archive = `https://${host}`;
  const resources = { cpu: 0.25, memoryMib: 512 };
  const records = planPostgres({ name: "records", serves: [chat, login], gib: 8, archive, resources });
  const cache = planValkey({ name: "cache", memoryMib: 64, clients: 100 });
  const platform = new Platform("live", {
    cloud: hetzner(),
    location: "fsn1",
    machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43", data: "ccx23" },
    isolatedFrom: [{ name: "directory", kind: "directory", ranges: ["10.0.0.0/20"] }],
    birthSecret: "protects nothing here",
    domain: domains.login,
    administrators: ["203.0.113.0/24"],
    site: {
      resolvers: [
        { address: "192.0.2.53", name: "dns1.example.ch" },
        { address: "198.51.100.53", name: "dns2.example.ch" },
      ],
      timeServers: ["192.0.2.123", "198.51.100.123"],
      mirror: {
        registry: "registry.crisis.example.ch",
        packages: "https://packages.crisis.example.ch/debian",
        artefacts: "https://artefacts.crisis.example.ch",
      },
    },
    plans: [chat, login, records, cache, ...(media === undefined ? [] : [media, found])],
  });
  const bucket = givenBucket({
    ...platform.proxy,
    endpoint: archive,
    bucket: store.bucket,
    region: "live",
    ca: outsideAuthority().certificate,
    accessKey: givenSecret(store.accessKey),
    secretKey: givenSecret(store.secretKey),
  });
  const postgres = new Postgres("records", { on: platform, plan: records, archive: { bucket } });
  const valkey = new Valkey("cache", { on: platform, plan: cache });
  const identity = new Identity("login", {
    on: platform,
    plan: login,
    database: postgres.database("login", { from: login.server }),
  });
  for (const from of chat.processes.slice(1)) {
    postgres.database("chat", { from });
    valkey.access({ from });
  }
  new Matrix("chat", {
    on: platform,
    plan: chat,
    database: postgres.database("chat", { from: chat.homeserver }),
    cache: valkey.access({ from: chat.homeserver }),
    login: identity.client("chat"),
    ...(media === undefined ? {} : { calls: livekit(platform, media, found).servers("chat") }),
  });
  return { kubeconfig: platform.kubeconfig, accounts: identity.accounts, issuer: identity.issuer };
};

/** LiveKit of the house, whose servers find each other in a cache of their own. */
function livekit(on: Platform, plan: ReturnType<typeof planOpenVidu>, found: ReturnType<typeof planValkey>): OpenVidu {
  const cache = new Valkey("found", { on, plan: found }).access({ from: openViduServers(on, plan) });
  return new OpenVidu("media", { on, plan, cache, drainSeconds: 60 });
}

let rendered: Rendered | undefined;

/** One-time password of an account. */
export const firstPassword = (person: Person): string =>
  (rendered?.outputs["accounts"] as Readonly<Record<string, string>>)[person] ?? "";

const isTask = ({ kind }: KubernetesObject): boolean => kind === "Job";
const isChat = ({ kind, metadata }: KubernetesObject): boolean =>
  metadata.namespace === "chat" || (kind === "Namespace" && metadata.name === "chat");

/** The engine's order: the realm is kept once servers are ready, and the homeserver comes once its client is there. */
async function afterwards(cluster: LiveCluster, objects: readonly KubernetesObject[]): Promise<void> {
  await cluster.apply(objects.filter(isTask));
  const tasks = objects.filter(isTask).map(({ metadata: { name, namespace = "" } }) => ({ name, namespace }));
  const done = async ({ name, namespace }: (typeof tasks)[number]): Promise<boolean> =>
    (await cluster.kubectl(["get", "job", name, "-n", namespace, "-o", "jsonpath={.status.succeeded}"])) === "1";
  await until("the realm to be kept", async () => (await Promise.all(tasks.map(done))).every(Boolean), 600);
  await cluster.apply(objects.filter(isChat));
  await until("pods of the chat", async () => (await cluster.pods(["chat"])).length >= 7);
  await cluster.ready(["chat"], 600);
}

/** The workplace with something beside it. */
export const workplaceWith = (beside: Beside = {}) =>
  ({
    program: () => program(beside),
    // The outside asks gateways for it.
    change: { "sovereign-uc:domain": domains.login },
    store: host,
    prepare: async ({ outside }) => {
      await outside.startStore(host, [store.bucket], { access: store.accessKey, secret: store.secretKey });
    },
    objects: (made) => {
      rendered = made;
      return made.objects;
    },
    isLater: (object) => isTask(object) || isChat(object),
    seconds: 600,
    afterwards,
  }) satisfies LiveOptions;

export const workplace = workplaceWith();

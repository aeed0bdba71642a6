import { type Capacity, replicasFor } from "../../core/capacity";
import { invalid, type Keys, knownKeys, validate } from "../../core/errors";
import { dnsLabel, domainName } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { type DatabaseNeed, egressTo, type PodRequest } from "../../core/plan";
import { flag } from "../../core/shapes";
import { type Federation, federationEgress, readFederation } from "./federation";
import { type CallsPlan, readCalls } from "./calls";
import type { MatrixPlan, WorkerTiers } from "./planned";
import { readJitsi, readJitsiTokens } from "./jitsi";
import { matrixRoutes } from "./routes";
import { callbackOf, databaseConnections, signOutOf } from "./settings";
import {
  authenticationTier,
  callTier,
  elementTier,
  mainTier,
  mediaTier,
  readerTier,
  routerTier,
  senderTier,
  synapseTier,
  writerTier,
} from "./tiers";

export type { MatrixPlan, WorkerTiers } from "./planned";

export interface MatrixPlanArgs {
  /** Its namespace and resources begin with it. */
  readonly name: string;
  /** Host name that clients connect to. */
  readonly domain: string;
  /**
   * Part of every user's and room's name after the colon. It can never be changed. Where it is another name, that name's own web server has to answer
   * `/.well-known/matrix/client`.
   *
   * @default - the domain
   */
  readonly serverName?: string;
  /** People who are there at once. */
  readonly users: number;
  /** Files of all rooms: on the volume of one host, and in a bucket where the service is given one. */
  readonly mediaGib: number;
  /** Issuer of the identity provider, where it is outside: `https://login.crisis.example.ch/realms/crisis`. @default - inside the cluster */
  readonly login?: string;
  /** Endpoint of the bucket's store, where there is one and it is outside: `https://sos-ch-gva-2.exo.io`. @default - none */
  readonly bucket?: string;
  /**
   * True for workers beside the main process: people go on reading and writing while one of those that answer them is lost. They talk over a cache.
   *
   * @default - for more people than one process carries
   */
  readonly workers?: boolean;
  /**
   * Homeservers under the operator's control that this one talks to, by server name, each with the HTTPS address that its `/.well-known/matrix/server` leads to. Rooms
   * that they share can bring in events of servers that only the other side lists. @default - none: there is no federation
   */
  readonly federation?: Federation;
  /**
   * Host name of Matrix Authentication Service, which signs people in at the identity provider in the homeserver's place: Element X needs it. @default - none: the
   * homeserver sends people to the provider itself
   */
  readonly authentication?: string;
  /** Host name of Element Web. @default - none */
  readonly app?: string;
  /** Element Call, on LiveKit servers. @default - none */
  readonly calls?: CallsPlan;
  /** Host name of a Jitsi whose rooms Element shows as widgets; its plan has the app's address among those that embed it. @default - none */
  readonly jitsi?: string;
  /**
   * True if that Jitsi lets this homeserver's people in (`access.matrix` of it): Element Web's widgets take them to its meetings without another sign-in. The homeserver then
   * says who a person is, to whoever has a token that this person made for that. @default false
   */
  readonly jitsiTokens?: boolean;
  /** Days after which messages are removed. @default - never */
  readonly keepDays?: number;
}

const matrixPlanArgsKeys: Keys<MatrixPlanArgs> = {
  name: true,
  domain: true,
  serverName: true,
  users: true,
  mediaGib: true,
  login: true,
  bucket: true,
  workers: true,
  federation: true,
  authentication: true,
  app: true,
  calls: { domain: true, livekit: true },
  jitsi: true,
  jitsiTokens: true,
  keepDays: true,
};

/** Most people for one process: Element's own sizing for servers that do not federate (ems-docs.element.io, "ESS Sizing", LTS 23.10) goes on with workers above. */
export const mostUsers = 500;

/** Most people for one homeserver: the same page ends there. */
const mostUsersOfAll = 10_000;

/** Resource requests of one process, from the same page: 2 cores and 2,000 MiB; files on their way are in memory besides. */
export const synapseResources = { cpu: 2, memoryMib: 2_560 } as const;

/** Requests of processes that the readers take the load from, and of what stands around them: assumptions until measured. */
export const aroundResources = {
  reader: { cpu: 1, memoryMib: 1_536 },
  writer: { cpu: 1, memoryMib: 1_536 },
  sender: { cpu: 0.25, memoryMib: 768 },
  router: { cpu: 0.25, memoryMib: 256 },
  authentication: { cpu: 0.5, memoryMib: 512 },
  element: { cpu: 0.1, memoryMib: 64 },
  calls: { cpu: 0.1, memoryMib: 128 },
} as const;

/** Connections that a client holds at once: one waits for news, others load files. An assumption until measured. */
const connectionsPerUser = 4;

/** Name of the homeserver's volume on its hosts. */
export const mediaVolume = (name: string): string => `${name}-media`;

/** Readers: as many people for each as the page has for a whole homeserver of one process. */
export const readerCapacity = (users: number): Capacity => ({
  load: users,
  perReplica: mostUsers,
  unit: "people",
  source: "Element's sizing of a homeserver of one process (ems-docs.element.io, ESS Sizing, LTS 23.10)",
});

/** Tiers whose pods are light: one carries all, and there is another. */
export const lightCapacity = (users: number): Capacity => ({
  load: users,
  perReplica: mostUsersOfAll,
  unit: "people",
  source:
    "an assumption until measured: each of them is asked at a sign-in, at a start or for a call, or only passes requests on",
});

/**
 * Plans a Matrix homeserver: one process, which keeps its rooms in a database and its files on a volume; with workers beside it for more people, or for some that must not
 * wait while a process starts again.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const chat = planMatrix({ name: "chat", domain: "chat.crisis.example.ch", users: 300, mediaGib: 100 });
 */
export function planMatrix(args: MatrixPlanArgs): MatrixPlan {
  const {
    name,
    domain,
    serverName = domain,
    users,
    mediaGib,
    login,
    bucket,
    ...more
  } = knownKeys(args, matrixPlanArgsKeys);
  const { workers: asked, federation, authentication, app, calls, jitsi, jitsiTokens = false, keepDays } = more;
  const valid = validate({
    // The volume is named after it, in at most 15 characters.
    name: () => dnsLabel(name, 9),
    domain: () => domainName(domain),
    serverName: () => domainName(serverName),
    users: () => people(users, asked),
    mediaGib: () => countInRange(mediaGib, "GiB of files", 1, 65_536),
    login: () => (login === undefined ? [] : [egressTo(login, `logins of ${name}`)]),
    bucket: () => (bucket === undefined ? [] : [egressTo(bucket, `files of ${name}`)]),
    workers: () => flag(asked ?? users > mostUsers, "true for workers"),
    federation: () => readFederation(federation, serverName),
    authentication: () => optionalName(authentication),
    app: () => optionalName(app),
    calls: () => readCalls(calls, { domain, serverName, app }),
    jitsi: () => readJitsi(jitsi, app),
    jitsiTokens: () => readJitsiTokens(jitsiTokens, jitsi),
    keepDays: () => (keepDays === undefined ? undefined : countInRange(keepDays, "days", 1, 3_650)),
  });
  const settled = {
    service: "matrix" as const,
    name: valid.name,
    domain: valid.domain,
    serverName: valid.serverName,
    users: valid.users,
    mediaGib: valid.mediaGib,
    federation: valid.federation,
    ...given("jitsi", valid.jitsi),
    ...(valid.jitsiTokens ? { jitsiTokens: true as const } : {}),
    ...given("keepDays", valid.keepDays),
  };
  const federates = Object.keys(valid.federation).length > 0;
  const workers = valid.workers ? workerTiers(valid.name, federates) : undefined;
  const homeserver = workers === undefined ? synapseTier(valid.name) : mainTier(valid.name);
  const parts = {
    homeserver,
    ...given("workers", workers),
    ...(valid.authentication === undefined
      ? {}
      : { authentication: { domain: valid.authentication, tier: authenticationTier(valid.name) } }),
    ...(valid.app === undefined ? {} : { app: { domain: valid.app, tier: elementTier(valid.name) } }),
    ...(valid.calls === undefined ? {} : { calls: { ...valid.calls, tier: callTier(valid.name) } }),
  };
  return {
    ...settled,
    ...parts,
    processes: [
      homeserver,
      ...(workers === undefined
        ? []
        : [workers.reader, workers.media, workers.writer, ...(workers.sender === undefined ? [] : [workers.sender])]),
    ],
    callback: callbackOf({ ...settled, ...parts }),
    signOut: signOutOf({ ...settled, ...parts }),
    routes: matrixRoutes({ ...settled, ...parts }),
    connections: valid.users * connectionsPerUser,
    requests: requestsOf({ ...settled, ...parts }),
    volumes: [{ name: mediaVolume(valid.name), gib: valid.mediaGib, replicas: 1 }],
    databases: databasesOf({ ...settled, ...parts }),
    egress: [...valid.login, ...valid.bucket, ...federationEgress(valid.federation, valid.name)],
  };
}

const given = <K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> =>
  (value === undefined ? {} : { [key]: value }) as Partial<Record<K, T>>;

function people(users: number, workers: boolean | undefined): number {
  const many = countInRange(users, "people", 1);
  if (many > mostUsersOfAll)
    throw invalid(`at most ${mostUsersOfAll} people for a homeserver`, many, "plan several homeservers");
  if (many > mostUsers && workers === false)
    throw invalid(`at most ${mostUsers} people for a homeserver of one process`, many, "leave workers out");
  return many;
}

const optionalName = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : domainName(value);

const workerTiers = (name: string, federates: boolean): WorkerTiers => ({
  router: routerTier(name),
  reader: readerTier(name),
  media: mediaTier(name),
  writer: writerTier(name),
  ...(federates ? { sender: senderTier(name) } : {}),
});

type Parts = Pick<MatrixPlan, "name" | "users" | "homeserver" | "workers" | "authentication" | "app" | "calls">;

function requestsOf({ users, homeserver, workers, authentication, app, calls }: Parts): readonly PodRequest[] {
  const light = replicasFor(lightCapacity(users));
  return [
    { tier: homeserver.name, replicas: 1, ...(workers === undefined ? { hosts: "data" } : {}), ...synapseResources },
    ...(workers === undefined
      ? []
      : ([
          { tier: workers.router.name, replicas: light, ...aroundResources.router },
          { tier: workers.reader.name, replicas: replicasFor(readerCapacity(users)), ...aroundResources.reader },
          { tier: workers.media.name, replicas: 1, hosts: "data", ...synapseResources },
          { tier: workers.writer.name, replicas: 1, ...aroundResources.writer },
          ...(workers.sender === undefined
            ? []
            : [{ tier: workers.sender.name, replicas: 1, ...aroundResources.sender }]),
        ] as const)),
    ...(authentication === undefined
      ? []
      : [{ tier: authentication.tier.name, replicas: light, ...aroundResources.authentication }]),
    ...(app === undefined ? [] : [{ tier: app.tier.name, replicas: light, ...aroundResources.element }]),
    ...(calls === undefined ? [] : [{ tier: calls.tier.name, replicas: light, ...aroundResources.calls }]),
  ];
}

function databasesOf({ name, users, workers, authentication }: Parts): readonly DatabaseNeed[] {
  const own = name.replaceAll("-", "_");
  // One reader more than there are, while an update replaces them.
  const processes = workers === undefined ? 1 : replicasFor(readerCapacity(users)) + 1 + (workers.sender ? 4 : 3);
  return [
    { name: own, connections: processes * databaseConnections.most, locale: "C" },
    ...(authentication === undefined
      ? []
      : [
          {
            name: `${own}_auth`,
            connections: (replicasFor(lightCapacity(users)) + 1) * databaseConnections.most,
          },
        ]),
  ];
}

/** A plan of this service, and nothing else in its place. @throws RangeError */
export function matrixPlan(value: MatrixPlan): MatrixPlan {
  if ((value as MatrixPlan | undefined)?.service !== "matrix")
    throw invalid("a plan of a Matrix homeserver", value, "give what planMatrix(…) returns, also to the platform");
  return value;
}

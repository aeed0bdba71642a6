import { type Capacity, replicasFor } from "../../core/capacity";
import { type OutsideRelay, outsideRelayKeys, relayOutlets } from "../../core/connections";
import { invalid, type Keys, knownKeys, validate } from "../../core/errors";
import { dnsLabel, domainName } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { type DatabaseNeed, type EgressNeed, egressTo, type ServicePlan } from "../../core/plan";
import { list, record } from "../../core/shapes";
import type { Tier } from "../../core/tier";
import type { Resources } from "../../kubernetes/container";
import { relayLimits } from "../../kubernetes/relay/coturn";
import { administrator, nextcloudTiers, processesPerServer, uploadMib } from "./settings";
import { talkMedia } from "./talk-media";

/** Calls of a hub, as they are asked for. */
export interface TalkNeed {
  /** Host name of the signaling servers, which browsers connect to. */
  readonly domain: string;
  /** People in calls at once, over all calls. */
  readonly participants: number;
  /**
   * Participants that the Janus of one media host carries. One stream of video has up to 1 Mbit/s and goes to everybody else of its call, so calls are kept on one
   * host each. @default 100
   */
  readonly participantsPerHost?: number;
  /** Recordings at once. @default - nothing is recorded */
  readonly recordings?: number;
}

const talkNeedKeys: Keys<TalkNeed> = { domain: true, participants: true, participantsPerHost: true, recordings: true };

export interface NextcloudPlanArgs {
  /** Its namespace and resources begin with it. */
  readonly name: string;
  /** Host name that browsers and clients connect to. */
  readonly domain: string;
  /** People who work with it at once. */
  readonly people: number;
  /** Calls. @default - none: the app stays off */
  readonly talk?: TalkNeed;
  /** Apps of the image beside those of the server, `user_oidc` and `spreed`: calendar, contacts, mail. @default [] */
  readonly apps?: readonly string[];
  /** Names of accounts that services put files under and nobody signs in with: `["minutes"]`. See `hub.account(…)`. @default [] */
  readonly accounts?: readonly string[];
  /** Issuer of the identity provider, where it is outside: `https://login.crisis.example.ch/realms/crisis`. @default - inside the cluster */
  readonly login?: string;
  /** Endpoint of the bucket's store, where it is outside: `https://sos-ch-gva-2.exo.io`. @default - inside the cluster */
  readonly bucket?: string;
  /** Mail relay outside: its port, and its public addresses, to which the gateways lead. @default - inside the cluster, or none */
  readonly relay?: OutsideRelay;
}

const nextcloudPlanArgsKeys: Keys<NextcloudPlanArgs> = {
  name: true,
  domain: true,
  people: true,
  talk: talkNeedKeys,
  apps: true,
  accounts: true,
  login: true,
  bucket: true,
  relay: outsideRelayKeys,
};

/** Calls with every figure. */
export interface PlannedTalk {
  readonly domain: string;
  readonly participants: number;
  readonly participantsPerHost: number;
  readonly recordings: number;
  readonly signaling: Capacity;
  readonly bus: Capacity;
  readonly media: Capacity;
  readonly relay: Capacity;
}

/** Needs of a hub, and the figures that it is built from. */
export interface NextcloudPlan extends ServicePlan {
  readonly service: "nextcloud";
  readonly domain: string;
  readonly people: number;
  readonly apps: readonly string[];
  readonly accounts: readonly string[];
  readonly talk?: PlannedTalk;
  readonly capacity: Capacity;
  readonly databases: readonly [DatabaseNeed];
  /** The web servers, as databases, caches, buckets and relays see them. The task and the periodic work connect to the same ones: see `nextcloudClients`. */
  readonly web: Tier<"http">;
  /** Address that the identity provider sends people back to, for its client. */
  readonly callback: string;
}

/** Requests of one pod of each tier. A process of PHP may take 512 MiB, and takes 60 to 100 as a rule; all assumptions until measured. */
export const nextcloudResources = {
  web: { cpu: 2, memoryMib: 4_096 },
  task: { cpu: 0.5, memoryMib: 1_024 },
  signaling: { cpu: 1, memoryMib: 512 },
  bus: { cpu: 0.25, memoryMib: 256 },
  media: { cpu: 4, memoryMib: 4_096 },
  proxy: { cpu: 0.5, memoryMib: 512 },
} as const satisfies Readonly<Record<string, Resources>>;

/** People whom one web server's processes serve: one request every 10 seconds each, half a second long. An assumption until measured. */
const peoplePerServer = processesPerServer * 20;

/** Participants of one signaling server. Upstream names no figure; the server's own work is a message a second and person. An assumption until measured. */
const participantsPerServer = 2_000;

/** Connections of one person: synchronization, the page, and what it loads. An assumption until measured. */
const connectionsPerPerson = 4;

/**
 * Plans a hub: web servers, the periodic work, and with calls signaling servers, their bus, media hosts with Janus and relays.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const hub = planNextcloud({
 *   name: "hub",
 *   domain: "hub.crisis.example.ch",
 *   people: 300,
 *   apps: ["calendar", "contacts"],
 *   talk: { domain: "talk.crisis.example.ch", participants: 150 },
 * });
 */
export function planNextcloud(args: NextcloudPlanArgs): NextcloudPlan {
  const { name, domain, people, talk, apps = [], accounts = [] } = knownKeys(args, nextcloudPlanArgsKeys);
  const { login, bucket, relay } = args;
  const { talk: calls, ...valid } = validate({
    name: () => dnsLabel(name, 24),
    domain: () => domainName(domain),
    people: () => countInRange(people, "people", 1, 100_000),
    talk: () => (talk === undefined ? undefined : plannedTalk(talk, domain)),
    apps: () => appNames(apps),
    accounts: () => accountNames(accounts),
    login: () => (login === undefined ? [] : [egressTo(login, `sign-ins of ${name}`)]),
    bucket: () => (bucket === undefined ? [] : [egressTo(bucket, `files of ${name}`)]),
  });
  const tiers = nextcloudTiers(valid.name);
  const capacity: Capacity = {
    load: valid.people,
    perReplica: peoplePerServer,
    unit: "people",
    source: `${processesPerServer} processes of one web server, 20 people each; an assumption until measured`,
  };
  const servers = replicasFor(capacity);
  const egress: readonly EgressNeed[] = [...valid.login, ...valid.bucket];
  return {
    service: "nextcloud",
    name: valid.name,
    domain: valid.domain,
    people: valid.people,
    apps: [...new Set(["user_oidc", ...(calls === undefined ? [] : ["spreed"]), ...valid.apps])],
    accounts: valid.accounts,
    ...(calls === undefined ? {} : { talk: calls }),
    capacity,
    web: tiers.web,
    callback: `https://${valid.domain}/index.php/apps/user_oidc/code`,
    routes: [
      {
        kind: "web",
        name: valid.name,
        host: valid.domain,
        upstreams: [{ name: "web", tier: tiers.web, port: "http" }],
        health: ["/status.php"],
        // Not for browsers: a page that makes its own image of the figures, and the version of the code.
        closedPaths: ["/ocs/v2.php/apps/serverinfo", "/version.php", "/core/signature.json"],
        bodyMib: uploadMib,
      },
      ...(calls === undefined ? [] : [signalingRoute(valid.name, calls)]),
    ],
    connections: valid.people * connectionsPerPerson + (calls?.participants ?? 0),
    requests: [
      { tier: tiers.web.name, replicas: servers, ...nextcloudResources.web },
      { tier: tiers.keeper.name, replicas: 1, ...nextcloudResources.task },
      { tier: tiers.cron.name, replicas: 1, ...nextcloudResources.task },
      ...(calls === undefined
        ? []
        : [
            { tier: tiers.signaling.name, replicas: replicasFor(calls.signaling), ...nextcloudResources.signaling },
            { tier: tiers.bus.name, replicas: replicasFor(calls.bus), ...nextcloudResources.bus },
          ]),
    ],
    ...(calls === undefined ? {} : { media: talkMedia(calls) }),
    databases: [
      {
        name: valid.name.replaceAll("-", "_"),
        // One server more while an update replaces them, the task and the periodic work.
        connections: (servers + 1) * processesPerServer + 4,
      },
    ],
    egress,
    ...relayOutlets(relay, valid.name),
  };
}

/** @throws RangeError for a name twice, and for that of the administrator. */
function accountNames(values: readonly string[]): readonly string[] {
  const all = list(values, "names of services' accounts", '["minutes"]', (name) => dnsLabel(name, 20));
  const taken = all.find((name, i) => name === administrator || all.indexOf(name) !== i);
  if (taken !== undefined) throw invalid("accounts with names of their own", taken, "rename it");
  return all;
}

/** The signaling servers behind a name of their own: connections stay open for as long as people are there. */
const signalingRoute = (name: string, { domain }: PlannedTalk): ServicePlan["routes"][number] => ({
  kind: "web",
  name: `${name}-talk`,
  host: domain,
  upstreams: [{ name: "signaling", tier: nextcloudTiers(name).signaling, port: "http" }],
  health: ["/api/v1/welcome"],
  closedPaths: ["/api/v1/stats", "/api/v1/serverinfo", "/metrics", "/debug", "/turn"],
  bodyMib: 1,
});

/** @throws RangeError with every problem. */
function plannedTalk(asked: TalkNeed, hub: string): PlannedTalk {
  const {
    domain,
    participants,
    participantsPerHost = 100,
    recordings = 0,
  } = record(asked, "calls", '{ domain: "talk.crisis.example.ch", participants: 150 }');
  const valid = validate({
    domain: () => {
      if (domain === hub)
        throw invalid("a name of its own for the signaling servers", domain, 'give one like "talk.crisis.example.ch"');
      return domainName(domain);
    },
    participants: () => countInRange(participants, "participants", 2, 100_000),
    participantsPerHost: () => countInRange(participantsPerHost, "participants per host", 2, 10_000),
    recordings: () => countInRange(recordings, "recordings at once", 0, 16),
  });
  const load = valid.participants;
  return {
    ...valid,
    signaling: {
      load,
      unit: "participants",
      perReplica: participantsPerServer,
      source: "a message a second and participant; an assumption until measured",
    },
    bus: {
      load,
      unit: "participants",
      perReplica: 50_000,
      source:
        "messages of a call's signaling are far below what one server of NATS passes on; an assumption until measured",
    },
    media: {
      load,
      unit: "participants",
      perReplica: valid.participantsPerHost,
      source:
        participantsPerHost === 100
          ? "30 to 50 active and hundreds of passive ones (nextcloud/spreed docs/scalability.md at 0c33269); an assumption until measured"
          : "participantsPerHost, as the operator measured",
    },
    relay: {
      load,
      unit: "participants",
      perReplica: relayLimits.total / 6,
      source: `${relayLimits.total} allocations in its configuration, two for each of a participant's three networks`,
    },
  };
}

/** @throws RangeError for what is no name of an app, and for one that is there twice. */
function appNames(values: readonly string[]): readonly string[] {
  const names = list(values, "apps", '["calendar", "contacts"]', (value) => {
    if (typeof value !== "string" || !/^[a-z][a-z0-9_]{1,40}$/.test(value))
      throw invalid("the name of an app, of lower-case letters, digits and underscores", value, "name its folder");
    return value;
  });
  const outwards = names.find((value) => (contacts as readonly string[]).includes(value));
  if (outwards !== undefined)
    throw invalid(
      "apps that tell nobody outside",
      outwards,
      "leave it out: it asks its makers or others, whatever the master switch says",
    );
  return names;
}

/** Apps of the server that contact somebody by themselves, or lead to it: they are disabled. */
export const contacts = [
  "app_api",
  "federation",
  "firstrunwizard",
  "nextcloud_announcements",
  "support",
  "survey_client",
  "updatenotification",
  "weather_status",
] as const;

/** A plan of this service, and nothing else in its place. @throws RangeError */
export function nextcloudPlan(value: NextcloudPlan): NextcloudPlan {
  if ((value as NextcloudPlan | undefined)?.service !== "nextcloud")
    throw invalid("a plan of a hub", value, "give what planNextcloud(…) returns, also to the platform");
  return value;
}

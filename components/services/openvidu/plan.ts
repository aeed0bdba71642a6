import { replicasFor } from "../../core/capacity";
import { invalid, validate, type Keys, knownKeys } from "../../core/errors";
import { dnsLabel, domainName } from "../../core/names";
import { countInRange } from "../../core/numbers";
import type { EgressNeed, MediaNeed, ServicePlan } from "../../core/plan";
import { list, record } from "../../core/shapes";
import { resources, type Resources, resourcesKeys } from "../../kubernetes/container";
import { relayLimits } from "../../kubernetes/relay/coturn";
import { cacheConnections, type RoomEvents, mediaPorts, type OpenViduSizes, sizes } from "./settings";
import { openViduTiers } from "./tiers";
import { type PlannedRecorders, plannedRecorders, type RoomRecorders, recorderRequests } from "./recording";

export interface OpenViduPlanArgs {
  /** Its namespace and resources begin with it. */
  readonly name: string;
  /** Host name of the API, and of the connections that browsers hold. */
  readonly domain: string;
  /** Participants at once, over all rooms. */
  readonly participants: number;
  /** Portals whose back ends open rooms, each with a key of its own. */
  readonly portals: readonly string[];
  /** Participants that one media host carries; also the most of one room, which is on one host as a whole. @default 100 */
  readonly participantsPerHost?: number;
  /** Request of a media server to its host. @default - 12 cores and 20 GiB of a host with 16 and 32 */
  readonly server?: Resources;
  /** Destination of signed messages about rooms: the key of one portal signs them, which hears of all portals' rooms. @default - nowhere */
  readonly events?: RoomEvents;
  /** Recorders, one more than are needed at once, on application hosts. @default - nothing is recorded */
  readonly recorders?: RoomRecorders;
}

const openViduPlanArgsKeys: Keys<OpenViduPlanArgs> = {
  name: true,
  domain: true,
  participants: true,
  portals: true,
  participantsPerHost: true,
  server: resourcesKeys,
  events: { portal: true, url: true },
  recorders: { recordings: true, longestMinutes: true, bucket: true },
};

/** Needs of an OpenVidu, and the figures that it is built from. */
export interface OpenViduPlan extends ServicePlan {
  readonly service: "openvidu";
  readonly domain: string;
  readonly participants: number;
  readonly portals: readonly string[];
  readonly participantsPerHost: number;
  readonly server: Resources;
  readonly events?: RoomEvents;
  readonly recorders?: PlannedRecorders;
  readonly sizes: OpenViduSizes;
}

/** Connections that a browser holds at once: one for signalling, others for a moment while it joins. An assumption until measured. */
const connectionsPerParticipant = 3;

/** Most media hosts of one deployment: a workload has no more replicas. */
export const mostHosts = 100;

/** Paths of the server that nobody here uses: agents of its maker's kind, media pushed over HTTP. */
const closedPaths = ["/agent", "/agents", "/whip"] as const;

/**
 * Plans an OpenVidu: media servers and relays on media hosts, and recorders on application hosts where it has some. It has no pages: those are the portals'.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const rooms = planOpenVidu({ name: "rooms", domain: "rooms.example.ch", participants: 200, portals: ["citizens"] });
 */
export function planOpenVidu(args: OpenViduPlanArgs): OpenViduPlan {
  const {
    name,
    domain,
    participants,
    portals,
    participantsPerHost = 100,
    events,
    recorders,
  } = knownKeys(args, openViduPlanArgsKeys);
  const { server = { cpu: 12, memoryMib: 20_480 } } = args;
  const {
    events: destination,
    recorders: recording,
    ...valid
  } = validate({
    // Names of workloads are made of it.
    name: () => dnsLabel(name, 24),
    domain: () => domainName(domain),
    participants: () => countInRange(participants, "participants", 2, 100_000),
    portals: () => portalNames(portals),
    participantsPerHost: () => countInRange(participantsPerHost, "participants per host", 2, 10_000),
    server: () => resources(server),
    events: () => (events === undefined ? undefined : eventsTo(events, portals)),
    recorders: () => (recorders === undefined ? undefined : plannedRecorders(dnsLabel(name, 24), recorders)),
  });
  const planned = sizes(valid.participants, valid.participantsPerHost);
  if (planned.hosts > mostHosts)
    throw invalid(
      `at most ${(mostHosts - 1) * valid.participantsPerHost} participants at ${valid.participantsPerHost} on each of ${mostHosts} media hosts`,
      valid.participants,
      "plan several deployments, each with a name of its own",
    );
  const { media: tier } = openViduTiers(valid.name);
  return {
    service: "openvidu",
    ...valid,
    ...(destination === undefined ? {} : { events: destination }),
    ...(recording === undefined ? {} : { recorders: recording }),
    sizes: planned,
    routes: [
      {
        kind: "web",
        name: valid.name,
        host: valid.domain,
        // A pod that leaves and the one that comes.
        upstreams: [{ name: "server", tier, port: "api", pods: planned.hosts + 1, onMediaHosts: true }],
        health: ["/"],
        closedPaths,
        // The server answers scripts of any page (corsOptions, pkg/service/server.go); only its own may read answers here, and it has none. Connections of browsers need
        // no such permission: their token is what lets them in.
        headers: { "Access-Control-Allow-Origin": `https://${valid.domain}` },
        bodyMib: 1,
      },
    ],
    connections: valid.participants * connectionsPerParticipant,
    requests: recording === undefined ? [] : recorderRequests(recording),
    media: media(valid.domain, planned),
    ...(destination === undefined && recording === undefined
      ? {}
      : { egress: [...(destination === undefined ? [] : egress(destination)), ...(recording?.egress ?? [])] }),
  };
}

/**
 * Media tiers and their openings. Filters keep state, so answers need no opening.
 *
 * Closed on purpose: the API to everybody but the edge, the ports that a relay allocates (it sends first, and only to media servers), TURN over TCP without TLS.
 */
function media(domain: string, sized: OpenViduSizes): { readonly server: MediaNeed; readonly relay: MediaNeed } {
  const opening = (
    direction: "in" | "out",
    protocol: "tcp" | "udp",
    port: MediaNeed["openings"][number]["port"],
    peers: MediaNeed["openings"][number]["peers"],
    reason: string,
  ): MediaNeed["openings"][number] => ({ direction, protocol, port, peers, reason });
  const names = [
    opening("out", "udp", 53, "pods", "names inside the cluster"),
    opening("out", "tcp", 53, "pods", "names inside the cluster"),
  ];
  return {
    server: {
      capacity: sized.media,
      openings: [
        opening("in", "udp", mediaPorts.udp, "anywhere", "media: browsers and relays to the media server"),
        opening("in", "tcp", mediaPorts.tcp, "anywhere", "media of browsers whose network lets no UDP out"),
        opening("in", "tcp", mediaPorts.api, "application", "signalling and the API, from the edge"),
        ...names,
      ],
    },
    relay: {
      capacity: sized.relay,
      names: { prefix: "relay", domain },
      openings: [
        opening("in", "tcp", relayLimits.tls, "anywhere", "TURN over TLS for networks that let nothing else out"),
        opening("in", "udp", relayLimits.stun, "anywhere", "STUN: browsers learn their own address"),
        // Their public addresses exist only after the hosts do; the relay itself allows the media servers and nobody else.
        opening("out", "udp", mediaPorts.udp, "anywhere", "relay to the media servers at their public addresses"),
        ...names,
      ],
    },
  };
}

const egress = ({ url, portal }: RoomEvents): readonly EgressNeed[] => {
  const { hostname, port } = new URL(url);
  return [{ host: hostname, port: Number(port || 443), reason: `signed messages about rooms, to ${portal}` }];
};

/** @throws RangeError unless there is at least one, each a name of its own. */
function portalNames(values: readonly string[]): readonly string[] {
  const names = list(values, "portals", '["citizens"]', (value) => dnsLabel(value, 24));
  if (names.length === 0) throw invalid("at least one portal", values, "nobody else can open a room");
  const twice = names.find((value, i) => names.indexOf(value) !== i);
  if (twice !== undefined) throw invalid("portals with names of their own", twice, "rename one of them");
  return names;
}

/** @throws RangeError for a portal that there is not, and for what is no HTTPS URL. */
function eventsTo(value: RoomEvents, portals: readonly string[]): RoomEvents {
  const example = '{ portal: "citizens", url: "https://portal.example.ch/rooms" }';
  const { portal, url } = record(value, "a portal and a URL", example);
  const address = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
  return validate({
    portal: () => {
      if (portal === undefined || !Array.isArray(portals) || !portals.includes(portal))
        throw invalid("one of the portals", portal, "name the portal whose key signs the messages");
      return portal;
    },
    url: () => {
      if (address?.protocol !== "https:" || address.username !== "" || address.password !== "")
        throw invalid("an HTTPS URL without a user", url, `give ${example}`);
      domainName(address.hostname);
      return address.href;
    },
  });
}

/** A plan of this service, and nothing else in its place. @throws RangeError */
export function openViduPlan(value: OpenViduPlan): OpenViduPlan {
  if ((value as OpenViduPlan | undefined)?.service !== "openvidu")
    throw invalid("a plan of an OpenVidu", value, "give what planOpenVidu(…) returns, also to the platform");
  return value;
}

/** Connections that the servers and recorders of a plan open to their caches at most. */
export const cacheConnectionsOf = ({ sizes: { hosts }, recorders }: OpenViduPlan): number =>
  hosts * cacheConnections.server +
  (recorders === undefined ? 0 : replicasFor(recorders.capacity) * cacheConnections.recorder);

/**
 * Clients of a cache that the servers and recorders of a plan use: the connections that they open at most and a quarter more, in steps of 1,000, and never more than the
 * 10,000 that a cache takes.
 *
 * @example
 * const rooms = planOpenVidu({ name: "rooms", domain: "rooms.example.ch", participants: 200, portals: ["citizens"] });
 * const store = planValkey({ name: "found", memoryMib: 128, clients: openViduCacheClients(rooms) });
 */
export const openViduCacheClients = (plan: OpenViduPlan): number =>
  Math.min(10_000, 1_000 * Math.ceil((1.25 * cacheConnectionsOf(plan)) / 1_000));

/**
 * The recorders of a plan as caches see them.
 *
 * @throws RangeError for a plan that has none.
 *
 * @example
 * const recorders = { recordings: 4, bucket: "https://sos-ch-dk-2.exo.io" };
 * const rooms = planOpenVidu({ name: "rooms", domain: "rooms.example.ch", participants: 200, portals: ["citizens"], recorders });
 * const store = planValkey({ name: "portal-cache", memoryMib: 128 });
 * const cache = new Valkey("portal-cache", { on: platform, plan: store });
 * const access = cache.access({ from: openViduRecorders(rooms) });
 */
export function openViduRecorders({ recorders }: OpenViduPlan): PlannedRecorders["tier"] {
  if (recorders === undefined)
    throw invalid("a plan with recorders", undefined, "plan them: planOpenVidu({ …, recorders: { recordings: 4 } })");
  return recorders.tier;
}

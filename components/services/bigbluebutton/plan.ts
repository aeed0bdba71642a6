import { type Capacity, replicasFor } from "../../core/capacity";
import { type OutsideRelay, outsideRelayKeys, relayOutlets } from "../../core/connections";
import { invalid, type Keys, knownKeys, validate } from "../../core/errors";
import { dnsLabel, domainName, httpsUrl } from "../../core/names";
import { countInRange } from "../../core/numbers";
import {
  type DatabaseNeed,
  type EgressNeed,
  egressTo,
  type HostNeed,
  type MediaOpening,
  type ServicePlan,
} from "../../core/plan";
import { list, oneOf, record } from "../../core/shapes";
import { innerPorts } from "../../recipe/parts/bigbluebutton/front";
import type { RecordingFormat } from "../../recipe/parts/bigbluebutton/recording";
import { sfuPorts } from "../../recipe/parts/bigbluebutton/sfu";
import { importGib, spoolVolume } from "./importer";
import { greenlightConnections, scaleliteConnections } from "./settings";
import { greenlightRoute, ownTenant, requests, scaleliteRoute } from "./tiers";

/** Recordings, as a plan knows them. */
export interface RecordedMeetings {
  /** Endpoint of the store with published recordings: `https://sos-ch-dk-2.exo.io`. */
  readonly store: string;
  /** Endpoint of the store that servers put recordings into, until they are imported. @default - the same */
  readonly spool?: string;
  /** Size of the largest recording of one meeting. @default 10 */
  readonly largestGib?: number;
  /** Formats in which each is made. @default ["presentation", "video"] */
  readonly formats?: readonly RecordingFormat[];
}

export interface BigBlueButtonPlanArgs {
  /** Its namespace and resources begin with it. At most 11 characters. */
  readonly name: string;
  /** Host name of the page where people sign in and open rooms. Meetings are at names below it. */
  readonly domain: string;
  /** Participants at once, over all meetings. */
  readonly participants: number;
  /** Participants that one server carries. @default 200 */
  readonly participantsPerServer?: number;
  /** Other frontends that ask for meetings, each with an address and a secret of its own: a Moodle, a Nextcloud. @default [] */
  readonly tenants?: readonly string[];
  /** @default - nothing is recorded */
  readonly recordings?: RecordedMeetings;
  /**
   * Size of the encrypted volume of each server, with everything that it holds of meetings: presentations, and recordings until they are handed over. @default 500, and
   * 50 where nothing is recorded: upstream's least (docs/docs/administration/install.md, bigbluebutton/bigbluebutton 01948e2)
   */
  readonly dataGib?: number;
  /** Issuer of the identity provider, where it is outside: `https://login.example.ch/realms/people`. @default - inside the cluster */
  readonly login?: string;
  /** Endpoint of the store with presentations and portraits, where it is outside. @default - inside the cluster */
  readonly files?: string;
  /** Mail relay outside. @default - inside the cluster, or none */
  readonly mail?: OutsideRelay;
  /** Address of the operator's own help. @default - the page itself */
  readonly help?: string;
}

const planKeys: Keys<BigBlueButtonPlanArgs> = {
  name: true,
  domain: true,
  participants: true,
  participantsPerServer: true,
  tenants: true,
  recordings: { store: true, spool: true, largestGib: true, formats: true },
  dataGib: true,
  login: true,
  files: true,
  mail: outsideRelayKeys,
  help: true,
};

/** Needs of a BigBlueButton, and the figures that it is built from. */
export interface BigBlueButtonPlan extends ServicePlan {
  readonly service: "bigbluebutton";
  readonly domain: string;
  /** Host name of the load balancer, which frontends ask. */
  readonly scaleliteDomain: string;
  readonly participants: number;
  readonly servers: Capacity;
  readonly tenants: readonly string[];
  readonly recordings?: Required<RecordedMeetings>;
  readonly help: string;
  readonly hosts: Readonly<Record<"server", HostNeed>>;
  readonly databases: readonly DatabaseNeed[];
}

/** Connections that a browser holds at the gateways: the page before the meeting and its WebSocket. Those of meetings end at the servers. */
const connectionsPerParticipant = 3;

/** Most servers of one deployment: their numbers in the network. */
export const mostServers = 50;

const formats: readonly RecordingFormat[] = ["presentation", "video", "screenshare", "podcast", "notes"];

/**
 * Plans a BigBlueButton: servers on hosts of their own, since upstream supports nothing else, and on the cluster the load balancer before them (Scalelite), the page of
 * rooms (Greenlight) and what recordings take.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const hearing = planBigBlueButton({ name: "hearing", domain: "hearing.example.ch", participants: 400 });
 */
export function planBigBlueButton(args: BigBlueButtonPlanArgs): BigBlueButtonPlan {
  const { name, domain, participants, participantsPerServer = 200, ...more } = knownKeys(args, planKeys);
  const {
    tenants = [],
    recordings,
    dataGib = recordings === undefined ? 50 : 500,
    login,
    files,
    mail,
    help = `https://${String(domain)}`,
  } = more;
  const valid = validate({
    // The volume of importers is named after it, in at most 15 characters.
    name: () => dnsLabel(name, 11),
    domain: () => domainName(domain),
    participants: () => countInRange(participants, "participants", 2, 100_000),
    participantsPerServer: () => countInRange(participantsPerServer, "participants per server", 10, 1_000),
    tenants: () => tenantNames(tenants),
    recordings: () => (recordings === undefined ? undefined : plannedRecordings(recordings)),
    dataGib: () => countInRange(dataGib, "GiB", 10, 10_000),
    login: () => (login === undefined ? [] : [egressTo(login, `sign-in of ${name}`)]),
    files: () => (files === undefined ? [] : [egressTo(files, `presentations and portraits of ${name}`)]),
    help: () => {
      httpsUrl(help, "an HTTPS URL without credentials", "give the address of your own help");
      return help;
    },
  });
  const servers: Capacity = {
    load: valid.participants,
    perReplica: valid.participantsPerServer,
    unit: "participants",
    source:
      "200 on a server of 8 cores and 16 GB, by rule of thumb: bigbluebutton/bigbluebutton 07d6b40 docs/docs/support/faq.md",
  };
  if (replicasFor(servers) > mostServers)
    throw invalid(
      `at most ${(mostServers - 1) * valid.participantsPerServer} participants at ${valid.participantsPerServer} on each of ${mostServers} servers`,
      valid.participants,
      "plan several deployments, each with a name of its own",
    );
  const recorded = valid.recordings !== undefined;
  const scaleliteDomain = `scalelite.${valid.domain}`;
  const route = (tenant?: string) =>
    scaleliteRoute(valid.name, scaleliteDomain, { recordings: recorded, ...(tenant === undefined ? {} : { tenant }) });
  const { scalelite, greenlight } = databaseNames(valid.name);
  return {
    service: "bigbluebutton",
    name: valid.name,
    domain: valid.domain,
    scaleliteDomain,
    participants: valid.participants,
    servers,
    tenants: valid.tenants,
    ...(valid.recordings === undefined ? {} : { recordings: valid.recordings }),
    help: valid.help,
    routes: [greenlightRoute(valid.name, valid.domain), route(), ...valid.tenants.map(route)],
    connections: valid.participants * connectionsPerParticipant,
    requests: requests(valid.name, valid.participants, { recordings: recorded }),
    hosts: {
      server: {
        capacity: servers,
        openings,
        names: { prefix: "server", domain: valid.domain },
        dataGib: valid.dataGib,
      },
    },
    databases: [
      { name: scalelite, connections: scaleliteConnections(valid.participants) },
      { name: greenlight, connections: greenlightConnections(valid.participants) },
    ],
    ...(valid.recordings === undefined
      ? {}
      : { volumes: [spoolVolume(valid.name, importGib(valid.recordings.largestGib))] }),
    egress: [...valid.login, ...valid.files, ...storesOf(valid.name, valid.recordings)],
    ...relayOutlets(mail, valid.name),
  };
}

const opening = (
  direction: "in" | "out",
  protocol: "tcp" | "udp",
  port: MediaOpening["port"],
  peers: MediaOpening["peers"],
  reason: string,
): MediaOpening => ({ direction, protocol, port, peers, reason });

/**
 * Openings of servers. Filters keep state, so answers need no opening.
 *
 * Closed on purpose: the voice switch's own ports (browsers speak to the SFU alone, and it to the switch on the server itself), SIP, the ports that a relay gives out, and
 * TURN without TLS over TCP.
 */
const openings: readonly MediaOpening[] = [
  opening(
    "in",
    "tcp",
    443,
    "anywhere",
    "pages and signalling of meetings; TURN over TLS for networks that let nothing else out",
  ),
  opening("in", "udp", sfuPorts, "anywhere", "media: browsers to the SFU"),
  opening("in", "udp", innerPorts.relay, "anywhere", "STUN and TURN"),
  opening("out", "tcp", 443, "gateways", "presentations that a room already has, from the page of rooms"),
];

/** Names of its databases. */
export const databaseNames = (name: string): Readonly<Record<"scalelite" | "greenlight", string>> => {
  const word = name.replaceAll("-", "_");
  return { scalelite: `${word}_scalelite`, greenlight: `${word}_greenlight` };
};

const storesOf = (name: string, recordings: Required<RecordedMeetings> | undefined): readonly EgressNeed[] =>
  recordings === undefined
    ? []
    : [egressTo(recordings.store, `recordings of ${name}`), egressTo(recordings.spool, `new recordings of ${name}`)];

/** @throws RangeError with every problem. */
function plannedRecordings(value: RecordedMeetings): Required<RecordedMeetings> {
  const {
    store,
    spool = store,
    largestGib = 10,
    formats: made = ["presentation", "video"],
  } = record(value, "recordings", '{ store: "https://sos-ch-dk-2.exo.io" }');
  const valid = validate({
    store: () => egressTo(store ?? "", "") && String(store),
    spool: () => egressTo(spool ?? "", "") && String(spool),
    largestGib: () => countInRange(largestGib, "GiB of the largest recording", 1, 1_000),
    formats: () => {
      const all = list(made, "formats", '["presentation", "video"]', (format) => oneOf(format, "a format", formats));
      if (all.length === 0 || new Set(all).size < all.length)
        throw invalid("at least one format, each once", made, `choose out of ${formats.join(", ")}`);
      return made;
    },
  });
  return valid;
}

/** @throws RangeError unless each is a name of its own. */
function tenantNames(values: readonly string[]): readonly string[] {
  const names = list(values, "tenants", '["moodle"]', (value) => dnsLabel(value, 20));
  const taken = [ownTenant("scalelite.example.ch"), ...names];
  const twice = names.find((value) => taken.indexOf(value) !== taken.lastIndexOf(value));
  if (twice !== undefined)
    throw invalid("tenants with names of their own, none of them scalelite", twice, "rename one of them");
  return names;
}

/** A plan of this service, and nothing else in its place. @throws RangeError */
export function bigBlueButtonPlan(value: BigBlueButtonPlan): BigBlueButtonPlan {
  if ((value as BigBlueButtonPlan | undefined)?.service !== "bigbluebutton")
    throw invalid("a plan of a BigBlueButton", value, "give what planBigBlueButton(…) returns, also to the platform");
  return value;
}

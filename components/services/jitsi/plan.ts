import { replicasFor } from "../../core/capacity";
import { invalid, validate, each, type Keys, knownKeys } from "../../core/errors";
import { dnsLabel, domainName } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { egressTo, type MediaNeed, type PodRequest, type ServicePlan } from "../../core/plan";
import { list } from "../../core/shapes";
import { resources, type Resources, resourcesKeys } from "../../kubernetes/container";
import { relayLimits } from "../../kubernetes/relay/coturn";
import { type CaptionsNeed, captionsNeed, captionsOpening, captionsRequests } from "./captions";
import { accessCapacity, accessHealth, accessPath, accessResources, callbackOf } from "./access-settings";
import { signallingPorts } from "./prosody";
import { type PlannedRecordings, recordingHosts, type RecordingNeed, recordingNeed } from "./recording";
import { bridgeScaling, type BridgeScaling, type Peak, peakKeys, readPeaks } from "./scaling";
import {
  participantsOf,
  type PlannedRegion,
  readRegions,
  type JitsiRegion,
  regionCapacity,
  regionKeys,
  regionTiers,
} from "./regions";
import { podResources, type Sizes, sizes } from "./settings";
import { jitsiTiers } from "./tiers";
import { shardHealth, siteHeaders } from "./web";

export interface JitsiPlanArgs {
  /** Its namespaces and resources begin with it. */
  readonly name: string;
  /** Host name under which people find it. */
  readonly domain: string;
  /** Participants at once, over all rooms. */
  readonly participants: number;
  /**
   * Hours for which more are expected. Hosts, shards and relays are there for the greatest peak at all times; bridges come before it and leave after it, when
   * their conferences have ended.
   *
   * @default []
   */
  readonly peaks?: readonly Peak[];
  /**
   * Bridges and relays near people who are far from the platform's location, by location code: `{ hel1: { participants: 50, users: ["203.0.113.0/24"] } }`. The cloud
   * has to let hosts of both share a network. They are as many at all times; peaks are reckoned in the platform's location. @default {}
   */
  readonly regions?: Readonly<Record<string, JitsiRegion>>;
  /** Host names of pages that may show a room inside them: a chat's, a cloud's. @default [] */
  readonly embeddedBy?: readonly string[];
  /** Participants that one bridge carries on the media hosts that it has. @default 100 */
  readonly participantsPerBridge?: number;
  /** Address of the identity service where it is outside: people sign in there. @default - none, or one in the cluster */
  readonly login?: string;
  /** Request of a bridge to its host. @default - 12 cores and 20 GiB of a host with 16 and 32 */
  readonly bridge?: Resources;
  /** Recordings by servers: how many at once, and the volume of each. @default - none */
  readonly recordings?: RecordingNeed;
  /** Captions: how many people are heard at once. @default - none */
  readonly captions?: CaptionsNeed;
}

const jitsiPlanArgsKeys: Keys<JitsiPlanArgs> = {
  name: true,
  domain: true,
  participants: true,
  peaks: each(peakKeys),
  regions: each(regionKeys),
  embeddedBy: true,
  participantsPerBridge: true,
  login: true,
  bridge: resourcesKeys,
  recordings: { atOnce: true, gib: true, store: true },
  captions: { streams: true },
};

/** Needs of a Jitsi, and the figures that it is built from. */
export interface JitsiPlan extends ServicePlan {
  readonly service: "jitsi";
  readonly domain: string;
  readonly participants: number;
  /** Participants in the greatest peak, or those at all times. */
  readonly most: number;
  readonly participantsPerBridge: number;
  readonly sizes: Sizes;
  readonly bridges: BridgeScaling;
  /** Regions beside the platform's own. */
  readonly regions: readonly PlannedRegion[];
  readonly bridge: Resources;
  readonly recordings?: PlannedRecordings;
  readonly captions?: CaptionsNeed;
  /** Address that an identity provider sends people back to, for its client. */
  readonly callback: string;
}

/** Connections that a browser holds at once: some while it loads the page, and one or two for signalling. An assumption until measured. */
const connectionsPerParticipant = 10;

/**
 * Plans a Jitsi Meet: shards of web servers, signalling and focus on application hosts, bridges and relays on media hosts.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const meetings = planJitsi({ name: "meetings", domain: "meet.crisis.example.ch", participants: 200 });
 */
export function planJitsi(args: JitsiPlanArgs): JitsiPlan {
  const { name, domain, participants, participantsPerBridge = 100, login } = knownKeys(args, jitsiPlanArgsKeys);
  const { bridge = { cpu: 12, memoryMib: 20_480 }, peaks = [], embeddedBy = [], regions = {} } = args;
  const {
    egress,
    recordings,
    captions,
    peaks: read,
    embeddedBy: pages,
    ...valid
  } = validate({
    // Names of workloads are made of it.
    name: () => dnsLabel(name, 24),
    domain: () => domainName(domain),
    participants: () => countInRange(participants, "participants", 2, 100_000),
    participantsPerBridge: () => countInRange(participantsPerBridge, "participants per bridge", 1),
    bridge: () => resources(bridge),
    recordings: () => recordingNeed(name, args.recordings),
    captions: () => captionsNeed(args.captions),
    egress: () => (login === undefined ? [] : [egressTo(login, `people who sign in to ${name}`)]),
    peaks: () => readPeaks(peaks, participants),
    regions: () => readRegions(regions, participants),
    embeddedBy: () => list(embeddedBy, "host names", '["chat.example.ch"]', (one) => domainName(one)),
  });
  const most = Math.max(valid.participants, ...read.map((peak) => peak.participants));
  const elsewhere = participantsOf(valid.regions);
  const planned = sizes(most, valid.participantsPerBridge, elsewhere);
  const { shards, access } = jitsiTiers(name, planned.shards);
  const accessReplicas = replicasFor(accessCapacity(most));
  const webReplicas = replicasFor(planned.web);
  const recorded = recordings === undefined ? undefined : recordingHosts(name, recordings);
  return {
    service: "jitsi",
    ...valid,
    most,
    ...(recordings === undefined ? {} : { recordings }),
    ...(captions === undefined ? {} : { captions }),
    sizes: planned,
    callback: callbackOf(valid.domain),
    bridges: bridgeScaling(
      planned,
      valid.participants - elsewhere,
      read.map((peak) => ({ ...peak, participants: peak.participants - elsewhere })),
    ),
    routes: [
      {
        kind: "web",
        name,
        host: valid.domain,
        upstreams: shards.map(({ number, web }) => ({ name: `shard-${number}`, tier: web, port: "http" })),
        stickOn: { parameter: "room" },
        headers: siteHeaders(valid.domain, pages),
        health: [shardHealth.focus, shardHealth.signalling],
        // Its pages have a stricter policy of their own.
        paths: {
          [accessPath]: {
            upstreams: [{ name: "access", tier: access, port: "http" }],
            health: [accessHealth],
            headers: {},
          },
        },
      },
    ],
    connections: most * connectionsPerParticipant,
    requests: [
      ...shards.flatMap(({ signalling, focus, web }): readonly PodRequest[] => [
        { tier: signalling.name, replicas: 1, ...podResources.signalling },
        { tier: focus.name, replicas: 1, ...podResources.focus },
        { tier: web.name, replicas: webReplicas, ...podResources.web },
      ]),
      ...(recorded?.requests ?? []),
      ...(captions === undefined ? [] : captionsRequests(name, captions)),
      { tier: access.name, replicas: accessReplicas, ...accessResources },
    ],
    egress: [...egress, ...(recordings?.egress ?? [])],
    media: {
      ...media(valid.domain, planned, captions),
      ...Object.assign({}, ...valid.regions.map((region) => regionMedia(valid.domain, planned, region, captions))),
    },
    ...(recorded === undefined ? {} : { volumes: recorded.volumes }),
  };
}

/**
 * Media tiers and their openings. Filters keep state, so answers need no opening.
 *
 * Closed on purpose: the ports that a relay allocates (it sends first, and only to bridges), the bridge's management port (it answers on the host itself), TURN
 * without TLS.
 */
function media(
  domain: string,
  { bridge, relay }: Sizes,
  captions: CaptionsNeed | undefined,
): { readonly bridge: MediaNeed; readonly relay: MediaNeed } {
  const out = (
    protocol: "tcp" | "udp",
    port: number,
    peers: "anywhere" | "pods" | "pool",
    reason: string,
  ): MediaNeed["openings"][number] => ({ direction: "out", protocol, port, peers, reason });
  const names = [
    out("udp", 53, "pods", "names inside the cluster"),
    out("tcp", 53, "pods", "names inside the cluster"),
  ];
  return {
    bridge: {
      capacity: bridge,
      openings: [
        {
          direction: "in",
          protocol: "udp",
          port: 10_000,
          peers: "anywhere",
          reason: "media: browsers, relays and other bridges to the bridge",
        },
        out("udp", 10_000, "pool", "bridge to bridge: a room that spans them"),
        out("tcp", signallingPorts.xmpp, "pods", "bridge to the signalling servers of all shards"),
        ...(captions === undefined ? [] : [captionsOpening]),
        ...names,
      ],
    },
    relay: {
      capacity: relay,
      names: { prefix: "relay", domain },
      openings: [
        {
          direction: "in",
          protocol: "tcp",
          port: relayLimits.tls,
          peers: "anywhere",
          reason: "TURN over TLS for networks that let no UDP out",
        },
        // Their public addresses exist only after the hosts do; the relay itself allows the bridges and nobody else.
        out("udp", 10_000, "anywhere", "relay to the bridges at their public addresses"),
        ...names,
      ],
    },
  };
}

/** The same in another region. A browser asks every relay that it is told of, so each of them is for everybody. */
function regionMedia(
  domain: string,
  sizes: Sizes,
  region: PlannedRegion,
  captions: CaptionsNeed | undefined,
): Readonly<Record<string, MediaNeed>> {
  const { location } = region;
  const { bridge, relay } = media(domain, sizes, captions);
  const names = regionTiers(location);
  return {
    [names.bridge]: {
      ...bridge,
      capacity: regionCapacity(bridge.capacity, region),
      elsewhere: { location, of: "bridge" },
    },
    [names.relay]: {
      ...relay,
      names: { prefix: names.relay, domain },
      elsewhere: { location, of: "relay" },
    },
  };
}

/** A plan of this service, and nothing else in its place. @throws RangeError */
export function jitsiPlan(value: JitsiPlan): JitsiPlan {
  if ((value as JitsiPlan | undefined)?.service !== "jitsi")
    throw invalid("a plan of a Jitsi", value, "give what planJitsi(…) returns, also to the platform");
  return value;
}

import { type Capacity, replicasFor } from "../core/capacity";
import type { HostSize } from "../core/plan";
import { relayQuotas } from "../recipe/parts/bigbluebutton/relay";
import { planValkey } from "../kubernetes/cache/plan";
import { cacheReplicas } from "../kubernetes/cache/valkey";
import { planPostgres, type PostgresPlan } from "../kubernetes/postgres/plan";
import { type BigBlueButtonPlan, mostServers, planBigBlueButton } from "../services/bigbluebutton/plan";
import {
  cacheClients,
  greenlightCapacity,
  importerCapacity,
  playbackCapacity,
  pollerCapacity,
  readerCapacity,
  scaleliteCapacity,
} from "../services/bigbluebutton/settings";
import { bigBlueButtonKbps } from "./bandwidth";
import type { AskedConference, Conference, PlannedConference, TierRow } from "./conference";
import { bigBlueButtonFigures, bigBlueButtonUpstream } from "./figures";
import { bigBlueButtonPaths } from "./media-paths";

const { cores, memoryGib, participants: perUpstream } = bigBlueButtonUpstream;

/** Participants that a server of a size carries by upstream's figure, in proportion. */
export const mostPerServer = (size: HostSize): number =>
  Math.floor(perUpstream * Math.min(size.cores / cores, size.memoryGib / memoryGib));

/** BigBlueButton: servers on hosts of their own; on the cluster the load balancer, the page of rooms, their database and their cache. */
export const bigbluebutton: Conference = {
  hosts: { media: "meeting servers", data: "data hosts" },
  perHost: perUpstream,
  mostPerHost: mostPerServer,
  mostSource: `${perUpstream} for ${cores} cores and ${memoryGib} GB`,
  largestRoom: (perHost) => ({ most: perHost, carrier: "server" }),
  limit: ({ participants, perHost }) => {
    const servers = Math.ceil(participants / perHost) + 1;
    return servers > mostServers ? `${servers} servers; one deployment takes ${mostServers}` : undefined;
  },
  plan,
  kbps: bigBlueButtonKbps,
  // A meeting is on one server as a whole.
  betweenKbps: () => 0,
  delayMs: 24,
  paths: bigBlueButtonPaths,
  figures: bigBlueButtonFigures,
  unpriced: (recordings) => [
    `the buckets of presentations${recordings === 0 ? "" : ", of recordings"} and of the database's archive`,
  ],
};

/** As the blueprint `hearing` has them: no store is asked for anything here. */
const store = "https://store.example.ch";

/** A BigBlueButton for so many, and its database. */
function planned({ participants, perHost, recordings }: Omit<AskedConference, "media">): {
  readonly rooms: BigBlueButtonPlan;
  readonly records: PostgresPlan;
} {
  const rooms = planBigBlueButton({
    name: "hearing",
    domain: "hearing.example.ch",
    participants,
    participantsPerServer: perHost,
    files: store,
    ...(recordings === 0 ? {} : { recordings: { store } }),
  });
  return { rooms, records: planPostgres({ name: "records", serves: [rooms], gib: 50, archive: store }) };
}

function plan(asked: AskedConference): PlannedConference {
  const { rooms, records } = planned(asked);
  const { participants } = rooms;
  const cache = planValkey({ name: "cache", memoryMib: 256, clients: Math.max(1_000, cacheClients(participants)) });
  const simple = (name: string, capacity: Capacity): TierRow => ({ name, replicas: replicasFor(capacity), capacity });
  const single = (name: string, capacity: Capacity): TierRow => ({ ...simple(name, capacity), grows: false });
  return {
    plans: [rooms, records, cache],
    media: ({ hosts }) => hosts["hearing/server"] ?? { firstHost: 0, count: replicasFor(rooms.servers) },
    tiers: (hosts) => [
      { name: "servers", replicas: hosts, capacity: rooms.servers },
      {
        name: "relays of servers",
        replicas: hosts,
        capacity: {
          load: participants,
          perReplica: relayQuotas.total / relayQuotas.each,
          unit: "participants",
          source: `${relayQuotas.total} allocations in its configuration, ${relayQuotas.each} for who turns pages of five cameras`,
        },
      },
      simple("Scalelite", scaleliteCapacity(participants)),
      single("Scalelite's pollers", pollerCapacity),
      simple("Greenlight", greenlightCapacity(participants)),
      ...(asked.recordings === 0
        ? []
        : [
            simple("playback", playbackCapacity(participants)),
            simple("readers of recordings", readerCapacity(participants)),
            single("importers", importerCapacity),
          ]),
      {
        name: "PostgreSQL",
        replicas: records.instances,
        carriers: 1,
        capacity: {
          load: connectionsOf(records),
          perReplica: records.mostConnections / 2,
          unit: "connections",
          source:
            "one instance answers; half of its max_connections, since those of a host that died stay open for a while",
        },
        carries: (more) => planned({ ...asked, participants: more }).records.mostConnections <= records.mostConnections,
      },
      {
        name: "cache",
        replicas: cacheReplicas,
        carriers: 1,
        capacity: {
          load: cacheClients(participants),
          perReplica: cache.clients,
          unit: "connections",
          source: "one replica answers; its configuration takes so many",
        },
        carries: (more) => cacheClients(more) <= cache.clients,
      },
    ],
    parts: (hosts) => ({
      servers: hosts,
      Scalelite: replicasFor(scaleliteCapacity(participants)),
      Greenlight: replicasFor(greenlightCapacity(participants)),
      ...(asked.recordings === 0 ? {} : { importers: replicasFor(importerCapacity) }),
    }),
  };
}

const connectionsOf = ({ holds }: PostgresPlan): number => holds.reduce((sum, { connections }) => sum + connections, 0);

import { replicasFor } from "../core/capacity";
import { planValkey } from "../kubernetes/cache/plan";
import { cacheReplicas } from "../kubernetes/cache/valkey";
import {
  cacheConnectionsOf,
  mostHosts,
  openViduCacheClients,
  type OpenViduPlan,
  planOpenVidu,
} from "../services/openvidu/plan";
import { mostRecordings } from "../services/openvidu/recording";
import { liveKitStreams, simulcastKbps } from "./bandwidth";
import type { AskedConference, Conference, PlannedConference, TierRow } from "./conference";
import { mostPerBridge, openViduFigures, seed } from "./figures";
import { openViduPaths } from "./media-paths";

/** OpenVidu: a media server and a relay on every media host, recorders on application hosts, and the cache in which servers find rooms. */
export const openvidu: Conference = {
  hosts: { media: "media hosts", data: "data hosts" },
  perHost: 100,
  mostPerHost: mostPerBridge,
  mostSource: `150 for ${seed.cores} cores and ${seed.memoryGib} GiB`,
  largestRoom: (perHost) => ({ most: perHost, carrier: "media server" }),
  limit: ({ participants, perHost, recordings }) => {
    const hosts = Math.ceil(participants / perHost) + 1;
    if (hosts > mostHosts) return `${hosts} media servers; one deployment takes ${mostHosts}`;
    return recordings > mostRecordings ? `${recordings} recorders; one deployment takes ${mostRecordings}` : undefined;
  },
  plan,
  kbps: (roomSize) => simulcastKbps(liveKitStreams, roomSize),
  // A room is on one host as a whole.
  betweenKbps: () => 0,
  delayMs: 2,
  paths: openViduPaths,
  figures: openViduFigures,
  unpriced: (recordings) => (recordings === 0 ? [] : ["the bucket of recordings"]),
};

/** An OpenVidu for so many. Its name and domain do not matter here. */
const planned = ({ participants, perHost, recordings, media }: AskedConference): OpenViduPlan =>
  planOpenVidu({
    name: "rooms",
    domain: "rooms.example.ch",
    participants,
    portals: ["portal"],
    participantsPerHost: perHost,
    // The default is for 16 cores and 32 GiB; on a smaller host the server asks for the same share.
    ...(media.cores < seed.cores || media.memoryGib < seed.memoryGib
      ? { server: { cpu: media.cores * 0.75, memoryMib: media.memoryGib * 640 } }
      : {}),
    ...(recordings === 0 ? {} : { recorders: { recordings } }),
  });

function plan(asked: AskedConference): PlannedConference {
  const rooms = planned(asked);
  // As the blueprint `portal` has it.
  const cache = planValkey({ name: "cache", memoryMib: 128, clients: openViduCacheClients(rooms) });
  const { sizes, recorders } = rooms;
  const rows: readonly TierRow[] =
    recorders === undefined
      ? []
      : [
          {
            name: "recorders",
            replicas: replicasFor(recorders.capacity),
            capacity: recorders.capacity,
            grows: false,
          },
        ];
  return {
    plans: [rooms, cache],
    media: (placed) => placed.media["media"] ?? { firstHost: 0, count: sizes.hosts },
    tiers: (hosts) => [
      { name: "media servers", replicas: hosts, capacity: sizes.media },
      { name: "relays", replicas: hosts, capacity: sizes.relay },
      {
        name: "cache",
        replicas: cacheReplicas,
        carriers: 1,
        capacity: {
          load: cacheConnectionsOf(rooms),
          perReplica: cache.clients,
          unit: "connections",
          source: "one replica answers; its configuration takes so many, and servers open so many at most",
        },
        carries: (more) => cacheConnectionsOf(planned({ ...asked, participants: more })) <= cache.clients,
      },
      ...rows,
    ],
    parts: (hosts) => ({
      "media servers": hosts,
      relays: hosts,
      ...(recorders === undefined ? {} : { recorders: replicasFor(recorders.capacity) }),
    }),
  };
}

import { replicasFor } from "../core/capacity";
import { mediaHosts } from "../core/plan";
import { accessCapacity } from "../services/jitsi/access-settings";
import { type JitsiPlan, planJitsi } from "../services/jitsi/plan";
import { mostRecordings, recorderCapacity } from "../services/jitsi/recording";
import { regionCapacity } from "../services/jitsi/regions";
import { betweenBridgesKbps, jitsiStreams, simulcastKbps } from "./bandwidth";
import type { AskedConference, Conference, PlannedConference, TierRow } from "./conference";
import { jitsiFigures, mostPerBridge, seed } from "./figures";
import { jitsiPaths } from "./media-paths";

/** Jitsi: shards on application hosts, a bridge and a relay on every media host, a recorder on every host for recordings. */
export const jitsi: Conference = {
  hosts: { media: "media hosts", data: "recorder hosts" },
  perHost: 100,
  mostPerHost: mostPerBridge,
  mostSource: `150 for ${seed.cores} cores and ${seed.memoryGib} GiB`,
  largestRoom: () => ({ most: planned({ participants: 2 }).sizes.shard.perReplica, carrier: "shard" }),
  limit: ({ recordings }) =>
    recordings > mostRecordings ? `${recordings} recorders; a pool of them takes ${mostRecordings}` : undefined,
  plan,
  kbps: (roomSize) => simulcastKbps(jitsiStreams, roomSize),
  betweenKbps: betweenBridgesKbps,
  delayMs: 2,
  paths: jitsiPaths,
  figures: jitsiFigures,
  unpriced: (recordings) => (recordings === 0 ? [] : ["the bucket of recordings"]),
};

/** A Jitsi for so many. Its name and domain do not matter here. */
const planned = ({
  participants,
  perHost = 100,
  recordings = 0,
  media = seed,
  regions = {},
}: Partial<AskedConference> & Pick<AskedConference, "participants">): JitsiPlan =>
  planJitsi({
    name: "meetings",
    domain: "meet.example.ch",
    participants,
    participantsPerBridge: perHost,
    // The default is for 16 cores and 32 GiB; on a smaller host the bridge asks for the same share.
    ...(media.cores < seed.cores || media.memoryGib < seed.memoryGib
      ? { bridge: { cpu: media.cores * 0.75, memoryMib: media.memoryGib * 640 } }
      : {}),
    ...(recordings === 0 ? {} : { recordings: { atOnce: recordings } }),
    // Where exactly they come from does not matter here.
    regions: Object.fromEntries(
      Object.entries(regions).map(([code, share], i) => [
        code,
        { participants: Math.max(1, Math.floor(participants * share)), users: [`203.0.113.${i}/32`] },
      ]),
    ),
  });

/** Media hosts of a region, whose largest tier decides. */
const hostsIn = ({ media = {} }: JitsiPlan, location: string): number =>
  mediaHosts(Object.values(media).filter(({ elsewhere }) => elsewhere?.location === location));

function plan(asked: AskedConference): PlannedConference {
  const one = planned(asked);
  const { sizes, recordings, participants, regions } = one;
  const far = regions.map((region) => ({
    name: `bridges in ${region.location}`,
    replicas: hostsIn(one, region.location),
    capacity: regionCapacity(sizes.bridge, region),
  }));
  const elsewhere = far.reduce((sum, { replicas }) => sum + replicas, 0);
  const recorders: readonly TierRow[] =
    recordings === undefined
      ? []
      : [
          {
            name: "recorders",
            replicas: replicasFor(recorderCapacity(recordings)),
            capacity: recorderCapacity(recordings),
            grows: false,
          },
        ];
  return {
    plans: [one],
    media: ({ media }) => ({
      firstHost: media["media"]?.firstHost ?? 0,
      count: Object.values(media).reduce((sum, { count }) => sum + count, 0),
    }),
    tiers: (hosts) => [
      // Of one shard less: its load is what each of the others carries then.
      { name: "shards", replicas: sizes.shards, capacity: { ...sizes.shard, load: participants } },
      { name: "web servers of a shard", replicas: replicasFor(sizes.web), capacity: sizes.web },
      { name: "sign-in", replicas: replicasFor(accessCapacity(participants)), capacity: accessCapacity(participants) },
      { name: "bridges", replicas: hosts - elsewhere, capacity: sizes.bridge },
      ...far,
      { name: "relays", replicas: hosts, capacity: sizes.relay },
      ...recorders,
    ],
    parts: (hosts) => ({
      bridges: hosts,
      relays: hosts,
      shards: sizes.shards,
      ...(recordings === undefined ? {} : { recorders: recordings.atOnce + 1 }),
    }),
  };
}

import { type Capacity, replicasFor } from "../core/capacity";
import { edgeCapacity, edgeRequest } from "../core/edge-load";
import { reserved } from "../core/host-count";
import type { Layout } from "../core/layout";
import type { HostSize } from "../core/plan";
import type { JitsiPlan } from "../services/jitsi/plan";
import { linkMbps } from "./bandwidth";

/** A tier of one platform, and the participants that fill it. */
export interface PlannedTier {
  readonly name: string;
  readonly replicas: number;
  readonly load: number;
  readonly perReplica: number;
  readonly unit: string;
  readonly source: string;
  /** Participants of all platforms at which it is full with one replica lost. */
  readonly fullAt: number;
  /** True if that is less than what was asked for. */
  readonly short: boolean;
}

export interface TierArgs {
  readonly plan: JitsiPlan;
  readonly layout: Layout;
  readonly platforms: number;
  /** Participants of all platforms together. */
  readonly participants: number;
  readonly application: HostSize;
  /** Mbit/s of the fuller direction that one bridge carries with one lost. */
  readonly bridgeMbps: number;
  /** Participants of one platform whose pods just fit onto its application hosts with one lost. */
  readonly fitOnApplication: number;
}

/** Every tier of a platform, the one that fills first at the head. */
export function tiersOf(args: TierArgs): readonly PlannedTier[] {
  const { plan, layout, application, bridgeMbps } = args;
  const { sizes, connections } = plan;
  const media = layout.media["media"]?.count ?? sizes.bridges;
  const edge = edgeCapacity(connections);
  const requested = [...plan.requests, edgeRequest(connections)]
    .filter(({ hosts = "application" }) => hosts === "application")
    .reduce((sum, one) => sum + one.cpu * (one.replicas === "every host" ? layout.application.count : one.replicas), 0);
  const rows: readonly (readonly [name: string, replicas: number, capacity: Capacity])[] = [
    ["gateways", layout.gateway.count, layout.gateway.capacity],
    ["edge", replicasFor(edge), edge],
    // Of one shard less: its load is what each of the others carries then.
    ["shards", sizes.shards, { ...sizes.shard, load: plan.participants }],
    ["web servers of a shard", replicasFor(sizes.web), sizes.web],
    ["bridges", media, sizes.bridge],
    [
      "links of media hosts",
      media,
      {
        load: bridgeMbps * (media - 1),
        perReplica: linkMbps,
        unit: "Mbit/s",
        source: "unverified: 1 Gbit/s, no cloud's guaranteed figure was at hand",
      },
    ],
    ["relays", media, sizes.relay],
    [
      "application hosts",
      layout.application.count,
      {
        load: requested,
        perReplica: application.cores - reserved.cores,
        unit: "cores",
        source: "requests of all pods, the edge's included",
      },
    ],
  ];
  return rows
    .map(([name, replicas, capacity]) => tier(name, replicas, capacity, args))
    .sort((a, b) => a.fullAt - b.fullAt);
}

function tier(
  name: string,
  replicas: number,
  { load, perReplica, unit, source }: Capacity,
  args: TierArgs,
): PlannedTier {
  const { plan, platforms, participants, fitOnApplication } = args;
  // A participant adds the same to every tier but application hosts, whose pods come by the replica.
  const onOne =
    name === "application hosts"
      ? fitOnApplication
      : Math.floor(((perReplica * (replicas - 1)) / load) * plan.participants + 1e-6);
  const fullAt = onOne * platforms;
  return {
    name,
    replicas,
    load: Math.round(load * 10) / 10,
    perReplica,
    unit,
    source,
    fullAt,
    short: fullAt < participants,
  };
}

import { replicasFor } from "../core/capacity";
import { edgeCapacity, edgeRequest } from "../core/edge-load";
import { reserved } from "../core/host-count";
import type { Layout } from "../core/layout";
import { connectionsOf, type HostSize, type ServicePlan } from "../core/plan";
import { mostParticipants } from "./arguments";
import { linkMbps } from "./bandwidth";
import type { TierRow } from "./conference";

/** A tier of one platform, and the participants that fill it. */
export interface PlannedTier {
  readonly name: string;
  readonly replicas: number;
  readonly load: number;
  readonly perReplica: number;
  readonly unit: string;
  readonly source: string;
  /** Participants of all platforms at which it is full with one replica lost; undefined where participants do not fill it. */
  readonly fullAt: number | undefined;
  /** True if it carries less than what was asked for. */
  readonly short: boolean;
}

export interface TierArgs {
  readonly plans: readonly ServicePlan[];
  readonly layout: Layout;
  /** Tiers of the service. */
  readonly rows: readonly TierRow[];
  readonly platforms: number;
  /** Participants of all platforms together, and of one. */
  readonly participants: number;
  readonly onOne: number;
  readonly application: HostSize;
  /** Name of the hosts that media go through, their number, and Mbit/s of the fuller direction that one carries with another lost. */
  readonly media: { readonly name: string; readonly count: number; readonly mbps: number };
  /** True for participants of one platform whose pods fit onto its application hosts with one lost. */
  readonly fits: (participants: number) => boolean;
  /** True for participants that one platform can be planned for. */
  readonly plannable: (participants: number) => boolean;
}

/** Every tier of a platform, the one that fills first at the head. Those that participants do not fill stand at the end. */
export function tiersOf(args: TierArgs): readonly PlannedTier[] {
  const { plans, layout, application, media, fits } = args;
  const connections = connectionsOf(plans);
  const edge = edgeCapacity(connections);
  const requested = [...plans.flatMap(({ requests }) => requests), edgeRequest(connections)]
    .filter(({ hosts = "application" }) => hosts === "application")
    .reduce((sum, one) => sum + one.cpu * (one.replicas === "every host" ? layout.application.count : one.replicas), 0);
  const rows: readonly TierRow[] = [
    { name: "gateways", replicas: layout.gateway.count, capacity: layout.gateway.capacity },
    { name: "edge", replicas: replicasFor(edge), capacity: edge },
    ...args.rows,
    {
      name: `links of ${media.name}`,
      replicas: media.count,
      capacity: {
        load: media.mbps * (media.count - 1),
        perReplica: linkMbps,
        unit: "Mbit/s",
        source: "unverified: 1 Gbit/s, no cloud's guaranteed figure was at hand",
      },
    },
    {
      name: "application hosts",
      replicas: layout.application.count,
      capacity: {
        load: requested,
        perReplica: application.cores - reserved.cores,
        unit: "cores",
        source: "requests of all pods, the edge's included",
      },
      // Pods come by the replica.
      carries: fits,
    },
  ];
  const last = Number.MAX_SAFE_INTEGER;
  return rows.map((row) => tier(row, args)).sort((a, b) => (a.fullAt ?? last) - (b.fullAt ?? last));
}

function tier(row: TierRow, { platforms, participants, onOne, plannable }: TierArgs): PlannedTier {
  const { name, replicas, capacity, carriers = replicas - 1, grows = true, carries } = row;
  const { load, perReplica, unit, source } = capacity;
  const full = (): number =>
    carries === undefined
      ? Math.floor(((perReplica * carriers) / load) * onOne + 1e-6)
      : mostThat((more) => plannable(more) && carries(more), onOne);
  const fullAt = grows ? full() * platforms : undefined;
  return {
    name,
    replicas,
    load: Math.round(load * 10) / 10,
    perReplica,
    unit,
    source,
    fullAt,
    short: fullAt === undefined ? perReplica * carriers < load : fullAt < participants,
  };
}

/** The most participants that something holds for. @param least a number that it holds for. */
function mostThat(holds: (participants: number) => boolean, least: number): number {
  let [low, high] = [least, mostParticipants + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

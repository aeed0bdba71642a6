import type { Cloud } from "../clouds/cloud";
import { invalid } from "../core/errors";
import { layout, type Layout } from "../core/layout";
import type { HostSize } from "../core/plan";
import type { AskedConference, Conference, PlannedConference } from "./conference";
import { misfit } from "./fit";

/** Place of all platforms, and sizes of their hosts. */
export interface Place {
  readonly cloud: Cloud;
  readonly rooms: number;
  readonly applicationSize: HostSize;
  readonly dataSize: HostSize;
}

/** Equal platforms, each in a network of its own. */
export interface Platforms {
  readonly platforms: number;
  readonly split: string | undefined;
  /** The share of each, its plan and its hosts. */
  readonly one: AskedConference;
  readonly planned: PlannedConference;
  readonly placed: Layout;
}

/** The fewest equal platforms that fit into a network each. @throws RangeError when there are fewer rooms than that. */
export function platformsFor(
  asked: AskedConference,
  { limit, plan }: Conference,
  { cloud, rooms, ...sizes }: Place,
): Platforms {
  let split: string | undefined;
  for (let platforms = 1; platforms <= rooms; platforms++) {
    const share = (all: number): number => Math.ceil(all / platforms);
    const one = { ...asked, participants: share(asked.participants), recordings: share(asked.recordings) };
    const beyond = limit(one);
    if (beyond !== undefined) {
      split = beyond;
      continue;
    }
    const planned = plan(one);
    const placed = layout({ plans: planned.plans, ...sizes });
    const reason = misfit(placed, cloud);
    if (reason === undefined) return { platforms, split, one, planned, placed };
    split = reason;
  }
  throw invalid(
    "rooms that can be split over several platforms",
    rooms,
    `one needs ${split ?? "more"}: plan for more rooms`,
  );
}

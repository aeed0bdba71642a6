import { replicasFor } from "../../core/capacity";
import { invalid, type Keys, validate } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import { list, record } from "../../core/shapes";
import { ResourceMetrics } from "../../kubernetes/resource-metrics";
import type { Scale } from "../../kubernetes/scale";
import type { Sizes } from "./settings";

/** Days of the week, in the order of their numbers in `date +%u`. */
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof days)[number];

/** Hours for which more participants are expected than at other times. */
export interface Peak {
  readonly days: readonly Day[];
  /** Beginning in UTC: "07:30". Bridges start 15 minutes before. */
  readonly from: string;
  /** End in UTC, on the same day: "24:00" at the latest. */
  readonly to: string;
  /** Participants at once, over all rooms. */
  readonly participants: number;
}

export const peakKeys: Keys<Peak> = { days: true, from: true, to: true, participants: true };

/** Number of bridges that there are at least while a peak lasts. */
export interface Floor {
  /** 1 is Monday. */
  readonly day: number;
  /** Minutes since midnight, in UTC. */
  readonly from: number;
  readonly to: number;
  readonly bridges: number;
}

/** Bridges at all times, in the greatest peak, and in each. */
export interface BridgeScaling {
  readonly least: number;
  readonly most: number;
  readonly floors: readonly Floor[];
}

const peakExample = '[{ days: ["mon"], from: "07:30", to: "10:00", participants: 600 }]';
const day = 24 * 60;
/** Time in minutes in which a bridge starts and every shard has learned of it, and in which the schedule looks at the clock. */
const ahead = 15;

/** @throws RangeError with every peak that cannot be. */
export const readPeaks = (values: readonly Peak[], participants: number): readonly Peak[] =>
  list(values, "peaks", peakExample, (value) => {
    const { days: on, from, to, participants: then } = record(value, "a peak", peakExample);
    validate({
      days: () => {
        if (!Array.isArray(on) || on.length === 0 || on.some((one: Day) => !days.includes(one)))
          throw invalid(`days out of ${days.join(", ")}`, on, 'name at least one: ["mon", "wed"]');
        if (new Set<unknown>(on).size < on.length) throw invalid("each day once", on, "remove the second");
      },
      from: () => minutes(from),
      to: () => {
        if (minutes(to) <= minutes(from))
          throw invalid(`a time after ${from}`, to, "give two peaks for one that goes on after midnight");
      },
      participants: () => {
        if (countInRange(then ?? NaN, "participants", 2, 100_000) <= participants)
          throw invalid(
            `more than the ${participants} participants of other times`,
            then,
            "leave the peak out, or lower participants",
          );
      },
    });
    return value;
  });

/** @throws RangeError for what is no time of a day. */
function minutes(value: string | undefined): number {
  const [, hour, minute] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(typeof value === "string" ? value : "") ?? [];
  const found = Number(hour) * 60 + Number(minute);
  if (!(found <= day)) throw invalid("a time of the day in UTC from 00:00 to 24:00", value, 'give one like "07:30"');
  return found;
}

/** The bridges of a plan by time. @param bridge capacity of the bridges in the greatest peak. */
export function bridgeScaling({ bridge, bridges }: Sizes, participants: number, peaks: readonly Peak[]): BridgeScaling {
  const forLoad = (load: number): number => replicasFor({ ...bridge, load });
  return {
    least: forLoad(participants),
    most: bridges,
    floors: peaks.flatMap(({ days: on, from, to, participants: then }) =>
      on.flatMap((one) => floors(days.indexOf(one) + 1, minutes(from) - ahead, minutes(to), forLoad(then))),
    ),
  };
}

/** A floor, in two parts where it begins on the day before. */
const floors = (on: number, from: number, to: number, bridges: number): readonly Floor[] =>
  from >= 0
    ? [{ day: on, from, to, bridges }]
    : [
        { day: on === 1 ? 7 : on - 1, from: day + from, to: day, bridges },
        { day: on, from: 0, to, bridges },
      ];

/** The table that the schedule reads: day, first minute, minute after the last, bridges. */
export const floorTable = ({ floors: all }: BridgeScaling): string =>
  all.map(({ day: on, from, to, bridges }) => `${on} ${from} ${to} ${bridges}\n`).join("");

/** Share of the processors that a bridge asks for, in percent, from which another comes: with 12 of 16 asked for, upstream's stress is 0.5 then. */
const stressPercent = 60;

/** @throws RangeError for what measures nothing. */
export function followsStress(value: ResourceMetrics | "own" | undefined): boolean {
  if (value === undefined || value === "own" || value instanceof ResourceMetrics) return value !== undefined;
  throw invalid('new ResourceMetrics(…) or "own"', value, "give what measures the cluster, or leave followStress out");
}

/**
 * The bounds of the bridges' number; undefined where it never changes.
 *
 * Stress is what upstream calls it: the share of the host's processors in use, of which 0.9 is 1 (jitsi-videobridge 4bb0aea, reference.conf `load-measurement`,
 * CpuLoadSampler.kt). Kubernetes measures the same of the bridge alone, so no adapter has to bring it figures of the bridge, whose management port no other host
 * reaches.
 *
 * @throws RangeError when there are no hosts to grow into.
 */
export function bridgeScale(
  { least, most, floors: all }: BridgeScaling,
  hosts: number,
  stress: boolean,
): Scale | undefined {
  if (stress && hosts <= least)
    throw invalid(
      `more than ${least} media hosts for bridges that follow their stress`,
      hosts,
      "add hosts to the media pool: a cloud's autoscaler makes private hosts only, and a bridge needs one with a public address",
    );
  const scheduled = all.length > 0;
  if (!stress && !scheduled) return undefined;
  return { most: stress ? hosts : most, scheduled, ...(stress ? { cpuPercent: stressPercent } : {}) };
}

import type { Capacity } from "../core/capacity";
import type { Layout, PlacedPool } from "../core/layout";
import type { HostSize, ServicePlan } from "../core/plan";
import type { ParticipantKbps } from "./bandwidth";
import type { CheckedFigure, FigureArgs } from "./figures";
import type { MediaPath } from "./media-paths";

/** Services that the planner knows. The first is what it plans unless it is told otherwise. */
export const conferenceServices = ["jitsi", "bigbluebutton", "openvidu"] as const;
export type ConferenceService = (typeof conferenceServices)[number];

/** Conferences of one platform. */
export interface AskedConference {
  readonly participants: number;
  /** Participants that one media host carries. */
  readonly perHost: number;
  /** Recordings at once; 0 where nothing is recorded. */
  readonly recordings: number;
  /** Size of media hosts. */
  readonly media: HostSize;
  /** Shares of the participants that have media hosts in further locations, by code. @default {} */
  readonly regions?: Readonly<Record<string, number>>;
}

/** A tier as the planner shows it. */
export interface TierRow {
  readonly name: string;
  readonly replicas: number;
  readonly capacity: Capacity;
  /** Replicas that carry the load with one lost. @default - all but one */
  readonly carriers?: number;
  /** False for a load that does not grow with participants. @default true */
  readonly grows?: boolean;
  /** True for participants that the tier carries as it is planned, where its load comes in steps. @default - in proportion */
  readonly carries?: (participants: number) => boolean;
}

/** Plans, tiers and hosts of one platform of a service. */
export interface PlannedConference {
  /** Plans of the service, and of the database and cache beside it: those of a blueprint. */
  readonly plans: readonly ServicePlan[];
  /** Its hosts for media. */
  readonly media: (placed: Layout) => PlacedPool;
  /** Tiers of its own. @param hosts number of media hosts. */
  readonly tiers: (hosts: number) => readonly TierRow[];
  /** Replicas worth a headline. @param hosts number of media hosts. */
  readonly parts: (hosts: number) => Readonly<Record<string, number>>;
}

/** A service as the planner knows it. */
export interface Conference {
  /** Hosts that media go through, and those that carry volumes. */
  readonly hosts: { readonly media: string; readonly data: string };
  /** Participants that one media host carries unless the operator measured another figure. */
  readonly perHost: number;
  /** The most that it may be told to carry on a host of this size, and the figure behind it. */
  readonly mostPerHost: (size: HostSize) => number;
  readonly mostSource: string;
  /** Participants of the largest room, and what carries it as a whole. */
  readonly largestRoom: (perHost: number) => { readonly most: number; readonly carrier: string };
  /** Reason why one deployment does not do; undefined where it does. */
  readonly limit: (asked: AskedConference) => string | undefined;
  readonly plan: (asked: AskedConference) => PlannedConference;
  readonly kbps: (roomSize: number) => ParticipantKbps;
  /** Traffic from one media host to the others of a room. */
  readonly betweenKbps: (roomSize: number, perHost: number) => number;
  /** Share of the delay that its media hosts have, in milliseconds. */
  readonly delayMs: number;
  readonly paths: readonly MediaPath[];
  readonly figures: (args: FigureArgs) => readonly CheckedFigure[];
  /** Needs that no price list has. */
  readonly unpriced: (recordings: number) => readonly string[];
}

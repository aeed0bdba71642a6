import type { ParticipantKbps } from "./bandwidth";
import type { Conference } from "./conference";

/** Bandwidth of conferences, at most. */
export interface Bandwidth {
  /** Mbit/s of one participant. */
  readonly sentMbps: number;
  readonly receivedMbps: number;
  /** Mbit/s of one media host with another one lost. */
  readonly hostInMbps: number;
  readonly hostOutMbps: number;
  /** Of them, to other media hosts over the private network. */
  readonly betweenHostsMbps: number;
  /** Mbit/s that enter and leave the cloud. */
  readonly inMbps: number;
  readonly outMbps: number;
  readonly hoursPerMonth: number;
  /** TB (10^12 bytes) that leave it in a month. */
  readonly trafficTb: number;
}

/** Load of one participant in kbit/s, and of one media host with another one lost in Mbit/s. */
export interface Traffic {
  readonly one: ParticipantKbps;
  readonly in: number;
  readonly out: number;
  readonly between: number;
}

/** Traffic of one platform. */
export function trafficOf(
  { kbps, betweenKbps }: Conference,
  of: { readonly participants: number; readonly perHost: number; readonly roomSize: number; readonly hosts: number },
): Traffic {
  const { participants, perHost, roomSize, hosts } = of;
  const one = kbps(roomSize);
  // With one lost, the others carry all.
  const onHost = participants / (hosts - 1);
  const between = (betweenKbps(roomSize, perHost) * onHost) / Math.min(roomSize, perHost);
  return {
    one,
    in: (one.sent * onHost + between) / 1_000,
    out: (one.received * onHost + between) / 1_000,
    between: between / 1_000,
  };
}

/** Bandwidth of all platforms. @param hours of a month in which all participants are there. */
export function bandwidthOf({ one, ...host }: Traffic, participants: number, hours: number): Bandwidth {
  const outMbps = (one.received * participants) / 1_000;
  return {
    sentMbps: tenths(one.sent / 1_000),
    receivedMbps: tenths(one.received / 1_000),
    hostInMbps: Math.round(host.in),
    hostOutMbps: Math.round(host.out),
    betweenHostsMbps: Math.round(host.between),
    inMbps: Math.round((one.sent * participants) / 1_000),
    outMbps: Math.round(outMbps),
    hoursPerMonth: hours,
    trafficTb: tenths(trafficTb(one, participants, hours)),
  };
}

/** TB that leave the cloud in a month. */
export const trafficTb = ({ received }: ParticipantKbps, participants: number, hours: number): number =>
  (received * participants * hours * 3_600) / 8 / 1_000_000_000;

const tenths = (figure: number): number => Math.round(figure * 10) / 10;

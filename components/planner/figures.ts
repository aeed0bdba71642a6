import type { HostSize } from "../core/plan";

/** A planned figure beside one that somebody measured or set. */
export interface CheckedFigure {
  readonly what: string;
  readonly planned: number;
  readonly against: string;
  readonly source: string;
  readonly holds: boolean;
}

/** Participants of a bridge at 720p on 16 cores and 32 GiB: the figure that the project was given. */
export const seed = { least: 100, most: 150, cores: 16, memoryGib: 32 } as const;

/** The most participants that a bridge on a host of this size carries by the seed figure, in proportion. */
export const mostPerBridge = ({ cores, memoryGib }: HostSize): number =>
  Math.floor(seed.most * Math.min(cores / seed.cores, memoryGib / seed.memoryGib));

/** Upstream's own figures. */
const upstream = {
  stressThreshold: 0.8,
  participantStress: 0.01,
  packetsPerSecond: 50_000,
  participantPacketsPerSecond: 500,
  // 550 Mbit/s in both directions at 20 % of four cores.
  mbpsPerCore: 550 / (0.2 * 4),
} as const;

export interface FigureArgs {
  readonly participants: number;
  readonly perBridge: number;
  readonly bridges: number;
  readonly host: HostSize;
  /** Mbit/s of a bridge in both directions, with one bridge lost. */
  readonly mbps: number;
}

/** Planned figures beside the seed figure and upstream's. One that does not hold is no error: it says what to measure first. */
export function figures({ participants, perBridge, bridges, host, mbps }: FigureArgs): readonly CheckedFigure[] {
  const carried = Math.min(perBridge, Math.ceil(participants / (bridges - 1)));
  const usual = Math.ceil(participants / bridges);
  const share = Math.min(host.cores / seed.cores, host.memoryGib / seed.memoryGib);
  const overstressed = Math.round(upstream.stressThreshold / upstream.participantStress);
  return [
    {
      what: "participants per bridge",
      planned: perBridge,
      against: `${Math.floor(seed.least * share)} to ${mostPerBridge(host)} at 720p on ${host.cores} cores and ${host.memoryGib} GiB`,
      source: "seed figure: 100 to 150 on 16 cores and 32 GiB, in proportion",
      holds: perBridge <= mostPerBridge(host),
    },
    {
      what: "participants per bridge while all run",
      planned: usual,
      against: `${overstressed}: the focus counts a bridge as overstressed at 0.8, and a newcomer as 0.01`,
      source: "jitsi/jicofo a595d0b, reference.conf: stress-threshold, average-participant-stress",
      holds: usual <= overstressed,
    },
    {
      what: "packets per second and bridge, one lost",
      planned: carried * upstream.participantPacketsPerSecond,
      against: `${upstream.packetsPerSecond}: the bridge's own threshold where it reckons by packets, 500 for a participant`,
      source:
        "jitsi/jitsi-videobridge 4bb0aea, packet-rate.load-threshold; jitsi/jicofo 940, average-participant-packet-rate-pps",
      holds: carried * upstream.participantPacketsPerSecond <= upstream.packetsPerSecond,
    },
    {
      what: "Mbit/s per core, one lost",
      planned: Math.round(mbps / host.cores),
      against: `${Math.round(upstream.mbpsPerCore)}: 550 Mbit/s at 20 % of four cores, one stream of one layer for each`,
      source: "jitsi.org/jitsi-videobridge-performance-evaluation",
      holds: mbps / host.cores <= upstream.mbpsPerCore,
    },
  ];
}

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

/** Upstream's own figures of a server: the least machine that it supports, and what that one carries. */
export const bigBlueButtonUpstream = {
  cores: 8,
  memoryGib: 16,
  participants: 200,
  linkMbps: 250,
  meeting: 200,
} as const;

/** LiveKit's own measurement: one room in which all send and receive 720 lines, on 16 cores, at 85 % of them. */
const liveKitMeasured = { cores: 16, participants: 150, inMbps: 400, outMbps: 744 } as const;

/** Jitsi's own figures. */
const upstream = {
  stressThreshold: 0.8,
  participantStress: 0.01,
  packetsPerSecond: 50_000,
  participantPacketsPerSecond: 500,
  // 550 Mbit/s in both directions at 20 % of four cores.
  mbpsPerCore: 550 / (0.2 * 4),
} as const;

export interface FigureArgs {
  /** Participants of one platform. */
  readonly participants: number;
  readonly perHost: number;
  /** Media hosts of one platform, and their size. */
  readonly hosts: number;
  readonly host: HostSize;
  readonly roomSize: number;
  /** Mbit/s of a media host, with another one lost. */
  readonly inMbps: number;
  readonly outMbps: number;
}

/** Share of the seed figure's machine that a host is. */
const shareOf = ({ cores, memoryGib }: HostSize): number => Math.min(cores / seed.cores, memoryGib / seed.memoryGib);

/** The planned figure beside the one that the project was given. @param note of what differs. */
const besideSeed = (what: string, { perHost, host }: FigureArgs, note = ""): CheckedFigure => ({
  what,
  planned: perHost,
  against: `${Math.floor(seed.least * shareOf(host))} to ${mostPerBridge(host)} at 720p on ${host.cores} cores and ${host.memoryGib} GiB${note}`,
  source: "seed figure: 100 to 150 on 16 cores and 32 GiB, in proportion",
  holds: perHost <= mostPerBridge(host),
});

/** Planned figures of Jitsi beside the seed figure and upstream's. One that does not hold is no error: it says what to measure first. */
export function jitsiFigures(args: FigureArgs): readonly CheckedFigure[] {
  const { participants, perHost, hosts, host, inMbps, outMbps } = args;
  const carried = Math.min(perHost, Math.ceil(participants / (hosts - 1)));
  const usual = Math.ceil(participants / hosts);
  const mbps = inMbps + outMbps;
  const overstressed = Math.round(upstream.stressThreshold / upstream.participantStress);
  return [
    besideSeed("participants per bridge", args),
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

/**
 * The same of OpenVidu, whose servers are LiveKit's. OpenVidu's own measurement (openvidu.io 3.4.1, production-ready/performance: rooms of eight, 640 × 480, four cores)
 * has its figures in a picture only, and its gain comes from another media engine, which is not in the open server.
 */
export function openViduFigures(args: FigureArgs): readonly CheckedFigure[] {
  const { perHost, host, inMbps, outMbps } = args;
  const share = host.cores / liveKitMeasured.cores;
  const source = "docs.livekit.io, self-hosting, benchmarks: large meeting, 150 send and receive video";
  const measured = (what: string, planned: number, figure: number, unit: string): CheckedFigure => ({
    what,
    planned,
    against: `${Math.floor(figure * share)}: ${figure}${unit} at 85 % of 16 cores`,
    source,
    holds: planned <= figure * share,
  });
  return [
    besideSeed("participants per media server", args),
    measured("participants per media server, in one room", perHost, liveKitMeasured.participants, ""),
    measured("Mbit/s into a media server, one lost", Math.round(inMbps), liveKitMeasured.inMbps, " Mbit/s"),
    measured("Mbit/s out of a media server, one lost", Math.round(outMbps), liveKitMeasured.outMbps, " Mbit/s"),
  ];
}

/** The same of BigBlueButton. */
export function bigBlueButtonFigures(args: FigureArgs): readonly CheckedFigure[] {
  const { perHost, host, roomSize, outMbps } = args;
  const { cores, memoryGib, participants, linkMbps, meeting } = bigBlueButtonUpstream;
  const most = Math.floor(participants * Math.min(host.cores / cores, host.memoryGib / memoryGib));
  const faq = "bigbluebutton/bigbluebutton 07d6b40, docs/docs/support/faq.md";
  return [
    besideSeed("participants per server", args, "; here a camera has 200 kbit/s by default, and less from eight on"),
    {
      what: "participants per server, by upstream's rule",
      planned: perHost,
      against: `${most}: ${participants} on ${cores} cores and ${memoryGib} GB, in proportion`,
      source: faq,
      holds: perHost <= most,
    },
    {
      what: "participants of one meeting",
      planned: roomSize,
      against: `${meeting}: upstream advises against larger ones`,
      source: faq,
      holds: roomSize <= meeting,
    },
    {
      what: "Mbit/s out of a server, one lost",
      planned: Math.round(outMbps),
      against: `${linkMbps}: the least link that upstream supports, for ${participants} participants`,
      source: "bigbluebutton/bigbluebutton 01948e2, docs/docs/administration/install.md",
      holds: outMbps <= linkMbps,
    },
  ];
}

/**
 * Bit rates of one stream, in kbit/s, and limits on how many there are.
 *
 * | figure | source |
 * |---|---|
 * | 1,500, 500, 200 at 720, 360 and 180 lines: the highest of the codecs that a browser prefers (VP8) | jitsi/lib-jitsi-meet 01daa07, `service/RTC/StandardVideoQualitySettings.ts`; the handbook (39ea553, `requirements.md`) reckons with 2,500 at 720 |
 * | all three at once are sent while somebody looks at 720 | the same, `SIM_LAYERS` |
 * | 25 tiles, 360 lines at most in tiles of more than two people | jitsi-meet as in ericva01/jitsi-meeting aeac810, `filmstrip/constants.ts`, `video-quality/subscriber.ts` |
 * | nine tiles at 360 lines, more at 180 | assumption: a window of 1080 lines, `minHeightForQualityLvl` of the same |
 * | 64 for a voice: Opus at 40 and the heads of 50 packets a second | assumption until measured |
 * | three voices at once | assumption: the bridge forwards all (jitsi-videobridge 4bb0aea, `loudest.route-loudest-only = false`), and who is muted sends none |
 * | 5 % for the heads of video packets | 60 bytes on 1,200 |
 */
export const streams = { high: 1_500, standard: 500, low: 200, voice: 64, voices: 3, tiles: 25, heads: 1.05 } as const;

/** Load of one participant on a bridge, in kbit/s. */
export interface ParticipantKbps {
  /** From the browser to the bridge, as a mean over the room. */
  readonly sent: number;
  /** From the bridge to the browser. */
  readonly received: number;
}

/** Upper bound for a participant of a room of a size. */
export function participantKbps(roomSize: number): ParticipantKbps {
  const seen = Math.min(roomSize, streams.tiles);
  const others = Math.min(roomSize - 1, streams.tiles - 1);
  const stage = streams.high + Math.max(0, others - 1) * streams.low;
  const tiles = others * (seen <= 9 ? streams.standard : streams.low);
  // A camera that nobody looks at is told to stop.
  const layers = streams.high + streams.standard + streams.low;
  const voices = Math.min(streams.voices, roomSize - 1);
  return {
    sent: Math.round((layers * seen * streams.heads) / roomSize + streams.voice),
    received: Math.round(Math.max(stage, tiles) * streams.heads + voices * streams.voice),
  };
}

/**
 * Traffic from one bridge to the others of a room that spans them, in kbit/s: cameras that are looked at, all layers of each (jitsi-videobridge 4bb0aea,
 * `relay/Relay.kt`, `wants`: everything). It goes over the private network.
 */
export function betweenBridgesKbps(roomSize: number, participantsPerBridge: number): number {
  const bridges = Math.ceil(roomSize / participantsPerBridge);
  const here = Math.min(participantsPerBridge, roomSize);
  return bridges === 1 ? 0 : Math.round(participantKbps(roomSize).sent * here * (bridges - 1));
}

/**
 * Capacity of a host's link, in Mbit/s: an assumption. Neither cloud's page with a guaranteed figure was at hand; the handbook (39ea553) calls 1 Gbit/s often enough
 * for a bridge, and 10 advisable for a serious one.
 */
export const linkMbps = 1_000;

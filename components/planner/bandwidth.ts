/**
 * Bit rates of one stream of Jitsi, in kbit/s, and limits on how many there are.
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
export const jitsiStreams = { high: 1_500, standard: 500, low: 200, voice: 64 } as const satisfies Simulcast;

/**
 * The same of LiveKit's client, which OpenVidu's portals use. The portal's own page decides what is shown: the arrangement above is assumed, and that the page has
 * `adaptiveStream` and `dynacast`. Both are off by default (`src/room/defaults.ts`, 03844a1): without them every browser is sent every camera at its highest.
 *
 * | figure | source |
 * |---|---|
 * | 1,700, 450, 160 at 720, 360 and 180 lines; 720 unless the page asks for another | livekit/client-sdk-js, `src/room/track/options.ts` (`VideoPresets`), read in a copy of it; `src/room/defaults.ts`, 03844a1 |
 * | 120 for a voice: 48 (`AudioPresets.music`), sent twice (`red`), and the heads of 50 packets a second | the same files |
 */
export const liveKitStreams = { high: 1_700, standard: 450, low: 160, voice: 120 } as const satisfies Simulcast;

/** Bit rates of the layers of a camera, and of a voice. */
export interface Simulcast {
  readonly high: number;
  readonly standard: number;
  readonly low: number;
  readonly voice: number;
}

/** Limits on what a browser shows and is sent. */
const shown = { tiles: 25, voices: 3, heads: 1.05 } as const;

/** Load of one participant on a media host, in kbit/s. */
export interface ParticipantKbps {
  /** From the browser to the host, as a mean over the room. */
  readonly sent: number;
  /** From the host to the browser. */
  readonly received: number;
}

/** Upper bound for a participant of a room of a size, where cameras send several layers at once. */
export function simulcastKbps({ high, standard, low, voice }: Simulcast, roomSize: number): ParticipantKbps {
  const seen = Math.min(roomSize, shown.tiles);
  const others = Math.min(roomSize - 1, shown.tiles - 1);
  const stage = high + Math.max(0, others - 1) * low;
  const tiles = others * (seen <= 9 ? standard : low);
  // A camera that nobody looks at is told to stop.
  const layers = high + standard + low;
  const voices = Math.min(shown.voices, roomSize - 1);
  return {
    sent: Math.round((layers * seen * shown.heads) / roomSize + voice),
    received: Math.round(Math.max(stage, tiles) * shown.heads + voices * voice),
  };
}

/**
 * Bit rates of BigBlueButton, in kbit/s.
 *
 * | figure | source |
 * |---|---|
 * | a camera: 800 at most (`hd`); 100, 90, 70, 50, 40, 30 from 8, 12, 15, 20, 25, 30 cameras on; the speaker's returns to 800 | bigbluebutton/bigbluebutton 00013312, `bigbluebutton-html5/private/config/settings.yml`: `cameraProfiles`, `cameraQualityThresholds`, `privilegedStreams` |
 * | 48 cameras in one picture at most, for those who moderate: viewers turn pages of 5 | the same, `desktopGridSizes`, `desktopPageSizes` |
 * | 1,500 for a screen: one in each meeting | the same, `screenshare.bitrate` |
 * | 40 for a voice, and for all of them mixed into one | bigbluebutton/bigbluebutton 07d6b40, `docs/docs/support/faq.md` |
 */
export const bigBlueButtonStreams = {
  camera: 800,
  crowded: [
    [30, 30],
    [25, 40],
    [20, 50],
    [15, 70],
    [12, 90],
    [8, 100],
  ],
  grid: 48,
  screen: 1_500,
  voice: 40,
} as const;

/** Upper bound for a participant of a meeting of a size: all cameras are on, somebody shows a screen, and everybody looks as those do who moderate. */
export function bigBlueButtonKbps(roomSize: number): ParticipantKbps {
  const { camera, crowded, grid, screen, voice } = bigBlueButtonStreams;
  const each = crowded.find(([from]) => roomSize >= from)?.[1] ?? camera;
  const others = Math.min(roomSize - 1, grid);
  const speaker = camera - each;
  return {
    sent: Math.round((each + (speaker + screen) / roomSize) * shown.heads + voice),
    received: Math.round((others * each + speaker + screen) * shown.heads + voice),
  };
}

/**
 * Traffic from one bridge to the others of a room that spans them, in kbit/s: cameras that are looked at, all layers of each (jitsi-videobridge 4bb0aea,
 * `relay/Relay.kt`, `wants`: everything). It goes over the private network.
 */
export function betweenBridgesKbps(roomSize: number, participantsPerBridge: number): number {
  const bridges = Math.ceil(roomSize / participantsPerBridge);
  const here = Math.min(participantsPerBridge, roomSize);
  return bridges === 1 ? 0 : Math.round(simulcastKbps(jitsiStreams, roomSize).sent * here * (bridges - 1));
}

/**
 * Capacity of a host's link, in Mbit/s: an assumption. Neither cloud's page with a guaranteed figure was at hand; the handbook (39ea553) calls 1 Gbit/s often enough
 * for a bridge, and 10 advisable for a serious one.
 */
export const linkMbps = 1_000;

import { lastReview as reviewed } from "./fact";
import type { Program, SettingLine, SwitchFact } from "./switch";

const web: Program = { name: "Jitsi's web server", images: ["web"], folders: ["jitsi", "meet"] };
// Images of the other programs of Scalelite have the same name; what is imported, and who may see it, is decided in these two.
const scalelite: Program = { name: "Scalelite", images: ["scalelite"], tags: /(^|-)(api|recording-importer)(-|$)/ };
const hub: Program = { name: "Nextcloud Talk", files: [["app", "key", "value"]] };
const jitsi: Program = { name: "Jitsi", types: ["sovereign-uc:index:Jitsi"] };
const recorded: Program = {
  name: "the component",
  types: ["sovereign-uc:index:BigBlueButton", "sovereign-uc:index:Nextcloud", "sovereign-uc:index:OpenVidu"],
};

/** Texts that are no number of days from 1 to 365, the longest that a recording stays without an exemption. A figure of ours: the laws name none. */
export const noDays = /^(?!(?:[1-9]\d?|[12]\d\d|3[0-5]\d|36[0-5])$)/;

/** Annotation by which a recorder says for how many days its recordings are kept. */
export const daysAnnotation = "sovereign-uc/recording-days";

/** A program that records what is seen and heard, by its images, and the component of ours whose inputs say how long what it records is kept. */
export interface Recorder {
  readonly program: Program;
  readonly component: string;
}

export const recorders: readonly Recorder[] = [
  { program: { name: "Jibri", images: ["jibri"] }, component: "sovereign-uc:index:Jitsi" },
  {
    program: { name: "LiveKit's egress", images: ["egress", "livekit-egress"], folders: ["livekit", "openvidu"] },
    component: "sovereign-uc:index:OpenVidu",
  },
  {
    program: { name: "the recorder of Nextcloud Talk", images: ["nextcloud-talk-recording", "aio-talk-recording"] },
    component: "sovereign-uc:index:Nextcloud",
  },
];

const keeps = "nothing says for how many days recordings are kept";
const own = "say for how many days they are kept: keepDays beside the bucket, recordingDays of a Nextcloud";

/** Settings by which recordings leave, stay for ever, or are open to everybody. */
export const recordings: readonly SwitchFact[] = [
  {
    program: web,
    path: ["ENABLE_LIVESTREAMING"],
    refused: "on",
    otherwise: "moderators send meetings to a platform for everybody to see",
    action: "set ENABLE_LIVESTREAMING=false",
    source: "jitsi/docker-jitsi-meet web/rootfs/defaults/settings-config.js at 2e6b31d8",
    reviewed,
  },
  {
    program: scalelite,
    path: ["PROTECTED_RECORDINGS_ENABLED"],
    refused: "not on",
    absent: "refused",
    where: { RECORDING_DISABLED: "not on" },
    otherwise: "whoever has the address of a recording sees it, without a sign-in",
    action: "set PROTECTED_RECORDINGS_ENABLED=true, or RECORDING_DISABLED=true",
    source: "blindsidenetworks/scalelite config/application.rb at 7498a81",
    reviewed,
  },
  {
    program: hub,
    path: ["value"],
    refused: ["0", "no", "false"],
    where: { app: ["spreed"], key: ["recording_consent"] },
    otherwise: "nobody is asked for consent to a recording",
    action: "set recording_consent of spreed to 1",
    source: "nextcloud/spreed lib/Config.php at 00bb210",
    reviewed,
  },
  {
    program: jitsi,
    path: ["recordingDays"],
    refused: noDays,
    absent: "refused",
    where: { recorders: "on" },
    otherwise: keeps,
    action: own,
    source: "components/services/jitsi/recording.ts",
    reviewed,
  },
  {
    program: recorded,
    path: ["recordingDays"],
    refused: noDays,
    absent: "refused",
    where: { recording: "on" },
    otherwise: keeps,
    action: own,
    source: "components/services/openvidu/args.ts",
    reviewed,
  },
];

/** Lines of files that are no data, and of scripts that write them. */
export const recordingLines: readonly SettingLine[] = [
  {
    word: "autostartrecording",
    pattern: /\bautoStartRecording["']?\s{0,8}[=:]\s{0,8}["']?true\b/i,
    what: "autoStartRecording, so that meetings of BigBlueButton are recorded from the first moment, whoever is in them",
    action: "remove autoStartRecording: moderators begin a recording, and everybody sees it",
    source: "bigbluebutton/bigbluebutton bigbluebutton-web/grails-app/conf/bigbluebutton.properties at 0001331",
    reviewed,
  },
  {
    word: "recording_consent",
    pattern: /\bspreed\s{1,8}recording_consent\s.{0,80}--value[= ]\s{0,4}["']?(0|no|false)\b/,
    what: "recording_consent of Nextcloud Talk switched off, so that nobody is asked for consent to a recording",
    action: "set recording_consent of spreed to 1",
    source: "nextcloud/spreed lib/Config.php at 00bb210",
    reviewed,
  },
];

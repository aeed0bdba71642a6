import { lastReview as reviewed } from "./fact";
import type { Program, SettingLine, SwitchFact } from "./switch";

const web: Program = { name: "Jitsi's web server", images: ["web"], folders: ["jitsi", "meet"] };
const hub: Program = { name: "Nextcloud Talk", files: [["app", "key", "value"]] };
const jitsiFile: Program = { name: "Jitsi", files: [["autoTranscribeOnRecord"], ["autoCaptionOnRecord"]] };

const unasked = "every recording becomes text, whether or not anybody asked for it";

const talk = (key: string, otherwise: string): SwitchFact => ({
  program: hub,
  path: ["value"],
  refused: "on",
  where: { app: ["spreed"], key: [key] },
  otherwise,
  action: `set ${key} of spreed to no`,
  source:
    "nextcloud/spreed tests/integration/features/callapi/recording.feature at 00d73792 (call_recording_transcription, call_recording_summary)",
  reviewed,
});

/** Settings by which speech becomes text, or text is summed up, without a choice. */
export const transcriptions: readonly SwitchFact[] = [
  {
    program: web,
    path: ["AUTO_CAPTION_ON_RECORD"],
    refused: "on",
    otherwise: unasked,
    action: "set AUTO_CAPTION_ON_RECORD=false",
    source: "jitsi/docker-jitsi-meet web/rootfs/defaults/settings-config.js at 2e6b31d8",
    reviewed,
  },
  talk("call_recording_transcription", unasked),
  talk("call_recording_summary", "every recording is summed up, whether or not anybody asked for it"),
  ...["autoTranscribeOnRecord", "autoCaptionOnRecord"].map((key): SwitchFact => ({
    program: jitsiFile,
    path: [key],
    refused: "on",
    otherwise: unasked,
    action: `set ${key} to false`,
    source: "jitsi/handbook docs/dev-guide/configuration.md at 39ea5530 (transcription)",
    reviewed,
  })),
];

/** Lines of files that are no data, and of scripts that write them. */
export const transcriptionLines: readonly SettingLine[] = [
  {
    word: "onrecord",
    pattern: /\bauto(Transcribe|Caption)OnRecord["']?\s{0,8}[=:]\s{0,8}["']?(true|!0)\b/,
    what: "a Jitsi that turns every recording into text, whether or not anybody asked for it",
    action: "set autoTranscribeOnRecord to false",
    source: "jitsi/handbook docs/dev-guide/configuration.md at 39ea5530 (transcription)",
    reviewed,
  },
  {
    word: "call_recording_",
    pattern: /\bspreed\s{1,8}call_recording_(transcription|summary)\s.{0,80}--value[= ]\s{0,4}["']?(yes|1|true)\b/,
    what: "a Nextcloud Talk that turns every recording into text, whether or not anybody asked for it",
    action: "set call_recording_transcription and call_recording_summary of spreed to no",
    source:
      "nextcloud/spreed tests/integration/features/callapi/recording.feature at 00d73792 (call_recording_transcription, call_recording_summary)",
    reviewed,
  },
];

/** A switch that is known by its name, in one spelling: `autoTranscribe`, `AUTO_TRANSCRIBE` and `auto-transcribe` are `auto_transcribe`. */
export interface NamedSwitch {
  readonly name: RegExp;
  readonly refused: "on" | "off";
  readonly what: string;
  readonly action: string;
}

/** Names that programs of many makers have for it. They are read as words: no single upstream defines them. */
export const transcriptionNames: readonly NamedSwitch[] = [
  {
    name: /(^|_)(auto|always|force|automatic)_(start_)?(transcrib|transcript|caption|summar|minutes)[a-z]*(_|$)/,
    refused: "on",
    what: "which turns speech into text, or sums it up, without anybody's choice",
    action: "switch it off: somebody in the meeting begins it",
  },
  {
    name: /(^|_)(disable|hide|skip|suppress|no)_([a-z]+_)?(transcription|transcript|transcribing|recording|ai|bot|summary)_(notice|notification|announcement|banner|consent|label|disclosure|disclaimer|watermark|mark)s?$/,
    refused: "on",
    what: "which hides from people that a machine listens or writes",
    action: "switch it off: everybody is told before it begins, and what a machine wrote says so",
  },
  {
    name: /(^|_)(transcription|transcript|recording|ai|bot|summary)_(notice|notification|announcement|banner|consent|label|disclosure|disclaimer|watermark)s?(_enabled|_required)?$/,
    refused: "off",
    what: "so that nobody is told that a machine listens or writes",
    action: "switch it on: everybody is told before it begins, and what a machine wrote says so",
  },
];

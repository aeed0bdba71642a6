import { exampleFile } from "../examples";
import { transcriptionLines, transcriptionNames, transcriptions } from "../facts/transcription";
import type { Rule } from "../rule";
import { namedSwitches } from "../extract/named-switches";
import { judgeSourced, judgeSwitches, type Switches } from "../extract/switches";

const switches: Switches = {
  rows: transcriptions,
  lines: transcriptionLines,
  allowed:
    "text and summaries that somebody begins, of which everybody is told, and which say that a machine wrote them",
};

/** UC-AI-002: people know when a machine listens, and what it wrote. */
export const transcriptionTransparency: Rule = {
  id: "UC-AI-002",
  name: "transcription-transparency",
  title: "Transcripts and summaries are begun on purpose, announced to everybody, and marked as a machine's.",
  rationale:
    "Who does not know that a machine writes speaks as if none did, and who does not know that a machine wrote believes every word. A switch that begins it with every recording takes the choice from everybody at once.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "aiact", reference: "50.1" },
    { framework: "aiact", reference: "50.2" },
    { framework: "aiact", reference: "50.5" },
    { framework: "gdpr", reference: "13" },
    { framework: "revfadp", reference: "19" },
  ],
  remediation: "Switch off what begins by itself, and leave on what announces it and what marks its results.",
  types: ["kubernetes:*", "docker:*", "*"],
  remedies: {
    components:
      "Leave transcription off, or give a Jitsi the captions of our Speech, whose page says that a machine makes them; our Nextcloud neither transcribes nor sums up recordings.",
    pulumi:
      "Leave `autoTranscribeOnRecord` at false in Jitsi's configuration, and notices and labels at their defaults.",
    kubernetes: 'Set `- { name: AUTO_CAPTION_ON_RECORD, value: "false" }`, and remove variables that hide notices.',
  },
  beyond:
    "Plain transcripts may be an aid that Article 50(2) leaves out; the rule asks for the mark on them as well, since nobody who reads one can tell.",
  examples: {
    good: [exampleFile("config.js", "config.transcription.autoTranscribeOnRecord = false;\n")],
    bad: [exampleFile("config.js", "config.transcription.autoTranscribeOnRecord = true;\n")],
  },
  check: (subject) =>
    judgeSwitches(subject, switches, (read) => namedSwitches(read, transcriptionNames, switches.allowed)),
  checkStack: (subjects) => judgeSourced(subjects, switches),
};

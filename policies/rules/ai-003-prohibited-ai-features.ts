import { exampleFile } from "../examples";
import { prohibitedImages, prohibitedLines, prohibitedNames } from "../facts/prohibited";
import type { Finding, Rule } from "../rule";
import { image } from "../extract/images";
import { remembering } from "../extract/memo";
import { namedSwitches } from "../extract/named-switches";
import { containers, place } from "../extract/scan";
import { all, type Found, judgeSwitches, type Switches } from "../extract/switches";
import type { Reading } from "../extract/text";

const switches: Switches = {
  rows: [],
  lines: prohibitedLines,
  allowed: "models that write down what is said, tell voices apart without names, or sum up text",
};

/** UC-AI-003: no machine looks into people. */
export const prohibitedAiFeatures: Rule = {
  id: "UC-AI-003",
  name: "prohibited-ai-features",
  title: "Nothing reads feelings off faces or voices, knows people by them, or sorts people by their bodies.",
  rationale:
    "Reading feelings off people at work is prohibited in the EU, whatever it is for, and so is sorting them by their bodies. A voiceprint is biometric data, which needs a ground of its own. Conference software has such switches among its effects, and speech services among their options.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "aiact", reference: "5.1.f" },
    { framework: "aiact", reference: "5.1.g" },
    { framework: "gdpr", reference: "9" },
  ],
  remediation: "Switch it off, and take models that write down what is said and no more.",
  types: ["kubernetes:*", "docker:*", "*"],
  remedies: {
    components: "Leave our Jitsi as it is: detection of faces and of their expressions is off in its configuration.",
    pulumi:
      "Remove `sentiment`, `emotion` and `speaker_identification` from requests and user data, with the models that they need.",
    kubernetes:
      "Write `enableFaceExpressionsDetection: false` in Jitsi's configuration, and remove the containers that the message names.",
  },
  beyond:
    "The act prohibits reading feelings off bodies, at work and in education. The rule refuses it everywhere, and the same on text, since what one says is taken from a voice here.",
  examples: {
    good: [exampleFile("config.js", "config.faceLandmarks = { enableFaceExpressionsDetection: false };\n")],
    bad: [exampleFile("config.yaml", "meetings:\n  faceLandmarks:\n    enableFaceExpressionsDetection: true\n")],
  },
  check: (subject) =>
    judgeSwitches(subject, switches, (read) =>
      all(namedSwitches(read, prohibitedNames, switches.allowed), pictures(read)),
    ),
};

const refusedBy = remembering((reference): string | undefined => {
  const name = image(reference)?.repository.split("/").pop() ?? "";
  return prohibitedImages.find((row) => row.image.test(name))?.what;
});

/** Containers of programs that do nothing else. */
function pictures(read: Reading): Found {
  const found = containers(read).flatMap(({ image: reference, path }): readonly Finding[] => {
    const what = typeof reference === "string" ? refusedBy(reference) : undefined;
    return what === undefined
      ? []
      : [{ found: `a program${place(path)} ${what}`, allowed: switches.allowed, action: "remove it" }];
  });
  return { items: found, related: found.length > 0 };
}

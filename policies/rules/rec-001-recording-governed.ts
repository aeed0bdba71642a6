import { exampleDeployment, exampleGuards } from "../examples";
import { daysAnnotation, noDays, type Recorder, recorders, recordingLines, recordings } from "../facts/recording";
import type { Deferred, Finding, Item, Rule, Subject, Undetermined, Verdict } from "../rule";
import { attached, remembering } from "../extract/memo";
import { containers, place, reading, together } from "../extract/scan";
import { type Found, isImageOf, judgeSourced, judgeSwitches, type Switches } from "../extract/switches";
import type { Reading } from "../extract/text";
import { at, entries, isList, isObject, unknown, type Value, worded } from "../extract/value";

const switches: Switches = {
  rows: recordings,
  lines: recordingLines,
  allowed:
    "recordings that somebody begins, everybody sees, a sign-in guards, and that are gone after 365 days at most",
};

const recorder = (annotations: Readonly<Record<string, string>>) => {
  const image = `registry.crisis.example.ch/jitsi/jibri@sha256:${"0123456789abcdef".repeat(4)}`;
  const made = exampleDeployment({
    image,
    env: [{ name: "XMPP_TRUST_ALL_CERTS", value: "false" }],
  });
  return { ...made, properties: { ...made.properties, metadata: { name: "web", namespace: "web", annotations } } };
};

/** UC-REC-001: a recording has a beginning that everybody sees, a place, and an end. */
export const recordingGoverned: Rule = {
  id: "UC-REC-001",
  name: "recording-governed",
  title: "Recordings begin on purpose, need a sign-in to be seen, and are kept for a stated number of days.",
  rationale:
    "A recording holds everything that a meeting was kept confidential for. One that begins by itself nobody agreed to, one behind a link is whoever's has the link, one that is streamed is everybody's, and one without an end is there when the attacker comes.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "gdpr", reference: "5.1.e" },
    { framework: "gdpr", reference: "25" },
    { framework: "gdpr", reference: "32" },
    { framework: "revfadp", reference: "6.4" },
    { framework: "revfadp", reference: "7.3" },
  ],
  remediation:
    "Switch off what records or streams by itself, protect recordings by a sign-in, and say for how many days the store keeps them.",
  types: ["kubernetes:*", "docker:*", "sovereign-uc:index:*", "*"],
  remedies: {
    components:
      "Give `keepDays` beside the bucket of recordings, or `recordingDays` to a Nextcloud, as the store's own lifecycle has it; recording is off without a bucket.",
    pulumi:
      "Leave `autoStartRecording` out of BigBlueButton's properties, and give the bucket a rule of its lifecycle that deletes.",
    kubernetes:
      'Annotate recorders with `sovereign-uc/recording-days: "90"`, and set `PROTECTED_RECORDINGS_ENABLED: "true"` and `ENABLE_LIVESTREAMING: "false"`.',
  },
  beyond:
    "The laws ask that nothing is kept for longer than needed, and name no days: 365 are a figure of ours. The days are the operator's word: no rule sees the store delete.",
  examples: {
    good: [recorder({ [daysAnnotation]: "90" }), ...exampleGuards],
    bad: [recorder({}), ...exampleGuards],
  },
  check: (subject) => judgeSwitches(subject, switches, kept),
  checkStack: (subjects) => together(judgeSourced(subjects, switches), unsaid(subjects)),
};

interface Started {
  readonly found: readonly (Recorder & { readonly path: string })[];
  readonly days: readonly Value[];
}

/** Recorders that a resource starts, and all days that it names for them: at objects, or at templates of their pods. */
const started = attached((read: Reading): Started => {
  const found = containers(read).flatMap(({ image, path }) => {
    const one = typeof image === "string" && !path.includes("initContainers") ? recorderOf(image) : undefined;
    return one === undefined ? [] : [{ ...one, path }];
  });
  return {
    found,
    days: found.length === 0 ? [] : [...new Set(read.documents.flatMap(({ value }) => annotated(value)))],
  };
});

const recorderOf = remembering((image) => recorders.find(({ program }) => isImageOf(program, image)));

function kept(read: Reading): Found {
  const { found, days } = started(read);
  return {
    related: found.length > 0,
    items: found.flatMap(({ path }): readonly Item[] =>
      days.length === 0 ? [unnamed] : days.flatMap((one) => judge(one, path)),
    ),
  };
}

const unnamed: Deferred = { deferred: "the check of the stack knows whether a component of ours answers for it" };

function judge(days: Value, path: string): readonly (Finding | Undetermined)[] {
  if (days === unknown)
    return [
      { undetermined: `${daysAnnotation}${place(path)}, which is not known`, action: "write the number of days" },
    ];
  const text = worded(days);
  return noDays.test(text)
    ? [refused(`a recorder${place(path)} that keeps recordings for "${text.slice(0, 40)}" days`)]
    : [];
}

const refused = (what: string): Finding => ({
  found: what,
  allowed: switches.allowed,
  action: `annotate it with ${daysAnnotation} and the days that its store keeps them, 365 at most`,
});

/** Recorders that name no days. Those of a component of ours are judged by its inputs. */
function unsaid(subjects: readonly Subject[]): Verdict {
  const types = new Set(subjects.map(({ type }) => type));
  const all = subjects.flatMap((subject) => {
    const { found, days } = started(reading(subject));
    return days.length === 0 ? found.map((one) => ({ ...one, urn: subject.urn })) : [];
  });
  if (all.length === 0) return undefined;
  return all
    .filter(({ component }) => !types.has(component))
    .map(({ path, program, urn }) => ({
      ...refused(`${program.name}${place(path)}, and nothing says for how many days its recordings are kept`),
      urn,
    }));
}

/** Values of the annotation, at any depth. */
function annotated(value: Value): readonly Value[] {
  if (isList(value)) return value.flatMap(annotated);
  if (!isObject(value)) return [];
  const own = at(value, "annotations", daysAnnotation);
  const below = entries(value).flatMap(([, item]) => annotated(item));
  return own === undefined ? below : [own, ...below];
}

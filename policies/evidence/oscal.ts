import { createHash } from "node:crypto";
import { frameworks, legalTags, type Rule } from "../rule";
import { type Measure, measuresOf } from "./cells";
import type { Evidence, Result } from "./model";

/** Version of OSCAL that the output follows. */
export const oscalVersion = "1.1.3";

/**
 * An identifier from a name: the same input gives the same one. Its form is a random UUID's (version 4 of RFC 9562), since the schema takes no other.
 */
export function identifier(...names: readonly string[]): string {
  const hex = createHash("sha256").update(names.join("\u0000")).digest("hex");
  const variant = "89ab"[Number.parseInt(hex[16] ?? "0", 16) % 4] ?? "8";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Results as assessment results of OSCAL: an observation and a finding for each rule that judged something, and a risk with a deviation for each exempt result. A finding is
 * satisfied only if everything passed.
 */
export function oscal(evidence: Evidence): string {
  const { source, profile, rules } = evidence;
  const id = (...names: readonly string[]): string => identifier(source.digest, source.at, ...names);
  const run = measuresOf(evidence).filter(({ state }) => state !== "not run");
  const of = (rule: Rule): readonly Result[] => evidence.results.filter(({ rule: one }) => one === rule.id);
  const exempt = evidence.results.filter(({ exemption }) => exemption !== undefined);
  const silent = rules.filter((rule) => !run.some((measure) => measure.rule === rule)).map(({ id: one }) => one);
  const document = {
    "assessment-results": {
      uuid: id("assessment-results"),
      metadata: {
        title: `Policy packs of sovereign-uc on ${source.stack}`,
        "last-modified": source.at,
        version: source.digest.slice(0, 12),
        "oscal-version": oscalVersion,
        remarks: `Judged was ${source.name} (${source.kind}), SHA-256 ${source.digest}, under the profile ${profile}.`,
      },
      "import-ap": { href: `#${id("plan")}`, remarks: "The plan is the list of rules in the packs." },
      results: [
        {
          uuid: id("result"),
          title: `Rules on ${source.stack}`,
          description:
            silent.length === 0
              ? "Every rule judged something."
              : `No proof by rules that judged nothing: ${silent.join(", ")}.`,
          start: source.at,
          end: source.at,
          "reviewed-controls": {
            "control-selections": [{ description: "Points of laws to which the rules are mapped.", "include-all": {} }],
          },
          ...(run.length === 0
            ? {}
            : { observations: run.map((measure) => observation(measure, of(measure.rule), source.at, id)) }),
          ...(exempt.length === 0 ? {} : { risks: exempt.map((result) => risk(result, source.at, id)) }),
          ...(run.length === 0 ? {} : { findings: run.map((measure) => finding(measure, exempt, id)) }),
        },
      ],
      "back-matter": {
        resources: [
          {
            uuid: id("plan"),
            title: "Rules of the packs",
            description: rules.map(({ id: one, title }) => `${one} ${title}`).join("\n"),
          },
          {
            uuid: id("input"),
            title: source.name,
            description: "The input that was judged.",
            rlinks: [{ href: encodeURI(source.name), hashes: [{ algorithm: "SHA-256", value: source.digest }] }],
          },
        ],
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

type Id = (...names: readonly string[]) => string;

function observation({ rule, counts }: Measure, results: readonly Result[], at: string, id: Id): object {
  const said = results.filter(({ message }) => message !== "");
  return {
    uuid: id("observation", rule.id),
    title: rule.id,
    description: `${rule.title} ${counts.passed} passed, ${counts.failed} failed, ${counts.undetermined} undetermined, ${counts.exempt} exempt.`,
    methods: ["TEST-AUTOMATED"],
    types: ["control-objective"],
    ...(said.length === 0
      ? {}
      : { "relevant-evidence": said.map(({ urn, message }) => ({ description: message, remarks: urn })) }),
    collected: at,
  };
}

const risk = ({ rule, urn, message, exemption }: Result, at: string, id: Id): object => ({
  uuid: id("risk", rule, urn, message),
  title: `${rule} on ${urn}`,
  description: message,
  statement: exemption?.reason ?? "",
  status: "deviation-approved",
  deadline: `${exemption?.expires ?? at.slice(0, 10)}T23:59:59Z`,
  "related-observations": [{ "observation-uuid": id("observation", rule) }],
});

function finding({ rule, state }: Measure, exempt: readonly Result[], id: Id): object {
  const risks = exempt.filter((result) => result.rule === rule.id);
  return {
    uuid: id("finding", rule.id),
    title: rule.id,
    description: rule.title,
    props: legalTags(rule).map((tag) => ({
      name: "law",
      ns: "urn:sovereign-uc:law",
      value: tag,
      remarks: frameworks[tag.split(":")[0] as keyof typeof frameworks].name,
    })),
    target: {
      type: "objective-id",
      "target-id": rule.id.toLowerCase(),
      status: {
        state: state === "passed" ? "satisfied" : "not-satisfied",
        reason: state === "passed" ? "pass" : state === "failed" ? "fail" : "other",
        ...(state === "passed" || state === "failed" ? {} : { remarks: state }),
      },
    },
    "related-observations": [{ "observation-uuid": id("observation", rule.id) }],
    ...(risks.length === 0
      ? {}
      : { "related-risks": risks.map(({ urn, message }) => ({ "risk-uuid": id("risk", rule.id, urn, message) })) }),
  };
}

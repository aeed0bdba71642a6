import { aiServices, aiVariables } from "../facts/ai";
import { partyText } from "../facts/entities";
import { acceptedText, objection } from "../exposure";
import { countriesText } from "../profiles";
import type { Context, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import type { Container } from "../extract/containers";
import { demandsIn } from "../extract/demands";
import { hostOf, hostsIn, isInternal, ofHost } from "../extract/hosts";
import { Ranges } from "../extract/ranges";
import { containers, judgeComponents, judgeTexts, place } from "../extract/scan";
import { isOwn, type Settings } from "../settings";

/** UC-AI-001: speech and text go only to the operator's own models, or to a party that the profile accepts. */
export const noPublicAiEndpoint: Rule = {
  id: "UC-AI-001",
  name: "no-public-ai-endpoint",
  title: "No recording, speech or text goes to a public AI service that the profile does not accept.",
  rationale:
    "Transcripts and summaries contain what was said. A public model service processes it wherever its operator chooses, and can be compelled to hand it over; several clients use one by default.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "gdpr", reference: "28" },
    { framework: "gdpr", reference: "44" },
    { framework: "nis2", reference: "21.2.d" },
    { framework: "revfadp", reference: "9" },
    { framework: "revfadp", reference: "16" },
    { framework: "aiact", reference: "25" },
    { framework: "aiact", reference: "26" },
    { framework: "csf", reference: "SOV-3" },
  ],
  remediation:
    "Run the model yourself and name its address, or take a service in an allowed country whose operator the profile accepts.",
  check: (subject, context) => judge(subject, context),
  checkStack: (subjects, context) => judgeComponents(subjects, (subject) => judge(subject, context)),
};

function judge(subject: Subject, { settings }: Context): Verdict {
  return judgeTexts(
    subject,
    ({ path, text }) => hostsIn(text).flatMap((host) => judgeHost(host, place(path), settings)),
    (read) => [
      ...containers(read).flatMap((container) => addresses(container, settings)),
      ...demandsIn(read, "speech"),
    ],
  );
}

const allowedText = ({ profile }: Settings): string =>
  `models of your own, or ${acceptedText(profile)} in ${countriesText(profile)}`;

function judgeHost(host: string, where: string, settings: Settings): readonly Finding[] {
  const row = isOwn(settings, host) ? undefined : ofHost(aiServices, host);
  if (row === undefined) return [];
  const abroad = row.countries.filter((country) => !settings.profile.countries.includes(country));
  const reason =
    objection(settings.profile, row.party) ??
    (abroad.length > 0 ? `it processes in ${abroad.join(" and ")}` : undefined);
  if (reason === undefined) return [];
  return [
    {
      found: `AI service ${host}${where} of ${partyText(row.party)}: ${reason}`,
      allowed: allowedText(settings),
      action: "run the model yourself",
    },
  ];
}

/** Findings on clients that use the public service unless another address is configured. */
function addresses(container: Container, settings: Settings): readonly (Finding | Undetermined)[] {
  return aiVariables.flatMap(({ key, addresses: keys }): readonly (Finding | Undetermined)[] => {
    const named = keys.flatMap((name) => {
      const value = container.environment.get(name);
      return value === undefined || value === "" ? [] : [{ name, value }];
    });
    const where = place(container.path);
    if (named.length === 0) {
      if (!container.environment.has(key)) return [];
      if (container.sources.length > 0)
        return [{ undetermined: `the environment of ${container.path} comes from another object` }];
      return [
        {
          found: `${key} without ${keys[0] ?? ""}${where}, so that the public service is used`,
          allowed: allowedText(settings),
          action: `set ${keys[0] ?? ""} to your own`,
        },
      ];
    }
    return named.flatMap(({ name, value }) => {
      const host = typeof value === "string" ? hostOf(value) : undefined;
      if (
        host === undefined ||
        isOwn(settings, host) ||
        isInternal(host) ||
        Ranges.isPrivate(host) ||
        ofHost(aiServices, host) !== undefined
      )
        return [];
      return [
        {
          found: `${name}${where} with the host ${host}, which is in no table`,
          allowed: allowedText(settings),
          action: "name a service of your own, or add its domain to ownDomains",
        },
      ];
    });
  });
}

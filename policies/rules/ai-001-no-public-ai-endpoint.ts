import { aiModels, aiServices, aiVariableEnds, aiVariables } from "../facts/ai";
import { partyText } from "../facts/entities";
import { acceptedText, objection } from "../exposure";
import { countriesText } from "../profiles";
import type { Context, Finding, Item, Rule, Subject, Verdict } from "../rule";
import type { Container } from "../extract/containers";
import { demands, demandsIn } from "../extract/demands";
import { type Environment, judgeResolved } from "../extract/environments";
import { hostOf, hostsIn, isNear, ofHost } from "../extract/hosts";
import { containers, judgeComponents, judgeTexts, place, together } from "../extract/scan";
import { at, entries, isList, isObject, unknown, type Value } from "../extract/value";
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
  checkStack: (subjects, context) =>
    together(
      judgeComponents(subjects, (subject) => judge(subject, context)),
      judgeResolved(subjects, (container, environment) => [
        ...demands(container, "speech", environment),
        ...clients(environment, container.path, context.settings),
      ]),
    ),
};

function judge(subject: Subject, { settings }: Context): Verdict {
  return judgeTexts(
    subject,
    ({ path, text }) => hostsIn(text).flatMap((host) => judgeHost(host, place(path), settings)),
    (read) => [
      ...containers(read).flatMap((container) => addresses(container, settings)),
      ...read.documents.flatMap(({ path, value }) => models(value, path, settings)),
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

/** Clients that use the public service unless they are told another address. */
function addresses(container: Container, settings: Settings): readonly Item[] {
  const found = clients(container.environment, container.path, settings);
  // An object that the container names may hold the address; the check of the stack sees both.
  return container.sources.length > 0 && found.length > 0
    ? [{ deferred: `the environment of ${container.path} comes from another object` }]
    : found;
}

/** The variables by which a client of a public service is known, and where they lead. */
function clients(environment: Environment, path: string, settings: Settings): readonly Item[] {
  const where = place(path);
  return aiVariables.flatMap(({ prefix, party, addresses: keys }): readonly Item[] => {
    const named = keys.flatMap((name) => {
      const value = environment.get(name);
      return value === undefined || value === "" ? [] : [{ name, value }];
    });
    const key = [...environment.keys()].find(
      (name) =>
        name.startsWith(prefix) && aiVariableEnds.test(name.slice(prefix.length)) && environment.get(name) !== "",
    );
    const reason = objection(settings.profile, party);
    if (named.length === 0)
      return key === undefined || reason === undefined
        ? []
        : [
            {
              found: `${key}${keys[0] === undefined ? "" : ` without ${keys[0]}`}${where}, so that the public service of ${partyText(party)} is used`,
              allowed: allowedText(settings),
              action: keys[0] === undefined ? `remove ${key} and run the model yourself` : `set ${keys[0]} to your own`,
            },
          ];
    return named.flatMap(({ name, value }) => (typeof value === "string" ? led(name, value, where, settings) : []));
  });
}

/** Findings on an address that a variable names; several may stand there, with semicolons between them. */
const led = (name: string, value: string, where: string, settings: Settings): readonly Item[] =>
  value.split(/[;,\s]+/).flatMap((text): readonly Item[] => {
    if (text === "") return [];
    const host = hostOf(text);
    if (host === undefined)
      return [{ undetermined: `${name}${where} with an address that cannot be read`, action: "give it as plain text" }];
    if (isOwn(settings, host) || isNear(host) || ofHost(aiServices, host) !== undefined) return [];
    return [
      {
        found: `${name}${where} with the host ${host}, which is in no table`,
        allowed: allowedText(settings),
        action: "name a service of your own, or add its domain to ownDomains",
      },
    ];
  });

/** Models whose name chooses whose service answers: `model: anthropic/…`, unless an address beside it leads elsewhere. */
function models(value: Value, path: string, settings: Settings): readonly Finding[] {
  if (isList(value)) return value.flatMap((item) => models(item, path, settings));
  if (!isObject(value)) return [];
  const model = at(value, "model");
  const beside = ["api_base", "base_url", "apiBase", "baseUrl"].map((key) => at(value, key));
  const own = beside.some((url) => {
    const host = typeof url === "string" ? hostOf(url) : undefined;
    return url === unknown || (host !== undefined && (isOwn(settings, host) || isNear(host)));
  });
  const row = typeof model === "string" && !own ? aiModels.find(({ word }) => model.startsWith(`${word}/`)) : undefined;
  const reason = row === undefined ? undefined : objection(settings.profile, row.party);
  return [
    ...(row === undefined || reason === undefined
      ? []
      : [
          {
            found: `a model of ${row.word}${place(path)}, which ${partyText(row.party)} runs: ${reason}`,
            allowed: allowedText(settings),
            action: "run the model yourself, and name its address as api_base",
          },
        ]),
    ...entries(value).flatMap(([, item]) => models(item, path, settings)),
  ];
}

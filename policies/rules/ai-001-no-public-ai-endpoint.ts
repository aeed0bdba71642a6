import { exampleAsking } from "../examples";
import { aiChoosing, aiLines, aiVariables } from "../facts/ai";
import { type EntityId, partyText } from "../facts/entities";
import { acceptedText, objection } from "../exposure";
import { countriesText } from "../profiles";
import type { Context, Finding, Item, Rule, Subject, Undetermined, Verdict } from "../rule";
import { modelOf, providerOf, served } from "../extract/ai-words";
import { type Client, named } from "../extract/clients";
import type { Container } from "../extract/containers";
import { demands, demandsIn } from "../extract/demands";
import { type Environment, judgeResolved } from "../extract/environments";
import { readableLines, spokenLines } from "../extract/comments";
import { having } from "../extract/keys";
import { remembering } from "../extract/memo";
import { hostOf, hostsIn, isNear, ofHost } from "../extract/hosts";
import { containers, judgeComponents, judgeTexts, place, together } from "../extract/scan";
import { type Leaf, ofLeafUnder } from "../extract/leaf";
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
  types: ["*"],
  remedies: {
    components:
      "Give the assistant or the transcription an endpoint of your own: components take an address, and no key of a public service.",
    pulumi:
      "Point the client at a model of your own (`api_base`, `OPENAI_BASE_URL`, …), under one of your own domains.",
    kubernetes:
      'Set the address beside the key: `- { name: OPENAI_BASE_URL, value: "http://language.models.svc:8000/v1" }`.',
  },
  beyond:
    "A processor outside the EU can be lawful with standard clauses. The profile asks that no such party can be compelled to hand over what was said.",
  examples: {
    good: exampleAsking("http://language.models.svc.cluster.local:8000/v1"),
    bad: exampleAsking("https://api.openai.com/v1"),
  },
  check: (subject, context) => judge(subject, context),
  checkStack: (subjects, context) =>
    together(
      judgeComponents(subjects, (subject) => judge(subject, context)),
      judgeResolved(subjects, (container, environment) => [
        ...demands(container, "speech", environment, context.settings.tables.services),
        ...clients(environment, container.path, context.settings),
      ]),
    ),
};

function judge(subject: Subject, { settings }: Context): Verdict {
  return judgeTexts(
    subject,
    (leaf) => judgeLeaf(leaf, settings),
    (read) => [
      ...containers(read).flatMap((container) => [...addresses(container, settings), ...chosenBy(container, settings)]),
      ...read.documents.flatMap(({ path, value }) => (mayChoose(value) ? models(value, path, settings) : [])),
      ...demandsIn(read, "speech", settings.tables.services),
    ],
  );
}

const judgeLeaf = ofLeafUnder((leaf, settings: Settings) => [
  ...hostsIn(leaf.text).flatMap((host) => judgeHost(host, place(leaf.path), settings)),
  ...written(leaf, settings),
  ...programmed(leaf, settings),
]);

const allowedText = ({ profile }: Settings): string =>
  `models of your own, or ${acceptedText(profile)} in ${countriesText(profile)}`;

function judgeHost(host: string, where: string, settings: Settings): readonly Finding[] {
  const row = isOwn(settings, host) ? undefined : ofHost(settings.tables.aiServices, host);
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

/** Services that a variable's value chooses, unless another variable leads the client elsewhere. */
function chosenBy({ environment, path }: Container, settings: Settings): readonly Finding[] {
  const own = [...environment].some(([name, value]) => value !== "" && named(name).elsewhere);
  return own
    ? []
    : [...environment].flatMap(([name, value]) => {
        if (typeof value !== "string" || !aiChoosing.test(name.toUpperCase().replace(/[^A-Z0-9]+/g, "_"))) return [];
        const isModel = /MODELS?(_NAME|_ID)?$/i.test(name);
        const row = isModel ? modelOf(value) : providerOf(value);
        return row === undefined ? [] : refused(`${name} "${value}"${place(path)}`, row, settings);
      });
}

const refused = (what: string, party: EntityId, settings: Settings): readonly Finding[] => {
  const reason = refusal(party, settings);
  return reason === undefined
    ? []
    : [
        {
          found: `${what}, which means the service of ${partyText(party)}: ${reason}`,
          allowed: allowedText(settings),
          action: "run the model yourself, and name its address",
        },
      ];
};

/** Any of the words of such programs: most texts hold none. */
const anyLine = new RegExp(aiLines.map(({ word }) => word).join("|"));

/** Programs that ask a public service. */
function programmed({ path, text }: Leaf, settings: Settings): readonly Finding[] {
  if (!anyLine.test(text)) return [];
  return aiLines.flatMap(({ word, pattern, party, led }) =>
    text.includes(word) && led?.test(text) !== true && readableLines(text).some((line) => pattern.test(line))
      ? refused(`a client${place(path)} that asks ${word}`, party, settings)
      : [],
  );
}

/** Reason why a profile does not accept the public service of a party: its nexus, or where it processes. */
function refusal(party: EntityId, { profile, tables }: Settings): string | undefined {
  const abroad = tables.aiServices
    .filter((row) => row.party === party)
    .map(({ countries }) => countries.filter((country) => !profile.countries.includes(country)));
  return (
    objection(profile, party) ??
    (abroad.length > 0 && abroad.every((countries) => countries.length > 0)
      ? `it processes in ${[...new Set(abroad.flat())].join(" and ")}`
      : undefined)
  );
}

/** Result that stands at once: nothing is left to the check of the stack. */
type Judged = Finding | Undetermined;

/** The variables by which a client of a public service is known, and where they lead. */
function clients(environment: Environment, path: string, settings: Settings): readonly Judged[] {
  const keys = new Map<Client, string>();
  const led = new Map<Client, (readonly [name: string, value: string | typeof unknown])[]>();
  for (const [name, value] of environment) {
    if (value === "") continue;
    const { clients: its, leads } = named(name);
    for (const row of its) if (!keys.has(row)) keys.set(row, name);
    for (const row of leads) led.set(row, [...(led.get(row) ?? []), [name, value]]);
  }
  if (keys.size === 0 && led.size === 0) return [];
  const where = place(path);
  return aiVariables.flatMap((row): readonly Judged[] => {
    const addresses = led.get(row);
    if (addresses !== undefined)
      return addresses.flatMap(([name, value]) =>
        typeof value === "string" ? leading(name, value, where, settings) : [],
      );
    const key = keys.get(row);
    return key === undefined ? [] : keyed(key, row, where, settings);
  });
}

/** Finding on a key of a service that no variable leads elsewhere. */
function keyed(key: string, { party, addresses: [address] }: Client, where: string, settings: Settings) {
  const reason = refusal(party, settings);
  if (reason === undefined) return [];
  return [
    {
      found: `${key}${address === undefined ? "" : ` without ${address}`}${where}, so that the public service of ${partyText(party)} is used`,
      allowed: allowedText(settings),
      action: address === undefined ? `remove ${key} and run the model yourself` : `set ${address} to your own`,
    },
  ];
}

/** Keys of public services in a file of variables, or in a file of settings that names no address. */
const written = ({ path, text }: Leaf, settings: Settings): readonly Judged[] => settled(pairsIn(text), path, settings);

const pairsIn = remembering((text): readonly (readonly [name: string, value: string])[] => {
  if (!/key|token|credential/i.test(text)) return [];
  return spokenLines(text).map((line) => {
    const [, name = "", value = ""] =
      /^\s{0,16}(?:export\s{1,4}|set\s{1,4}|ENV\s{1,4}|-\s{1,4})?["']?([A-Za-z][\w.-]{2,80})["']?\s{0,4}[:=]\s{0,4}["']?([^"'\s]{1,500})/.exec(
        line,
      ) ?? [];
    return [name, value] as const;
  });
});

function settled(
  pairs: readonly (readonly [name: string, value: string])[],
  path: string,
  settings: Settings,
): readonly Judged[] {
  if (pairs.some(([name]) => named(name).elsewhere)) return [];
  return clients(new Map(pairs), path, settings);
}

/** Findings on an address that a variable names; several may stand there, with semicolons between them. */
const leading = (name: string, value: string, where: string, settings: Settings): readonly Judged[] =>
  value.split(/[;,\s]+/).flatMap((text): readonly Judged[] => {
    if (text === "") return [];
    const host = hostOf(text);
    if (host === undefined)
      return [{ undetermined: `${name}${where} with an address that cannot be read`, action: "give it as plain text" }];
    if (isOwn(settings, host) || isNear(host) || ofHost(settings.tables.aiServices, host) !== undefined) return [];
    return [
      {
        found: `${name}${where} with the host ${host}, which is in no table`,
        allowed: allowedText(settings),
        action: "name a service of your own, or add its domain to ownDomains",
      },
    ];
  });

/** Names under which settings hold the key of a public service, as `openai: { api_key: … }`. */
const serviceName = /openai|anthropic|deepgram|elevenlabs|mistral|groq/i;

/** A model, or the key of a client of a public service. An address alone leads elsewhere, and is judged where it stands. */
const mayChoose = having((key) => key === "model" || serviceName.test(key) || named(key).clients.length > 0);

/** Addresses beside a model or a key, by which a client is led elsewhere. */
const beside = ["api_base", "base_url", "apiBase", "baseUrl", "baseURL", "endpoint", "url", "host"];

/**
 * Models whose name chooses whose service answers (`model: anthropic/…`, `provider: openai`), and keys of public services, unless an address beside them leads
 * elsewhere.
 *
 * @param key name under which the value stands.
 */
function models(value: Value, path: string, settings: Settings, key = ""): readonly Judged[] {
  if (isList(value)) return value.flatMap((item) => models(item, path, settings, key));
  if (!isObject(value)) return [];
  const addresses = beside.map((name) => at(value, name));
  const own = addresses.some((url) => {
    const host = typeof url === "string" ? hostOf(url) : undefined;
    return url === unknown || (host !== undefined && (isOwn(settings, host) || isNear(host)));
  });
  const row = own ? undefined : served(value, key);
  const reason = row === undefined ? undefined : refusal(row.party, settings);
  // What a map of variables holds is judged where a container takes it.
  const isMap = path === "" && /^(data|stringData|binaryData)$/.test(key);
  const service = serviceName.test(key) ? `${key.toLowerCase().replace("azureopenai", "azure_openai")}_` : "";
  const texts = entries(value).flatMap(([name, item]) =>
    (isList(item) ? item : [item]).flatMap((text) =>
      typeof text === "string" && text !== "" ? [[`${service}${name}`, text] as const] : [],
    ),
  );
  // A key with hyphens is no variable: whoever reads it reads the object.
  const read = isMap ? texts.filter(([name]) => name.includes("-")) : texts;
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
    ...(own || key === "matchLabels" || key === "labels" ? [] : settled(read, path, settings)),
    ...entries(value).flatMap(([name, item]) => models(item, path, settings, name)),
  ];
}

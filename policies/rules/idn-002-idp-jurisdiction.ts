import { exampleDeployment, exampleGuards } from "../examples";
import { partyText } from "../facts/entities";
import { identityNames } from "../facts/identity-names";
import { acceptedText, objection } from "../exposure";
import type { Context, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import { readableLines } from "../extract/comments";
import { hostOf, hostsIn, isNear, ofHost } from "../extract/hosts";
import { having } from "../extract/keys";
import { remembering } from "../extract/memo";
import { plainName } from "../extract/named-switches";
import { containers, judgeComponents, place, together } from "../extract/scan";
import { type Found, judgeSwitches, sourced } from "../extract/switches";
import { ofLeaf, ofLeafUnder } from "../extract/leaf";
import type { Reading } from "../extract/text";
import { entries, isList, unknown, type Value } from "../extract/value";
import { isOwn, type Settings } from "../settings";

const signingIn = (issuer: string) => exampleDeployment({ env: [{ name: "OIDC_ISSUER_URL", value: issuer }] });

/** UC-IDN-002: who somebody is, is said at home. */
export const idpJurisdiction: Rule = {
  id: "UC-IDN-002",
  name: "idp-jurisdiction",
  title:
    "People sign in at an identity provider or a directory of your own, or of an operator that the profile accepts.",
  rationale:
    "An identity provider knows who signs in where and when, and whoever runs it can be anybody everywhere. When it does not answer, because it was told so or the line is cut, nobody gets into anything.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "nis2", reference: "21.2.j" },
    { framework: "ir2024-2690", reference: "11.6" },
    { framework: "gdpr", reference: "28" },
    { framework: "csf", reference: "SOV-2" },
  ],
  remediation: "Name an issuer or a directory of your own, and add its domain to ownDomains.",
  types: ["*"],
  remedies: {
    components:
      "Give services `identity.client(…)` of our Identity, or `givenOidcClient({ issuer, … })` with an issuer of your own.",
    pulumi: "Name the issuer under your own domain in user data and configuration.",
    kubernetes: 'Set `- { name: OIDC_ISSUER_URL, value: "https://login.example.ch/realms/people" }`.',
  },
  beyond:
    "A provider abroad can be lawful with standard clauses. The profile asks that no such party can be compelled to say who meets whom, or to let somebody in.",
  examples: {
    good: [signingIn("https://login.crisis.example.ch/realms/crisis"), ...exampleGuards],
    bad: [signingIn("https://acme.okta.com/oauth2/default"), ...exampleGuards],
  },
  check: (subject, { settings }) => judge(subject, settings),
  checkStack: (subjects, { settings }: Context) =>
    together(
      judgeComponents(subjects, (subject) => judge(subject, settings)),
      sourced(
        subjects,
        (_, environment) => [...environment.keys()].some(isIdentityName),
        ({ path }, environment) =>
          [...environment].flatMap(([name, value]) => judgeSetting(name, value, path, settings)),
      ),
    ),
};

const judge = (subject: Subject, settings: Settings): Verdict =>
  judgeSwitches(subject, { rows: [], allowed: allowedText(settings) }, (read) => found(read, settings));

const allowedText = ({ profile }: Settings): string => `a provider of your own, or one with ${acceptedText(profile)}`;

function found(read: Reading, settings: Settings): Found {
  const named = settingsIn(read);
  const items = [
    ...read.leaves.flatMap((leaf) => judgeText(leaf, settings)),
    ...named.flatMap(({ name, value, path }) => judgeSetting(name, value, path, settings)),
  ];
  return { items, related: named.length > 0 };
}

const judgeText = ofLeafUnder(({ path, text }, settings: Settings): readonly (Finding | Undetermined)[] =>
  hostsIn(text).flatMap((host) => judgeHost(host, place(path), settings)),
);

/** A host of the tables that signs people in. */
function judgeHost(host: string, where: string, settings: Settings): readonly Finding[] {
  const row = ofHost(settings.tables.hosts, host);
  if (row?.purpose !== "identity") return [];
  const reason = objection(settings.profile, row.party);
  if (reason === undefined) return [];
  return [
    {
      found: `the identity provider ${host}${where} of ${partyText(row.party)}: ${reason}`,
      allowed: allowedText(settings),
      action: `use ${row.instead}`,
    },
  ];
}

/** A setting that names an identity provider or a directory: one whose operator nobody knows is undetermined. */
function judgeSetting(
  name: string,
  value: Setting["value"],
  path: string,
  settings: Settings,
): readonly (Finding | Undetermined)[] {
  if (!isIdentityName(name)) return [];
  const where = place(path === "" ? name : `${path} ${name}`);
  if (value === unknown || /\$[({A-Za-z_]|\{\{/.test(value))
    return [
      {
        undetermined: `an identity provider${where}, which is put in elsewhere`,
        action: "write its address as plain text",
      },
    ];
  return value.split(/[,;\s]+/).flatMap((address): readonly (Finding | Undetermined)[] => {
    const host = hostOf(address);
    // A word without a dot is no host outside, whatever it names.
    if (host === undefined || isOwn(settings, host) || isNear(host)) return [];
    if (ofHost(settings.tables.hosts, host) !== undefined) return judgeHost(host, where, settings);
    return [
      {
        undetermined: `the identity provider ${host}${where}, which is in no table`,
        action: "add its domain to ownDomains if it is yours, or to the facts with who operates it",
      },
    ];
  });
}

const isIdentityName = remembering((name) => name.length <= 120 && identityNames.test(plainName(name)));

const mayName = having((key) => isIdentityName(key));

interface Setting {
  readonly name: string;
  readonly value: string | typeof unknown;
  readonly path: string;
}

/** Settings of variables, of data, and of lines in files of variables. */
function settingsIn(read: Reading): readonly Setting[] {
  const all: Setting[] = [];
  for (const { path, environment } of containers(read))
    for (const [name, value] of environment) if (isIdentityName(name)) all.push({ name, value, path });
  const walk = (value: Value, path: string): void => {
    if (isList(value)) return value.forEach((item) => walk(item, path));
    for (const [name, item] of entries(value)) {
      // The word alone names certificates' issuers, too: an address has a scheme.
      if (item === unknown || (typeof item === "string" && /^[a-z]{2,10}:\/\//i.test(item.trim())))
        if (isIdentityName(name)) all.push({ name, value: item, path });
      walk(item, path);
    }
  };
  for (const { path, value } of read.documents) if (mayName(value)) walk(value, path);
  for (const leaf of read.texts) all.push(...linesOfLeaf(leaf));
  return all;
}

const linesOfLeaf = ofLeaf(({ path, text }) => linesOf(text).map(([name, value]) => ({ name, value, path })));

const linesOf = remembering((text): readonly (readonly [name: string, value: string])[] =>
  /issuer|oidc|openid|oauth|ldap|saml|sso|idp|keycloak|entra|azure|identity/i.test(text)
    ? readableLines(text).flatMap((line) => {
        const [, name = "", value = ""] =
          /^\s{0,16}(?:export\s{1,4}|set\s{1,4}|ENV\s{1,4}|-\s{1,4})?["']?([A-Za-z][\w.-]{2,80})["']?\s{0,4}[:=]\s{0,4}["']?([a-z]{2,10}:\/\/[^"'\s]{1,500})/i.exec(
            line,
          ) ?? [];
        return isIdentityName(name) ? [[name, value] as const] : [];
      })
    : [],
);

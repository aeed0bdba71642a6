import { dnsTypes, nameServers, type RecordFact, unsignedAnswers, zoneTypes } from "../facts/dns";
import { type Party, partyText } from "../facts/entities";
import { serviceFact } from "../facts/services";
import { acceptedText, objection } from "../exposure";
import type { Context, Example, Finding, Item, Rule, Subject, Undetermined, Verdict } from "../rule";
import { spokenLines } from "../extract/comments";
import { isNear, ofHost } from "../extract/hosts";
import { remembering } from "../extract/memo";
import { judgeComponents, judgeTexts, place, together, withKey } from "../extract/scan";
import { tokenPackage } from "../extract/subject";
import { ofLeafUnder } from "../extract/leaf";
import { at, isList, isObject, items, unknown, type Value, worded } from "../extract/value";
import { isOwn, type Settings } from "../settings";

const zone: Example = {
  type: "hcloud:index/zone:Zone",
  properties: { name: "crisis.example.ch", mode: "primary" },
};

/** UC-DNS-001: names are answered by whom the profile accepts, and nobody can answer for them. */
export const dnsJurisdiction: Rule = {
  id: "UC-DNS-001",
  name: "dns-jurisdiction",
  title:
    "Zones stand on name servers that the profile accepts, say who may issue certificates, and answers are checked.",
  rationale:
    "Whoever answers for a name decides where its users go, sees who asks, and can get a certificate for it. A zone can be yours while its servers are somebody else's. A CAA record says which authority may issue for the name; without one, every authority may.",
  severity: "medium",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "ir2024-2690", reference: "6.7.2.l" },
    { framework: "csf", reference: "SOV-2" },
  ],
  remediation:
    "Keep zones at an accepted operator or on servers of your own, add a CAA record, and let resolvers check signatures.",
  types: [
    "hcloud:index/zone*",
    "exoscale:index/domain*",
    "powerdns:index/*",
    "cloudflare:index/*",
    "aws:route53/*",
    "azure-native:dns:*",
    "gcp:dns/*",
    "*",
  ],
  remedies: {
    components:
      'Make the zone with `Zone` on `hetzner()`, and give it the record `{ name: "@", type: "CAA", values: [\'0 issue "ca.example.ch"\'], ttl: 3600 }`.',
    pulumi:
      "Take `hcloud.Zone` or servers of your own in place of zones of a US company, name no foreign servers in NS records, and add a `ZoneRrset` of type CAA.",
    kubernetes:
      "Take out `dnssec-validation no` and `val-permissive-mode: yes` of resolvers in ConfigMaps, and foreign servers of zone files.",
  },
  beyond:
    "The regulation asks for best practices for DNS. That each public zone has a CAA record of its own is this rule's. It asks for no signed zones, since Hetzner's servers sign none.",
  examples: {
    good: [
      zone,
      {
        type: "hcloud:index/zoneRrset:ZoneRrset",
        properties: {
          zone: "crisis.example.ch",
          name: "@",
          type: "CAA",
          records: [{ value: '0 issue "ca.crisis.example.ch"' }],
        },
      },
    ],
    bad: [zone],
  },
  check: judge,
  checkStack: (subjects, context) =>
    together(
      judgeComponents(subjects, (subject) => judge(subject, context)),
      authorities(subjects, context),
    ),
};

const zones = new Set(zoneTypes.map((row) => row.zone));
const records: ReadonlyMap<string, RecordFact> = new Map(
  zoneTypes.flatMap((row) => row.records.map((record) => [record.type, record] as const)),
);

function judge(subject: Subject, { settings }: Context): Verdict {
  const foreign = dnsTypes.find(({ type }) => subject.type.startsWith(type));
  if (foreign !== undefined) {
    const party = settings.tables.provider(tokenPackage(subject))?.party ?? foreign.party;
    return run(`${subject.type.split(":").at(-1) ?? ""} at`, party, settings);
  }
  const record = records.get(subject.type);
  if (record !== undefined) return recorded(subject, record, settings);
  if (zones.has(subject.type)) {
    const given = at(subject.properties, "nameservers");
    if (given === unknown) return [open("nameservers")];
    const named = items(given);
    // Its records are others' resources: the check of the stack looks for them.
    return named.length === 0 ? undefined : named.flatMap((host) => server(host, "nameservers", settings));
  }
  return judgeTexts(subject, (leaf) => lines(leaf, settings), undefined, "words too");
}

/** Finding about an operator whom the profile does not accept. */
function run(what: string, party: Party, { profile }: Settings, path = ""): readonly Finding[] {
  const reason = objection(profile, party);
  return reason === undefined
    ? []
    : [
        {
          found: `${what} ${partyText(party)}${place(path)}: ${reason}`,
          allowed: `name servers of your own, or of an operator with ${acceptedText(profile)}`,
          action: "keep the zone with an accepted operator",
        },
      ];
}

const open = (what: string): Undetermined => ({ undetermined: `${what} is not known before the update`, later: true });

function recorded({ properties }: Subject, fact: RecordFact, settings: Settings): Verdict {
  const kind = at(properties, fact.kind);
  if (kind === unknown) return [open(fact.kind)];
  const judged = hasRule(kind) ? rules[kind] : undefined;
  if (judged === undefined) return [];
  const given = at(properties, fact.values);
  const list: readonly Value[] = isList(given) ? given : [given];
  return list.flatMap((item) => judged(isObject(item) ? at(item, "value") : item, fact.values, settings));
}

type Judged = readonly (Finding | Undetermined)[];

/** Records that say whose servers, or whose certificates, the names have. */
const rules: Readonly<Record<"NS" | "CAA", (value: Value, path: string, settings: Settings) => Judged>> = {
  NS: server,
  CAA: issuer,
};
const hasRule = (kind: Value): kind is keyof typeof rules => kind === "NS" || kind === "CAA";

/** A server that a zone names: of an operator in the tables, of one's own, or nobody knows whose. A name without a final dot may be one inside the zone. */
function server(value: Value, path: string, settings: Settings): Judged {
  if (value === unknown) return [open(path)];
  if (typeof value !== "string") return [];
  const text = value.trim().toLowerCase();
  const host = text.replace(/\.+$/, "");
  if (isOwn(settings, host) || isNear(host)) return [];
  const row = ofHost(nameServers, host) ?? ofHost(settings.tables.hosts, host);
  if (row !== undefined) return run(`the name server ${host}, of`, row.party, settings, path);
  return text === host
    ? []
    : [
        {
          undetermined: `the name server ${host}${place(path)}, which is in no table`,
          action: "add its domain to ownDomains if it is yours, or to the facts with who operates it",
        },
      ];
}

/** `0 issue "ca.example.ch; validationmethods=dns-01"`: the authority that may issue. `;` means nobody. */
function issuer(value: Value, path: string, settings: Settings): Judged {
  if (value === unknown) return [open(path)];
  const host = /^\s*\d{1,3}\s+issue(?:wild|mail)?\s+["']?([a-z0-9.-]+)/i.exec(worded(value))?.[1]?.toLowerCase();
  const row = host === undefined ? undefined : ofHost(settings.tables.certificateAuthorities, host);
  return row === undefined ? [] : run(`the authority ${host ?? ""} of`, row.party, settings, path);
}

/** Zone files and settings of resolvers in a text. */
const lines = ofLeafUnder((leaf, settings: Settings): readonly (Finding | Undetermined)[] => [
  ...serversIn(leaf.text).flatMap((host) => server(host, leaf.path, settings)),
  ...[...new Set(withKey(leaf).flatMap(uncheckedIn))].map(({ what, action }) => ({
    found: `${what}${place(leaf.path)}, so that answers which somebody made up are believed`,
    allowed: "resolvers that check signatures (DNSSEC)",
    action,
  })),
]);

const serversIn = remembering((text): readonly string[] =>
  /\sNS\s/i.test(text)
    ? spokenLines(text).flatMap(
        (line) => /^(?!\s*;)(?:.*\s)?IN\s+NS\s+([a-z0-9][a-z0-9.-]{2,253})/i.exec(line)?.[1] ?? [],
      )
    : [],
);

const uncheckedIn = remembering((text) => {
  const rows = unsignedAnswers.filter(({ word, unless }) => text.includes(word) && unless?.test(text) !== true);
  if (rows.length === 0) return [];
  const spoken = spokenLines(text);
  return rows.filter(({ pattern }) => spoken.some((line) => pattern.test(line)));
});

/** Names that no public authority issues for: those of addresses, and those that lead nowhere outside. */
const isPrivate = (name: string): boolean =>
  isNear(name) || /(^|\.)(in-addr\.arpa|ip6\.arpa|home\.arpa|internal|local|lan|test|invalid)$/.test(name);

const nameIn = (value: Value): string =>
  typeof value === "string" ? value.toLowerCase().replace(/\.+$/, "") : typeof value === "number" ? String(value) : "";

/** Zones of which no record of the stack says who may issue certificates. One whose records another server has is not judged. */
function authorities(subjects: readonly Subject[], { settings }: Context): Verdict {
  const kept = subjects.filter(
    ({ type, properties }) =>
      zones.has(type) &&
      isAccepted(type, settings) &&
      at(properties, "mode") !== "secondary" &&
      (at(properties, "name") === unknown || !isPrivate(nameIn(at(properties, "name")))),
  );
  if (kept.length === 0) return undefined;
  const held = subjects.flatMap(({ type, properties }): readonly { readonly kind: Value; readonly of: Value }[] => {
    const fact = records.get(type);
    if (fact === undefined) return [];
    const kind = at(properties, fact.kind);
    return kind === "CAA" || kind === unknown ? [{ kind, of: at(properties, fact.zone) }] : [];
  });
  return kept.flatMap(({ urn, properties }): readonly Item[] => {
    const name = at(properties, "name");
    const names = [nameIn(name), nameIn(at(properties, "id"))].filter((text) => text !== "");
    if (held.some(({ kind, of }) => kind === "CAA" && names.includes(nameIn(of)))) return [];
    if (name === unknown || held.some(({ of }) => of === unknown || names.includes(nameIn(of))))
      return [{ ...open("the zone of a CAA record"), urn }];
    return [
      {
        found: `the zone ${nameIn(name)} without a CAA record, so that every authority may issue certificates for it`,
        allowed: "zones that say who may issue (RFC 8659)",
        action: `add a record "@" of type CAA with the authority of its certificates, or with ";" for none`,
        urn,
      },
    ];
  });
}

/** True for a zone whose operator the profile accepts. UC-JUR-002 refuses the others. */
function isAccepted(type: string, { profile, tables }: Settings): boolean {
  const party = serviceFact(type)?.party ?? tables.provider(tokenPackage({ type }))?.party;
  return party === undefined || objection(profile, party) === undefined;
}

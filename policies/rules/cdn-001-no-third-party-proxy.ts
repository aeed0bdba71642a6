import { exampleFile } from "../examples";
import { zoneTypes } from "../facts/dns";
import { type Party, partyText } from "../facts/entities";
import { contentNetworks, proxyHeaders, proxyLines, proxyRanges, proxyTypes } from "../facts/proxies";
import { acceptedText, objection } from "../exposure";
import type { Context, Finding, Item, Rule, Subject, Verdict } from "../rule";
import { spokenLines } from "../extract/comments";
import { contactsIn, ofHost } from "../extract/hosts";
import { manifestsIn } from "../extract/manifests";
import { remembering } from "../extract/memo";
import { Ranges } from "../extract/ranges";
import { judgeComponents, judgeTexts, place } from "../extract/scan";
import { tokenPackage } from "../extract/subject";
import { ofLeafUnder } from "../extract/leaf";
import type { Reading } from "../extract/text";
import { at, isList, isObject, isOn, type Value } from "../extract/value";
import type { Settings } from "../settings";

/** UC-CDN-001: nobody else stands between users and what they use. */
export const noThirdPartyProxy: Rule = {
  id: "UC-CDN-001",
  name: "no-third-party-proxy",
  title: "No proxy or content network of a party that the profile does not accept stands before the platform.",
  rationale:
    "A proxy before the platform ends the users' TLS: its operator reads every message, password and file that passes, and sees who meets when. Code that pages load from a content network runs with the rights of the page. Settings that believe a foreign proxy's header, or let in its addresses only, show that it stands there.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "nis2", reference: "21.2.h" },
    { framework: "gdpr", reference: "28" },
    { framework: "gdpr", reference: "44" },
    { framework: "csf", reference: "SOV-2" },
  ],
  remediation:
    "Let names lead to gateways of your own, believe your own proxies only, and serve code, letters and pictures yourself.",
  types: [
    "kubernetes:*",
    "hcloud:index/*",
    "exoscale:index/*",
    "cloudflare:index/*",
    "aws:cloudfront/*",
    "fastly:*",
    "*",
  ],
  remedies: {
    components:
      "Publish services through the platform's gateways: names lead to their addresses, and nothing stands before them.",
    pulumi:
      "Remove distributions, tunnels and proxied records; name `0.0.0.0/0` on 443 in place of a network's ranges; let CNAME records lead to hosts of your own.",
    kubernetes:
      "Remove `cloudflare-proxied` and tunnels, write `real_ip_header X-Forwarded-For` with addresses of your own proxies, and serve scripts from your own host.",
  },
  beyond:
    "With a contract and a transfer ground such a proxy can be lawful. The profile refuses it all the same, since its operator can be compelled to read.",
  examples: {
    good: [
      exampleFile("nginx.conf", "server {\n  set_real_ip_from 10.20.0.2;\n  real_ip_header X-Forwarded-For;\n}\n"),
    ],
    bad: [
      exampleFile("nginx.conf", "server {\n  set_real_ip_from 10.20.0.2;\n  real_ip_header CF-Connecting-IP;\n}\n"),
    ],
  },
  check: (subject, context) => judge(subject, context),
  checkStack: (subjects, context) => judgeComponents(subjects, (subject) => judge(subject, context)),
};

function judge(subject: Subject, { settings }: Context): Verdict {
  const made = proxyTypes.find(({ type }) => subject.type.startsWith(type));
  if (made !== undefined) {
    return refused(
      subject.type.split(":").at(-1) ?? "",
      partyOf(tokenPackage(subject), made.party, settings),
      settings,
    );
  }
  return judgeTexts(
    subject,
    (leaf) => lines(leaf, settings),
    (read) => [...proxied(subject, settings), ...annotated(subject, read, settings), ...led(subject, settings)],
    "words too",
  );
}

/** Party of a package: as the tables and the operator's own rows have it, else the usual one. */
const partyOf = (name: string, usual: Party, { tables }: Settings): Party => tables.provider(name)?.party ?? usual;

function refused(what: string, party: Party, { profile }: Settings, path = ""): readonly Finding[] {
  const reason = objection(profile, party);
  return reason === undefined
    ? []
    : [
        {
          found: `${what}${place(path)}, of ${partyText(party)}: ${reason}`,
          allowed: `proxies and hosts of your own, or of a party with ${acceptedText(profile)}`,
          action: "let users reach your own gateways, and serve what pages load yourself",
        },
      ];
}

/** A record of Cloudflare's that leads to its proxies. */
const proxied = ({ type, properties }: Subject, settings: Settings): readonly Finding[] =>
  /^cloudflare:index\/(dnsR|r)ecord:/.test(type) && isOn(at(properties, "proxied"))
    ? refused("a record with proxied", partyOf("cloudflare", "cloudflare", settings), settings)
    : [];

const annotation = "external-dns.alpha.kubernetes.io/cloudflare-proxied";

/** The annotation that asks external-dns for Cloudflare's proxy. */
const annotated = (subject: Subject, read: Reading, settings: Settings): readonly Finding[] =>
  manifestsIn(subject, read).flatMap(({ value, path }) =>
    isOn(at(value, "metadata", "annotations", annotation))
      ? refused(`the annotation ${annotation}`, "cloudflare", settings, path)
      : [],
  );

const records = new Map(zoneTypes.flatMap((row) => row.records.map((record) => [record.type, record] as const)));

/** Records whose names lead to a proxy by its address. Those by its name are found as hosts. */
function led({ type, properties }: Subject, settings: Settings): readonly Item[] {
  const fact = records.get(type);
  if (fact === undefined) return [];
  const given = at(properties, fact.values);
  const list: readonly Value[] = isList(given) ? given : [given];
  return list.flatMap((item) => {
    const value = isObject(item) ? at(item, "value") : item;
    const row = typeof value === "string" ? proxyRanges.find(({ range }) => Ranges.contains(range, value)) : undefined;
    return row === undefined ? [] : refused(`the address ${String(value)}`, row.party, settings, fact.values);
  });
}

/** Keys whose members are taken away or refused: nobody believes them. */
const taken = /(^|[.\]])(\w*(remove|unset|delete|deny|hide)\w*)(\[|\.|$)/i;

const lines = ofLeafUnder(({ path, text }, settings: Settings): readonly Finding[] => {
  if (path.length < 1000 && taken.test(path)) return [];
  return [
    ...saidIn(text).flatMap(({ what, party }) => refused(what, party, settings, path)),
    ...contactsIn(text).flatMap(({ host }) => {
      const row = ofHost(contentNetworks, host);
      return row === undefined
        ? []
        : refused(host, ofHost(settings.tables.hosts, host)?.party ?? row.party, settings, path);
    }),
  ];
});

interface Said {
  readonly what: string;
  readonly party: Party;
}

/** Something of what these lines hold: most texts hold none of it. */
const mayBelieve = new RegExp(
  [...proxyHeaders.map(({ header }) => header.replace(/-/g, "[-_]")), ...proxyLines.map(({ word }) => word)].join("|"),
  "i",
);
const mayRange = /[\d:]\/\d{2}/;

/** Lines that take a header away, empty it, or only write it down. */
const cleared =
  /\b(del-header|unset|remove|hide|deny|drop|reject|block|strip)\b|\b(log_format|LogFormat)\b|(\s|=|:)(""|'');?\s*$/i;

const saidIn = remembering((text): readonly Said[] => {
  const [believes, ranged] = [mayBelieve.test(text), mayRange.test(text)];
  if (!believes && !ranged) return [];
  const spoken = spokenLines(text).filter((line) => !cleared.test(line));
  const found = spoken.flatMap((line) => [...(believes ? believed(line) : []), ...(ranged ? rangesIn(line) : [])]);
  return [...new Map(found.map((one) => [one.what, one])).values()];
});

function believed(line: string): readonly Said[] {
  const plain = line.toLowerCase().replace(/_/g, "-");
  return [
    ...proxyHeaders
      .filter(({ header }) => hasWord(plain, header))
      .map(({ header, party }) => ({ what: `the header ${header}`, party })),
    ...proxyLines.filter(({ pattern }) => pattern.test(line)).map(({ word, party }) => ({ what: `"${word}"`, party })),
  ];
}

/** True if a header stands in a line, itself or as a variable of nginx or of CGI (`http-` before it), and not as a part of a longer word. */
function hasWord(line: string, header: string): boolean {
  const [first = "", ...rest] = line.split(header);
  return rest.some(
    (after, i) =>
      !/^[a-z0-9]/.test(after) && !/[a-z0-9-]$/.test((rest[i - 1] ?? first).replace(/(http-|header-)$/, "")),
  );
}

const ofRange = new Map(proxyRanges.map((row) => [row.range, row]));

const rangesIn = (line: string): readonly Said[] =>
  [...line.toLowerCase().matchAll(/[\da-f.:]{4,40}\/\d{1,3}(?!\d)/g)].flatMap(([range]) => {
    const row = ofRange.get(range);
    return row === undefined ? [] : [{ what: `the range ${range} of proxies`, party: row.party }];
  });

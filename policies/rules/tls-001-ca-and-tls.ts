import { exampleFile } from "../examples";
import { partyText } from "../facts/entities";
import { weakTls, weakTlsKeys } from "../facts/tls";
import { acceptedText, objection } from "../exposure";
import type { Context, Finding, Rule, Subject, Verdict } from "../rule";
import { readableLines } from "../extract/comments";
import { having } from "../extract/keys";
import { remembering } from "../extract/memo";
import { containers, judgeComponents, judgeTexts, place } from "../extract/scan";
import { ofLeaf } from "../extract/leaf";
import type { Reading } from "../extract/text";
import { at, entries, isList, isObject, unknown, type Value } from "../extract/value";
import type { Settings } from "../settings";

/** UC-TLS-001: connections are TLS of today, and certificates come from whom the profile accepts. */
export const tlsOfToday: Rule = {
  id: "UC-TLS-001",
  name: "ca-and-tls",
  title:
    "Connections use TLS 1.2 or later with certificates that are checked, from an authority that the profile accepts.",
  rationale:
    "TLS 1.0 and 1.1 are broken in ways that need no fault of anybody's. A connection that takes any certificate is encrypted to whoever stands in the middle. And an authority outside can be told to refuse the next certificate, so that a platform ends with the present one.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.h" },
    { framework: "ir2024-2690", reference: "9.2" },
    { framework: "gdpr", reference: "32.1.a" },
    { framework: "dpo", reference: "3.2.c" },
    { framework: "csf", reference: "SOV-4" },
  ],
  remediation:
    "Set TLS 1.2 as the lowest version, check certificates against a named authority, and bring certificates of an accepted one.",
  types: [
    "hcloud:index/managedCertificate:ManagedCertificate",
    "tls:index/privateKey:PrivateKey",
    "kubernetes:*",
    "docker:*",
    "*",
  ],
  remedies: {
    components:
      "Give the platform a certificate or the directory of an accepted authority; components speak TLS 1.2 and 1.3 and check what they connect to.",
    pulumi:
      "Upload a certificate with `UploadedCertificate` in place of `ManagedCertificate`, and make keys with ED25519, ECDSA, or RSA of at least 2048 bits.",
    kubernetes:
      "Write `ssl-protocols: TLSv1.2 TLSv1.3` or `minVersion: VersionTLS12`, remove `insecureSkipVerify`, and name `caServer` in resolvers of Traefik.",
  },
  beyond:
    "The laws ask for encryption of the state of the art. An authority under US law sees no content; the profile refuses it for the dependence.",
  examples: {
    good: [exampleFile("nginx.conf", "server {\n  ssl_protocols TLSv1.2 TLSv1.3;\n}\n")],
    bad: [exampleFile("nginx.conf", "server {\n  ssl_protocols TLSv1 TLSv1.2;\n}\n")],
  },
  check: (subject, context) => judge(subject, context),
  checkStack: (subjects, context) => judgeComponents(subjects, (subject) => judge(subject, context)),
};

const managed = "hcloud:index/managedCertificate:ManagedCertificate";
const key = "tls:index/privateKey:PrivateKey";

function judge(subject: Subject, { settings }: Context): Verdict {
  if (subject.type === key) return made(subject);
  if (subject.type === managed) return authority("a certificate that Hetzner asks Let's Encrypt for", settings);
  return judgeTexts(subject, lines, (read) => [...data(read, settings), ...variables(read)], "words too");
}

const refused = (found: string, action: string): Finding => ({
  found,
  allowed: "TLS 1.2 or later, with certificates that are checked",
  action,
});

/** Let's Encrypt, by its own row among the authorities. Source for Hetzner: docs.hetzner.com/cloud/load-balancers (managed certificates). */
function authority(found: string, { profile, tables }: Settings): readonly Finding[] {
  const party = tables.certificateAuthorities.find(({ host }) => host === "letsencrypt.org")?.party;
  const reason = party === undefined ? undefined : objection(profile, party);
  return party === undefined || reason === undefined
    ? []
    : [
        {
          found: `${found}, of ${partyText(party)}: ${reason}`,
          allowed: `certificates of your own, or of an authority with ${acceptedText(profile)}`,
          action: "bring a certificate, or name the directory of an accepted authority",
        },
      ];
}

/** Smallest keys of RSA. Source: NIST SP 800-131A Rev. 2, section 3. */
const leastBits = 2048;

function made({ properties }: Subject): Verdict {
  const [algorithm, bits] = [at(properties, "algorithm"), at(properties, "rsaBits")];
  if (bits === unknown) return [{ undetermined: "rsaBits is not known before the update", later: true }];
  return algorithm === "RSA" && typeof bits === "number" && bits < leastBits
    ? [refused(`a key of RSA of ${bits} bits`, `set rsaBits to at least ${leastBits}, or take ED25519`)]
    : [];
}

const lines = ofLeaf(({ path, text }): readonly Finding[] =>
  weakIn(text).map(({ what, action }) => refused(`${what}${place(path)}`, action)),
);

const weakIn = remembering((text) => {
  const rows = weakTls.filter(({ word }) => word.test(text));
  if (rows.length === 0) return [];
  const spoken = readableLines(text);
  return rows.filter(({ pattern }) => spoken.some((line) => pattern.test(line)));
});

const variables = (read: Reading): readonly Finding[] =>
  containers(read).flatMap(({ path, environment }) =>
    [...environment].flatMap(([name, value]) =>
      typeof value === "string"
        ? weakIn(`${name}=${value}`).map(({ what, action }) => refused(`${what} in ${path} ${name}`, action))
        : [],
    ),
  );

const names = new Set([...weakTlsKeys.map((row) => row.key), "ssl-protocols", "certificatesResolvers"]);
const mayWeaken = having((name) => names.has(name));

/** Settings in structured data, at any depth. */
function data(read: Reading, settings: Settings): readonly Finding[] {
  return read.documents.flatMap(({ path, value }) => (mayWeaken(value) ? keyed(value, path, settings) : []));
}

function keyed(value: Value, path: string, settings: Settings): readonly Finding[] {
  if (isList(value)) return value.flatMap((item) => keyed(item, path, settings));
  return entries(value).flatMap(([name, item]) => {
    const rows = weakTlsKeys.filter((row) => row.key === name && row.values.some((one) => one === item));
    const old = name === "ssl-protocols" && typeof item === "string" ? weakIn(`ssl_protocols ${item}`) : [];
    return [
      ...[...rows, ...old].map(({ what, action }) => refused(`${name} with ${what}${place(path)}`, action)),
      ...(name === "certificatesResolvers" ? resolvers(item, path, settings) : []),
      ...keyed(item, path, settings),
    ];
  });
}

/** Resolvers of Traefik: without `caServer` they ask Let's Encrypt. Source: https://doc.traefik.io/traefik/https/acme/ (caServer). */
const resolvers = (value: Value, path: string, settings: Settings): readonly Finding[] =>
  entries(value).flatMap(([name, resolver]) =>
    isObject(at(resolver, "acme")) && at(resolver, "acme", "caServer") === undefined
      ? authority(`the resolver ${name}${place(path)} without caServer, which asks Let's Encrypt`, settings)
      : [],
  );

import { partyText } from "../facts/entities";
import { hosts } from "../facts/hosts";
import type { Context, Finding, Rule, Subject, Verdict } from "../rule";
import { demandedVariables, demands, demandsIn } from "../extract/demands";
import { hostsIn, ofHost } from "../extract/hosts";
import { containers, judgeComponents, judgeTexts, place, reading } from "../extract/scan";
import type { Container } from "../extract/containers";
import type { Leaf } from "../extract/text";
import { at, entries, unknown } from "../extract/value";
import { isOwn } from "../settings";

/** UC-NET-002: no contact to a third party by default or by habit. */
export const defaultLeakEndpoints: Rule = {
  id: "UC-NET-002",
  name: "default-leak-endpoints",
  title: "No configuration contacts a third party, neither explicitly nor by a default.",
  rationale:
    "Conference software asks foreign STUN servers, loads fonts and avatars, reports usage and looks for updates by default, and sometimes an empty setting means the foreign default. Each contact shows who meets, when and from where.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.e" },
    { framework: "ir2024-2690", reference: "6.7.2.c" },
    { framework: "gdpr", reference: "25" },
    { framework: "gdpr", reference: "32" },
    { framework: "revfadp", reference: "7.3" },
  ],
  remediation: "Name a service of your own, or switch the feature off with the key that the message names.",
  check: (subject, context) => judge(subject, context),
  checkStack: (subjects, context) => {
    const verdict = judgeComponents(subjects, (subject) => judge(subject, context));
    const resolved = resolve(subjects);
    return verdict === undefined && resolved === undefined ? undefined : [...(verdict ?? []), ...(resolved ?? [])];
  },
};

function judge(subject: Subject, { settings }: Context): Verdict {
  return judgeTexts(
    subject,
    (leaf) =>
      contacts(leaf)
        .filter(({ host }) => !isOwn(settings, host))
        .map(({ finding }) => finding),
    (read) => demandsIn(read, "leaks"),
  );
}

function contacts({ path, text }: Leaf): readonly { readonly host: string; readonly finding: Finding }[] {
  return hostsIn(text).flatMap((host) => {
    const row = ofHost(hosts, host);
    if (row === undefined) return [];
    const finding = {
      found: `${host}${place(path)}, which ${partyText(row.party)} operates (${row.purpose})`,
      allowed: "hosts of your own",
      action: `use ${row.instead}`,
    };
    return [{ host, finding }];
  });
}

/** Judges environments together with the ConfigMaps and Secrets that they come from. */
function resolve(subjects: readonly Subject[]): Verdict {
  const objects = new Map(
    subjects
      .filter(({ type }) => type === "kubernetes:core/v1:ConfigMap" || type === "kubernetes:core/v1:Secret")
      .map(({ type, properties }) => [
        key(type.endsWith("Secret") ? "Secret" : "ConfigMap", properties, at(properties, "metadata", "name")),
        properties,
      ]),
  );
  const sourced = subjects
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .flatMap((subject) => containers(reading(subject)).map((container) => ({ subject, container })))
    .filter(({ container }) => container.sources.length > 0);
  if (sourced.length === 0) return undefined;
  return sourced.flatMap(({ subject, container }) =>
    demands(container, "leaks", environment(container, subject, objects)).map((item) =>
      "found" in item ? { ...item, urn: subject.urn } : item,
    ),
  );
}

function environment(
  container: Container,
  subject: Subject,
  objects: ReadonlyMap<string, Subject["properties"]>,
): ReadonlyMap<string, string | typeof unknown> {
  const result = new Map<string, string | typeof unknown>();
  for (const { kind, name } of container.sources) {
    const object = objects.get(key(kind, subject.properties, name));
    for (const part of ["data", "stringData"])
      for (const [variable, value] of entries(at(object, part)))
        result.set(variable, typeof value === "string" && kind === "ConfigMap" ? value : unknown);
    // An object that is not part of this stack may contain anything.
    if (object === undefined) for (const variable of demandedVariables("leaks")) result.set(variable, unknown);
  }
  return result;
}

const key = (kind: string, properties: Subject["properties"], name: unknown): string => {
  const namespace = at(properties, "metadata", "namespace");
  return `${kind}/${typeof namespace === "string" ? namespace : "default"}/${typeof name === "string" ? name : ""}`;
};

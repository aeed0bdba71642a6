import { partyText } from "../facts/entities";
import { registries } from "../facts/registries";
import { acceptedText, objection } from "../exposure";
import type { Context, Finding, Rule, Subject, Verdict } from "../rule";
import { containers, judgeComponents, judgeTexts, place } from "../extract/scan";
import { hostOf, hostsIn, isInternal, ofHost, spokenLines } from "../extract/hosts";
import { image, referencesInText } from "../extract/images";
import { Ranges } from "../extract/ranges";
import type { Leaf, Reading } from "../extract/text";
import { at, unknown } from "../extract/value";
import { isOwn, type Settings } from "../settings";

/** UC-IMG-001: images come from the operator's own registry. */
export const registryJurisdiction: Rule = {
  id: "UC-IMG-001",
  name: "registry-jurisdiction",
  title: "Every container image comes from a registry that the profile accepts.",
  rationale:
    "Almost every public registry is operated by a US company: it sees who pulls what and when, and can be told to stop or to serve something else. A reference without a host means Docker Hub.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "nis2", reference: "21.2.e" },
    { framework: "ir2024-2690", reference: "5.1.2" },
    { framework: "ir2024-2690", reference: "6.6.1.c" },
    { framework: "csf", reference: "SOV-5" },
  ],
  remediation: "Mirror the image into a registry under one of your own domains and name it there.",
  check: (subject, context) => judge(subject, context),
  checkStack: (subjects, context) => judgeComponents(subjects, (subject) => judge(subject, context)),
};

function judge(subject: Subject, { settings }: Context): Verdict {
  return judgeTexts(
    subject,
    (leaf) => [
      ...referencesInText(leaf).flatMap(({ path, text }) => judgeReference(text, path, settings)),
      ...judgeHosts(leaf, settings),
    ],
    (read) => images(subject, read).flatMap(({ path, text }) => judgeReference(text, path, settings)),
  );
}

/** References in structured data: containers, Docker's own resources, values of charts. */
function images(subject: Subject, read: Reading): readonly { readonly path: string; readonly text: string }[] {
  const named = containers(read).flatMap(({ path, image: reference }) =>
    reference === unknown || reference === undefined ? [] : [{ path, text: reference }],
  );
  const property = { "docker:index/container:Container": "image", "docker:index/remoteImage:RemoteImage": "name" }[
    subject.type
  ];
  const own = property === undefined ? undefined : at(subject.properties, property);
  const task = at(subject.properties, "taskSpec", "containerSpec", "image");
  return [
    ...named,
    ...(typeof own === "string" && property !== undefined ? [{ path: property, text: own }] : []),
    ...(typeof task === "string" ? [{ path: "taskSpec.containerSpec.image", text: task }] : []),
    ...(subject.type.startsWith("kubernetes:helm.sh/") ? charts(subject) : []),
  ];
}

/** Charts split references into registry, repository and tag. */
function charts(subject: Subject): readonly { readonly path: string; readonly text: string }[] {
  const found: { path: string; text: string }[] = [];
  const walk = (value: Subject["properties"][string], path: string): void => {
    const repository = at(value, "repository");
    if (
      typeof repository === "string" &&
      (at(value, "tag") !== undefined || at(value, "registry") !== undefined || path.endsWith("image"))
    ) {
      const registry = at(value, "registry");
      found.push({
        path,
        text: typeof registry === "string" && registry !== "" ? `${registry}/${repository}` : repository,
      });
    }
    if (typeof value === "object" && value !== null)
      for (const [key, item] of Object.entries(value)) walk(item as typeof value, `${path}.${key}`);
  };
  walk(at(subject.properties, "values"), "values");
  return found;
}

function judgeReference(reference: string, path: string, settings: Settings): readonly Finding[] {
  const parsed = image(reference);
  return parsed === undefined
    ? []
    : refuse(parsed.registry, `image ${parsed.registry}/${parsed.repository}${place(path)}`, settings);
}

/** Upstream registries anywhere else: mirrors' endpoints, scripts, allow-lists of proxies. */
function judgeHosts({ path, text }: Leaf, settings: Settings): readonly Finding[] {
  return hostsIn(text).flatMap((host) => {
    const row = ofHost(registries, host);
    if (row === undefined || objection(settings.profile, row.party) === undefined || isKey(text, host)) return [];
    return refuse(host, `registry ${host}${place(path)}`, settings);
  });
}

/** True if a host appears only as a key: the name of an upstream that a mirror replaces is no contact. */
const isKey = (text: string, host: string): boolean =>
  spokenLines(text).every((line) =>
    line
      .toLowerCase()
      .split(host)
      .slice(1)
      .every((rest) => /^["']?\]?\s*[:=](?![\d/])/.test(rest) || /^["']?\]/.test(rest)),
  );

function refuse(registry: string, found: string, settings: Settings): readonly Finding[] {
  const host = hostOf(registry) ?? registry;
  if (isOwn(settings, host) || isInternal(host) || Ranges.isPrivate(host)) return [];
  const row = ofHost(registries, host);
  const allowed = `registries under your own domains (${settings.ownDomains.join(", ") || "none declared"}), or with ${acceptedText(settings.profile)}`;
  if (row === undefined)
    return [
      {
        found: `${found}, from a registry that is in no table`,
        allowed,
        action: `mirror it, or add the registry's domain to ownDomains if it is yours`,
      },
    ];
  const reason = objection(settings.profile, row.party);
  return reason === undefined
    ? []
    : [
        {
          found: `${found}, from ${partyText(row.party)}: ${reason}`,
          allowed,
          action: "mirror it into your own registry and name it there",
        },
      ];
}

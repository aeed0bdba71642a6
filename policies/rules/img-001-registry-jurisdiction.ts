import { exampleDeployment, exampleGuards, exampleImage } from "../examples";
import { partyText } from "../facts/entities";
import { acceptedText, objection } from "../exposure";
import type { Context, Finding, Rule, Subject, Verdict } from "../rule";
import { containers, judgeComponents, judgeTexts, place } from "../extract/scan";
import { hostOf, hostsIn, isInternal, ofHost, spokenLines } from "../extract/hosts";
import { referencesInText } from "../extract/image-commands";
import { image, type Reference, referencesIn } from "../extract/images";
import { defaultImages } from "../extract/operator-images";
import { Ranges } from "../extract/ranges";
import { type Leaf, ofLeafUnder } from "../extract/leaf";
import type { Reading } from "../extract/text";
import { at } from "../extract/value";
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
  types: ["kubernetes:*", "docker:*", "docker-build:*", "sovereign-uc:*", "*"],
  remedies: {
    components:
      "Name your registry under `mirror`: components take every image from there, and `npm run mirror` fills it.",
    pulumi: "Mirror the image and write its reference in full, with a registry under one of your own domains.",
    kubernetes:
      "Write `image: registry.example.ch/team/name@sha256:…` in containers, init containers and values of charts; `image: nginx` means Docker Hub.",
  },
  examples: {
    good: [exampleDeployment(), ...exampleGuards],
    bad: [
      exampleDeployment({ image: exampleImage.replace("registry.crisis.example.ch", "ghcr.io") }),
      ...exampleGuards,
    ],
  },
  check: (subject, context) => judge(subject, context),
  checkStack: (subjects, context) => judgeComponents(subjects, (subject) => judge(subject, context)),
};

function judge(subject: Subject, { settings }: Context): Verdict {
  return judgeTexts(
    subject,
    (leaf) => judgeLeaf(leaf, settings),
    (read) =>
      [...images(subject, read), ...defaultImages(subject, read)].flatMap((reference) =>
        judgeReference(reference, settings),
      ),
  );
}

const judgeLeaf = ofLeafUnder((leaf, settings: Settings) => [
  ...referencesInText(leaf).flatMap((reference) => judgeReference(reference, settings)),
  ...judgeHosts(leaf, settings),
]);

/** Types whose `image` is a container's. Elsewhere it is a machine's, and only data inside texts counts. */
const contained = /^(kubernetes|docker|docker-build|sovereign-uc):/;

/** References where data names them: containers, Docker's own resources, values of charts. */
function images({ type, properties }: Subject, read: Reading): readonly Reference[] {
  const { documents } = read;
  const remote = type === "docker:index/remoteImage:RemoteImage" ? at(properties, "name") : undefined;
  return [
    ...documents
      .filter(({ path }) => path !== "" || contained.test(type))
      .flatMap(({ path, value }) =>
        path === ""
          ? referencesIn(value)
          : referencesIn(value).map((found) => ({ ...found, path: [path, found.path].filter(Boolean).join(" ") })),
      ),
    ...containers(read).flatMap(({ path, environment }) =>
      [...environment].flatMap(([name, value]) =>
        typeof value === "string" && /(^|_)IMAGES?$/.test(name) && /\w[:@]\w/.test(value)
          ? [{ path: `${path} ${name}`, text: value, certain: false }]
          : [],
      ),
    ),
    ...(typeof remote === "string" ? [{ path: "name", text: remote, certain: true }] : []),
  ];
}

function judgeReference({ text, path, certain }: Reference, settings: Settings): readonly Finding[] {
  const parsed = image(text);
  if (parsed !== undefined)
    return refuse(parsed.registry, `image ${parsed.registry}/${parsed.repository}${place(path)}`, settings);
  return certain
    ? [
        {
          found: `an image${place(path)} whose reference cannot be read`,
          allowed: "references like registry.crisis.example.ch/team/image:1",
          action: "name registry, repository and tag or digest in full",
        },
      ]
    : [];
}

/** Upstream registries anywhere else: mirrors' endpoints, scripts, allow-lists of proxies. */
function judgeHosts({ path, text }: Leaf, settings: Settings): readonly Finding[] {
  return hostsIn(text).flatMap((host) => {
    const row = ofHost(settings.tables.registries, host);
    if (row === undefined || isKey(text, host)) return [];
    return refuse(host, `registry ${host}${place(path)}`, settings);
  });
}

/** True if a host appears only as a key: the name of an upstream that a mirror replaces is no contact. One with a scheme is what is asked. */
const isKey = (text: string, host: string): boolean =>
  spokenLines(text).every((line) => {
    const parts = line.toLowerCase().split(host);
    return parts
      .slice(1)
      .every(
        (rest, i) =>
          !(parts[i] ?? "").endsWith("://") && (/^["']?\]?\s*[:=](?![\d/])/.test(rest) || /^["']?\]/.test(rest)),
      );
  });

function refuse(registry: string, found: string, settings: Settings): readonly Finding[] {
  const host = hostOf(registry) ?? registry;
  if (isOwn(settings, host) || isInternal(host) || Ranges.isPrivate(host)) return [];
  const row = ofHost(settings.tables.registries, host);
  const reason = row === undefined ? undefined : objection(settings.profile, row.party);
  if (row !== undefined && reason === undefined) return [];
  const allowed = `registries under your own domains (${settings.ownDomains.join(", ") || "none declared"}), or with ${acceptedText(settings.profile)}`;
  return row === undefined
    ? [
        {
          found: `${found}, from a registry that is in no table`,
          allowed,
          action: `mirror it, or add the registry's domain to ownDomains if it is yours`,
        },
      ]
    : [
        {
          found: `${found}, from ${partyText(row.party)}: ${reason}`,
          allowed,
          action: "mirror it into your own registry and name it there",
        },
      ];
}

import { exampleDeployment, exampleGuards, exampleImage } from "../examples";
import type { Context, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import { ofLeafUnder } from "../extract/leaf";
import { judgeComponents, judgeTexts, place } from "../extract/scan";
import { hostOf, isInternal } from "../extract/hosts";
import { referencesInText } from "../extract/image-commands";
import { image, type Reference, referencesIn } from "../extract/images";
import { pinOf } from "../extract/pins";
import { Ranges } from "../extract/ranges";
import type { Reading } from "../extract/text";
import { at, type Value } from "../extract/value";
import { isOwn, type Settings } from "../settings";

/** UC-SUP-001: what runs is what was looked at. */
export const imageDigestPinned: Rule = {
  id: "UC-SUP-001",
  name: "image-digest-pinned",
  title: "Every image is named by its digest, or by a full version in a registry of your own.",
  rationale:
    "A tag says what its registry says today. `latest`, `stable` and `3-alpine` are made to move, and a full version moves too where somebody else can push it: what was tested and what runs are then two things, and nobody sees when.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.e" },
    { framework: "ir2024-2690", reference: "6.6.1.c" },
    { framework: "csf", reference: "SOV-5" },
  ],
  remediation: "Mirror the image, and name it by its digest as the mirror's lock file has it.",
  types: ["kubernetes:*", "docker:*", "sovereign-uc:*", "*"],
  remedies: {
    components:
      "Run `npm run mirror`: it fills your registry and writes the lock file, from which components take each image by its digest.",
    pulumi: "Write `registry.example.ch/team/name@sha256:…` with the 64 digits that `skopeo inspect` prints.",
    kubernetes: "Write `image: registry.example.ch/team/name@sha256:…` in containers and init containers.",
  },
  beyond:
    "The regulation asks for verified sources and integrity, and names no digest. A tag of a full version passes only where the registry is yours, since you decide who may move it.",
  examples: {
    good: [exampleDeployment(), ...exampleGuards],
    bad: [exampleDeployment({ image: `${exampleImage.replace(/@.*/, "")}:latest` }), ...exampleGuards],
  },
  check: (subject, context) => judge(subject, context),
  checkStack: (subjects, context) => judgeComponents(subjects, (subject) => judge(subject, context)),
};

/** Types that make images: what they name is their result, and there is nothing to pin yet. */
const building = /^(docker:index\/(image|tag|registryImage):|docker-build:)/;

/** Types whose `image` is a container's. Elsewhere it is a machine's, and only data inside texts counts. */
const contained = /^(kubernetes|docker|sovereign-uc):/;

function judge(subject: Subject, { settings }: Context): Verdict {
  if (building.test(subject.type)) return undefined;
  return judgeTexts(
    subject,
    (leaf) => judgeLeaf(leaf, settings),
    (read) => references(subject, read).flatMap((reference) => judgeReference(reference, settings)),
  );
}

const judgeLeaf = ofLeafUnder((leaf, settings: Settings) =>
  referencesInText(leaf).flatMap((reference) => judgeReference(reference, settings)),
);

function references({ type, properties }: Subject, { documents }: Reading): readonly Reference[] {
  const remote = type === "docker:index/remoteImage:RemoteImage" ? at(properties, "name") : undefined;
  return [
    ...documents
      .filter(({ path }) => path !== "" || contained.test(type))
      .flatMap(({ path, value }) =>
        referencesIn(value).map((found) => ({
          ...found,
          text: whole(found, value),
          path: [path, found.path].filter(Boolean).join(" "),
        })),
      ),
    ...(typeof remote === "string" ? [{ path: "name", text: remote, certain: true }] : []),
  ];
}

/** A reference with the tag or the digest that the values of a chart keep beside its repository. */
function whole({ path, text }: Reference, value: Value): string {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== "");
  const holder = at(value, ...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
  const [digest, tag] = ["digest", "tag"].map((key) => at(holder, key));
  if (typeof digest === "string" && digest !== "") return `${text}@${digest}`;
  return (typeof tag === "string" && tag !== "") || typeof tag === "number" ? `${text}:${String(tag)}` : text;
}

const allowed = "a digest (@sha256:…), or a full version in a registry under your own domains";

function judgeReference({ text, path }: Reference, settings: Settings): readonly (Finding | Undetermined)[] {
  const parsed = image(text);
  // UC-IMG-001 refuses what cannot be read.
  if (parsed === undefined) return [];
  const pin = pinOf(text);
  const name = `image ${parsed.registry}/${parsed.repository}`;
  switch (pin.kind) {
    case "digest":
      return [];
    case "open":
      return [{ undetermined: `${name}${place(path)}, whose tag is put in later`, action: "write its digest" }];
    case "moving":
      return [
        {
          found: `${name}${place(path)} ${pin.tag === undefined ? "without a tag: latest, or what a chart puts there" : `by the tag "${pin.tag.slice(0, 40)}", which is made to move`}`,
          allowed,
          action: "name it by its digest",
        },
      ];
    case "version":
      return isOwnRegistry(parsed.registry, settings)
        ? []
        : [
            {
              found: `${name}${place(path)} by the tag "${pin.tag.slice(0, 40)}", which somebody else's registry can move`,
              allowed,
              action: "name it by its digest, or mirror it into your own registry",
            },
          ];
  }
}

function isOwnRegistry(registry: string, settings: Settings): boolean {
  const host = hostOf(registry);
  return host !== undefined && (isOwn(settings, host) || isInternal(host) || Ranges.isPrivate(host));
}

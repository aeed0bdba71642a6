import { exampleDeployment, exampleGuards, exampleImage } from "../examples";
import { unsignedLines } from "../facts/signatures";
import { objection } from "../exposure";
import type { Finding, Item, Rule, Subject, Verdict } from "../rule";
import { admissionOf, isFor } from "../extract/admission";
import { readableLines } from "../extract/comments";
import { ofHost } from "../extract/hosts";
import { image } from "../extract/images";
import { remembering } from "../extract/memo";
import { containers, judgeComponents, judgeTexts, place, reading, together, withKey } from "../extract/scan";
import { ofLeaf } from "../extract/leaf";
import { isOwn, type Settings } from "../settings";

/** UC-SUP-002: what others have made is theirs, and whole. */
export const signatureChecked: Rule = {
  id: "UC-SUP-002",
  name: "signature-sbom",
  title: "Packages and images that others make are checked by their signatures before they run.",
  rationale:
    "A digest says that an image is the one that somebody wrote down, and not who made it. Where images come from a registry of your own, whoever fills it has looked, with signatures and lists of parts (SBOM) at hand. Where they come from somebody else's, only a policy of the cluster that checks signatures does. Packages without a signature are anybody's.",
  severity: "medium",
  kind: "stack",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "nis2", reference: "21.2.e" },
    { framework: "ir2024-2690", reference: "6.6.1.c" },
    { framework: "csf", reference: "SOV-5" },
  ],
  remediation:
    "Mirror images into a registry of your own, or have the cluster check their signatures; let package managers check theirs.",
  types: ["kubernetes:*", "docker:*", "hcloud:index/*", "exoscale:index/*", "command:*", "sovereign-uc:*", "*"],
  remedies: {
    components:
      "Run `npm run mirror`: it fills your registry and writes the digests, and components take every image from there.",
    pulumi:
      "Remove `trusted=yes`, `--allow-unauthenticated` and `gpgcheck=0` from user data, and name each source's key.",
    kubernetes:
      "Add a `ClusterImagePolicy` of Sigstore, or a `ClusterPolicy` of Kyverno with `verifyImages` and `validationFailureAction: Enforce`, for the registry's images.",
  },
  beyond:
    "The regulation asks to check sources and integrity of software. That images of another's registry need a policy in the cluster is this rule's own.",
  examples: {
    good: [exampleDeployment(), ...exampleGuards],
    bad: [
      exampleDeployment({ image: exampleImage.replace("registry.crisis.example.ch", "codeberg.org") }),
      ...exampleGuards,
    ],
  },
  check: judge,
  checkStack: (subjects, { settings }) => together(judgeComponents(subjects, texts), admitted(subjects, settings)),
};

const refused = (found: string, action: string): Finding => ({
  found,
  allowed: "packages and images whose signatures are checked, or a registry of your own",
  action,
});

function judge(subject: Subject): Verdict {
  const admission = admissionOf(subject);
  if (admission === undefined) return texts(subject);
  return [
    ...admission.weak.map((why) =>
      refused(`a policy on signatures that lets in what nobody has signed: ${why}`, "let it refuse"),
    ),
    ...(admission.partial
      ? [{ undetermined: "a part of a policy on signatures is not known before the update", later: true }]
      : []),
  ];
}

const texts = (subject: Subject): Verdict => judgeTexts(subject, lines, undefined, "words too");

const saidIn = remembering((text) => {
  const lower = text.toLowerCase();
  const rows = unsignedLines.filter(({ word }) => lower.includes(word));
  if (rows.length === 0) return [];
  const spoken = readableLines(text);
  return rows.filter(({ pattern }) => spoken.some((line) => pattern.test(line)));
});

/** Transports of `policy.json` (containers-policy.json(5)) that bring nothing from elsewhere. */
const inner =
  /(^|[\s.])transports\.(docker-daemon|containers-storage|docker-archive|oci-archive|dir|oci|tarball|sif)[.[]/;

const lines = ofLeaf((leaf): readonly Finding[] => [
  ...[...new Set(withKey(leaf).flatMap(saidIn))].map(({ what, action }) =>
    refused(`${what}${place(leaf.path)}`, action),
  ),
  ...(leaf.text === "insecureAcceptAnything" && !inner.test(leaf.path)
    ? [
        refused(
          `images that nobody has signed${place(leaf.path)} (insecureAcceptAnything)`,
          "demand sigstoreSigned or signedBy",
        ),
      ]
    : []),
]);

/** Registries of others from which a cluster runs images, and for which no policy checks signatures. UC-IMG-001 refuses those that the profile does not accept. */
function admitted(subjects: readonly Subject[], settings: Settings): Verdict {
  const found = subjects
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .flatMap((subject) =>
      containers(reading(subject)).flatMap(({ image: reference }) => {
        const registry = typeof reference === "string" ? image(reference)?.registry : undefined;
        return registry !== undefined && isOthers(registry, settings) ? [registry] : [];
      }),
    );
  const registries = [...new Set(found)].sort();
  if (registries.length === 0) return undefined;
  const policies = subjects.flatMap((subject) => admissionOf(subject) ?? []).filter(({ weak }) => weak.length === 0);
  return registries.flatMap((registry): readonly Item[] => {
    const covering = policies.filter(({ images, partial }) => partial || images.some((one) => isFor(one, registry)));
    if (covering.some(({ partial }) => !partial)) return [];
    return covering.length > 0
      ? [{ undetermined: `a policy on signatures of ${registry} is not known before the update`, later: true }]
      : [
          refused(
            `images of ${registry}, whose signatures no policy of the cluster checks`,
            "mirror them into a registry of your own, or add such a policy for them",
          ),
        ];
  });
}

function isOthers(registry: string, settings: Settings): boolean {
  if (isOwn(settings, registry)) return false;
  const party = ofHost(settings.tables.registries, registry)?.party;
  return party !== undefined && objection(settings.profile, party) === undefined;
}

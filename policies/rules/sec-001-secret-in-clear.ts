import { exampleDeployment, exampleGuards } from "../examples";
import type { Finding, Rule, Subject, Verdict } from "../rule";
import { containers, judgeTexts, place } from "../extract/scan";
import { isLiteral, isRandom, isSecretName, secretLines, secretsIn } from "../extract/secrets";
import { kindOf } from "../extract/subject";
import { type Leaf, ofLeaf } from "../extract/leaf";
import { isProse } from "../extract/prose";
import type { Reading } from "../extract/text";
import { at, entries } from "../extract/value";

/** UC-SEC-001: secrets stand where they are kept, and nowhere else. */
export const secretInClear: Rule = {
  id: "UC-SEC-001",
  name: "secret-in-clear",
  title: "No private key, token or password stands in user data, in variables, in ConfigMaps or in labels.",
  rationale:
    "User data can be read by every process of a host and in the provider's console, variables by everybody who may look at a pod, ConfigMaps and labels by everybody who may list them. What stands there is copied into logs and backups, and nobody knows who has it.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.h" },
    { framework: "nis2", reference: "21.2.i" },
    { framework: "ir2024-2690", reference: "9.2.c" },
    { framework: "gdpr", reference: "32.1.a" },
    { framework: "dpo", reference: "3.1" },
  ],
  remediation:
    "Put the secret into a Secret and refer to it, or bring it to the host with its convergence. Then make a new one: the old one has been seen.",
  types: ["kubernetes:*", "docker:*", "hcloud:index/*", "exoscale:index/*", "sovereign-uc:*"],
  remedies: {
    components:
      "Give secrets as secret inputs, or let the component make them: they reach pods through Secrets and hosts over SSH, never through user data.",
    pulumi:
      "Keep the value out of `userData`, `labels` and `env`; make a Secret of it, or write it to the host over SSH.",
    kubernetes:
      "Write `valueFrom: { secretKeyRef: { name: records, key: password } }` in place of `value`, and move files with secrets from ConfigMaps to Secrets.",
  },
  beyond:
    "The laws ask for suitable measures, and name no place. The rule names the places, so that it can be checked.",
  examples: {
    good: [
      exampleDeployment({
        env: [{ name: "POSTGRES_PASSWORD", valueFrom: { secretKeyRef: { name: "records", key: "password" } } }],
      }),
      ...exampleGuards,
    ],
    bad: [exampleDeployment({ env: [{ name: "POSTGRES_PASSWORD", value: "correct horse" }] }), ...exampleGuards],
  },
  check: judge,
};

/** Types whose inputs anybody may see who may see the resource at all. */
const open = /^(kubernetes|docker|hcloud|exoscale|sovereign-uc):/;

/** Kinds that are made to hold secrets, in clear or sealed. */
const keeps =
  /^(Secret|SealedSecret|ExternalSecret|SecretStore|ClusterSecretStore|PushSecret|VaultStaticSecret)(Patch)?$/;

/** Inputs that the providers themselves keep as secrets: `reference/schemas` names them. */
const secretInputs = /^(password|adminPassword|rootPassword|privateKey|kubeconfig)$/;

function judge(subject: Subject): Verdict {
  if (!open.test(subject.type) || keeps.test(kindOf(subject.type)?.kind ?? "")) return undefined;
  return judgeTexts(subject, judgeLeaf, (read) => [...variables(read), ...labels(subject)], "words too");
}

const judgeLeaf = ofLeaf((leaf) => (secretInputs.test(leaf.path) ? [] : [...formed(leaf), ...settled(leaf)]));

const refused = (what: string): Finding => ({
  found: what,
  allowed: "a Secret, or what is brought to the host with its convergence",
  action: "refer to a Secret, and make a new one, since this one has been seen",
});

const formed = ({ path, text }: Leaf): readonly Finding[] =>
  secretsIn(text).map((what) => refused(`${what}${place(path)}`));

/** Key under which a text stands, of a path or of a file, without a domain before it. */
function keyOf(path: string): string {
  const [, quoted, plain] = /(?:\["(?:[^"]*\/)?([^"/]*)"\]|([\w-]+))(?:\[\d+\])*$/.exec(path) ?? [];
  return quoted ?? plain ?? "";
}

/** Texts under the name of a secret: in data, and in the lines of a file. */
function settled({ path, text }: Leaf): readonly Finding[] {
  const own = isSecretName(keyOf(path)) && isLiteral(text) && isRandom(text) ? [refused(`a secret in ${path}`)] : [];
  return [...own, ...secretLines(text).map((name) => refused(`a secret under ${name}${place(path)}`))];
}

/** Labels, and annotations that document: what is not read with the other texts, since it explains. */
const labels = ({ properties }: Subject): readonly Finding[] =>
  [["labels"], ["metadata", "labels"], ["metadata", "annotations"]].flatMap((path) =>
    entries(at(properties, ...path)).flatMap(([key, text]) =>
      typeof text === "string" && (path.includes("labels") || isProse("annotations", key, text))
        ? judgeLeaf({ path: `${path.join(".")}["${key}"]`, text })
        : [],
    ),
  );

/** Variables of containers with a literal value: there every text counts, since a password need not look like one. */
const variables = (read: Reading): readonly Finding[] =>
  containers(read).flatMap(({ path, environment }) =>
    [...environment].flatMap(([name, value]) =>
      typeof value === "string" && isSecretName(name) && isLiteral(value)
        ? [refused(`a secret in the variable ${name} of ${path}`)]
        : [],
    ),
  );

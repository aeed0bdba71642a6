import { exampleDeployment, exampleGuards } from "../examples";
import {
  hubName,
  type ModelServer,
  modelServers,
  storageSchemes,
  weightLines,
  weights,
  weightsChecked,
  weightsFetched,
} from "../facts/weights";
import type { Deferred, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import { readableLines } from "../extract/comments";
import type { Container } from "../extract/containers";
import type { Environment } from "../extract/environments";
import { ofLeaf } from "../extract/leaf";
import { remembering } from "../extract/memo";
import { containers, place } from "../extract/scan";
import { filesOf } from "../extract/files";
import { all, type Found, isImageOf, judgeSwitches, sourced, type Switches } from "../extract/switches";
import type { Reading } from "../extract/text";
import { at, isOn, items, unknown, type Value } from "../extract/value";

const switches: Switches = {
  rows: weights,
  lines: weightLines,
  allowed: "weights of your own store, by their digest",
};

const server = (model: string) =>
  exampleDeployment({
    image: `registry.crisis.example.ch/vllm/vllm-openai@sha256:${"0123456789abcdef".repeat(4)}`,
    args: ["--model", model],
    env: [{ name: "VLLM_NO_USAGE_STATS", value: "1" }],
  });

/** UC-AI-004: what answers is what somebody looked at. */
export const modelProvenance: Rule = {
  id: "UC-AI-004",
  name: "model-provenance",
  title: "Models come from a store of your own, by their digest, and nothing downloads one when it starts.",
  rationale:
    "Weights are a program that nobody can read. One that is fetched by its name is whatever stands under that name today, from a company in the United States, and the one that was tested may be gone when a host starts anew. Without a digest, whoever writes into the store decides what is written down.",
  severity: "medium",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "nis2", reference: "21.2.e" },
    { framework: "aiact", reference: "25" },
    { framework: "aiact", reference: "53" },
    { framework: "csf", reference: "SOV-3" },
  ],
  remediation:
    "Read the model's card and its licence, copy the weights into a bucket of your own, and load them from there by their SHA-256.",
  types: ["kubernetes:*", "docker:*", "sovereign-uc:index:*", "*"],
  remedies: {
    components:
      "Give the plan of a Language the `sha256` of its weights: it fetches them from your bucket, and compares.",
    pulumi:
      "Fetch weights in user data from your own store, and compare them with `sha256sum --check` before anything loads them.",
    kubernetes:
      'Give the server a path, as `args: ["--model", "/models/mistral-7b"]`, and fill it in an init container that compares the digest.',
  },
  beyond:
    "No law asks for a digest. The licence of a model is not judged: no input of a stack shows that somebody has read it.",
  examples: {
    good: [server("/models/mistral-7b"), ...exampleGuards],
    bad: [server("mistralai/Mistral-7B-Instruct-v0.3"), ...exampleGuards],
  },
  check: (subject) => judge(subject),
  checkStack: (subjects) => served(subjects),
};

const judge = (subject: Subject): Verdict =>
  judgeSwitches(subject, switches, (read) => all(loaded(read), fetched(read), stored(read)));

/** Containers of servers whose variables come from other objects. */
const served = (subjects: readonly Subject[]): Verdict =>
  sourced(subjects, ({ image }) => serverOf(image) !== undefined, named);

/** Models that servers are told to load. */
function loaded(read: Reading): Found {
  return all(
    ...containers(read).map((container) => ({
      related: serverOf(container.image) !== undefined,
      items: named(container),
    })),
  );
}

const serverOf = (reference: Container["image"]): ModelServer | undefined =>
  typeof reference === "string" ? serverIn(reference) : undefined;

const serverIn = remembering((reference) => modelServers.find((row) => isImageOf(row, reference)));

/** @param resolved variables from the objects that the container names, once they are known */
function named(container: Container, resolved?: Environment): readonly (Finding | Undetermined | Deferred)[] {
  const row = serverOf(container.image);
  if (row === undefined) return [];
  const environment = new Map([...(resolved ?? []), ...container.environment]);
  if (row.offline.some((name) => isOn(environment.get(name)))) return [];
  const words = container.command.split(/[\s="']+/);
  const byOption = words.flatMap((word, i) => {
    const next = words[i + 1];
    const isNamed = row.options.some((option) => (option === "" ? word === "serve" : word === `--${option}`));
    return isNamed && next !== undefined ? [[word, next] as const] : [];
  });
  const byVariable = row.variables.flatMap((name) => {
    const value = environment.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const said = [...byOption, ...byVariable].flatMap(([name, value]) => judgeName(name, value, row, container.path));
  if (said.length === 0 && container.sources.length > 0 && resolved === undefined)
    return [{ deferred: `the environment of ${container.path} comes from another object` }];
  return said;
}

function judgeName(
  name: string,
  value: string | typeof unknown,
  row: ModelServer,
  path: string,
): readonly (Finding | Undetermined)[] {
  if (value === unknown || value.includes("$"))
    return [
      {
        undetermined: `${name} of ${row.name}${place(path)}, which is put in elsewhere`,
        action: "write the path of the model",
      },
    ];
  return value.split(/[,;[\]"'\s]+/).some((one) => hubName.test(one))
    ? [
        {
          found: `${name} of ${row.name}${place(path)} with the name of a model, which is downloaded from Hugging Face when it starts`,
          allowed: switches.allowed,
          action: "name the path of weights that were copied from your own store, and set HF_HUB_OFFLINE=1",
        },
      ]
    : [];
}

/** Scripts that fetch weights and compare them with nothing. */
function fetched({ leaves }: Reading): Found {
  const found = leaves
    .filter((leaf) => isUncheckedLeaf(leaf))
    .map(({ path }) => ({
      found: `weights that are fetched${place(path)} and compared with no digest`,
      allowed: switches.allowed,
      action: "compare them with their SHA-256 before anything loads them",
    }));
  return { items: found, related: found.length > 0 };
}

const isUncheckedLeaf = ofLeaf(({ text }) => isUnchecked(text));

const isUnchecked = remembering((text): boolean => {
  if (!weightsFetched.test(text)) return false;
  const lines = readableLines(text);
  return lines.some((line) => weightsFetched.test(line)) && !lines.some((line) => weightsChecked.test(line));
});

const uriKeys = ["storageUri"] as const;
const urisKeys = ["storageUris"] as const;

/** Places that KServe loads models from. */
function stored(read: Reading): Found {
  const uris = [
    ...filesOf(read)(uriKeys).map(({ path, value }) => [path, at(value, "storageUri")] as const),
    ...filesOf(read)(urisKeys).flatMap(({ path, value }) =>
      listed(at(value, "storageUris")).map((uri) => [path, uri] as const),
    ),
  ];
  return {
    related: uris.length > 0,
    items: uris.flatMap(([path, uri]): readonly (Finding | Undetermined)[] => {
      if (uri === unknown)
        return [{ undetermined: `storageUri${place(path)}, which is not known`, action: "write it as plain text" }];
      const row = typeof uri === "string" ? storageSchemes.find(({ scheme }) => scheme.test(uri.trim())) : undefined;
      return row === undefined
        ? []
        : [
            {
              found: `a model by storageUri${place(path)}: ${row.what}`,
              allowed: switches.allowed,
              action: "load it from a volume or a bucket of your own, or as an image by its digest",
            },
          ];
    }),
  };
}

const listed = (value: Value): readonly Value[] =>
  value === unknown ? [unknown] : items(value).map((one) => at(one, "uri"));

import { exampleNetwork } from "../examples";
import { createHash } from "node:crypto";
import { opaqueTypes, renderers } from "../facts/opaque";
import { knownScripts } from "../facts/scripts";
import type { Context, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import { runsElsewhere } from "../extract/downloads";
import { ofLeaf } from "../extract/leaf";
import { remembering } from "../extract/memo";
import { recipeFiles } from "../extract/recipe";
import { partial, place, reading } from "../extract/scan";
import { manifestsIn } from "../extract/manifests";
import { isProvider } from "../extract/subject";
import { at, entries, isObject, unknown } from "../extract/value";

/** UC-OPQ-001: a resource whose effect cannot be read is not deployed. */
export const opaqueResource: Rule = {
  id: "UC-OPQ-001",
  name: "opaque-resource",
  title: "Every deployed resource can be judged.",
  rationale:
    "A chart that is rendered later, a script, code inside the program: all other rules would pass them unseen. They count as undetermined, so they stop the deployment until they are reviewed and accepted by name.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "nis2", reference: "21.2.e" },
    { framework: "ir2024-2690", reference: "6.3" },
    { framework: "csf", reference: "SOV-5" },
  ],
  remediation:
    "Use typed resources and recipes, or list the resource under the setting `opaque` with the reason why it is accepted.",
  types: [
    "command:*",
    "kubernetes:*",
    "docker:*",
    "docker-build:*",
    "pulumi-nodejs:*",
    "pulumi:pulumi:StackReference",
    "*",
  ],
  remedies: {
    components: "Use components and recipes: their scripts are known by digest.",
    pulumi:
      "Replace commands and dynamic providers by typed resources, or list each under `opaque` with who looked at it and why.",
    kubernetes: "Apply what a chart renders as typed objects, in place of a Release, an Application or a HelmChart.",
  },
  examples: {
    good: [exampleNetwork],
    bad: [{ type: "command:local:Command", properties: { create: "true" } }],
  },
  check: judge,
};

const scripts = new Map(knownScripts.map(({ digest, source }) => [digest, source]));

const allowed = "resources that can be judged, our own scripts by digest, and what `opaque` lists with a reason";

function judge(subject: Subject, { settings: { opaque } }: Context): Verdict {
  const known = [...ofType(subject), ...rendered(subject), ...commanded(subject), ...fetched(subject)];
  const items = known.some((item) => "later" in item) ? known : [...known, ...unseen(subject)];
  const related = items.length > 0 || ofOpaqueType(subject.type) !== undefined;
  if (!related) return undefined;
  return opaque.some(({ resource }) => resource === subject.name || resource === subject.urn) ? [] : items;
}

const ofOpaqueType = remembering((given) =>
  opaqueTypes.find(({ type }) => (type.endsWith("*") ? given.startsWith(type.slice(0, -1)) : given === type)),
);

function ofType(subject: Subject): readonly (Finding | Undetermined)[] {
  const row = ofOpaqueType(subject.type);
  if (row === undefined) return [];
  const refused = {
    found: `${subject.type} "${subject.name}", which cannot be judged: ${row.why}`,
    allowed,
    action: row.action,
  };
  return subject.type === "command:remote:Command" ? command(subject, refused) : [refused];
}

/** A command runs scripts of ours only, byte for byte, with an environment that changes nothing in them, and a recipe that can be read. */
function command({ properties }: Subject, refused: Finding): readonly (Finding | Undetermined)[] {
  const given = ["create", "update", "delete"]
    .map((step) => at(properties, step))
    .filter((script) => script !== undefined && script !== null);
  const environment = at(properties, "environment");
  // What is not known is no script of ours, and no environment that is empty.
  const sources = given.map((script) =>
    typeof script === "string" ? scripts.get(createHash("sha256").update(script).digest("hex")) : undefined,
  );
  const set =
    entries(environment).length > 0 || (environment !== undefined && environment !== null && !isObject(environment));
  if (given.length === 0 || set || sources.includes(undefined)) return [refused];
  if (!sources.some((source) => source?.endsWith("/converge.sh"))) return [];
  const stdin = at(properties, "stdin");
  if (stdin === unknown)
    return [{ undetermined: "the recipe on standard input is not known before the update", later: true }];
  if (recipeFiles(stdin) === undefined)
    return [
      {
        ...refused,
        found: "a recipe on standard input that cannot be read",
        action: "give what payload() makes of a recipe",
      },
    ];
  return [];
}

/** Objects that something in the cluster renders or fetches later, also where they stand in a text. */
function rendered(subject: Subject): readonly Finding[] {
  const read = reading(subject);
  const kinds = manifestsIn(subject, read);
  const rows = renderers.filter(({ group, kinds: list }) =>
    kinds.some((kind) => kind.group === group && (list.length === 0 || list.includes(kind.kind))),
  );
  return rows.map(({ group, why }) => ({
    found: `an object of ${group} in "${subject.name}", which cannot be judged: ${why}`,
    allowed,
    action: "use typed resources, or list it under `opaque` with the name of who looked at what it renders",
  }));
}

/** Agents that cloud-init installs, with a key of each: they take their orders from a server, for as long as the host lives. */
const agents: readonly (readonly [module: string, keys: readonly string[]])[] = [
  ["ansible", ["pull", "setup_controller"]],
  ["chef", ["server_url", "validation_cert", "install_type", "run_list"]],
  ["puppet", ["conf", "install", "start_agent", "package_name"]],
  ["salt_minion", ["conf", "pkg_name", "service_name"]],
];

function commanded(subject: Subject): readonly Finding[] {
  return reading(subject).documents.flatMap(({ path, value }) =>
    agents.flatMap(([module, keys]) =>
      path !== "" && keys.some((key) => at(value, module, key) !== undefined)
        ? [
            {
              found: `the module ${module} of cloud-init in ${path}, whose orders come from elsewhere, after every rule has run`,
              allowed,
              action: "bring the settings along, or list the resource under `opaque` with a reason",
            },
          ]
        : [],
    ),
  );
}

/** A text that is not known may hold a script; what a provider keeps to itself is its credentials. */
const unseen = (subject: Subject): readonly Undetermined[] =>
  reading(subject).partial && !isProvider(subject) ? [partial] : [];

const fetched = (subject: Subject): readonly Finding[] => reading(subject).texts.flatMap((leaf) => fetchedIn(leaf));

const fetchedIn = ofLeaf(({ path, text }): readonly Finding[] => {
  const how = runsElsewhere(text);
  if (how === undefined) return [];
  const [found, action] =
    how === "script"
      ? [`a script${place(path)} that is fetched and run, which cannot be judged`, "bring the script along"]
      : [
          `a command${place(path)} that makes objects of what it fetches, which cannot be judged`,
          "make typed resources of them",
        ];
  return [{ found, allowed, action: `${action}, or list the resource under \`opaque\` with a reason` }];
});

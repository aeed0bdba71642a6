import { createHash } from "node:crypto";
import { opaqueTypes, renderers } from "../facts/opaque";
import { knownScripts } from "../facts/scripts";
import type { Context, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import { spokenLines } from "../extract/comments";
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

/** A script that is fetched and run at once: what it does is decided elsewhere, and later. */
const run =
  /\b(curl|wget|aria2c|fetch)\s[^|]{0,400}\|\s{0,8}((sudo|doas|env|exec|nohup|time)\s{1,8}(\S{1,40}\s{1,8}){0,6})?(\S{0,40}\/)?(sh|bash|dash|zsh|ash|python3?|perl|node)\b/;
const sourced = /\b(sh|bash|dash|zsh|eval|source)\b[^|]{0,60}(<\(|\$\(|`)\s{0,8}(curl|wget|aria2c|fetch)\s/;
/** The same in languages that have words of their own for it. */
const evaluated: readonly RegExp[] = [
  /\b(exec|eval)\s{0,4}\(.{0,200}\b(urlopen|requests\.get|urlretrieve|http\.get|file_get_contents)\b/,
  /\b(iwr|irm|curl|wget|Invoke-WebRequest|Invoke-RestMethod)\b[^|]{0,400}\|\s{0,8}(iex|Invoke-Expression)\b/i,
  /\b(iex|Invoke-Expression)\b.{0,200}\b(DownloadString|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b/i,
  /(^|[\s;&|/])ansible-pull\s/,
];
const included = /^\s{0,8}#include|^\s{0,8}-?\s{0,4}x-include-url\b/;

const file = /["']?([\w./${}-]{1,120})/.source;
/** A download into a file, and the name of that file. */
const kept = new RegExp(
  `^(?:curl|wget|aria2c|fetch)(?:\\s.{0,400}?)?\\s(?:-[a-zA-Z]{0,8}[oO]|--output(?:-document)?|>)[\\s=]{0,4}${file}`,
);
/** Files that a line runs: behind an interpreter, made executable, or as a command. */
const started = [
  new RegExp(
    `(?:(?:^|[\\s;&|(/])(?:sh|bash|dash|zsh|ash|python3?|perl|node)|(?:^|[;&|(])\\s{0,8}(?:source|\\.))\\s{1,4}(?:-\\S{1,20}\\s{1,4}){0,3}${file}(?=["']?(?:[\\s;&|)]|$))`,
    "g",
  ),
  new RegExp(`\\bchmod\\s{1,4}(?:\\S{0,8}\\+\\S{0,3}x\\S{0,3}|0?[157]\\d\\d)\\s{1,4}${file}`, "g"),
  new RegExp(`(?:^|[;&|])\\s{0,8}(?:sudo\\s{1,4})?${file}(?=["']?(?:[\\s;&|)]|$))`, "g"),
];
/** A repository that is fetched, and its folder. */
const cloned =
  /\bgit\s(?:-\S{1,20}\s)*clone\s+(?:-\S{1,40}\s+(?:\d+\s+)?)*["']?([^\s"']{1,200})["']?(?:\s+["']?([\w./~-]{1,120}))?/;
/** Commands that compare a download with what was agreed before. */
const compared =
  /\b(sha(1|224|256|384|512)sum|b2sum)\b.{0,80}\s(-c|--check|--status)\b|\b(gpg|cosign|minisign|signify|openssl)\s.{0,80}verify|\bgpgv\s/;

/** True if a text fetches a file and runs it later, with nothing that compares it. */
function runsDownload(lines: readonly string[]): boolean {
  const plain = (name: string): string => name.replace(/^\.\//, "");
  const names = new Set(
    lines.flatMap((line) =>
      line
        .split(/(?=\b(?:curl|wget|aria2c|fetch)\s)/)
        .flatMap((part) => kept.exec(part.slice(0, 600))?.[1] ?? [])
        .filter((name) => /\w/.test(name) && name !== "/dev/null")
        .map(plain),
    ),
  );
  if (lines.some((line) => compared.test(line))) return false;
  const folders = lines.flatMap((line) => {
    const [
      ,
      url = "",
      folder = url
        .replace(/\.git$/, "")
        .split("/")
        .at(-1) ?? "",
    ] = cloned.exec(line) ?? [];
    return url === "" ? [] : [`${plain(folder)}/`];
  });
  const isFetched = (name: string): boolean =>
    names.has(name) || folders.some((folder) => name.startsWith(folder) || name.includes(`/${folder}`));
  return lines.some((line) =>
    started.some((pattern) => [...line.matchAll(pattern)].some(([, name = ""]) => isFetched(plain(name)))),
  );
}

/** A text that is not known may hold a script; what a provider keeps to itself is its credentials. */
const unseen = (subject: Subject): readonly Undetermined[] =>
  reading(subject).partial && !isProvider(subject) ? [partial] : [];

function fetched(subject: Subject): readonly Finding[] {
  const paths = new Set(reading(subject).texts.flatMap(({ path, text }) => (runsWhatItFetches(text) ? [path] : [])));
  return [...paths].map((path) => ({
    found: `a script${place(path)} that is fetched and run, which cannot be judged`,
    allowed,
    action: "bring the script along, or list the resource under `opaque` with a reason",
  }));
}

const runsWhatItFetches = remembering((text): boolean => {
  const lines = spokenLines(text);
  return (
    (/curl|wget|aria2c|fetch|clone/.test(text) &&
      (lines.some((line) => run.test(line) || sourced.test(line)) || runsDownload(lines))) ||
    (/exec|eval|iex|invoke|ansible-pull/i.test(text) &&
      lines.some((line) => evaluated.some((pattern) => pattern.test(line)))) ||
    (text.includes("nclude") && lines.some((line) => included.test(line) && /:\/\//.test(lines.join("\n"))))
  );
});

import { commandsOf } from "./commands";
import { spokenLines } from "./comments";
import { remembering } from "./memo";

/** A script that is fetched and run at once: what it does is decided elsewhere, and later. */
const run =
  /\b(curl|wget|aria2c|fetch)\s[^|]{0,400}(?:\|[^|]{1,100}){0,3}\|\s{0,8}((sudo|doas|env|exec|nohup|time|xargs)\s{1,8}(\S{1,40}\s{1,8}){0,6})?(\S{0,40}\/)?(sh|bash|dash|zsh|ash|python3?|perl|node|lua|ruby|php|tclsh|Rscript)\b/;
const sourced = /\b(sh|bash|dash|zsh|eval|source)\b[^|]{0,60}(<\(|\$\(|`)\s{0,8}(curl|wget|aria2c|fetch)\s/;
/** The same in languages that have words of their own for it. */
const evaluated: readonly RegExp[] = [
  /\b(exec|eval)\s{0,4}\(.{0,200}\b(urlopen|requests\.get|urlretrieve|http\.get|file_get_contents)\b/,
  /\b(iwr|irm|curl|wget|Invoke-WebRequest|Invoke-RestMethod)\b[^|]{0,400}\|\s{0,8}(iex|Invoke-Expression)\b/i,
  /\b(iex|Invoke-Expression)\b.{0,200}\b(DownloadString|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b/i,
  /(^|[\s;&|/])ansible-pull\s/,
  /\bdeno\s+(run|install)\s.{0,100}https?:\/\//,
  /(^|[;&|])\s{0,8}\.\s+<\(\s{0,8}(curl|wget)\s/,
  /\beval\b.{0,200}["'(]https?:\/\//,
  /https?:\/\/.{0,300}\.then\(\s{0,4}eval\b/,
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
/** A download that keeps the name that it has there. */
const asNamed =
  /^(?:curl\s(?:.{0,200}\s)?-[a-zA-Z]{0,6}O[a-zA-Z]{0,6}\s|curl\s(?:.{0,200}\s)?--remote-name\s|wget\s(?!(?:.{0,300}\s)?-\w*O)).{0,300}?https?:\/\/[^\s"']*\/([\w.-]{1,100})(?=["'\s;|&)]|$)/;
/** A download that a program writes down. */
const written = /^(?:curl|wget)\s.{0,400}?\|\s{0,4}(?:sudo\s{1,4})?tee\s{1,4}(?:-a\s{1,4})?["']?([\w./${}-]{1,120})/;
/** A folder into which a download is unpacked. */
const unpacked =
  /^(?:curl|wget)\s.{0,400}?\|\s{0,4}(?:sudo\s{1,4})?(?:tar|bsdtar|cpio)\b.{0,100}?\s(?:-C|--directory)[\s=]{0,4}["']?(?=[./-]{0,20}\w)([\w./-]{1,120})/;
/** A download that a variable holds, and its use. */
const held = /\b(\w{1,64})=["']?(?:\$\(|`)\s{0,4}(?:curl|wget)\s/;
/** Commands that build what stands in the folder. */
const built =
  /(^|[\s;&|])(make|cmake|ninja|meson|go\s+(run|build|install)|cargo\s+(run|build|install)|npm\s+(install|ci|run)|pip3?\s+install|python3?|docker\s+build|ansible-playbook|\.\/\S+)/;
/** Packages that are installed of a file. */
const installed = new RegExp(
  `\\b(?:dpkg\\s+(?:-i|--install)|rpm\\s+-\\w{0,16}[iU]\\w{0,16}|(?:apt|apt-get|dnf|yum|apk)\\s+(?:-\\S+\\s+)*(?:install|add)(?:\\s+-\\S+)*|install\\s+(?:-\\S+\\s+(?:\\d{3,4}\\s+)?)*)\\s{0,16}${file}`,
  "g",
);
/** A repository that is fetched, and its folder. */
const cloned =
  /\bgit\s+(?:-\S{1,40}\s+(?:(?!clone\s)[^-\s]\S{0,120}\s+)?){0,8}clone\s+(?:-\S{1,40}\s+(?:\d+\s+)?)*["']?([^\s"';&|]{1,200})["']?(?:\s+["']?([\w./~-]{1,120}))?/;
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
        .flatMap((part) => [kept, asNamed, written].flatMap((pattern) => pattern.exec(part.slice(0, 600))?.[1] ?? []))
        .filter((name) => /\w/.test(name) && name !== "/dev/null")
        .map(plain),
    ),
  );
  if (lines.some((line) => compared.test(line))) return false;
  const folders = lines.flatMap((line) => {
    const into = line.split(/(?=\b(?:curl|wget)\s)/).flatMap((part) => unpacked.exec(part.slice(0, 600))?.[1] ?? []);
    if (into.length > 0) return into.map((folder) => `${plain(folder).replace(/\/$/, "")}/`);
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
  const entered = lines.findIndex((line) =>
    folders.some((folder) =>
      new RegExp(`\\bcd\\s+["']?(\\S{0,100}/)?${escaped(folder.replace(/\/$/, ""))}["']?(\\s|;|&|$)`).test(line),
    ),
  );
  if (entered >= 0 && lines.slice(entered, entered + 20).some((line) => built.test(line))) return true;
  const variables = lines.flatMap((line) => held.exec(line)?.[1] ?? []);
  if (
    variables.some((name) =>
      lines.some((line) => new RegExp(`\\b(eval|(ba|da|z)?sh|source|python3?)\\b.{0,60}\\$\\{?${name}\\b`).test(line)),
    )
  )
    return true;
  return lines.some((line) =>
    [...started, installed].some((pattern) =>
      [...line.matchAll(pattern)].some(([, name = ""]) => isFetched(plain(name))),
    ),
  );
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Programs by which something in a cluster or in a cloud is made of what they fetch, and the words that say so. */
const deploying: ReadonlyMap<string, RegExp> = new Map([
  ["helm", /\s(install|upgrade)\s/],
  ["helmfile", /\s(apply|sync)\b/],
  [
    "kubectl",
    /\s(apply|create|replace)\s.{0,200}?(-f|--filename)[\s=]["']?https?:\/\/|\sapply\s.{0,200}?(-k|--kustomize)[\s=]["']?[\w.-]+\.[a-z]{2,}\//,
  ],
  ["flux", /\s(bootstrap|install)\b/],
  ["argocd", /\sapp\s+(create|sync)\b/],
  ["istioctl", /\sinstall\b/],
  ["linkerd", /\sinstall\b/],
  ["cilium", /\sinstall\b/],
  ["clusterctl", /\sinit\b/],
  ["terraform", /\sapply\b/],
  ["tofu", /\sapply\b/],
  ["terragrunt", /\sapply\b/],
  ["pulumi", /\sup\b/],
]);

/** Way in which a text runs what nobody sees: as a script that it fetches, or as objects that something makes of what it fetches. */
export const runsElsewhere = remembering((text): "script" | "objects" | undefined => {
  const lines = spokenLines(text);
  // Words whose parts are put together stand in the lines only.
  const whole = lines.join("\n");
  const hit =
    (/curl|wget|aria2c|fetch|clone/.test(whole) &&
      (lines.some((line) => run.test(line) || sourced.test(line)) || runsDownload(lines))) ||
    (/exec|eval|iex|invoke|ansible-pull|deno|<\(/i.test(whole) &&
      lines.some((line) => evaluated.some((pattern) => pattern.test(line)))) ||
    (whole.includes("://") && lines.some((line) => included.test(line)));
  if (hit) return "script";
  return anyDeploying.test(whole) &&
    commandsOf(text).some(({ program, line }) => deploying.get(program)?.test(line) === true)
    ? "objects"
    : undefined;
});

const anyDeploying = new RegExp(`\\b(${[...deploying.keys()].join("|")})["']?\\s`);

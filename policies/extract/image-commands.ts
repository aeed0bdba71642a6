import { type ImageToolFact, imageTools, scannedSchemes, scannerWords } from "../facts/image-tools";
import { spokenLines } from "./comments";
import { remembering } from "./memo";
import { isOther, type Reference } from "./images";
import type { Leaf } from "./leaf";

/** Programs that fetch images, by name. */
const tools: ReadonlyMap<string, ImageToolFact> = new Map(imageTools.map((row) => [row.tool, row]));

/** A word that stands in every line that fetches an image. */
const mayFetch = new RegExp([...tools.keys(), "://"].join("|"));

/** Parts of Docker that have the words of images for things of their own: `docker volume create`. */
const making =
  /\s(volume|network|context|secret|config|plugin|swarm|buildx|builder|compose)\s(?!(.*\s)?(container|image)\s)/;

/** True if a word of Docker's, and of those that are like it, is about an image: `inspect` is only of a registry's manifests. */
const isOfImages = (before: readonly string[], word: string): boolean =>
  word === "inspect"
    ? before.some((one) => one === "imagetools" || one === "manifest")
    : !making.test(`${before.join(" ")} `);

/** Options that stand alone; every other one takes the word after it, unless it has an equals sign. */
const alone =
  /^(-[ditPqaf]+|--(rm|init|detach|interactive|tty|privileged|read-only|publish-all|quiet|no-healthcheck|oom-kill-disable|replace|all-platforms|all|local|all-tags))$/;

const bare = (word: string): string => word.replace(/^["'`]+|["'`,]+$/g, "");

const schemes = (isImage: boolean): string =>
  scannedSchemes
    .filter((row) => row.isImage === isImage)
    .map(({ scheme }) => scheme)
    .join("|");

/** A reference behind a word that says where it is read: `registry:alpine`, `docker:alpine`. */
const sourced = new RegExp(`^(${schemes(true)}):(?!//)`);

/** References that a command fetches. Each word is looked at once, so a line of any length takes no longer than it is long. */
function fetchedBy(words: readonly string[]): readonly string[] {
  const found: string[] = [];
  let tool: ImageToolFact | undefined;
  let before: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = bare(words[i] ?? "");
    const name = word.slice(word.lastIndexOf("/") + 1);
    const known = tools.get(name);
    if (/^(docker|oci|registry|docker-image|podman):\/\/[\w.[]/.test(word))
      found.push(word.replace(/^(docker-image|podman)/, "docker"));
    else if (/=docker-image:\/\/\w/.test(word)) found.push(word.slice(word.indexOf("docker-image://") + 15));
    else if (known !== undefined) {
      [tool, before] = [known, [name]];
      // A scanner takes the image as its first word.
      if (known.words.includes(name)) found.push(...scanned(operand(words, i)));
    } else if (tool === undefined) continue;
    else if (tool.options.includes(word.replace(/=.*/, "")))
      found.push(word.includes("=") ? word.slice(word.indexOf("=") + 1) : bare(words[++i] ?? ""));
    else if (tool.tool === "kubectl" && word === "image" && before.at(-1) === "set") {
      for (i++; i < words.length; i++) found.push(...(/^[\w.-]+=(\S+)/.exec(bare(words[i] ?? ""))?.slice(1) ?? []));
    } else if (tool.words.includes(word) && (!likeDocker.has(tool.tool) || isOfImages(before, word))) {
      const scanner = tool.words.includes(tool.tool);
      found.push(...(scanner ? scanned(operand(words, i)) : operand(words, i)));
      tool = undefined;
    } else if (before.length < 20) before.push(word);
  }
  return found.filter((reference) => !/^[$&<>|]|^\\?$/.test(reference));
}

const likeDocker = new Set(["docker", "podman", "nerdctl"]);

/** Images among the operands of a scanner: its own words, files, folders and lists are none. */
const scanned = (words: readonly string[]): readonly string[] =>
  words.filter((word) => !notImage.test(word) && !ofScanners.has(word)).map((word) => word.replace(sourced, ""));

const notImage = new RegExp(`^(${schemes(false)}):`);
const ofScanners: ReadonlySet<string> = new Set(scannerWords.map(({ word }) => word));

/** The first word behind another that is no option. */
function operand(words: readonly string[], i: number): readonly string[] {
  let next = i + 1;
  for (; bare(words[next] ?? "").startsWith("-"); next++)
    if (!alone.test(bare(words[next] ?? "")) && !(words[next] ?? "").includes("=")) next++;
  return [bare(words[next] ?? "")];
}

/**
 * References of a Dockerfile: its first instruction is FROM or ARG, or it stands in a script after `<<`. SQL has the word FROM, too. What arguments stand for is
 * put in their places at the end of the lines.
 */
function dockerfile(lines: readonly string[]): readonly string[] {
  let open = false;
  const stages = new Set<string>();
  const found: string[] = [];
  const add = (text: string): void => {
    if (text !== "scratch" && !text.startsWith("$") && !stages.has(text)) found.push(text);
  };
  lines.forEach((line, i) => {
    if (i === 0 || /<<-?\s*["']?\w+/.test(lines[i - 1] ?? "")) open = /^\s*(FROM|ARG|from|arg)\s/.test(line);
    if (!open) return;
    const [, reference, stage = ""] =
      /^\s*FROM\s+(?:--\S+\s+)*([a-z0-9[$][^\s;]*)(?:\s+AS\s+(\S+))?\s*$/i.exec(line) ?? [];
    if (reference !== undefined) add(reference);
    stages.add(stage);
    const [, copies, runs] = /^\s*(?:(COPY|ADD)|(RUN))\s/i.exec(line) ?? [];
    const from = copies !== undefined ? /\s--from=([\w./:@$-]+)/g : /\s--mount=\S{0,200}?from=([\w./:@$-]+)/g;
    for (const [, other = ""] of copies === undefined && runs === undefined ? [] : line.matchAll(from))
      if (/[/:]|^[a-z][\w-]*$/i.test(other)) add(other);
  });
  return found;
}

/** References in a text that is no data: scripts, units, Dockerfiles, templates. */
export const referencesInText = ({ path, text }: Leaf): readonly Reference[] =>
  fetchedIn(text).map((reference) => ({ path, text: reference, certain: false }));

/** Settings and options of programs that start containers: `sandbox_image = "…"`, `--pod-infra-container-image …`. */
const ofSettings =
  /(?:^|[\s"'{,])(?:[\w.-]{1,60}[-_]image["']?[ \t]{0,8}[:=]|--[\w.-]{1,60}-image\s)[ \t]{0,8}["']?([\w.-]+(?:\/[\w./-]+)(?:[:@][\w.:-]+)?)(?=["',}\s]|$)/g;

const fetchedIn = remembering((text): readonly string[] => {
  // One word is no command, and no line of a Dockerfile.
  if (!/\s|image/i.test(text)) return [];
  const lines = spokenLines(text);
  const continued = lines
    .join("\n")
    .replace(/\\[ \t]*\n/g, " ")
    .split("\n");
  const frontend = /^#[ \t]{0,8}syntax[ \t]{0,8}=[ \t]{0,8}(\S+)(?=[ \t]{0,8}\n)(?=[^]*^[ \t]{0,16}FROM\s)/im.exec(
    text.slice(0, 20_000),
  )?.[1];
  const withImage = lines.filter((line) => line.includes("mage"));
  const all = [
    ...(frontend === undefined ? [] : [frontend]),
    ...withImage.flatMap((line) =>
      [...line.matchAll(/(?:^|[\s"'{,])["']?(?:image|Image)["']?[ \t]{0,8}[:=][ \t]{0,8}["']?([^\s"',{}]+)/g)].map(
        ([, one]) => one ?? "",
      ),
    ),
    ...withImage.flatMap((line) => [...line.matchAll(ofSettings)].map(([, one]) => one ?? "")),
    ...continued.flatMap((line) =>
      mayFetch.test(line) ? line.split(/[|;&]/).flatMap((command) => fetchedBy(command.split(/\s+/))) : [],
    ),
    ...dockerfile(continued),
  ];
  return [...new Set(all)].filter((reference) => !isOther(reference));
});

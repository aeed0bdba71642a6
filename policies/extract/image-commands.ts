import { spokenLines } from "./comments";
import { remembering } from "./memo";
import { isOther, type Reference } from "./images";
import type { Leaf } from "./text";
import { hasKey } from "./value";

/** Tools that fetch images, and the words after which a reference stands. */
const crane = ["pull", "copy", "cp", "export", "manifest", "digest", "config", "flatten", "mutate", "append"];
const tools: Readonly<Record<string, readonly string[]>> = {
  docker: ["pull", "run", "create", "inspect"],
  podman: ["pull", "run", "create"],
  nerdctl: ["pull", "run", "create"],
  crictl: ["pull"],
  ctr: ["pull"],
  buildah: ["pull", "from"],
  crane,
  gcrane: crane,
  oras: ["pull", "copy", "cp", "fetch", "discover", "backup"],
  skopeo: [],
  kubectl: [],
  apptainer: [],
  singularity: [],
  regctl: ["copy", "get-file", "export", "manifest", "digest", "inspect"],
  trivy: ["image", "i"],
  grype: ["grype"],
  syft: ["syft", "scan"],
  dive: ["dive"],
  cosign: ["copy", "verify", "download", "tree", "triangulate", "load"],
};

/** Options whose word is a reference, by program. */
const options: Readonly<Record<string, RegExp>> = {
  kubectl: /^--image$/,
  imgpkg: /^(-b|-i|--bundle|--image)$/,
  pack: /^(-B|--builder|--run-image|--lifecycle-image)$/,
  kaniko: /^--base-image$/,
};

/** Parts of Docker that have the words of images for things of their own: `docker volume create`. */
const others =
  /^(volume|network|context|secret|config|plugin|swarm|stack|node|buildx|builder|system|inspect|container|image|compose)$/;
const making = /^(volume|network|context|secret|config|plugin|swarm|buildx|builder|compose)$/;

/** True if a word of Docker's is about an image: `inspect` is only of a registry's manifests. */
const isOfImages = (before: readonly string[], word: string): boolean => {
  const part = before.filter((one) => others.test(one)).at(-1) ?? "";
  return word === "inspect" ? before.some((one) => one === "imagetools" || one === "manifest") : !making.test(part);
};

/** Options that stand alone; every other one takes the word after it, unless it has an equals sign. */
const alone =
  /^(-[ditPqaf]+|--(rm|init|detach|interactive|tty|privileged|read-only|publish-all|quiet|no-healthcheck|oom-kill-disable|replace|all-platforms|all|local|all-tags))$/;

const bare = (word: string): string => word.replace(/^["'`]+|["'`,]+$/g, "");

/** A reference behind a word that says where it is read: `registry:alpine`, `docker:alpine`. */
const sourced = /^(registry|docker|podman|oci-registry):(?!\/\/)/;

/** References that a command fetches. Each word is looked at once, so a line of any length takes no longer than it is long. */
function fetchedBy(words: readonly string[]): readonly string[] {
  const found: string[] = [];
  let tool: string | undefined;
  let before: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = bare(words[i] ?? "");
    const name = word.slice(word.lastIndexOf("/") + 1);
    const known = hasKey(tools, name) || hasKey(options, name);
    const starts = known && (tool === undefined || !before.includes(tool) || tools[tool]?.includes(name) !== true);
    if (/^(docker|oci|registry|docker-image):\/\/[\w.[]/.test(word)) found.push(word.replace("docker-image", "docker"));
    else if (/=docker-image:\/\/\w/.test(word)) found.push(word.slice(word.indexOf("docker-image://") + 15));
    else if (starts) {
      [tool, before] = [name, [name]];
      // A scanner takes the image as its first word.
      if (tools[name]?.includes(name) === true) found.push(...operand(words, i));
    } else if (tool === undefined) continue;
    else if (options[tool]?.test(word.replace(/=.*$/, "")) === true)
      found.push(word.includes("=") ? word.slice(word.indexOf("=") + 1) : bare(words[++i] ?? ""));
    else if (tool === "kubectl" && word === "image" && before.at(-1) === "set") {
      for (i++; i < words.length; i++) found.push(...(/^[\w.-]+=(\S+)$/.exec(bare(words[i] ?? ""))?.slice(1) ?? []));
    } else if (tools[tool]?.includes(word) === true && (tool !== "docker" || isOfImages(before, word))) {
      found.push(...operand(words, i));
      tool = undefined;
    } else if (before.length < 20) before.push(word);
  }
  return found
    .filter((reference) => !/^[$&<>|]|^\\?$/.test(reference))
    .map((reference) => reference.replace(sourced, ""));
}

/** The first word behind another that is no option. */
function operand(words: readonly string[], i: number): readonly string[] {
  let next = i + 1;
  for (; next < words.length && bare(words[next] ?? "").startsWith("-"); next++)
    if (!alone.test(bare(words[next] ?? "")) && !(words[next] ?? "").includes("=")) next++;
  const word = bare(words[next] ?? "");
  return word === "" || /^(dir|file|docker-archive|oci-archive|oci-dir|sbom|version|help)\b/.test(word) ? [] : [word];
}

/** References of a Dockerfile: its first instruction is FROM or ARG, or it stands in a script after `<<`. SQL has the word FROM, too. */
function dockerfile(lines: readonly string[]): readonly string[] {
  let open = false;
  let begun = false;
  const stages = new Set<string>();
  const given = new Map<string, string>();
  const found: string[] = [];
  const add = (reference: string): void => {
    const name = /^\$\{?(\w+)\}?$/.exec(reference)?.[1];
    const text = name === undefined ? reference : (given.get(name) ?? reference);
    if (text !== "scratch" && !text.startsWith("$") && !stages.has(text) && !/^\d+$/.test(text)) found.push(text);
  };
  lines.forEach((line, i) => {
    const first = !begun;
    begun ||= !/^\s*(ARG\s.*)?$/.test(line);
    if (first || /<<-?\s*["']?\w+/.test(lines[i - 1] ?? "")) open = /^\s*(FROM|ARG)\s/.test(line);
    if (!open) return;
    const [, key, value] = /^\s*ARG\s+(\w{1,64})=["']?([^\s"']{1,300})/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) given.set(key, value);
    const [, reference, stage] = /^\s*FROM\s+(?:--\S+\s+)*([a-z0-9[$][^\s;]*)(?:\s+AS\s+(\S+))?\s*$/i.exec(line) ?? [];
    if (reference !== undefined) add(reference);
    if (stage !== undefined) stages.add(stage);
    for (const [, other = ""] of line.matchAll(
      /^\s*(?:COPY|ADD|RUN)\s.{0,200}?--(?:from=|mount=\S{0,200}?\bfrom=)([\w./:@$-]+)/gi,
    ))
      if (/[/:]|^[a-z][\w-]*$/i.test(other)) add(other);
  });
  return found;
}

/** References in a text that is no data: scripts, units, Dockerfiles, templates. */
export const referencesInText = ({ path, text }: Leaf): readonly Reference[] =>
  fetchedIn(text).map((reference) => ({ path, text: reference, certain: false }));

const fetchedIn = remembering((text): readonly string[] => {
  // One word is no command, and no line of a Dockerfile.
  if (!/\s|\\[nrt]|image/i.test(text)) return [];
  const lines = spokenLines(text);
  const continued = lines
    .join("\n")
    .replace(/\\[ \t]*\n/g, " ")
    .split("\n");
  const frontend = /^#\s*syntax\s*=\s*(\S+)\s*\n[\s\S]*^\s*FROM\s/im.exec(text.slice(0, 20_000))?.[1];
  const all = [
    ...(frontend === undefined ? [] : [frontend]),
    ...lines.flatMap((line) =>
      [...line.matchAll(/(?:^|[\s"'{,])["']?(?:image|Image)["']?[ \t]{0,8}[:=][ \t]{0,8}["']?([^\s"',{}]+)/g)].map(
        ([, one]) => one ?? "",
      ),
    ),
    ...lines.flatMap((line) =>
      [
        ...line.matchAll(
          /(?:^|[\s"'{,])[\w.]{1,40}-image["']?[ \t]{0,8}[:=][ \t]{0,8}["']?([\w.-]+(?:\/[\w./-]+)(?:[:@][\w.:-]+)?)(?=["',}\s]|$)/g,
        ),
      ].map(([, one]) => one ?? ""),
    ),
    ...continued.flatMap((line) => line.split(/[|;&]/).flatMap((command) => fetchedBy(command.trim().split(/\s+/)))),
    ...dockerfile(lines),
  ];
  return [...new Set(all)].filter((reference) => !isOther(reference));
});

import { remembering } from "./memo";

/** Sign for a part that nobody knows. */
const mark = "\u0001";

/** Lines with their parts put together. */
export interface Joined {
  /** Lines in which variables, pieces of texts and calls were replaced by what they stand for: only those that changed. */
  readonly lines: readonly string[];
  /** Hosts of URLs that are put together of parts, of which nobody knows any end. */
  readonly open: readonly string[];
}

/** Characters of a line that are looked at, and lines that are put together: others are read as they stand. */
const longest = 2000;
const most = 2000;
const rounds = 4;
const variables = 200;

const piece = /"[^"\n]{0,200}"|'[^'\n]{0,200}'|`[^`\n]{0,200}`/.source;
const name = /[A-Za-z_]\w{0,63}/.source;

const assignment = new RegExp(
  `(?:^|[\\s;&|({,])(?:(?:export|local|readonly|declare|const|let|var|my|our|set|ARG|ENV|Environment=)\\s*)?["']?\\$?(${name})["']?(?:\\s{0,3}(:=|\\+=|=(?!=))\\s{0,3}|(?<=\\bset\\s\\$\\w{1,63})\\s+)(\\$\\([^()]{0,300}\\)|${piece}|(?:\\$\\{[^{}\\s]{1,60}\\}|[^\\s;&|"'\`(){}<>,]){1,200})`,
  "g",
);

type Known = ReadonlyMap<string, string>;

const none: Joined = { lines: [], open: [] };

/** Something of what texts hold whose hosts are put together: most hold none of it, and are asked once. */
const mayJoin =
  /[$#]\{?\w|\$\(|["'`]\s{0,3}(\+|\.\.|\.|~|<>|\|\||&)\s{0,3}[\w"'`$(]|["'`] ?["'`]|\\[a-z]|join|printf|format|append|fromCharCode|::-1|%\s?\(|\\\(|\{\w+\}/i;

/** A text with the variables that are known in their places; all others stay. A value that takes others is filled in as well. */
export function filledWith(text: string, known: Known): string {
  let result = text;
  for (let i = 0; i < rounds && result.length < 2 * longest; i++) {
    const next = result.replace(
      /\$\((\w{1,64})\)|\$\{(\w{1,64})\}|\$(\w{1,64})/g,
      (all, a?: string, b?: string, c?: string) => known.get(a ?? b ?? c ?? "") ?? all,
    );
    if (next === result) break;
    result = next;
  }
  return result;
}

/** Puts together what a text joins of parts: variables, pieces with an operator between them, calls that join and format. */
export function joinedIn(lines: readonly string[]): Joined {
  if (lines.length > most) return none;
  const whole = lines.join("\n");
  if (!mayJoin.test(whole)) return none;
  return ofWhole(whole);
}

const ofWhole = remembering((whole) => joined(whole.split("\n")));

function joined(lines: readonly string[]): Joined {
  const values = assigned(lines);
  const found: string[] = [];
  const open = new Set<string>();
  for (const line of lines) {
    if (line.length > longest || !mayJoin.test(line)) continue;
    let text = line;
    for (let i = 0; i < rounds; i++) {
      const next = once(text, values, /\b[fF]["']|\$"/.test(line));
      if (next === text || next.length > 2 * longest) break;
      text = next;
    }
    if (text === line) continue;
    for (const [url, host = "", other = host] of text.matchAll(asked))
      if (isOpen(other)) open.add(url.split(mark).join("…"));
    const plain = text.replace(word, whole);
    if (plain !== emptied(line)) found.push(plain);
  }
  return { lines: found, open: [...open] };
}

/** Words with a mark in them. One whose end is known has any name in the mark's place; of any other, nothing is known that could be read as a host. */
const word = new RegExp(`[\\w.-]*${mark}[\\w.${mark}-]*`, "g");
const whole = (one: string): string =>
  /\.[a-z]{2,24}\.?$/i.test(one.slice(one.lastIndexOf(mark) + 1)) ? one.split(mark).join("part") : "$";

/** A line with nothing in the place of its variables. */
const emptied = (line: string): string =>
  line.replace(/[$#]\{[^{}]{0,200}\}|\$\(\w{1,64}\)|\{\$\w{1,64}\}|\$\w{1,64}/g, "$");

/** Hosts of URLs, with their marks. */
const asked = new RegExp(
  `\\b[a-z][a-z0-9+.-]{1,20}:\\/\\/(?:[^\\s/@"'<>]{0,100}@)?([\\w.-]*${mark}[\\w.${mark}-]*)|(?<=^|[\\s"'=])([\\w.-]*${mark}[\\w.${mark}-]*)(?=:\\d{2,5}(?!\\d))`,
  "gi",
);

/** True if a host is put together of parts that nobody knows, up to its end: a name that ends in the cluster, or under a known domain, is read as it stands. */
const isOpen = (host: string): boolean =>
  new RegExp(`${mark}\\.([\\w.${mark}-]*)${mark}\\.*$|${mark}[\\w-]*\\.${mark}\\.*$`).test(host);

/** Values of variables that are texts of the kind of which hosts are made; those that a command makes of others are marked. */
function assigned(lines: readonly string[]): Known {
  const values = new Map<string, string>();
  for (const line of lines) {
    if (line.length > longest || values.size > variables) continue;
    const [, list, items] = /(?:^|\s)(\w{1,64})=\(([^()]{1,300})\)/.exec(line) ?? [];
    items
      ?.trim()
      .split(/\s+/)
      .forEach((item, i) => values.set(`${list ?? ""}[${i}]`, bare(item)));
    const [, printed, form] = /\bprintf\s+-v\s+(\w{1,64})\s+(.{1,300})/.exec(line) ?? [];
    if (printed !== undefined) values.set(printed, bare(called(`printf ${form ?? ""}`, values).trim()));
    const [, names, texts] = /\bread\s+(?:-\w+\s+)*(\w+(?:\s+\w+)*)\s*<<<\s*["']?([^"']{1,300})/.exec(line) ?? [];
    if (names !== undefined)
      names.split(/\s+/).forEach((one, i) => values.set(one, texts?.trim().split(/\s+/)[i] ?? ""));
    for (const [, key = "", how = "=", text = ""] of line.matchAll(assignment)) {
      const before = how === "+=" ? (values.get(key) ?? "") : "";
      const made = text.startsWith("$(") ? madeBy(text, values) : once(bare(text), values, false);
      if (/^[\w.:/@%{}$()\u0001 -]{0,300}$/.test(made)) values.set(key, (before + made).slice(0, 300));
    }
  }
  return values;
}

const bare = (text: string): string => text.replace(/(["'`])([^]*)\1/, "$2");

/** A text that a command prints: what it formats, what it turns round; anything else is unknown. */
function madeBy(command: string, values: Known): string {
  const inside = command.slice(2, -1);
  const printed = called(inside, values);
  if (/^\s*printf/.test(inside) && !inside.includes("|")) return bare(printed.trim().replace(/printf\s+/, ""));
  const [, text, tool] =
    /^\s*(?:echo|printf)\s(?:\s{0,8}-\w{1,8}\s){0,4}\s{0,8}["']?([^"'|]{1,200})["']?\s{0,8}\|\s{0,8}(\w+)/.exec(
      inside,
    ) ?? [];
  if (tool === "rev") return [...(text ?? "").trim()].reverse().join("");
  return /\b(echo|printf|cat|tr|sed|awk|cut|base64|base32|xxd|openssl|perl|python3?|jq)\b/.test(inside)
    ? `${mark}.${mark}`
    : mark;
}

/** One round: variables, then calls, then pieces. */
const once = (text: string, values: Known, formatted: boolean): string =>
  pieced(called(filled(called(text, values), values, formatted), values), values);

/** Variables of shells, of Kubernetes, of compose, of templates in texts. What has a default has that. */
function filled(text: string, values: Known, formatted: boolean): string {
  if (!/[$#{\\]/.test(text)) return text;
  const of = (key: string): string => values.get(key) ?? mark;
  return text
    .replace(new RegExp(`\\$\\{(${name})(\\[\\d+\\])\\}`, "g"), (_, key: string, i: string) => of(key + i))
    .replace(new RegExp(`\\$\\{(${name})//? /(\\S)\\}`, "g"), (_, key: string, by: string) =>
      of(key).split(" ").join(by),
    )
    .replace(new RegExp(`\\$\\{(${name})%%?([^{}*?]{1,60})\\}`, "g"), (_, key: string, end: string) =>
      of(key).endsWith(end) ? of(key).slice(0, -end.length) : of(key),
    )
    .replace(
      new RegExp(`\\$\\{(${name}):?[-=]([^{}]{0,200})\\}`, "g"),
      (_, key: string, usual: string) => values.get(key) ?? usual,
    )
    .replace(
      new RegExp(`[$#]\\{(${name})\\}|\\$\\((${name})\\)|\\{\\$(${name})\\}|\\$(${name})`, "g"),
      (_, a?: string, b?: string, c?: string, d?: string) => of(a ?? b ?? c ?? d ?? ""),
    )
    .replace(/\$\{[^{}]{1,200}\}|\$\d|\\\([^()]{1,60}\)/g, mark)
    .replace(formatted ? new RegExp(`\\{(${name})\\}`, "g") : /$^/g, (_, key: string) => of(key));
}

const literals = (list: string, values: Known): readonly string[] =>
  [...list.matchAll(new RegExp(`${piece}|${mark}|[\\w.-]+`, "g"))].map(([one]) =>
    /["'`]/.test(one) ? one.slice(1, -1) : (values.get(one) ?? one),
  );

/** Calls that join, format, append and turn round. */
function called(text: string, values: Known): string {
  if (!/join|format|printf|concat|append|fromCharCode|::-1|%|replace/i.test(text)) return text;
  const list = (inner: string): readonly string[] => literals(inner, values);
  return text
    .replace(
      /\[([^[\]]{1,200})\]\s*\.join\(\s*["'`]([^"'`]{0,3})["'`]\s*\)/g,
      (_, inner: string, by: string) => `"${list(inner).join(by)}"`,
    )
    .replace(
      /(["'])([^"']{0,3})\1\.join\(\s*[[(]([^[\]()]{1,200})[\])]\s*\)/g,
      (_, __, by: string, inner: string) => `"${list(inner).join(by)}"`,
    )
    .replace(
      /(?:\$\{\s*)?\bjoin\(\s*["']([^"']{0,3})["']\s*,\s*\[([^[\]]{1,200})\]\s*\)(?:\s*\})?/gi,
      (_, by: string, inner: string) => list(inner).join(by),
    )
    .replace(
      /Join\(\s*\[\]string\{([^{}]{1,200})\}\s*,\s*["']([^"']{0,3})["']\s*\)/g,
      (_, inner: string, by: string) => `"${list(inner).join(by)}"`,
    )
    .replace(/\blist\s([^|{}]{1,200})\|\s*join\s+["']([^"']{0,3})["']/g, (_, inner: string, by: string) =>
      list(inner).join(by),
    )
    .replace(/\bjoin\s+["']([^"']{0,3})["']\s+\(list\s+([^()]{1,200})\)/g, (_, by: string, inner: string) =>
      list(inner).join(by),
    )
    .replace(
      /\b(?:\w+\.)?(?:s?printf|format!?|Sprintf)\s{0,8}\(?\s{0,8}(["'])([^"'\n]{0,200}(?:%[sv]|\{\})[^"'\n]{0,200})\1[\s,]*([^()|;\n]{1,200})/g,
      (_, __, form: string, rest: string) => ` "${formatted(form, list(rest))}" `,
    )
    .replace(
      /(["'])([^"'\n]{0,200}\{\d?\}[^"'\n]{0,200})\1\.format\(([^()\n]{1,200})\)/g,
      (_, __, form: string, rest: string) => `"${formatted(form, list(rest))}"`,
    )
    .replace(
      /(["'])([^"'\n]{0,200}%s[^"'\n]{0,200})\1\s*%\s*\(([^()\n]{1,200})\)/g,
      (_, __, form: string, rest: string) => `"${formatted(form, list(rest))}"`,
    )
    .replace(
      /(["'])([^"'\n]{0,200})\1\.concat\(([^()\n]{1,200})\)/g,
      (_, __, head: string, rest: string) => `"${head}${list(rest).join("")}"`,
    )
    .replace(
      /(["'])([^"'\n]{0,200})\1\.replace(?:All)?\(\s*["']([^"'\n]{1,3})["']\s*,\s*["']([^"'\n]{0,3})["']\s*\)/g,
      (_, __, text: string, from: string, to: string) => `"${text.split(from).join(to)}"`,
    )
    .replace(
      /(?:\.append\(\s*["'][^"'\n]{0,100}["']\s*\)){2,20}/g,
      (chain) => `"${[...chain.matchAll(/["']([^"']*)["']/g)].map(([, one = ""]) => one).join("")}"`,
    )
    .replace(
      /String\.fromCharCode\(([\d,\s]{3,800})\)/g,
      (_, codes: string) =>
        `"${codes
          .split(",")
          .map((code) => String.fromCharCode(Number(code)))
          .join("")}"`,
    )
    .replace(/(["'])([^"'\n]{3,200})\1\s*\[::-1\]/g, (_, __, back: string) => `"${[...back].reverse().join("")}"`);
}

function formatted(form: string, given: readonly string[]): string {
  let i = 0;
  return form.replace(/%[sv]|\{\d?\}/g, () => given[i++] ?? mark);
}

const operator = /\s{0,3}(?:\+|\.\.|~|<>|\|\||&|(?<=["'`\s])\.(?=["'`\s]))\s{0,3}/.source;
const part = `(?:${piece}|[A-Za-z_$${mark}][\\w.$]{0,60}(?:\\[["']?\\w{1,40}["']?\\])?)`;
const chain = new RegExp(`${part}(?:${operator}${part})+`, "g");

/** Pieces of text with an operator between them, and pieces that stand side by side. */
function pieced(text: string, values: Known): string {
  if (!/["'`]/.test(text)) {
    // A backslash before a letter is nothing to a shell.
    const plain = text.replace(/(?<=\w)\\(?=[a-z])/g, "");
    return /\b(curl|wget)\s/.test(plain) ? plain : text;
  }
  const parts = text.replace(chain, (all) => {
    const list = [...all.matchAll(new RegExp(part, "g"))].map(([one]) => one);
    if (!list.some((one) => /^["'`]/.test(one))) return all;
    return `"${list.map((one) => (/^["'`]/.test(one) ? one.slice(1, -1) : (values.get(one) ?? mark))).join("")}"`;
  });
  return parts
    .replace(/(?<=[\w.-])(""|'')(?=[\w.-])/g, "")
    .replace(/(["'])([\w.:/-]{1,200})\1(?=\1?[\w"'])(["'])([\w.:/-]{1,200})\3/g, "$1$2$4$1")
    .replace(
      /(=\s{0,8}\(?\s{0,8})(["'])([\w.:/-]{1,200})\2 (["'])([\w.:/-]{1,200})\4(?=\s{0,8}\)?\s{0,8}$)/g,
      "$1$2$3$5$2",
    )
    .replace(/\b(print)\s*"([\w.-]{1,100})"\s+"([\w.-]{1,100})"/g, '$1 "$2$3"');
}

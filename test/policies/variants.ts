/** A part of a pattern: a sign with one text that it takes, a place between signs, or a group with its alternatives. */
type Part =
  | { readonly kind: "sign"; readonly text: string; readonly isAny?: true }
  | { readonly kind: "anchor" }
  | { readonly kind: "group"; readonly alternatives: readonly (readonly Part[])[] }
  | { readonly kind: "absent"; readonly alternatives: readonly (readonly Part[])[] }
  | { readonly kind: "repeated"; readonly part: Part; readonly least: number };

/** Signs for the classes that stand for many. */
const classes: Readonly<Record<string, string>> = { w: "a", d: "1", s: " ", S: "a", W: " ", D: "a", n: "\n", t: "\t" };

/**
 * Texts around what a pattern describes: for each of its alternatives one, each part that may be missing once with and once without, each of its places
 * (`^`, `$`, `\b`) once with a sign there, each look ahead with what it forbids, and all in the other case where the case does not count. A pattern that is
 * a little wider or narrower says something else of one of them at least.
 */
export function variants({ source, flags }: RegExp): readonly string[] {
  const [alternatives] = read(source, 0);
  const texts = written({ kind: "group", alternatives });
  const cases = flags.includes("i") ? texts.map((text) => swapped(text)) : [];
  return [...new Set([...texts, ...cases])];
}

const swapped = (text: string): string =>
  [...text].map((sign) => (sign === sign.toLowerCase() ? sign.toUpperCase() : sign.toLowerCase())).join("");

/** Alternatives up to the end of a group, and the place behind it. */
function read(source: string, start: number): readonly [readonly (readonly Part[])[], number] {
  const alternatives: Part[][] = [[]];
  let at = start;
  while (at < source.length && source.charAt(at) !== ")") {
    if (source.charAt(at) === "|") {
      alternatives.push([]);
      at++;
      continue;
    }
    const [part, next] = one(source, at);
    const [whole, end] = repeated(source, next, part);
    alternatives.at(-1)?.push(whole);
    at = end;
  }
  return [alternatives, at];
}

function one(source: string, at: number): readonly [Part, number] {
  const sign = source.charAt(at);
  if (sign === "^" || sign === "$") return [{ kind: "anchor" }, at + 1];
  if (sign === ".") return [{ kind: "sign", text: " ", isAny: true }, at + 1];
  if (sign === "[") return classOf(source, at);
  if (sign === "\\") return escaped(source, at);
  if (sign !== "(") return [{ kind: "sign", text: sign }, at + 1];
  const lead = /^\?(:|=|!|<=|<!|<\w+>)/.exec(source.slice(at + 1))?.[0] ?? "";
  const [alternatives, end] = read(source, at + 1 + lead.length);
  return [{ kind: /[=!]$/.test(lead) ? "absent" : "group", alternatives }, end + 1];
}

function escaped(source: string, at: number): readonly [Part, number] {
  const sign = source.charAt(at + 1);
  if (sign === "b") return [{ kind: "anchor" }, at + 2];
  return [{ kind: "sign", text: classes[sign] ?? sign }, at + 2];
}

/** Signs from which one is taken for a class, usual ones first. */
const usual = [...` a1A2-_.,:;/="'()[]{}+#`, ...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))];

/** A class of signs: the first usual one that it takes. */
function classOf(source: string, start: number): readonly [Part, number] {
  const end = /^\[\^?\]?(?:\\.|[^\]\\])*\]/.exec(source.slice(start))?.[0].length ?? 1;
  const whole = new RegExp(source.slice(start, start + end));
  const text = usual.find((sign) => whole.test(sign)) ?? "a";
  const isAny = source.startsWith("[^", start) && text === " ";
  return [{ kind: "sign", text, ...(isAny ? { isAny } : {}) }, start + end];
}

function repeated(source: string, at: number, part: Part): readonly [Part, number] {
  const [how = "", least] = /^(?:[?*+]|\{(\d+)(?:,\d*)?\})\??/.exec(source.slice(at)) ?? [];
  if (how === "") return [part, at];
  return [{ kind: "repeated", part, least: how.startsWith("+") ? 1 : Number(least ?? 0) }, at + how.length];
}

/** Texts of a part: the first is the plainest, each other one differs from it in one thing. */
function written(part: Part): readonly string[] {
  if (part.kind === "sign") return [part.text];
  if (part.kind === "anchor") return ["", "x", "%"];
  const [plain = "", ...others] = part.kind === "repeated" ? written(part.part) : part.alternatives.flatMap(inRow);
  if (part.kind === "absent") return ["", plain, ...others];
  if (part.kind === "group") return [plain, ...others];
  // What may be anything keeps two words apart.
  if (part.part.kind === "sign" && part.part.isAny === true) return [plain, ...(part.least === 0 ? [""] : [])];
  if (part.least === 0) return ["", plain, ...others];
  return [plain.repeat(part.least), ...(part.least === 1 ? others : [])];
}

function inRow(parts: readonly Part[]): readonly string[] {
  const texts = parts.map(written);
  const plain = texts.map(([first = ""]) => first);
  return [
    plain.join(""),
    ...texts.flatMap(([, ...others], i) =>
      others.map((other) => [...plain.slice(0, i), other, ...plain.slice(i + 1)].join("")),
    ),
  ];
}

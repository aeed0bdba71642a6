/** The key and the mark of a secret in what `pulumi stack export --show-secrets` prints (sdk/go/common/resource/sig). */
const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** Words and addresses are no generated secrets, though they may be inside one: hiding them would make every text unreadable. */
const generated = (text: string): boolean =>
  text.length >= 12 &&
  new Set(text).size >= 8 &&
  ((text.match(/\d/g)?.length ?? 0) >= 2 || (text.length >= 16 && /[a-z]/.test(text) && /[A-Z]/.test(text))) &&
  !/^[\d./:[\]]+$/.test(text) &&
  !text.startsWith("-----");

/**
 * Every secret text in a state, longest first: whole values, and each long word in them (a password in a configuration file, a line of a PEM
 * file). A text that is also in the state as a plain value is none: a connection is secret as a whole, the address in it is not.
 *
 * @param exported what `pulumi stack export --show-secrets` prints. It never leaves memory.
 */
export function secretsOf(exported: unknown): readonly string[] {
  const found = new Set<string>();
  const plain = new Set<string>();
  const words = (text: string, into: Set<string>): void => {
    for (const part of [text, ...text.split(/[\s"'=:,]+/)]) if (generated(part.trim())) into.add(part.trim());
  };
  const keep = (value: unknown, into: Set<string>): void => {
    if (typeof value === "string") words(value, into);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach((inner) => keep(inner, into));
  };
  const visit = (value: unknown): void => {
    if (typeof value === "string") words(value, plain);
    if (typeof value !== "object" || value === null) return;
    const plaintext =
      mark in value && value[mark as keyof typeof value] === secretMark && "plaintext" in value
        ? value.plaintext
        : undefined;
    if (typeof plaintext === "string") keep(decoded(plaintext), found);
    else Object.values(value).forEach(visit);
  };
  visit(exported);
  const own = [...found].filter((text) => !plain.has(text));
  // Kubernetes, kubeconfigs and converge scripts carry values in base64.
  const encoded = own
    .filter((text) => text.length <= 256)
    .map((text) => Buffer.from(text, "utf8").toString("base64").replace(/=+$/, ""));
  return [...own, ...encoded].sort((a, b) => b.length - a.length);
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The forms in which secrets may appear in a text, found by how they begin. */
interface Forms {
  /** One for each value of `beginning`, when a form begins so. */
  readonly begin: Uint8Array;
  /** Forms by their first characters, longest first. */
  readonly by: ReadonlyMap<string, readonly string[]>;
}

/** Characters by which a form is found. No secret is shorter. */
const first = 6;

/** A number below 65,536 from six characters. */
const beginning = (text: string, at: number): number => {
  let sum = 0;
  for (let i = at; i < at + first; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0;
  return sum & 0xffff;
};

/** Cache by list of secrets: lists are long, and texts are many. */
const known = new WeakMap<readonly string[], Forms>();

function formsOf(secrets: readonly string[]): Forms {
  const found = known.get(secrets);
  if (found !== undefined) return found;
  const begin = new Uint8Array(65_536);
  const by = new Map<string, string[]>();
  const forms = new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]));
  for (const form of [...forms].sort((a, b) => b.length - a.length)) {
    begin[beginning(form, 0)] = 1;
    const key = form.slice(0, first);
    by.set(key, [...(by.get(key) ?? []), form]);
  }
  known.set(secrets, { begin, by });
  return { begin, by };
}

/** A text without any of the secrets, also where JSON has escaped them. It is read once: a log has ten million characters, a stack a thousand secrets. */
export function without(secrets: readonly string[], text: string): string {
  const { begin, by } = formsOf(secrets);
  const parts: string[] = [];
  let kept = 0;
  for (let at = 0; at + first <= text.length; at++) {
    if (begin[beginning(text, at)] !== 1) continue;
    const form = by.get(text.slice(at, at + first))?.find((one) => text.startsWith(one, at));
    if (form === undefined) continue;
    parts.push(text.slice(kept, at), "[secret]");
    kept = at + form.length;
    at = kept - 1;
  }
  return kept === 0 ? text : parts.join("") + text.slice(kept);
}

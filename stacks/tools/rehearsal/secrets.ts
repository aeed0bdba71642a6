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

/** Cache of the forms in which secrets may appear in a text, by list of secrets: lists are long, and texts are many. */
const forms = new WeakMap<readonly string[], readonly string[]>();

function formsOf(secrets: readonly string[]): readonly string[] {
  const known =
    forms.get(secrets) ?? secrets.flatMap((secret) => [...new Set([secret, JSON.stringify(secret).slice(1, -1)])]);
  forms.set(secrets, known);
  return known;
}

/** A text without any of the secrets, also where JSON has escaped them. */
export const without = (secrets: readonly string[], text: string): string =>
  formsOf(secrets).reduce((rest, form) => (rest.includes(form) ? rest.split(form).join("[secret]") : rest), text);

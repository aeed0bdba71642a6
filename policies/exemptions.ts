import { loadAll } from "js-yaml";

/** Two kinds of exemption: the risk is accepted (`waiver`), or something else keeps it small (`mitigated`). */
export const exemptionKinds = ["waiver", "mitigated"] as const;

/** An exemption of one resource, or of a group of resources, from one rule, for a limited time. */
export interface Exemption {
  /** Id of the rule: `UC-REG-001`. */
  readonly rule: string;
  /**
   * URN with `*` for any part of a name between two `::`; of a file that is audited, `FILE:LINE::TYPE::NAME`; `stack` for a finding about no resource. The
   * last part needs letters: no exemption is for everything.
   */
  readonly resource: string;
  readonly reason: string;
  /** Person who asked for it, as the allowed signers name them. */
  readonly author: string;
  /** Person who approved it: another one. */
  readonly approver: string;
  readonly ticket: string;
  readonly kind: (typeof exemptionKinds)[number];
  /** Day of the approval, as `2026-11-30`. */
  readonly approved: string;
  /** Last day on which it holds, in UTC: at most 180 days after the approval. */
  readonly expires: string;
}

/** Days that an exemption holds at most. */
export const longest = 180;

/** The rule on exemptions themselves, from which nothing is exempt. */
export const exemptionRule = "UC-GOV-001";

const day = /^\d{4}-\d{2}-\d{2}$/;
const isDay = (text: string): boolean =>
  day.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** Signs that a reader does not see, or that turn the order of a text around. */
const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const person = /^[A-Za-z0-9][A-Za-z0-9._+@-]{1,99}$/;

const forms: Readonly<Record<keyof Exemption, readonly [what: string, fits: (text: string) => boolean]>> = {
  rule: [
    `the id of a rule other than ${exemptionRule}, like "UC-REG-001"`,
    (text) => /^UC-[A-Z0-9]+-\d{3}$/.test(text) && text !== exemptionRule,
  ],
  resource: [
    'a URN, with "*" for any part of a name between two "::", and letters in its last part; or "stack"',
    (text) => text.length <= 1000 && isPattern(text),
  ],
  reason: ["a sentence of 20 to 500 characters", (text) => text.trim().length >= 20 && text.length <= 500],
  author: ["a name without spaces, as in the file of allowed signers", (text) => person.test(text)],
  approver: ["a name without spaces, as in the file of allowed signers", (text) => person.test(text)],
  ticket: ["the number of a ticket, without spaces", (text) => /^[A-Za-z0-9][A-Za-z0-9._/#-]{0,99}$/.test(text)],
  kind: [exemptionKinds.join(" or "), (text) => exemptionKinds.some((kind) => kind === text)],
  approved: ["a day like 2026-11-30", isDay],
  expires: ["a day like 2027-05-29", isDay],
};
const keys = Object.keys(forms) as readonly (keyof Exemption)[];

/** True for a pattern that names something: three parts at least, and letters in the last one; or the stack itself. */
function isPattern(pattern: string): boolean {
  const parts = pattern.split("::");
  return pattern === "stack" || (parts.length >= 3 && /[A-Za-z0-9]/.test(parts[parts.length - 1] ?? ""));
}

/**
 * Reads a file of exemptions: `{ "exemptions": [ … ] }`, as JSON.
 *
 * @param today the day of the judgement, as `2026-11-30`: an approval after it is none yet.
 * @throws RangeError with every problem.
 */
export function readExemptions(text: string, today: string): readonly Exemption[] {
  const problems: string[] = [];
  const rows = rowsOf(text);
  const seen = new Set<string>();
  const found = rows.map((row, i): Exemption => {
    const given =
      typeof row === "object" && row !== null && !Array.isArray(row) ? (row as Record<string, unknown>) : {};
    const place = `exemption ${i + 1}`;
    for (const key of Object.keys(given))
      if (!keys.some((known) => known === key))
        problems.push(expected(`the keys ${keys.join(", ")} in ${place}`, key, "remove it or correct its name"));
    const read = {} as Record<keyof Exemption, string>;
    for (const key of keys) {
      const value = Object.keys(given).includes(key) ? given[key] : undefined;
      const [what, fits] = forms[key];
      if (typeof value === "string" && !hidden.test(value) && fits(value)) read[key] = value;
      else problems.push(expected(`${what} as ${key} of ${place}`, value, "correct it"));
    }
    const { author, approver, approved, expires } = read;
    if (author !== undefined && author === approver)
      problems.push(expected(`another person as approver of ${place} than its author`, approver, "ask somebody else"));
    if (approved !== undefined && approved > today)
      problems.push(expected(`a day of approval of ${place} that is not after ${today}`, approved, "correct it"));
    if (
      approved !== undefined &&
      expires !== undefined &&
      !(days(approved, expires) >= 0 && days(approved, expires) <= longest)
    )
      problems.push(
        expected(
          `an end of ${place} at most ${longest} days after its approval on ${approved}`,
          expires,
          "end it earlier, and approve it again if it is needed then",
        ),
      );
    const name = `${read.rule} ${read.resource}`;
    if (seen.has(name))
      problems.push(expected("one exemption for each rule and resource", name, "remove one of the two"));
    seen.add(name);
    return read as unknown as Exemption;
  });
  if (problems.length > 0) throw new RangeError(problems.join("\n"));
  return found;
}

function rowsOf(text: string): readonly unknown[] {
  const advice = 'give { "exemptions": [ { "rule": "UC-…", … } ] }';
  const whole = json(text);
  const only = typeof whole === "object" && whole !== null && Object.keys(whole).join() === "exemptions";
  const rows = only ? (whole as { readonly exemptions: unknown }).exemptions : undefined;
  if (!Array.isArray(rows))
    throw refused("a list under exemptions, and nothing else, in the file of exemptions", text, advice);
  return rows as readonly unknown[];
}

function json(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused("JSON in the file of exemptions", text, "correct it");
  }
  try {
    // JSON's reader takes the last of two equal keys in silence, and a person may see the first: YAML's refuses them.
    loadAll(text);
  } catch {
    throw refused("each key once, and no tabs, in the file of exemptions", text, "remove the second one");
  }
  return value;
}

/** True if an exemption's pattern names a resource: part by part between `::`, in which `*` stands for anything but another part. */
export function matches(pattern: string, resource: string): boolean {
  if (pattern === "stack" || resource === "stack") return pattern === resource;
  const wanted = pattern.split("::");
  const parts = resource.split("::");
  // The name of a resource is its last part, and may itself hold "::".
  const given = [...parts.slice(0, wanted.length - 1), parts.slice(wanted.length - 1).join("::")];
  return parts.length >= wanted.length && wanted.every((part, i) => fits(part.split("*"), given[i] ?? ""));
}

/** True if the pieces stand in a text in their order, the first at its begin and the last at its end. */
function fits(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? "";
  const last = pieces[pieces.length - 1] ?? "";
  if (pieces.length === 1) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = text.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return from <= text.length - last.length;
}

/** State of an exemption at the end of an operation. */
export interface ExemptionUse {
  readonly exemption: Exemption;
  /** `elsewhere`: its rule is not in this pack, which is a part of the complete one. */
  readonly state: "used" | "unused" | "expired" | "elsewhere";
}

/** Exemptions of one operation, which know whether anything was exempt. */
export class Exemptions {
  private readonly used = new Set<Exemption>();

  /**
   * @param today the day of the judgement, as `2026-11-30`.
   * @param isHere false for a rule that another pack holds.
   */
  constructor(
    private readonly all: readonly Exemption[],
    private readonly today: string,
    private readonly isHere: (rule: string) => boolean = () => true,
  ) {}

  /** Exemption of a resource from a rule; undefined if there is none, or if it has expired. */
  of(rule: string, resource: string): Exemption | undefined {
    const found = this.all.filter((one) => one.rule === rule && matches(one.resource, resource));
    for (const one of found) this.used.add(one);
    return found.find((one) => !this.isExpired(one));
  }

  /** State of every exemption, as far as the operation has come. */
  uses(): readonly ExemptionUse[] {
    return this.all.map((exemption) => ({
      exemption,
      state: this.isExpired(exemption)
        ? "expired"
        : this.used.has(exemption)
          ? "used"
          : this.isHere(exemption.rule)
            ? "unused"
            : "elsewhere",
    }));
  }

  private isExpired({ expires }: Exemption): boolean {
    return expires < this.today;
  }
}

/** Today, in UTC. */
export const today = (): string => new Date().toISOString().slice(0, 10);

const expected = (what: string, got: unknown, advice: string): string => {
  const text = got === undefined ? "nothing" : (JSON.stringify(got) ?? String(got));
  return `expected ${what}, got ${text.length > 80 ? `${text.slice(0, 77)}...` : text}; ${advice}`;
};

const refused = (what: string, got: unknown, advice: string): RangeError => new RangeError(expected(what, got, advice));

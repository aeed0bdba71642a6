import { invalid, type Keys, validate } from "./errors";
import { record } from "./shapes";

/** The channel that is left when a platform is lost. */
export interface Fallback {
  /** Its product: `jitsi`, `matrix`, or a product that is none of ours. */
  readonly product: string;
  /** Its operator: a cloud, or a company. */
  readonly provider: string;
  /** Its place: a location of the cloud's, or a place. */
  readonly location: string;
}

/** Statements of an operator on a platform. Nothing is made of it but labels; the packs ask for it. */
export interface Declared {
  /**
   * Labels of everything that the platform makes in a cloud, beside its own: who answers for it (`owner`), what it holds (`data-class`), what it is for (`service`) and
   * whose it is (`legal-entity`). Keys and values have up to 63 letters, digits, dots, hyphens and underscores. @default {}
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** The channel that is left when this platform is lost: another product at another place. @default - none, which the packs refuse */
  readonly fallback?: Fallback;
}

export const declaredKeys: Keys<Declared> = {
  labels: true,
  fallback: { product: true, provider: true, location: true },
};

/** Both clouds take such a word. Source: Hetzner's cloud API reference, "Labels"; Exoscale's are freer. */
const word = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** @throws RangeError with every label that a cloud refuses, or that is one of the platform's own. */
export function assetLabels(value: Declared["labels"] = {}): Readonly<Record<string, string>> {
  const labels = record(value, "labels", '{ owner: "platform-team", "data-class": "confidential" }');
  const check = (key: string, text: unknown): string => {
    if (!word.test(key) || key.startsWith("sovereign-uc"))
      throw invalid(
        "a label of letters, digits, dots and hyphens that is none of the platform's own",
        key,
        'choose one like "owner"',
      );
    if (typeof text !== "string" || !word.test(text))
      throw invalid("a value of 1 to 63 letters, digits, dots and hyphens", text, 'give one like "platform-team"');
    return text;
  };
  return validate(Object.fromEntries(Object.entries(labels).map(([key, text]) => [key, () => check(key, text)])));
}

/** @throws RangeError for a channel that is not named in full. */
export function fallbackOf(value: Declared["fallback"]): Fallback | undefined {
  if (value === undefined) return undefined;
  const { product, provider, location } = record(
    value,
    "a second channel",
    '{ product: "matrix", provider: "exoscale", location: "ch-dk-2" }',
  );
  const said = (text: unknown): string => {
    if (typeof text !== "string" || text.trim() === "")
      throw invalid("a word", text, "say what it is, who runs it and where it stands");
    return text;
  };
  return validate({ product: () => said(product), provider: () => said(provider), location: () => said(location) });
}

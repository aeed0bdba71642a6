/** Fields of every row in a table: a source, and the day on which somebody checked it. */
export interface Fact {
  /** A public page, or a file of the upstream with its revision. */
  readonly source: string;
  /** Day of the last review, as `2026-11-23`. */
  readonly reviewed: string;
  /** @default what the source is good for: see `confidenceOf` */
  readonly confidence?: Confidence;
}

/**
 * Confidence in a row. `verified`: read in a file of the upstream's at a revision or version that the source names, in a standard, or in our own code.
 * `secondary`: a page or a file is named, without a revision, so that it may say something else today. `assumed`: general knowledge; the source says only
 * whose site it is.
 */
export type Confidence = "verified" | "secondary" | "assumed";

const pinned =
  /\bat (v?\d[\w.]*|b\d{4,}|[0-9a-f]{7,40})\b|\bRFC \d{3,}|\bversion \d|@pulumi\/\S+ \d+\.\d|^components\/|\b[0-9a-f]{8,40}\b/;
const siteOnly = /^https?:\/\/[^\s/]+\/?$/;

/** Confidence in a row: what it states itself, else what its source is good for. A table needs no column for it, and no row can claim more than its source. */
export function confidenceOf({ confidence, source }: Fact): Confidence {
  if (confidence !== undefined) return confidence;
  if (pinned.test(source)) return "verified";
  return siteOnly.test(source) ? "assumed" : "secondary";
}

/**
 * Grade of US nexus of a party: none; business in the US; it or its parent is listed there; it is a US company or belongs
 * to one. A grade and no boolean, since control and business ties decide, not location.
 */
export type Nexus = "none" | "presence" | "listed" | "controlled";

/** Day of the last review of all tables. A row that was reviewed separately has its own day. */
export const lastReview = "2026-11-23";

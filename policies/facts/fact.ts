/** Fields of every row in a table: a source, and the day on which somebody checked it. */
export interface Fact {
  /** A public page, or a file of the upstream with its revision. */
  readonly source: string;
  /** Day of the last review, as `2026-11-23`. */
  readonly reviewed: string;
}

/**
 * Grade of US nexus of a party: none; business in the US; it or its parent is listed there; it is a US company or belongs
 * to one. A grade and no boolean, since control and business ties decide, not location.
 */
export type Nexus = "none" | "presence" | "listed" | "controlled";

/** Day of the last review of all tables. A row that was reviewed separately has its own day. */
export const lastReview = "2026-11-23";

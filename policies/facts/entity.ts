import { type Confidence, type Fact, lastReview as reviewed, type Nexus } from "./fact";

/** A party that operates something: a cloud, a registry, a service. */
export interface Entity extends Fact {
  readonly name: string;
  /** Country of its seat, as ISO 3166-1 code; `ZZ` if it was not checked. */
  readonly country: string;
  readonly nexus: Nexus | "undetermined";
  /** True if owners outside the EU hold at most 24 % each and 39 % together (SecNumCloud 3.2, 19.6). */
  readonly europeanControl: boolean | "undetermined";
  /** Country where what it operates stands, if that has to be an allowed one, too: of a host that an operator reviewed. */
  readonly stands?: string;
  /** Reason for the grade, as a sentence for reports. */
  readonly why: string;
  /** Of a party: `verified`: read at the party itself or in its code. `secondary`: read in the press. `assumed`: general knowledge, which `strict` does not accept. */
  readonly confidence: Confidence;
}

/** A company of the United States. */
export const us = (name: string, site: string): Entity => ({
  name,
  country: "US",
  nexus: "controlled",
  europeanControl: false,
  why: `${name} is a US company`,
  confidence: "assumed",
  source: `https://${site}`,
  reviewed,
});

/** A company elsewhere, with its grade. */
export const european = (
  name: string,
  country: string,
  site: string,
  nexus: Nexus | "undetermined",
  why: string,
): Entity => ({
  name,
  country,
  nexus,
  europeanControl: nexus === "none" ? true : "undetermined",
  why,
  confidence: "assumed",
  source: `https://${site}`,
  reviewed,
});

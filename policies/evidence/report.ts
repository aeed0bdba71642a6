import type { Tables } from "../tables";
import { type Cell, cellsOf, type Measure, measuresOf } from "./cells";
import { choicesOf, type EncryptionChoice } from "./encryption";
import { aiact, dpo, gdpr, nis2, revfadp } from "./law";
import type { Evidence } from "./model";
import { type Sovereignty, sovereigntyOf } from "./sovereignty";
import { type Directory, directoryOf } from "./suppliers";

/** Everything that evidence says, as data. */
export interface Report {
  readonly evidence: Evidence;
  readonly register: readonly Cell[];
  readonly encryption: readonly EncryptionChoice[];
  readonly nis2: readonly Cell[];
  readonly revfadp: readonly Cell[];
  readonly dpo: readonly Cell[];
  readonly aiact: readonly Cell[];
  readonly sovereignty: Sovereignty;
  readonly directory: Directory;
  readonly measures: readonly Measure[];
}

/** Statements of the operator beside the input. */
export interface Given {
  readonly ownDomains: readonly string[];
  /** Reasons for the choice of end-to-end encryption, by the name of the component. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly tables: Tables;
}

/** Makes the report. Pure: the same input gives the same report. */
export function reportOf(evidence: Evidence, { ownDomains, reasons, tables }: Given): Report {
  const directory = directoryOf(evidence.resources, tables, ownDomains);
  return {
    evidence,
    register: cellsOf("gdpr", gdpr, evidence),
    encryption: choicesOf(evidence.resources, reasons),
    nis2: cellsOf("nis2", nis2, evidence),
    revfadp: cellsOf("revfadp", revfadp, evidence),
    dpo: cellsOf("dpo", dpo, evidence),
    aiact: cellsOf("aiact", aiact, evidence),
    sovereignty: sovereigntyOf(evidence, directory.suppliers),
    directory,
    measures: measuresOf(evidence),
  };
}

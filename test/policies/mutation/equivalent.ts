/** A mutant that changes nothing that anybody can see. */
export interface Equivalent {
  readonly file: string;
  /** Line of the source, without the blanks at its ends. */
  readonly code: string;
  /** Kind of the mutant. */
  readonly kind: string;
  /** Text that is replaced. @default any on the line */
  readonly from?: string;
  readonly reason: string;
}

/** Mutants that no test can turn red on, each with the reason. A row that no survivor fits is reported: the mutant was killed after all, or the line is gone. */
export const equivalents: readonly Equivalent[] = [];

export type FaultOperation = "create" | "update" | "delete" | "read";

/**
 * Failure of an operation. `timeout-after-made` makes the object and loses the answer, so that nobody learns its id; with `timeout-with-id` the provider
 * knows the id and hands back a resource that is not fully initialised, which the next deployment resumes.
 */
export type FaultKind = "quota" | "rate-limit" | "server-error" | "timeout-after-made" | "timeout-with-id";

export interface Fault {
  /** Type token, as `hcloud:index/server:Server`. */
  readonly type: string;
  readonly operation: FaultOperation;
  /** Only operations on the resource of this name in the program fail, and only they are counted. @default - any resource of the type */
  readonly name?: string;
  /** Number of the failing operation of this kind on this type, counted from 1 over the life of the process. Previews do not count. */
  readonly nth: number;
  readonly kind: FaultKind;
}

/** Decides for each operation whether it has to fail. */
export class FaultPlan {
  private readonly counts = new Map<string, number>();

  /** @throws RangeError for a fault that could never happen. */
  constructor(private readonly faults: readonly Fault[]) {
    for (const { type, nth, kind, operation } of faults) {
      if (!Number.isInteger(nth) || nth < 1)
        throw new RangeError(
          `expected a whole number of at least 1 as "nth" of the fault of ${type}, got ${nth}; count from 1`,
        );
      if (kind.startsWith("timeout") && operation !== "create")
        throw new RangeError(
          `expected a create for the fault "${kind}" of ${type}, got "${operation}"; choose "server-error" instead`,
        );
    }
  }

  /** @param name name of the resource in the program; a read has none. */
  next(type: string, operation: FaultOperation, name?: string): FaultKind | undefined {
    const ofType = this.count(`${operation} ${type}`);
    const ofName = name === undefined ? 0 : this.count(`${operation} ${type} ${name}`);
    return this.faults.find(
      (fault) =>
        fault.type === type &&
        fault.operation === operation &&
        (fault.name === undefined ? fault.nth === ofType : fault.name === name && fault.nth === ofName),
    )?.kind;
  }

  private count(key: string): number {
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count;
  }
}

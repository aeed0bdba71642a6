import type { Catalogue } from "./catalogue";
import type { LockFile } from "./lock";
import type { Options } from "./options";
import type { Environment, Run } from "./programs";
import { Progress, type Terminal } from "./progress";
import type { Skopeo } from "./skopeo";
import type { WorkFolder } from "./work-folder";

/** State that all steps of one run share. */
export interface Session {
  readonly options: Options;
  readonly catalogue: Catalogue;
  readonly lock: LockFile;
  readonly work: WorkFolder;
  readonly run: Run;
  readonly environment: Environment;
  readonly skopeo: Skopeo;
  readonly out: Terminal;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/**
 * Work on several items in which one failure does not stop the others: a registry that is down must not keep a site from getting the
 * rest. Every failure is reported at the end; an abort ends everything.
 */
export class Attempts {
  private readonly failures: string[] = [];
  private readonly progress: Progress;

  constructor(
    private readonly session: Session,
    total: number,
  ) {
    this.progress = new Progress(session.out, total, session.now);
  }

  /**
   * @param draws see Progress.
   * @returns true if all went well.
   */
  async attempt(
    what: string,
    bytes: number | undefined,
    work: Parameters<Progress["item"]>[2],
    draws = false,
  ): Promise<boolean> {
    try {
      await this.progress.item(what, bytes, work, draws);
      return true;
    } catch (error) {
      this.fail(what, error);
      return false;
    }
  }

  /** Records a failure from before the work. @throws unexpected errors. */
  fail(what: string, error: unknown): void {
    this.session.signal.throwIfAborted();
    if (!(error instanceof RangeError)) throw error;
    this.failures.push(...error.message.split("\n").map((line) => `${what}: ${line}`));
  }

  get problems(): readonly string[] {
    return this.failures;
  }
}

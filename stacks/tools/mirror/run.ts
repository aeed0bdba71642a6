import { join } from "node:path";
import { catalogues } from "./catalogue-file";
import { load } from "./load";
import { LockFile } from "./lock";
import { mirror } from "./mirror";
import { type Options, options, usage } from "./options";
import { type Environment, needed, type Program, runner } from "./programs";
import type { Terminal } from "./progress";
import { selected } from "./selection";
import type { Session } from "./session";
import { Skopeo } from "./skopeo";
import { WorkFolder } from "./work-folder";

/** Environment of the command; tests pass their own. */
export interface Io {
  readonly out: Terminal;
  readonly environment: Environment;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Exit codes: done; something is missing or wrong; bad input; cancelled. */
export const codes = { done: 0, failed: 1, input: 2, cancelled: 130 } as const;

const lockFile = join(__dirname, "../../../components/core/images.lock.json");

/** Runs the mirror command and returns the exit code. Prints every problem as a sentence; throws unexpected errors only. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const say = (text: string): void => void io.out.write(`${text}\n`);
  let asked: Options;
  let session: Session;
  try {
    asked = options(argv);
    if (asked.help) {
      say(usage);
      return codes.done;
    }
    session = begun(asked, io);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(error.message);
    return codes.input;
  }
  try {
    await session.work.sweep();
    const { problems, sealed } = await (asked.fromBundle === undefined
      ? mirror(session)
      : load(session, asked.fromBundle));
    if (problems.length > 0) {
      say(`\n${problems.length} ${problems.length === 1 ? "problem" : "problems"}:\n${problems.join("\n")}`);
      say("\nStart the same command again when they are solved: finished copies are kept.");
      return codes.failed;
    }
    if (sealed !== undefined)
      say(
        `\nThe bundle is complete. Send this to the person who loads it, over another channel than the bundle:\n--expect ${sealed.slice("sha256:".length)}`,
      );
    return codes.done;
  } catch (error) {
    if (io.signal.aborted) {
      say("\nStopped. Start the same command again: finished copies are kept.");
      return codes.cancelled;
    }
    if (!(error instanceof RangeError)) throw error;
    say(error.message);
    return codes.failed;
  } finally {
    session.work.release();
  }
}

function begun(asked: Options, io: Io): Session {
  const catalogue = selected(catalogues(asked.catalogues), asked);
  const fetched = asked.fromBundle === undefined;
  needed(
    [
      ...on(catalogue.images.length > 0, "skopeo"),
      ...on((fetched && catalogue.files.length > 0) || asked.store?.kind === "web", "curl"),
      ...on(fetched && catalogue.packages.length + catalogue.ubuntuPackages.length > 0, "curl", "apt-get"),
      ...on(asked.store?.kind === "s3", "rclone"),
      ...on(asked.bundle !== undefined && !asked.dryRun, "docker-registry"),
    ],
    io.environment["PATH"] ?? "",
  );
  const run = runner(io.signal, io.environment);
  return {
    options: asked,
    catalogue,
    lock: LockFile.open(asked.lock ?? lockFile),
    work: WorkFolder.take(asked.work),
    run,
    environment: io.environment,
    skopeo: new Skopeo(run, io.out.isTTY === true),
    out: io.out,
    now: io.now,
    signal: io.signal,
  };
}

const on = (condition: boolean, ...programs: readonly Program[]): readonly Program[] => (condition ? programs : []);

/** One run of the engine for `PlainEngine`, in a process of its own; the answer goes into a file. */
import { writeFileSync } from "node:fs";
import { withoutLateRefusals } from "../../stacks/tools/rehearsal/late-refusals";
import { startSimulatedClouds } from "../../stacks/tools/rehearsal/simulated";
import { type Asked, type Ended, opened, type Step } from "./plain-engine";
import { programs } from "./programs";

interface Metadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
}

interface EngineEvent {
  readonly resOutputsEvent?: { readonly metadata: Metadata };
  readonly resOpFailedEvent?: { readonly metadata: Metadata };
}

async function ended({ stack, program, folders, operation, faults, goOn }: Asked): Promise<Ended> {
  const made = programs[program];
  if (made === undefined) throw new RangeError(`expected a program of programs.ts, got "${program}"`);
  const clouds = await startSimulatedClouds({ folder: folders.clouds, faults });
  try {
    const engine = await opened(stack, folders, made, clouds.environment);
    const steps: Step[] = [];
    const noted = (metadata: Metadata | undefined, failed: boolean): void => {
      if (metadata === undefined || metadata.op === "same") return;
      const { op, type, urn } = metadata;
      steps.push({ op, type, name: urn.slice(urn.lastIndexOf("::") + 2), failed });
    };
    const onEvent = ({ resOutputsEvent, resOpFailedEvent }: EngineEvent): void => {
      noted(resOutputsEvent?.metadata, false);
      noted(resOpFailedEvent?.metadata, true);
    };
    let text = "";
    try {
      await engine[operation]({ onEvent, continueOnError: goOn });
    } catch (error) {
      text = (error as Error).message;
    }
    return { ok: text === "", text, steps };
  } finally {
    await clouds.close();
  }
}

withoutLateRefusals();
const [asked = "", answer = ""] = process.argv.slice(2);
ended(JSON.parse(asked) as Asked).then(
  (found) => {
    writeFileSync(answer, JSON.stringify(found));
    process.exit(0);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);

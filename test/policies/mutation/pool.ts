import { type ChildProcess, fork } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Survey } from "./survey";
import type { Answer, Message, Order } from "./worker";

/** Result of a mutant: a test turned red, none did, none comes by; or the tests came to no end. */
export interface Result extends Omit<Answer, "result"> {
  readonly result: Answer["result"] | "stalled";
}

/** Seconds of the processor without a sign of life after which a mutant counts as one that runs for ever. Of the clock where nobody tells the processor's. */
const patience = 10;

/** Processor seconds of a process (proc(5): fields 14 and 15 of `stat`, in hundredths), so that a busy machine stalls nobody; those of the clock elsewhere than on Linux. */
function used(pid: number | undefined): number {
  const file = `/proc/${String(pid)}/stat`;
  if (!existsSync(file)) return performance.now() / 1000;
  const stat = readFileSync(file, "utf8");
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (user + system) / 100;
}

/** A worker process that is started again when a mutant has brought it down. */
class Worker {
  private child: ChildProcess | undefined;

  async start(known: Survey | undefined, answers: readonly Answer[], told?: (tests: number) => void): Promise<Survey> {
    this.child = fork(join(__dirname, "worker.ts"), { execArgv: [...process.execArgv, "--max-old-space-size=1536"] });
    const message = await this.ask({ survey: known ?? null, known: answers }, undefined, told);
    if (message === undefined || !("survey" in message)) throw new Error("the worker cannot run the tests");
    return message.survey;
  }

  async attempt(number: number, known: Survey): Promise<Result> {
    const message = await this.ask({ number }, patience);
    if (message !== undefined && "number" in message) return message;
    this.stop();
    await this.start(known, []);
    return { number, result: "stalled" };
  }

  stop(): void {
    this.child?.kill("SIGKILL");
  }

  /** Answer to an order; undefined when the process ended, or after some time. */
  private ask(order: Order, limit?: number, told?: (tests: number) => void): Promise<Message | undefined> {
    const { child } = this;
    if (child === undefined) throw new Error("the worker is not started");
    return new Promise((resolve) => {
      let last = used(child.pid);
      const timer =
        limit === undefined ? undefined : setInterval(() => used(child.pid) - last > limit && gone(), 1_000);
      const end = (message?: Message): void => {
        if (message !== undefined && "alive" in message) {
          last = used(child.pid);
          return told?.(message.alive);
        }
        clearInterval(timer);
        child.off("message", end).off("exit", gone);
        resolve(message);
      };
      const gone = (): void => end();
      child.on("message", end).on("exit", gone);
      child.send(order);
    });
  }
}

/** Run over mutants: what is known before, and who is told what. */
export interface Plan {
  readonly numbers: readonly number[];
  readonly jobs: number;
  /** A survey of the same sources and tests, if there is one. */
  readonly survey: Survey | undefined;
  /** Results of other mutants: tests that were red often run first. */
  readonly known: readonly Result[];
  readonly surveying: (tests: number) => void;
  readonly surveyed: (survey: Survey) => void;
  readonly told: (result: Result, done: number) => void;
  readonly isOver: () => boolean;
}

/** Tries mutants on as many processes as wanted. @throws Error if tests are red without a mutant. */
export async function attemptAll(plan: Plan): Promise<void> {
  const answers = plan.known.flatMap(({ result, ...rest }) => (result === "stalled" ? [] : [{ ...rest, result }]));
  const first = new Worker();
  const workers = [first];
  try {
    const known = await first.start(plan.survey, answers, plan.surveying);
    if (known.problems.length > 0)
      throw new Error(`expected tests that pass without a mutant, got\n${known.problems.join("\n")}`);
    plan.surveyed(known);
    for (let i = 1; i < Math.min(plan.jobs, plan.numbers.length); i++) workers.push(new Worker());
    await Promise.all(workers.slice(1).map((worker) => worker.start(known, answers)));
    const queue = [...plan.numbers];
    let done = 0;
    await Promise.all(
      workers.map(async (worker) => {
        for (let next = queue.shift(); next !== undefined && !plan.isOver(); next = queue.shift())
          plan.told(await worker.attempt(next, known), ++done);
      }),
    );
  } finally {
    for (const worker of workers) worker.stop();
  }
}

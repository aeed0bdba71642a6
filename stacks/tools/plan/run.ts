import { planCapacity } from "../../../components/planner";
import { help, options } from "./options";
import { text } from "./text";

/** Runs the planner. Returns the exit code. */
export function run(args: readonly string[], say: (line: string) => void): number {
  try {
    const asked = options(args);
    if (asked === "help") {
      say(help);
      return 0;
    }
    const plan = planCapacity(asked.args);
    say(asked.json ? JSON.stringify(plan, null, 2) : text(plan));
    return 0;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(error.message);
    return 2;
  }
}

/** The minutes worker as a process of its own for tests: with `DIE_AT`, it kills itself at that place between two steps. */
import { command, run } from "../../components/services/minutes/worker/main";
import { readSettings } from "../../components/services/minutes/worker/settings";

const { DIE_AT: dieAt } = process.env;
const words = process.argv.slice(2);
const settings = readSettings(process.env);

const begun =
  words.length > 0
    ? command(words, settings).then((code) => void (process.exitCode = code))
    : run(settings, (place) => {
        if (place === dieAt) process.kill(process.pid, "SIGKILL");
      });

begun.catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});

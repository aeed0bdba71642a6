/**
 * The worker: `node main.mjs` works; `list`, `rework <meeting>` and `erase <meeting>` are for whoever keeps it, and so are `waiting`, which prints recordings without a
 * record, and `agree <folder> <name> …`, which writes down who agreed to one. Settings come from variables, secrets from files.
 */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { erase, isWhole } from "./erase";
import { consoleLog, Figures } from "./figures";
import { type Boundary, work } from "./machine";
import { problemText } from "./problems";
import { serversFor } from "./servers";
import type { Settings } from "./settings";
import { statusServer } from "./status";
import { agree, waiting } from "./unrecorded";

/** Works until a signal comes. */
export async function run(settings: Settings, boundary?: Boundary): Promise<void> {
  const servers = serversFor(settings);
  const figures = new Figures();
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  const status = statusServer(servers.records, figures).listen(settings.port);
  await once(status, "listening");
  while (!stop.signal.aborted) {
    try {
      await servers.records.prepare();
      break;
    } catch (error) {
      consoleLog({ event: "could not prepare the database", problem: problemText(error) });
      await pause(settings.waitSeconds.first * 1_000, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }
  const machine = { settings, servers, figures, log: consoleLog, ...(boundary === undefined ? {} : { boundary }) };
  await work(machine, stop.signal);
  status.closeAllConnections();
  status.close();
  await servers.records.close();
}

/** Runs a command. @returns the exit code. */
export async function command([name, id = "", ...more]: readonly string[], settings: Settings): Promise<number> {
  const servers = serversFor(settings);
  try {
    await servers.records.prepare();
    switch (name ?? "") {
      case "list":
        for (const row of await servers.records.list(10_000)) process.stdout.write(`${JSON.stringify(row)}\n`);
        return 0;
      case "rework":
        if (await servers.records.rework(id)) return 0;
        process.stderr.write(`expected a meeting that is known and not erased, got "${id}"\n`);
        return 1;
      case "erase": {
        const proof = await erase(servers, id);
        process.stdout.write(`${JSON.stringify(proof, null, 2)}\n`);
        return isWhole(proof) ? 0 : 1;
      }
      case "waiting":
        for (const one of await waiting(servers.bucket)) process.stdout.write(`${JSON.stringify(one)}\n`);
        return 0;
      case "agree":
        process.stdout.write(`${JSON.stringify(await agree(servers.bucket, id, more))}\n`);
        return 0;
      default:
        process.stderr.write(`expected list, rework, erase, waiting or agree, got "${name ?? ""}"\n`);
        return 2;
    }
  } finally {
    await servers.records.close();
  }
}

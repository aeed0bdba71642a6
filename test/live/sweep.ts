import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cgroups, removeCgroup } from "./cgroups";
import { run } from "./run";
import { prefix } from "./wires";

/** Removes what runs that were killed have left: namespaces, cgroups and folders whose names hold the number of a process that is gone. */
export async function sweep(): Promise<void> {
  const running = new Set(readdirSync("/proc"));
  const left = (name: string): boolean =>
    name.startsWith(prefix) && !running.has(name.slice(prefix.length).split("-")[0] ?? "");
  const namespaces = (await run("ip", ["netns", "list"])).split("\n").map((line) => line.split(" ")[0] ?? "");
  for (const name of namespaces.filter(left)) await run("ip", ["netns", "delete", name]);
  for (const name of cgroups().filter(left)) removeCgroup(name);
  for (const name of readdirSync(tmpdir()).filter(left)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
}

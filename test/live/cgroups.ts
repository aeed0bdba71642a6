import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = "/sys/fs/cgroup";

/** Share of this machine's time that all pods of a node have together, as that of eight processes: with one's, they starve beside kubelets and whatever else runs here. */
const shares = "8192";

/** Makes the cgroup of a node in every controller (version 1): the kubelet expects it to be there, with cores and memory to run on. */
export function makeCgroup(name: string): void {
  for (const controller of controllers()) mkdirSync(join(root, controller, name), { recursive: true });
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const above = join(root, "cpuset", file);
    if (existsSync(above)) writeFileSync(join(root, "cpuset", name, file), readFileSync(above, "utf8"));
  }
  writeFileSync(join(root, "cpu", name, "cpu.shares"), shares);
}

/** Removes it with all that is below; nothing may run in it any more. */
export function removeCgroup(name: string): void {
  for (const controller of controllers()) removeAll(join(root, controller, name));
}

/** Names of the cgroups of one controller, those that nobody made here too. */
export const cgroups = (): readonly string[] => readdirSync(join(root, "cpu"));

const controllers = (): readonly string[] =>
  readdirSync(root).filter((name) => name !== "unified" && existsSync(join(root, name, "cgroup.procs")));

function removeAll(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeAll(join(folder, entry.name));
  rmdirSync(folder);
}

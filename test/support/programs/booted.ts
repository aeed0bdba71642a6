import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Programs of which a booted machine is made: for `withNamespaces`. */
export const bootedPrograms = ["../lib/systemd/systemd", "unshare", "nsenter", "mount", "chroot"] as const;

/**
 * A machine on which the real systemd is the first process, in namespaces of its own and with this machine's packages: it reads units and drop-ins as a host
 * does. It shares this kernel, has no network but loopback, no journal and no udev, and its writes are discarded.
 */
export class Booted {
  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
    private readonly first: string,
    private readonly group: string,
  ) {}

  /** Boots one with these files on top of this machine's own; a text that begins with `-> ` is a link's target. */
  static async up(files: Readonly<Record<string, string>>): Promise<Booted> {
    const folder = mkdtempSync(join(tmpdir(), "booted-"));
    mkdirSync(join(folder, "memory"));
    mkdirSync(join(folder, "files"));
    for (const [path, content] of Object.entries(files)) {
      const place = join(folder, "files", path);
      mkdirSync(dirname(place), { recursive: true });
      if (content.startsWith("-> ")) symlinkSync(content.slice(3), place);
      else writeFileSync(place, content, { mode: content.startsWith("#!") ? 0o755 : 0o644 });
    }
    const hierarchy = existsSync("/sys/fs/cgroup/cgroup.controllers") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/systemd";
    const group = join(hierarchy, `uc-booted-${process.pid}-${folder.slice(-6)}`);
    mkdirSync(group);
    const spaces = ["--pid", "--fork", "--kill-child=SIGKILL", "--mount", "--net", "--uts", "--ipc", "--cgroup"];
    const start = `echo $$ >${group}/cgroup.procs; exec unshare ${spaces.join(" ")} sh "$@"`;
    const child = spawn("sh", ["-c", start, "sh", join(__dirname, "booted.sh"), folder], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaints = "";
    child.stderr?.on("data", (data: Buffer) => (complaints += data.toString()));
    const deadline = Date.now() + 60_000;
    for (;;) {
      const { stdout } = spawnSync("pgrep", ["-P", String(child.pid), "-x", "systemd"], { encoding: "utf8" });
      const first = stdout.trim();
      const machine = new Booted(folder, child, first, group);
      if (first !== "" && /^(running|degraded)/.test(machine.run("systemctl is-system-running").stdout)) return machine;
      if (child.exitCode !== null || Date.now() > deadline) {
        await machine.down();
        throw new Error(`expected systemd to boot in namespaces within a minute, got: ${complaints}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Runs a script on it. */
  run(script: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
    const { status, stdout, stderr } = spawnSync(
      "nsenter",
      ["--target", this.first, "--all", "--root", "env", "--chdir=/", "sh", "-c", script],
      {
        encoding: "utf8",
        env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
        timeout: 60_000,
        killSignal: "SIGKILL",
      },
    );
    return { status, stdout, stderr };
  }

  /** Ends everything on it, and removes it. */
  async down(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, "exit");
      this.child.kill("SIGKILL");
      await gone;
    }
    const emptied = Date.now() + 10_000;
    while (!this.removed()) {
      if (Date.now() > emptied) throw new Error(`expected ${this.group} to be empty, got processes in it`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    rmSync(this.folder, { recursive: true });
  }

  private removed(): boolean {
    const { stdout } = spawnSync("find", [this.group, "-depth", "-type", "d"], { encoding: "utf8" });
    const groups = stdout.split("\n").filter((group) => group !== "");
    if (groups.some((group) => readFileSync(join(group, "cgroup.procs"), "utf8") !== "")) return false;
    for (const group of groups) rmdirSync(group);
    return true;
  }
}

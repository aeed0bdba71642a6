import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { until } from "../support/programs/background";
import type { LiveFile, LiveHost } from "./rendered";
import { run } from "./run";
import type { Wires } from "./wires";

/** Size of a host type, as its pods and the scheduler see it. */
export interface Machine {
  readonly cores: number;
  readonly memoryGib: number;
}

/**
 * A host in namespaces of its own: network, mounts, processes, name. There is no systemd: what units do is done by whoever uses this class. Its disk is a
 * folder that outlives `stop`, so that a host can boot again.
 */
export class RunningHost {
  private first: ChildProcess | undefined;
  private readonly children: ChildProcess[] = [];

  constructor(
    readonly host: Pick<LiveHost, "name" | "files">,
    private readonly wires: Wires,
    /** Folder of its disk and logs. */
    readonly folder: string,
    private readonly machine?: Machine,
  ) {}

  get name(): string {
    return this.host.name;
  }

  /** Boots: namespaces, disk, files of the recipe, kernel settings, filter. The network namespace must be there. */
  async boot(): Promise<void> {
    mkdirSync(join(this.folder, "logs"), { recursive: true });
    if (this.machine !== undefined) pretend(join(this.folder, "disk", "machine"), this.machine);
    writeTree(join(this.folder, "disk", "tree"), this.host.files);
    const log = openSync(join(this.folder, "logs", "boot.log"), "a");
    this.first = spawn(
      "nsenter",
      [
        `--net=${this.wires.path(this.name)}`,
        "unshare",
        ...["--mount", "--pid", "--uts", "--fork", "--kill-child", "--mount-proc"],
        ...["bash", join(__dirname, "files", "boot.sh"), join(this.folder, "disk"), this.name],
      ],
      // The pipe closes when this process ends, however it ends: then the host ends too.
      { stdio: ["pipe", log, log] },
    );
    closeSync(log);
    const { first } = this;
    await until(`${this.name} to boot (see ${this.folder}/logs/boot.log)`, async () => {
      if (first.exitCode !== null)
        throw new Error(`expected ${this.name} to boot, got exit ${first.exitCode}:\n${this.log("boot")}`);
      return this.pid() !== undefined && existsSync(`/proc/${this.pid()}/root/run/live/booted`);
    });
  }

  /** Runs a program on the host to its end. */
  exec(command: readonly string[], input = "", milliseconds?: number): Promise<string> {
    return run("nsenter", [...this.entry(), ...command], input, milliseconds);
  }

  /** Runs lines of shell on the host. */
  sh(script: string, milliseconds?: number): Promise<string> {
    return this.exec(["sh", "-ec", script], "", milliseconds);
  }

  /** Starts a program that goes on; it is found again by its name. */
  start(name: string, command: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
    const log = openSync(join(this.folder, "logs", `${name}.log`), "a");
    const child = spawn(
      "nsenter",
      [...this.entry(), ...["sh", "-c", `echo $$ >/run/live/${name}.pid; exec "$@"`, name], ...command],
      { stdio: ["ignore", log, log], env: { ...plainEnvironment(), ...environment } },
    );
    closeSync(log);
    this.children.push(child);
    return child;
  }

  /** Waits until a program that was started listens on a port. @throws Error when it ends instead. */
  async listening(name: string, child: ChildProcess, port: number): Promise<void> {
    await until(`${name} of ${this.name} to listen on port ${port}`, async () => {
      if (child.exitCode !== null)
        throw new Error(`expected ${name} of ${this.name} to run, got exit ${child.exitCode}:\n${this.log(name)}`);
      return this.holds(`ss -Hltn sport = :${port} | grep -q .`);
    });
  }

  /** True if lines of shell succeed on the host. */
  holds(script: string): Promise<boolean> {
    return this.sh(script).then(
      () => true,
      () => false,
    );
  }

  /** Ends a program that `start` started, and waits until it is gone. */
  async stopProgram(name: string, signal = "TERM"): Promise<void> {
    await this.sh(
      `pid=$(cat /run/live/${name}.pid); kill -${signal} "$pid" || exit 0; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done`,
    );
  }

  log(name: string): string {
    const path = join(this.folder, "logs", `${name}.log`);
    return existsSync(path) ? readFileSync(path, "utf8").slice(-4_000) : "";
  }

  /** Puts a file on the running host, or changes one. */
  async write(file: LiveFile): Promise<void> {
    const tree = join(this.folder, "disk", "new");
    rmSync(tree, { recursive: true, force: true });
    writeTree(tree, [file]);
    await this.sh(`cd '${tree}' && tar -cf - -- * | tar -C / --no-overwrite-dir -xpf -`);
  }

  /** Power off: everything that runs on it is killed at once. */
  async stop(): Promise<void> {
    const { first } = this;
    if (first === undefined) return;
    this.first = undefined;
    const gone = new Promise((resolve) => (first.exitCode === null ? first.once("exit", resolve) : resolve(undefined)));
    const pid = childOf(first.pid);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    else first.kill("SIGKILL");
    await gone;
  }

  /** Process id of the first process in the host, seen from outside. */
  pid(): number | undefined {
    return childOf(this.first?.pid);
  }

  private entry(): readonly string[] {
    const pid = this.pid();
    if (pid === undefined) throw new Error(`expected ${this.name} to run, got a host that is off`);
    return ["-t", String(pid), "-m", "-n", "-p", "-u", "--"];
  }
}

/** `unshare --fork` has one child, the first process of the host. */
function childOf(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return child === undefined || child === "" ? undefined : Number(child);
  } catch {
    return undefined;
  }
}

/** Without what the tests' own process was told: a proxy, a cache folder. */
const plainEnvironment = (): Record<string, string> => ({
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
});

function writeTree(folder: string, files: readonly LiveFile[]): void {
  for (const { path, content, mode, owner } of files) {
    // Everything else is this machine's own.
    if (!/^\/(etc|usr\/local|var|run)\//.test(path))
      throw new Error(
        `expected files below /etc, /usr/local, /var or /run, which a live host has of its own, got ${path}`,
      );
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    chmodSync(target, parseInt(mode, 8));
    const [user = "root", group = "root"] = owner.split(":");
    chownSync(target, idOf("/etc/passwd", user), idOf("/etc/group", group));
  }
}

/** A user or group that this machine does not have (its package is not installed) becomes root. */
function idOf(file: string, name: string): number {
  const line = readFileSync(file, "utf8")
    .split("\n")
    .find((one) => one.startsWith(`${name}:`));
  return Number(line?.split(":")[2] ?? 0);
}

/**
 * A file that takes the place of `/proc/meminfo`, where the kubelet's cAdvisor looks for memory (google/cadvisor v0.52.1, `machine/info.go`). Cores cannot be
 * pretended so: the kubelet writes those that it sees into the cpuset of its pods, and the kernel refuses cores that are not there.
 */
function pretend(folder: string, { memoryGib }: Machine): void {
  mkdirSync(folder, { recursive: true });
  const kib = memoryGib * 1024 * 1024;
  writeFileSync(
    join(folder, "meminfo"),
    `MemTotal: ${kib} kB\nMemFree: ${kib} kB\nMemAvailable: ${kib} kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n`,
  );
}

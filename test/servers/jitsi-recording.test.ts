/** The way of a recording from Jibri into the bucket: our scripts with BusyBox, rclone and a real S3 store, cut off at every step. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeVariables } from "../../components/services/jitsi/recorders";
import { until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { startStore, type Store, storeKey } from "./recording-store";

const scripts = join(__dirname, "..", "..", "components", "services", "jitsi", "files");
const media = "board meeting_2026-11-29-04-30-00.mp4";
const session = "abcdefgh";
const kept = "board_meeting_2026-11-29-04-30-00-abcdefgh";

let folder: string;
let storage: string;
let recordings: string;
let spool: string;
/** Content of the one recording that tests use. */
const content = createHash("sha512").update("a recording").digest().toString("hex").repeat(4_000);
const metadata = '{"meeting_url":"https://meet.example.ch/board%20meeting","participants":[]}';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "recording-"));
  storage = join(folder, "storage");
  [recordings, spool] = [join(storage, "recordings"), join(storage, "spool")];
  mkdirSync(storage);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A recording as Jibri leaves it before it calls the script. */
function recorded(about = metadata): string {
  const path = join(recordings, session);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, media), content);
  writeFileSync(join(path, "metadata.json"), about);
  return path;
}

const files = (path: string): readonly string[] => (existsSync(path) ? readdirSync(path).sort() : []);

/** True if a folder has the recording, every byte. */
const whole = (path: string): boolean =>
  existsSync(join(path, media)) &&
  readFileSync(join(path, media), "utf8") === content &&
  existsSync(join(path, "metadata.json")) &&
  readFileSync(join(path, "metadata.json"), "utf8") === metadata;

const handOver = (path: string, env: Readonly<Record<string, string>> = {}): string =>
  execFileSync("bash", [join(scripts, "finalize-recording.sh"), path], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", SPOOL: spool, ...env },
  });

const emptied = (): void => {
  for (const path of [recordings, spool]) rmSync(path, { recursive: true, force: true });
  mkdirSync(recordings, { recursive: true });
  mkdirSync(spool, { recursive: true });
};

/** A folder with one wrapper for each program, which ends its whole process group before the program that is the n-th, or after it. */
function deadly(programs: readonly string[]): string {
  const path = mkdtempSync(join(folder, "bin-"));
  for (const name of programs) {
    const real = installed(name);
    writeFileSync(
      join(path, name),
      `#!/bin/bash
exec 9>>"$STEPS.lock"
/usr/bin/flock 9
number=$(($(<"$STEPS") + 1))
echo "$number" >"$STEPS"
exec 9>&-
if [ "$number" = "$END_BEFORE" ]; then kill -KILL 0; fi
${real} "$@"
code=$?
if [ "$number" = "$END_AFTER" ]; then kill -KILL 0; fi
exit $code
`,
      { mode: 0o755 },
    );
  }
  return path;
}

/** Runs a command in a process group of its own, to its end. */
async function alone(command: readonly string[], env: Readonly<Record<string, string>>): Promise<number | string> {
  const [name = "", ...words] = command;
  const child = spawn(name, words, { env, detached: true, stdio: "ignore" });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return code ?? signal ?? "";
}

describeWith(["jq", "curl"], "handing a recording over", () => {
  beforeEach(emptied);

  test("moves it into the spool, named after its file and its session", () => {
    expect(handOver(recorded())).toBe(`handed over ${kept}\n`);
    expect(files(recordings)).toEqual([]);
    expect(files(spool)).toEqual([kept]);
    expect(whole(join(spool, kept))).toBe(true);
  });

  test("does nothing the second time, with the folder gone or there again", () => {
    const path = recorded();
    handOver(path);
    expect(handOver(path)).toContain("was handed over before");
    expect(handOver(recorded())).toBe(`${kept} is in the spool already\n`);
    expect(files(recordings)).toEqual([]);
    expect(files(spool)).toEqual([kept]);
  });

  test("puts another one of the same name beside it", () => {
    handOver(recorded());
    handOver(recorded("{}"));
    expect(files(spool)).toEqual([kept, `${kept}-2`]);
    expect(whole(join(spool, kept))).toBe(true);
    expect(readFileSync(join(spool, `${kept}-2`, "metadata.json"), "utf8")).toBe("{}");
  });

  test("leaves nothing of a recording without anything in it", () => {
    const path = join(recordings, session);
    mkdirSync(path);
    handOver(path);
    expect([files(recordings), files(spool)]).toEqual([[], []]);
  });

  test("gives names of every kind a name that a bucket takes", () => {
    const path = join(recordings, "..odd");
    mkdirSync(path);
    writeFileSync(join(path, ".ünter uns:*?_2026-11-29-04-30-00.mp4"), "x");
    handOver(path);
    expect(files(spool)).toHaveLength(1);
    expect(files(spool)[0]).toMatch(/^_[A-Za-z0-9._-]+_2026-11-29-04-30-00-..odd$/);
  });

  test("loses nothing when it is killed before or after any command, and the next start hands over what is left", async () => {
    const path = deadly(["find", "sort", "head", "tr", "sed", "tail", "mkdir", "sync", "mv", "dirname", "diff", "rm"]);
    const steps = join(folder, "steps");
    const run = (ends: Readonly<Record<string, string>>): Promise<number | string> => {
      writeFileSync(steps, "0");
      const env = { PATH: `${path}:/usr/bin:/bin`, SPOOL: spool, STEPS: steps, END_BEFORE: "", END_AFTER: "", ...ends };
      return alone(["bash", join(scripts, "finalize-recording.sh"), recorded()], env);
    };
    expect(await run({})).toBe(0);
    const count = Number(readFileSync(steps, "utf8"));
    expect(count).toBeGreaterThan(8);
    for (const when of ["END_BEFORE", "END_AFTER"])
      for (let step = 1; step <= count; step++) {
        emptied();
        const end = await run({ [when]: `${step}` });
        const places = [join(recordings, session), join(spool, kept)].filter(whole);
        expect([when, step, end, places.length]).toEqual([when, step, "SIGKILL", 1]);
        expect(started({ RESERVE_MIB: "1" }).status).toBe(0);
        expect([when, step, files(recordings), files(spool)]).toEqual([when, step, [], [kept]]);
        expect(whole(join(spool, kept))).toBe(true);
      }
  });
});

/** Settings as Kubernetes mounts them: a link to a link. */
function mounted(): string {
  const path = join(folder, "mounted");
  if (existsSync(path)) return path;
  mkdirSync(join(path, "..data"), { recursive: true });
  writeFileSync(join(path, "..data", "custom-jibri.conf"), "jibri {}\n");
  symlinkSync("..data/custom-jibri.conf", join(path, "custom-jibri.conf"));
  return path;
}

/** Runs the start script with a command in the place of the image's, and a guard that ends with it. */
function started(env: Readonly<Record<string, string>>, command: readonly string[] = ["true"], seconds = 20) {
  const own = {
    PATH: "/usr/bin:/bin",
    STORAGE: storage,
    SCRIPTS: scripts,
    MOUNTED: mounted(),
    JIBRI_CONFIG: join(folder, "config"),
    FLOOR_MIB: "0",
    REST_SECONDS: "0.1",
    ...env,
  };
  const group = ["--kill-after=1", `${seconds}`, "bash", join(scripts, "start-recorder.sh"), ...command];
  return spawnSync("timeout", group, { stdio: "ignore", env: own });
}

/** Keepers that a test has started. */
const keepers: Keeper[] = [];

/** A keeper that runs: its own programs are BusyBox' and rclone, and nothing else is on its path. */
class Keeper {
  private readonly child: ChildProcess;
  private said = "";
  private readonly gone: Promise<unknown>;

  constructor(
    store: Store,
    private readonly run: string,
    env: Readonly<Record<string, string>> = {},
  ) {
    mkdirSync(run, { recursive: true });
    this.child = spawn(join(tools(), "sh"), [join(scripts, "keep-recordings.sh")], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...storeVariables({ endpoint: store.endpoint, region: "us-east-1" }),
        RCLONE_CONFIG: join(run, "none"),
        RCLONE_CACHE_DIR: join(run, "cache"),
        RCLONE_CONFIG_STORE_ACCESS_KEY_ID: storeKey.access,
        RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: storeKey.secret,
        PATH: tools(),
        HOME: run,
        STORE: "store:recordings/own",
        SPOOL: spool,
        RUN: run,
        REST_SECONDS: "0.2",
        ...env,
      },
    });
    keepers.push(this);
    this.gone = once(this.child, "exit");
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (data: Buffer) => (this.said += data.toString()));
  }

  get log(): string {
    return this.said;
  }

  /** Figures as monitoring reads them. */
  figure(name: string): number | undefined {
    const path = join(this.run, "served", "metrics.txt");
    const [, value] =
      (existsSync(path) ? readFileSync(path, "utf8") : "").match(new RegExp(`^${name} (.+)$`, "m")) ?? [];
    return value === undefined ? undefined : Number(value);
  }

  /** Ends it and everything that it has started, as the kernel does when memory is short. */
  kill(): void {
    if (this.child.exitCode === null && this.child.signalCode === null && this.child.pid !== undefined)
      process.kill(-this.child.pid, "SIGKILL");
  }

  async killed(): Promise<void> {
    this.kill();
    await this.ended();
  }

  async ended(): Promise<void> {
    await this.gone;
  }

  async done(what: string, answer: () => boolean): Promise<void> {
    await until(`${what}; it said:\n${this.said}`, async () => answer(), 60);
  }
}

let made: string | undefined;
/** A folder with BusyBox' programs and rclone. */
function tools(): string {
  if (made === undefined) {
    made = join(folder, "tools");
    mkdirSync(made);
    execFileSync(installed("busybox") ?? "", ["--install", "-s", made]);
    symlinkSync(installed("rclone") ?? "", join(made, "rclone"));
  }
  return made;
}

describeWith(["versitygw", "rclone", "busybox"], "keeping recordings", () => {
  let store: Store;
  const start = (env: Readonly<Record<string, string>> = {}): Keeper => new Keeper(store, join(folder, "run"), env);
  const objects = (): readonly string[] => files(join(store.folder, "own"));
  const object = (name = kept): string => join(store.folder, "own", name);
  /** True if a recording is in the bucket, with a list of sums that fits. */
  const complete = (name = kept): boolean =>
    whole(object(name)) &&
    existsSync(join(object(name), "SHA256SUMS")) &&
    spawnSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: object(name) }).status === 0;

  beforeAll(async () => {
    store = await startStore(folder, "recordings");
  });
  beforeEach(() => {
    emptied();
    rmSync(join(store.folder, "own"), { recursive: true, force: true });
    store.reset();
  });
  afterEach(async () => {
    await Promise.all(keepers.splice(0).map((one) => one.killed()));
  });
  afterAll(async () => store.stop());

  test("puts a recording with its metadata and sums into the bucket, reads them back, and only then takes it off the volume", async () => {
    handOver(recorded());
    let first: boolean | undefined;
    store.before = (step) => {
      // Nothing has left before the list of sums, which is the last object, was read back.
      if (step.startsWith("GET ") && step.includes("SHA256SUMS") && !step.includes("?"))
        first = whole(join(spool, kept));
    };
    const one = start();
    await one.done("the recording to leave the volume", () => files(spool).length === 0);
    expect(first).toBe(true);
    expect(complete()).toBe(true);
    expect(objects()).toEqual([kept]);
    expect(files(object())).toEqual(["SHA256SUMS", media, "metadata.json"].sort());
    expect(readFileSync(join(object(), "SHA256SUMS"), "utf8").split("\n").filter(Boolean)).toHaveLength(2);
  });

  test("keeps one object of a recording that was handed over twice, and does not write it again", async () => {
    handOver(recorded());
    const one = start();
    await one.done("the recording to leave the volume", () => files(spool).length === 0);
    const before = files(object()).map((name) => statSync(join(object(), name)).ino);
    store.reset();
    handOver(recorded());
    await one.done(
      "the second to leave the volume",
      () => files(spool).length === 0 && one.log.split("kept ").length === 3,
    );
    expect(store.steps.filter((step) => /^(PUT|POST|DELETE) /.test(step))).toEqual([]);
    expect(objects()).toEqual([kept]);
    expect(files(object()).map((name) => statSync(join(object(), name)).ino)).toEqual(before);
  });

  test("keeps another recording of the same name beside the first", async () => {
    handOver(recorded());
    const one = start();
    await one.done("the first to leave the volume", () => files(spool).length === 0);
    handOver(recorded("{}"));
    await one.done("the second to leave the volume", () => files(spool).length === 0);
    await one.done("both to be there", () => objects().length === 2);
    expect(complete()).toBe(true);
    expect(objects()[1]).toMatch(new RegExp(`^${kept}-[0-9a-f]{8}$`));
  });

  test("tries again for as long as the store is away, and says so to monitoring", async () => {
    await store.away();
    handOver(recorded());
    const one = start();
    await one.done("a failed attempt", () => one.figure("jitsi_recordings_store_reachable") === 0);
    await one.done("a second one", () => one.log.split("could not keep").length > 2);
    expect(one.figure("jitsi_recordings_waiting")).toBe(1);
    expect(whole(join(spool, kept))).toBe(true);
    await store.back();
    await one.done("the recording to leave the volume", () => files(spool).length === 0);
    expect(complete()).toBe(true);
    await one.done("good figures", () => one.figure("jitsi_recordings_store_reachable") === 1);
    expect(one.figure("jitsi_recordings_waiting")).toBe(0);
  });

  test("the store goes away in the middle of an upload and comes back", async () => {
    handOver(recorded());
    let cut = false;
    store.before = async (step) => {
      if (cut || !step.startsWith("PUT ")) return;
      cut = true;
      await store.away();
    };
    const one = start();
    await one.done("a failed attempt", () => one.figure("jitsi_recordings_store_reachable") === 0);
    expect([cut, whole(join(spool, kept))]).toEqual([true, true]);
    await store.back();
    await one.done("the recording to leave the volume", () => files(spool).length === 0);
    expect(complete()).toBe(true);
    expect(objects()).toEqual([kept]);
  });

  test("a store that hands out something else than it was given gets the recording again, and nothing leaves the volume before", async () => {
    handOver(recorded());
    let falsified = 0;
    store.falsify = (step, body) => {
      if (!step.startsWith("GET ") || !step.includes(".mp4") || body.length < 1_000 || falsified > 1) return body;
      falsified += 1;
      body[500] = (body[500] ?? 0) ^ 1;
      return body;
    };
    const one = start();
    await one.done("a failed attempt", () => one.log.includes("to read back as"));
    await one.done("the recording to leave the volume", () => files(spool).length === 0);
    expect(falsified).toBe(2);
    expect(complete()).toBe(true);
  });

  test("loses nothing and doubles nothing when it is killed after any request to the store, before it hears the answer", async () => {
    handOver(recorded());
    const undisturbed = start();
    await undisturbed.done("the recording to leave the volume", () => files(spool).length === 0);
    await undisturbed.killed();
    const count = store.steps.length;
    expect(count).toBeGreaterThan(6);
    for (let step = 1; step <= count; step++) {
      emptied();
      rmSync(join(store.folder, "own"), { recursive: true, force: true });
      store.reset();
      handOver(recorded());
      const killed = start();
      store.after = (_, number) => {
        if (number === step) killed.kill();
      };
      await killed.done(`request ${step}`, () => store.steps.length >= step);
      await killed.ended();
      expect([step, whole(join(spool, kept))]).toEqual([step, true]);
      store.reset();
      const next = start();
      await next.done(`${step}: the recording to leave the volume`, () => readdirSync(spool).length === 0);
      await next.killed();
      expect([step, complete(), objects()]).toEqual([step, true, [kept]]);
    }
    // Some twenty keepers, with as many times seven starts of rclone.
  }, 600_000);

  test("clears away what a kill between the bucket and the end has left", async () => {
    mkdirSync(join(spool, `.kept-${kept}`));
    writeFileSync(join(spool, `.kept-${kept}`, media), "half of it");
    const one = start();
    await one.done("an empty spool", () => readdirSync(spool).length === 0);
    expect(objects()).toEqual([]);
  });
});

/** Jibri's two interfaces, as its guard and its probes ask them. */
class Jibri {
  readonly asked: string[] = [];
  busy = false;
  well = true;
  private readonly server: Server;

  constructor() {
    this.server = createServer(({ method, url = "" }, answer) => {
      if (method === "GET" && url === "/jibri/api/v1.0/health") {
        const health = { healthStatus: this.well ? "HEALTHY" : "UNHEALTHY", details: {} };
        answer.end(JSON.stringify({ status: { busyStatus: this.busy ? "BUSY" : "IDLE", health } }));
        return;
      }
      this.asked.push(`${method} ${url}`);
      if (url.endsWith("/stopService")) this.busy = false;
      answer.end();
    });
  }

  async start(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  get env(): Readonly<Record<string, string>> {
    const at = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jibri/api`;
    return { JIBRI_INTERNAL: `${at}/internal/v1.0`, JIBRI_API: `${at}/v1.0` };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const graceful = "POST /jibri/api/internal/v1.0/gracefulShutdown";
const stopped = "POST /jibri/api/v1.0/stopService";

describeWith(["versitygw", "rclone", "busybox", "jq", "curl"], "a volume that fills", () => {
  const sizeMib = 24;
  let store: Store;
  let jibri: Jibri;
  const running: ChildProcess[] = [];
  const limits = { RESERVE_MIB: "12", FLOOR_MIB: "3" };

  /** Fills the volume up to some space. */
  const leave = (mib: number): void => {
    rmSync(join(storage, "ballast"), { force: true });
    const free = Number(execFileSync("df", ["--output=avail", "-k", storage], { encoding: "utf8" }).split("\n")[1]);
    const ballast = openSync(join(storage, "ballast"), "w");
    spawnSync("head", ["-c", `${(free - mib * 1_024) * 1_024}`, "/dev/zero"], { stdio: ["ignore", ballast, "ignore"] });
    closeSync(ballast);
  };
  const script = (
    name: string,
    words: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): ChildProcess => {
    const own = { PATH: "/usr/bin:/bin", STORAGE: storage, REST_SECONDS: "0.1", ...limits, ...jibri.env, ...env };
    const child = spawn("bash", [join(scripts, name), ...words], { env: own, detached: true, stdio: "ignore" });
    running.push(child);
    return child;
  };
  const health = async (what: string): Promise<unknown> =>
    (await once(script("recorder-health.sh", [what]), "exit"))[0];

  beforeAll(async () => {
    store = await startStore(join(folder, "second"), "recordings");
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMib}m`, "tmpfs", storage]);
  });
  beforeEach(async () => {
    emptied();
    rmSync(join(storage, "ballast"), { force: true });
    jibri = new Jibri();
    await jibri.start();
  });
  afterEach(async () => {
    await Promise.all(keepers.splice(0).map((one) => one.killed()));
    jibri.stop();
    for (const { pid, exitCode, signalCode } of running.splice(0))
      if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
  });
  afterAll(async () => {
    await store.stop();
    execFileSync("umount", ["--lazy", storage]);
  });

  test("takes no new recording below the reserve, and ends one that runs above the end of the disk", async () => {
    jibri.busy = true;
    script("guard-disk.sh", [`${process.pid}`]);
    expect(await health("ready")).toBe(0);
    expect(jibri.asked).toEqual([]);
    leave(8);
    await until("Jibri to be told to end when it is idle", async () => jibri.asked.includes(graceful), 10);
    expect(await health("ready")).not.toBe(0);
    expect(await health("alive")).toBe(0);
    expect(jibri.asked).not.toContain(stopped);
    leave(1);
    await until("the recording to be ended", async () => jibri.asked.includes(stopped), 10);
  });

  test("a recorder waits for space with a full volume, which the keeper makes without writing to it", async () => {
    const path = recorded();
    writeFileSync(join(path, media), Buffer.alloc(16 * 2 ** 20, "x"));
    leave(0);
    expect(() => writeFileSync(join(storage, "no more"), content)).toThrow(/ENOSPC/);
    const mark = join(folder, "started");
    rmSync(mark, { force: true });
    mkdirSync(join(folder, "config"), { recursive: true });
    script("start-recorder.sh", ["touch", mark], {
      SCRIPTS: scripts,
      MOUNTED: mounted(),
      JIBRI_CONFIG: join(folder, "config"),
    });
    // What the recorder before was killed over is handed over even so.
    await until("the recording to be in the spool", async () => files(spool).length === 1, 10);
    const run = join(folder, "run-full");
    await store.away();
    const keeper = new Keeper(store, run, { RESERVE_MIB: "12" });
    await keeper.done("an alarm", () => keeper.figure("jitsi_recordings_volume_full") === 1);
    expect(existsSync(mark)).toBe(false);
    await store.back();
    await keeper.done("the recording to leave the volume", () => files(spool).length === 0);
    await until("the recorder to start", async () => existsSync(mark), 10);
    await keeper.done("the end of the alarm", () => keeper.figure("jitsi_recordings_volume_full") === 0);
    await keeper.killed();
    const [name = ""] = files(join(store.folder, "own"));
    expect(statSync(join(store.folder, "own", name, media)).size).toBe(16 * 2 ** 20);
  });

  test("the start copies the settings, which are mounted as links, to where Jibri reads them", () => {
    rmSync(join(folder, "config"), { recursive: true, force: true });
    expect(started({ RESERVE_MIB: "1" })).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, "config", "custom-jibri.conf"), "utf8")).toBe("jibri {}\n");
  });

  test("is not ready with a fault, and starts again only when it is idle", async () => {
    jibri.well = false;
    expect([await health("ready"), await health("alive")]).not.toContain(0);
    jibri.busy = true;
    expect(await health("alive")).toBe(0);
  });

  test("is drained: it waits for the recording, and after its time ends it", async () => {
    jibri.busy = true;
    const [waits, ends] = ["3600", "0"].map((seconds) => script("drain-recorder.sh", [], { DRAIN_SECONDS: seconds }));
    await until("the recording to be ended", async () => jibri.asked.includes(stopped), 10);
    expect(jibri.asked.filter((one) => one === graceful)).toHaveLength(2);
    // The recording has ended, so nothing is left to wait for.
    for (const child of [waits, ends]) if (child?.exitCode === null) await once(child, "exit");
    expect(jibri.asked.filter((one) => one === stopped)).toHaveLength(1);
  });
});

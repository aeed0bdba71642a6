/**
 * Recordings on their way from the spool into the bucket: the real script, Debian's S3 client for Ruby, a real store that fails at will, and the lock in a real PostgreSQL.
 * Upstream's importer itself cannot be had here; what stands in for it does the same in the same order (bigbluebutton/importer.rb beside this file names its source).
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { startStore, type Store, storeKey } from "./recording-store";

const scripts = join(__dirname, "..", "..", "components", "services", "bigbluebutton", "files");
const bin = "/usr/lib/postgresql/15/bin";
const record = "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1532718316938";

describeWith(
  ["ruby", "versitygw", "../lib/postgresql/15/bin/postgres", "setpriv"],
  "the importer of recordings",
  () => {
    let folder: string;
    let store: Store;
    let database: ChildProcess;
    let databasePort: number;
    const running: ChildProcess[] = [];

    /** Objects of the store, by their paths. */
    const objects = (): readonly string[] =>
      (
        readdirSync(join(folder, "buckets"), { recursive: true, withFileTypes: true }) as {
          name: string;
          parentPath: string;
          isFile(): boolean;
        }[]
      )
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "buckets").length + 1))
        .filter((path) => !path.includes("/.sgwtmp"))
        .sort();

    /** Puts an archive into the spool, as a meeting server does: the files of each format below its name and the recording's. */
    function archived(name: string, files: Readonly<Record<string, string>>): void {
      const from = mkdtempSync(join(folder, "archive-"));
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(from, path)), { recursive: true });
        writeFileSync(join(from, path), content);
      }
      const tops = [...new Set(Object.keys(files).map((path) => path.split("/").slice(0, 2).join("/")))];
      mkdirSync(join(folder, "buckets", "recordings", "spool"), { recursive: true });
      execFileSync(
        "tar",
        ["--create", "--file", join(folder, "buckets", "recordings", "spool", `${name}.tar`), ...tops],
        {
          cwd: from,
        },
      );
    }

    /** Starts an importer with a table of rows of its own, and a log. */
    function importer(
      name: string,
      env: Readonly<Record<string, string>> = {},
    ): { readonly log: () => string; readonly end: (signal?: NodeJS.Signals) => Promise<void> } {
      const home = join(folder, name);
      mkdirSync(home, { recursive: true });
      let log = "";
      const child = spawn(
        installed("ruby") ?? "",
        ["-r", join(__dirname, "bigbluebutton", "importer.rb"), join(scripts, "import.rb")],
        {
          env: {
            PATH: process.env["PATH"] ?? "",
            HOME: home,
            STORE_ENDPOINT: store.endpoint,
            AWS_REGION: "us-east-1",
            AWS_ACCESS_KEY_ID: storeKey.access,
            AWS_SECRET_ACCESS_KEY: storeKey.secret,
            AWS_EC2_METADATA_DISABLED: "true",
            S3_RECORDING: "true",
            S3_BUCKET_NAME: "recordings",
            SPOOL_ENDPOINT: store.endpoint,
            SPOOL_BUCKET: "recordings",
            SPOOL_REGION: "us-east-1",
            SPOOL_ACCESS_KEY_ID: storeKey.access,
            SPOOL_SECRET_ACCESS_KEY: storeKey.secret,
            PGHOST: "127.0.0.1",
            PGPORT: `${databasePort}`,
            PGUSER: "postgres",
            DATABASE_URL: "postgresql:///postgres?keepalives_idle=10",
            ALIVE: join(home, "alive"),
            SPOOL_FOLDER: join(home, "spool"),
            ROWS: join(folder, "rows"),
            REST_SECONDS: "0.2",
            AGAIN_SECONDS: "1",
            SWEEP_SECONDS: "1",
            ...env,
          },
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      running.push(child);
      child.stdout?.on("data", (data: Buffer) => (log += data.toString()));
      child.stderr?.on("data", (data: Buffer) => (log += data.toString()));
      return {
        log: () => log,
        end: async (signal = "SIGTERM") => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const gone = once(child, "exit");
          child.kill(signal);
          await gone;
        },
      };
    }

    const imported = (): readonly string[] => objects().filter((path) => path.startsWith("recordings/published/"));
    const waiting = (): readonly string[] => objects().filter((path) => path.startsWith("recordings/spool/"));
    const rows = (): readonly string[] =>
      readFileSync(join(folder, "rows"), "utf8")
        .split("\n")
        .filter((row) => row !== "");

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "import-"));
      chmodSync(folder, 0o755);
      store = await startStore(folder, "recordings");
      const data = join(folder, "data");
      mkdirSync(data);
      execFileSync("chown", ["postgres:postgres", data]);
      const user = ["--reuid=postgres", "--regid=postgres", "--init-groups"];
      execFileSync("setpriv", [...user, join(bin, "initdb"), "--auth=trust", "-D", data], { stdio: "ignore" });
      [databasePort = 0] = await freePorts(1);
      database = spawn(
        "setpriv",
        [
          ...user,
          join(bin, "postgres"),
          "-D",
          data,
          "-p",
          `${databasePort}`,
          "-h",
          "127.0.0.1",
          "-k",
          data,
          "-c",
          "fsync=off",
        ],
        { stdio: "ignore" },
      );
      await until("PostgreSQL to answer", () =>
        Promise.resolve().then(() => {
          try {
            execFileSync(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", `${databasePort}`], { stdio: "ignore" });
            return true;
          } catch {
            return false;
          }
        }),
      );
    }, 300_000);
    beforeEach(() => {
      rmSync(join(folder, "buckets", "recordings"), { recursive: true, force: true });
      mkdirSync(join(folder, "buckets", "recordings"), { recursive: true });
      writeFileSync(join(folder, "rows"), "");
      store.before = () => undefined;
      store.reset();
    });
    afterEach(() => running.splice(0).forEach((child) => child.kill("SIGKILL")));
    afterAll(async () => {
      database?.kill("SIGQUIT");
      await store?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const recording = {
      [`presentation/${record}/metadata.xml`]: "<recording/>",
      [`presentation/${record}/presentation/slides with a space/thumb-1.png`]: "a slide".repeat(900),
      [`presentation/${record}/.hidden`]: "is not published",
      [`video/${record}/metadata.xml`]: "<recording/>",
      [`video/${record}/video-0.m4v`]: "a film".repeat(100_000),
      [`presentation/${record}/${"a-long-name-".repeat(12)}.svg`]: "<svg/>",
    };
    const published = Object.keys(recording)
      .filter((path) => !path.endsWith(".hidden"))
      .map((path) => `recordings/published/${path}`)
      .sort();

    it("takes a recording out of the spool once every file and every row has arrived", async () => {
      archived("one", recording);
      const { log } = importer("a");
      await until("the word of it", () => Promise.resolve(log().includes("Imported spool/one.tar")), 60);
      expect(waiting()).toEqual([]);
      expect(imported()).toEqual(published);
      expect(rows()).toEqual([`published presentation ${record}`, `published video ${record}`]);
      expect(readdirSync(join(folder, "a", "spool", "archives"))).toEqual([]);
      await until("a sign of life", () => Promise.resolve(existsSync(join(folder, "a", "alive"))), 60);
    }, 120_000);

    it("keeps a recording whose upload failed, which upstream's importer passes over, and imports it when the store is back", async () => {
      archived("two", recording);
      let refused = 0;
      store.before = (step) => {
        if (step.startsWith("PUT /recordings/published/video") && refused < 8) {
          refused += 1;
          throw new Error("the store is away");
        }
      };
      const { log } = importer("a");
      await until("the failure to be said", () => Promise.resolve(log().includes("stays in the spool")), 60);
      expect(log()).toMatch(/spool\/two\.tar stays in the spool: \d of 5 did not arrive, first video\//);
      await until("the spool to be empty", () => Promise.resolve(waiting().length === 0), 90);
      expect(imported()).toEqual(published);
      expect(refused).toBe(8);
    }, 200_000);

    it("keeps a recording whose rows are missing, and does not let it stand in the way of others", async () => {
      archived("broken", { [`notes/${record}/nothing.txt`]: "no metadata" });
      archived("lost", { [`podcast/no-row-${record}/metadata.xml`]: "<recording/>" });
      archived("whole", recording);
      const { log } = importer("a");
      await until("the whole one", () => Promise.resolve(log().includes("Imported spool/whole.tar")), 60);
      expect(waiting()).toEqual(["recordings/spool/broken.tar", "recordings/spool/lost.tar"]);
      expect(log()).toContain("has no recording");
      expect(log()).toContain(`row podcast of no-row-${record}`);
    }, 120_000);

    it("works alone: a second one waits for the lock, and takes over when the first is gone", async () => {
      const first = importer("a");
      await until("the first to work", () => Promise.resolve(store.steps.length > 3), 60);
      const second = importer("b");
      await until("the second to live", () => Promise.resolve(existsSync(join(folder, "b", "alive"))), 60);
      archived("three", recording);
      await until("the first to take it", () => Promise.resolve(first.log().includes("Imported spool/three.tar")), 60);
      expect(second.log()).not.toContain("Imported");
      await first.end("SIGKILL");
      archived("four", recording);
      await until("the second to work", () => Promise.resolve(second.log().includes("Imported spool/four.tar")), 60);
    }, 200_000);

    it("does the rest after it was killed in the middle", async () => {
      archived("five", recording);
      const first = importer("a");
      let puts = 0;
      store.before = async (step) => {
        if (step.startsWith("PUT /recordings/published/") && ++puts === 3) await first.end("SIGKILL");
      };
      await until("its end", () => Promise.resolve(puts >= 3), 60);
      expect(waiting()).toEqual(["recordings/spool/five.tar"]);
      store.before = () => undefined;
      importer("a");
      await until("the spool to be empty", () => Promise.resolve(waiting().length === 0), 60);
      expect(imported()).toEqual(published);
    }, 200_000);

    it("ends at a signal after the archive that it is at", async () => {
      archived("six", recording);
      archived("seven", recording);
      const { end, log } = importer("a");
      let ended: Promise<void> | undefined;
      store.before = (step) => {
        if (step.startsWith("PUT /recordings/published/")) ended ??= end();
      };
      await until("the signal", () => Promise.resolve(ended !== undefined), 60);
      await ended;
      expect(log().match(/Imported/g)).toHaveLength(1);
      expect(waiting()).toHaveLength(1);
    }, 120_000);

    it("removes what upstream leaves of recordings that were deleted, and nothing else", async () => {
      const place = join(folder, "buckets", "recordings", "published", "presentation");
      for (const id of ["deleted-1", "kept-1"]) {
        mkdirSync(join(place, id), { recursive: true });
        for (const n of [1, 2, 3]) writeFileSync(join(place, id, `${n}.svg`), "left");
      }
      writeFileSync(join(folder, "rows"), "deleted presentation deleted-1\npublished presentation kept-1\n");
      importer("a");
      await until("the sweep", () => Promise.resolve(imported().length === 3), 60);
      expect(imported().every((path) => path.includes("/kept-1/"))).toBe(true);
    }, 120_000);
  },
);

/** An object store that loses its power keeps what it has answered: by then the disks of two hosts were told to keep it. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { describeWithSeaweedfs } from "../support/programs/seaweedfs";
import { until } from "../support/programs/background";
import type { S3Client } from "./s3-client";
import { storagePrograms, StorageRig } from "./storage-rig";

jest.setTimeout(240_000);

/** A flush of a volume file: its host, and when it was done, in seconds. */
interface Flush {
  readonly host: number;
  readonly done: number;
}

describeWithSeaweedfs([...storagePrograms, "strace", "pgrep"], "an object store that loses its power", () => {
  const rig = new StorageRig([{ name: "media" }]);
  let media: S3Client;
  beforeAll(async () => {
    await rig.start();
    const { status, stderr } = rig.makeBuckets();
    expect([status, stderr]).toEqual([0, ""]);
    media = rig.client(rig.key("media"));
    // Volume files are made at the first write.
    expect((await media.ask("PUT", "/media/first", { body: randomBytes(100_000) })).status).toBe(200);
  });
  afterAll(() => rig.stop());

  /** Writes one object, while every flush of the three volume servers is noted. */
  async function written(path: string): Promise<{ readonly answered: number; readonly flushes: readonly Flush[] }> {
    const notes = rig.addresses.map((_, host) => join(rig.folder, `flushes-${host}-${path.replace(/\W/g, "-")}`));
    const tracers = rig.addresses.map((address, host) => {
      const [pid = ""] = spawnSync("pgrep", ["-f", `weed.* volume -ip=${address} .*${rig.folder}`], {
        encoding: "utf8",
      }).stdout.split("\n");
      expect(pid).toMatch(/^\d+$/);
      const words = ["-f", "-y", "-ttt", "-T", "-e", "trace=fsync,fdatasync", "-o", notes[host] ?? "", "-p", pid];
      return spawn("strace", words, { stdio: ["ignore", "ignore", "pipe"] });
    });
    await Promise.all(tracers.map(async ({ stderr }) => once(stderr, "data")));
    const { status } = await media.ask("PUT", path, { body: randomBytes(100_000) });
    const answered = Date.now() / 1_000;
    expect(status).toBe(200);
    await Promise.all(
      tracers.map(async (tracer) => {
        const gone = once(tracer, "exit");
        tracer.kill("SIGINT");
        await gone;
      }),
    );
    const flushes = notes.flatMap((note, host) =>
      readFileSync(note, "utf8")
        .split("\n")
        .flatMap((line) => {
          const [, at, took] = /^\d+ +(\d+\.\d+) .*media_\d+\.dat>?.*= 0 <(\d+\.\d+)>/.exec(line) ?? [];
          return at === undefined || took === undefined ? [] : [{ host, done: Number(at) + Number(took) }];
        }),
    );
    return { answered, flushes };
  }

  test("has told the disks of two hosts to keep an object before it answers", async () => {
    const { answered, flushes } = await written("/media/kept");
    const before = flushes.filter(({ done }) => done <= answered);
    expect([...new Set(before.map(({ host }) => host))]).toHaveLength(2);
  });

  test("would not without the rule that the task sets: the rule is what does it", async () => {
    rig.shell("fs.configure -locationPrefix=/buckets/ -delete -apply");
    await until(
      "the rule to be gone",
      async () => {
        const { flushes } = await written(`/media/loose-${randomBytes(4).toString("hex")}`);
        return flushes.length === 0;
      },
      60,
    );
    expect(rig.makeBuckets().status).toBe(0);
    await until(
      "the rule to be back",
      async () => {
        const { answered, flushes } = await written(`/media/again-${randomBytes(4).toString("hex")}`);
        return new Set(flushes.filter(({ done }) => done <= answered).map(({ host }) => host)).size === 2;
      },
      60,
    );
  });
});

/** Servers and tenants in Scalelite's cache, as its pollers keep them: the real script, with records that stand in for upstream's (bigbluebutton/poller.rb beside this file). */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";

const script = join(__dirname, "..", "..", "components", "services", "bigbluebutton", "files", "poll.rb");

type Records = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

describeWith(["ruby"], "the pollers of Scalelite", () => {
  let folder: string;
  let log = "";
  let child: ChildProcess | undefined;
  const cache = (): string => join(folder, "cache");
  const kept = (): Records => JSON.parse(readFileSync(cache(), "utf8")) as Records;

  const url = (n: number): string => `https://server-${n}.example.ch/bigbluebutton/api`;
  const planned = {
    servers: { "server-1": { url: url(1), secret: "new" }, "server-2": { url: url(2), secret: "new" } },
    tenants: { moodle: "one:two" },
  };

  function start(found: Records): void {
    writeFileSync(cache(), JSON.stringify(found));
    writeFileSync(join(folder, "planned.json"), JSON.stringify(planned));
    log = "";
    child = spawn(installed("ruby") ?? "", ["-r", join(__dirname, "bigbluebutton", "poller.rb"), script], {
      env: {
        PATH: process.env["PATH"] ?? "",
        CACHE: cache(),
        PLANNED: join(folder, "planned.json"),
        ALIVE: join(folder, "alive"),
        POLL_INTERVAL: "0.1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => (log += data.toString()));
  }
  /** Waits until servers were asked as many times more. */
  const rounds = async (count: number): Promise<void> => {
    const asked = (): number => log.split("asked servers").length - 1;
    const wanted = asked() + count;
    await until("the servers to be asked", () => Promise.resolve(asked() >= wanted), 60);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "poll-"));
  });
  afterEach(() => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("fills an empty cache, by ids that are the same in every cache, and asks the servers in every round", async () => {
    start({});
    await rounds(3);
    expect(kept()).toEqual({
      Server: {
        "server-1": { url: url(1), secret: "new", state: "enabled" },
        "server-2": { url: url(2), secret: "new", state: "enabled" },
      },
      Tenant: { moodle: { name: "moodle", secrets: "one:two" } },
    });
    expect(existsSync(join(folder, "alive"))).toBe(true);
  }, 90_000);

  it("gives a server its new secret, and leaves it cordoned", async () => {
    start({ Server: { "server-1": { url: url(1), secret: "old", state: "cordoned" } }, Tenant: {} });
    await rounds(2);
    expect(kept()["Server"]?.["server-1"]).toEqual({ url: url(1), secret: "new", state: "cordoned" });
  }, 90_000);

  it("removes a server that is planned no longer once its last meeting has ended, and a tenant at once", async () => {
    const meetings = { "weekly-call": { server_id: "server-9" } };
    start({
      Server: { "server-9": { url: url(9), secret: "old", state: "enabled" } },
      Tenant: { gone: { name: "gone", secrets: "x" } },
      Meeting: meetings,
    });
    await rounds(2);
    expect(kept()["Server"]?.["server-9"]).toMatchObject({ state: "cordoned" });
    expect(Object.keys(kept()["Tenant"] ?? {})).toEqual(["moodle"]);
    const { Meeting: _, ...ended } = kept();
    writeFileSync(cache(), JSON.stringify(ended));
    await rounds(2);
    expect(Object.keys(kept()["Server"] ?? {}).sort()).toEqual(["server-1", "server-2"]);
  }, 90_000);

  it("goes on when the cache was away, and fills the one that comes back empty", async () => {
    start({});
    await rounds(2);
    writeFileSync(`${cache()}.away`, "");
    await until("the cache to be missed", () => Promise.resolve(log.includes("The cache does not answer")), 60);
    writeFileSync(cache(), "{}");
    rmSync(`${cache()}.away`);
    await rounds(2);
    expect(Object.keys(kept()["Server"] ?? {}).sort()).toEqual(["server-1", "server-2"]);
  }, 90_000);
});

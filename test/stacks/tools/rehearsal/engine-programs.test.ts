import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  cacheFolder,
  elapsed,
  type GoProgram,
  goProgram,
  goProgramPath,
  withProgress,
} from "../../../../stacks/tools/rehearsal/engine";

const script = (body: string): string => `#!/bin/sh\n${body}\n`;

/** A Go that notes how it was called and makes a program, or says why it does not. */
const makes =
  'echo "$@ in $PWD" >> "$HOME/calls"\nwhile [ "$1" != -o ]; do shift; done\necho made > "$2"\n/bin/chmod +x "$2"';
const fails = (complaint: string): string =>
  `echo "some/package" >&2\necho "${complaint}" >&2\necho "some/other/package" >&2\nexit 1`;

let home: string;
let environment: Record<string, string>;
let told: string[];
let program: GoProgram;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "engine-programs-"));
  environment = { HOME: home, PATH: join(home, "bin") };
  told = [];
  program = {
    name: "tool",
    version: "1.2.3",
    family: "tools",
    module: home,
    package: "example.org/tool",
    variables: { "example.org/tool.Version": "v1.2.3" },
    duration: "a moment",
  };
  await mkdir(join(home, "bin"));
});

afterEach(() => rm(home, { recursive: true, force: true }));

const go = (body: string): Promise<void> => writeFile(join(home, "bin", "go"), script(body), { mode: 0o755 });
const calls = (): readonly string[] =>
  existsSync(join(home, "calls")) ? readFileSync(join(home, "calls"), "utf8").trim().split("\n") : [];
const have = (): Promise<string> => goProgram(program, { environment, terminal: { write: (text) => told.push(text) } });
const lock = (): string => join(cacheFolder(environment), "tools", "1.2.3", "tool.lock");

describe("the cache folder", () => {
  it.each([
    [
      "is below XDG_CACHE_HOME where that is set",
      { HOME: "/home/a", XDG_CACHE_HOME: "/var/cache/a" },
      "/var/cache/a/sovereign-uc",
    ],
    ["is below .cache at home otherwise", { HOME: "/home/a" }, "/home/a/.cache/sovereign-uc"],
    ["ignores a relative XDG_CACHE_HOME", { HOME: "/home/a", XDG_CACHE_HOME: "cache" }, "/home/a/.cache/sovereign-uc"],
    ["ignores an empty XDG_CACHE_HOME", { HOME: "/home/a", XDG_CACHE_HOME: "" }, "/home/a/.cache/sovereign-uc"],
  ])("%s", (_, given, folder) => {
    expect(cacheFolder(given)).toBe(folder);
  });
});

describe("a program from a Go module", () => {
  it("is built in the folder of its go.mod, from nothing that go.sum does not know", async () => {
    await go(makes);
    expect(await have()).toBe(goProgramPath(program, environment));
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).toMatch(
      /^build -mod=readonly -trimpath .*-X example\.org\/tool\.Version=v1\.2\.3 -o \S+ example\.org\/tool in /,
    );
    expect(calls()[0]).toMatch(new RegExp(` in ${home}$`));
  });

  it("is there at once the second time, and nothing is told", async () => {
    await go(makes);
    await have();
    told = [];
    await have();
    expect(calls()).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it("is built once when two ask for it at the same time", async () => {
    await go(makes);
    const [first, second] = await Promise.all([have(), have()]);
    expect(first).toBe(second);
    expect(calls()).toHaveLength(1);
    expect(told.join("")).toContain("waiting for another run that builds tool 1.2.3");
  });

  it("is waited for while another run holds the lock", async () => {
    await go(makes);
    const path = goProgramPath(program, environment);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(lock(), "");
    await writeFile(`${path}.elsewhere`, "", { mode: 0o755 });
    const found = goProgram(program, { environment, terminal: { write: () => renameSync(`${path}.elsewhere`, path) } });
    expect(await found).toBe(path);
    expect(calls()).toEqual([]);
  });

  it("is built despite a lock that a killed run left behind", async () => {
    await go(makes);
    await mkdir(dirname(lock()), { recursive: true });
    await writeFile(lock(), "");
    const minuteAgo = new Date(Date.now() - 60_000);
    await utimes(lock(), minuteAgo, minuteAgo);
    await have();
    expect(calls()).toHaveLength(1);
  });

  it("takes away what a killed build left behind an hour ago, and nothing younger", async () => {
    await go(makes);
    const bin = dirname(goProgramPath(program, environment));
    await mkdir(join(bin, "building-old"), { recursive: true });
    await mkdir(join(bin, "building-new"));
    const longAgo = new Date(Date.now() - 7_200_000);
    await utimes(join(bin, "building-old"), longAgo, longAgo);
    await have();
    expect(readdirSync(bin).sort()).toEqual(["building-new", "tool"]);
  });

  it("is refused without Go, with what to install", async () => {
    await expect(have()).rejects.toThrow(
      "expected Go on PATH to build tool 1.2.3, got none; install Go (https://go.dev/dl)",
    );
  });

  it.each([
    ["go: go.mod requires go >= 1.25.11 (running go 1.19.8)", "install that Go version or a later one"],
    ["verifying example.org/x@v1.0.0: checksum mismatch", "the download does not match go.sum: do not use it"],
    [
      "dial tcp: lookup proxy.example.org: no such host",
      "check that the Go module proxy can be reached and that the disk has 3 GiB free",
    ],
  ])("that fails with %p is told with the advice %p, and leaves nothing", async (complaint, advice) => {
    await go(fails(complaint));
    await expect(have()).rejects.toThrow(
      `expected \`go build\` to make tool 1.2.3, got exit 1 (${complaint}); ${advice}`,
    );
    expect(readdirSync(dirname(goProgramPath(program, environment)))).toEqual([]);
    expect(existsSync(lock())).toBe(false);
  });
});

describe("progress", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const lines = async (isTTY: boolean, seconds: number): Promise<string> => {
    let finish = (): void => {};
    const work = withProgress(
      "building",
      (note) => {
        note("7 packages compiled");
        return new Promise<void>((resolve) => (finish = resolve));
      },
      { isTTY, columns: 32, write: (text) => told.push(text) },
    );
    await jest.advanceTimersByTimeAsync(seconds * 1_000);
    finish();
    await work;
    return told.join("");
  };

  it("is a line every 20 seconds in a log", async () => {
    expect(await lines(false, 45)).toBe(
      "[0 s] building\n[20 s] building: 7 packages compiled\n[40 s] building: 7 packages compiled\n[45 s] building: done\n",
    );
  });

  it("is one line on a terminal, which changes every second and never wraps", async () => {
    const text = await lines(true, 3);
    expect(text.split("\n")).toHaveLength(2);
    expect(text).toContain("\r\x1b[2K[2 s] building: 7 packages comp\r");
    expect(text).toMatch(/\[3 s\] building: done\n$/);
  });

  it("says that the work failed, and hands the error on", async () => {
    const failing = withProgress("building", () => Promise.reject(new Error("no disk")), {
      write: (text) => told.push(text),
    });
    await expect(failing).rejects.toThrow("no disk");
    expect(told.join("")).toContain("[0 s] building: failed");
  });

  it.each([
    [400, "0 s"],
    [59_400, "59 s"],
    [60_000, "1 min 0 s"],
    [185_000, "3 min 5 s"],
  ])("tells %d ms as %p", (milliseconds, text) => {
    expect(elapsed(milliseconds)).toBe(text);
  });
});

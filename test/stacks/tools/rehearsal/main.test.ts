import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { driftOf } from "../../../../stacks/tools/rehearsal/drift";
import { EventLog } from "../../../../stacks/tools/rehearsal/event-log";
import { explained, failuresOf } from "../../../../stacks/tools/rehearsal/failures";
import { folders, writable } from "../../../../stacks/tools/rehearsal/folders";
import { importCommand, orphanOf } from "../../../../stacks/tools/rehearsal/orphans";
import { passphrase, passphrasePath } from "../../../../stacks/tools/rehearsal/passphrase";
import { codes, run } from "../../../../stacks/tools/rehearsal/run";
import { lockRun } from "../../../../stacks/tools/rehearsal/run-lock";
import { secretsOf, without } from "../../../../stacks/tools/rehearsal/secrets";
import { Voice } from "../../../../stacks/tools/rehearsal/terminal";
import { unlocking } from "../../../../stacks/tools/rehearsal/unlock";
import { printViolations, violations } from "../../../../stacks/tools/rehearsal/verdict";
import { clearLocks, deployedConfig, noteDeployed, writeConfig } from "../../../../stacks/tools/rehearsal/workspace";
import { buildModel } from "../../../../stacks/tools/rehearsal/report/build-model";
import { blockedEvents, source, urn } from "./report-fixture";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "rehearsal-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const now = (): Date => new Date("2026-01-02T03:04:05Z");
/** A terminal that keeps what is written, and an environment in which no engine can be had. */
function io(environment: Readonly<Record<string, string>> = {}) {
  const written: string[] = [];
  return {
    out: { isTTY: false, write: (text: string) => written.push(text) },
    environment: { HOME: folder, PATH: "", SOVEREIGN_UC_ENGINE: "path", ...environment },
    signal: new AbortController().signal,
    now,
    said: (): string => written.join(""),
  };
}

describe("the command", () => {
  const withdrawn = join(tmpdir(), "file-in-the-way");

  test.each([
    ["an unknown blueprint", ["nonsense"], "expected a blueprint out of crisis"],
    ["an unknown stack", ["--stack", "nonsense"], "expected a stack out of"],
    ["a setting without =", ["--set", "x"], "expected --set KEY=VALUE"],
    ["an unknown key", ["--set", "a:b=c"], "expected a configuration key"],
    [
      "destroy and set",
      ["--destroy", "--set", "sovereign-uc:location=ash"],
      "expected --destroy without other changes",
    ],
    ["a folder that cannot be made", ["--out", join(withdrawn, "out")], "expected a folder that can be written"],
    ["a virtual file system", ["--out", "/proc/out"], "expected a folder that can be written"],
  ])("refuses %s with a sentence and makes nothing", async (_, argv, sentence) => {
    writeFileSync(withdrawn, "");
    const terminal = io();
    const out = argv.includes("--out") ? argv : [...argv, "--out", join(folder, "out")];
    expect(await run(out, terminal)).toBe(codes.input);
    expect(terminal.said()).toMatch(/^✕ /);
    expect(terminal.said()).toContain(sentence);
    expect(terminal.said()).not.toMatch(/^\s+at /m);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(withdrawn);
  });

  test("says what to install where no engine can be had, and makes nothing", async () => {
    const terminal = io();
    expect(await run(["--out", folder], terminal)).toBe(codes.input);
    expect(terminal.said()).toContain("expected a Pulumi CLI");
    expect(terminal.said()).not.toMatch(/^\s+at /m);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("prints its help without an engine", async () => {
    const terminal = io();
    expect(await run(["--help"], terminal)).toBe(codes.done);
    expect(terminal.said()).toContain("--with-data STACK");
  });

  test("has nothing to destroy where nothing was made", async () => {
    const terminal = io();
    expect(await run(["--destroy", "--out", folder], terminal)).toBe(codes.done);
    expect(terminal.said()).toContain('Nothing to destroy: "crisis-hetzner"');
    expect(readdirSync(folder)).toEqual([]);
  });

  test("tells a second run on one stack that another is at work", async () => {
    mkdirSync(join(folder, "crisis-hetzner"));
    const held = lockRun(join(folder, "crisis-hetzner", "run.lock"), now);
    // All that is asked of the engine before the lock is its version.
    const engine = join(folder, "bin", "pulumi");
    mkdirSync(join(folder, "bin"));
    writeFileSync(engine, "#!/bin/sh\necho v3.256.0\n", { mode: 0o755 });
    const terminal = io({ PATH: `${join(folder, "bin")}:/usr/bin:/bin` });
    expect(await run(["--out", folder], terminal)).toBe(codes.input);
    expect(terminal.said()).toContain(`expected no other rehearsal of this stack, got "one in process ${process.pid}`);
    held.release();
  });
});

describe("the lock of a run", () => {
  const path = (): string => join(folder, "stack", "run.lock");

  test("is held by one run at a time and given back", () => {
    const first = lockRun(path(), now);
    expect(first.leftBehind).toBe(false);
    expect(() => lockRun(path(), now)).toThrow("wait for it to end");
    first.release();
    expect(readdirSync(join(folder, "stack"))).toEqual([]);
    lockRun(path(), now).release();
  });

  test("of a process that is gone is taken over", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    lockRun(path(), now).release();
    writeFileSync(path(), JSON.stringify({ pid, born: "1", host: hostname(), since: "then" }));
    const taken = lockRun(path(), now);
    expect(taken.leftBehind).toBe(true);
    taken.release();
  });

  test("of a process whose id was given to another is taken over", () => {
    mkdirSync(join(folder, "stack"));
    writeFileSync(path(), JSON.stringify({ pid: process.pid, born: "1", host: hostname(), since: "then" }));
    expect(lockRun(path(), now).leftBehind).toBe(true);
  });

  test("of another machine is left alone", () => {
    mkdirSync(join(folder, "stack"));
    writeFileSync(path(), JSON.stringify({ pid: 1, born: "1", host: "elsewhere", since: "then" }));
    expect(() => lockRun(path(), now)).toThrow(`if that machine is gone, remove ${path()}`);
  });

  test("that nobody can read is taken over", () => {
    mkdirSync(join(folder, "stack"));
    writeFileSync(path(), "{");
    expect(lockRun(path(), now).leftBehind).toBe(true);
  });
});

describe("locks of the state", () => {
  const lock = (pid: number): string => {
    const place = folders(folder, "stack");
    const locks = join(place.state, ".pulumi", "locks", "organization", "project", "stack");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "a.json"), JSON.stringify({ pid, username: "u", hostname: hostname() }));
    return join(locks, "a.json");
  };

  test("of engines that were killed are removed", () => {
    const path = lock(spawnSync(process.execPath, ["-e", ""]).pid);
    expect(clearLocks(folders(folder, "stack"))).toBe(1);
    expect(existsSync(path)).toBe(false);
    expect(clearLocks(folders(folder, "stack"))).toBe(0);
  });

  test("whose process is no engine are removed", () => {
    lock(process.pid);
    expect(clearLocks(folders(folder, "stack"))).toBe(1);
  });
});

describe("the passphrase", () => {
  test("is made once, for this user alone, outside the folder of the state", () => {
    const environment = { HOME: folder };
    const first = passphrase(environment);
    expect(first["PULUMI_CONFIG_PASSPHRASE"]).toMatch(/^[\w-]{43}$/);
    expect(passphrase(environment)).toEqual(first);
    expect(passphrasePath(environment)).toBe(join(folder, ".local/state/sovereign-uc/passphrase"));
    expect(statSync(passphrasePath(environment)).mode & 0o777).toBe(0o600);
  });

  test.each([
    ["one's own", { PULUMI_CONFIG_PASSPHRASE: "own" }, { PULUMI_CONFIG_PASSPHRASE: "own" }],
    ["an empty one", { PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE: "" }],
    ["one in a file", { PULUMI_CONFIG_PASSPHRASE_FILE: "/x" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/x" }],
  ])("may be %s", (_, given, expected) => {
    expect(passphrase({ HOME: folder, ...given })).toEqual(expected);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("that cannot be kept is refused with what to do", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => passphrase({ XDG_STATE_HOME: join(folder, "file") })).toThrow(
      "set PULUMI_CONFIG_PASSPHRASE, or XDG_STATE_HOME",
    );
  });
});

describe("configuration", () => {
  test("for the engine keeps what the engine wrote beside it", () => {
    const place = folders(folder, "stack");
    mkdirSync(place.workspace, { recursive: true });
    writeFileSync(join(place.workspace, "Pulumi.stack.yaml"), "encryptionsalt: v1:salt\nconfig:\n  a:old: x\n");
    writeConfig(place, "stack", { "a:b": 1, "a:c": ["x"] });
    const text = readFileSync(join(place.workspace, "Pulumi.stack.yaml"), "utf8");
    expect(text).toContain("encryptionsalt: v1:salt");
    expect(text).toContain('a:b: "1"');
    expect(text).not.toContain("a:old");
  });

  test("of the last deployment is what a destroy goes by, not that of a later run that was blocked", () => {
    const place = folders(folder, "stack");
    mkdirSync(place.workspace, { recursive: true });
    expect(deployedConfig(place)).toBeUndefined();
    noteDeployed(place, { "sovereign-uc:location": "fsn1" });
    writeConfig(place, "stack", { "sovereign-uc:location": "ash" });
    expect(deployedConfig(place)).toEqual({ "sovereign-uc:location": "fsn1" });
  });
});

const secret = (value: unknown): object => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

describe("secrets", () => {
  const password = "nsgTpmIyCTlwHaHiaPnSWvZkBPKhiVqc";
  const state = {
    deployment: {
      resources: [
        {
          outputs: {
            result: secret(password),
            connection: secret({
              host: "10.20.0.10",
              user: "root",
              privateKey: "-----BEGIN X-----\nb3BlbnNzaC1rZXkx\n-----END X-----\n",
            }),
          },
        },
        {
          inputs: {
            config: secret(`turn_secret = "s3cretW0rdOfTurn9";\nlistening-port = 3478\nadministrator`),
            address: "fd00:10:20:30::1",
          },
        },
      ],
    },
  };

  test("are found whole, inside objects, as words of a file and in base64", () => {
    const found = secretsOf(state);
    for (const text of [
      password,
      "b3BlbnNzaC1rZXkx",
      "s3cretW0rdOfTurn9",
      Buffer.from(password).toString("base64").replace(/=+$/, ""),
    ])
      expect(found).toContain(text);
  });

  test("are not words and addresses that happen to stand in one", () => {
    const text = "administrator at 10.20.0.10 listening-port root fd00:10:20:30::1";
    expect(without(secretsOf(state), text)).toBe(text);
  });

  test("leave no trace in a text, also escaped", () => {
    const file = `${JSON.stringify({ a: `x "${password}"\n` })} b3BlbnNzaC1rZXkx`;
    expect(without(secretsOf(state), file)).toBe(`${JSON.stringify({ a: 'x "[secret]"\n' })} [secret]`);
  });

  test("leave no trace where one begins another, overlaps it or stands beside it", () => {
    const [long, short, other] = ["Kx7mQ2vN9pLr-Tw4yB", "Kx7mQ2vN9pLr", "9pLr-Tw4yBzE3sUo"];
    const hidden = (text: string) => without([long, other, short], text);
    expect(hidden(`${short}${long}${short}`)).toBe("[secret][secret][secret]");
    expect(hidden(`${long}zE3sUo, ${other}`)).toBe("[secret]zE3sUo, [secret]");
    expect(hidden(long.slice(0, -1))).toBe("[secret]-Tw4y");
    expect(hidden("Kx7mQ2 and Kx7mQ2vN9pL")).toBe("Kx7mQ2 and Kx7mQ2vN9pL");
    expect(hidden("Kx7")).toBe("Kx7");
  });

  test("that also stand in the clear are no secrets", () => {
    const shown = {
      deployment: {
        resources: [{ outputs: { a: secret("ssh-ed25519-AAAAC3Nz0042"), b: "ssh-ed25519-AAAAC3Nz0042" } }],
      },
    };
    expect(secretsOf(shown)).toEqual([]);
  });
});

describe("the event log", () => {
  test("keeps events by phase, writes them as they come, and never a debug message", () => {
    const path = join(folder, "events.jsonl");
    const log = new EventLog(path);
    log.begin("preview");
    log.add({ summaryEvent: { resourceChanges: { create: 1 } } });
    log.begin("up");
    log.add({ diagnosticEvent: { severity: "debug", message: "registered with password hunter2hunter2" } });
    log.add({ stdoutEvent: { message: "progress" } });
    log.add({ diagnosticEvent: { severity: "error", message: "failed with hunter2hunter2" } });
    expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(2);
    expect(log.of("preview")).toHaveLength(1);
    log.hide(["hunter2hunter2"]);
    log.close();
    expect(readFileSync(path, "utf8")).not.toContain("hunter2");
    expect(readFileSync(path, "utf8")).toContain('"phase":"up"');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe("failures", () => {
  const type = "hcloud:index/server:Server";
  const parent = "urn:pulumi:s::p::sovereign-uc:index:HostPool::crisis-gateway";
  const server = `urn:pulumi:s::p::sovereign-uc:index:HostPool$${type}::crisis-gateway-2`;
  const message = `name is already used (uniqueness_error): ${type} "crisis-gateway-2" exists with id 42; if it is yours, run: pulumi import ${type} crisis-gateway-2 42`;
  const events = [
    { resourcePreEvent: { metadata: { op: "create", urn: server, type, new: { parent } } } },
    { diagnosticEvent: { severity: "error", urn: server, message: `<{%reset%}>${message}\n<{%reset%}>` } },
    { diagnosticEvent: { severity: "error", urn: server, message } },
    {
      diagnosticEvent: { severity: "error", urn: "urn:pulumi:s::p::pulumi:pulumi:Stack::s", message: "update failed" },
    },
    { diagnosticEvent: { severity: "warning", message: "careful" } },
  ];

  test("are said once each, without colours and closing words", () => {
    expect(failuresOf(events)).toEqual([{ urn: server, resource: "crisis-gateway-2", type, message }]);
  });

  test("lose the lines of a JavaScript stack", () => {
    const [failure] = failuresOf([
      {
        diagnosticEvent: {
          severity: "error",
          message: "Error: no\n    at program (/x/y.ts:1:2)\n    at async run (z.js:3:4)",
        },
      },
    ]);
    expect(failure?.message).toBe("Error: no");
  });

  test("that left an orphan print the import that adopts it, with its parent", () => {
    const [failure] = failuresOf(events);
    const orphan = failure && orphanOf(failure);
    expect(orphan).toEqual({ type, name: "crisis-gateway-2", id: "42" });
    expect(orphan && importCommand(orphan, events)).toBe(
      `pulumi import ${type} crisis-gateway-2 42 --parent 'crisis-gateway=${parent}' --protect=false --generate-code=false`,
    );
  });

  test.each([
    ["a quota", "server limit exceeded (resource_limit_exceeded)"],
    ["a bad value", "name must be unique: already in the file"],
  ])("of %s name no orphan", (_, text) => {
    expect(orphanOf({ urn: server, resource: "x", type, message: text })).toBeUndefined();
  });

  test.each([
    [
      "the stack is currently locked by 1 lock(s).\n file: created by root@vm (pid 7) at 2026-01-01T00:00:00Z",
      "got one by root@vm in process 7",
    ],
    ["error: incorrect passphrase", "set PULUMI_CONFIG_PASSPHRASE to it"],
    ["write /x: no space left on device", "got a full disk"],
    ["open /x: permission denied", "check the owner of the folder"],
  ])("of the machinery become a sentence: %s", (output, sentence) => {
    expect(explained(output, "s")).toContain(sentence);
    expect(explained(output, "s")?.split("\n")).toHaveLength(1);
  });

  test("that nobody foresaw are not explained away", () => {
    expect(explained("TypeError: x is not a function", "s")).toBeUndefined();
  });
});

test("drift is what a refresh changed, with the properties, or gone", () => {
  const metadata = (op: string, type: string, name: string, diffs?: string[]): object => ({
    resOutputsEvent: { metadata: { op, urn: urn(type, name), type, diffs } },
  });
  expect(
    driftOf([
      metadata("same", "a:b:C", "x"),
      metadata("update", "a:b:C", "y", ["rules"]),
      metadata("delete", "a:b:C", "z"),
    ]),
  ).toEqual([
    { resource: "y", type: "a:b:C", changed: ["rules"] },
    { resource: "z", type: "a:b:C", changed: [] },
  ]);
});

describe("violations", () => {
  const { rules } = buildModel(source({ outcome: "blocked", state: undefined, events: blockedEvents }));

  test("print rule, resource, what was found, what is allowed, what to do", () => {
    const found =
      'found location "ash" (Ashburn, US); allowed: EU and Swiss locations: fsn1; do: set location to one of them';
    const judged = rules.map((rule) => ({
      ...rule,
      failed: rule.failed.map((finding) => ({
        ...finding,
        message: `Every resource names its location.\nUC-REG-001: ${found}`,
      })),
    }));
    const terminal = io();
    printViolations(new Voice(terminal), judged);
    expect(terminal.said()).toBe(
      [
        "",
        "✕ UC-REG-001  crisis-media-1 (hcloud:index/server:Server)",
        '  found       location "ash" (Ashburn, US)',
        "  allowed     EU and Swiss locations: fsn1",
        "  what to do  set location to one of them",
        "",
      ].join("\n"),
    );
  });

  test("of a pack that words them otherwise are printed whole, with the rule's own advice", () => {
    const terminal = io();
    printViolations(new Voice(terminal), rules);
    expect(terminal.said()).toContain('found       found location "ash"');
    expect(terminal.said()).toContain("what to do  choose an allowed one");
  });

  test("that say the same are one, with all their resources", () => {
    const [rule] = rules.filter(({ failed }) => failed.length > 0);
    const [finding] = rule?.failed ?? [];
    if (rule === undefined || finding === undefined) throw new Error("no violation");
    const both = violations([{ ...rule, failed: [finding, { ...finding, resource: "other" }, finding] }]);
    expect(both).toHaveLength(1);
    expect(both[0]?.resources).toHaveLength(2);
  });

  test("that are advisory block nothing", () => {
    expect(
      violations(
        rules.map((rule) => ({ ...rule, failed: rule.failed.map((finding) => ({ ...finding, mandatory: false })) })),
      ),
    ).toEqual([]);
  });
});

test("what loses its protection is protected objects, never their components", () => {
  const resource = (type: string, name: string, more: object): object => ({ urn: urn(type, name), type, ...more });
  const { targets } = unlocking({
    deployment: {
      resources: [
        resource("sovereign-uc:index:HostPool", "pool", { custom: false, protect: true }),
        resource("hcloud:index/volume:Volume", "data", { custom: true, protect: true }),
        resource("hcloud:index/server:Server", "host", { custom: true }),
        resource("pulumi:providers:hcloud", "own", { custom: true, protect: true }),
      ],
    },
  });
  expect(targets).toEqual([urn("hcloud:index/volume:Volume", "data")]);
});

test("a folder is probed without leaving anything behind", () => {
  writable(join(folder, "a", "b"));
  expect(readdirSync(folder)).toEqual([]);
});

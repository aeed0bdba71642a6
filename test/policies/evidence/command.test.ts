import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../stacks/tools/evidence/run";
import { end, log, made, note, passed, policyOf, prelude, said, server } from "./fixture";

let folder: string;
const path = (name: string): string => join(folder, name);
const state = join(__dirname, "../states/foreign.json");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "evidence-"));
  const events = [
    prelude,
    note("own domains example.ch: named by the judged stack itself"),
    made("sovereign-uc:index:Jitsi", "meetings", { confidentiality: "transport" }),
    passed(server, policyOf("UC-MED-001")),
    said(policyOf("UC-REG-001"), "UC-REG-001: found a; allowed: b; do: c"),
  ];
  writeFileSync(path("events.jsonl"), log(...events, end(false)));
});
afterEach(() => rmSync(folder, { recursive: true }));

function asked(...args: readonly string[]): { readonly code: number; readonly text: string } {
  const lines: string[] = [];
  const code = run(args, (line) => lines.push(line));
  return { code, text: lines.join("\n") };
}

const bytes = (name: string): readonly (readonly [string, string])[] =>
  readdirSync(path(name))
    .sort()
    .map((file) => [file, readFileSync(join(path(name), file), "utf8")] as const);

test("a log becomes a bundle, and its end says what is proved and what is not", () => {
  const { code, text } = asked("--events", path("events.jsonl"), "--out", path("out"));
  expect(text).toMatch(
    /^live, update: 1 passed, 1 failed, 0 undetermined, 0 exempt; no proof for \d of 10 letters of NIS-2: \(a\)/,
  );
  expect(code).toBe(0);
  expect(bytes("out").map(([name]) => name)).toEqual([
    "SHA256SUMS",
    "evidence.html",
    "evidence.json",
    "evidence.md",
    "findings.sarif",
    "junit.xml",
    "nis2.de.md",
    "nis2.en.md",
    "nis2.fr.md",
    "oscal-assessment-results.json",
    "register.de.md",
    "register.en.md",
    "register.fr.md",
  ]);
  expect(execFileSync("sha256sum", ["-c", "--quiet", "SHA256SUMS"], { cwd: path("out"), encoding: "utf8" })).toBe("");
});

test.each<[string, () => readonly string[]]>([
  ["a log", () => ["--events", path("events.jsonl")]],
  ["a state", () => ["--state", state]],
])("two runs on %s give the same bytes, signature and all, and others can check it", (_, input) => {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "auditor", "-f", path("key")]);
  for (const out of ["one", "two"]) expect(asked(...input(), "--out", path(out), "--sign", path("key")).code).toBe(0);
  expect(bytes("one")).toEqual(bytes("two"));
  writeFileSync(path("signers"), `operator ${readFileSync(path("key.pub"), "utf8")}`);
  const verified = (): string =>
    execFileSync(
      "ssh-keygen",
      [
        "-Y",
        "verify",
        "-f",
        path("signers"),
        "-I",
        "operator",
        "-n",
        "sovereign-uc-evidence",
        "-s",
        join(path("one"), "SHA256SUMS.sig"),
      ],
      {
        input: readFileSync(join(path("one"), "SHA256SUMS")),
        encoding: "utf8",
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
  expect(verified()).toContain("Good");
  writeFileSync(join(path("one"), "SHA256SUMS"), "0\n");
  expect(verified).toThrow(/verif/);
});

test("a state is judged, and a folder at a given time", () => {
  expect(asked("--state", state, "--out", path("out")).text).toMatch(/^live, state: \d+ passed, [1-9]\d* failed/);
  const manifests = path("manifests");
  execFileSync("mkdir", [manifests]);
  writeFileSync(
    join(manifests, "a.yaml"),
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: nginx}]}\n",
  );
  const { code, text } = asked("--folder", manifests, "--at", "2026-11-30T12:00:00Z", "--out", path("out2"));
  expect([code, text]).toEqual([0, expect.stringMatching(/^manifests, files: \d+ passed, 4 failed/)]);
  expect(readFileSync(join(path("out2"), "evidence.md"), "utf8")).toContain("a.yaml:1<br>p");
});

test("reasons of the operator stand in the register", () => {
  writeFileSync(
    path("reasons.json"),
    JSON.stringify({ meetings: "rooms of more than twenty people, no privileged talks" }),
  );
  expect(asked("--events", path("events.jsonl"), "--out", path("out"), "--reasons", path("reasons.json")).code).toBe(0);
  expect(readFileSync(join(path("out"), "register.en.md"), "utf8")).toMatch(
    /Jitsi \(meetings\) \| transport only \| .* \| rooms of more than twenty people/,
  );
});

test("a bundle is replaced as a whole, and a folder with something else is left alone", () => {
  const args = ["--events", path("events.jsonl"), "--out", path("out")];
  expect(asked(...args).code).toBe(0);
  writeFileSync(join(path("out"), "old.md"), "old");
  expect(asked(...args).code).toBe(0);
  expect(existsSync(join(path("out"), "old.md"))).toBe(false);
  const { code, text } = asked("--events", path("events.jsonl"), "--out", folder);
  expect([code, text]).toEqual([2, expect.stringMatching(/expected a new folder, or one with a bundle/)]);
  expect(existsSync(path("events.jsonl"))).toBe(true);
});

test.each<[string, () => readonly string[], RegExp]>([
  ["no input", () => [], /one of --events, --state and --folder, got none/],
  ["two inputs", () => ["--events", "a", "--state", "b"], /got --events and --state/],
  ["an unknown option", () => ["--event", "a"], /see --help/],
  ["a log that is not there", () => ["--events", path("none")], /a file as --events/],
  [
    "a profile for a log",
    () => ["--events", path("events.jsonl"), "--profile", "strict"],
    /no --profile with --events/,
  ],
  ["a folder without a time", () => ["--folder", "a"], /give --at/],
  ["a time for a state", () => ["--state", state, "--at", "2026-11-30T12:00:00Z"], /no --at with --state/],
  ["a time of another form", () => ["--folder", "a", "--at", "today"], /a time in UTC as --at, got "today"/],
  ["a folder that is not there", () => ["--folder", path("none"), "--at", "2026-11-30T12:00:00Z"], /expected a folder/],
  ["a key that is none", () => ["--state", state, "--sign", state], /ssh-keygen to sign/],
  ["exemptions without signers", () => ["--state", state, "--exemptions", "a"], /both --exemptions and --signers/],
])("%s is refused, and nothing is written", (_, args, problem) => {
  const { code, text } = asked(...args(), "--out", path("out"));
  expect([code, text]).toEqual([2, expect.stringMatching(problem)]);
  expect(readdirSync(folder).filter((name) => name.startsWith("out"))).toEqual([]);
});

test("a reason of one word is refused", () => {
  writeFileSync(path("reasons.json"), JSON.stringify({ meetings: "no" }));
  expect(asked("--events", path("events.jsonl"), "--out", path("out"), "--reasons", path("reasons.json")).text).toMatch(
    /a sentence of 20 to 1000 .* got "no" for meetings/,
  );
});

test("help says how to check a bundle", () => {
  expect(asked("--help")).toEqual({ code: 0, text: expect.stringContaining("ssh-keygen -Y verify") as string });
  expect(asked("--events", "a").text).toMatch(/expected a folder to write/);
});

/** Exemptions in the real engine: a state with forbidden things, judged by the compiled pack. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEnvironment, findEngine } from "../../stacks/tools/rehearsal/engine";

const policies = join(__dirname, "../../policies");
const state = join(__dirname, "states/foreign.json");

let folder: string;
let binary: string;
let environment: NodeJS.ProcessEnv;
const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "exempt-"));
  execFileSync(process.execPath, [join(policies, "build.mjs")]);
  const engine = await findEngine();
  binary = engine.binary;
  environment = { ...process.env, ...(await engineEnvironment(engine)) };
  for (const name of ["anna", "beat"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path(name)]);
  const line = (name: string): string => `${name} ${readFileSync(path(`${name}.pub`), "utf8")}`;
  writeFileSync(path("signers"), line("anna") + line("beat"));
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Events of policies under an exemption for a resource of a name. */
async function judged(
  name: string,
  tampered = false,
): Promise<{ readonly said: readonly string[]; readonly errors: string }> {
  const now = Date.now();
  const day = (after: number): string => new Date(now + after * 86_400_000).toISOString().slice(0, 10);
  const row = {
    rule: "UC-REG-001",
    resource: `urn:pulumi:*::*::hcloud:index/server:Server::${name}`,
    reason: "moves to Nuremberg with the next window",
    author: "anna",
    approver: "beat",
    ticket: "SEC-12",
    kind: "waiver",
    approved: day(0),
    expires: day(30),
  };
  writeFileSync(path("e.json"), JSON.stringify({ exemptions: [row] }));
  for (const [role, by] of [
    ["author", "anna"],
    ["approver", "beat"],
  ] as const) {
    const input = readFileSync(path("e.json"));
    const args = ["-q", "-Y", "sign", "-n", "sovereign-uc-exemptions", "-f", path(by)];
    writeFileSync(
      path(`e.json.${role}.sig`),
      execFileSync("ssh-keygen", args, { input, stdio: ["pipe", "pipe", "pipe"] }),
    );
  }
  if (tampered) writeFileSync(path("e.json"), JSON.stringify({ exemptions: [{ ...row, kind: "mitigated" }] }));
  writeFileSync(
    path("config.json"),
    JSON.stringify({ settings: { exemptions: { file: path("e.json"), signers: path("signers") } } }),
  );
  const args = [
    "policy",
    "analyze",
    "--file",
    state,
    "--policy-pack",
    policies,
    "--policy-pack-config",
    path("config.json"),
    "--json",
    "--non-interactive",
  ];
  return new Promise((resolve) =>
    execFile(binary, args, { cwd: folder, env: environment, maxBuffer: 64 * 1024 * 1024 }, (_, stdout, stderr) => {
      const said = stdout.split("\n").flatMap((line) => {
        if (!line.startsWith("{")) return [];
        const { policyEvent } = JSON.parse(line) as {
          policyEvent?: { policyName: string; enforcementLevel: string; message: string };
        };
        return policyEvent === undefined
          ? []
          : [`${policyEvent.policyName} ${policyEvent.enforcementLevel}: ${policyEvent.message}`];
      });
      resolve({ said, errors: stderr });
    }),
  );
}

test("a finding that is exempt is printed and stops nothing, and the settings name who answers for it", async () => {
  const { said } = await judged("vid*");
  expect(said.filter((line) => line.startsWith("uc-reg-001"))).toEqual([
    expect.stringMatching(
      /^uc-reg-001-\S+ advisory: .*UC-REG-001: exempt until \S+ \(waiver, ticket SEC-12, asked by anna, approved by beat, .*found location "ash"/s,
    ),
  ]);
  expect(said.filter((line) => line.startsWith("uc-gov-001"))).toEqual([]);
  expect(said.join("\n")).toMatch(/settings-stack advisory: [^]*exemption from UC-REG-001 on urn:/);
  // Everything else that is forbidden there stays forbidden.
  expect(said.filter((line) => / mandatory: /.test(line)).length).toBeGreaterThan(5);
}, 120_000);

test("an exemption for something else exempts nothing, and is a finding itself", async () => {
  const { said } = await judged("other");
  expect(said.filter((line) => /^uc-(reg|gov)-001/.test(line)).map((line) => line.split(":")[0])).toEqual([
    "uc-reg-001-location-allowlist-explicit mandatory",
    "uc-gov-001-exemptions-valid-stack mandatory",
  ]);
}, 120_000);

test("a file that was changed after it was signed stops the whole analysis with a sentence", async () => {
  const { said, errors } = await judged("vid*", true);
  expect(errors + said.join()).toMatch(/expected a signature by the author anna on the file as it stands/);
}, 120_000);

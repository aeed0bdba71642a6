import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEnvironment, findEngine } from "../../stacks/tools/rehearsal/engine";

const policies = join(__dirname, "../../policies");
const state = join(__dirname, "states/foreign.json");

interface PolicyEvent {
  readonly policyEvent?: {
    readonly resourceUrn: string;
    readonly policyName: string;
    readonly message: string;
    readonly enforcementLevel: string;
    readonly severity?: string;
  };
}

interface Analysis {
  readonly code: number;
  readonly events: readonly PolicyEvent[];
  readonly errors: string;
}

let folder: string;
let binary: string;
let environment: NodeJS.ProcessEnv;

/** The CLI's own judgement of a state file: no login, no program, no call to any provider. */
async function analyze(file: string, pack: string, config?: object): Promise<Analysis> {
  const configured = config === undefined ? [] : ["--policy-pack-config", join(folder, "config.json")];
  if (config !== undefined) writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const args = [
    "policy",
    "analyze",
    "--file",
    file,
    "--policy-pack",
    pack,
    ...configured,
    "--json",
    "--non-interactive",
  ];
  return new Promise((resolve) =>
    execFile(binary, args, { cwd: folder, env: environment, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
      resolve({
        code: typeof error?.code === "number" ? error.code : 0,
        events: lines.map((line) => JSON.parse(line) as PolicyEvent),
        errors: stderr,
      });
    }),
  );
}

const violations = ({ events }: Analysis): readonly string[] =>
  events.flatMap(({ policyEvent }) =>
    policyEvent === undefined
      ? []
      : [`${policyEvent.policyName} ${policyEvent.resourceUrn.split("::").slice(-2).join("::")}`],
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "analyze-"));
  execFileSync(process.execPath, [join(policies, "build.mjs")]);
  const engine = await findEngine();
  binary = engine.binary;
  // An auditor has no key to the secrets in the state.
  const { PULUMI_CONFIG_PASSPHRASE: _, PULUMI_CONFIG_PASSPHRASE_FILE: __, ...own } = process.env;
  environment = { ...own, ...(await engineEnvironment(engine)) };
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("A state of another program", () => {
  test("it is judged by the complete pack without a program, and every rule that it breaks is named", async () => {
    const analysis = await analyze(state, policies);
    expect(analysis.code).not.toBe(0);
    expect([...new Set(violations(analysis))].sort()).toEqual([
      "uc-emg-001-fallback-channel-stack hcloud:index/server:Server::video",
      "uc-gov-004-no-undetermined-at-apply-stack pulumi:pulumi:Stack::meetings-live",
      "uc-ha-001-n-plus-one-stack hcloud:index/server:Server::video",
      "uc-ha-002-spread hcloud:index/server:Server::video",
      "uc-img-001-registry-jurisdiction hcloud:index/server:Server::video",
      "uc-jur-001-provider-allowlist pulumi:providers:aws::default",
      "uc-jur-002-controlling-entity pulumi:providers:aws::default",
      // Its kubeconfig is a secret, and nobody gave the key: what cannot be judged has not passed.
      "uc-k8s-001-cluster-jurisdiction pulumi:providers:kubernetes::cluster",
      "uc-log-001-logging-present-retained-stack hcloud:index/server:Server::video",
      "uc-net-001-mail-directory-unreachable hcloud:index/firewall:Firewall::video",
      "uc-net-002-default-leak-endpoints hcloud:index/server:Server::video",
      "uc-net-003-egress-default-deny hcloud:index/firewall:Firewall::video",
      "uc-net-003-egress-default-deny-stack hcloud:index/server:Server::video",
      "uc-reg-001-location-allowlist-explicit hcloud:index/server:Server::video",
      "uc-sup-001-image-digest-pinned hcloud:index/server:Server::video",
      "uc-tag-001-asset-labels hcloud:index/server:Server::video",
      "uc-tim-001-ntp-stack hcloud:index/server:Server::video",
    ]);
    for (const { policyEvent } of analysis.events)
      if (policyEvent !== undefined)
        expect(policyEvent.enforcementLevel).toBe(
          /^uc-(tag|tim)-/.test(policyEvent.policyName) ? "advisory" : "mandatory",
        );
  }, 60_000);

  test("the pack's configuration chooses the profile", async () => {
    const analysis = await analyze(state, policies, { settings: { profile: "strict" } });
    expect(violations(analysis)).toContain("uc-jur-002-controlling-entity hcloud:index/server:Server::video");
  }, 60_000);

  test("a mistyped setting stops the analysis with a sentence", async () => {
    const { code, errors } = await analyze(state, policies, { settings: { profil: "swiss" } });
    expect(code).not.toBe(0);
    expect(errors).toMatch(/got "profil"; remove it or correct its name/);
  }, 60_000);

  test("a mistyped profile is refused", async () => {
    const { code, errors } = await analyze(state, policies, { settings: { profile: "swis" } });
    expect(code).not.toBe(0);
    expect(errors).toMatch(/swiss/);
  }, 60_000);

  test("a setting under a name that no policy has is refused", async () => {
    const { code } = await analyze(state, policies, { setting: { profile: "swiss" } });
    expect(code).not.toBe(0);
  }, 60_000);

  test("a setting under a rule's own name is refused, since it would do nothing", async () => {
    const { code, errors } = await analyze(state, policies, {
      "uc-reg-001-location-allowlist-explicit": { profile: "swiss" },
    });
    expect(code).not.toBe(0);
    expect(errors).toMatch(/expected no settings under uc-reg-001/);
  }, 60_000);

  test("a pack of which everything is disabled says loudly that nothing was judged", async () => {
    const analysis = await analyze(state, policies, { all: "disabled" });
    const said = analysis.events.flatMap(({ policyEvent }) => policyEvent ?? []);
    expect(
      said.map(({ policyName: name, message, enforcementLevel }) => [name, message.slice(0, 19), enforcementLevel]),
    ).toEqual([["settings", "NOTHING WAS JUDGED:", "advisory"]]);
  }, 60_000);

  test("a rule made advisory is named, and so is what the operator pins", async () => {
    const analysis = await analyze(state, policies, {
      "uc-reg-001-location-allowlist-explicit": "advisory",
      settings: { ownDomains: ["a.example.ch"] },
    });
    const text = analysis.events.map(({ policyEvent }) => policyEvent?.message ?? "").join("\n");
    expect(text).toMatch(/1 OF \d+ RULES ARE WEAKENED by the pack's configuration: UC-REG-001 advisory/);
    expect(text).toMatch(/own domains a\.example\.ch: pinned by the pack's configuration/);
  }, 60_000);

  test("the jurisdiction pack judges the same state by its own rules only", async () => {
    const analysis = await analyze(state, join(policies, "packs/jurisdiction"));
    expect(analysis.code).not.toBe(0);
    expect(violations(analysis).map((line) => line.slice(0, 10))).not.toContain("uc-net-001");
    expect(violations(analysis)).toContain("uc-reg-001-location-allowlist-explicit hcloud:index/server:Server::video");
  }, 60_000);

  test("a state without anything forbidden passes", async () => {
    const file = join(folder, "clean.json");
    const whole = JSON.parse(readFileSync(state, "utf8")) as {
      deployment: { resources: { type: string; inputs?: Record<string, unknown> }[] };
    };
    whole.deployment.resources = whole.deployment.resources.filter(
      ({ type }) => type === "pulumi:pulumi:Stack" || type === "pulumi:providers:hcloud",
    );
    writeFileSync(file, JSON.stringify(whole));
    const analysis = await analyze(file, policies);
    expect(violations(analysis)).toEqual([]);
    expect(analysis.code).toBe(0);
  }, 60_000);
});

/** Deployments that the packs block, and the output that a person reads then. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Rehearsal } from "../support/rehearsal";
import { spawnText } from "../support/spawn-text";
import { PlainEngine } from "./plain-engine";

jest.setTimeout(600_000);

test("Ashburn is blocked with the rule's id, what was found, what is allowed and what to do, and nothing is made", async () => {
  const rehearsal = new Rehearsal();
  try {
    // Started from its sources as `npm start` does: every other test starts a bundle of them.
    const main = join(__dirname, "..", "..", "stacks", "tools", "rehearsal", "main.ts");
    const asked = ["--stack", rehearsal.stack, "--out", rehearsal.out, "--set", "sovereign-uc:location=ash"];
    const { code, text } = await spawnText(process.execPath, [require.resolve("tsx/cli"), main, ...asked], {
      env: { ...process.env, PULUMI_CONFIG_PASSPHRASE: "a passphrase of the test's" },
    });
    expect(code).toBe(1);
    expect(text).toMatch(/UC-REG-001[^]*found[^]*ash[^]*allowed[^]*what to do/);
    expect(text).toMatch(/Blocked[^]*Nothing was changed/);
    expect(text).not.toMatch(/\n\s+at .*\.[jt]s:\d+/);
    const clouds = join(rehearsal.folder, "clouds", "hcloud.json");
    if (existsSync(clouds))
      expect((JSON.parse(readFileSync(clouds, "utf8")) as { objects: object }).objects).toEqual({});
  } finally {
    rehearsal.remove();
  }
});

test.each([
  ["hetzner", "strict", /UC-JUR-002[^]*Hetzner Online GmbH/],
  ["exoscale", "strict", /UC-JUR-002[^]*Akenes/],
  ["hetzner", "swiss", /UC-REG-001[^]*fsn1/],
])("gateways at %s are blocked under the profile %s", async (cloud, profile, message) => {
  const rehearsal = new Rehearsal(`crisis-${cloud}`);
  try {
    const { code, text } = await rehearsal.run(["--profile", profile], { program: `moving-${cloud}` });
    expect(code).toBe(1);
    expect(text).toMatch(message);
  } finally {
    rehearsal.remove();
  }
});

test.each(["swiss", "strict"])(
  "names at Exoscale are blocked under %s, and the report says who runs them",
  async (profile) => {
    const rehearsal = new Rehearsal("crisis-exoscale");
    try {
      const { code, text } = await rehearsal.run(["--profile", profile], { program: "names" });
      expect(code).toBe(1);
      expect(text).toMatch(/UC-JUR-002[^]*Exoscale's DNS, which runs on the servers of DNSimple Corporation \(US/);
      expect(readFileSync(join(rehearsal.folder, "report.html"), "utf8")).toContain("DNSimple Corporation");
    } finally {
      rehearsal.remove();
    }
  },
);

test.each([
  ["crisis-hetzner", "quorum", "hcloud:location", "hcloud"],
  ["crisis-exoscale", "moving-exoscale", "exoscale:templateId", "exoscale"],
])("%s does not go up with a key that its plugin does not have", async (stack, program, key, plugin) => {
  const engine = new PlainEngine(stack, program);
  try {
    const { ok, text } = await engine.run({ set: { [key]: "x" } });
    expect(ok).toBe(false);
    expect(text).toContain(`\`${key}\` is not a valid configuration key for the ${plugin} provider.`);
  } finally {
    engine.remove();
  }
});

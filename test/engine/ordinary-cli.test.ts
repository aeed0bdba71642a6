/** Use as users do it: the ordinary CLI on a copy of the repository. test/package.test.ts has a stack that depends on the packed library. */
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OrdinaryCli, ordinaryCli } from "../support/ordinary-cli";
import { rules } from "../../policies/pack";

jest.setTimeout(600_000);

const root = join(__dirname, "..", "..");
let folder: string;
let pulumi: OrdinaryCli;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ordinary-cli-"));
  pulumi = await ordinaryCli(folder);
});
afterAll(async () => {
  await pulumi.close();
  rmSync(folder, { recursive: true });
});

const cli = (cwd: string, ...args: readonly string[]) => pulumi.run(cwd, ...args);

describe("the repository as a user has it", () => {
  let copy: string;
  beforeAll(() => {
    copy = join(folder, "copy");
    for (const name of ["components", "stacks", "policies", "package.json", "tsconfig.json", "Pulumi.yaml"])
      cpSync(join(root, name), join(copy, name), {
        recursive: true,
        filter: (path) => !/node_modules|\/out$/.test(path),
      });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  });

  test.each(["crisis-hetzner", "crisis-exoscale"])(
    "%s previews with the packs in front, without a violation and without an invoke",
    async (stack) => {
      expect(await cli(copy, "stack", "init", stack)).toMatchObject({ code: 0 });
      // Nothing goes up while the mirror's content is not locked, unless the stack accepts that.
      const refused = await cli(copy, "preview", "--stack", stack, "--policy-pack", "policies");
      expect(refused.code).not.toBe(0);
      expect(refused.text).toMatch(/unlockedMirror: expected locked digests of [^]*k3s\/v1[^]*npm run mirror/);
      const set = ["config", "set", "--stack", stack, "sovereign-uc:unlockedMirror", "accepted"];
      expect(await cli(copy, ...set)).toMatchObject({ code: 0 });
      for (const key of ["birthSecret", "archiveAccessKey", "archiveSecretKey"]) {
        const word = ["config", "set", "--secret", "--stack", stack, `sovereign-uc:${key}`, "a secret of the test's"];
        expect(await cli(copy, ...word)).toMatchObject({ code: 0 });
      }
      const { code, text } = await cli(copy, "preview", "--stack", stack, "--policy-pack", "policies");
      expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
      expect(text).toMatch(/\+ \d{3} to create/);
      // The only warning is about the language host, which the test put on PATH.
      expect(text.replace(/warning: using pulumi-language-nodejs/g, "")).not.toMatch(/\[mandatory\]|warning:/);
      // Before an update some values are unknown; each rule says so in one line, and nothing else.
      const notes = [...text.matchAll(/\bUC-[A-Z0-9]+-\d+: (.*)/g)].map(([, note]) => note);
      expect(notes.filter((note) => !/^undetermined: \d+ resources? .*only the update knows/.test(note ?? ""))).toEqual(
        [],
      );
      expect(notes.length).toBeLessThanOrEqual(rules.length);
    },
  );

  test("missing credentials are named, with where to put them, before anything is made", async () => {
    const blank = { EXOSCALE_API_KEY: "", EXOSCALE_API_SECRET: "" };
    const { code, text } = await pulumi.runWith(blank, copy, "preview", "--stack", "crisis-exoscale");
    expect(code).not.toBe(0);
    expect(text).toMatch(/expected an API key of Exoscale's, got none; export EXOSCALE_API_KEY[^]*EXOSCALE_API_SECRET/);
    expect(text).not.toMatch(/\n\s+at .*credentials\.ts/);
  });

  test("a configuration that cannot be used is refused with every problem and no stack", async () => {
    writeFileSync(
      join(copy, "stacks", "Pulumi.broken.yaml"),
      "config:\n  sovereign-uc:cloud: hetzner\n  sovereign-uc:participants: many\n  sovereign-uc:blueprint: crisis\n",
    );
    await cli(copy, "stack", "init", "broken");
    const { code, text } = await cli(copy, "preview", "--stack", "broken");
    expect(code).not.toBe(0);
    expect(text).toMatch(/the configuration of "broken" cannot be used[^]*location[^]*domain[^]*participants/);
    expect(text).not.toMatch(/\n\s+at .*settings\.ts/);
  });
});

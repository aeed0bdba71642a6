import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { rules } from "../../../../policies/pack";
import type { Example } from "../../../../policies/rule";
import { audit, run } from "../../../../stacks/tools/audit/run";
import { alone, inThreads, threadsFor } from "../../../../stacks/tools/audit/threads";
import { settings } from "../../../../policies/settings";
import { manifests } from "../../../bench/manifests";
import { bundled } from "../../../support/bundled";

jest.setTimeout(120_000);

let folder: string;
let program: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threads-"));
  // More than one share for each thread, a file without a resource, one that nobody can judge, and several in one.
  const some = manifests(400).map((manifest) => stringify(manifest));
  some.forEach((text, i) => writeFileSync(join(folder, `${i}.yaml`), i === 7 ? some.slice(0, 9).join("---\n") : text));
  writeFileSync(join(folder, "13.yaml"), "");
  writeFileSync(join(folder, "200.yaml"), "a: {{ .Values.a }}\n  b: [\n");
  program = await bundled("stacks/tools/audit/main.ts");
});
afterAll(() => rmSync(folder, { recursive: true }));

const args = (): string[] => [folder, "--own", "example.ch", "--isolated", "10.4.0.0/16"];

describe("An audit in several threads", () => {
  test.each([1, 2, 4])("says the same in %i as in one, and writes the same SARIF, byte by byte", async (threads) => {
    const [one, several] = [join(folder, "one.sarif"), join(folder, "several.sarif")];
    const [expected, said]: [string[], string[]] = [[], []];
    const code = run([...args(), "--sarif", one], (line) => expected.push(line));
    expect(
      await audit(
        [...args(), "--sarif", several],
        (line) => said.push(line),
        program,
        () => threads,
      ),
    ).toBe(code);
    expect(said).toEqual(expected);
    expect(readFileSync(several, "utf8")).toBe(readFileSync(one, "utf8"));
    expect(said.join("\n")).toMatch(
      /200\.yaml\n {2}nobody can judge it[^]*\d{3} resources, \d+ rules: \d{2,} findings/,
    );
  });

  test.each([
    ["counts where it has seen the same resources", 1, "of a thread"],
    ["is left where its file has changed meanwhile", 2, undefined],
  ])("what a thread says %s", async (_, resources, expected) => {
    const said = JSON.stringify([[[{ undetermined: "of a thread" }]]]);
    const other = join(folder, "thread.js");
    const message = JSON.stringify({ share: 0, resources, verdicts: said });
    writeFileSync(other, `require("node:worker_threads").parentPort.postMessage(${message});`);
    const asked = { given: {}, settings: settings({}, {}), folder };
    const { verdicts } = await inThreads(asked, [join(folder, "0.yaml")], other, 2);
    const [first] = verdicts[0]?.[0] ?? [];
    expect(first !== undefined && "undetermined" in first ? first.undetermined : undefined).toBe(expected);
  });

  test("a thread that fails lets the audit fail", async () => {
    const asked = { given: { profile: "nobody's" }, settings: settings({}, {}), folder };
    await expect(inThreads(asked, [join(folder, "0.yaml")], program, 2)).rejects.toThrow(/expected .*profile/);
  });

  test("few files are judged in one thread, and no more threads are started than there are processors", () => {
    expect([10, 1000, 1999, 2000, 100_000].map((files) => threadsFor(files, 4))).toEqual([1, 1, 1, 2, 4]);
    expect(threadsFor(100_000, 1)).toBe(1);
  });

  test("no rule asks for other resources where it judges a single one: a thread knows none", () => {
    const context = alone(settings({ isolated: ["10.20.0.0/16"] }, {}));
    const subjects = rules
      .flatMap(({ examples: { good, bad } }): readonly Example[] => [...good, ...bad])
      .map(({ type, name = "it", properties }, i) => ({
        type,
        name,
        urn: `urn:pulumi:a::b::${type}::${name}-${i}`,
        properties: properties as never,
        provider: undefined,
      }));
    expect(subjects.length).toBeGreaterThan(80);
    for (const rule of rules)
      for (const subject of subjects) expect(() => rule.check?.(subject, context)).not.toThrow();
    expect(() => context.inputs).toThrow(/use checkStack/);
  });
});

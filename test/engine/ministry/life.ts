/** A stack of the ministry from creation to destruction, on the real engine under all rules. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../../policies/pack";
import { Rehearsal, savedOnce } from "../../support/rehearsal";
import { disorder } from "../leaving";

export interface Expected {
  readonly stack: string;
  /** Parts of what the packs say that they judged with, beside profile and own domains. */
  readonly accepted: readonly RegExp[];
  /** Persistent volumes in the cluster. */
  readonly persistent: number;
  /** Protected resources beside volumes and their keys. */
  readonly kept: readonly string[];
  /** Rules that find nothing to judge in it: nobody signs in, nothing is recorded. */
  readonly silent: readonly string[];
  /** True where the README shows the stack's topology. @default false */
  readonly shown?: boolean;
}

interface Report {
  readonly rules: readonly { readonly id: string; readonly state: string }[];
  readonly settings: readonly string[];
  readonly tiers: readonly object[];
}

/** The tests of one stack. */
export function livesAndLeaves({ stack, accepted, persistent, kept: further, silent, shown = false }: Expected): void {
  jest.setTimeout(1_800_000);
  const rehearsal = new Rehearsal(stack);
  const [blueprint = ""] = stack.split("-");
  const volumes = ["control", "data"].flatMap((pool) => [1, 2, 3].map((n) => `${blueprint}-${pool}-${n}-data`));
  afterAll(() => rehearsal.remove());

  test("every rule passes, with no more accepted than is said here", async () => {
    const { code, text } = await rehearsal.run([], { environment: savedOnce });
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    const report = JSON.parse(readFileSync(join(rehearsal.folder, "report.json"), "utf8")) as Report;
    expect(report.rules.map(({ id, state }) => `${id} ${state}`)).toEqual(
      rules.map(({ id }) => `${id} ${silent.includes(id) ? "not run" : "passed"}`),
    );
    const said = report.settings.filter((line) => !/^(profile swiss|own domains example\.ch):/.test(line));
    expect(said).toEqual(accepted.map((part) => expect.stringMatching(part) as string));
    expect(text).not.toMatch(/WEAKENED|NOTHING WAS JUDGED/);
    expect(rehearsal.objects("kubernetes", "PersistentVolume")).toHaveLength(persistent);
    if (!shown) return;
    const committed = join(__dirname, "..", "..", "golden", "pictures", `${stack}.svg`);
    const picture = readFileSync(join(rehearsal.folder, "topology.svg"), "utf8");
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(committed, picture);
    expect(wordsOf(picture)).toEqual(wordsOf(readFileSync(committed, "utf8")));
    expect(wordsOf(picture).length).toBeGreaterThan(50);
  });

  test("a second run changes nothing", async () => {
    const { code, text } = await rehearsal.run([], { environment: savedOnce });
    expect({ code, steps: rehearsal.steps() }).toEqual({ code: 0, steps: [] });
    expect(text).toContain("Nothing had to change");
  });

  test("destroy takes pods, members and gateways in this order, keeps protected data and nothing else, and with data leaves nothing", async () => {
    const { code, text } = await rehearsal.run(["--destroy"], { environment: savedOnce });
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    expect(disorder(rehearsal, "ComputeInstance")).toEqual([]);
    const kept = [...text.matchAll(/^ {2}(\S+) \(\S+, id \S+\)$/gm)].map(([, name]) => name);
    expect(kept.sort()).toEqual([...volumes, ...volumes.map((name) => `${name}-key`), ...further].sort());
    const gone = await rehearsal.run(["--destroy", "--with-data", stack], { environment: savedOnce });
    expect(gone).toMatchObject({ code: 0, text: expect.stringContaining(`Nothing is left of "${stack}"`) as string });
  });
}

/** Texts of a picture, but public addresses, which depend on the order in which things were made. */
const wordsOf = (svg: string): readonly string[] =>
  [...svg.matchAll(/<t(?:ext|span) [^>]*>([^<]+)</g)]
    .map(([, text = ""]) => text)
    .filter((text) => !/^198\.1[89]\./.test(text))
    .sort();

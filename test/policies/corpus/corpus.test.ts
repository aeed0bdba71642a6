import { existsSync } from "node:fs";
import { labels, measure, repositories } from "./corpus";

const all = labels();
const share = (part: number, of: number): number => Math.round((1000 * part) / of) / 10;

describe("The labels", () => {
  const count = (label: string): number => all.filter((one) => one.label === label).length;

  test("are 300 contacts and 300 texts that are none, of 50 repositories", () => {
    expect(count("contact")).toBeGreaterThanOrEqual(300);
    expect(count("none")).toBeGreaterThanOrEqual(300);
    expect(repositories().length).toBeGreaterThanOrEqual(50);
  });

  test("are addresses of a known kind, each once", () => {
    const known = new Set(repositories().map(([name]) => name));
    for (const label of all) {
      expect(known).toContain(label.repository);
      expect(["contact", "none", "own", "authority", "proxy"]).toContain(label.label);
      expect(["image", "url", "name", "address", "key"]).toContain(label.kind);
      expect(label.digest).toMatch(/^[0-9a-f]{8}$/);
      expect([label.line, label.offset, label.length, label.draw].every(Number.isInteger)).toBe(true);
    }
    const places = all.map(({ repository, file, line, path, offset, digest }) =>
      [repository, file, line, path, offset, digest].join("\t"),
    );
    expect(new Set(places).size).toBe(places.length);
  });
});

/**
 * Files of others are never in this repository. Whoever has them at hand (each repository at its revision, as `owner/name` in one folder, of each the files that
 * the labels name at least) measures with `CORPUS=folder npx jest test/policies/corpus`.
 */
const folder = process.env.CORPUS;
const measured = folder !== undefined && existsSync(folder) ? test : test.skip;

measured("of the contacts at most 5 % are missed, of the texts that are none at most 2 % are found", () => {
  const { outcomes, times } = measure(folder ?? "", all);
  const here = outcomes.filter(({ found }) => found);
  expect(here.length).toBeGreaterThanOrEqual(600);
  const lines = [1, 2].flatMap((draw) => {
    const of = (label: string) => here.filter((one) => one.label.draw === draw && one.label.label === label);
    const [contacts, none] = [of("contact"), of("none")];
    const missed = contacts.filter(({ named }) => !named).length;
    const wrong = none.filter(({ named }) => named).length;
    expect(share(missed, contacts.length)).toBeLessThanOrEqual(5);
    expect(share(wrong, none.length)).toBeLessThanOrEqual(2);
    return [
      `draw ${draw}: ${contacts.length} contacts, ${missed} missed (${share(missed, contacts.length)} %)`,
      `draw ${draw}: ${none.length} texts that are none, ${wrong} found (${share(wrong, none.length)} %)`,
    ];
  });
  const slow = times.filter((time) => time > 50).length;
  process.stdout.write(
    `${lines.join("\n")}\n${times.length} resources, ${slow} over 50 ms, slowest ${Math.round(Math.max(...times))} ms\n`,
  );
});

import type { HostView } from "../../../../stacks/tools/rehearsal/report/hosts";
import { buildModel } from "../../../../stacks/tools/rehearsal/report/build-model";
import { layout } from "../../../../stacks/tools/rehearsal/report/picture/layout";
import { tiersByHost } from "../../../../stacks/tools/rehearsal/report/picture/placement";
import { lines, Rect } from "../../../../stacks/tools/rehearsal/report/picture/shapes";
import { topology } from "../../../../stacks/tools/rehearsal/report/picture/svg";
import { source } from "./report-fixture";

const crisis = buildModel(source());
type Shown = Parameters<typeof layout>[0];

const template = crisis.hosts.find(({ role }) => role === "application") as HostView;
const many = (count: number, changes: (i: number) => Partial<HostView>): readonly HostView[] =>
  Array.from({ length: count }, (_, i) => ({ ...template, name: `host-${i + 1}`, ...changes(i) }));

const shapes: readonly (readonly [string, Shown])[] = [
  ["the crisis stack", crisis],
  ["many doors", { ...crisis, hosts: many(17, () => ({ door: true, role: "media" })) }],
  ["long names", { ...crisis, hosts: many(9, (i) => ({ name: `an-exceptionally-long-name-of-a-host-in-a-pool-${i}`, door: i < 4 })) }],
  ["several places", { ...crisis, hosts: many(12, (i) => ({ location: `place-${i % 3}`, cloud: i % 2 === 0 ? "hetzner" : "exoscale" })) }],
  ["hosts of nobody's network", { ...crisis, networks: [], hosts: many(3, () => ({ network: undefined })) }],
  ["a hundred hosts", { ...crisis, hosts: many(100, () => ({})) }],
  ["no isolated system", { ...crisis, isolated: [] }],
  ["nothing", { ...crisis, hosts: [], networks: [], isolated: [], pods: [] }],
]; // prettier-ignore

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe.each(shapes)("the picture of %s", (_, shown) => {
  test.each([340, 700, 1160])("has every host once, apart from the others and inside, %d wide", (width) => {
    const picture = layout(shown, width);
    const named = picture.cards.flatMap(({ host }) => host ?? []);
    expect([...named].sort()).toEqual(shown.hosts.map(({ name }) => name).sort());
    expect(picture.cards.filter(({ tone }) => tone === "isolated")).toHaveLength(
      shown.networks.length === 0 && shown.hosts.length === 0 ? 0 : shown.isolated.length,
    );
    picture.cards.forEach((card, i) => {
      expect({
        card: card.title.join(""),
        inside: card.x >= 0 && card.y >= 0 && card.x + card.width <= width && card.y + card.height <= picture.height,
      }).toEqual({ card: card.title.join(""), inside: true });
      for (const other of picture.cards.slice(i + 1))
        expect({ card, other, overlap: overlap(card, other) }).toMatchObject({ overlap: false });
      for (const chip of card.chips)
        expect(chip.x + chip.width <= card.x + card.width && chip.y + chip.height <= card.y + card.height).toBe(true);
    });
  });

  test("leads a way from the internet to every door and to nothing else", () => {
    const picture = layout(shown, 1160);
    expect(picture.ways).toHaveLength(shown.hosts.filter(({ door }) => door).length);
  });
});

test("names are broken, never cut", () => {
  const name = "an-exceptionally-long-name-of-a-host";
  expect(lines(name, 120, 13, "fixed").join("")).toBe(name);
  expect(lines("word", 5, 13).join("")).toBe("word");
});

test("a barred line turns into a warning where a path is not closed", () => {
  const [first] = crisis.paths;
  if (first === undefined) throw new Error("no paths");
  const leaky = {
    ...crisis,
    paths: [
      {
        ...first,
        paths: first.paths.map((entry) =>
          entry.path.peer === "mail" ? { ...entry, verdict: { ...entry.verdict, state: "exposed" as const } } : entry,
        ),
      },
    ],
  };
  expect(layout(leaky, 1160).barred.map(({ closed }) => closed)).toEqual([true, false, true]);
  expect(layout(leaky, 1160).caption?.lines.join("").replace(/ /g, "")).toContain(`Notclosedfor${first.name}`);
  expect(topology(leaky, 1160, "x")).toContain('class="leaking"');
});

test("says in words what it shows", () => {
  const svg = topology(crisis, 1160, "x");
  expect(svg).toContain("5 doors: crisis-gateway-1 (TCP 443, TCP 22");
  expect(svg).toContain("Isolated from directory, mail, file shares: blocked in both directions.");
});

test("deals replicas out over the hosts on which they may run", () => {
  const placed = tiersByHost(crisis.hosts, crisis.pods);
  expect(placed.get("crisis-media-1")).toEqual(["bridge", "turn"]);
  expect(placed.get("crisis-media-3")).toEqual(["bridge"]);
  const application = ["crisis-application-1", "crisis-application-2", "crisis-application-3"].map(
    (host) => placed.get(host)?.length,
  );
  expect(Math.max(...application.map((n) => n ?? 0)) - Math.min(...application.map((n) => n ?? 0))).toBeLessThanOrEqual(
    1,
  );
  expect(placed.get("crisis-gateway-1")).toEqual([]);
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser, chromium, Page } from "playwright-core";
import { html } from "../../stacks/tools/rehearsal/report/html";
import { buildModel } from "../../stacks/tools/rehearsal/report/build-model";
import { blockedEvents, source } from "../stacks/tools/rehearsal/report-fixture";

const flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]; // prettier-ignore
const stack = buildModel(source());
const blocked = buildModel(source({ outcome: "blocked", state: undefined, events: blockedEvents }));

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "report-"));
  writeFileSync(join(folder, "report.html"), html(stack));
  writeFileSync(join(folder, "blocked.html"), html(blocked));
  browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: flags });
}, 60_000);

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  /** Errors of the console and requests for anything but the page itself. */
  readonly complaints: readonly string[];
}

async function opened(file: string, width: number, colorScheme: "light" | "dark" = "light"): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  const address = pathToFileURL(join(folder, file)).href;
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) complaints.push(`request: ${request.url()}`);
  });
  await page.addInitScript({ path: join(__dirname, "measure.js") });
  await page.goto(address);
  return { page, complaints };
}

/** A box on the page, in pixels. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Measurements of the picture by `measure.js`. */
interface Seen {
  readonly pictures: number;
  readonly svg: Box | null;
  readonly cards: readonly {
    readonly host: string | null;
    readonly door: string | null;
    readonly box: Box;
    readonly name: string;
    readonly fontSize: number;
    readonly sticking: readonly string[];
  }[];
}

const seen = (page: Page): Promise<Seen> => page.evaluate<Seen>("measure.picture()");

describe.each([
  ["a wide page", 1280],
  ["a page of a tablet", 800],
  ["a page of a telephone", 390],
])("on %s", (_, width) => {
  test("every host and every door is in the picture with its name, and nothing overlaps", async () => {
    const { page, complaints } = await opened("report.html", width);
    const { pictures, svg, cards } = await seen(page);
    expect(pictures).toBe(1);
    if (svg === null) throw new Error("no picture");

    const names = stack.hosts.map(({ name }) => name);
    const doors = stack.hosts.filter(({ door }) => door).map(({ name }) => name);
    expect(cards.flatMap(({ host }) => host ?? []).sort()).toEqual([...names].sort());
    expect(cards.flatMap(({ door }) => door ?? []).sort()).toEqual([...doors].sort());
    for (const { host, name, box, sticking, fontSize } of cards) {
      if (host !== null) expect(name).toBe(host);
      expect({ name, sticking }).toEqual({ name, sticking: [] });
      expect(fontSize).toBeGreaterThanOrEqual(11);
      expect(box.width * box.height).toBeGreaterThan(1000);
      expect(box.x).toBeGreaterThanOrEqual(svg.x - 1);
      expect(box.x + box.width).toBeLessThanOrEqual(svg.x + svg.width + 1);
      expect(box.y).toBeGreaterThanOrEqual(svg.y - 1);
      expect(box.y + box.height).toBeLessThanOrEqual(svg.y + svg.height + 1);
    }
    cards.forEach(({ name, box: a }, i) => {
      for (const { name: other, box: b } of cards.slice(i + 1))
        expect({
          name,
          other,
          apart: a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
        }).toMatchObject({ apart: true });
    });
    expect(complaints).toEqual([]);
    await page.close();
  }, 30_000);

  test("nothing is wider than the page", async () => {
    const { page } = await opened("report.html", width);
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    await page.close();
  }, 30_000);
});

describe.each(["light", "dark"] as const)("in %s colours", (scheme) => {
  test("every text has enough contrast to its background", async () => {
    const { page } = await opened("report.html", 1280, scheme);
    const weak = await page.evaluate<string[]>("measure.weakTexts()");
    expect([...new Set(weak)]).toEqual([]);
    await page.close();
  }, 30_000);
});

test("a blocked run shows what was found, what is allowed and what to do", async () => {
  const { page, complaints } = await opened("blocked.html", 1280);
  expect(await page.textContent("h1")).toBe("Blocked: 1 violation of UC-REG-001. Nothing was changed.");
  expect(await page.isVisible(".violation")).toBe(true);
  expect(await page.textContent(".violation")).toContain('found location "ash"');
  expect((await seen(page)).cards.flatMap(({ host }) => host ?? [])).toHaveLength(blocked.hosts.length);
  expect(complaints).toEqual([]);
  await page.close();
}, 30_000);

test("everything can be reached with the keyboard alone", async () => {
  const { page } = await opened("report.html", 1280);
  const reached = new Set<string>();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate<string>("document.activeElement.tagName"));
  }
  expect([...reached]).toEqual(expect.arrayContaining(["A", "SUMMARY"]));
  await page.close();
}, 30_000);

test("the picture and every table have an accessible name", async () => {
  const { page } = await opened("report.html", 1280);
  expect(await page.getByRole("img", { name: "Topology of crisis-hetzner" }).count()).toBe(1);
  const nameless = await page.evaluate<number>("measure.namelessTables()");
  expect(nameless).toBe(0);
  await page.close();
}, 30_000);

test("prints with its picture, in light colours", async () => {
  const { page } = await opened("report.html", 1280, "dark");
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  expect((await seen(page)).pictures).toBe(1);
  const pdf = await page.pdf({ format: "A4" });
  expect(pdf.length).toBeGreaterThan(20_000);
  await page.close();
}, 30_000);

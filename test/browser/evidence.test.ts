/** The page of evidence in a real browser. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { filesOf } from "../../policies/evidence/bundle";
import { reportOf } from "../../policies/evidence/report";
import { tablesWith } from "../../policies/tables";
import { mixed } from "../policies/evidence/fixture";

const flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]; // prettier-ignore
const resources = [
  {
    type: "sovereign-uc:index:Jitsi",
    name: "meetings",
    urn: "m",
    properties: { confidentiality: "end-to-end" },
    provider: undefined,
  },
  { type: "pulumi:providers:hcloud", name: "default", urn: "p", properties: {}, provider: undefined },
  {
    type: "a:b:C",
    name: "x",
    urn: "x",
    properties: { url: "https://a.very-long-name-that-nobody-would-ever-break.example-of-a-domain.net" },
    provider: undefined,
  },
];
const report = reportOf({ ...mixed, resources }, { ownDomains: [], reasons: {}, tables: tablesWith([]) });

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "evidence-"));
  writeFileSync(join(folder, "evidence.html"), filesOf(report)["evidence.html"] ?? "");
  browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: flags });
}, 60_000);

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

async function opened(width: number, colorScheme: "light" | "dark" = "light") {
  const page: Page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  const address = pathToFileURL(join(folder, "evidence.html")).href;
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) complaints.push(`request: ${request.url()}`);
  });
  await page.addInitScript({ path: join(__dirname, "measure.js") });
  await page.goto(address);
  return { page, complaints };
}

test.each([1280, 800, 390])(
  "at %d pixels nothing is wider than the page, and it asks nobody for anything",
  async (width) => {
    const { page, complaints } = await opened(width);
    expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    expect(complaints).toEqual([]);
    await page.close();
  },
  60_000,
);

test.each(["light", "dark"] as const)(
  "in %s colours every text has enough contrast to its background",
  async (scheme) => {
    const { page } = await opened(1280, scheme);
    expect([...new Set(await page.evaluate<string[]>("measure.weakTexts()"))]).toEqual([]);
    await page.close();
  },
  60_000,
);

test("every section can be reached by its link, in three languages, and texts of the input are no markup", async () => {
  const { page } = await opened(1280);
  const links = await page.$$eval("nav a", (all) =>
    all.map((link) => [link.getAttribute("href") ?? "", link.getAttribute("lang") ?? ""]),
  );
  expect(links.map(([, language]) => language)).toEqual([...Array<string>(9).fill("en"), "de", "de", "fr", "fr"]);
  for (const [href] of links) expect(await page.$$(`section${href ?? ""}`)).toHaveLength(1);
  expect(await page.textContent("h1")).toBe("Evidence of live <b>|`&\"'");
  expect(await page.$$("section script, section b")).toEqual([]);
  expect(await page.textContent("#nis2-de")).toContain("kein Nachweis");
  expect(await page.textContent("#register-fr")).toContain("de bout en bout");
  await page.close();
}, 60_000);

test("a narrow page names the column beside each cell, and a state is never a colour alone", async () => {
  const { page } = await opened(390);
  const titles = await page.evaluate<string[]>(
    `[...document.querySelectorAll("#nis2 tbody tr:first-child td")].map((cell) => getComputedStyle(cell, "::before").content)`,
  );
  expect(titles[0]).toContain("Demand");
  const states = await page.$$eval(".state", (all) => all.map((state) => state.textContent.trim()));
  expect(states.length).toBeGreaterThan(30);
  for (const state of states) expect(state).toMatch(/^[✓✕?–] .+/);
  await page.close();
}, 60_000);

test("the page holds no script and no address of a resource outside", () => {
  const text = readFileSync(join(folder, "evidence.html"), "utf8");
  expect(text).not.toMatch(/<script|<link rel="stylesheet"|@import|url\(/);
});

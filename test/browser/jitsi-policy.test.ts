/** The content security policy of a Jitsi in a real browser, on a page of its own: what comes from elsewhere is not even asked for. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { type Browser, chromium } from "playwright-core";
import { planJitsi } from "../../components/services/jitsi";
import { brandingMounts } from "../../components/services/jitsi/branding";
import { describeWith } from "../support/programs/programs";

jest.setTimeout(120_000);

const flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]; // prettier-ignore

const domain = "meet.crisis.example.ch";

/** Headers that the edge sets on every answer of the route. */
const headers = (embeddedBy: readonly string[] = []): Readonly<Record<string, string>> => {
  const [route] = planJitsi({ name: "meet", domain, participants: 20, embeddedBy }).routes;
  if (route?.kind !== "web" || route.headers === undefined)
    throw new Error("expected headers of a web route, got none");
  return route.headers;
};

const files = Object.fromEntries(
  brandingMounts(domain, {
    name: "Crisis <staff>",
    logo: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    legal: { imprint: "The staff.\n\n<script>document.title = 'run'</script>", privacy: "Nothing is kept." },
  }).flatMap(({ path, ...mount }) =>
    "files" in mount ? Object.entries(mount.files ?? {}).map(([name, text]) => [`${path}/${name}`, text]) : [],
  ),
) as Readonly<Record<string, string>>;

describeWith(["chromium"], "a page of a Jitsi in a browser", () => {
  let elsewhere: Server;
  let site: Server;
  let browser: Browser;
  const askedElsewhere: string[] = [];
  let embeddedBy: readonly string[] = [];
  const portOf = (server: Server): number => (server.address() as AddressInfo).port;

  const page = (): string => {
    const outside = `http://127.0.0.1:${portOf(elsewhere)}`;
    return `<!doctype html><title>meeting</title>
<style>@font-face { font-family: outside; src: url(${outside}/font.woff2) } p { font-family: outside }</style>
<p>text</p><img src="${outside}/pixel.png"><script>window.own = 1</script>
<script src="/own.js"></script><script src="${outside}/script.js"></script>
<script>window.tried = fetch("${outside}/fetch").then(() => "answered", () => "refused")</script>`;
  };
  const answer = (path: string, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(headers(embeddedBy))) response.setHeader(name, value);
    const type = { html: "text/html", js: "text/javascript", svg: "image/svg+xml", json: "application/json" };
    response.setHeader("content-type", type[path.split(".")[1] as keyof typeof type] ?? "text/html");
    response.end(path === "/own.js" ? "window.loaded = 1" : (files[path] ?? page()));
  };

  beforeAll(async () => {
    elsewhere = createServer(({ url = "" }, response) => {
      askedElsewhere.push(url);
      response.setHeader("access-control-allow-origin", "*").setHeader("content-type", "text/html");
      response.end(
        url === "/frame" ? `<iframe src="http://127.0.0.1:${portOf(site)}/"></iframe>` : "window.outside = 1",
      );
    }).listen(0, "127.0.0.1");
    site = createServer(({ url = "" }, response) => answer(url, response)).listen(0, "127.0.0.1");
    await Promise.all([once(elsewhere, "listening"), once(site, "listening")]);
    browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: flags });
  });
  afterAll(async () => {
    await browser.close();
    site.close();
    elsewhere.close();
  });

  /** Opens a page and reads what the browser says that it blocked. */
  async function opened(path: string) {
    const tab = await browser.newPage();
    await tab.addInitScript(
      "window.blocked = []; document.addEventListener('securitypolicyviolation', (e) => blocked.push(e.effectiveDirective));",
    );
    await tab.goto(`http://127.0.0.1:${portOf(site)}${path}`, { waitUntil: "load" });
    return tab;
  }

  test("loads its own script, and no script, font, picture or answer of another host", async () => {
    const tab = await opened("/");
    // Fonts are fetched when a text needs them: this waits until none is on its way.
    const seen = await tab.evaluate(
      "document.fonts.ready.then(() => tried).then((tried) => ({ own, loaded, outside: window.outside, tried, blocked: [...new Set(blocked)].sort() }))",
    );
    expect(seen).toEqual({
      own: 1,
      loaded: 1,
      outside: undefined,
      tried: "refused",
      blocked: ["connect-src", "font-src", "img-src", "script-src-elem"],
    });
    expect(askedElsewhere).toEqual([]);
    await tab.close();
  });

  test("is not shown inside a page of another host unless the plan names it", async () => {
    const inside = async (): Promise<readonly string[]> => {
      const tab = await browser.newPage();
      await tab.goto(`http://127.0.0.1:${portOf(elsewhere)}/frame`, { waitUntil: "load" });
      const titles = await Promise.all(
        tab
          .frames()
          .slice(1)
          .map((frame) => frame.title()),
      );
      await tab.close();
      return titles;
    };
    expect(await inside()).not.toContain("meeting");
    embeddedBy = ["chat.example.ch"];
    expect(await inside()).not.toContain("meeting");
    embeddedBy = [];
  });

  test("has legal pages and a logo of its own, whose texts run nothing", async () => {
    const imprint = await opened("/branding/imprint.html");
    expect(await imprint.title()).toBe("Imprint · Crisis <staff>");
    expect(await imprint.locator("p").allTextContents()).toEqual([
      "The staff.",
      "<script>document.title = 'run'</script>",
      "Crisis <staff>",
    ]);
    await imprint.setContent('<img src="/branding/logo.svg">', { waitUntil: "load" });
    expect(await imprint.evaluate("document.images[0].naturalWidth")).toBe(9);
    await imprint.close();
  });
});

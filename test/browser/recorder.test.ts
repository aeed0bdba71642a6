/** The browser of a recorder, with the flags that recorders give theirs: it finds its own page and the media servers, and nothing else. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";
import { parse } from "yaml";
import { egress } from "../../components/services/openvidu/egress";
import { describeWith } from "../support/programs/programs";

jest.setTimeout(120_000);

/** Names below localhost are this machine's in Chromium, unless something keeps them from being found. */
const servers = "servers.localhost";

describeWith(["chromium"], "the browser of a recorder", () => {
  const asked: string[] = [];
  let page: Server;
  let browser: Browser;

  beforeAll(async () => {
    page = createServer((question, answer) => {
      asked.push(question.headers.host ?? "");
      answer
        .setHeader("access-control-allow-origin", "*")
        .setHeader("content-type", "text/html")
        .end("<!doctype html>");
    }).listen(0, "127.0.0.1");
    await once(page, "listening");
    const { chrome_flags: flags } = parse(
      egress({
        servers: { host: servers, port: 7880 },
        bucket: { endpoint: "https://store.example.ch", bucket: "recordings", region: "ch-gva-2" },
        longestMinutes: 60,
      }),
    ) as { readonly chrome_flags: Readonly<Record<string, string | true>> };
    browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // As chromedp writes them, which upstream hands them to.
      args: [
        "--no-sandbox",
        ...Object.entries(flags).map(([name, value]) => `--${name}${value === true ? "" : `=${value}`}`),
      ],
    });
  });
  afterAll(async () => {
    await browser.close();
    page.close();
  });

  test("opens its own page, from which it reaches the servers by their name and nobody else", async () => {
    const { port } = page.address() as AddressInfo;
    const tab = await browser.newPage();
    await tab.goto(`http://localhost:${port}/`);
    const reached = (host: string): Promise<boolean> =>
      tab.evaluate(`fetch("http://${host}:${port}/").then(() => true, () => false)`);
    expect(await reached(servers)).toBe(true);
    for (const host of ["other.localhost", "127.0.0.1"]) expect([host, await reached(host)]).toEqual([host, false]);
    expect(new Set(asked)).toEqual(new Set([`localhost:${port}`, `${servers}:${port}`]));
  });
});

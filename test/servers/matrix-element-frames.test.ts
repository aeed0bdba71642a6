/** A real browser under the headers of Element's page: what a Jitsi in its frame may have, and what neither it nor anybody else may do there. */
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import { planMatrix } from "../../components/services/matrix";
import { elementHeaders } from "../../components/services/matrix/element";
import { certificateFor } from "../support/certificates";
import { describeWith, installed } from "../support/programs/programs";

jest.setTimeout(120_000);

const names = { app: "app.crisis.example.ch", jitsi: "meet.crisis.example.ch", other: "other.example.org" };
const calls = { domain: "calls.crisis.example.ch", livekit: "wss://media.crisis.example.ch" };

/** Page of a meeting: says whether it has a camera. */
const meeting = `<p></p><script>
  const say = (words) => (document.querySelector("p").textContent = words);
  navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then(() => say("seen"), (error) => say(error.name));
</script>`;

/** Element's page, as far as it has frames: its frames name what is in them may use, and a script of a Jitsi's would say so. */
const app = `<title>nothing</title>
<iframe allow="camera; microphone; display-capture" src="https://${names.jitsi}/"></iframe>
<iframe allow="camera; microphone; display-capture" src="https://${names.other}/"></iframe>
<script src="https://${names.jitsi}/script.js"></script>
<script>document.title = "inline"</script>
<script>window.global = window;</script>`;

describeWith(["chromium"], "frames and scripts in Element's page", () => {
  let server: Server;
  let browser: Browser;
  let headers: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    const { certificate, privateKey } = certificateFor(Object.values(names));
    server = createServer({ cert: certificate, key: privateKey }, ({ headers: { host }, url }, response) => {
      if (url === "/script.js")
        response.writeHead(200, { "Content-Type": "text/javascript" }).end('document.title = "of a Jitsi"');
      else if (host === names.app) response.writeHead(200, { ...headers, "Content-Type": "text/html" }).end(app);
      else response.writeHead(200, { "Content-Type": "text/html" }).end(meeting);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    browser = await chromium.launch({
      executablePath: installed("chromium") ?? "",
      args: [
        ...["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"],
        ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        `--host-resolver-rules=MAP * 127.0.0.1:${(server.address() as AddressInfo).port}`,
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  /** Element's page with the headers of a plan. */
  const open = async (more: object): Promise<Page> => {
    const size = { name: "chat", domain: "chat.crisis.example.ch", users: 300, mediaGib: 100 };
    headers = elementHeaders(planMatrix({ ...size, app: names.app, ...more }));
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(`https://${names.app}/`);
    return page;
  };

  it("a Jitsi of the plan has camera and microphone in its frame, and there is no other frame", async () => {
    const page = await open({ jitsi: names.jitsi });
    const said = page.frame({ url: `https://${names.jitsi}/` })?.locator("p");
    await said?.filter({ hasText: /./ }).waitFor();
    expect(await said?.textContent()).toBe("seen");
    expect(page.frame({ url: `https://${names.other}/` })).toBeNull();
  });

  it("runs no script of the Jitsi's, and none that stands in the page but Element Call's", async () => {
    for (const [more, global] of [
      [{ jitsi: names.jitsi }, false],
      [{ jitsi: names.jitsi, calls }, true],
    ] as const) {
      const page = await open(more);
      expect([await page.title(), await page.evaluate("window.global === window")]).toEqual(["nothing", global]);
    }
  });
});

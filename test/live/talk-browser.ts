/** Pages of a real browser in a call of a hub on live nodes, where clients are. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { installed } from "../support/programs/programs";
import { domains, type Person } from "./talk";
import { entry, type Hub } from "./talk-people";

/** Sight of one connection for media: see `seen` in talk-page.js. */
export interface Sight {
  readonly state: string;
  readonly sdp: string;
  readonly address: string;
  readonly port: number;
  readonly dtls: string;
  readonly frames: number;
}

/** Somebody's page in a call. */
export class Caller {
  constructor(
    private readonly page: Page,
    readonly session: string,
  ) {}

  publish = (): Promise<void> => this.page.evaluate("talk.publish()");
  watch = (whose: string): Promise<void> => this.page.evaluate(`talk.watch(${JSON.stringify(whose)})`);
  seen = (whose = this.session): Promise<Sight> => this.page.evaluate<Sight>(`talk.seen(${JSON.stringify(whose)})`);
}

/** A browser at the outside of a deployment; nobody is asked for the page that it shows. */
export class Browser {
  private constructor(
    private readonly hub: Hub,
    private readonly browser: Awaited<ReturnType<typeof chromium.launch>>,
    private readonly folder: string,
  ) {}

  static async start(hub: Hub): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-talk-"));
    const program = join(folder, "chromium");
    const client = hub.cluster.outside.running("client");
    writeFileSync(program, `#!/bin/sh\nexec nsenter -t ${client.pid()} -n -- "${installed("chromium")}" "$@"\n`);
    chmodSync(program, 0o755);
    const browser = await chromium.launch({
      executablePath: program,
      args: [
        ...["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        // The deployment's own authority is no browser's.
        "--ignore-certificate-errors",
        `--host-resolver-rules=MAP ${domains.talk} ${hub.cluster.door}`,
      ],
      timeout: 120_000,
    });
    return new Browser(hub, browser, folder);
  }

  /** Lets a person into the call of a room, by the ticket of the second version. */
  async call(who: Person, room = "call"): Promise<Caller> {
    const page = await this.browser.newPage();
    const portal = "https://portal.example.ch/";
    await page.route(`${portal}**`, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
    await page.addInitScript({ path: join(__dirname, "talk-page.js") });
    await page.goto(portal);
    const { data } = await this.hub.ask(who, "POST", `v4/room/${room}/participants/active`);
    const sessionId = String(data["sessionId"]);
    const { "2.0": params } = await this.hub.tickets(who);
    const words = [`wss://${domains.talk}/spreed`, { url: entry, params }, room, sessionId].map((one) =>
      JSON.stringify(one),
    );
    const session = await page.evaluate<string>(`talk.enter(${words.join(", ")})`);
    const { status } = await this.hub.ask(who, "POST", `v4/call/${room}`, { sessionId, flags: 7 });
    if (status !== 200) throw new Error(`expected ${who} in the call, got ${status}`);
    return new Caller(page, session);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** People with browsers of their own: pages of a real Chromium that runs where clients are, and trusts the authority of the web's certificate and no other. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { codeOf } from "../servers/identity-visitor";
import { installed } from "../support/programs/programs";
import type { LiveCluster } from "./live-cluster";
import { meetingScripts } from "./people";
import { domains, firstPassword, type Person } from "./workplace";
import { password } from "./workplace-life";

export const app = "app.crisis.example.ch";

/** Milliseconds that a person waits for a page. */
const patience = 90_000;

/** A program on a person's phone: its secret, and the codes that were given. */
interface Phone {
  secret: string;
  readonly used: Set<string>;
}

/** A Chromium where clients are. */
export class Browsers {
  /** Addresses and names of everything that pages asked for, and what was refused to them. */
  readonly asked = new Set<string>();
  readonly refused: string[] = [];
  private readonly phones = new Map<Person, Phone>();

  private constructor(
    private readonly browser: Browser,
    private readonly folder: string,
  ) {}

  static async start({ outside, door }: LiveCluster): Promise<Browsers> {
    const client = outside.running("client");
    const authority = (await client.sh("cat /etc/live/web.pem")).replace(/-----[A-Z ]+-----|\s/g, "");
    await client.write({
      path: "/etc/chromium/policies/managed/authority.json",
      content: `${JSON.stringify({ CACertificates: [authority] })}\n`,
      mode: "0644",
      owner: "root:root",
    });
    const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-day-"));
    const program = join(folder, "chromium");
    writeFileSync(
      program,
      `#!/bin/sh\nexec nsenter -t ${client.pid()} -m -n -p -u -- "${installed("chromium")}" "$@"\n`,
    );
    chmodSync(program, 0o755);
    const browser = await chromium.launch({
      executablePath: program,
      args: [
        ...["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        ...["--disable-sync", "--no-first-run"],
        ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        // No other name is known out there.
        `--host-resolver-rules=MAP *.crisis.example.ch ${door}, MAP * ~NOTFOUND`,
      ],
    });
    return new Browsers(browser, folder);
  }

  /** A browser in which nobody is signed in. */
  async open(): Promise<Tab> {
    const context = await this.browser.newContext({ locale: "en", viewport: { width: 1_000, height: 800 } });
    for (const script of [join(__dirname, "files/day-page.js"), ...meetingScripts])
      await context.addInitScript({ path: script });
    context.on("request", (request) => {
      const { protocol, host } = new URL(request.url());
      if (/^(https?|wss?):$/.test(protocol)) this.asked.add(host);
    });
    context.on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "";
      // A page that is left ends what it asks for.
      if (why !== "net::ERR_ABORTED") this.refused.push(`${request.url().slice(0, 200)} ${why}`);
    });
    context.on("console", (message) => {
      if (/content security policy|refused to/i.test(message.text())) this.refused.push(message.text());
    });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    page.on("websocket", (socket) => this.asked.add(new URL(socket.url()).host));
    return new Tab(context, page);
  }

  /** Signs a person in for the first time, at the pages that they are led to: a password of their own, and an enrolled phone. Names the pages. */
  async first(person: Person, tab: Tab): Promise<readonly string[]> {
    const seen = [await tab.begin()];
    await tab.password(person, firstPassword(person));
    const { page } = tab;
    for (let next = await tab.where(); next !== "back"; next = await tab.where()) {
      if (seen.includes(next)) throw new Error(`expected another page than "${next}", got: ${await tab.complaint()}`);
      seen.push(next);
      if (next === "choose a password") {
        await page.fill("#password-new", password(person));
        await page.fill("#password-confirm", password(person));
        await page.locator("#kc-passwd-update-form [type=submit]").first().click();
      } else if (next === "enrol a code") {
        await page.click("#mode-manual");
        const secret = (await page.textContent("#kc-totp-secret-key")) ?? "";
        const code = codeOf(secret);
        this.phones.set(person, { secret, used: new Set([code]) });
        await page.fill("#totp", code);
        await page.fill("#userLabel", "phone");
        await page.click("#saveTOTPBtn");
      } else throw new Error(`expected a page that makes an account a person's own, got "${next}"`);
    }
    await tab.end(person);
    return seen;
  }

  /** Signs a person in with password and code. Names the pages. */
  async signIn(person: Person, tab: Tab): Promise<readonly string[]> {
    const first = await tab.begin();
    await tab.password(person, password(person));
    const second = await tab.where();
    if (second !== "give a code")
      throw new Error(`expected to be asked for a code, got "${second}": ${await tab.complaint()}`);
    await tab.page.fill("#otp", this.code(person));
    await tab.page.click("#kc-login");
    const third = await tab.where();
    if (third !== "back") throw new Error(`expected to be let in, got "${third}": ${await tab.complaint()}`);
    await tab.end(person);
    return [first, second];
  }

  async stop(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A code that the server has not seen: it takes the one before and after the present one, and each counts once. */
  private code(person: Person): string {
    const phone = this.phones.get(person);
    if (phone === undefined) throw new Error(`expected ${person} to have enrolled a phone, got none`);
    const code = [0, 30, -30].map((later) => codeOf(phone.secret, later)).find((one) => !phone.used.has(one));
    if (code === undefined) throw new Error(`expected a code of ${person} that was not given, got none; wait`);
    phone.used.add(code);
    return code;
  }
}

/** Pages of the identity provider, by what stands on them; "back" is the homeserver's page after a sign-in. */
const pages = {
  "choose a password": "#kc-passwd-update-form",
  "enrol a code": "#kc-totp-settings-form",
  "give a code": "#kc-otp-login-form",
  "sign in": "#kc-form-login",
  back: "a[href*='loginToken=']",
} as const;

/** A person's browser with one page. */
export class Tab {
  constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  /** Opens the chat and goes to where people sign in: name of the page that this leads to. */
  async begin(): Promise<string> {
    if (!this.page.url().startsWith(`https://${app}`)) await this.page.goto(`https://${app}/`);
    await this.page.click("#sign-in");
    return this.where();
  }

  /** Name of the page that is there once the last step has ended. */
  async where(): Promise<string> {
    const { page } = this;
    await page.waitForLoadState("load");
    const any = page.locator(Object.values(pages).join(", ")).first();
    await any.waitFor().catch(async () => {
      throw new Error(`expected a page of the sign-in, got ${page.url()}: ${await this.text()}`);
    });
    for (const [name, mark] of Object.entries(pages)) if ((await page.locator(mark).count()) > 0) return name;
    throw new Error(`expected a page of the sign-in, got ${page.url()}`);
  }

  async password(person: Person, secret: string): Promise<void> {
    const before = await this.where();
    if (before !== "sign in") throw new Error(`expected to be asked who it is, got "${before}"`);
    await this.page.fill("#username", person);
    await this.page.fill("#password", secret);
    await this.page.click("#kc-login");
  }

  /** Goes from the homeserver's page back into the chat, and waits for it to have caught up. */
  async end(person: Person): Promise<void> {
    await this.page.click(pages.back);
    await this.shows(`signed in as @${person}:${domains.chat}`);
  }

  /** Waits until the page shows words. @throws Error with what it shows instead. */
  async shows(words: string): Promise<void> {
    await this.page
      .getByText(words, { exact: true })
      .first()
      .waitFor()
      .catch(async () => {
        throw new Error(`expected "${words}", got ${this.page.url()}: ${await this.text()}`);
      });
  }

  /** Does something in the chat. */
  chat<T = unknown>(act: string, ...words: readonly string[]): Promise<T> {
    return this.page.evaluate<T>(`window.day.${act}(...${JSON.stringify(words)})`);
  }

  /** Text of the page. */
  async text(): Promise<string> {
    return (await this.page.locator("body").innerText()).replaceAll(/\s+/g, " ");
  }

  async complaint(): Promise<string> {
    return (await this.text()).slice(0, 400);
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

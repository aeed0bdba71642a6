/** People in a room of a deployment: pages of a real browser that runs where clients are. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { until } from "../support/programs/background";
import { installed } from "../support/programs/programs";
import type { RunningHost } from "./host";

/** Sight of one person: pictures of the others, the address of the server that they come from, and what the client told of its connection. */
export interface Sight {
  readonly frames: number;
  readonly server: string;
  readonly told: readonly string[];
}

export interface People {
  /** Waits until everybody sees somebody, through another server than the one of an address. @throws Error with what each client told. */
  readonly seeEachOther: (not?: string) => Promise<readonly Sight[]>;
  readonly leave: () => Promise<void>;
}

/** Scripts of a page that takes part in calls: LiveKit's own client, and what tests ask of it. */
export const meetingScripts = [require.resolve("livekit-client"), join(__dirname, "../browser/meeting.js")];

/** The portal that the pages are from; nobody is asked for it. */
const portal = "https://portal.example.ch/";

/** Lets one person per ticket into a room, by a gateway. */
export async function peopleIn(
  from: RunningHost,
  asked: { readonly domain: string; readonly gateway: string; readonly tickets: readonly string[] },
): Promise<People> {
  const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-people-"));
  const program = join(folder, "chromium");
  writeFileSync(program, `#!/bin/sh\nexec nsenter -t ${from.pid()} -n -- "${installed("chromium")}" "$@"\n`);
  chmodSync(program, 0o755);
  const browser = await chromium.launch({
    executablePath: program,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
      ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
      // The deployment's own authority is no browser's.
      "--ignore-certificate-errors",
      `--host-resolver-rules=MAP ${asked.domain} ${asked.gateway}`,
    ],
  });
  const pages: Page[] = [];
  for (const ticket of asked.tickets) {
    const page = await browser.newPage();
    await page.route(`${portal}**`, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
    for (const script of meetingScripts) await page.addInitScript({ path: script });
    await page.goto(portal);
    await page.evaluate(`void meeting.stay(${JSON.stringify(`wss://${asked.domain}`)}, ${JSON.stringify(ticket)})`);
    pages.push(page);
  }
  return {
    seeEachOther: async (not) => {
      let sights: readonly Sight[] = [];
      await until(
        "pictures for everybody",
        async () => {
          sights = await Promise.all(pages.map((page) => page.evaluate<Sight>("meeting.seen()")));
          return sights.every(({ frames, server }) => frames > 10 && server !== not);
        },
        90,
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}; what the pages had: ${JSON.stringify(sights)}`);
      });
      return sights;
    },
    leave: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

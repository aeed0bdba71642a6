/** People in a room of a deployment: pages of a real browser that runs where clients are. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { until } from "../support/programs/background";
import { installed } from "../support/programs/programs";
import type { RunningHost } from "./host";

/** Sight of one person: times joined, pictures of the others since the last time, and the address of the server that they come from. */
export interface Sight {
  readonly joins: number;
  readonly frames: number;
  readonly server: string;
}

export interface People {
  /** Waits until everybody has joined so often and sees somebody. */
  readonly seeEachOther: (joins: number) => Promise<readonly Sight[]>;
  readonly leave: () => Promise<void>;
}

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
    await page.addInitScript({ path: join(__dirname, "../browser/meeting.js") });
    await page.goto(portal);
    await page.evaluate(`void meeting.stay(${JSON.stringify(`wss://${asked.domain}`)}, ${JSON.stringify(ticket)})`);
    pages.push(page);
  }
  return {
    seeEachOther: async (joins) => {
      let sights: readonly Sight[] = [];
      await until(
        "pictures for everybody",
        async () => {
          sights = await Promise.all(
            pages.map((page) =>
              page.evaluate<Sight>("meeting.seen().catch(() => ({ joins: 0, frames: 0, server: '' }))"),
            ),
          );
          return sights.every((sight) => sight.joins >= joins && sight.frames > 10);
        },
        90,
      );
      return sights;
    },
    leave: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The web server of a Jitsi: our additions in nginx itself. */
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { jitsi } from "../components/services/jitsi/support";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { filesOf, workFolder } from "./jitsi-rendered";

const folder = workFolder();
const at = (name: string): string => join(folder(), name);

/** Asks once, over a connection of its own. */
async function get(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url, { headers: { ...headers, Connection: "close" } });
  return { status: response.status, text: await response.text() };
}

describeWith(["nginx"], "the web server of a Jitsi", () => {
  let shard: Server;
  let nginx: Background | undefined;
  let base = "";
  const seen: (string | undefined)[] = [];

  beforeAll(async () => {
    shard = createServer((asked, response) => {
      seen.push(asked.url);
      response.end("OK");
    }).listen(0, "127.0.0.1");
    await once(shard, "listening");
    const { port } = shard.address() as AddressInfo;
    const additions = (filesOf(await jitsi(), "meet-web-1-config")["nginx-custom_sovereign-uc.conf"] ?? "")
      .replaceAll(/meet-(focus|signalling)-1\.meet\.svc\.cluster\.local:\d+/g, `127.0.0.1:${port}`)
      // The tests come from loopback, as the edge comes from the pod range.
      .replaceAll("10.42.0.0/16", "127.0.0.0/8");
    mkdirSync(at("site"));
    writeFileSync(at("site/lib.js"), 'const servers = [ { urls: "stun:meet-jit-si-turnrelay.jitsi.net:443" } ];\n');
    const [listen = 0] = await freePorts(1);
    base = `http://127.0.0.1:${listen}`;
    writeFileSync(
      at("nginx.conf"),
      `daemon off; master_process off; user ${userInfo().username}; pid ${at("nginx.pid")}; error_log stderr;
events {}
http {
  types { application/javascript js; }
  access_log ${at("access.log")};
  client_body_temp_path ${at("t1")}; proxy_temp_path ${at("t2")}; fastcgi_temp_path ${at("t3")}; uwsgi_temp_path ${at("t4")}; scgi_temp_path ${at("t5")};
  server {
    listen 127.0.0.1:${listen};
    root ${at("site")};
${additions}
    location ~ ^/libs/(.*)$ { alias ${at("site")}/$1; }
  }
}
`,
    );
    nginx = background(
      installed("nginx") ?? "nginx",
      ["-c", at("nginx.conf"), "-e", "stderr", "-p", folder()],
      folder(),
    );
    await until(
      "nginx to serve",
      async () => {
        nginx?.mustRun();
        return get(`${base}/libs/lib.js`).then(
          () => true,
          () => false,
        );
      },
      20,
    );
  }, 30_000);

  afterAll(async () => {
    shard?.closeAllConnections();
    shard?.close();
    await nginx?.stop();
  });

  test("replaces the third party's STUN server that is built into the client", async () => {
    const { text: served } = await get(`${base}/libs/lib.js`);
    expect(served).toContain("stun:relay-1.meet.crisis.example.ch:443");
    expect(served).not.toContain("jitsi.net");
  });

  test("reports the shard's health to the edge only", async () => {
    for (const path of ["/_shard/focus", "/_shard/signalling"]) {
      expect((await get(base + path)).status).toBe(200);
      const client = await get(base + path, { "X-Forwarded-For": "203.0.113.9" });
      expect(client.status).toBe(403);
    }
    expect(seen).toEqual(["/about/health", "/http-bind"]);
  });

  test("knows clients by their own address", async () => {
    await get(`${base}/libs/lib.js`, { "X-Forwarded-For": "203.0.113.77" });
    await until(
      "the request to be logged",
      () => Promise.resolve(readFileSync(at("access.log"), "utf8").includes("203.0.113.77 ")),
      5,
    );
  });
});

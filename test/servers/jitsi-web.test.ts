/** The web server of a Jitsi: our additions in nginx itself. */
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { MediaHost } from "../../components/kubernetes/target";
import { jitsi } from "../components/services/jitsi/support";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { filesOf, workFolder } from "./jitsi-rendered";

/** Three media hosts of a pool. */
const hosts = (pool: string, from: number): readonly MediaHost[] =>
  [0, 1, 2].map((n) => ({
    name: `${pool}-${n + 1}`,
    address: `10.20.0.${from + n}`,
    publicAddress: pulumi.output(`198.51.100.${from + n}`),
  }));

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
    const regions = { hel1: { participants: 50, users: ["203.0.113.0/26", "198.51.100.7/32"] } };
    const files = filesOf(
      await jitsi({ regions }, { mediaPools: { media: hosts("media", 60), "media-hel1": hosts("media-hel1", 80) } }),
      "meet-web-1-config",
    );
    const additions = (files["nginx-custom_sovereign-uc.conf"] ?? "")
      .replaceAll(/meet-(focus|signalling)-1\.meet\.svc\.cluster\.local:\d+/g, `127.0.0.1:${port}`)
      // The tests come from loopback, as the edge comes from the pod range.
      .replaceAll("10.42.0.0/16", "127.0.0.0/8");
    mkdirSync(at("site"));
    writeFileSync(at("site/config.js"), `config.deploymentInfo = {};\n${files["custom-config.js"] ?? ""}`);
    // As upstream's page has it: the settings are inside the page.
    writeFileSync(at("site/index.html"), '<script><!--#include virtual="/config.js" --></script>\n');
    writeFileSync(at("site/lib.js"), 'const servers = [ { urls: "stun:meet-jit-si-turnrelay.jitsi.net:443" } ];\n');
    const [listen = 0] = await freePorts(1);
    base = `http://127.0.0.1:${listen}`;
    writeFileSync(
      at("nginx.conf"),
      `daemon off; master_process off; user ${userInfo().username}; pid ${at("nginx.pid")}; error_log stderr;
events {}
http {
  types { application/javascript js; text/html html; }
  access_log ${at("access.log")};
  client_body_temp_path ${at("t1")}; proxy_temp_path ${at("t2")}; fastcgi_temp_path ${at("t3")}; uwsgi_temp_path ${at("t4")}; scgi_temp_path ${at("t5")};
  server {
    listen 127.0.0.1:${listen};
    root ${at("site")};
    ssi on;
    ssi_types application/x-javascript application/javascript;
${additions}
    location ~ ^/libs/(.*)$ { alias ${at("site")}/$1; }
  }
${files["nginx_site-confs_regions.conf"] ?? ""}
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

  test.each([
    ["203.0.113.63", "hel1"],
    ["198.51.100.7", "hel1"],
    ["203.0.113.64", "main"],
    ["2001:db8::1", "main"],
  ])("tells a browser at %s that its region is %s", async (address, region) => {
    for (const path of ["/config.js", "/index.html"]) {
      const { text } = await get(base + path, { "X-Forwarded-For": address });
      expect(text).toContain(`config.deploymentInfo.userRegion = '${region}';`);
      expect(text).not.toContain("<!--");
    }
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

/** The edge of a Jitsi, in HAProxy itself, as browsers see it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { siteHeaders } from "../../components/services/jitsi/web";
import { domain, jitsi } from "../components/services/jitsi/support";
import { describeWith } from "../support/programs/programs";
import { type Handshake, JitsiEdge } from "./jitsi-edge-rig";
import { filesOf, run, workFolder } from "./jitsi-rendered";

const folder = workFolder();
const replicas = ["127.0.7.1", "127.0.7.2"] as const;

describeWith(["haproxy"], "the edge of a Jitsi", () => {
  let rig: JitsiEdge;

  beforeAll(async () => {
    rig = await JitsiEdge.start(folder(), replicas);
  }, 60_000);
  afterAll(() => rig.end());

  test("is a configuration that HAProxy takes as it stands", async () => {
    const etc = join(folder(), "rendered");
    mkdirSync(etc);
    for (const [name, text] of Object.entries(filesOf(await jitsi(), "edge-config")))
      writeFileSync(
        join(etc, name),
        text
          .replaceAll("/etc/edge", etc)
          .replaceAll("/run/edge/meet.pem", join(folder(), "tls/site.pem"))
          .replaceAll(/(server edge-\d) \S+:(8090|8406)/g, "$1 127.0.0.1:$2"),
      );
    expect(run("haproxy", ["-c", "-f", join(etc, "haproxy.cfg")], { HOSTNAME: "edge-1" })).toContain("valid");
  });

  test("says who the client is, whatever the client says", async () => {
    const { seen } = await rig.ask(replicas[0], "/", {
      "X-Forwarded-For": "198.51.100.66",
      "X-Forwarded-Proto": "http",
    });
    expect(seen).toMatchObject({ "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" });
  });

  test("tells browsers to be careful and does not say what serves them", async () => {
    const { headers } = await rig.ask(replicas[0], "/");
    expect(headers).toMatchObject({
      "strict-transport-security": "max-age=63072000",
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
      "referrer-policy": "no-referrer",
    });
    expect(headers["server"]).toBeUndefined();
  });

  test.each(["/", "/libs/app.bundle.min.js", "/static/close.html", "/a-room"])(
    "says on %s, once, what a page may load",
    async (path) => {
      const { distinct } = await rig.ask(replicas[0], path);
      for (const [name, value] of Object.entries(siteHeaders(domain)))
        expect(distinct[name.toLowerCase()]).toEqual([value]);
      for (const name of ["strict-transport-security", "x-content-type-options", "x-frame-options", "referrer-policy"])
        expect([name, distinct[name]?.length]).toEqual([name, 1]);
    },
  );

  test("says it beside an answer of its own, too", async () => {
    const { status, distinct } = await rig.ask(replicas[0], "/", { host: "other.example.ch" });
    expect(status).toBe(421);
    expect(distinct["strict-transport-security"]).toEqual(["max-age=63072000"]);
    expect(distinct["x-content-type-options"]).toEqual(["nosniff"]);
  });

  test("serves no other domain", async () => {
    expect((await rig.ask(replicas[0], "/", { host: "other.example.ch" })).status).toBe(421);
    expect((await rig.ask(replicas[0], "/", { host: `${domain}:443` })).status).toBe(200);
  });

  test.each<[string, Handshake]>([
    ["a connection that does not come through a gateway", { proxied: false }],
    ["TLS 1.1", { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }],
    [
      "a cipher without forward secrecy",
      { maxVersion: "TLSv1.2", ciphers: "AES128-SHA:AES256-GCM-SHA384:@SECLEVEL=0" },
    ],
  ])("refuses %s", async (_, how) => {
    await expect(rig.tunnel(replicas[0], how)).rejects.toThrow();
  });
});

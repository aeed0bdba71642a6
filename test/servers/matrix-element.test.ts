/** A real nginx with the rendered configuration serves Element's files, and the rendered `config.json` whatever else is among them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planMatrix } from "../../components/services/matrix";
import { elementConfig, elementServer } from "../../components/services/matrix/element";
import { scripts } from "../../components/services/matrix/files";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";

jest.setTimeout(60_000);

describeWith(["nginx"], "the web server with Element's files", () => {
  const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-element-"));
  const plan = planMatrix({
    ...{ name: "chat", domain: "chat.crisis.example.ch", users: 300, mediaGib: 100 },
    app: "app.crisis.example.ch",
  });
  let server: Background;
  let port = 0;
  const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);

  beforeAll(async () => {
    [port = 0] = await freePorts(1);
    for (const name of ["files/i18n", "files/bundles", "files/mobile_guide", "config"])
      mkdirSync(join(folder, name), { recursive: true });
    const files = {
      "files/index.html": "<title>Element</title>",
      "files/version": "1",
      "files/i18n/de.json": "{}",
      "files/bundles/app.js": "",
      // The image's own, and one that would win over it.
      "files/config.json": '{ "integrations_ui_url": "https://scalar.vector.im/" }',
      "files/config.app.crisis.example.ch.json": '{ "integrations_ui_url": "https://scalar.vector.im/" }',
      // It leads to shops of apps.
      "files/mobile_guide/index.html": '<a href="https://mobile.element.io/">',
      "config/config.json": elementConfig(plan),
      ...Object.fromEntries(Object.entries(scripts.phones).map(([name, text]) => [`config/${name}`, text])),
      "config/nginx.conf": elementServer({
        ...{ files: join(folder, "files"), config: join(folder, "config"), listen: `127.0.0.1:${port}` },
      }),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const words = ["-c", join(folder, "config/nginx.conf"), "-g", `daemon off; user root;`];
    server = background(installed("nginx") ?? "", words, folder);
    await until("nginx to answer", async () => {
      server.mustRun();
      return (await ask("/").catch(() => undefined))?.status === 200;
    });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("serves the rendered configuration in the place of the image's, and none for a host name", async () => {
    const answer = await ask("/config.json");
    expect(await answer.text()).toBe(elementConfig(plan));
    expect([answer.headers.get("content-type"), answer.headers.get("cache-control")]).toEqual([
      "application/json",
      "no-cache",
    ]);
    expect((await ask("/config.app.crisis.example.ch.json")).status).toBe(404);
  });

  it("lets browsers keep what never changes under its name, and ask again for what names it", async () => {
    for (const path of ["/", "/index.html", "/version", "/i18n/de.json"])
      expect([path, (await ask(path)).headers.get("cache-control")]).toEqual([path, "no-cache"]);
    expect((await ask("/bundles/app.js")).headers.get("cache-control")).toBeNull();
    expect((await ask("/nothing")).status).toBe(404);
  });

  it("serves a page of its own in the place of Element's for telephones, with a script that marks the browser", async () => {
    for (const path of ["/mobile_guide", "/mobile_guide/", "/mobile_guide/index.html"]) {
      const answer = await ask(path);
      expect([path, answer.status, answer.headers.get("content-type")]).toEqual([path, 200, "text/html"]);
      expect(await answer.text()).toBe(scripts.phones["phones.html"]);
    }
    const script = await ask("/mobile_guide/phones.js");
    expect([await script.text(), script.headers.get("content-type")]).toEqual([
      scripts.phones["phones.js"],
      "application/javascript",
    ]);
  });

  it("says nothing of itself, and takes no bodies", async () => {
    expect((await ask("/")).headers.get("server")).toBe("nginx");
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "x".repeat(2_000) })).status).toBe(413);
  });
});

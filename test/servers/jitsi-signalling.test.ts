/** The signalling server and the web server of a Jitsi: our own modules in Prosody itself, our additions in nginx itself. */
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { prosodyEnv, prosodyGlobals } from "../../components/services/jitsi/prosody";
import type { JitsiSettings } from "../../components/services/jitsi/settings";
import { jitsi } from "../components/services/jitsi/support";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { play } from "./jitsi-play";
import { filesOf, run, scriptFolder, workFolder } from "./jitsi-rendered";

const folder = workFolder();
const at = (name: string): string => join(folder(), name);
const settings: JitsiSettings = {
  domain: "meet.example.ch",
  participants: 20,
  participantsPerBridge: 100,
  confidentiality: "transport",
  recording: false,
  guests: "lobby",
  relays: [],
  podRange: "10.42.0.0/16",
};

describeWith(["prosody"], "the signalling server of a Jitsi", () => {
  let server: Background | undefined;
  let said = "";

  beforeAll(async () => {
    for (const name of ["modules", "data"]) mkdirSync(at(name));
    for (const name of readdirSync(scriptFolder).filter((file) => file.endsWith(".lua")))
      copyFileSync(join(scriptFolder, name), at(`modules/${name}`));
    writeFileSync(at("modules/mod_play.lua"), play);
    writeFileSync(at("modules/mod_focus_proxy.lua"), 'module:hook("iq/host", function () return true; end, -1);\n');
    const modules = (prosodyEnv(settings, [])["XMPP_MUC_MODULES"] ?? "").split(",");
    writeFileSync(at("accounts"), "duty-officer first\ndeputy second\n");
    // As the image does: a backslash and an n end a line.
    const globals = prosodyGlobals("meet.example.ch")
      .split("\\n")
      .join("\n")
      .replace("/moderators/accounts", at("accounts"));
    writeFileSync(
      at("prosody.cfg.lua"),
      `plugin_paths = { "${at("modules")}" }
data_path = "${at("data")}"
pidfile = "${at("pid")}"
run_as_root = true
c2s_ports = {}; s2s_ports = {}; http_ports = {}; https_ports = {}
modules_enabled = { "moderator_accounts", "relay_users" }
external_service_secret = "turn secret"
modules_disabled = { "s2s"; "c2s" }
authentication = "internal_hashed"
log = { { levels = { min = "info" }, to = "console" } }
play_result = "${at("result")}"
${globals}
VirtualHost "guest.meet.example.ch"
VirtualHost "auth.meet.example.ch"
VirtualHost "meet.example.ch"
Component "focus.meet.example.ch" "focus_proxy"
Component "muc.meet.example.ch" "muc"
  storage = "memory"
  admins = { "focus@auth.meet.example.ch" }
  component_admins_as_room_owners = true
  muc_room_locking = false
  modules_enabled = { ${modules.map((name) => `"${name}"`).join("; ")}; "play" }
`,
    );
    server = background(installed("prosody") ?? "prosody", ["--config", at("prosody.cfg.lua"), "-F"], folder());
    await until(
      "the play to end",
      () => {
        if (!existsSync(at("result"))) server?.mustRun();
        return Promise.resolve(existsSync(at("result")));
      },
      20,
    );
    said = readFileSync(at("result"), "utf8");
  }, 30_000);

  afterAll(() => server?.stop());

  test("makes the moderators' accounts, each with its own password", () => {
    expect(said).toContain("duty-officer first true\nduty-officer second false\ndeputy second true\n");
  });

  test("keeps no password", () => {
    const kept = readdirSync(at("data"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(kept.map(({ name }) => name)).toContain("deputy.dat");
    for (const { parentPath, name } of kept)
      expect(readFileSync(join(parentPath, name), "utf8")).not.toMatch(/first|second/);
  });

  test("opens the lobby before anybody but the focus is inside, once in a room's life", () => {
    expect(said.match(/^lobby of opening$/gm)).toHaveLength(1);
    expect(said).toContain("focus inside as owner\nlobby of opening\nearly guest sent to the lobby\n");
    expect(said).toContain("lobby of known\nmoderator of another room inside as owner\n");
  });

  test("lets moderators past the lobby, also after a reload and beside another moderator", () => {
    expect(said).toContain("\nmoderator inside as owner\nearly guest again sent to the lobby\n");
    expect(said).toContain("moderator after a reload inside as owner\nsecond moderator inside as owner\n");
  });

  test("removes no participant from a room, and leaves a lobby off that a moderator has switched off", () => {
    expect(said).toContain("guest with the lobby off inside as nil\nmoderator with the lobby off inside as owner\n");
    expect(said).toContain("members only nil\nkicked 0\n");
  });

  test("trusts only the focus, and only an answer that names a participant", () => {
    for (const who of [
      "who forges an answer",
      "whom the focus does not know",
      "who gets a refusal",
      "moderator elsewhere",
    ])
      expect(said).toContain(`\n${who} sent to the lobby\n`);
    expect(said).not.toContain("failed:");
  });

  test("gives each participant a pseudonym at the relays, the same on every request", () => {
    const users = [...said.matchAll(/^relay user (\w+)@\S+ \w+ (\S+) (\S+) nil true$/gm)].map(([, who, user]) => [
      who,
      user,
    ]);
    expect(users).toHaveLength(3);
    expect(users[0]).toEqual(users[1]);
    expect(users[0]?.[1]).toMatch(/^1700000000:[0-9a-f]{16}$/);
    expect(users[2]?.[1]).toMatch(/^1700000000:[0-9a-f]{16}$/);
    expect(users[2]?.[1]).not.toBe(users[0]?.[1]);
  });
});

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

describeWith(["luac5.4"], "the modules of the signalling server", () => {
  test("are Lua", () => {
    for (const name of readdirSync(scriptFolder).filter((file) => file.endsWith(".lua")))
      run("luac5.4", ["-p", join(scriptFolder, name)]);
  });
});

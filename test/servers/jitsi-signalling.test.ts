/** The signalling server and the web server of a Jitsi: our own modules in Prosody itself, our additions in nginx itself. */
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { prosodyGlobals } from "../../components/services/jitsi/prosody";
import { jitsi } from "../components/services/jitsi/support";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { filesOf, run, scriptFolder, workFolder } from "./jitsi-rendered";

const folder = workFolder();
const at = (name: string): string => join(folder(), name);

/**
 * Acts out a crisis: the focus opens a room, a guest slips in, a moderator comes. Stands in for the client and for Jitsi's lobby, which makes members of
 * everybody who is inside.
 */
const play = `
local jid, st, users = require "util.jid", require "util.stanza", require "core.usermanager";
local muc = module:depends "muc";
module:hook_global("server-started", function ()
  module:add_timer(0.2, function ()
    local said = {};
    local function say(...) said[#said + 1] = table.concat({ ... }, " "); end
    module:hook_object_event(prosody.events, "create-lobby-room", function (event)
      for _, occupant in event.room:each_occupant() do
        if not event.room:get_affiliation(occupant.bare_jid) then event.room:set_affiliation(true, occupant.bare_jid, "member"); end
      end
      event.room._data.lobbyroom = "lobby";
      event.room:set_members_only(true);
      say("lobby");
    end);
    local room = muc.create_room("crisis@" .. module.host);
    local function enter(bare)
      local occupant = room:new_occupant(bare, room.jid .. "/" .. jid.node(bare));
      occupant:set_session(bare .. "/r", st.presence({ from = bare .. "/r" }), true);
      occupant.role = "participant";
      room:save_occupant(occupant);
    end
    local function inside(when)
      local names = {};
      for nick in room:each_occupant() do names[#names + 1] = (select(3, jid.split(nick))); end
      table.sort(names);
      say(when, table.concat(names, " "));
    end
    enter("focus@auth.meet.example.ch");
    room:set_affiliation(true, "focus@auth.meet.example.ch", "owner");
    enter("early@guest.meet.example.ch");
    inside("before:");
    enter("chief@guest.meet.example.ch");
    room:set_affiliation(true, "chief@guest.meet.example.ch", "owner");
    inside("after:");
    say("early is", tostring(room:get_affiliation("early@guest.meet.example.ch")));
    room:set_affiliation(true, "deputy@guest.meet.example.ch", "owner");
    for _, try in ipairs { { "duty-officer", "first" }, { "duty-officer", "second" }, { "deputy", "second" } } do
      say(try[1], try[2], tostring(users.test_password(try[1], "meet.example.ch", try[2]) == true));
    end
    local file = io.open(module:get_option_string("play_result") .. ".new", "w");
    file:write(table.concat(said, "\\n"), "\\n");
    file:close();
    os.rename(module:get_option_string("play_result") .. ".new", module:get_option_string("play_result"));
  end);
end);
`;

describeWith(["prosody"], "the signalling server of a Jitsi", () => {
  let server: Background | undefined;
  let said = "";

  beforeAll(async () => {
    for (const name of ["modules", "data"]) mkdirSync(at(name));
    for (const name of readdirSync(scriptFolder).filter((file) => file.endsWith(".lua")))
      copyFileSync(join(scriptFolder, name), at(`modules/${name}`));
    writeFileSync(at("modules/mod_play.lua"), play);
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
modules_enabled = { "moderator_accounts" }
modules_disabled = { "s2s"; "c2s" }
authentication = "internal_hashed"
log = { { levels = { min = "info" }, to = "console" } }
play_result = "${at("result")}"
${globals}
VirtualHost "guest.meet.example.ch"
VirtualHost "auth.meet.example.ch"
VirtualHost "meet.example.ch"
Component "muc.meet.example.ch" "muc"
  storage = "memory"
  modules_enabled = { "guests_wait"; "play" }
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

  test("opens the lobby when the moderator comes, not when the focus does, and only once", () => {
    expect(said.match(/^lobby$/gm)).toHaveLength(1);
    expect(said.indexOf("before:")).toBeLessThan(said.indexOf("lobby"));
  });

  test("sends back a guest who slipped in, without a way around the lobby", () => {
    expect(said).toContain("before: early focus\n");
    expect(said).toContain("after: chief focus\n");
    expect(said).toContain("early is nil\n");
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

  test("tells the edge, and nobody who comes through it, whether the shard works", async () => {
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

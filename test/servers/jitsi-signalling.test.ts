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
import { filesOf, run, scriptFolder, workFolder } from "./jitsi-rendered";

const folder = workFolder();
const at = (name: string): string => join(folder(), name);
const settings: JitsiSettings = {
  domain: "meet.example.ch",
  participants: 20,
  participantsPerBridge: 100,
  confidentiality: "transport",
  recording: false,
  relays: [],
  podRange: "10.42.0.0/16",
};

/**
 * Acts out a crisis in rooms of Prosody's own. Stands in for what upstream's modules and Jicofo do, which cannot be part of this repository; each behaviour after
 * the file that it follows (revisions: components/services/jitsi/upstream.ts):
 *
 * - the lobby: on `create-lobby-room` everybody inside becomes a member and the room members-only; whoever knocks without an affiliation is refused at -4, with
 *   the lobby's name (mod_muc_lobby_rooms.lua);
 * - the proxy in front of the focus: answers to "proxy/address of the receiver" (mod_client_proxy.lua);
 * - the focus: answers only when it is inside, and says whom it knows (ConferenceIqHandler.kt).
 */
const play = `
local jid, st, users = require "util.jid", require "util.stanza", require "core.usermanager";
local muc = module:depends "muc";
local said = {};
local function say(...) said[#said + 1] = table.concat({ ... }, " "); end

module:hook_object_event(prosody.events, "create-lobby-room", function (event)
  for _, occupant in event.room:each_occupant() do
    if not event.room:get_affiliation(occupant.bare_jid) then event.room:set_affiliation(true, occupant.bare_jid, "member"); end
  end
  event.room._data.lobbyroom = "lobby";
  event.room:set_members_only(true);
  say("lobby of", jid.node(event.room.jid));
end);
module:hook("muc-occupant-pre-join", function (event)
  local affiliation = event.room:get_affiliation(event.stanza.attr.from);
  if event.room:get_members_only() and (not affiliation or affiliation == "none") then
    event.origin.send(st.error_reply(event.stanza, "auth", "registration-required"));
    return true;
  end
end, -4);

-- Nobody is connected: what rooms say goes nowhere, rather than coming back as an error that puts people out.
muc.room_mt.route_stanza = function () end

local function run()
  local heard;
  local kicked = {};
  module:hook("muc-broadcast-presence", function (event)
    for status in event.x:childtags("status") do
      if status.attr.code == "307" then kicked[#kicked + 1] = event.occupant.nick; end
    end
  end);

  local function join(name, who, as)
    local from, to = who .. "/r", name .. "@" .. module.host .. "/" .. (as or jid.node(who));
    local stanza = st.presence({ from = from, to = to }):tag("x", { xmlns = "http://jabber.org/protocol/muc" }):up();
    heard = nil;
    prosody.core_post_stanza({ type = "c2s", host = jid.host(who), send = function (reply) heard = reply; end }, stanza);
    local room = muc.get_room_from_jid(name .. "@" .. module.host);
    if room and room:get_occupant_by_real_jid(from) then return "inside as " .. tostring(room:get_affiliation(from)); end
    local refusal = heard and heard:get_child("error");
    if refusal and refusal:get_child("registration-required", "urn:ietf:params:xml:ns:xmpp-stanzas") then return "sent to the lobby"; end
    return "unheard: " .. tostring(heard);
  end
  local function answer(name, receiver, identity, from, type)
    local stanza = st.stanza("iq", {
      type = type or "result"; id = "1"; from = from or "focus@auth.meet.example.ch/f"; to = "focus.meet.example.ch/" .. receiver .. "/r";
    }):tag("conference", { xmlns = "http://jitsi.org/protocol/focus", room = name .. "@" .. module.host, ready = "true", identity = identity });
    prosody.core_post_stanza({ type = "c2s", host = "auth.meet.example.ch", send = function () end }, stanza);
  end
  local function enter_focus(name) return join(name, "focus@auth.meet.example.ch", "focus"); end
  local chief, reloaded, deputy = "chief@guest.meet.example.ch", "reloaded@guest.meet.example.ch", "deputy@guest.meet.example.ch";

  say("focus", enter_focus("opening"));
  say("early guest", join("opening", "early@guest.meet.example.ch"));
  answer("opening", chief, "duty-officer@meet.example.ch");
  say("moderator", join("opening", chief));
  say("early guest again", join("opening", "early@guest.meet.example.ch"));
  answer("opening", reloaded, "duty-officer@meet.example.ch");
  say("moderator after a reload", join("opening", reloaded));
  answer("opening", deputy, "deputy@meet.example.ch");
  say("second moderator", join("opening", deputy));

  local room = muc.get_room_from_jid("opening@" .. module.host);
  room:set_members_only(false);
  room._data.lobbyroom = nil;
  say("guest with the lobby off", join("opening", "free@guest.meet.example.ch"));
  answer("opening", "third@guest.meet.example.ch", "deputy@meet.example.ch");
  say("moderator with the lobby off", join("opening", "third@guest.meet.example.ch"));
  say("members only", tostring(room:get_members_only()));
  say("kicked", tostring(#kicked));

  enter_focus("known");
  answer("known", chief, "duty-officer@meet.example.ch");
  say("moderator of another room", join("known", chief));
  enter_focus("another");
  say("moderator elsewhere", join("another", chief));

  enter_focus("forged");
  answer("forged", "liar@guest.meet.example.ch", "liar@meet.example.ch", "liar@guest.meet.example.ch/r");
  say("who forges an answer", join("forged", "liar@guest.meet.example.ch"));
  answer("forged", "guest@guest.meet.example.ch", nil);
  say("whom the focus does not know", join("forged", "guest@guest.meet.example.ch"));
  answer("forged", "error@guest.meet.example.ch", "error@meet.example.ch", nil, "error");
  say("who gets a refusal", join("forged", "error@guest.meet.example.ch"));
  answer("nowhere", chief, "duty-officer@meet.example.ch");

  for _, try in ipairs { { "duty-officer", "first" }, { "duty-officer", "second" }, { "deputy", "second" } } do
    say(try[1], try[2], tostring(users.test_password(try[1], "meet.example.ch", try[2]) == true));
  end

  local hashes, base64 = require "util.hashes", require "util.encodings".base64;
  local function turn(who, event)
    local services = { { type = "turns", host = "relay-1", expires = 1700000000, restricted = true, username = "1700000000", password = "x" },
      { type = "stun", host = "relay-1" } };
    prosody.hosts["guest.meet.example.ch"].events.fire_event("external_service/" .. event, {
      stanza = st.iq({ type = "get", id = "2", from = who .. "/r" }), services = services });
    say("relay user", who, event, services[1].username, services[1].password, tostring(services[2].username),
      tostring(services[1].password == base64.encode(hashes.hmac_sha1("turn secret", services[1].username))));
  end
  turn("one@guest.meet.example.ch", "services");
  turn("one@guest.meet.example.ch", "credentials");
  turn("two@guest.meet.example.ch", "services");
end

module:hook_global("server-started", function ()
  module:add_timer(0.2, function ()
    local ok, problem = xpcall(run, debug.traceback);
    if not ok then say("failed:", problem); end
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

  test("sends nobody out who is inside, and leaves a lobby off that a moderator has switched off", () => {
    expect(said).toContain("guest with the lobby off inside as nil\nmoderator with the lobby off inside as owner\n");
    expect(said).toContain("members only nil\nkicked 0\n");
  });

  test("believes nobody but the focus, and only an answer that names somebody", () => {
    for (const who of [
      "who forges an answer",
      "whom the focus does not know",
      "who gets a refusal",
      "moderator elsewhere",
    ])
      expect(said).toContain(`\n${who} sent to the lobby\n`);
    expect(said).not.toContain("failed:");
  });

  test("gives each participant a name of its own at the relays, the same on every question, that does not tell who it is", () => {
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

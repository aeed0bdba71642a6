/** Two hundred people of one office who join the rooms of a Jitsi: through its edge (HAProxy itself) to its signalling server (Prosody itself), as both are rendered. */
import { spawn } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { edgePorts } from "../../components/kubernetes/haproxy";
import { tokenNames } from "../../components/services/jitsi/access-settings";
import { prosodyEnv, prosodyGlobals } from "../../components/services/jitsi/prosody";
import { type JitsiSettings, xmppDomains } from "../../components/services/jitsi/settings";
import { domain, jitsi } from "../components/services/jitsi/support";
import { certificateFor } from "../support/certificates";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { filesOf, run, scriptFolder, workFolder } from "./jitsi-rendered";
import { standIns } from "./jitsi-stand-ins";

const folder = workFolder();
const at = (name: string): string => join(folder(), name);
const xmpp = xmppDomains(domain);
const settings: JitsiSettings = {
  domain,
  participants: 200,
  participantsPerBridge: 100,
  confidentiality: "transport",
  recording: false,
  guests: "lobby",
  relays: [],
  podRange: "10.42.0.0/16",
};

/** The library by which the signalling server verifies signatures. */
const luaOpenssl = "/usr/share/lua/5.4/openssl/pkey.lua";

/** The edge's address, which no other run has: its ports are the real ones, and HAProxy would share them. */
const edge = `127.7.${(process.pid >> 8) & 255}.${process.pid & 255}`;

/** Rooms, and how many come to each. One is large: a room lets three a second in (mod_muc_rate_limit), so its last one is inside after twenty seconds at the earliest. */
const rooms: Readonly<Record<string, number>> = {
  all: 60,
  ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`room-${i + 1}`, 14])),
};

const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const signing = createPrivateKey(keys.privateKey);

function token(room: string, moderator: boolean): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const { issuer, audience } = tokenNames(domain);
  const context = { user: { id: "4711", name: "Anna", moderator } };
  const claims = { iss: issuer, aud: audience, sub: domain, room, exp: 4_000_000_000, context };
  const text = `${part({ alg: "RS256", typ: "JWT", kid: "1" })}.${part(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), signing).toString("base64url")}`;
}

interface Person {
  readonly room: string;
  readonly token: string | null;
  readonly host: string;
  readonly rooms: string;
  /** Answers that the rules of the room are to give, in this order. */
  readonly due: readonly string[];
}

const withToken = (room: string, moderator: boolean): Person => ({
  room,
  token: token(room, moderator),
  host: xmpp.users,
  rooms: xmpp.rooms,
  due: ["signed in", moderator ? "inside as owner, moderator" : "inside as member, participant"],
});

/** The people of a room: its moderator, staff, and a guest in seven, who has no token. */
const peopleOf = (room: string, count: number): readonly Person[] =>
  Array.from({ length: count }, (_, i) =>
    i % 7 === 6
      ? {
          ...{ room, token: null, host: xmpp.guests, rooms: xmpp.rooms },
          due: ["signed in", "sent to the lobby", "inside as none, participant"],
        }
      : withToken(room, i === 0),
  );

type Answers = readonly (readonly [what: string, second: number])[];

interface Crowd {
  readonly answers: readonly Answers[];
  /** Processor time of the crowd itself, in seconds. */
  readonly processor: number;
}

/**
 * Lets people join, all from one address, and gives what each was answered.
 *
 * @param inside happens once all are answered, before they leave.
 */
async function joins(people: readonly Person[], inside = async (): Promise<void> => undefined): Promise<Crowd> {
  const child = spawn("python3", [join(__dirname, "jitsi-crowd.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(child, "close");
  const connect = [edge, edgePorts.web];
  const asked = { connect, domain, authority: at("tls/meet.pem"), source: "203.0.113.9", limit: 600, people };
  child.stdin.write(`${JSON.stringify(asked)}\n`);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  try {
    await inside();
  } finally {
    child.stdin.end();
  }
  const { value } = (await lines.next()) as { value?: string };
  await closed;
  if (value === undefined) throw new Error("expected a crowd that was answered, got its end");
  return JSON.parse(value) as Crowd;
}

/** Everybody in the order of arrival: at any time each room has the same part of its people. */
const everybody = (): readonly Person[] =>
  Object.entries(rooms)
    .flatMap(([room, count]) => peopleOf(room, count).map((person, i) => [person, i / count] as const))
    .sort(([, one], [, other]) => one - other)
    .map(([person]) => person);

/** Deeds of the signalling server: requests of the focus that were asked and answered, connections that a limit closed. */
const done = () => {
  const [asked = 0, answered = 0, closed = 0] = readFileSync(at("said"), "utf8").split(" ").map(Number);
  return { asked, answered, closed };
};

const prosody = (port: number): string => {
  const env = prosodyEnv(settings, [], "own-1");
  const value = (name: string): string => env[name] ?? "";
  const list = (name: string): string =>
    value(name)
      .split(",")
      .map((one) => `"${one}"`)
      .join("; ");
  // As the image does: a backslash and an n end a line, and so does a comma elsewhere.
  const globals = prosodyGlobals(domain, "own-1").split("\\n").join("\n").replace("/access-keys", at("access-keys"));
  // The rest as the image has it (docker-jitsi-meet 738058b, prosody/rootfs/defaults), as far as clients that join can notice.
  return `plugin_paths = { "${at("modules")}" }
data_path = "${at("data")}"
pidfile = "${at("pid")}"
run_as_root = true
c2s_ports = {}; s2s_ports = {}; https_ports = {}
http_ports = { ${port} }
http_interfaces = { "127.0.0.1" }
http_default_host = "${value("XMPP_DOMAIN")}"
trusted_proxies = { "127.0.0.1" }
modules_enabled = { "roster"; "saslauth"; "disco"; "ping"; "limits"; ${list("GLOBAL_MODULES")} }
limits = { c2s = { rate = "${value("PROSODY_C2S_LIMIT")}" } }
modules_disabled = { "s2s" }
authentication = "internal_hashed"
consider_websocket_secure = true
log = { { levels = { min = "warn" }, to = "console" } }
play_folder = "${folder()}"
external_service_secret = "turn secret"
asap_accepted_issuers = { ${list("JWT_ACCEPTED_ISSUERS")} }
asap_accepted_audiences = { ${list("JWT_ACCEPTED_AUDIENCES")} }
${globals}
VirtualHost "${value("XMPP_AUTH_DOMAIN")}"
VirtualHost "${value("XMPP_DOMAIN")}"
  authentication = "token"
  app_id = "${value("JWT_APP_ID")}"
  signature_algorithm = "${value("JWT_SIGN_TYPE")}"
  allow_empty_token = ${value("JWT_ALLOW_EMPTY") === "1"}
  enable_domain_verification = ${value("JWT_ENABLE_DOMAIN_VERIFICATION")}
  c2s_require_encryption = ${value("PROSODY_C2S_REQUIRE_ENCRYPTION") === "1"}
  modules_enabled = { "websocket"; "smacks"; "muc_lobby_rooms" }
  main_muc = "${value("XMPP_MUC_DOMAIN")}"
  lobby_muc = "lobby.${value("XMPP_DOMAIN")}"
VirtualHost "${value("XMPP_GUEST_DOMAIN")}"
  authentication = "anonymous"
  modules_enabled = { "smacks" }
Component "lobby.${value("XMPP_DOMAIN")}" "muc"
  storage = "memory"
  muc_room_locking = false
Component "${value("XMPP_MUC_DOMAIN")}" "muc"
  storage = "memory"
  restrict_room_creation = true
  admins = { "focus@${value("XMPP_AUTH_DOMAIN")}" }
  component_admins_as_room_owners = true
  muc_room_locking = false
  muc_room_default_public_jids = true
  muc_access_whitelist = { "focus@${value("XMPP_AUTH_DOMAIN")}" }
  muc_max_occupants = "${value("MAX_PARTICIPANTS")}"
  rate_limit_login_rate = ${value("PROSODY_RATE_LIMIT_LOGIN_RATE")}
  rate_limit_session_rate = ${value("PROSODY_RATE_LIMIT_SESSION_RATE")}
  rate_limit_whitelist = { "127.0.0.1"; "::1" }
  rooms_of_the_focus = { ${Object.keys(rooms)
    .map((room) => `"${room}"`)
    .join("; ")} }
  modules_enabled = { ${list("XMPP_MUC_MODULES")}; "token_verification"; "muc_rate_limit"; "rate_limit"; "muc_max_occupants"; "focus" }
  ${value("XMPP_MUC_CONFIGURATION").split(",").join("\n  ")}
`;
};

/** The rendered edge, before one shard: the other's pods are gone. */
async function startEdge(port: number): Promise<Background> {
  const tls = certificateFor([domain]);
  for (const name of ["tls", "edge"]) mkdirSync(at(name));
  writeFileSync(at("tls/meet.pem"), tls.certificate);
  writeFileSync(at("tls/meet.pem.key"), tls.privateKey);
  for (const [name, text] of Object.entries(filesOf(await jitsi(), "edge-config")))
    writeFileSync(
      at(`edge/${name}`),
      text
        .replaceAll("/etc/edge", at("edge"))
        .replaceAll("/run/edge", at("tls"))
        .replace("stats socket ipv4@127.0.0.1:", `stats socket ipv4@${edge}:`)
        .replaceAll("bind :", `bind ${edge}:`)
        .replace(/(abns@\S+)-\$HOSTNAME/g, `$1-crowd-${process.pid}`)
        .replaceAll("$HOSTNAME", "edge-0")
        .replace(/server-template pod- \S+ meet-web-1-pods\.\S+ check.*$/m, `server pod-1 127.0.0.1:${port}`)
        // The other replica is away; no pod else is there, and no resolver that would say so.
        .replace(/edge-\d\.edge\.svc\.cluster\.local/g, "127.0.0.1")
        .replace(/^ *server(-template)? \S+ .*\.svc\.cluster\.local.*$/gm, "")
        .replaceAll(" resolvers cluster", "")
        .replace("init-addr none", ""),
    );
  // Where nobody may open as many files as in a pod, fewer connections have place than are rendered; the limits of a source stay.
  const files = Number(run("sh", ["-c", "ulimit -Hn"]));
  const fewer = files < 100_000 ? ["-n", `${Math.floor(files / 2) - 200}`] : [];
  return background(installed("haproxy") ?? "haproxy", ["-db", ...fewer, "-f", at("edge/haproxy.cfg")], folder());
}

const needed = ["prosody", "haproxy", "python3", ...(existsSync(luaOpenssl) ? [] : ["lua-luaossl"])];

describeWith(needed, "a crowd at a Jitsi", () => {
  const running: Background[] = [];
  let server: Background | undefined;

  beforeAll(async () => {
    for (const name of ["modules", "data", "access-keys", "certs"]) mkdirSync(at(name));
    for (const name of readdirSync(scriptFolder).filter((file) => file.endsWith(".lua")))
      copyFileSync(join(scriptFolder, name), at(`modules/${name}`));
    for (const [name, text] of Object.entries(standIns)) writeFileSync(at(`modules/${name}`), text);
    writeFileSync(at("access-keys/1.pem"), keys.publicKey);
    const [port = 0] = await freePorts(1);
    writeFileSync(at("prosody.cfg.lua"), prosody(port));
    server = background(installed("prosody") ?? "prosody", ["--config", at("prosody.cfg.lua"), "-F"], folder());
    running.push(server, await startEdge(port));
    await until("the edge to lead to the signalling server", async () => {
      running.forEach((one) => one.mustRun());
      const { answers } = await joins([withToken("all", false)]);
      return answers[0]?.at(-1)?.[0] === "inside as member, participant";
    });
  }, 120_000);

  afterAll(async () => {
    for (const one of running) await one.stop();
  });

  /** Processor time of the signalling server so far, in seconds. */
  const processor = (): number => {
    const id = readFileSync(at("pid"), "utf8").trim();
    const fields = readFileSync(`/proc/${id}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };

  test("two hundred people of one office, who all come in the same moment, are answered by the rules of their rooms", async () => {
    const people = everybody();
    expect(people).toHaveLength(200);
    const before = processor();
    const { answers, processor: own } = await joins(people, () =>
      until(
        "every request of the focus to be answered",
        async () => done().asked > 2_000 && done().answered === done().asked,
      ),
    );
    const when = (index: number): string => {
      const seconds = answers.map((one) => one.at(index)?.[1] ?? Infinity);
      return `${seconds.filter((second) => second <= 10).length} within 10 s, the last after ${Math.max(...seconds).toFixed(1)} s`;
    };
    // How long it takes says more about this machine's other work than about the server; what it costs does not.
    process.stderr.write(
      `${people.length} people in ${Object.keys(rooms).length} rooms, load average ${loadavg()[0]?.toFixed(1)}: signed in ${when(0)}; answered by their rooms ${when(-1)}; ` +
        `processor time ${(processor() - before).toFixed(1)} s of Prosody, ${own.toFixed(1)} s of the people\n`,
    );
    expect(answers.map((one) => one.map(([what]) => what))).toEqual(people.map(({ due }) => due));
    expect(done().closed).toBe(0);
  }, 640_000);

  test("whoever has a token for another room is refused, and whoever has none is no member of staff", async () => {
    const astray = { ...withToken("room-1", false), room: "room-2" };
    const nobody = { ...withToken("room-1", false), token: null };
    expect((await joins([astray, nobody])).answers.map((one) => one.map(([what]) => what))).toEqual([
      ["signed in", "refused: not-allowed"],
      ["refused at sign-in"],
    ]);
  });

  test("the signalling server complains of nothing", () => {
    expect(server?.log()).not.toMatch(/ error/);
  });
});

/** The signalling server of a Jitsi: our own modules in Prosody itself, with tokens of the sign-in itself. */
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tokenNames } from "../../components/services/jitsi/access-settings";
import { prosodyEnv, prosodyGlobals } from "../../components/services/jitsi/prosody";
import type { JitsiSettings } from "../../components/services/jitsi/settings";
import { type Background, background, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { domain, keys, opened, passwords, replica, signIn, tokenOf } from "./jitsi-access-rig";
import { play } from "./jitsi-play";
import { run, scriptFolder, workFolder } from "./jitsi-rendered";

const folder = workFolder();
const at = (name: string): string => join(folder(), name);
const settings: JitsiSettings = {
  domain,
  participants: 20,
  participantsPerBridge: 100,
  confidentiality: "transport",
  recording: false,
  guests: "lobby",
  relays: [],
  podRange: "10.42.0.0/16",
};

/** A token as the sign-in makes it, beside what a test changes. */
function token(
  change: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
  by = keys,
): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const { issuer, audience } = tokenNames(domain);
  const user = { id: "4711", name: "Anna", moderator: true };
  const claims = {
    iss: issuer,
    aud: audience,
    sub: domain,
    room: "board",
    exp: 4_000_000_000,
    context: { user },
    ...change,
  };
  const text = `${part({ alg: "RS256", typ: "JWT", kid: "2", ...header })}.${part(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), by.privateKey).toString("base64url")}`;
}

/** Tokens by who comes with them. Only the first is the sign-in's own. */
function tokens(own: string, former: typeof keys): Readonly<Record<string, string>> {
  const [header = "", , signature = ""] = own.split(".");
  const claims = { ...opened(own).claims, room: "other" };
  const shared = token({}, { alg: "HS256" }).split(".").slice(0, 2).join(".");
  return {
    chief: own,
    staff: token({ context: { user: { id: "1", name: "Bruno", moderator: false } } }),
    former: token({ room: "known" }, { kid: "1" }, former),
    elsewhere: token({ room: "other", sub: "meet.example.org" }),
    none: `${token({}, { alg: "none" }).split(".").slice(0, 2).join(".")}.AA`,
    shared: `${shared}.${createHmac("sha256", keys.publicKey).update(shared).digest("base64url")}`,
    stranger: token({}, {}, former),
    unnamed: token({}, { kid: undefined }),
    upwards: token({}, { kid: "../access-keys/2" }),
    audience: token({ aud: "chat.example.ch" }),
    issuer: token({ iss: "https://login.example.org" }),
    expired: token({ exp: 1_700_000_000 }),
    changed: [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join("."),
    garbage: "garbage",
  };
}

describeWith(["prosody", "openssl"], "the signalling server of a Jitsi", () => {
  let server: Background | undefined;
  let said = "";

  beforeAll(async () => {
    for (const name of ["modules", "data", "access-keys"]) mkdirSync(at(name));
    for (const name of readdirSync(scriptFolder).filter((file) => file.endsWith(".lua")))
      copyFileSync(join(scriptFolder, name), at(`modules/${name}`));
    writeFileSync(at("modules/mod_play.lua"), play);
    const former = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    writeFileSync(at("access-keys/1.pem"), former.publicKey);
    writeFileSync(at("access-keys/2.pem"), keys.publicKey);
    const desk = await replica(
      folder(),
      "desk",
      { kind: "accounts", accounts: ["duty-officer"], guests: "lobby" },
      { env: { ACCESS_KEY_ID: "2" } },
    );
    const own = tokenOf(
      await signIn(desk, { name: "duty-officer", password: passwords["duty-officer"], room: "Board" }),
    );
    await desk.program.stop();
    writeFileSync(at("tokens"), JSON.stringify(tokens(own, former)));
    const env = prosodyEnv({ ...settings, recorders: true }, [], "own-1");
    const value = (name: string): string => env[name] ?? "";
    const list = (name: string): string =>
      value(name)
        .split(",")
        // Upstream's own modules are not here.
        .filter((one) => one !== "presence_identity")
        .map((one) => `"${one}"`)
        .join("; ");
    // As the image does: a backslash and an n end a line, and so does a comma elsewhere.
    const globals = prosodyGlobals(domain, "own-1").split("\\n").join("\n").replace("/access-keys", at("access-keys"));
    writeFileSync(
      at("prosody.cfg.lua"),
      `plugin_paths = { "${at("modules")}" }
data_path = "${at("data")}"
pidfile = "${at("pid")}"
run_as_root = true
c2s_ports = {}; s2s_ports = {}; http_ports = {}; https_ports = {}
modules_enabled = { ${list("GLOBAL_MODULES")} }
external_service_secret = "turn secret"
modules_disabled = { "s2s"; "c2s" }
authentication = "internal_hashed"
log = { { levels = { min = "info" }, to = "console" } }
play_folder = "${folder()}"
asap_accepted_issuers = { ${list("JWT_ACCEPTED_ISSUERS")} }
asap_accepted_audiences = { ${list("JWT_ACCEPTED_AUDIENCES")} }
${globals}
VirtualHost "guest.meet.example.ch"
  modules_enabled = { ${list("XMPP_MODULES")} }
VirtualHost "hidden.meet.example.ch"
VirtualHost "auth.meet.example.ch"
VirtualHost "meet.example.ch"
  modules_enabled = { ${list("XMPP_MODULES")} }
  app_id = "${value("JWT_APP_ID")}"
  signature_algorithm = "${value("JWT_SIGN_TYPE")}"
  allow_empty_token = ${value("JWT_ALLOW_EMPTY") === "1"}
  enable_domain_verification = ${value("JWT_ENABLE_DOMAIN_VERIFICATION")}
Component "muc.meet.example.ch" "muc"
  storage = "memory"
  admins = { "focus@auth.meet.example.ch" }
  component_admins_as_room_owners = true
  muc_room_locking = false
  ${value("XMPP_MUC_CONFIGURATION").split(",").join("\n  ")}
  modules_enabled = { ${list("XMPP_MUC_MODULES")}; "play" }
Component "breakout.meet.example.ch" "muc"
  modules_enabled = { ${list("XMPP_BREAKOUT_MUC_MODULES")} }
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
  }, 90_000);

  afterAll(() => server?.stop());

  test("loads every module without a complaint, and plays to the end", () => {
    expect(server?.log()).not.toMatch(
      /(modulemanager|access_keys|moderator_tokens|guests_wait|relay_users|recorder_rights|shard_name) +error/,
    );
    expect(said).not.toContain("failed:");
  });

  test("says which shard it is to whoever asks the host that people sign in to", () => {
    expect(said).toContain("shard own-1 of meet.example.ch\n");
  });

  test("opens the lobby before anybody but the focus is inside, once in a room's life", () => {
    expect(said.match(/^lobby of board$/gm)).toHaveLength(1);
    expect(said).toContain("focus inside as owner, moderator\nlobby of board\nearly guest sent to the lobby\n");
    expect(said).toContain("lobby of known\nmoderator first inside as owner, moderator\n");
  });

  test("lets in past the lobby who has a token, as owner if it says so, also after a reload", () => {
    expect(said).toContain(
      "chief token verified\nmoderator inside as owner, moderator\nearly guest again sent to the lobby\n",
    );
    expect(said).toContain("moderator after a reload inside as owner, moderator\n");
    expect(said).toContain("staff token verified\nparticipant with a token inside as member, participant\n");
  });

  test("makes nobody else an owner: neither who comes first, nor whom the focus or a moderator names", () => {
    expect(said).toContain("lobby of first\nfirst guest sent to the lobby\n");
    expect(said).toContain(
      "owner by the focus false member\nowner by a moderator false member\nadmin by a moderator false member\n",
    );
    expect(said).toContain("again by the focus true owner\nrole by a moderator false\n");
    expect(said).toContain("member by a moderator true member\nadmitted guest inside as member, participant\n");
    expect(said).toContain("admitted guest as owner false member\n");
  });

  test("removes no participant from a room, and leaves a lobby off that a moderator has switched off", () => {
    expect(said).toContain("guest with the lobby off inside as nil, participant\n");
    expect(said).toContain("moderator with the lobby off inside as owner, moderator\nmembers only nil\nkicked 0\n");
  });

  test("lets nobody in with a token for another room or another domain", () => {
    expect(said).toContain("moderator of another room refused\n");
    expect(said).toContain("elsewhere token verified\nparticipant of another domain refused\n");
  });

  test("writes no token into the log, not even one that is refused a room", () => {
    expect(server?.log()).toMatch(/Token \(not written\) not allowed to join: board@/);
    expect(server?.log()).not.toMatch(/eyJ[\w-]+\.|Token garbage/);
  });

  test("takes tokens of the key before while it is there", () => {
    expect(said).toContain("former token verified\n");
  });

  test("takes guests and recorders without a token, and believes no token that comes from where none is verified", () => {
    expect(said).toContain("recorder sent to the lobby\n");
    expect(said).toContain("guest who sends a moderator's token inside as nil, participant nil\n");
  });

  test.each([
    ["none", "incorrect alg"],
    ["shared", "incorrect alg"],
    ["stranger", "invalid signature"],
    ["unnamed", "the token names no key of this deployment"],
    ["upwards", "the token names no key of this deployment"],
    ["audience", "invalid 'aud' claim"],
    ["issuer", "invalid 'iss' claim"],
    ["expired", "expired"],
    ["changed", "invalid signature"],
    ["garbage", "the token names no key of this deployment"],
    ["empty", "token required"],
  ])("refuses a token: %s", (name, why) => {
    expect(said).toContain(`\n${name} token ${why}\n${name} then refused\n`);
  });

  test.each([
    ["start by a moderator", "reached"],
    ["stop by a moderator", "reached"],
    ["stream by a moderator", "forbidden"],
    ["nameless by a moderator", "forbidden"],
    ["start by a participant", "forbidden"],
    ["stop by a participant", "forbidden"],
    ["status by a participant", "reached"],
    ["other word by a participant", "forbidden"],
    ["to the room by a participant", "forbidden"],
    ["answer by a participant", "unheard"],
    ["start by a guest", "forbidden"],
    ["start by a guest with a token", "forbidden"],
    ["start by a guest who claims to moderate", "forbidden"],
    ["start by a stranger", "forbidden"],
    ["start by a word for true", "forbidden"],
  ])("leads a recording to the focus for who moderates only: %s", (what, then) => {
    expect(said).toContain(`\nrecording ${what} ${then}\n`);
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

  test("gives the same pseudonym with the state of a room, which browsers take in place of the answer", () => {
    const [, asked] = /^relay user one@\S+ services (\S+) /m.exec(said) ?? [];
    const [, signedIn] = /^sent relay user one@meet\S+ metadata\S+ (\S+) nil true true$/m.exec(said) ?? [];
    expect(said).toContain(
      `sent relay user one@guest.meet.example.ch metadata.meet.example.ch ${asked} nil true true\n`,
    );
    expect(signedIn).toMatch(/^1700000000:[0-9a-f]{16}$/);
    expect(signedIn).not.toBe(asked);
    expect(said).toContain("state without relays true\n");
  });

  test("leaves alone what others say about relays", () => {
    expect(said).toContain("sent relay user one@guest.meet.example.ch muc.meet.example.ch 1700000000 nil true false\n");
  });
});

describeWith(["luac5.4"], "the modules of the signalling server", () => {
  test("are Lua", () => {
    for (const name of readdirSync(scriptFolder).filter((file) => file.endsWith(".lua")))
      run("luac5.4", ["-p", join(scriptFolder, name)]);
  });
});

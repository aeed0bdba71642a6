/** The sign-in of a Jitsi with accounts, several replicas of it. */
import type { ReadAccess } from "../../components/services/jitsi/access";
import {
  domain,
  opened,
  passwords,
  replica,
  type Replica,
  sealedIn,
  signIn,
  tokenOf,
  toRoom,
} from "./jitsi-access-rig";
import { workFolder } from "./jitsi-rendered";

const folder = workFolder();
const officer = { name: "duty-officer", password: passwords["duty-officer"], room: "board" };

describe("the sign-in with accounts", () => {
  const access: ReadAccess = { kind: "accounts", accounts: Object.keys(passwords), guests: "lobby" };
  let one: Replica;
  let two: Replica;
  let rotated: Replica;

  beforeAll(async () => {
    [one, two, rotated] = await Promise.all([
      replica(folder(), "one", access),
      replica(folder(), "two", access),
      replica(folder(), "rotated", access, { seals: "seal two\nseal one\n" }),
    ]);
  }, 90_000);
  afterAll(() => Promise.all([one, two, rotated].map(({ program }) => program.stop())));

  test("shows a form with no script and nothing from outside, which no other site can show", async () => {
    const response = await one.ask(toRoom("Board Room"));
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]+='; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(html).toContain("<title>Sign in to board room</title>");
    expect(html).not.toMatch(/<script|https?:|@import|src=/);
    for (const cookie of response.headers.getSetCookie())
      expect(cookie).toMatch(
        /^__Secure-access-form=[\w-]+; Path=\/_access; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/,
      );
  });

  test("sends who knows the password to the meeting, with a token for that room, for minutes", async () => {
    const response = await signIn(one, { ...officer, room: "Bo\u0301ard Room" });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toMatch(
      /^https:\/\/meet\.example\.ch\/b%C3%B3ard%20room\?jwt=[\w-]+\.[\w-]+\.[\w-]+$/,
    );
    const { header, claims } = opened(tokenOf(response));
    expect(header).toEqual({ alg: "RS256", typ: "JWT", kid: "1" });
    const { iat, nbf, exp, ...rest } = claims as Record<"iat" | "nbf" | "exp", number>;
    expect(rest).toEqual({
      iss: `https://${domain}/_access`,
      aud: domain,
      sub: domain,
      room: "b%c3%b3ard%20room",
      context: { user: { id: "duty-officer", name: "duty-officer", moderator: true } },
    });
    expect([exp - iat, iat - nbf]).toEqual([300, 10]);
  });

  test("gives back what somebody chose on the page before, and nothing else", async () => {
    const jar = new Map<string, string>();
    await signIn(one, { ...officer, jar });
    const state = { "config.startWithAudioMuted": true, "config.startWithVideoMuted": "x", "config.analytics": true };
    const response = await one.ask(toRoom("board", state), { jar });
    expect(new URL(response.headers.get("location") ?? "").hash).toBe("#config.startWithAudioMuted=true");
  });

  test.each([
    ["a wrong password", "duty-officer", "wrong"],
    ["the password of another", "duty-officer", passwords.deputy],
    ["an unknown account", "nobody", passwords.deputy],
    ["an account that every object has", "constructor", passwords.deputy],
    ["no password", "duty-officer", ""],
  ])("refuses %s", async (_, name, password) => {
    const jar = new Map<string, string>();
    const headers = { "X-Forwarded-For": `192.0.2.${name.length + password.length}` };
    const response = await signIn(one, { name, password, room: "board", jar, headers });
    expect([response.status, response.headers.get("location")]).toEqual([401, null]);
    expect(await response.text()).toContain("The account or the password is wrong.");
    expect([...jar.keys()]).toEqual(["__Secure-access-form"]);
  });

  test("keeps no state: one replica takes the form and the session of another", async () => {
    const jar = new Map<string, string>();
    expect((await signIn(one, { ...officer, jar, to: two })).status).toBe(303);
    const again = await one.ask(toRoom("other"), { jar });
    expect(opened(tokenOf(again)).claims).toMatchObject({ room: "other", context: { user: { moderator: true } } });
  });

  test("opens what was sealed with the secret before, and seals with the new one", async () => {
    const jar = new Map<string, string>();
    await signIn(one, { ...officer, jar });
    expect((await rotated.ask(toRoom("board"), { jar })).status).toBe(303);
    const later = new Map<string, string>();
    await signIn(rotated, { ...officer, jar: later });
    expect((await one.ask(toRoom("board"), { jar: later })).status).toBe(200);
  });

  test("takes no form without its cookie, of another browser, of another site, or changed", async () => {
    const jar = new Map<string, string>();
    const form = sealedIn(await (await one.ask(toRoom("board"), { jar })).text());
    const other = new Map<string, string>();
    await one.ask(toRoom("board"), { jar: other });
    const fields = { name: officer.name, password: officer.password };
    const tries = [
      await one.ask("/sign-in", { form: { ...fields, form } }),
      await one.ask("/sign-in", { jar: other, form: { ...fields, form } }),
      await one.ask("/sign-in", { jar, form: { ...fields, form }, headers: { "Sec-Fetch-Site": "cross-site" } }),
      await one.ask("/sign-in", { jar, form: { ...fields, form: `${form.slice(0, -2)}AA` } }),
      await one.ask("/sign-in", { jar, form: fields }),
    ];
    expect(tries.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect((await one.ask("/sign-in", { jar, form: { ...fields, form } })).status).toBe(303);
  });

  test("takes no sealed value for another, and none that was changed", async () => {
    const jar = new Map<string, string>();
    await signIn(one, { ...officer, jar });
    const session = jar.get("__Secure-access") ?? "";
    const form = await one.ask("/sign-in", {
      jar: new Map([["__Secure-access-form", session]]),
      form: { form: session, name: officer.name, password: officer.password },
    });
    expect(form.status).toBe(403);
    const changed = `${session.slice(0, 30)}${session[30] === "A" ? "B" : "A"}${session.slice(31)}`;
    for (const value of [changed, "", "x", session.slice(0, 20)])
      expect((await one.ask(toRoom("board"), { jar: new Map([["__Secure-access", value]]) })).status).toBe(200);
  });

  test("leads nowhere but to a room of this site", async () => {
    const jar = new Map<string, string>();
    await signIn(one, { ...officer, jar });
    const rooms = [
      "//evil.example",
      "https://evil.example/",
      "..",
      "a/b",
      "\\\\evil.example",
      "%2f%2fevil.example",
      "",
      "\u0000",
      "\ud800",
    ];
    for (const room of rooms) {
      const response = await one.ask(toRoom(room), { jar });
      expect([room, response.status, response.headers.get("location")]).toEqual([room, 400, null]);
    }
    for (const room of ["@evil.example", "evil.example", "a?b#c&jwt=x", "a:b"]) {
      const location = new URL((await one.ask(toRoom(room), { jar })).headers.get("location") ?? "");
      expect([room, location.origin, decodeURIComponent(location.pathname)]).toEqual([
        room,
        `https://${domain}`,
        `/${room}`,
      ]);
    }
    for (const path of ["/", "/?state=x", "/?state=null", "/?state=%7B%7D"])
      expect((await one.ask(path, { jar })).status).toBe(400);
  });

  test("shows a room's name as text", async () => {
    const html = await (await one.ask(toRoom('"><script>alert(1)<\u002fscript>'.replace("/", "")))).text();
    expect(html).not.toContain("<script");
    expect(html).toContain("&#60;script&#62;");
  });

  test("ends a session at sign-out, and that of an account with another password", async () => {
    const jar = new Map<string, string>();
    await signIn(one, { ...officer, jar });
    const changed = new Map(jar);
    await one.ask("/sign-out", { jar });
    expect((await one.ask(toRoom("board"), { jar })).status).toBe(200);
    const accounts = JSON.stringify({ "duty-officer": "scrypt$16384$8$1$AAAA$AAAA" });
    const later = await replica(folder(), "later", access, { accounts });
    expect((await later.ask(toRoom("board"), { jar: changed })).status).toBe(200);
    await later.program.stop();
  }, 60_000);

  test("stops guessing from one source, whatever it says of itself, and nobody else", async () => {
    const from = (address: string) => ({ "X-Forwarded-For": address });
    const jar = new Map<string, string>();
    const form = sealedIn(await (await two.ask(toRoom("board"), { jar })).text());
    const guess = (address: string, password: string) =>
      two.ask("/sign-in", { jar, headers: from(address), form: { form, name: officer.name, password } });
    // The edge's own word is the last one; what comes before it came with the request. IPv6 clients have a network of their own.
    for (let i = 0; i < 20; i++)
      expect((await guess(`203.0.113.${i}, 2001:db8:1:2::${i + 1}`, "wrong")).status).toBe(401);
    const late = await guess("2001:db8:1:2:ffff::1", officer.password);
    expect([late.status, Number(late.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect((await guess("2001:db8:1:3::1", officer.password)).status).toBe(303);
  }, 60_000);

  test("answers nothing else, and no form that is too long", async () => {
    for (const path of ["/callback?code=x&state=x", "/token", "/constructor"])
      expect((await one.ask(path)).status).toBe(404);
    expect((await one.ask("/sign-in", { form: { form: "x".repeat(10_000) } })).status).toBe(413);
  });
});

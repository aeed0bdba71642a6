/**
 * A sign-in and a chat on live nodes: people come by password and code through the gateways, and go on while the cache and the database are lost.
 */
import { until } from "../../support/programs/background";
import type { Visitor } from "../../servers/identity-visitor";
import { describeLive } from "../describe-live";
import { isReady } from "../live-cluster";
import { now, PostgresLife } from "../postgres-life";
import { domains, firstPassword, people, type Person, workplace } from "../workplace";
import { type Acknowledged, password, pauseOf, type Sent, type Session, Workplace } from "../workplace-life";

jest.setTimeout(300_000);

describeLive("a sign-in and a chat on live nodes", workplace, (live) => {
  const here = (): Workplace => (place ??= new Workplace(live().cluster));
  const database = (): PostgresLife => new PostgresLife(live().cluster);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  let place: Workplace | undefined;
  const browsers = new Map<Person, Visitor>();
  const sessions = new Map<Person, Session>();
  const session = (person: Person): Session => sessions.get(person) as Session;
  const browser = (person: Person): Visitor => browsers.get(person) as Visitor;
  const told: Acknowledged[] = [];
  let room = "";

  beforeAll(async () => {
    // What an administrator would say of people who write by a program: one message in five seconds is the homeserver's own most.
    const rows = people.map((person) => `('@${person}:${domains.chat}', 0, 0)`).join(", ");
    await database().ask(await database().leader(), `INSERT INTO ratelimit_override VALUES ${rows}`, "chat");
  });

  /** Everything that was ever acknowledged is in the room; whoever was signed in at the homeserver is. */
  const nothingIsLost = async (): Promise<void> => {
    const kept = await here().events(session("officer").token, room);
    expect(told.filter(({ event }) => !kept.has(event))).toEqual([]);
    for (const person of sessions.keys()) {
      expect([person, await here().knows(session(person))]).toEqual([person, 200]);
    }
  };

  /** Says what people saw while something was lost. */
  const seen = (what: string, sent: Sent, more: string): void => {
    told.push(...sent.acknowledged);
    const { failures, acknowledged } = sent;
    const tries = Object.entries(failures).map(([why, times]) => `${times} × ${why}`);
    say(
      `${what}: longest time without an acknowledged message ${pauseOf(sent).toFixed(1)} s (${acknowledged.length} acknowledged; instead: ${tries.join(", ") || "nothing"}); ${more}`,
    );
  };

  it("gives out its addresses under its own name, through both gateways", async () => {
    const { status, text } = await here().ask(domains.login, "/realms/login/.well-known/openid-configuration");
    const { issuer, backchannel_logout_session_supported: ends } = JSON.parse(text) as Record<string, unknown>;
    expect([status, issuer, ends]).toEqual([200, `https://${domains.login}/realms/login`, true]);
    expect((await here().pods("login", "login-server")).filter(isReady).length).toBe(2);
  });

  it("somebody chooses a password, enrols a phone, and has a session at the homeserver; then by password and code", async () => {
    for (const person of people) {
      browsers.set(person, here().browser());
      sessions.set(person, await here().first(person, browser(person)));
      expect(await here().knows(session(person))).toBe(200);
    }
    const begun = Date.now();
    const another = await here().signIn("officer");
    say(`a sign-in with password and code took ${((Date.now() - begun) / 1_000).toFixed(1)} s`);
    expect(await here().knows(another)).toBe(200);
    const { body } = await here().chat("POST", "/_matrix/client/v3/createRoom", {
      ...session("officer"),
      body: { preset: "private_chat" },
    });
    room = String(body["room_id"]);
    expect(room).toMatch(/^!/);
  });

  it("by password alone there is no session", async () => {
    const visitor = here().browser();
    const { place: page } = await here().begin(visitor);
    const wrong = await visitor.password(page, "guest", firstPassword("guest"));
    expect([wrong.page, wrong.back]).toEqual(["sign in", undefined]);
    const asked = await visitor.password(wrong, "guest", password("guest"));
    expect([asked.page, asked.back]).toEqual(["give a code", undefined]);
    // A browser that has not given the code has no session, either.
    expect((await here().begin(visitor)).place.page).toBe("sign in");
    const direct = await here().ask(domains.login, "/realms/login/protocol/openid-connect/token", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "password",
        client_id: "chat",
        username: "guest",
        password: password("guest"),
      }).toString(),
    });
    expect([direct.status, direct.text]).toEqual([401, expect.not.stringContaining("access_token")]);
    const refused = await here().chat("POST", "/_matrix/client/v3/login", {
      body: {
        type: "m.login.password",
        identifier: { type: "m.id.user", user: "guest" },
        password: password("guest"),
      },
    });
    expect(refused.status).toBe(400);
  });

  it("whoever signs out at the identity provider is signed out at the homeserver, and nobody else is", async () => {
    expect((await here().signOut(browser("guest"))).page).toBe("status 200");
    await until("the guest's session to end", async () => (await here().knows(session("guest"))) === 401, 30);
    expect((await here().begin(browser("guest"))).place.page).toBe("sign in");
    expect(await here().knows(session("deputy"))).toBe(200);
    sessions.delete("guest");
  });

  it("the cache's primary dies: who was signed in is, what was acknowledged is there, and soon people sign in and write again", async () => {
    const before = await here().cachePrimary();
    const sender = here().sender(session("officer"), room, "cache");
    await sender.goesOn(now());
    await here().kill(before);
    const { seconds } = await here().untilSignedIn("clerk", 60);
    const another = async (): Promise<boolean> =>
      (
        await here()
          .cachePrimary()
          .catch(() => before)
      ).metadata.uid !== before.metadata.uid;
    await until("another primary", another, 60);
    await sender.goesOn(now());
    const sent = await sender.end();
    seen("death of the cache's primary", sent, `a new sign-in is through after ${seconds.toFixed(1)} s`);
    expect(pauseOf(sent)).toBeLessThan(60);
    await nothingIsLost();
    for (const person of sessions.keys())
      expect([person, (await here().begin(browser(person))).place.page]).toEqual([person, "back with a code"]);
  });

  it("the host of the database's primary dies: the same", async () => {
    const life = database();
    await life.standby();
    const [media] = await here().pods("chat", "chat-media");
    // The homeserver's files are on one host alone: this is about the database.
    if ((await life.hostOf(await life.leader())) === media?.spec.nodeName) {
      const before = await life.leader();
      await live().cluster.kubectl(["delete", "pod", before, "-n", "records"]);
      await until("another primary", async () => (await life.leader()) !== before, 60);
      await here().whole("records");
      await life.standby();
    }
    const before = await life.leader();
    const sender = here().sender(session("officer"), room, "database");
    await sender.goesOn(now());
    await live().cluster.powerOff(await life.hostOf(before));
    const { seconds } = await here().untilSignedIn("deputy", 180);
    await sender.goesOn(now());
    const sent = await sender.end();
    seen("death of the database's host", sent, `a new sign-in is through after ${seconds.toFixed(1)} s`);
    expect(await life.leader()).not.toBe(before);
    expect(pauseOf(sent)).toBeLessThan(60);
    await nothingIsLost();
  });
});

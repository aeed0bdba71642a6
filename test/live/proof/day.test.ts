/**
 * A working day on live nodes, in browsers: people sign in at the identity provider's pages, write to each other, and one of them signs out everywhere. Mail is no part of it:
 * no registry that can be reached has a server's program that is deployed.
 */
import { until } from "../../support/programs/background";
import { app, Browsers, type Tab } from "../day-people";
import { describeLive } from "../describe-live";
import { PostgresLife } from "../postgres-life";
import { domains, workplaceWith } from "../workplace";

jest.setTimeout(600_000);

const calls = { domain: "calls.crisis.example.ch", media: "media.crisis.example.ch" };

describeLive("a day in the life", workplaceWith({ app, calls }), (live) => {
  const officer = `@officer:${domains.chat}`;
  const clerk = `@clerk:${domains.chat}`;
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  let browsers: Browsers;
  const tabs = {} as Record<"desk" | "laptop" | "clerk", Tab>;
  let room = "";

  beforeAll(async () => {
    browsers = await Browsers.start(live().cluster);
    for (const name of ["desk", "laptop", "clerk"] as const) tabs[name] = await browsers.open();
  });
  afterAll(() => browsers?.stop());

  it("two people choose a password and enrol a phone, and come back by password and code", async () => {
    const pages = ["sign in", "choose a password", "enrol a code"];
    for (const [person, tab] of [
      ["officer", tabs.desk],
      ["clerk", tabs.clerk],
    ] as const)
      expect((await browsers.first(person, tab)).toSorted()).toEqual(pages.toSorted());
    expect(await browsers.signIn("officer", tabs.laptop)).toEqual(["sign in", "give a code"]);
  });

  it("what one writes the other reads, on every device, and the homeserver has only its cipher", async () => {
    room = await tabs.desk.chat("invite", clerk);
    await tabs.clerk.chat("join", room);
    for (const [tab, user] of [
      [tabs.desk, clerk],
      [tabs.laptop, clerk],
      [tabs.clerk, officer],
    ] as const)
      await tab.chat("joined", room, user);
    expect(await tabs.clerk.chat("algorithm", room)).toBe("m.megolm.v1.aes-sha2");
    const words = { first: "the bridge is closed from noon", second: "understood, the ferry runs" };
    await tabs.desk.chat("say", room, words.first);
    for (const tab of [tabs.clerk, tabs.laptop]) await tab.shows(`${officer}: ${words.first} (m.room.encrypted)`);
    await tabs.clerk.chat("say", room, words.second);
    for (const tab of [tabs.desk, tabs.laptop]) await tab.shows(`${clerk}: ${words.second} (m.room.encrypted)`);
    const database = new PostgresLife(live().cluster);
    const ask = async (question: string): Promise<string> => database.ask(await database.leader(), question, "chat");
    const kinds = `SELECT type, count(*) FROM events WHERE room_id = '${room}' AND type IN ('m.room.message', 'm.room.encrypted') GROUP BY 1`;
    expect((await ask(kinds)).trim()).toBe("m.room.encrypted|2");
    const plain = Object.values(words).map((one) => `json LIKE '%${one}%'`);
    expect((await ask(`SELECT count(*) FROM event_json WHERE ${plain.join(" OR ")}`)).trim()).toBe("0");
  });

  it("both are in a call of the room: each has the other's key and sees the other's picture, and one whose browser dies is gone for the other", async () => {
    for (const tab of [tabs.desk, tabs.clerk]) await tab.chat("call", room);
    for (const tab of [tabs.desk, tabs.clerk]) {
      await until("both in the call", async () => (await tab.chat<string[]>("others", room)).length === 2, 30);
      await until("a key of each", async () => (await tab.chat<string[]>("keys")).length === 2, 30);
      const frames = async (): Promise<number> =>
        (await tab.page.evaluate<{ readonly frames: number }>("meeting.seen()")).frames;
      await until("pictures of the other", async () => (await frames()) > 10, 60);
    }
    expect((await tabs.desk.chat<string[]>("others", room)).toSorted()).toEqual([clerk, officer]);
    await tabs.clerk.close();
    const alone = async (): Promise<boolean> => (await tabs.desk.chat<string[]>("others", room)).join() === officer;
    const since = Date.now();
    await until("the clerk to be gone from the call", alone, 60);
    say(`a browser died, and its person was gone from the call after ${((Date.now() - since) / 1_000).toFixed(1)} s`);
    tabs.clerk = await browsers.open();
    expect(await browsers.signIn("clerk", tabs.clerk)).toEqual(["sign in", "give a code"]);
  });

  it("the officer signs out everywhere: both devices are out at the homeserver, and the provider asks for the password again", async () => {
    const { page } = tabs.desk;
    await page.goto(`https://${domains.login}/realms/login/account/account-security/device-activity`);
    await page.getByRole("button", { name: "Sign out all devices" }).click();
    await page.getByRole("button", { name: "Confirm" }).click();
    await tabs.laptop.shows("signed out");
    await page.goto(`https://${app}/`);
    await tabs.desk.shows("signed out");
    for (const tab of [tabs.desk, tabs.laptop]) expect(await tab.begin()).toBe("sign in");
    // Nobody else is.
    await tabs.clerk.chat("say", room, "still here");
    await tabs.clerk.shows(`${clerk}: still here (m.room.encrypted)`);
  });

  it("pages asked for nothing but the house's own names, and nothing was refused to them", async () => {
    expect([...browsers.asked].sort()).toEqual([app, calls.domain, calls.media, domains.chat, domains.login].sort());
    expect(browsers.refused).toEqual([]);
  });
});

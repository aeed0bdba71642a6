/** The minutes worker from a recording in a real S3 store to shares for exactly its participants. */
import { describeWith } from "../support/programs/programs";
import { until } from "../support/programs/background";
import { agreed, idOf, minutesRig, type Rig } from "./minutes-rig";
import { documents } from "./minutes-places";

describeWith(["versitygw", "../lib/postgresql/15/bin/postgres", "psql", "setpriv"], "the minutes worker", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await minutesRig();
    rig.start();
  }, 300_000);
  afterAll(() => rig?.stop(), 60_000);

  const shared = (folder: string): readonly string[] =>
    rig.nextcloud.shares
      .filter(({ path }) => path.endsWith(idOf(folder).slice(0, 8)))
      .map(({ who }) => who)
      .sort();
  const file = (folder: string, name: string): string =>
    [...rig.nextcloud.files].find(([path]) => path.endsWith(`${idOf(folder).slice(0, 8)}/${name}`))?.[1].toString() ??
    "";

  it("brings a recording to its participants, and to nobody else", async () => {
    rig.jitsi("first", agreed);
    await rig.reached("first", "finished");
    expect(shared("first")).toEqual(["anna.meier", "beat.roth"]);
    expect(rig.nextcloud.breaches).toEqual([]);
    expect([...rig.nextcloud.files.keys()].map((path) => path.split("/").pop()).sort()).toEqual([...documents]);
    expect(rig.relay.messages.map(({ to }) => to).sort()).toEqual(["anna.meier@example.ch", "beat.roth@example.ch"]);
    expect(rig.sql("SELECT count(*) FROM minutes_piece")).toBe("0");
  }, 300_000);

  it("writes what was said, once, with its times", () => {
    const text = file("first", "transcript.txt")
      .split("\n")
      .filter((line) => line.startsWith("["));
    expect(text).toEqual([
      "[0:00:02] Good morning everybody.",
      "[0:00:08] The power supply of the second site failed on Monday.",
      "[0:00:19] We decide to move the registry to the first site.",
      "[0:00:30] Beat Rothe will order two batteries by 2026-12-15.",
      "[0:00:44] And the next question is about the leased line.",
      "[0:00:58] We decide to keep the leased line.",
      "[0:01:06] Somebody will write to the provider by Friday.",
      "[0:01:30] That is all for today.",
    ]);
  });

  it("writes decisions and tasks with owners who were there, and the times they rest on", () => {
    const minutes = file("first", "minutes.md");
    expect(minutes).toContain("- move the registry to the first site \\[0:00:19\\]");
    expect(minutes).toContain("- keep the leased line \\[0:00:58\\]");
    expect(minutes).toContain("- order two batteries \\(Beat Roth, due 2026\\-12\\-15\\) \\[0:00:30\\]");
    expect(minutes).toContain("- write to the provider \\(unassigned, due Friday\\) \\[0:01:06\\]");
    expect(minutes).toContain("machine-generated: true");
    expect(file("first", "minutes.pdf").slice(0, 5)).toBe("%PDF-");
  });

  it("waits for somebody to say who agreed, and goes on when that is everybody who was there", async () => {
    rig.jitsi("asked", undefined);
    const waits = await rig.run(["waiting"]);
    expect(JSON.parse(waits.stdout)).toMatchObject({
      folder: "asked/",
      platform: "jitsi",
      title: "weekly",
      people: ["Anna Meier", "Beat Roth"],
    });
    expect((await rig.run(["agree", "asked/", "Anna Meier"])).status).toBe(0);
    await until("the other consent to be missed", () =>
      Promise.resolve(
        rig.sql(`SELECT reason FROM minutes_meeting WHERE id = '${idOf("asked")}'`) ===
          "consent of 1 of 2 participants is missing",
      ),
    );
    expect(shared("asked")).toEqual([]);
    expect((await rig.run(["agree", "asked/", "Beat Roth"])).status).toBe(0);
    await rig.reached("asked", "finished");
    expect(shared("asked")).toEqual(["anna.meier", "beat.roth"]);
    expect((await rig.run(["waiting"])).stdout).toBe("");
  }, 300_000);
});

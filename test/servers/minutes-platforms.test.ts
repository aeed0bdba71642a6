/** Recordings of other platforms through the minutes worker, with speakers, objections and guests. */
import { until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";
import { agreed, idOf, minutesRig, type Rig } from "./minutes-rig";
import { wav } from "./minutes-models";

describeWith(
  ["versitygw", "../lib/postgresql/15/bin/postgres", "psql", "setpriv"],
  "minutes of other platforms",
  () => {
    let rig: Rig;
    const heard: string[] = [];
    beforeAll(async () => {
      rig = await minutesRig();
      rig.start();
    }, 300_000);
    afterAll(() => rig?.stop(), 60_000);

    const file = (folder: string, name: string): string =>
      [...rig.nextcloud.files].find(([at]) => at.endsWith(`${idOf(folder).slice(0, 8)}/${name}`))?.[1].toString() ?? "";
    const shared = (folder: string): readonly string[] =>
      rig.nextcloud.shares
        .filter(({ path }) => path.endsWith(idOf(folder).slice(0, 8)))
        .map(({ who }) => who)
        .sort();
    const participants = [
      { name: "Anna Meier", username: "anna.meier" },
      { name: "Beat Roth", username: "beat.roth" },
    ];

    it("tracks of single people have speakers, and nobody listens to one who objects", async () => {
      rig.language.instead = (user) => {
        heard.push(user);
        return { summary: "s", decisions: [], actions: [] };
      };
      const manifest = (id: string, who: string, at: number): string =>
        JSON.stringify({
          egress_id: id,
          room_id: "RM_1",
          room_name: "desk",
          started_at: at * 1e9,
          publisher_identity: who,
          files: [{ filename: `desk/${who}.wav` }],
        });
      rig.put("desk/anna.meier.wav", wav(40));
      rig.put("desk/beat.roth.wav", wav(40));
      rig.put("desk/EG_1.json", manifest("EG_1", "anna.meier", 1_764_489_600));
      rig.put("desk/EG_2.json", manifest("EG_2", "beat.roth", 1_764_489_700));
      rig.put("desk/minutes.json", JSON.stringify({ ...agreed, participants, objections: ["Beat Roth"] }));
      await rig.reached("desk", "finished", 200);
      rig.language.instead = undefined;
      expect(file("desk", "transcript.vtt")).toContain("<v Anna Meier>Good morning everybody.</v>");
      expect(file("desk", "transcript.txt")).not.toContain("Beat Roth:");
      expect(heard.join()).toContain("Anna Meier: Good morning");
      expect(heard.join()).not.toContain("Beat Roth:");
      // Two pieces of one file; none of the other.
      expect(rig.speech.asked.length).toBe(2);
      expect(shared("desk")).toEqual(["anna.meier", "beat.roth"]);
    }, 300_000);

    it("turns of a call name speakers, and what one who objects said reaches no model and no document", async () => {
      rig.language.instead = (user) => {
        heard.push(user);
        return { summary: "s", decisions: [], actions: [] };
      };
      const turn = (name: string, from: number, to: number): object => ({
        participantName: name,
        startTimestampRelative: from * 1_000,
        stopTimestampRelative: to * 1_000,
      });
      rig.put("call/Recording 2026-10-02 17-37-20.wav", wav(60));
      rig.put(
        "call/.Recording 2026-10-02 17-37-20 speaking times.json",
        JSON.stringify({
          recordingStartTimestamp: 1_759_419_440_000,
          intervals: [turn("Anna Meier", 1, 7), turn("Beat Roth", 7.5, 26), turn("Anna Meier", 29, 52)],
        }),
      );
      heard.length = 0;
      rig.put("call/minutes.json", JSON.stringify({ ...agreed, participants, objections: ["Beat Roth"] }));
      await rig.reached("call", "finished", 200);
      rig.language.instead = undefined;
      const text = file("call", "transcript.txt");
      expect(text).toContain("Anna Meier: Good morning everybody.");
      expect(text).toContain("[0:00:08] […]");
      for (const one of [text, file("call", "transcript.vtt"), file("call", "minutes.md"), heard.join()])
        expect(one).not.toMatch(/power supply|registry/);
    }, 300_000);

    it("a published recording of BigBlueButton gives guests nothing", async () => {
      const join = (id: string, external: string, name: string): string =>
        `<event eventname="ParticipantJoinEvent"><userId>${id}</userId><externalUserId>${external}</externalUserId><name>${name}</name></event>`;
      rig.put("presentation/x-1/video/webcams.webm", wav(40));
      rig.put(
        "presentation/x-1/metadata.xml",
        "<recording><state>published</state><meta><meetingName>Hearing</meetingName></meta></recording>",
      );
      rig.put(
        "presentation/x-1/events.xml",
        `<recording>${join("w_1", "anna.meier", "Anna Meier")}${join("w_2", "w_2", "Visitor")}</recording>`,
      );
      rig.put(
        "presentation/x-1/minutes.json",
        JSON.stringify({ ...agreed, consent: { ...agreed.consent, from: ["Anna Meier", "Visitor"] } }),
      );
      await rig.reached("presentation/x-1", "finished", 200);
      expect(shared("presentation/x-1")).toEqual(["anna.meier"]);
      expect(JSON.parse(file("presentation/x-1", "evidence.json"))).toMatchObject({
        machineGenerated: true,
        withoutAccess: { Visitor: "a guest, not released" },
      });
    }, 300_000);

    it("waits for a bucket that answers nonsense, or half", async () => {
      rig.store.falsify = (step, body) =>
        step.includes("list-type=2") || step.startsWith("GET /recordings/odd") ? Buffer.from("<html>") : body;
      rig.jitsi("odd", agreed);
      await until(
        "a step or a look that fails",
        async () => rig.logs.some((line) => /could not look|"odd"/.test(line)),
        120,
      );
      rig.store.falsify = (step, body) => (step.includes(".wav") ? body.subarray(0, body.length >> 1) : body);
      await until("a read that fails", async () => rig.logs.some((line) => /bucket: /.test(line)), 120);
      rig.store.falsify = (_, body) => body;
      await rig.reached("odd", "finished", 200);
      expect(shared("odd")).toEqual(["anna.meier", "beat.roth"]);
    }, 400_000);
  },
);

/** The minutes worker, killed 200 times. `DEATHS` and `SEED` say otherwise. */
import { describeWith } from "../../support/programs/programs";
import { deaths, seeded } from "../minutes-deaths";
import { minutesRig, type Rig } from "../minutes-rig";

describeWith(
  ["versitygw", "../lib/postgresql/15/bin/postgres", "psql", "setpriv"],
  "many deaths of the minutes worker",
  () => {
    let rig: Rig;
    beforeAll(async () => {
      rig = await minutesRig();
    }, 300_000);
    afterAll(() => rig?.stop(), 60_000);

    it("lose no meeting, deliver none twice, share with nobody else, and leave nothing", async () => {
      const count = Number(process.env.DEATHS ?? "200");
      const found = await deaths(rig, count, seeded(Number(process.env.SEED ?? "1")));
      process.stdout.write(
        `${found.deaths} deaths, ${found.meetings.length} meetings: ${found.wrong.length} with wrong shares, ${found.left} things left, ${found.messages} messages of which ${found.different} different\n`,
      );
      expect(found.wrong).toEqual([]);
      expect(found.left).toBe(0);
      expect(found.different).toBe(2 * found.meetings.length);
      expect(rig.nextcloud.breaches).toEqual([]);
    }, 7_200_000);
  },
);

/** The blueprint `messaging` at Exoscale: it goes up under all rules. Its life to the end is that of messaging-hetzner. */
import { Rehearsal, savedOnce } from "../../support/rehearsal";

jest.setTimeout(600_000);

const rehearsal = new Rehearsal("messaging-exoscale");
afterAll(() => rehearsal.remove());

test("messaging-exoscale goes up: no rule blocks it, and its data is on volumes of three private hosts", async () => {
  const { code, text } = await rehearsal.run([], { environment: savedOnce });
  expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
  expect(text).toMatch(/went up[^]*Report: .*report\.html$/m);
  const volumes = rehearsal.objects("kubernetes", "PersistentVolume").map((object) => JSON.stringify(object));
  expect(volumes).toHaveLength(4);
  const data = rehearsal.objects("exoscale", "ComputeInstance").filter((one) => /-data-\d$/.test(String(one["name"])));
  expect(data).toHaveLength(3);
});

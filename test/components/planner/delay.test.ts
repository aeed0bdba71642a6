import { planCapacity } from "../../../components";
import { exoscaleZones } from "../../../components/clouds/exoscale";
import { locations } from "../../../components/clouds/hetzner/facts";
import { delay, delayBounds, verdictOf } from "../../../components/planner/delay";
import { distanceKm, estimatedRoundTripMs, places, roundTrip, roundTrips } from "../../../components/planner/places";

describe("distances", () => {
  test.each([
    ["zurich", "geneva", 224],
    ["zurich", "berlin", 670],
    ["helsinki", "lisbon", 3_365],
    ["geneva", "sydney", 16_800],
  ] as const)("from %s to %s are right within 2 percent", (from, to, km) => {
    expect(Math.abs(distanceKm(from, to) - km) / km).toBeLessThan(0.02);
    expect(distanceKm(from, to)).toBeCloseTo(distanceKm(to, from), 6);
  });

  test("lie on the earth", () => {
    for (const [north, east] of Object.values(places)) {
      expect(Math.abs(north)).toBeLessThanOrEqual(90);
      expect(Math.abs(east)).toBeLessThanOrEqual(180);
    }
  });

  test("are known for every region of every cloud", () => {
    const cities = [...Object.values(locations), ...Object.values(exoscaleZones)].map(({ city }) => city.toLowerCase());
    expect(cities.filter((city) => !Object.hasOwn(places, city))).toEqual([]);
  });
});

describe("round trips", () => {
  test("are the measured ones where somebody measured, in both directions", () => {
    expect(roundTrip("frankfurt", "madrid")).toEqual({ ms: 29, from: "measured" });
    expect(roundTrip("madrid", "frankfurt")).toEqual({ ms: 29, from: "measured" });
    expect(roundTrip("madrid", "lisbon").from).toBe("estimated");
    expect(roundTrip("frankfurt", "frankfurt")).toEqual({ ms: 0, from: "estimated" });
  });

  test.each(roundTrips.map((row) => [row.between.join(" to "), row] as const))(
    "are estimated no lower than measured, and less than twice as high: %s",
    (_, { between: [from, to], ms, source }) => {
      const estimate = estimatedRoundTripMs(from, to);
      expect(estimate).toBeGreaterThanOrEqual(ms);
      expect(estimate).toBeLessThan(2 * ms);
      expect(source).not.toBe("");
    },
  );
});

describe("the delay from mouth to ear", () => {
  test.each([
    [delayBounds.good, "good"],
    [delayBounds.good + 0.1, "acceptable"],
    [delayBounds.bad - 0.1, "acceptable"],
    [delayBounds.bad, "bad"],
  ])("of %f ms is %s", (ms, verdict) => {
    expect(verdictOf(ms)).toBe(verdict);
  });

  test("is the sum of its shares", () => {
    const one = delay("madrid", "london", ["frankfurt"], 2);
    // Half of 29 and half of 13 ms, as measured.
    expect(one).toMatchObject({
      terminalsMs: 80,
      lastMilesMs: 20,
      networkMs: 21,
      mediaMs: 2,
      totalMs: 123,
      verdict: "good",
      network: "measured",
    });
  });

  test("of users who are near different media hosts goes over both, and of others over one", () => {
    const media = ["falkenstein", "helsinki"] as const;
    const [far, near] = [delay("helsinki", "berlin", media, 2), delay("helsinki", "helsinki", media, 2)];
    expect(far).toMatchObject({ mediaMs: 4, km: delay("helsinki", "berlin", ["falkenstein"], 2).km });
    expect(near).toMatchObject({ mediaMs: 2, km: 0 });
    expect(near.totalMs).toBeLessThan(delay("helsinki", "helsinki", ["falkenstein"], 2).totalMs);
  });

  test("is shown for each city to the one that is farthest, the worst first", () => {
    const { delays } = planCapacity({
      participants: 50,
      rooms: 5,
      region: "ch-gva-2",
      users: ["Zurich", "sydney", "lausanne"],
    });
    expect(delays.map(({ from, to, verdict }) => [from, to, verdict])).toEqual([
      ["sydney", "sydney", "bad"],
      ["zurich", "sydney", "bad"],
      ["lausanne", "sydney", "bad"],
    ]);
  });

  test("is longer through a server that mixes voices", () => {
    const asked = { participants: 50, rooms: 5, region: "fsn1" };
    const [bridge, server] = [planCapacity(asked), planCapacity({ ...asked, service: "bigbluebutton" })];
    expect(server.delays[0]?.totalMs).toBe((bridge.delays[0]?.totalMs ?? 0) + 22);
  });

  test("stands for the region's own users where none are given", () => {
    const { delays } = planCapacity({ participants: 50, rooms: 5, region: "ch-gva-2" });
    expect(delays).toHaveLength(1);
    expect(delays[0]).toMatchObject({ from: "geneva", to: "geneva", km: 0, verdict: "good" });
  });
});

import { planCapacity } from "../../../components";
import { exoscalePrices, exoscaleTypes } from "../../../components/clouds/exoscale/prices";
import { instanceSizes } from "../../../components/clouds/exoscale/sizes";
import { hetznerPrices, hetznerTypes } from "../../../components/clouds/hetzner/prices";
import { serverSizes } from "../../../components/clouds/hetzner/sizes";
import { serverType } from "../../../components/clouds/hetzner/types";

const tables = [
  ["hetzner", hetznerPrices, serverSizes, hetznerTypes],
  ["exoscale", exoscalePrices, instanceSizes, exoscaleTypes],
] as const;

describe.each(tables)("the prices of %s", (_, prices, sizes, types) => {
  test("name a source, a day and how far they are to be trusted", () => {
    const rows = [
      ...Object.values(prices.hosts),
      ...[prices.address, prices.lastingAddress, prices.volumeGib, prices.diskGib, prices.trafficTb].filter(
        (one) => one !== undefined,
      ),
    ];
    expect(rows.length).toBeGreaterThan(10);
    for (const { euros, source, seen, confidence } of rows) {
      expect(euros).toBeGreaterThanOrEqual(0);
      expect(source).not.toBe("");
      expect(seen).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(["agreed", "single", "unverified"]).toContain(confidence);
    }
  });

  test("are of types whose size is known", () => {
    expect(Object.keys(prices.hosts).filter((type) => sizes[type] === undefined)).toEqual([]);
  });

  test("cover the types that a stack takes by itself", () => {
    expect(Object.values(types).filter((type) => prices.hosts[type] === undefined)).toEqual([]);
  });

  test("grow with the size within a family", () => {
    const family = (type: string): string => type.replace(/[.\d].*/, "");
    for (const [type, { euros }] of Object.entries(prices.hosts))
      for (const [other, { euros: more }] of Object.entries(prices.hosts)) {
        const [one, two] = [sizes[type], sizes[other]];
        if (family(type) === family(other) && one && two && one.cores < two.cores && one.memoryGib < two.memoryGib)
          expect([type, other, euros < more]).toEqual([type, other, true]);
      }
  });
});

test("Hetzner sells in Europe every type that has a price", () => {
  for (const type of Object.keys(hetznerPrices.hosts)) expect(serverType(type, "fsn1")).toBe(type);
});

describe("the bill of a month", () => {
  const { cost } = planCapacity({ participants: 500, rooms: 40, region: "fsn1" });
  const line = (what: string) => cost.lines.find((one) => one.what.startsWith(what));

  test("is the sum of hosts, addresses, volumes and traffic", () => {
    const hosts = 2 * 19.49 + 3 * 35.49 + 3 * 69.49 + 6 * 275.99;
    // Addresses of two gateways and six media hosts; 20 GiB on each host of the control plane; less traffic than is included.
    expect(cost.euros).toBeCloseTo(hosts + 8 * 0.5 + 60 * 0.0572, 2);
    expect(cost.eurosPerParticipant).toBeCloseTo((cost.euros ?? 0) / 500, 2);
    expect(cost.missing).toEqual([]);
    expect(cost.confidence).toBe("single");
  });

  test("has traffic only above what is included: with each media host at Hetzner, by the hour with every host at Exoscale", () => {
    expect(line("traffic")).toMatchObject({ what: "traffic above 240 TB included", amount: 0, euros: 0 });
    const swiss = planCapacity({ participants: 500, rooms: 40, region: "ch-gva-2", hoursPerMonth: 100 });
    const traffic = swiss.cost.lines.find(({ what }) => what.startsWith("traffic"));
    // Fourteen hosts at 1.42 GB in each of the hundred hours.
    expect(traffic?.what).toBe("traffic above 2 TB included");
    expect(traffic?.amount).toBeCloseTo((500 * 4.077 * 100 * 3_600) / 8 / 1e6 - (14 * 1.42 * 100) / 1_000, 1);
    expect(traffic?.euros).toBeCloseTo((traffic?.amount ?? 0) * 20, 0);
  });

  test("names what no known price covers, and leaves it out of the sum", () => {
    const { cost: swiss } = planCapacity({ participants: 500, rooms: 40, region: "ch-gva-2" });
    expect(swiss.missing).toEqual(["addresses that outlive gateways", "system disks"]);
    expect(swiss.euros).toBeCloseTo(
      swiss.lines.reduce((sum, { euros }) => sum + (euros ?? 0), 0),
      2,
    );
  });

  test("has no sum where no price of the region is known", () => {
    const { cost: american } = planCapacity({ participants: 50, rooms: 5, region: "ash" });
    expect(american).toMatchObject({ euros: undefined, eurosPerParticipant: undefined });
    expect(american.missing).toContain("media hosts, ccx43");
  });
});

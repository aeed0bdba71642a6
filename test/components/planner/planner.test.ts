import { type CapacityArgs, hetzner, Network, planCapacity, planJitsi } from "../../../components";
import { layout } from "../../../components/core/layout";
import { participantKbps } from "../../../components/planner/bandwidth";
import { serverSizes } from "../../../components/clouds/hetzner/sizes";
import { tier as tierOf } from "../../support/planner";
import { deploy } from "../../support/mocks";
import { outputs } from "../../support/infrastructure";

const asked: CapacityArgs = { participants: 500, rooms: 40, region: "fsn1" };
const plan = planCapacity(asked);
const refusal = (args: Partial<CapacityArgs>): string => {
  try {
    planCapacity({ ...asked, ...args });
  } catch (error) {
    return (error as Error).message;
  }
  return "taken";
};

describe("a plan of conferences", () => {
  test("has the replicas and hosts that a deployment of the same size has", () => {
    const meetings = planJitsi({ name: "meetings", domain: "meet.example.ch", participants: 500 });
    const hosts = layout({ plans: [meetings], applicationSize: serverSizes["cpx42"] });
    expect(plan.shards).toBe(meetings.sizes.shards);
    expect(plan.bridges).toBe(meetings.sizes.bridges);
    expect(plan.hosts.map(({ role, type, count }) => [role, type, count])).toEqual([
      ["gateway", "cpx22", hosts.gateway.count],
      ["controlPlane", "cpx32", 3],
      ["application", "cpx42", hosts.application.count],
      ["media", "ccx43", hosts.media["media"]?.count],
    ]);
  });

  test.each([
    [2, "one camera on the stage, one voice", { sent: 2_200 * 1.05 + 64, received: 1_500 * 1.05 + 64 }],
    [9, "eight tiles of 360 lines are more than the stage", { sent: 2_200 * 1.05 + 64, received: 4_000 * 1.05 + 192 }],
    [13, "the stage and eleven small ones", { sent: 2_200 * 1.05 + 64, received: 3_700 * 1.05 + 192 }],
    [100, "25 cameras are seen, the others are told to stop", { sent: 550 * 1.05 + 64, received: 6_100 * 1.05 + 192 }],
  ])("a participant of a room of %i: %s", (size, _, expected) => {
    expect(participantKbps(size)).toEqual({ sent: Math.round(expected.sent), received: Math.round(expected.received) });
  });

  test("reckons the traffic of a month from the hours in which all are there", () => {
    // 500 participants at 4.077 Mbit/s for 100 hours, in TB.
    const { bandwidth } = planCapacity({ ...asked, hoursPerMonth: 100 });
    expect(bandwidth.trafficTb).toBeCloseTo((500 * 4.077 * 100 * 3_600) / 8 / 1e6, 1);
    expect(bandwidth.outMbps).toBe(Math.round(500 * 4.077));
  });

  test("has bridges send to each other only where a room spans them", () => {
    expect(plan.bandwidth.betweenBridgesMbps).toBe(0);
    expect(planCapacity({ ...asked, rooms: 1 }).bandwidth.betweenBridgesMbps).toBeGreaterThan(0);
  });
});

describe("the tier that fills first", () => {
  test("is at the head, and is named", () => {
    expect(plan.tiers.map(({ fullAt }) => fullAt)).toEqual(
      plan.tiers.map(({ fullAt }) => fullAt).sort((a, b) => a - b),
    );
    expect(plan.fullFirst).toEqual(["shards", "bridges"]);
    expect(planCapacity({ ...asked, participants: 550 }).fullFirst).toEqual(["bridges"]);
  });

  test("carries as many as it says with the same replicas, and needs one more for the next", () => {
    const [first] = planCapacity({ ...asked, participants: 550 }).tiers;
    expect(first).toMatchObject({ name: "bridges", replicas: 7, fullAt: 600 });
    expect(tierOf(planCapacity({ ...asked, participants: 600 }), "bridges").replicas).toBe(7);
    expect(tierOf(planCapacity({ ...asked, participants: 601 }), "bridges").replicas).toBe(8);
  });

  test.each(["gateways", "edge", "shards", "bridges", "relays"])(
    "never carries less than was asked for: %s",
    (name) => {
      for (const participants of [2, 99, 101, 500, 1_999, 5_000])
        expect(tierOf(planCapacity({ ...asked, participants, rooms: Math.ceil(participants / 20) }), name).short).toBe(
          false,
        );
    },
  );

  test("is the link where it is too small, and says so", () => {
    const links = tierOf(
      planCapacity({ ...asked, rooms: 4, machineTypes: { media: "ccx53" }, participantsPerBridge: 300 }),
      "links of media hosts",
    );
    expect(links.short).toBe(true);
    expect(links.fullAt).toBeLessThan(500);
  });

  test("of application hosts carries as many as their pods fit: pods come by the replica", () => {
    const { fullAt, replicas } = tierOf(plan, "application hosts");
    const hosts = (participants: number): number =>
      tierOf(planCapacity({ ...asked, participants }), "application hosts").replicas;
    expect(hosts(fullAt)).toBe(replicas);
    expect(hosts(fullAt + 1)).toBe(replicas + 1);
  });

  test("of application hosts counts the edge's pods", () => {
    const { load } = tierOf(planCapacity({ ...asked, participants: 5_000, rooms: 400 }), "application hosts");
    // Eleven shards of two cores, fourteen replicas of the edge, and three of the sign-in, in tenths.
    expect(load).toBe(Math.round(10 * (11 * 2 + 14 * 0.5 + 3 * 0.25)) / 10);
  });
});

describe("participants that one network cannot hold", () => {
  const large = { participants: 20_000, rooms: 1_600, region: "fsn1" };

  test("are split over the fewest platforms, each with a network of its own", () => {
    expect(planCapacity(large)).toMatchObject({ platforms: 3, split: "120 hosts; a network of this cloud takes 100" });
    expect(planCapacity({ ...large, region: "ch-gva-2" }).platforms).toBe(2);
    expect(plan).toMatchObject({ platforms: 1, split: undefined });
  });

  test.each([
    [3, true],
    [2, false],
  ])("over %i platforms a real network takes them: %s", async (platforms, fits) => {
    const meetings = planJitsi({
      name: "meetings",
      domain: "meet.example.ch",
      participants: Math.ceil(20_000 / platforms),
    });
    const hosts = layout({ plans: [meetings], applicationSize: serverSizes["cpx42"] });
    const taking = deploy(
      () => {
        const network = new Network("crisis", { cloud: hetzner(), location: "fsn1", isolatedFrom: [] });
        for (const [name, { firstHost, count }] of [
          ["gateway", hosts.gateway] as const,
          ["control", hosts.controlPlane] as const,
          ["application", hosts.application] as const,
          ...Object.entries(hosts.media),
        ])
          network.take(name, firstHost, count);
      },
      { outputs },
    );
    await (fits ? expect(taking).resolves.toBeDefined() : expect(taking).rejects.toThrow(/at most 100 hosts/));
  });

  test("are split because gateways would run into the control plane's numbers", () => {
    // Exoscale counts no hosts; with few participants per bridge there is an end to the addresses, too.
    expect(planCapacity({ ...large, region: "ch-gva-2" }).split).toContain("from number");
  });
});

describe("a plan refuses", () => {
  test.each<[string, Partial<CapacityArgs>, RegExp]>([
    [
      "one participant",
      { participants: 1 },
      /^participants: expected a whole number of participants from 2 to 100000, got 1;/,
    ],
    ["a fraction", { participants: 10.5 }, /^participants: expected a whole number/],
    ["no room", { rooms: 0 }, /^rooms: expected a whole number of rooms from 1/],
    ["rooms of one", { rooms: 251 }, /^rooms: expected at most 250 rooms for 500 participants, got 251; plan for two/],
    [
      "a room that no shard carries",
      { participants: 2_000, rooms: 3 },
      /^rooms: expected at least 4 rooms for 2000 participants, got 3; a room lives on one shard, which carries 500/,
    ],
    [
      "an unknown region",
      { region: "eu-west-1" },
      /^region: expected a region of Hetzner or Exoscale, got "eu-west-1"; choose one of fsn1, .*ch-gva-2/,
    ],
    ["a key of every object as a region", { region: "constructor" }, /^region: expected a region/],
    [
      "an unknown city",
      { users: ["zurich", "atlantis"] },
      /^users: \[1\]: expected a city with known coordinates, got "atlantis"/,
    ],
    [
      "end-to-end over its limit",
      { confidentiality: "end-to-end", participants: 21, rooms: 2 },
      /^participants: expected at most 20 participants with end-to-end encryption, got 21/,
    ],
    ["another level", { confidentiality: "none" as never }, /confidentiality: expected a level/],
    [
      "more per bridge than the host carries",
      { participantsPerBridge: 151 },
      /^participantsPerBridge: expected at most 150 participants per bridge on ccx43, .* got 151; take ccx53 for media hosts/,
    ],
    [
      "more per bridge than any machine type carries",
      { participantsPerBridge: 451 },
      /got 451; no machine type of hetzner with a known price carries so many/,
    ],
    [
      "a small media host",
      { machineTypes: { media: "ccx23" } },
      /^participantsPerBridge: expected at most 37 participants per bridge on ccx23, .*; take ccx43 for media hosts/,
    ],
    [
      "a type that is sold no more",
      { machineTypes: { media: "cx52" } },
      /^machineTypes: media: expected a server type that Hetzner sells/,
    ],
    [
      "a type of unknown size",
      { region: "ch-gva-2", machineTypes: { media: "colossus.jumbo" } },
      /^machineTypes: media: expected a machine type whose size is known/,
    ],
    [
      "an unknown role",
      { machineTypes: { brigde: "ccx43" } as never },
      /^machineTypes\.brigde: expected one of the keys gateway, .* got "brigde"/,
    ],
    [
      "more hours than a month has",
      { hoursPerMonth: 731 },
      /^hoursPerMonth: expected a whole number of hours of a month from 1 to 730/,
    ],
  ])("%s", (_, args, expected) => {
    expect(refusal(args)).toMatch(expected);
  });

  test("with all problems at once, each under its own argument", () => {
    expect(
      refusal({ participants: 0, rooms: 0, region: "nowhere", hoursPerMonth: 0 })
        .split("\n")
        .map((line) => line.split(":")[0]),
    ).toEqual(["participants", "rooms", "region", "hoursPerMonth"]);
  });

  test("nothing that is at the bound", () => {
    for (const args of [
      { participants: 2, rooms: 1 },
      { participantsPerBridge: 150 },
      { confidentiality: "end-to-end", participants: 20, rooms: 1 },
      { participants: 2_000, rooms: 4 },
      { rooms: 250 },
    ] as const)
      expect(refusal(args)).toBe("taken");
  });
});

describe("planned figures", () => {
  test("stand within the seed figure by default, and say where they leave upstream's", () => {
    const [seed, stress, packets, cores] = plan.figures;
    expect(seed).toMatchObject({ planned: 100, holds: true, against: "100 to 150 at 720p on 16 cores and 64 GiB" });
    expect(stress).toMatchObject({ planned: 84, holds: false });
    expect(packets).toMatchObject({ planned: 50_000, holds: true });
    expect(cores?.holds).toBe(true);
    expect(planCapacity({ ...asked, participantsPerBridge: 80 }).figures[1]).toMatchObject({ holds: true });
  });
});

describe("ways of media", () => {
  test("pass one host on one bridge, two copies each, and no gateway", () => {
    const [short, spanning, relayed, both] = plan.paths;
    expect(short).toMatchObject({ hops: 1, copies: 2, recrypted: 1 });
    expect(spanning).toMatchObject({ hops: 2, copies: 4, recrypted: 2 });
    expect(relayed).toMatchObject({ hops: 2, copies: 4 });
    expect(both).toMatchObject({ hops: 3, copies: 6 });
    expect(plan.paths.flatMap(({ through }) => through)).not.toContain("gateway");
  });

  test("lead straight to the hosts of bridges: their port is open to everybody, and no route of the gateways has it", () => {
    const { media, routes } = planJitsi({ name: "meetings", domain: "meet.example.ch", participants: 200 });
    expect(media?.["bridge"]?.openings).toContainEqual(
      expect.objectContaining({ direction: "in", protocol: "udp", port: 10_000, peers: "anywhere" }),
    );
    expect(routes.map(({ kind }) => kind)).toEqual(["web"]);
  });
});

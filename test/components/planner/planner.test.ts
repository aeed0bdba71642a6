import {
  type CapacityArgs,
  hetzner,
  Network,
  planBigBlueButton,
  planCapacity,
  planJitsi,
  planOpenVidu,
  planPostgres,
  planValkey,
} from "../../../components";
import { replicasFor } from "../../../components/core/capacity";
import { layout } from "../../../components/core/layout";
import {
  bigBlueButtonKbps,
  bigBlueButtonStreams,
  jitsiStreams,
  liveKitStreams,
  simulcastKbps,
} from "../../../components/planner/bandwidth";
import { relayConfiguration, relayQuotas } from "../../../components/recipe/parts/bigbluebutton/relay";
import { sfuOverrides } from "../../../components/recipe/parts/bigbluebutton/sfu";
import { relaysOf } from "../../../components/services/openvidu/livekit";
import { folders } from "../../../components/services/openvidu/settings";
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
    expect(plan.replicas).toEqual({ bridges: meetings.sizes.bridges, relays: 6, shards: meetings.sizes.shards });
    expect(plan.hosts.map(({ role, type, count }) => [role, type, count])).toEqual([
      ["gateway", "cpx22", hosts.gateway.count],
      ["controlPlane", "cpx32", 3],
      ["application", "cpx42", hosts.application.count],
      ["media", "ccx43", hosts.media["media"]?.count],
    ]);
  });

  test("with people near another location has bridges there, one more than they need, as a deployment has", () => {
    const asked: CapacityArgs = {
      participants: 400,
      rooms: 40,
      region: "fsn1",
      regions: { hel1: 150 },
      users: ["helsinki", "berlin"],
    };
    const both = planCapacity(asked);
    const users = ["203.0.113.0/24"];
    const meetings = planJitsi({
      name: "meetings",
      domain: "meet.example.ch",
      participants: 400,
      regions: { hel1: { participants: 150, users } },
    });
    const { media } = layout({ plans: [meetings], applicationSize: serverSizes["cpx42"] });
    expect([media["media"]?.count, media["media-hel1"]?.count]).toEqual([4, 3]);
    expect(both.hosts.find(({ role }) => role === "media")?.count).toBe(7);
    expect(tierOf(both, "bridges")).toMatchObject({ replicas: 4, load: 250 });
    expect(tierOf(both, "bridges in hel1")).toMatchObject({ replicas: 3, load: 150 });
    const worst = (args: CapacityArgs): number => planCapacity(args).delays[0]?.totalMs ?? 0;
    expect(worst({ ...asked, users: ["helsinki"] })).toBeLessThan(
      worst({ ...asked, users: ["helsinki"], regions: {} }),
    );
  });

  test.each<[string, Partial<CapacityArgs>, RegExp]>([
    [
      "in another network zone",
      { regions: { ash: 9 } },
      /regions: ash: expected a location in the network zone of fsn1/,
    ],
    ["of another cloud", { regions: { "ch-gva-2": 9 } }, /regions: ch-gva-2: expected a Hetzner location/],
    ["that is the first", { regions: { fsn1: 9 } }, /regions: fsn1: expected another location than the region/],
    ["with everybody", { regions: { hel1: 500 } }, /regions: expected fewer than the 500 participants/],
    ["of another service", { service: "openvidu", regions: { hel1: 9 } }, /regions: expected no further regions/],
  ])("refuses a region %s", (_, args, message) => {
    expect(refusal(args)).toMatch(message);
  });

  test("of BigBlueButton has those of its blueprint, the database and the cache beside it", () => {
    const store = "https://store.example.ch";
    const rooms = planBigBlueButton({
      name: "hearing",
      domain: "hearing.example.ch",
      participants: 2_000,
      files: store,
      recordings: { store },
    });
    const records = planPostgres({ name: "records", serves: [rooms], gib: 50, archive: store });
    const cache = planValkey({ name: "cache", memoryMib: 256 });
    const placed = layout({ plans: [rooms, records, cache], applicationSize: serverSizes["cpx42"] });
    const many = planCapacity({ ...asked, service: "bigbluebutton", participants: 2_000, rooms: 160, recordings: 9 });
    expect(many.hosts.map(({ name, type, count }) => [name, type, count])).toEqual([
      ["gateways", "cpx22", placed.gateway.count],
      ["control plane", "cpx32", 3],
      ["application hosts", "cpx42", placed.application.count],
      ["meeting servers", "ccx43", placed.hosts["hearing/server"]?.count],
      ["data hosts", "ccx23", placed.data["data"]?.count],
    ]);
    expect(many.replicas).toEqual({ servers: replicasFor(rooms.servers), Scalelite: 3, Greenlight: 5, importers: 2 });
    expect(tierOf(many, "PostgreSQL")).toMatchObject({ replicas: 3, perReplica: records.mostConnections / 2 });
  });

  test("of OpenVidu has those of its blueprint, with recorders on application hosts", () => {
    const rooms = planOpenVidu({
      name: "rooms",
      domain: "rooms.example.ch",
      participants: 500,
      portals: ["portal"],
      recorders: { recordings: 6 },
    });
    const cache = planValkey({ name: "cache", memoryMib: 128 });
    const placed = layout({ plans: [rooms, cache], applicationSize: serverSizes["cpx42"] });
    const recorded = planCapacity({ ...asked, service: "openvidu", recordings: 6 });
    expect(recorded.replicas).toEqual({ "media servers": rooms.sizes.hosts, relays: rooms.sizes.hosts, recorders: 7 });
    expect(recorded.hosts.find(({ role }) => role === "application")?.count).toBe(placed.application.count);
    expect(placed.application.count).toBeGreaterThan(
      planCapacity({ ...asked, service: "openvidu" }).hosts.find(({ role }) => role === "application")?.count ?? 0,
    );
  });

  test("of Jitsi has a host for each recorder and one more, with their volumes, in the bill", () => {
    const recorded = planCapacity({ ...asked, recordings: 4 });
    const gib = planJitsi({ name: "m", domain: "m.example.ch", participants: 2, recordings: { atOnce: 4 } })
      .volumes?.[0]?.gib;
    expect(recorded.hosts.at(-1)).toMatchObject({ role: "data", name: "recorder hosts", count: 5, volumeGib: gib });
    expect(tierOf(recorded, "recorders")).toMatchObject({ replicas: 5, load: 4, fullAt: undefined, short: false });
    expect(recorded.tiers.at(-1)?.name).toBe("recorders");
    const bill = (what: string): number => recorded.cost.lines.find((line) => line.what.startsWith(what))?.amount ?? 0;
    expect([bill("recorder hosts"), bill("volumes of hosts")]).toEqual([5, 5 * (gib ?? 0)]);
    expect(recorded.cost.missing).toContain("the bucket of recordings");
    expect(plan.cost.missing).not.toContain("the bucket of recordings");
  });

  test.each([
    [
      7,
      "as many cameras as are not crowded, one screen",
      { sent: (800 + 1_500 / 7) * 1.05 + 40, received: (6 * 800 + 1_500) * 1.05 + 40 },
    ],
    [
      13,
      "crowded cameras, but for the speaker's",
      { sent: (90 + 2_210 / 13) * 1.05 + 40, received: (12 * 90 + 710 + 1_500) * 1.05 + 40 },
    ],
    [
      200,
      "48 cameras in one picture at most",
      { sent: (30 + 2_270 / 200) * 1.05 + 40, received: (48 * 30 + 770 + 1_500) * 1.05 + 40 },
    ],
  ])("a participant of a meeting of %i on BigBlueButton: %s", (size, _, expected) => {
    expect(bigBlueButtonKbps(size)).toEqual({
      sent: Math.round(expected.sent),
      received: Math.round(expected.received),
    });
  });

  test("a participant of a room on OpenVidu: the layers of LiveKit's client", () => {
    expect(simulcastKbps(liveKitStreams, 2)).toEqual({
      sent: Math.round(2_310 * 1.05 + 120),
      received: Math.round(1_700 * 1.05 + 120),
    });
  });

  test.each([
    [2, "one camera on the stage, one voice", { sent: 2_200 * 1.05 + 64, received: 1_500 * 1.05 + 64 }],
    [9, "eight tiles of 360 lines are more than the stage", { sent: 2_200 * 1.05 + 64, received: 4_000 * 1.05 + 192 }],
    [13, "the stage and eleven small ones", { sent: 2_200 * 1.05 + 64, received: 3_700 * 1.05 + 192 }],
    [100, "25 cameras are seen, the others are told to stop", { sent: 550 * 1.05 + 64, received: 6_100 * 1.05 + 192 }],
  ])("a participant of a room of %i: %s", (size, _, expected) => {
    expect(simulcastKbps(jitsiStreams, size)).toEqual({
      sent: Math.round(expected.sent),
      received: Math.round(expected.received),
    });
  });

  test("reckons the traffic of a month from the hours in which all are there", () => {
    // 500 participants at 4.077 Mbit/s for 100 hours, in TB.
    const { bandwidth } = planCapacity({ ...asked, hoursPerMonth: 100 });
    expect(bandwidth.trafficTb).toBeCloseTo((500 * 4.077 * 100 * 3_600) / 8 / 1e6, 1);
    expect(bandwidth.outMbps).toBe(Math.round(500 * 4.077));
  });

  test("has bridges send to each other only where a room spans them", () => {
    expect(plan.bandwidth.betweenHostsMbps).toBe(0);
    expect(planCapacity({ ...asked, rooms: 1 }).bandwidth.betweenHostsMbps).toBeGreaterThan(0);
  });
});

describe("the tier that fills first", () => {
  test("is at the head, and is named", () => {
    const full = plan.tiers.map(({ fullAt = Infinity }) => fullAt);
    expect(full).toEqual([...full].sort((a, b) => a - b));
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

  test("is no relay of a meeting server: its configuration has allocations for all whom the server carries, and ports for those", () => {
    const [relays, servers] = ["relays of servers", "servers"].map((name) =>
      tierOf(planCapacity({ ...asked, service: "bigbluebutton" }), name),
    );
    expect(relays?.perReplica).toBeGreaterThanOrEqual(servers?.perReplica ?? Infinity);
    const conf = relayConfiguration({ host: "server-1.example.ch", publicAddress: "203.0.113.9", secret: "s" });
    const figure = (key: string): number => Number(new RegExp(`^${key}=(\\d+)$`, "m").exec(conf)?.[1]);
    expect(figure("total-quota")).toBe((relays?.perReplica ?? 0) * relayQuotas.each);
    expect(figure("max-port") - figure("min-port") + 1).toBeGreaterThanOrEqual(figure("total-quota"));
    expect(figure("user-quota")).toBeGreaterThanOrEqual(2 * (bigBlueButtonStreams.grid + 3));
  });

  test("is the link where it is too small, and says so", () => {
    const links = tierOf(
      planCapacity({ ...asked, rooms: 4, machineTypes: { media: "ccx53" }, participantsPerHost: 300 }),
      "links of media hosts",
    );
    expect(links.short).toBe(true);
    expect(links.fullAt).toBeLessThan(500);
  });

  test("of application hosts carries as many as their pods fit: pods come by the replica", () => {
    const { fullAt = 0, replicas } = tierOf(plan, "application hosts");
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

  test.each<[string, Partial<CapacityArgs>, number, string]>([
    ["servers", { service: "bigbluebutton" }, 3, "51 servers; one deployment takes 50"],
    ["media servers", { service: "openvidu", region: "ch-gva-2" }, 3, "101 media servers; one deployment takes 100"],
    ["recorders", { recordings: 60 }, 4, "20 recorders; a pool of them takes 19"],
  ])("are split because one deployment takes no more %s", (_, args, platforms, split) => {
    expect(planCapacity({ ...large, ...args })).toMatchObject({ platforms, split });
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
    [
      "end-to-end anywhere but on Jitsi",
      { service: "openvidu", confidentiality: "end-to-end", participants: 20, rooms: 2 },
      /^confidentiality: expected "transport" for every service but Jitsi, got "end-to-end"/,
    ],
    [
      "recordings with end-to-end",
      { confidentiality: "end-to-end", participants: 20, rooms: 2, recordings: 1 },
      /^recordings: expected no recordings with end-to-end encryption, got 1/,
    ],
    [
      "more recordings than rooms",
      { recordings: 41 },
      /^recordings: expected at most 40 recordings, one of each room, got 41/,
    ],
    [
      "meetings that no server carries as a whole",
      { service: "bigbluebutton", rooms: 2 },
      /^rooms: expected at least 3 rooms for 500 participants, got 2; a room lives on one server, which carries 200/,
    ],
    [
      "recorders that fit onto no application host",
      { service: "openvidu", region: "ch-gva-2", recordings: 1 },
      /^applicationHosts: expected application hosts of at least 4\.6 cores and .* take a larger machine type/,
    ],
    ["another level", { confidentiality: "none" as never }, /confidentiality: expected a level/],
    [
      "more per bridge than the host carries",
      { participantsPerHost: 151 },
      /^participantsPerHost: expected at most 150 participants on each of the media hosts of type ccx43, .* got 151; take ccx53 for media/,
    ],
    [
      "more per bridge than any machine type carries",
      { participantsPerHost: 451 },
      /got 451; no machine type of hetzner with a known price carries so many/,
    ],
    [
      "a small media host",
      { machineTypes: { media: "ccx23" } },
      /^participantsPerHost: expected at most 37 participants on each of the media hosts of type ccx23, .*; take ccx43 for media/,
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
      { participantsPerHost: 150 },
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
    expect(planCapacity({ ...asked, participantsPerHost: 80 }).figures[1]).toMatchObject({ holds: true });
  });
});

describe("planned figures of other services", () => {
  test("stand beside upstream's own: BigBlueButton's rule, its largest meeting, its least link", () => {
    const { figures } = planCapacity({ ...asked, service: "bigbluebutton", rooms: 3 });
    expect(figures.map(({ planned, holds }) => [planned, holds])).toEqual([
      [200, false],
      [200, true],
      [167, true],
      [planCapacity({ ...asked, service: "bigbluebutton", rooms: 3 }).bandwidth.hostOutMbps, false],
    ]);
  });

  test("stand beside LiveKit's measurement, in proportion to the cores", () => {
    const { figures } = planCapacity({ ...asked, service: "openvidu" });
    expect(figures.map(({ holds }) => holds)).toEqual([true, true, true, true]);
    const dense = planCapacity({
      ...asked,
      service: "openvidu",
      rooms: 5,
      participantsPerHost: 300,
      machineTypes: { media: "ccx53" },
    });
    expect(dense.figures[1]).toMatchObject({ planned: 300, holds: true, against: "300: 150 at 85 % of 16 cores" });
  });
});

describe("ways of media", () => {
  test.each(["jitsi", "bigbluebutton", "openvidu"] as const)(
    "of %s are counted from the programs that they pass: two copies each, and no gateway",
    (service) => {
      const { paths } = planCapacity({ ...asked, service });
      for (const { through, copies, hops } of paths) {
        expect([through[0], through.at(-1)]).toEqual(["browser", "browser"]);
        expect(copies).toBe(2 * (through.length - 2));
        expect(hops).toBeLessThanOrEqual(through.length - 2);
        expect(through.filter((one) => ["gateway", "edge", "pod"].includes(one))).toEqual([]);
      }
    },
  );

  test("of BigBlueButton stay on the meeting's one server; voices are encrypted on their way to the switch and back", () => {
    const { paths } = planCapacity({ ...asked, service: "bigbluebutton" });
    expect(paths.map(({ hops }) => hops)).toEqual([1, 1, 1, 1, 1]);
    expect(paths.find(({ name }) => name === "a voice")).toMatchObject({ copies: 6, recrypted: 3 });
    expect(
      JSON.parse(sfuOverrides({ publicAddress: "203.0.113.9", eventSocketPassword: "x".repeat(32) })),
    ).toMatchObject({
      fsBridgeMode: "WebRTC",
    });
  });

  test("of OpenVidu pass the relay of the server's own host first", () => {
    const [first] = JSON.parse(
      relaysOf(["relay-1", "relay-2", "relay-3"], 1, folders).replace("turn_servers:", ""),
    ) as readonly { readonly host: string }[];
    expect(first?.host).toBe("relay-2");
    expect(planCapacity({ ...asked, service: "openvidu" }).paths[1]).toMatchObject({
      hops: 1,
      copies: 4,
      recrypted: 1,
    });
  });

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

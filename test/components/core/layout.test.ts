import { Cidr } from "../../../components/core/cidr";
import { applicationHosts } from "../../../components/core/host-count";
import { adoptedMedia, kindred, layout, type Layout, poolNames } from "../../../components/core/layout";
import {
  egressNeeds,
  egressTo,
  mediaOpenings,
  type MediaNeed,
  outletNeeds,
  type ServicePlan,
  together,
} from "../../../components/core/plan";

const bridge: MediaNeed = {
  capacity: { load: 200, perReplica: 100, unit: "participants", source: "a test" },
  openings: [
    { direction: "in", protocol: "udp", port: 10_000, peers: "anywhere", reason: "media" },
    { direction: "out", protocol: "udp", port: 10_000, peers: "pool", reason: "bridge to bridge" },
    { direction: "out", protocol: "udp", port: 53, peers: "pods", reason: "names" },
  ],
};
const relay: MediaNeed = {
  capacity: { load: 200, perReplica: 400, unit: "participants", source: "a test" },
  openings: [
    { direction: "in", protocol: "tcp", port: 443, peers: "anywhere", reason: "TURN over TLS" },
    { direction: "out", protocol: "udp", port: 53, peers: "pods", reason: "names" },
  ],
  names: { prefix: "relay", domain: "meet.example.ch" },
};
const meetings: ServicePlan = {
  service: "jitsi",
  name: "meetings",
  routes: [],
  connections: 2_000,
  requests: [{ tier: "meetings-web", replicas: 4, cpu: 1, memoryMib: 1_024 }],
  media: { bridge, relay },
};
const notes: ServicePlan = {
  service: "notes",
  name: "notes",
  routes: [],
  connections: 18_001,
  requests: [],
  volumes: [{ name: "notes", gib: 20, replicas: 3 }],
};
const size = { cores: 8, memoryGib: 16 };

describe("a layout", () => {
  test("has place on application hosts for the edge, which grows with the connections", () => {
    const place = (connections: number): number =>
      layout({ plans: [{ ...meetings, connections }], applicationSize: size }).application.count;
    expect(place(2_000)).toBe(3);
    // Four cores of the plan's, and 51 replicas of half a core: 29.5 on hosts with 7.5 to give, and a spare one.
    expect(place(200_000)).toBe(5);
  });

  test("has one media pool for everything, as large as its largest tier", () => {
    const { media, data } = layout({ plans: [meetings], applicationSize: size });
    expect(media).toEqual({
      media: { firstHost: 60, count: 3, tiers: ["meetings/bridge", "meetings/relay"], needs: [bridge, relay] },
    });
    expect(data).toEqual({});
  });

  test("gives tiers pools of their own where the blueprint says so, apart from each other", () => {
    const { media } = layout({
      plans: [meetings],
      applicationSize: size,
      mediaPools: {
        bridges: { carries: ["meetings/bridge"] },
        relays: { carries: ["meetings/relay"], machineType: "small" },
      },
    });
    expect(Object.entries(media).map(([name, { firstHost, count }]) => [name, firstHost, count])).toEqual([
      ["bridges", 60, 3],
      ["relays", 80, 2],
    ]);
    expect(media["relays"]).toMatchObject({ machineType: "small" });
  });

  describe("of a plan with media in two locations", () => {
    const far = {
      ...meetings,
      media: {
        bridge,
        relay,
        "bridge-hel1": {
          ...bridge,
          capacity: { ...bridge.capacity, load: 50 },
          elsewhere: { location: "hel1", of: "bridge" },
        },
      },
    } satisfies ServicePlan;

    test("has a pool for each, with one more host than its load needs", () => {
      const { media } = layout({ plans: [far], applicationSize: size });
      expect(
        Object.entries(media).map(([name, { firstHost, count, tiers, location }]) => [
          name,
          firstHost,
          count,
          tiers,
          location,
        ]),
      ).toEqual([
        ["media", 60, 3, ["meetings/bridge", "meetings/relay"], undefined],
        ["media-hel1", 80, 2, ["meetings/bridge-hel1"], "hel1"],
      ]);
    });

    test("lets hosts of both exchange media, and no host of another plan", () => {
      const { media } = layout({
        plans: [far, { ...meetings, name: "others" }],
        applicationSize: size,
        mediaPools: {
          near: { carries: ["meetings/bridge"] },
          relays: { carries: ["meetings/relay"] },
          far: { carries: ["meetings/bridge-hel1"], location: "hel1" },
          others: { carries: ["others/bridge", "others/relay"], location: "nbg1" },
        },
      });
      expect(Object.keys(media).map((pool) => kindred(media, pool))).toEqual([
        ["near", "far"],
        ["relays"],
        ["near", "far"],
        ["others"],
      ]);
    });

    test.each([
      [
        "none",
        undefined,
        /expected a pool in hel1 for meetings\/bridge-hel1, got "one in the platform's own location"/,
      ],
      [
        "another",
        "nbg1",
        /expected a pool in hel1 for meetings\/bridge-hel1, got "nbg1"; give meetings\/bridge-hel1 a pool with location: "hel1"/,
      ],
    ])("refuses a pool with %s", (_, location, message) => {
      const mediaPools = {
        near: { carries: ["meetings/bridge", "meetings/relay"] },
        far: { carries: ["meetings/bridge-hel1"], ...(location === undefined ? {} : { location }) },
      };
      expect(() => layout({ plans: [far], applicationSize: size, mediaPools })).toThrow(message);
    });

    test("takes hosts that are there already wherever they stand, in a pool for each location", () => {
      expect(() => adoptedMedia({ plans: [far] }, { media: 3 })).toThrow(
        /mediaPools\["media-hel1"\]: expected at least 2 media hosts in pool "media-hel1", got 0/,
      );
      expect(
        adoptedMedia(
          {
            plans: [far],
            mediaPools: {
              own: { carries: ["meetings/bridge", "meetings/relay"] },
              north: { carries: ["meetings/bridge-hel1"] },
            },
          },
          { own: 3, north: 2 },
        ),
      ).toMatchObject({
        own: { count: 3 },
        north: { count: 2, location: "hel1" },
      });
    });
  });

  test("names every host of a pool that has names, however many there are", () => {
    const { media } = layout({ plans: [meetings], applicationSize: size });
    const [pool] = Object.values(media);
    expect(pool && poolNames(pool)).toEqual([
      "relay-1.meet.example.ch",
      "relay-2.meet.example.ch",
      "relay-3.meet.example.ch",
    ]);
  });

  test("has one gateway more than all connections need", () => {
    expect(layout({ plans: [meetings], applicationSize: size }).gateway.count).toBe(2);
    expect(layout({ plans: [meetings, notes], applicationSize: size }).gateway.count).toBe(3);
  });

  test("puts volumes on as many private hosts as there are replicas", () => {
    expect(layout({ plans: [meetings, notes], applicationSize: size }).data).toEqual({
      data: { firstHost: 140, count: 3, volumes: notes.volumes },
    });
  });

  test("counts pods on hosts with volumes for those, and tells which are too small", () => {
    const pods = { hosts: "data", cpu: 2, memoryMib: 4_000 } as const;
    const plans: readonly ServicePlan[] = [
      { ...notes, connections: 100, requests: [{ tier: "notes", replicas: 3, ...pods }] },
      { ...notes, name: "files", connections: 100, volumes: [], requests: [{ tier: "files", replicas: 1, ...pods }] },
    ];
    const sized = (dataSize?: { cores: number; memoryGib: number }) =>
      layout({ plans, applicationSize: { cores: 2, memoryGib: 4 }, dataSize });
    expect(sized({ cores: 5, memoryGib: 16 }).application.count).toBe(3);
    expect(sized().data["data"]?.count).toBe(3);
    expect(() => sized({ cores: 4, memoryGib: 16 })).toThrow(
      /dataHosts: expected data hosts of at least 4.5 cores and 9 GiB for one pod each of notes, files, got "4 cores and 16 GiB"; take a larger machine type for data hosts/,
    );
  });

  test("has a host with a graphics processor for each pod that works with one, and tells which are too small", () => {
    const pods = { hosts: "graphics", replicas: 2, cpu: 2, memoryMib: 8_000 } as const;
    const plans: readonly ServicePlan[] = [
      { ...notes, connections: 100, volumes: [], requests: [{ tier: "speech", ...pods }] },
      { ...notes, name: "words", connections: 100, volumes: [], requests: [{ tier: "words", ...pods }] },
    ];
    const sized = (cores: number, hasGraphics = true): Layout =>
      layout({ plans, applicationSize: size, hasGraphics, graphicsSize: { cores, memoryGib: 56 } });
    expect(sized(12).graphics).toEqual({ firstHost: 120, count: 4 });
    expect(sized(12).application.count).toBe(3);
    expect(layout({ plans: [meetings], applicationSize: size, hasGraphics: true }).graphics).toBeUndefined();
    expect(() => sized(2)).toThrow(
      /graphics: expected graphics hosts of at least 2.5 cores and 9 GiB for a pod of speech, got "2 cores and 56 GiB"; take a larger machine type for graphics hosts/,
    );
    expect(() => sized(12, false)).toThrow(
      /graphics: expected hosts with graphics processors for speech, words, got nothing; give their machine type/,
    );
  });

  test.each<[string, Parameters<typeof layout>[0], RegExp]>([
    [
      "a tier that no pool carries",
      { plans: [meetings], applicationSize: size, mediaPools: { bridges: { carries: ["meetings/bridge"] } } },
      /mediaPools: tiers: expected one media pool that carries meetings\/relay, got "none"/,
    ],
    [
      "a tier that two pools carry",
      {
        plans: [meetings],
        applicationSize: size,
        mediaPools: { a: { carries: ["meetings/bridge", "meetings/relay"] }, b: { carries: ["meetings/relay"] } },
      },
      /one media pool that carries meetings\/relay, got "a, b"/,
    ],
    [
      "a tier that no plan has",
      { plans: [meetings], applicationSize: size, mediaPools: { a: { carries: ["meetings/janus"] } } },
      /expected media tiers out of meetings\/bridge, meetings\/relay, got "meetings\/janus"/,
    ],
    [
      "machines of an unknown size",
      { plans: [meetings] },
      /applicationHosts: expected application hosts of a known size, got nothing; give applicationHosts/,
    ],
  ])("refuses %s", (_, args, message) => {
    expect(() => layout(args)).toThrow(message);
  });
});

describe("application hosts", () => {
  test.each<[string, number, number, number]>([
    ["at least three", 1, 0.1, 3],
    ["one more than the pods fill, though the sum would be less", 10, 3, 6],
    ["one more than the memory needs", 100, 0.01, 8],
  ])("are %s", (_, replicas, cpu, expected) => {
    expect(applicationHosts([{ tier: "web", replicas, cpu, memoryMib: 1_000 }], size)).toBe(expected);
  });

  test("are refused where one pod does not fit", () => {
    expect(() => applicationHosts([{ tier: "model", replicas: 1, cpu: 1, memoryMib: 20_000 }], size)).toThrow(
      /expected application hosts of at least 1.5 cores and 21 GiB for a pod of model, got "8 cores and 16 GiB"/,
    );
  });

  test("have room for pods that are on every host, and none for pods on hosts with volumes", () => {
    const web = { tier: "web", replicas: 10, cpu: 2.5, memoryMib: 100 };
    const proxy = { tier: "proxy", replicas: "every host", cpu: 1, memoryMib: 100 } as const;
    const database = { tier: "database", replicas: 30, cpu: 7, memoryMib: 100, hosts: "data" } as const;
    // 3 of them on a host with 7.5 cores, 2 beside a proxy.
    expect(applicationHosts([web, database], size)).toBe(5);
    expect(applicationHosts([web, proxy], size)).toBe(6);
    expect(() => applicationHosts([web, { ...proxy, cpu: 6 }], size)).toThrow(
      /expected application hosts of at least 9 cores and 2 GiB for a pod of web, got "8 cores and 16 GiB"/,
    );
    expect(() => applicationHosts([{ ...proxy, cpu: 8 }], size)).toThrow(
      /at least 8.5 cores and 2 GiB for a pod of proxy/,
    );
  });
});

test("openings get the addresses of the platform, alike ones once", () => {
  expect(
    mediaOpenings([bridge, relay], {
      podRange: "10.42.0.0/16",
      hosts: ["10.20.0.60", "10.20.0.61"],
      application: ["10.20.0.30"],
    }).map(({ direction, port, peers }) => [direction, port, peers]),
  ).toEqual([
    ["in", 10_000, Cidr.anywhere],
    ["out", 10_000, ["10.20.0.60/32", "10.20.0.61/32"]],
    ["out", 53, ["10.42.0.0/16"]],
    ["in", 443, Cidr.anywhere],
  ]);
  const api: MediaNeed = {
    ...bridge,
    openings: [{ direction: "in", protocol: "tcp", port: 7_880, peers: "application", reason: "from the edge" }],
  };
  expect(
    mediaOpenings([api], { podRange: "10.42.0.0/16", hosts: ["10.20.0.60"], application: ["10.20.0.30"] }),
  ).toMatchObject([{ port: 7_880, peers: ["10.20.0.30/32"] }]);
});

test.each<[string, readonly ServicePlan[], RegExp]>([
  ["no plans", [], /expected at least one plan/],
  [
    "two of one name",
    [meetings, { ...notes, name: "meetings" }],
    /expected plans with names of their own, got "meetings"; rename one of notes and jitsi/,
  ],
  [
    "two volumes of one name",
    [notes, { ...notes, name: "files" }],
    /expected volumes with names of their own, got "notes"; rename one of the plans notes and files/,
  ],
])("plans are refused: %s", (_, plans, message) => {
  expect(() => together(plans)).toThrow(message);
});

describe("destinations outside", () => {
  test("are each once, with every reason", () => {
    const store = "https://store.example.ch";
    expect(
      egressNeeds([
        { ...meetings, egress: [egressTo(store, "recordings"), egressTo("https://store.example.ch:9000", "more")] },
        { ...notes, egress: [egressTo(`${store}/below`, "files"), egressTo(store, "recordings")] },
      ]),
    ).toEqual([
      { host: "store.example.ch", port: 443, reason: "recordings; files" },
      { host: "store.example.ch", port: 9_000, reason: "more" },
    ]);
  });

  test("ports that lead to the same relay are one, with every reason; another relay at a port is another one", () => {
    const [here, there] = [
      ["198.51.100.25", "198.51.100.26"],
      ["198.51.100.26", "198.51.100.25"],
    ] as const;
    expect(
      outletNeeds([
        { outlets: [{ port: 2465, addresses: here, reason: "messages of hub" }] },
        {},
        { outlets: [{ port: 2465, addresses: there, reason: "messages of notes" }] },
        { outlets: [{ port: 2465, addresses: ["203.0.113.25"], reason: "messages of chat" }] },
      ]),
    ).toEqual([
      { port: 2465, addresses: here, reason: "messages of hub; messages of notes" },
      { port: 2465, addresses: ["203.0.113.25"], reason: "messages of chat" },
    ]);
  });

  test.each(["store.example.ch", "http://store.example.ch", ""])("are no destinations: %j", (address) => {
    expect(() => egressTo(address, "files")).toThrow(/expected an HTTPS address/);
  });
});

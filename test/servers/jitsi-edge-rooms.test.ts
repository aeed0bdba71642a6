/** Rooms behind the edge of a Jitsi, in HAProxy itself: where they are, and what moves them. */
import { until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";
import { everyReplica, JitsiEdge } from "./jitsi-edge-rig";
import { workFolder } from "./jitsi-rendered";

const folder = workFolder();
const many = Array.from({ length: 1_000 }, (_, i) => `many-${i}`);
const some = many.slice(0, 30);

jest.setTimeout(90_000);

describeWith(["haproxy"], "rooms behind the edge of a Jitsi", () => {
  const [first, second] = ["127.0.7.11", "127.0.7.12"] as const;
  let rig: JitsiEdge;

  beforeAll(async () => {
    rig = await JitsiEdge.start(folder(), [first, second]);
    for (const replica of rig.replicas) await rig.control(replica, "enable server open/edge");
  });
  afterAll(() => rig.end());

  test("keeps each of 1,000 rooms on its shard through either replica, and shares them out", async () => {
    const before = await rig.allAt(first, many);
    expect(
      await rig.allAt(
        second,
        many.map((room) => room.toUpperCase()),
      ),
    ).toEqual(before);
    const onFirst = before.filter((shard) => shard === "shard-1").length;
    expect(before.filter((shard) => shard === "shard-2").length).toBe(many.length - onFirst);
    expect(Math.min(onFirst, many.length - onFirst)).toBeGreaterThan(many.length / 4);
  });

  test("sends no new room to a shard that drains, and leaves it those that it has", async () => {
    const before = await rig.allAt(first, many);
    const drained = (state: "drain" | "ready"): Promise<readonly string[]> =>
      Promise.all(rig.replicas.map((replica) => rig.control(replica, `set server web-meet/shard-1 state ${state}`)));
    await drained("drain");
    try {
      expect(await rig.allAt(second, many)).toEqual(before);
      const fresh = many.map((room) => `fresh-${room}`);
      expect(new Set([...(await rig.allAt(first, fresh)), ...(await rig.allAt(second, fresh))])).toEqual(
        new Set(["shard-2"]),
      );
    } finally {
      await drained("ready");
    }
  });

  test("moves the rooms of a shard that fails and no other, and leaves them where they are when it comes back", async () => {
    const before = await rig.allAt(first, many);
    rig.shards[0].healthyFor.clear();
    // A single request that fails goes to another shard and moves nothing: the room moves once checks have taken its shard out.
    await until(
      "the shard to be out",
      async () => {
        // Each replica asks the shards for itself: one that finds it failed later is not one that hears of rooms too late.
        const asked = await Promise.all(
          rig.replicas.flatMap((replica) => some.map((one) => rig.at(replica, `other-${one}-${Math.random()}`))),
        );
        return asked.every((shard) => shard === "shard-2");
      },
      20,
    );
    // Asked at one replica only: the other must have heard of it.
    expect(new Set(await rig.allAt(first, many))).toEqual(new Set(["shard-2"]));
    for (const i of everyReplica) rig.shards[0].healthyFor.add(i);
    await backAtBoth();
    const after = await rig.allAt(second, many);
    expect(after.filter((shard) => shard !== "shard-2")).toEqual([]);
    expect(before.filter((shard) => shard === "shard-1").length).toBeGreaterThan(0);
    expect(await rig.allAt(first, many)).toEqual(after);
  });

  test("knows where they are after a replica has started again, though their hashes lead elsewhere", async () => {
    await rig.startReplica(1);
    await rig.heard();
    // Half of them began on the other shard.
    expect(new Set(await rig.allAt(second, many))).toEqual(new Set(["shard-2"]));
    await rig.control(second, "enable server open/edge");
  });

  test("a shard that one replica alone has lost is left by both, so that no room is in two", async () => {
    for (const replica of rig.replicas) await rig.control(replica, "enable server open/edge");
    const room = await roomOf(second, "shard-1");
    const meeting = await rig.hold(second, room);
    expect(meeting.shard).toBe("shard-1");
    const elsewhere = await rig.hold(second, await roomOf(second, "shard-2"));
    try {
      rig.shards[0].healthyFor.delete(0);
      await until(
        "the other replica to end the room's connection to the shard",
        () => Promise.resolve(!meeting.open()),
        20,
      );
      expect([await rig.at(second, room), await rig.at(first, room)]).toEqual(["shard-2", "shard-2"]);
      expect(elsewhere.open()).toBe(true);
    } finally {
      rig.shards[0].healthyFor.add(0);
    }
    await backAtBoth();
    expect([await rig.at(first, room), await rig.at(second, room)]).toEqual(["shard-2", "shard-2"]);
    expect(elsewhere.open()).toBe(true);
    elsewhere.end();
  });

  test("two replicas that have each lost another shard keep what they reach", async () => {
    rig.shards[0].healthyFor.delete(0);
    rig.shards[1].healthyFor.delete(1);
    try {
      await until(
        "each replica to use the shard that it reaches",
        async () =>
          (await Promise.all(some.map((room) => rig.at(first, `far-${room}-${Math.random()}`)))).every(
            (s) => s === "shard-2",
          ) &&
          (await Promise.all(some.map((room) => rig.at(second, `far-${room}-${Math.random()}`)))).every(
            (s) => s === "shard-1",
          ),
        20,
      );
    } finally {
      for (const [i, one] of rig.shards.entries()) one.healthyFor.add(i);
    }
    await backAtBoth();
  });

  /** A new room that this replica sends to the shard. */
  async function roomOf(replica: string, wanted: string): Promise<string> {
    for (let i = 0; i < 200; i++) {
      const room = `of-${wanted}-${Math.random()}`;
      if ((await rig.at(replica, room)) === wanted) return room;
    }
    throw new Error(`expected one room of 200 on ${wanted}, got none`);
  }

  async function backAtBoth(): Promise<void> {
    for (const replica of rig.replicas)
      await until(
        `both shards to serve at ${replica}`,
        async () => {
          const found = await Promise.all(some.map(() => rig.at(replica, `new-${Math.random()}`)));
          return new Set(found).size === 2;
        },
        20,
      );
  }
});

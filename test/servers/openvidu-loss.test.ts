/** LiveKit servers that go: one that is told to stop, one that is lost, and the cache between them. */
import { Rooms } from "../../stacks/examples/citizen-portal";
import { until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";
import { type Joined, type MediaServer, startCache } from "./media-server";
import { access, twoServers } from "./openvidu-servers";

jest.setTimeout(120_000);

describeWith(["livekit-server", "redis-server", "redis-cli"], "media servers of an OpenVidu that go", () => {
  const two = twoServers((number) => `127.0.13.${number}`);

  /** The server that has the room of somebody who joined, and the other one. */
  const sides = ({ node }: Joined): { readonly owner: MediaServer; readonly other: MediaServer } => {
    const [one, other] = two().servers;
    expect([one.node, other.node]).toContain(node);
    return one.node === node ? { owner: one, other } : { owner: other, other: one };
  };

  test("told to stop, take no new room and end when the last participant has left", async () => {
    const { servers } = two();
    const rooms = new Rooms(access(servers[0]));
    await rooms.open("appointment-7");
    const joined = await servers[0].join(rooms.ticket("appointment-7", "citizen").token);
    const { owner, other } = sides(joined);
    owner.ask();
    await until("the server to wait", async () => owner.log().includes("waiting for participants to exit"), 20);
    for (const name of ["appointment-8", "appointment-9", "appointment-10"]) {
      await new Rooms(access(other)).open(name);
      const next = await other.join(rooms.ticket(name, "clerk").token);
      expect(next.node).toBe(other.node);
      next.socket.close();
    }
    expect(owner.runs()).toBe(true);
    joined.socket.say(JSON.stringify({ leave: { reason: "CLIENT_INITIATED" } }));
    await until("its end", async () => !owner.runs(), 20);
    joined.socket.close();
    await owner.start();
  });

  test("find each other again when the cache was lost with everything in it, and portals open their rooms anew", async () => {
    const { servers, folder } = two();
    const portal = new Rooms(access(servers[0]));
    await portal.open("appointment-11");
    await two().cache.program.stop();
    two().cache = await startCache(folder, two().cache.port);
    expect(await portal.list().catch((): string[] => [])).not.toContain("appointment-11");
    await until(
      "a room on both servers",
      async () => {
        await portal.open("appointment-11").catch(() => undefined);
        const known = (server: MediaServer): Promise<readonly string[]> =>
          new Rooms(access(server)).list().catch((): readonly string[] => []);
        const seen = await Promise.all(servers.map(known));
        return seen.every((names) => names.includes("appointment-11"));
      },
      30,
    );
    const { token: ticket } = portal.ticket("appointment-11", "citizen");
    let joined: Joined | undefined;
    await until(
      "somebody in it",
      async () => (joined = await servers[1].join(ticket).catch(() => undefined)) !== undefined,
      30,
    );
    expect(servers.map(({ node }) => node)).toContain(joined?.node);
    joined?.socket.close();
  });

  test("go on with a room whose server is lost: its people join again through another", async () => {
    const { servers } = two();
    await new Rooms(access(servers[0])).open("appointment-6");
    const tickets = new Rooms(access(servers[0]));
    const before = await servers[0].join(tickets.ticket("appointment-6", "citizen").token);
    const { owner, other } = sides(before);
    await owner.kill();
    const since = Date.now();
    let after: Joined | undefined;
    await until(
      "the room on the other server",
      async () => {
        after?.socket.close();
        after = await other.join(tickets.ticket("appointment-6", "citizen").token).catch(() => undefined);
        return after !== undefined && after.node !== "" && after.node !== before.node;
      },
      60,
    );
    after?.socket.close();
    expect(Date.now() - since).toBeLessThan(30_000);
    await owner.start();
  });
});

/** The back end of a citizens' portal, as the example has it, against real LiveKit servers: rooms, recordings, and messages about rooms. */
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { isFromRooms, Rooms, token } from "../../stacks/examples/citizen-portal";
import { until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";
import { mediaPortsFree, MediaServer, startCache } from "./media-server";
import { access, twoServers } from "./openvidu-servers";

jest.setTimeout(120_000);

describeWith(["livekit-server", "redis-server", "redis-cli"], "a portal's back end", () => {
  const two = twoServers((number) => `127.0.14.${number}`);

  test("opens a room, lists it, and ends it", async () => {
    const rooms = new Rooms(access(two().servers[0]));
    await rooms.open("appointment");
    expect(await rooms.list()).toEqual(["appointment"]);
    await rooms.close("appointment");
    expect(await rooms.list()).toEqual([]);
  });

  test("asks for a recording, which waits for recorders, and nobody does with a person's ticket", async () => {
    const [server] = two().servers;
    const rooms = new Rooms(access(server));
    await rooms.open("recorded");
    // There is none here: the server took the question, and no recorder answered.
    await expect(rooms.record("recorded")).rejects.toThrow(/got 503: .*no response/);
    const answer = await fetch(`${server.url}/twirp/livekit.Egress/StartRoomCompositeEgress`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token(access(server), { roomJoin: true, room: "recorded" }, { identity: "citizen" })}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ room_name: "recorded" }),
    });
    expect(answer.status).toBe(401);
  });

  test("knows messages about rooms that only the servers can have signed", async () => {
    const { folder, deployed } = two();
    const alone = join(folder, "events");
    mkdirSync(alone);
    const heard: { readonly body: string; readonly authorization: string }[] = [];
    const portal = createServer((question, answer) => {
      let body = "";
      question.on("data", (part: Buffer) => (body += part.toString()));
      question.on("end", () => {
        heard.push({ body, authorization: question.headers.authorization ?? "" });
        answer.end();
      });
    }).listen(0, "127.0.0.1");
    await once(portal, "listening");
    const cacheOfItsOwn = await startCache(alone);
    const url = `http://127.0.0.1:${(portal.address() as AddressInfo).port}/rooms`;
    const server = new MediaServer({ ...deployed, folder: alone, cache: cacheOfItsOwn }, "127.0.12.5", {
      ports: await mediaPortsFree(),
      events: { apiKey: "citizens-2", url },
    });
    try {
      await server.start();
      await new Rooms(access(server)).open("appointment");
      await until("a message", async () => heard.length > 0, 20);
      const [{ body, authorization } = { body: "", authorization: "" }] = heard;
      expect(JSON.parse(body)).toMatchObject({ event: "room_started", room: { name: "appointment" } });
      expect(isFromRooms(access(server), body, authorization)).toBe(true);
      expect(isFromRooms(access(server), `${body} `, authorization)).toBe(false);
      expect(isFromRooms({ ...access(server), apiSecret: "another" }, body, authorization)).toBe(false);
      expect(isFromRooms(access(server, "citizens-1"), body, authorization)).toBe(false);
      expect(isFromRooms(access(server), body, "")).toBe(false);
    } finally {
      await server.kill();
      await cacheOfItsOwn.program.stop();
      portal.close();
    }
  });
});

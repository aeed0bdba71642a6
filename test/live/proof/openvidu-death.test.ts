/**
 * The host of a call dies on live nodes, seen by browsers with LiveKit's own client. It is not among the tests of every change: in one run of five both people were
 * back at the other host, connected, and saw no pictures for as long as the test waited. The reason is not known.
 */
import { token } from "../../../stacks/examples/citizen-portal";
import { describeLive } from "../describe-live";
import { domain, program } from "../openvidu";
import { type People, peopleIn } from "../people";

let key = { apiKey: "", apiSecret: "" };

jest.setTimeout(300_000);

describeLive(
  "a call of an OpenVidu on live nodes",
  {
    program,
    change: {},
    objects: ({ objects, outputs }) => {
      key = { apiKey: String(outputs["apiKey"]), apiSecret: String(outputs["apiSecret"]) };
      return objects;
    },
  },
  (live) => {
    it("its host dies, and its people see each other again within half a minute", async () => {
      const { cluster } = live();
      const gateway = cluster.byRole("gateway")[0]?.publicAddress ?? "";
      await cluster.outside
        .running("client")
        .exec([
          ...["curl", "-sS", "--fail", "--max-time", "10", "--cacert", "/etc/live/web.pem"],
          ...["--resolve", `${domain}:443:${gateway}`, "-H", "content-type: application/json"],
          ...["-H", `authorization: Bearer ${token(key, { roomCreate: true })}`],
          ...["-d", JSON.stringify({ name: "call", empty_timeout: 600 })],
          `https://${domain}/twirp/livekit.RoomService/CreateRoom`,
        ]);
      const tickets = ["clerk", "citizen"].map((identity) =>
        token(key, { roomJoin: true, room: "call", canPublish: true, canSubscribe: true }, { identity }),
      );
      let people: People | undefined;
      try {
        people = await peopleIn(cluster.outside.running("client"), { domain, gateway, tickets });
        const before = await people.seeEachOther();
        const media = cluster.byRole("media");
        const dead = media.find(({ publicAddress }) => publicAddress === before[0]?.server);
        expect([before[0]?.server, dead?.role]).toEqual([before[1]?.server, "media"]);
        const since = Date.now();
        await cluster.powerOff(dead?.name ?? "");
        const after = await people.seeEachOther(dead?.publicAddress);
        const seconds = (Date.now() - since) / 1_000;
        process.stderr.write(`the host of a call died: pictures again after ${seconds.toFixed(1)} s\n`);
        expect(media.map(({ publicAddress }) => publicAddress)).toContain(after[0]?.server);
        expect(seconds).toBeLessThan(30);
      } finally {
        await people?.leave();
      }
    });
  },
);

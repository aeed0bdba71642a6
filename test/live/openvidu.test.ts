/** An OpenVidu on live nodes: the API through gateways and edge to media hosts, whose servers find each other in a cache inside the cluster. */
import { token } from "../../stacks/examples/citizen-portal";
import { opens, opensFrom } from "./ask";
import { describeLive } from "./describe-live";
import { isReady, type LiveCluster } from "./live-cluster";
import { domain, program } from "./openvidu";

let key = { apiKey: "", apiSecret: "" };

jest.setTimeout(300_000);

describeLive(
  "an OpenVidu on live nodes",
  {
    program,
    change: {},
    objects: ({ objects, outputs }) => {
      key = { apiKey: String(outputs["apiKey"]), apiSecret: String(outputs["apiSecret"]) };
      return objects;
    },
  },
  (live) => {
    const cluster = (): LiveCluster => live().cluster;
    const gateways = (): readonly string[] =>
      cluster()
        .byRole("gateway")
        .map(({ publicAddress }) => publicAddress ?? "");

    /** A request from outside through one gateway: the status, the headers and the text. */
    const ask = (gateway: string, path: string, ...more: readonly string[]): Promise<string> =>
      cluster()
        .outside.running("client")
        .exec([
          ...["curl", "-sS", "-i", "--http1.1", "--max-time", "10", "--cacert", "/etc/live/web.pem"],
          ...["--resolve", `${domain}:443:${gateway}`, ...more, `https://${domain}${path}`],
        ]);
    const call = (
      gateway: string,
      method: string,
      grants: Parameters<typeof token>[1],
      body: unknown,
    ): Promise<string> =>
      ask(
        gateway,
        `/twirp/livekit.RoomService/${method}`,
        ...["-H", `authorization: Bearer ${token(key, grants)}`, "-H", "content-type: application/json"],
        ...["-H", "origin: https://elsewhere.example.org", "-d", JSON.stringify(body)],
      );

    it("a portal opens a room through one gateway, and every server knows it", async () => {
      expect(gateways().length).toBe(2);
      expect(await call(gateways()[0] ?? "", "CreateRoom", { roomCreate: true }, { name: "appointment" })).toMatch(
        /^HTTP\/1\.1 200 [^]*"name": ?"appointment"/,
      );
      // The edge takes one server after the other.
      for (const gateway of [...gateways(), ...gateways()])
        expect(await call(gateway, "ListRooms", { roomList: true }, {})).toMatch(/"name": ?"appointment"/);
    });

    it("no other page may read the answers, and what nobody uses is closed", async () => {
      const [gateway = ""] = gateways();
      const answer = await call(gateway, "ListRooms", { roomList: true }, {});
      expect([...answer.matchAll(/^access-control-allow-origin: (.*)\r$/gim)].map(([, origin]) => origin)).toEqual([
        `https://${domain}`,
      ]);
      for (const path of ["/agent", "/agents/a", "/whip/v1"])
        expect(await ask(gateway, path)).toMatch(/^HTTP\/1\.1 404 /);
    });

    it("a browser with a ticket gets its connection, and one without does not", async () => {
      const join = (ticket: string): Promise<string> =>
        cluster()
          .outside.running("client")
          .sh(
            `curl -sS -o /dev/null -w '%{http_code}' --http1.1 --max-time 3 --cacert /etc/live/web.pem --resolve ${domain}:443:${gateways()[1]} -H 'connection: Upgrade' -H 'upgrade: websocket' -H 'sec-websocket-version: 13' -H 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==' 'https://${domain}/rtc?protocol=15&access_token=${ticket}' || true`,
          );
      const grants = { roomJoin: true, room: "appointment" };
      expect(await join(token(key, grants, { identity: "citizen" }))).toBe("101");
      expect(await join(token({ ...key, apiSecret: "another" }, grants, { identity: "citizen" }))).toBe("401");
    });

    it("media hosts are reached from outside for media, TURN over TLS and STUN, and for nothing else", async () => {
      const client = cluster().outside.running("client");
      for (const { publicAddress = "" } of cluster().byRole("media")) {
        const ports = [443, 7881, 7880, 22, 10250].map((port) => [publicAddress, port] as const);
        expect(await opensFrom(client, ports)).toEqual([true, true, false, false, false]);
        const stun = `printf '\\000\\001\\000\\000\\041\\022\\244\\102sovereign-uc' | socat -t 2 - UDP:${publicAddress}:3478 | head -c 2 | od -An -tx1`;
        expect([publicAddress, (await client.sh(stun)).trim()]).toEqual([publicAddress, "01 01"]);
      }
    });

    it("no pod but the edge reaches the API of a media host", async () => {
      const [from] = (await cluster().pods(["cache"])).filter(isReady);
      const [edge] = (await cluster().pods(["edge"])).filter(isReady);
      if (from === undefined || edge === undefined)
        throw new Error("expected pods of the cache and of the edge, got none");
      const targets = cluster()
        .byRole("media")
        .map(({ address }) => [address, 7880] as const);
      expect(targets.length).toBe(2);
      expect(await opens(cluster(), from, targets)).toEqual([false, false]);
      expect(await opens(cluster(), edge, targets)).toEqual([true, true]);
    });
  },
);

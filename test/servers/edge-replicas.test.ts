/** An edge that takes over from another replica, and a request whose shard has just gone, in HAProxy itself. */
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { edgePorts } from "../../components/kubernetes/haproxy";
import { certificateFor } from "../support/certificates";
import { describeWithNamespaces } from "../isolation/possible";
import { until } from "../support/programs/background";
import { edgeAddress } from "./edge-client";
import { EdgeRig, podsOf } from "./edge-rig";

jest.setTimeout(120_000);

const host = "meet.crisis.example.ch";
const other = "10.42.0.11";

describeWithNamespaces(["haproxy", "python3", "curl", "busybox"], "an edge among replicas, before two shards", () => {
  let rig: EdgeRig;
  const shards = [
    podsOf("meet", "meet-web-1", { "meet-1": "10.42.2.1" }),
    podsOf("meet", "meet-web-2", { "meet-2": "10.42.2.2" }),
  ] as const;

  beforeAll(() => {
    rig = new EdgeRig(`uc-replicas-${process.pid}`);
    for (const shard of shards) rig.serve(shard);
    rig.address(other);
    rig.certificate("meet", certificateFor([host]));
    rig.edge({
      routes: [
        {
          kind: "web",
          name: "meet",
          host,
          upstreams: shards.map((shard, i) => ({ name: `shard-${i + 1}`, tier: shard.tier, port: "http", pods: 4 })),
          stickOn: { parameter: "room" },
          health: ["/health"],
        },
      ],
      certificates: { meet: [host] },
      connections: 500,
      peers: [
        { name: rig.space, address: edgeAddress },
        { name: "other", address: other },
      ],
    });
  });
  afterAll(() => rig.end());

  test("takes no connection before another replica has told it where the rooms are", async () => {
    await until("the edge to be there", () => Promise.resolve(rig.health() !== ""), 30);
    await until("both shards to have answered several times", () => Promise.resolve(checks() >= 4), 30);
    expect(rig.health()).toBe("503");
    writeFileSync(join(rig.folder, "other.cfg"), replica());
    rig.start("other", "haproxy", "-db", "-f", join(rig.folder, "other.cfg"));
    await until("the edge to be ready", () => Promise.resolve(rig.healthy()), 30);
    const rooms = Array.from({ length: 8 }, (_, i) => `moved-${i}`);
    for (const room of rooms) rig.run(["curl", "-sf", "-m", "5", `http://${other}:8000/?room=${room}`]);
    await until(
      "the edge to hear of the rooms",
      () => Promise.resolve(rooms.every((room) => rig.control("show table web-meet").includes(`key=${room} `))),
      30,
    );
    const answers = rooms.map((room) => rig.ask(host, { path: `/?room=${room}` }).pod);
    expect(answers).toEqual(rooms.map(() => "meet-2"));
  });

  test("a request that meets a shard whose pods have just gone is answered by another shard", async () => {
    const clients = Array.from({ length: 6 }, () => rig.keepOpen(host));
    const all = (): Promise<readonly number[]> => Promise.all(clients.map((client) => client.ask()));
    expect(await all()).toEqual(clients.map(() => 200));
    await rig.stop("meet-1");
    // The first of them finds out; to those after it the shard has no pod at all.
    expect(await all()).toEqual(clients.map(() => 200));
    for (const client of clients) client.end();
  });

  /** Checks that the pod with the fewest has answered. */
  const checks = (): number =>
    Math.min(
      ...["meet-1", "meet-2"].map((name) => {
        const file = join(rig.folder, `${name}.checks`);
        return existsSync(file) ? statSync(file).size : 0;
      }),
    );

  /** Another replica, which sends every room to the second shard; by their names' hashes, rooms belong to both. */
  const replica = (): string => `global
    localpeer other
defaults
    mode http
    timeout connect 1s
    timeout client 5s
    timeout server 5s
peers edges
    bind ${other}:${edgePorts.peers}
    server other
    server ${rig.space} ${edgeAddress}:${edgePorts.peers}
frontend web
    bind ${other}:8000
    default_backend web-meet
backend web-meet
    stick-table type string len 128 size 100k expire 24h peers edges
    stick on url_param(room),lower
    server shard-2 10.42.2.2:8000 id 2
`;
});

/** The edge in HAProxy itself, started by its own script, before pods that a resolver of the test's lists one by one. */
import { execFileSync } from "node:child_process";
import type { Upstream, WebRoute } from "../../components/core/route";
import { allPodsHost, podsHost } from "../../components/core/tier";
import { certificateFor } from "../support/certificates";
import { describeWithNamespaces } from "../isolation/possible";
import { until } from "../support/programs/background";
import { edgeAddress } from "./edge-client";
import { EdgeRig, podsOf } from "./edge-rig";

jest.setTimeout(120_000);

const programs = ["haproxy", "python3", "curl", "openssl", "busybox", "nft"];
const upstream = (name: string, tier: Upstream["tier"]): Upstream => ({ name, tier, port: "http", pods: 4 });

describeWithNamespaces(programs, "one edge before two services", () => {
  let rig: EdgeRig;
  const pad = podsOf("pad", "pad", { "pad-a": "10.42.1.1", "pad-b": "10.42.1.2" });
  const shards = [
    podsOf("meet", "meet-web-1", { "meet-1a": "10.42.2.1", "meet-1b": "10.42.2.2" }),
    podsOf("meet", "meet-web-2", { "meet-2a": "10.42.2.3", "meet-2b": "10.42.2.4" }),
  ] as const;
  const api = podsOf("pad", "pad-api", { "api-a": "10.42.3.1" });
  const host = { pad: "pad.crisis.example.ch", meet: "meet.crisis.example.ch" };
  const routes: readonly WebRoute[] = [
    {
      kind: "web",
      name: "pad",
      host: host.pad,
      upstreams: [upstream("pad", pad.tier)],
      health: ["/health"],
      bodyMib: 1,
      closedPaths: ["/admin"],
      headers: { "Content-Security-Policy": "default-src 'self'", "Referrer-Policy": "same-origin" },
      paths: { "/api": { upstreams: [upstream("api", api.tier)], health: ["/health"] } },
      requestsPerSecondPerSource: 10,
      connectionsPerSource: 3,
    },
    {
      kind: "web",
      name: "meet",
      host: host.meet,
      upstreams: shards.map((shard, i) => upstream(`shard-${i + 1}`, shard.tier)),
      stickOn: { parameter: "room" },
      health: ["/health"],
    },
  ];

  beforeAll(async () => {
    rig = new EdgeRig(`uc-edge-${process.pid}`);
    for (const each of [pad, api, ...shards]) rig.serve(each);
    rig.certificate("pad", certificateFor([host.pad]));
    rig.certificate("meet", certificateFor([host.meet]));
    for (let i = 1; i < 20; i += 1) rig.address(`203.0.113.${i}`);
    rig.edge({ routes, certificates: { pad: [host.pad], meet: [host.meet] }, connections: 500 });
    await rig.answers([host.pad, host.meet]);
    await until("every pod to serve", () => Promise.resolve(new Set(many(host.pad, 8)).size === 2));
  });
  afterAll(() => rig.end());

  let source = 0;
  const fresh = (): string => `203.0.113.${(source = (source % 19) + 1)}`;
  const many = (name: string, count: number, path = "/"): readonly (string | undefined)[] =>
    Array.from({ length: count }, () => rig.ask(name, { path, from: fresh() }).pod);
  let rooms = 0;
  /** Rooms that nobody has asked for before, out of twenty, that a shard answers. */
  const roomsOf = (shard: string): readonly string[] =>
    Array.from({ length: 20 }, () => `room-${(rooms += 1)}`).filter(
      (room) => rig.ask(host.meet, { path: `/?room=${room}` }).pod?.startsWith(`meet-${shard}`) === true,
    );

  test("shows each host name the certificate that has it", () => {
    const subject = (name: string): string =>
      execFileSync(
        "ip",
        [
          ...["netns", "exec", rig.space, "sh", "-c"],
          `curl -skv --haproxy-protocol --connect-to ::${edgeAddress}:8443 https://${name}/ 2>&1 >/dev/null | grep -i "subject:\\|CN="`,
        ],
        { encoding: "utf8" },
      );
    expect(subject(host.pad)).toContain(host.pad);
    expect(subject(host.meet)).toContain(host.meet);
  });

  test("refuses the handshake for a name that nobody has, and answers 421 where handshake and request differ", () => {
    const unknown = rig.ask("other.example.ch");
    expect(unknown.status).toBe(0);
    expect(rig.ask(host.meet, { sni: host.pad }).status).toBe(421);
    expect(rig.ask("other.example.ch", { sni: host.pad }).status).toBe(421);
    expect(rig.ask(host.pad, { words: ["-H", `Host: ${host.pad}:443`] }).status).toBe(200);
  });

  test("a pod that dies takes nothing with it, though the resolver lists it on", async () => {
    expect(new Set(many(host.pad, 8))).toEqual(new Set(["pad-a", "pad-b"]));
    await rig.stop("pad-b");
    expect(new Set(many(host.pad, 12))).toEqual(new Set(["pad-a"]));
    rig.serve({ ...pad, pods: { "pad-b": "10.42.1.2" } });
    rig.list(podsHost(pad.tier), Object.values(pad.pods));
    await until("both pods to serve again", () => Promise.resolve(new Set(many(host.pad, 8)).size === 2));
  });

  test("a host that dies without a word takes nothing with it, though the resolver lists its pods on", async () => {
    rig.drop(["10.42.1.2", "10.42.2.2", "10.42.2.3", "10.42.2.4"]);
    try {
      // From the very first request on: no wait for the checks.
      expect(new Set(many(host.pad, 8))).toEqual(new Set(["pad-a"]));
      const rooms = Array.from({ length: 10 }, (_, i) => rig.ask(host.meet, { path: `/?room=dead-${i}` }));
      expect(new Set(rooms.map(({ pod }) => pod))).toEqual(new Set(["meet-1a"]));
    } finally {
      rig.drop([]);
    }
    await until("all pods to serve again", () => Promise.resolve(new Set(many(host.meet, 24)).size === 4), 60);
  });

  test("pods that are not listed as ready serve as soon as no ready one does, and not before", async () => {
    const all = Object.values(pad.pods);
    rig.list(allPodsHost(pad.tier), all);
    rig.list(podsHost(pad.tier), ["10.42.1.1"]);
    try {
      await until("the edge to hear of it", () => Promise.resolve(many(host.pad, 8).every((name) => name === "pad-a")));
      rig.drop(["10.42.1.1"]);
      // From the very first request on.
      expect(new Set(many(host.pad, 8))).toEqual(new Set(["pad-b"]));
    } finally {
      rig.drop([]);
      rig.list(podsHost(pad.tier), all);
      rig.list(allPodsHost(pad.tier), []);
    }
    await until("both pods to serve again", () => Promise.resolve(new Set(many(host.pad, 8)).size === 2));
  });

  test("a service that dies leaves the other its requests", async () => {
    for (const pod of Object.keys(shards[0].pods)) await rig.stop(pod);
    for (const pod of Object.keys(shards[1].pods)) await rig.stop(pod);
    // 502 until the shards' checks have noticed.
    expect([502, 503]).toContain(rig.ask(host.meet).status);
    const answers = Array.from({ length: 20 }, () => rig.ask(host.pad, { from: fresh() }).status);
    expect(answers).toEqual(Array.from({ length: 20 }, () => 200));
    for (const shard of shards) rig.serve(shard);
    await until("the other service to be back", () => Promise.resolve(new Set(many(host.meet, 24)).size === 4), 60);
  });

  test("a room stays on its shard, whichever pod of it answers, and leaves it when the shard fails", async () => {
    const [room = ""] = roomsOf("1");
    expect(roomsOf("2").length).toBeGreaterThan(0);
    const ask = (): string | undefined => rig.ask(host.meet, { path: `/?room=${room}`, from: fresh() }).pod;
    const seen = new Set(Array.from({ length: 10 }, ask));
    expect([...seen].every((pod) => pod?.startsWith("meet-1"))).toBe(true);
    for (const pod of Object.keys(shards[0].pods)) rig.sick(pod, true);
    await until("the room to move", () => Promise.resolve(ask()?.startsWith("meet-2") === true), 20);
    for (const pod of Object.keys(shards[0].pods)) rig.sick(pod, false);
    await until("the shard to be back", () => Promise.resolve(roomsOf("1").length > 0), 20);
    expect(ask()).toMatch(/^meet-2/);
  });

  test("a resolver that says nothing any more takes no pod away", async () => {
    await rig.stop("names");
    // Longer than HAProxy keeps an address by itself: every place has been asked for again by then.
    const started = Date.now();
    await until("35 seconds to pass", () => Promise.resolve(Date.now() - started > 35_000), 60);
    expect(new Set(many(host.pad, 8))).toEqual(new Set(["pad-a", "pad-b"]));
    rig.resolver();
  });

  test.each([
    "/admin",
    "/admin/users",
    "/%61dmin",
    "//admin",
    "/x/../admin",
    "/ADMIN",
    "/admin;x",
    "/admin?x=1",
    "/x/%2e%2e/admin",
  ])("answers 404 on the closed path %s", (path) => {
    expect(rig.ask(host.pad, { path, from: fresh(), words: ["--path-as-is"] }).status).toBe(404);
  });

  test("leaves open what only looks like a closed path, and what another service has there", () => {
    expect(rig.ask(host.pad, { path: "/administration", from: fresh() }).status).toBe(200);
    expect(rig.ask(host.meet, { path: "/admin", from: fresh() }).status).toBe(200);
  });

  test("sends a path and what is below it to other pods, and no other path", () => {
    const pod = (path: string): string | undefined => rig.ask(host.pad, { path, from: fresh() }).pod;
    expect([pod("/api"), pod("/api/v1?x=1"), pod("/%61pi/v1")]).toEqual(["api-a", "api-a", "api-a"]);
    expect(pod("/apis")).toMatch(/^pad-/);
    expect(pod("/x/api")).toMatch(/^pad-/);
    expect(rig.ask(host.meet, { path: "/api" }).pod).toMatch(/^meet-/);
  });

  test("refuses a body that is larger than the route's limit, or that has no length", () => {
    const post = (name: string, bytes: number, ...words: string[]): number =>
      rig.ask(name, { from: fresh(), words: ["-X", "POST", ...words, "--data-binary", "x".repeat(bytes)] }).status;
    expect(post(host.pad, 100_000)).toBe(200);
    expect(rig.ask(host.pad, { from: fresh(), words: ["-H", "Content-Length: 1048577", "-X", "POST"] }).status).toBe(
      413,
    );
    expect(
      rig.ask(host.meet, { from: fresh(), words: ["-H", "Content-Length: 1048577", "-m", "2", "-X", "POST"] }).status,
    ).not.toBe(413);
    // A client that expects to be told to continue sends nothing before the answer, so no write of it can fail first.
    expect(post(host.pad, 60_000, "-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue", "--http1.1")).toBe(
      411,
    );
    expect(rig.withoutEnd(host.pad, fresh())).toBe(411);
  });

  test("sets the route's headers in place of its own, and its own on every other route", () => {
    const { headers } = rig.ask(host.pad, { from: fresh() });
    expect(headers).toMatchObject({
      "content-security-policy": "default-src 'self'",
      "referrer-policy": "same-origin",
      "strict-transport-security": "max-age=63072000",
      "x-content-type-options": "nosniff",
    });
    const meet = rig.ask(host.meet).headers;
    expect(meet["content-security-policy"]).toBeUndefined();
    expect(meet["referrer-policy"]).toBe("no-referrer");
    expect(meet["server"]).toBeUndefined();
  });

  test("one source feels the route's limit of requests, others do not, and neither does it elsewhere", () => {
    const from = "203.0.113.200";
    rig.address(from);
    // One connection, so that all fall into the ten seconds of the limit on a slow machine, too.
    const statuses = rig
      .run([
        ...["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code} ", "--interface", from, "--haproxy-protocol"],
        ...["--connect-to", `::${edgeAddress}:8443`, `https://${host.pad}/?[1-110]`],
      ])
      .trim()
      .split(" ")
      .map(Number);
    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(statuses.at(-1)).toBe(429);
    expect(rig.ask(host.pad, { from: fresh() }).status).toBe(200);
    expect(rig.ask(host.meet, { from }).status).toBe(200);
  });

  test("one source feels the route's limit of requests in progress", async () => {
    const from = "203.0.113.201";
    rig.address(from);
    const waiting = Array.from({ length: 3 }, () => rig.asking(host.pad, { path: "/wait", from }));
    await until("three to be in progress", () => Promise.resolve(rig.inProgress("pad", from) === 3), 10);
    expect(rig.ask(host.pad, { from }).status).toBe(429);
    expect(rig.ask(host.pad, { from: fresh() }).status).toBe(200);
    for (const pod of Object.keys(pad.pods)) rig.go(pod);
    await Promise.all(waiting.map(({ done }) => done));
    await until("none to be in progress", () => Promise.resolve(rig.inProgress("pad", from) === 0), 10);
    expect(rig.ask(host.pad, { from }).status).toBe(200);
  });

  test("a certificate changes without a dropped connection: open ones go on, a long download is whole, new ones see the new one", async () => {
    const process = rig.worker();
    const download = rig.asking(host.meet, { path: "/long" });
    const keep = rig.keepOpen(host.meet);
    expect(await keep.ask()).toBe(200);
    const before = rig.fingerprint(host.meet);
    const next = certificateFor([host.meet]);
    rig.certificate("meet", next);
    await until("the new certificate to be shown", () => Promise.resolve(rig.fingerprint(host.meet) !== before), 20);
    expect(await keep.ask()).toBe(200);
    for (const { pods } of shards) for (const pod of Object.keys(pods)) rig.go(pod);
    expect(await download.done).toBeGreaterThan(2_000_000);
    keep.end();
    expect(rig.worker()).toBe(process);
    expect(rig.fingerprint(host.pad)).not.toBe(rig.fingerprint(host.meet));
  });

  test("a pair that does not belong together leaves the certificate before it, until it does", async () => {
    const before = rig.fingerprint(host.pad);
    const next = certificateFor([host.pad]);
    rig.certificate("pad", { certificate: next.certificate, privateKey: certificateFor([host.pad]).privateKey });
    await until(
      "the script to refuse it",
      () => Promise.resolve(rig.log("edge").includes("certificate pad: refused")),
      20,
    );
    expect(rig.fingerprint(host.pad)).toBe(before);
    rig.certificate("pad", next);
    await until("the whole pair to be taken", () => Promise.resolve(rig.fingerprint(host.pad) !== before), 20);
  });

  test("what came from an ACME directory goes before what the deployment made", async () => {
    const before = rig.fingerprint(host.pad);
    rig.certificate("pad", certificateFor([host.pad]), "acme");
    await until("it to be shown", () => Promise.resolve(rig.fingerprint(host.pad) !== before), 20);
  });

  test("an edge that drains tells the gateways so, and takes connections until they have noticed", async () => {
    const keep = rig.keepOpen(host.meet);
    expect(await keep.ask()).toBe(200);
    await until("the edge to be ready", () => Promise.resolve(rig.healthy()), 20);
    rig.drain();
    expect(rig.healthy()).toBe(false);
    for (let i = 0; i < 20; i++) expect([await keep.ask(), rig.ask(host.meet).status]).toEqual([200, 200]);
    keep.end();
  });
});

describeWithNamespaces(programs, "an edge that starts", () => {
  const pads = podsOf("pad", "pad", { "pad-a": "10.42.1.1" });
  let rig: EdgeRig;
  beforeAll(() => {
    rig = new EdgeRig(`uc-start-${process.pid}`);
    rig.certificate("pad", certificateFor(["pad.example.ch"]));
    rig.edge({
      routes: [
        {
          kind: "web",
          name: "pad",
          host: "pad.example.ch",
          upstreams: [upstream("pad", pads.tier)],
          health: ["/health"],
        },
      ],
      certificates: { pad: ["pad.example.ch"] },
      connections: 500,
    });
  });
  afterAll(() => rig.end());

  test("is ready once its routes have pods, so that no request comes before", async () => {
    await until("the edge to answer about its health", () => Promise.resolve(rig.health() !== ""), 30);
    expect(rig.health()).toBe("503");
    rig.serve(pads);
    await until("the edge to be ready", () => Promise.resolve(rig.healthy()), 12);
    expect(rig.ask("pad.example.ch").status).toBe(200);
  });
});

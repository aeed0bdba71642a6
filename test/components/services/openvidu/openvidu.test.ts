import { parse } from "yaml";
import { Cidr } from "../../../../components/core/cidr";
import { openings } from "../../../../components/core/openings";
import { mediaOpenings } from "../../../../components/core/plan";
import { edgeLinks } from "../../../../components/core/route";
import { readRoute } from "../../../../components/core/route-checks";
import type { Secret } from "../../../../components/core/secret";
import { planOpenVidu } from "../../../../components/services/openvidu";
import type { Deployment } from "../../../support/mocks";
import { object } from "../../kubernetes/target";
import { domain, openvidu } from "./support";

const configured = ({ resources }: Deployment, tier: string, file: string): string =>
  (object(resources, "ConfigMap", `${tier}-config`)["data"] as Record<string, string>)[file] ?? "";

const yaml = (made: Deployment): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  parse(configured(made, "rooms-server", "livekit.yaml")) as Readonly<
    Record<string, Readonly<Record<string, unknown>>>
  >;

interface Pod {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly hostNetwork: boolean;
    readonly terminationGracePeriodSeconds: number;
    readonly hostAliases?: readonly unknown[];
    readonly containers: readonly { readonly env: readonly { readonly name: string; readonly value?: string }[] }[];
  };
}

const pod = ({ resources }: Deployment, tier = "rooms-server"): Pod =>
  (object(resources, "Deployment", tier)["spec"] as { template: Pod }).template;

const keys = ({ resources }: Deployment): Readonly<Record<string, string>> =>
  JSON.parse(
    (object(resources, "Secret", "rooms-server-secrets")["stringData"] as Record<string, string>)["keys.yaml"] ?? "",
  ) as Readonly<Record<string, string>>;

describe("the plan of an OpenVidu", () => {
  const plan = planOpenVidu({ name: "rooms", domain, participants: 200, portals: ["citizens"] });

  test("has a host more than its load needs, for servers and for relays", () => {
    expect(plan.sizes.hosts).toBe(3);
    expect(plan.media?.["server"]?.capacity).toMatchObject({ load: 200, perReplica: 100 });
    expect(plan.media?.["relay"]?.names).toEqual({ prefix: "relay", domain });
    expect(plan.requests).toEqual([]);
  });

  test("has one route, to servers on media hosts, whose answers no other page may read", () => {
    expect(plan.routes.map(readRoute)).toHaveLength(1);
    expect(plan.routes[0]).toMatchObject({
      host: domain,
      health: ["/"],
      upstreams: [{ onMediaHosts: true, port: "api", pods: 4 }],
      headers: { "Access-Control-Allow-Origin": `https://${domain}` },
      closedPaths: ["/agent", "/agents", "/whip"],
    });
  });

  test("lets the edge out to media hosts by their addresses, since no policy knows pods on the host network", () => {
    expect(edgeLinks(plan.routes, ["10.20.0.60", "10.20.0.61"])).toMatchObject([
      { to: { name: "media hosts", ranges: ["10.20.0.60/32", "10.20.0.61/32"] }, port: 7880, protocol: "tcp" },
    ]);
    expect(() => edgeLinks(plan.routes)).toThrow(/expected .*range/);
  });

  test("asks for no way out unless somebody is told of rooms", () => {
    expect(plan.egress).toBeUndefined();
    const events = { portal: "citizens", url: "https://portal.example.ch/rooms" };
    expect(
      planOpenVidu({ name: "rooms", domain, participants: 200, portals: ["citizens"], events }).egress,
    ).toMatchObject([{ host: "portal.example.ch", port: 443 }]);
  });

  test.each([
    ["a name that is too long", { name: "a".repeat(25) }, /name: expected/],
    ["no portal", { portals: [] }, /portals: expected at least one portal/],
    ["a portal twice", { portals: ["a", "a"] }, /portals: expected portals with names of their own/],
    ["one participant", { participants: 1 }, /participants: expected/],
    ["more hosts than a deployment has", { participants: 9_901 }, /expected at most 9900 participants at 100 on each/],
    ["rooms of one", { participantsPerHost: 1 }, /participantsPerHost: expected/],
    ["events of no portal", { events: { portal: "other", url: "https://a.example.ch/" } }, /events: portal: expected/],
    ["events in clear", { events: { portal: "citizens", url: "http://a.example.ch/" } }, /events: url: expected/],
    ["events to an address", { events: { portal: "citizens", url: "https://192.0.2.1/" } }, /events: url: expected/],
  ])("refuses %s", (_, change, message) => {
    const args = { name: "rooms", domain, participants: 200, portals: ["citizens"], ...change };
    expect(() => planOpenVidu(args)).toThrow(message);
  });

  test("tells every problem at once", () => {
    expect(() => planOpenVidu({ name: "Rooms", domain: "rooms", participants: 0, portals: [] })).toThrow(
      /name: [\s\S]*domain: [\s\S]*participants: [\s\S]*portals: /,
    );
  });
});

describe("an OpenVidu's openings", () => {
  const { media = {} } = planOpenVidu({ name: "rooms", domain, participants: 200, portals: ["citizens"] });
  const all = mediaOpenings(Object.values(media), {
    podRange: "10.42.0.0/16",
    hosts: ["10.20.0.60"],
    application: ["10.20.0.30", "10.20.0.31"],
  });

  test("are what a media pool accepts", () => {
    expect(openings(all, [Cidr.parse("10.0.0.0/16")])).toBe(all);
  });

  test("let the world reach media, TURN over TLS and STUN, and nothing else", () => {
    const world = all.filter(({ direction, peers }) => direction === "in" && peers.includes("0.0.0.0/0"));
    expect(world.map(({ protocol, port }) => [protocol, port])).toEqual([
      ["udp", [7882, 7897]],
      ["tcp", 7881],
      ["tcp", 443],
      ["udp", 3478],
    ]);
  });

  test("let the API in from application hosts only, where the edge is", () => {
    expect(all.filter(({ port }) => port === 7880).map(({ direction, peers }) => [direction, peers])).toEqual([
      ["in", ["10.20.0.30/32", "10.20.0.31/32"]],
    ]);
  });
});

describe("an OpenVidu", () => {
  test("has STUN servers and relays of its own, asks nobody for its address, and makes no room by itself", async () => {
    expect(yaml(await openvidu())).toMatchObject({
      rtc: { use_external_ip: false, stun_servers: [1, 2].map((n) => `relay-${n}.${domain}:3478`) },
      room: { auto_create: false, max_participants: 100 },
      redis: { tls: { enabled: true, insecure: false } },
    });
  });

  test("offers browsers two relays, the one of the room's own host first, however many there are", async () => {
    const made = await openvidu();
    const offered = [1, 2, 3].map((host) =>
      (
        parse(configured(made, "rooms-server", `relays_crisis-media-${host}.yaml`)) as {
          readonly turn_servers: readonly { readonly host: string }[];
        }
      ).turn_servers.map((relay) => relay.host.split(".")[0]),
    );
    expect(offered).toEqual([
      ["relay-1", "relay-2"],
      ["relay-2", "relay-3"],
      ["relay-3", "relay-1"],
    ]);
  });

  test("has one server and one relay on each media host, on the host network, with time to drain", async () => {
    const made = await openvidu({ drainSeconds: 1_800 });
    for (const tier of ["rooms-server", "rooms-relay"]) {
      expect((object(made.resources, "Deployment", tier)["spec"] as { replicas: number }).replicas).toBe(3);
      expect(pod(made, tier).spec.hostNetwork).toBe(true);
    }
    expect(pod(made).spec.terminationGracePeriodSeconds).toBe(1_800);
  });

  test("is found by the edge host by host", async () => {
    const { resources } = await openvidu();
    expect(object(resources, "Service", "rooms-server-pods")).toMatchObject({
      metadata: { namespace: "rooms-media" },
      spec: { clusterIP: "None", selector: { "app.kubernetes.io/name": "rooms-server" }, ports: [{ port: 7880 }] },
    });
    expect(object(resources, "Service", "rooms-server-pods-all")).toMatchObject({
      spec: { clusterIP: "None", publishNotReadyAddresses: true, ports: [{ port: 7880 }] },
    });
    expect(object(resources, "NetworkPolicy", "edge")).toMatchObject({
      spec: {
        egress: expect.arrayContaining([
          {
            to: ["10.20.0.40/32", "10.20.0.41/32", "10.20.0.42/32"].map((cidr) => ({ ipBlock: { cidr } })),
            ports: [{ port: 7880, protocol: "TCP" }],
          },
        ]) as unknown,
      },
    });
  });

  test("has its secrets in Secrets, and none in its configuration", async () => {
    const made = await openvidu();
    for (const { type, name, inputs } of made.resources)
      if (!/^(random|tls):|:Secret$/.test(type))
        expect([type, name, /secret (of (rooms|the cache)|key of)/.test(JSON.stringify(inputs))]).toEqual([
          type,
          name,
          false,
        ]);
    for (const { name, secrets } of made.all("kubernetes:core/v1:Secret"))
      // Certificates alone are none.
      if (!/-trust$/.test(name)) expect([name, secrets]).toEqual([name, ["stringData"]]);
  });

  test("gives each portal a key of its own", async () => {
    const made = await openvidu({ portals: ["citizens", "courts"] });
    expect(Object.keys(keys(made))).toEqual(["citizens-1", "courts-1"]);
    const portals = made.outputs["portals"] as Readonly<Record<string, { apiKey: string; apiSecret: Secret }>>;
    expect(Object.values(portals).map(({ apiKey }) => apiKey)).toEqual(["citizens-1", "courts-1"]);
    expect(new Set(Object.values(keys(made))).size).toBe(2);
  });

  test("accepts the key before while a rotation lists both, and the new one alone afterwards", async () => {
    const both = await openvidu({ secretGenerations: { "portal-citizens": ["2", "1"] } });
    expect(Object.keys(keys(both))).toEqual(["citizens-2", "citizens-1"]);
    expect((both.outputs["portals"] as { citizens: { apiKey: string } }).citizens.apiKey).toBe("citizens-2");
    const after = await openvidu({ secretGenerations: { "portal-citizens": "2" } });
    expect(Object.keys(keys(after))).toEqual(["citizens-2"]);
    expect(keys(after)["citizens-2"]).toBe(keys(both)["citizens-2"]);
  });

  test.each([
    ["a portal's key", { secretGenerations: { "portal-citizens": "2" } }, ["rooms-server"]],
    ["the relays' secret", { secretGenerations: { relay: "2" } }, ["rooms-server", "rooms-relay"]],
  ])("another generation of %s replaces the pods that use it, and only they", async (_, change, replaced) => {
    const [before, same, after] = [await openvidu(), await openvidu(), await openvidu(change)];
    for (const tier of ["rooms-server", "rooms-relay"]) {
      expect(pod(same, tier).metadata.annotations).toEqual(pod(before, tier).metadata.annotations);
      const changed =
        JSON.stringify(pod(after, tier).metadata.annotations) !==
        JSON.stringify(pod(before, tier).metadata.annotations);
      expect([tier, changed]).toEqual([tier, replaced.includes(tier)]);
    }
  });

  test("signs events with the present key of the portal, and reaches them through the gateways' proxy", async () => {
    const events = { portal: "citizens", url: "https://portal.example.ch/rooms" };
    const made = await openvidu({ events, secretGenerations: { "portal-citizens": ["2", "1"] } });
    expect(yaml(made)["webhook"]).toEqual({ api_key: "citizens-2", urls: [events.url] });
    const env = (of: Deployment): readonly string[] => pod(of).spec.containers[0]?.env.map(({ name }) => name) ?? [];
    expect(env(made)).toContain("HTTPS_PROXY");
    expect(pod(made).spec.hostAliases).toHaveLength(2);
    expect(env(await openvidu())).not.toContain("HTTPS_PROXY");
  });

  test("is known to others' policies by the addresses that its servers have", async () => {
    expect((await openvidu()).outputs["peers"]).toEqual({
      name: "rooms-server",
      ranges: ["10.42.0.0/16", "10.20.0.40/32", "10.20.0.41/32", "10.20.0.42/32"],
    });
  });

  test.each([
    ["another name than its plan's", { called: "other" }, /plan: expected a plan named "other"/],
    ["no cache", { cache: undefined }, /cache: expected a cache/],
    ["a drain of seconds", { drainSeconds: 5 }, /drainSeconds: expected/],
    ["a rotation of nobody", { secretGenerations: { "portal-other": "2" } }, /secretGenerations: expected roles/],
    ["no platform", { on: {} }, /on: expected a platform/],
  ])("refuses %s", async (_, change, message) => {
    await expect(openvidu(change)).rejects.toThrow(message);
  });
});

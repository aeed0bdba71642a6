import { planMatrix } from "../../../../components/services/matrix";
import type { Deployment } from "../../../support/mocks";
import { object } from "../../kubernetes/target";
import { cache, database, domain, matrix } from "./support";

const file = ({ resources }: Deployment, of: string, named: string): string =>
  (object(resources, "ConfigMap", `${of}-config`)["data"] as Record<string, string>)[named] ?? "";

const yaml = (made: Deployment, of = "chat-synapse"): Record<string, unknown> =>
  JSON.parse(file(made, of, "homeserver.yaml")) as Record<string, unknown>;

const reasons = ({ resources }: Deployment, policy: string): readonly string[] =>
  (
    (object(resources, "NetworkPolicy", policy).metadata as unknown as { annotations: Record<string, string> })
      .annotations["sovereign-uc/reasons"] ?? ""
  )
    .split("\n")
    .sort();

const partner = { "chat.partner.example.ch": "https://matrix.partner.example.ch" };
const plan = (more: object = {}) => planMatrix({ name: "chat", domain, users: 300, mediaGib: 100, ...more });

describe("the plan of a homeserver with workers", () => {
  test("has them for more people than one process carries, and where it is told so", () => {
    expect([plan().workers, plan({ users: 500 }).workers]).toEqual([undefined, undefined]);
    for (const more of [{ users: 501 }, { workers: true }])
      expect(Object.keys(plan(more).workers ?? {}).sort()).toEqual(["media", "reader", "router", "writer"]);
    expect(plan({ users: 501, federation: partner }).workers?.sender?.name).toBe("chat-sender");
  });

  test("counts readers for people with one of them lost, and singletons once", () => {
    const replicas = (users: number) =>
      Object.fromEntries(plan({ users, workers: true }).requests.map(({ tier, replicas: many }) => [tier, many]));
    expect(replicas(300)).toEqual({
      "chat-synapse": 1,
      "chat-router": 2,
      "chat-reader": 2,
      "chat-media": 1,
      "chat-writer": 1,
    });
    expect(replicas(2_300)["chat-reader"]).toBe(6);
  });

  test("asks for as many connections of its database as all processes hold, one more reader while an update replaces them included", () => {
    expect(plan({ users: 2_300 }).databases).toEqual([{ name: "chat", connections: 100, locale: "C" }]);
    expect(plan({ authentication: "auth.crisis.example.ch" }).databases.map(({ name }) => name)).toEqual([
      "chat",
      "chat_auth",
    ]);
  });

  test("makes every name by which its proxies look for processes", async () => {
    const made = await matrix({ cache: cache() }, { workers: true });
    const asked = [
      ...file(made, "chat-router", "haproxy.cfg").matchAll(/ ([a-z-]+)\.chat\.svc\.cluster\.local:8008 /g),
    ];
    expect(asked.length).toBe(6);
    for (const [, name = ""] of asked) {
      const tier = name.replace(/-pods(-all)?$/, "");
      expect(object(made.resources, "Service", name)["spec"]).toMatchObject({
        clusterIP: "None",
        selector: { "app.kubernetes.io/name": tier },
      });
    }
  });

  test("names every process that its database and its cache have to let in", () => {
    expect(plan({ workers: true, federation: partner }).processes.map(({ name }) => name)).toEqual([
      "chat-synapse",
      "chat-reader",
      "chat-media",
      "chat-writer",
      "chat-sender",
    ]);
    expect(plan().processes).toEqual([plan().homeserver]);
  });

  test("says where the identity provider sends people back to", () => {
    expect(plan().callback).toBe(`https://${domain}/_synapse/client/oidc/callback`);
    expect(plan({ authentication: "auth.crisis.example.ch" }).callback).toMatch(
      /^https:\/\/auth\.crisis\.example\.ch\/upstream\/callback\/[0-9A-HJKMNP-TV-Z]{26}$/,
    );
  });

  test("says where it hears of sign-outs at the identity provider", () => {
    expect(plan().signOut).toBe(`https://${domain}/_synapse/client/oidc/backchannel_logout`);
    expect(plan({ authentication: "auth.crisis.example.ch" }).signOut).toMatch(
      /^https:\/\/auth\.crisis\.example\.ch\/upstream\/backchannel-logout\/[0-9A-HJKMNP-TV-Z]{26}$/,
    );
  });
});

describe("the list of homeservers", () => {
  test("opens the gateways' way out to where each is, and the edge's paths; without it nothing is open", () => {
    const { egress, routes } = plan({ federation: partner });
    expect(egress?.map(({ host, port }) => `${host}:${port}`)).toEqual([
      "chat.partner.example.ch:443",
      "matrix.partner.example.ch:443",
    ]);
    const closed = (of: typeof routes): readonly string[] =>
      of[0]?.kind === "web" ? (of[0].closedPaths ?? []) : ["expected a web route"];
    expect(closed(routes)).not.toContain("/_matrix/federation");
    expect(closed(routes)).toContain("/_synapse/admin");
    expect(closed(plan().routes)).toEqual(expect.arrayContaining(["/_matrix/federation", "/_matrix/key"]));
    expect(plan().egress).toEqual([]);
  });

  test("is the whitelist and the listener, and one process has the way out", async () => {
    const made = await matrix({ cache: cache() }, { workers: true, federation: partner });
    expect(yaml(made)).toMatchObject({
      federation_domain_whitelist: ["chat.partner.example.ch"],
      outbound_federation_restricted_to: ["chat-sender-0"],
      federation_sender_instances: ["chat-sender-0"],
    });
    expect(JSON.stringify(yaml(made)["listeners"])).toContain('"federation"');
    const out = "out tcp 3128 to 10.20.0.10/32, 10.20.0.11/32: other homeservers, through the gateways' proxy";
    expect(reasons(made, "chat-sender")).toContain(out);
    for (const other of ["chat-synapse", "chat-reader", "chat-media", "chat-writer"])
      expect([other, reasons(made, other).filter((reason) => reason.includes("3128"))]).toEqual([other, []]);
    const alone = await matrix({}, {});
    expect(JSON.stringify(yaml(alone)["listeners"])).not.toContain('"federation"');
  });

  test.each([
    ["no server at all", {}, /federation: expected at least one homeserver, got "none"/],
    ["a pattern", { "*.example.ch": "https://a.example.ch" }, /\*\.example\.ch: expected a domain name/],
    ["its own name", { [domain]: `https://${domain}` }, /expected another homeserver/],
    ["an address that is none", { "a.example.ch": "a.example.ch" }, /a\.example\.ch: expected an HTTPS address/],
  ])("refuses %s", (_, federation, problem) => {
    expect(() => plan({ federation })).toThrow(problem);
  });
});

describe("a homeserver with workers", () => {
  test("starts each worker under the name of its pod, with the one configuration", async () => {
    const made = await matrix({ cache: cache() }, { workers: true });
    for (const worker of ["chat-reader", "chat-media", "chat-writer"]) expect(yaml(made, worker)).toEqual(yaml(made));
    expect(yaml(made)).toMatchObject({
      enable_media_repo: false,
      media_instance_running_background_jobs: "chat-media-0",
      stream_writers: { events: ["chat-writer-0"] },
      instance_map: {
        main: { host: "chat-synapse.chat.svc.cluster.local", port: 9093 },
        "chat-writer-0": { host: "chat-writer.chat.svc.cluster.local", port: 9093 },
      },
    });
    const spec = JSON.stringify(object(made.resources, "Deployment", "chat-reader"));
    expect(spec).toContain('"/scripts/start-worker.sh"');
    expect(spec).toContain('{"name":"SYNAPSE_WORKER","value":"synapse.app.generic_worker"}');
    // The main process has no files any more, so it may run on any host.
    expect(JSON.stringify(object(made.resources, "StatefulSet", "chat-synapse"))).not.toContain("volumeClaimTemplates");
    expect(object(made.resources, "PersistentVolumeClaim", "media-chat-media-0")).toBeDefined();
  });

  test("is reached by the edge at the router alone, and processes reach what they ask", async () => {
    const made = await matrix({ cache: cache() }, { workers: true });
    expect(reasons(made, "chat-router")).toEqual([
      "in tcp 8080 from edge/crisis-edge: clients, through the edge",
      "out tcp 8008 to chat-media: requests and health checks of the router",
      "out tcp 8008 to chat-reader: requests and health checks of the router",
      "out tcp 8008 to chat-synapse: requests and health checks of the router",
    ]);
    expect(reasons(made, "chat-reader")).toEqual([
      "in tcp 8008 from chat-router: requests and health checks of the router",
      "out tcp 5432 to 192.0.3.10/32: rooms",
      "out tcp 6379 to chat-data/chat-cache-proxy: talk between processes",
      "out tcp 9093 to chat-synapse: work of one process for another",
      "out tcp 9093 to chat-writer: work of one process for another",
    ]);
  });

  test("only the main process knows the identity provider and the client's secret, since every process that does would ask it", async () => {
    const made = await matrix({ cache: cache() }, { workers: true });
    expect(yaml(made)).not.toHaveProperty("oidc_providers");
    expect(JSON.parse(file(made, "chat-synapse", "login.yaml"))).toMatchObject({
      oidc_providers: [{ idp_id: "login" }],
    });
    expect(JSON.stringify(object(made.resources, "StatefulSet", "chat-synapse"))).toContain('"/config/login.yaml"');
    for (const [worker, has] of [
      ["chat-synapse", true],
      ["chat-reader", false],
      ["chat-media", false],
      ["chat-writer", false],
    ] as const) {
      const secrets = object(made.resources, "Secret", `${worker}-secrets`)["stringData"] as object;
      expect([worker, "login-client" in secrets]).toEqual([worker, has]);
      expect([worker, reasons(made, worker).some((reason) => reason.endsWith(": logins"))]).toEqual([worker, has]);
    }
    expect(file(made, "chat-reader", "login.yaml")).toBe("");
  });

  test("with Matrix Authentication Service sends nobody to the provider itself", async () => {
    const made = await matrix(
      { cache: cache(), authentication: { database: database() } },
      { workers: true, authentication: "auth.crisis.example.ch" },
    );
    expect(yaml(made)).toMatchObject({
      matrix_authentication_service: { enabled: true, endpoint: "http://chat-auth.chat.svc.cluster.local:8080/" },
    });
    expect(yaml(made)).not.toHaveProperty("oidc_providers");
    expect(JSON.parse(file(made, "chat-auth", "config.yaml"))).toMatchObject({
      passwords: { enabled: false },
      matrix: { kind: "synapse_modern", endpoint: "http://chat-synapse.chat.svc.cluster.local:8008/" },
    });
    const secret = object(made.resources, "Secret", "chat-auth-secrets")["stringData"] as Record<string, string>;
    expect(secret["encryption"]).toMatch(/^[0-9a-f]{64}$/);
    expect(reasons(made, "chat-synapse")).not.toContain("out tcp 443 to 192.0.3.11/32: logins");
    expect(reasons(made, "chat-auth")).toContain("out tcp 443 to 192.0.3.11/32: logins");
  });

  const calls = { domain: "calls.crisis.example.ch", livekit: "wss://media.crisis.example.ch" };
  const app = "app.crisis.example.ch";
  const servers = {
    url: calls.livekit,
    key: "chat",
    secret: { value: "secret of calls", version: "1" },
    port: 443,
    peer: { name: "media", ranges: ["192.0.3.13/32"] },
  };

  test("where people make calls, the homeserver tells that somebody left whose browser died, and lets keys for media through", async () => {
    const keys = ["max_event_delay_duration", "rc_message", "rc_delayed_event_mgmt"];
    const told = (made: Deployment) => Object.fromEntries(keys.map((key) => [key, yaml(made)[key]]));
    expect(told(await matrix({ calls: servers }, { calls, app }))).toEqual({
      max_event_delay_duration: "24h",
      rc_message: { per_second: 0.5, burst_count: 30 },
      rc_delayed_event_mgmt: { per_second: 1, burst_count: 20 },
    });
    expect(told(await matrix({}, { app }))).toEqual({});
  });

  test.each([
    ["workers without a cache", {}, { workers: true }, /cache: expected a cache, over which workers talk/],
    [
      "a plan with the authentication service, and none of its data",
      {},
      { authentication: "auth.crisis.example.ch" },
      /authentication: expected data of Matrix Authentication Service/,
    ],
    [
      "data of an authentication service that is not planned",
      { authentication: { database: database() } },
      {},
      /authentication: expected a plan with Matrix Authentication Service, got "one without"/,
    ],
    ["calls without LiveKit servers", {}, { calls, app }, /calls: expected LiveKit servers for the calls of the plan/],
    ["LiveKit servers without calls", { calls: servers }, {}, /calls: expected a plan with calls, got "one without"/],
    [
      "other LiveKit servers than the plan's",
      { calls: { ...servers, url: "wss://other.example.ch" } },
      { calls, app },
      /calls: expected the address of the plan, wss:\/\/media\.crisis\.example\.ch/,
    ],
    [
      "authorities of other homeservers where there are none",
      { federationCa: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n" },
      {},
      /federationCa: expected a plan with other homeservers/,
    ],
  ])("refuses %s", async (_, change, more, problem) => {
    await expect(matrix(change, more)).rejects.toThrow(problem);
  });

  test.each([
    ["calls that no app makes", { calls }, /calls: expected an app that makes calls, got "none"/],
    ["a Jitsi that no app shows", { jitsi: "meet.example.ch" }, /jitsi: expected an app that shows its rooms/],
    [
      "tokens for a Jitsi that there is not",
      { jitsiTokens: true, app },
      /jitsiTokens: expected a Jitsi that lets this homeserver's people in, got "none"; give jitsi its host name/,
    ],
    [
      "tokens that only count as true",
      { jitsiTokens: "yes" as never, app, jitsi: "meet.example.ch" },
      /jitsiTokens: expected true or false/,
    ],
    [
      "calls where the server name is elsewhere",
      { calls, app, serverName: "example.ch" },
      /calls: expected a server name that is the domain, got "example.ch"/,
    ],
    [
      "LiveKit servers without TLS",
      { calls: { ...calls, livekit: "ws://media.example.ch" }, app },
      /livekit: expected the address of LiveKit servers, got "ws:/,
    ],
    ["no day at all", { keepDays: 0 }, /keepDays: expected a whole number of days/],
    ["more people than one homeserver carries", { users: 10_001 }, /users: expected at most 10000 people/],
  ])("its plan refuses %s", (_, more, problem) => {
    expect(() => plan(more)).toThrow(problem);
  });
});

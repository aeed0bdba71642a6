import * as pulumi from "@pulumi/pulumi";
import { Workload } from "../../../../components/kubernetes/workload";
import { mediaOpenings } from "../../../../components/core/plan";
import { planJitsi } from "../../../../components/services/jitsi";
import { customJicofo } from "../../../../components/services/jitsi/jicofo";
import { Cidr } from "../../../../components/core/cidr";
import { openings } from "../../../../components/core/openings";
import type { Deployment } from "../../../support/mocks";
import type { KubernetesObject } from "../../../support/programs/apply";
import { manifests, object } from "../../kubernetes/target";
import { domain, jitsi } from "./support";

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly image: string;
}

const containerOf = (made: Deployment, kind: string, name: string): Container =>
  (object(made.resources, kind, name)["spec"] as { template: { spec: { containers: readonly [Container] } } }).template
    .spec.containers[0];

const env = (made: Deployment, name: string): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(containerOf(made, "Deployment", name).env.map((one) => [one.name, one.value]));

const replicas = (made: Deployment): Readonly<Record<string, unknown>> =>
  Object.fromEntries(made.all("Workload").map(({ name, inputs }) => [name, inputs["replicas"]]));

describe("a Jitsi for 200 people", () => {
  let made: Deployment;
  beforeAll(async () => {
    made = await jitsi();
  });

  test("has one more of every tier than it needs", () => {
    expect(replicas(made)).toEqual({
      "meet-signalling-1": 1,
      "meet-focus-1": 1,
      "meet-web-1": 2,
      "meet-signalling-2": 1,
      "meet-focus-2": 1,
      "meet-web-2": 2,
      "meet-access": 2,
      "meet-bridge": 3,
      "meet-relay": 3,
      "crisis-edge": 2,
    });
    expect(made.one("Jitsi", "meet").inputs).toEqual({
      domain,
      participants: 200,
      confidentiality: "transport",
      recording: false,
      recorders: false,
      transcription: false,
      access: "accounts",
      singleFactor: expect.stringMatching(/generated passwords/) as unknown,
      guests: "lobby",
      shards: 2,
      bridges: 3,
      relays: 3,
    });
  });

  test("says of every single one how the service goes on without it", () => {
    for (const { name, inputs } of made.all("Workload"))
      if (inputs["replicas"] === 1)
        expect([name, inputs["singleton"]]).toEqual([name, expect.stringContaining("another")]);
  });

  test("states where each capacity comes from", () => {
    for (const { inputs } of made.all("Workload"))
      expect(inputs["capacity"]).toMatchObject({
        source: expect.stringMatching(/\w{4}/),
        unit: expect.stringMatching(/\w/),
      });
  });

  test("names no third party in anything that it deploys", () => {
    const all = JSON.stringify(made.resources.map(({ inputs }) => inputs)).replaceAll(
      // The one that has no setting: named so that it can be replaced.
      "sub_filter 'meet-jit-si-turnrelay.jitsi.net:443'",
      "",
    );
    expect(all).not.toMatch(
      /jitsi\.net|jit\.si|8x8\.vc|gravatar\.com|giphy\.com|amplitude|google|youtube|twilio|stun\.l\.|ghcr\.io|docker\.io|letsencrypt\.org|169\.254\.169\.254/,
    );
  });

  test("asks no STUN server, neither from browsers nor from bridges", () => {
    expect(env(made, "meet-web-1")).toMatchObject({ ENABLE_P2P: "false", P2P_STUN_SERVERS: `relay-1.${domain}:443` });
    expect(env(made, "meet-bridge")).toMatchObject({
      JVB_DISABLE_STUN: "1",
      JVB_STUN_SERVERS: `relay-1.${domain}:443`,
      DISABLE_AWS_HARVESTER: "true",
      JVB_REQUIRE_VALID_ADDRESS: "1",
      JVB_ADVERTISE_PRIVATE_CANDIDATES: "false",
    });
  });

  test("lets only those who sign in open rooms, and makes guests wait", () => {
    expect(env(made, "meet-signalling-1")).toMatchObject({
      ENABLE_AUTH: "1",
      AUTH_TYPE: "jwt",
      ENABLE_GUESTS: "1",
      ENABLE_LOBBY: "1",
      XMPP_MUC_MODULES: "guests_wait,moderator_tokens",
      GLOBAL_MODULES: "access_keys,relay_users,shard_name",
      PROSODY_ENABLE_S2S: "0",
    });
    expect(env(made, "meet-focus-1")).toMatchObject({ ENABLE_AUTH: "1", AUTH_TYPE: "jwt", ENABLE_AUTO_OWNER: "false" });
  });

  test("notices a bridge that is gone without a word before browsers ask for another one, which they do after 20 s", () => {
    expect(env(made, "meet-focus-1")).toMatchObject({
      JICOFO_ENABLE_BRIDGE_HEALTH_CHECKS: "1",
      JICOFO_HEALTH_CHECKS_USE_PRESENCE: "1",
    });
    const { interval, timeout } =
      /health-checks \{\s+interval = (?<interval>\d+) seconds\s+presence-timeout = (?<timeout>\d+) seconds/.exec(
        customJicofo(),
      )?.groups ?? {};
    expect(Number(interval) + Number(timeout)).toBeLessThan(20);
    // Three of its presences have to be missing.
    expect(Number(timeout)).toBeGreaterThanOrEqual(3 * 5);
  });

  test("puts neither the focus nor a bridge under the limit of a browser, and knows browsers by another address", () => {
    for (const shard of [1, 2])
      expect(env(made, `meet-signalling-${shard}`)).toMatchObject({
        PROSODY_ENABLE_RATE_LIMITS: "1",
        PROSODY_TRUSTED_PROXIES: "10.42.0.0/16",
        PROSODY_RATE_LIMIT_ALLOW_RANGES: "10.42.0.0/16,10.20.0.40/32,10.20.0.41/32,10.20.0.42/32",
      });
  });

  test("lets browsers answer while a room fills, and hand out keys end to end at once", async () => {
    const rates = (from: Deployment) => {
      const {
        XMPP_MUC_CONFIGURATION: stanzas,
        PROSODY_C2S_LIMIT,
        PROSODY_RATE_LIMIT_SESSION_RATE,
      } = env(from, "meet-signalling-1");
      return [stanzas, PROSODY_C2S_LIMIT, PROSODY_RATE_LIMIT_SESSION_RATE];
    };
    expect(rates(made)).toEqual([
      expect.stringMatching(/^rate_limit_iq_rate = 60,rate_limit_message_rate = 3,/),
      "10kb/s",
      "2000",
    ]);
    // 20 people: 76 messages and 47 kB from each, as measured.
    const secret = await jitsi({ privacy: { confidentiality: "end-to-end" }, participants: 20 });
    for (const from of [made, secret])
      expect(env(from, "meet-signalling-1")["PROSODY_RATE_LIMIT_LOGIN_RATE"]).toBe("60");
    expect(rates(secret)).toEqual([
      expect.stringMatching(/^rate_limit_iq_rate = 60,rate_limit_message_rate = 120,/),
      "64kb/s",
      "2000",
    ]);
  });

  test("gives TURN credentials that outlive a meeting of a day, and no participant a whole relay", () => {
    expect(Number(env(made, "meet-signalling-1")["TURN_TTL"])).toBeGreaterThan(86_400);
    const conf = (object(made.resources, "ConfigMap", "meet-relay-config")["data"] as Record<string, string>)[
      "turnserver.conf"
    ];
    expect(conf).toContain("total-quota=1200\nuser-quota=12\nmax-bps=2500000\nmax-allocate-lifetime=3600\n");
  });

  test("asks a focus whether it has bridges before it leaves it alive", () => {
    const { livenessProbe, readinessProbe } = containerOf(made, "Deployment", "meet-focus-1") as unknown as Record<
      string,
      { exec?: { command: readonly string[] }; httpGet?: { path: string } }
    >;
    expect(livenessProbe?.exec?.command).toEqual(["/bin/bash", "/scripts/focus-alive.sh"]);
    expect(readinessProbe?.httpGet?.path).toBe("/about/version");
  });

  test("lets a bridge take part with its public and its private address, and no other of its host", () => {
    const conf = (object(made.resources, "ConfigMap", "meet-bridge-config")["data"] as Record<string, string>)[
      "custom-jvb.conf"
    ];
    expect(conf).toContain("allowed-addresses = [ ${JVB_LOCAL_ADDRESS}, ${HOST_ADDRESS} ]");
    expect(containerOf(made, "Deployment", "meet-bridge").env).toContainEqual({
      name: "HOST_ADDRESS",
      valueFrom: { fieldRef: { fieldPath: "status.hostIP" } },
    });
  });

  test("joins every bridge to every shard", () => {
    expect(env(made, "meet-bridge")["XMPP_SERVER"]).toBe(
      "meet-signalling-1.meet.svc.cluster.local,meet-signalling-2.meet.svc.cluster.local",
    );
    const conf = (object(made.resources, "ConfigMap", "meet-bridge-config")["data"] as Record<string, string>)[
      "custom-jvb.conf"
    ];
    expect(conf?.match(/shard\d \{\s+DISABLE_CERTIFICATE_VERIFICATION = false/g)).toHaveLength(2);
  });

  test("lets one room span bridges", () => {
    expect(env(made, "meet-bridge")).toMatchObject({
      ENABLE_OCTO: "1",
      JVB_OCTO_RELAY_ID: "$(NODE_NAME)",
      JVB_OCTO_REGION: "main",
    });
    expect(env(made, "meet-focus-2")).toMatchObject({
      ENABLE_OCTO: "1",
      OCTO_BRIDGE_SELECTION_STRATEGY: "RegionBasedBridgeSelectionStrategy",
      JICOFO_OCTO_REGION: "main",
      MAX_BRIDGE_PARTICIPANTS: "100",
    });
  });

  test("keeps what is only known later in one place", async () => {
    const data = object(made.resources, "ConfigMap", "meet-addresses")["data"];
    expect(data).toEqual({
      "crisis-media-1": "198.51.100.1",
      "crisis-media-2": "198.51.100.2",
      "crisis-media-3": "198.51.100.3",
    });
    for (const { name, inputs } of made.resources)
      if (name !== "meet-addresses")
        expect([name, JSON.stringify(inputs).includes("198.51.100.")]).toEqual([name, false]);
  });

  test("hands out names for the relays, an address and passwords for the accounts", () => {
    expect(made.outputs).toMatchObject({
      url: `https://${domain}`,
      accounts: { moderator: "secret of meet-moderator-moderator-1" },
      records: [
        `relay-1.${domain} A 198.51.100.1`,
        `relay-2.${domain} A 198.51.100.2`,
        `relay-3.${domain} A 198.51.100.3`,
      ],
    });
    expect(env(made, "meet-signalling-1")["TURNS_HOST"]).toBe(`relay-1.${domain},relay-2.${domain},relay-3.${domain}`);
  });

  test("lets a shard's parts reach each other and no other shard", () => {
    const policy = (name: string): string => JSON.stringify(object(made.resources, "NetworkPolicy", name)["spec"]);
    for (const part of ["signalling", "focus", "web"]) expect(policy(`meet-${part}-1`)).not.toMatch(/-2"/);
    expect(JSON.parse(policy("meet-signalling-1"))).toMatchObject({ egress: [] });
  });

  test("updates the relays, and then one shard after the other", () => {
    const names = (name: string): readonly string[] =>
      ((made.one("Deployment", name).opts.dependsOn ?? []) as readonly pulumi.Resource[]).flatMap((one) =>
        one instanceof Workload ? [one.name] : [],
      );
    expect(names("meet-signalling-1")).toEqual(["meet-relay"]);
    expect(names("meet-signalling-2")).toEqual(["meet-signalling-1", "meet-focus-1", "meet-web-1"]);
    // Configuration too: pods of the second shard that are replaced meanwhile find what they had.
    const [modules] = made.all("ConfigMap").filter(({ name }) => name === "meet-signalling-2-modules");
    expect([modules?.opts.dependsOn].flat().filter((one) => one instanceof Workload)).toHaveLength(3);
  });

  test("puts media into a namespace of its own, and only media on the host network", () => {
    const onHost = manifests(made.resources).filter(({ spec }) => JSON.stringify(spec)?.includes('"hostNetwork":true'));
    expect(onHost.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()).toEqual([
      "meet-media/meet-bridge",
      "meet-media/meet-relay",
    ]);
  });

  test("lets a relay bind its port without root, and nothing else do so", () => {
    const raised = manifests(made.resources).filter(({ spec }) =>
      JSON.stringify(spec)?.includes('"allowPrivilegeEscalation":true'),
    );
    expect(raised.map(({ metadata }) => metadata.name)).toEqual(["meet-relay"]);
    expect(JSON.stringify(raised)).toContain('"capabilities":{"add":["NET_BIND_SERVICE"],"drop":["ALL"]}');
    expect(JSON.stringify(raised)).toContain('"runAsUser":65534');
  });

  test("previews with every public address unknown, and only that", async () => {
    const hosts = [1, 2, 3].map((number) => ({
      name: `crisis-media-${number}`,
      address: `10.20.0.${39 + number}`,
      publicAddress: pulumi.output(pulumi.unknown as string),
    }));
    const preview = await jitsi({}, { mediaPools: { media: hosts } }, { preview: true });
    const data = object(preview.resources, "ConfigMap", "meet-addresses")["data"];
    expect(data).not.toMatchObject({ "crisis-media-1": expect.stringContaining("198") });
    // The authority's certificate is unknown, too: of it, pods show a digest.
    const shown = (one: KubernetesObject): string =>
      JSON.stringify(one).replace(/"sovereign-uc\/secrets":("\w+"|\{"__pulumiUnknown":true\})/, "");
    for (const name of ["meet-bridge", "meet-web-1", "meet-focus-1"])
      expect(shown(object(preview.resources, "Deployment", name))).toBe(
        shown(object(made.resources, "Deployment", name)),
      );
  });
});

describe("a Jitsi that is encrypted end to end", () => {
  test("ends rooms at 20 people and lets nobody record", async () => {
    const made = await jitsi({ privacy: { confidentiality: "end-to-end" }, participants: 20 });
    expect(env(made, "meet-signalling-1")["MAX_PARTICIPANTS"]).toBe("20");
    expect(env(made, "meet-web-1")["DISABLE_LOCAL_RECORDING"]).toBe("true");
    expect(JSON.stringify(object(made.resources, "ConfigMap", "meet-web-1-config"))).toContain("e2ee");
  });

  test("is not claimed where it is not asked for", async () => {
    expect(JSON.stringify(object((await jitsi()).resources, "ConfigMap", "meet-web-1-config"))).not.toContain("e2ee");
  });
});

describe("a Jitsi grows", () => {
  test.each([
    [500, 2, 6],
    [501, 3, 7],
    [1500, 4, 16],
  ])("for %i people to %i shards and %i bridges", async (participants, shards, bridges) => {
    const mediaHosts = Array.from({ length: bridges }, (_, i) => ({
      name: `media-${i + 1}`,
      address: `10.20.1.${i + 1}`,
      publicAddress: pulumi.output(`198.51.100.${i + 1}`),
    }));
    const grown = await jitsi({ participants }, { mediaPools: { media: mediaHosts } });
    expect(replicas(grown)).toMatchObject({ "meet-bridge": bridges, "meet-relay": bridges });
    expect(Object.keys(replicas(grown)).filter((name) => /^meet-web-/.test(name))).toHaveLength(shards);
    // More media hosts than bridges: relays are on all of them, each with a name.
    expect(grown.outputs["records"]).toHaveLength(bridges);
  });

  test("over a pool of its own for relays, whose names and certificate follow", async () => {
    const hosts = (pool: string, from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        name: `${pool}-${i + 1}`,
        address: `10.20.0.${from + i}`,
        publicAddress: pulumi.output(`198.51.100.${from + i}`),
      }));
    const apart = await jitsi(
      { mediaPools: { bridges: { carries: ["meet/bridge"] }, relays: { carries: ["meet/relay"] } } },
      { mediaPools: { bridges: hosts("bridges", 60, 3), relays: hosts("relays", 80, 2) } },
    );
    expect(replicas(apart)).toMatchObject({ "meet-bridge": 3, "meet-relay": 2 });
    expect(apart.outputs["records"]).toEqual([
      "relay-1.meet.crisis.example.ch A 198.51.100.80",
      "relay-2.meet.crisis.example.ch A 198.51.100.81",
    ]);
    expect(apart.one("CertRequest", "crisis-web-meet-relay").inputs["dnsNames"]).toEqual([
      "relay-1.meet.crisis.example.ch",
      "relay-2.meet.crisis.example.ch",
    ]);
  });

  test("and records in the browser where that is asked for", async () => {
    expect(
      env(await jitsi({ privacy: { confidentiality: "transport", recording: true } }), "meet-web-1")[
        "DISABLE_LOCAL_RECORDING"
      ],
    ).toBe("false");
  });
});

describe("a Jitsi's openings", () => {
  const { media = {} } = planJitsi({ name: "meet", domain, participants: 200 });
  const all = mediaOpenings(Object.values(media), {
    podRange: "10.42.0.0/16",
    hosts: ["10.20.0.40", "10.20.0.41"],
    application: [],
  });

  test("are what a media pool accepts", () => {
    expect(openings(all, [Cidr.parse("10.0.0.0/16")])).toBe(all);
  });

  test("let the world reach the bridge and the relay, and nothing else", () => {
    const world = all.filter(({ direction, peers }) => direction === "in" && peers.includes("0.0.0.0/0"));
    expect(world.map(({ protocol, port }) => [protocol, port])).toEqual([
      ["udp", 10000],
      ["tcp", 443],
    ]);
    expect(all.filter(({ direction }) => direction === "in")).toEqual(world);
  });

  test("let signalling out into the pod range only", () => {
    expect(all.filter(({ port }) => port === 5222).map(({ direction, peers }) => [direction, peers])).toEqual([
      ["out", ["10.42.0.0/16"]],
    ]);
  });
});

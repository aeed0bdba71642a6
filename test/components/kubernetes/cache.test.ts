import * as pulumi from "@pulumi/pulumi";
import { tier } from "../../../components/core/tier";
import { planValkey, Valkey, type ValkeyArgs, type ValkeyPlanArgs } from "../../../components/kubernetes/cache";
import { applicationHosts } from "../../../components/core/host-count";
import { deploy, waitsFor } from "../../support/mocks";
import { golden } from "../../support/golden";
import { manifests, object, target } from "./target";

const client = tier("chat", "chat-synapse", { http: 8008 });

const made = (
  change: Partial<Record<keyof ValkeyArgs, unknown>> = {},
  plan: Partial<Record<keyof ValkeyPlanArgs, unknown>> = {},
) =>
  deploy(() => {
    const cache = new Valkey("chat-cache", {
      on: { cluster: target() },
      plan: planValkey({ name: "chat-cache", memoryMib: 256, ...plan } as ValkeyPlanArgs),
      ...change,
    } as ValkeyArgs);
    const access = cache.access({ from: client });
    return { ...access, password: access.password.value };
  });

interface Policy {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly ingress: readonly { readonly from: readonly unknown[]; readonly ports: readonly unknown[] }[];
}

describe("a cache", () => {
  test("is known to its clients by one host name, with a password and an authority", async () => {
    const { outputs } = await made();
    expect(outputs).toMatchObject({
      host: "chat-cache.chat-cache.svc.cluster.local",
      port: 6379,
      tls: true,
      ca: "certificate of chat-cache-authority",
      peer: { namespace: "chat-cache", name: "chat-cache-proxy" },
      password: "secret of chat-cache-clients-1",
    });
  });

  test("renders the files that its real programs read", async () => {
    const { resources } = await made();
    const files = (name: string): Readonly<Record<string, string>> =>
      object(resources, "ConfigMap", name)["data"] as Record<string, string>;
    for (const tier of ["replica", "watcher", "proxy"])
      for (const [name, text] of Object.entries(files(`chat-cache-${tier}-config`))) golden(`cache/${name}`, text);
  });

  test("has three replicas, three watchers, and a proxy on every application host", async () => {
    const { resources } = await made();
    const replicas = (kind: string, name: string): unknown =>
      (object(resources, kind, name)["spec"] as { replicas: number }).replicas;
    expect(replicas("StatefulSet", "chat-cache-replica")).toBe(3);
    expect(replicas("StatefulSet", "chat-cache-watcher")).toBe(3);
    expect(replicas("Deployment", "chat-cache-proxy")).toBe(3);
  });

  test("has a first process that takes what scripts with a time limit leave behind, in pods that run them", async () => {
    const { resources } = await made();
    const shares = ([kind, name]: readonly [string, string]): unknown =>
      (object(resources, kind, name)["spec"] as { template: { spec: { shareProcessNamespace?: boolean } } }).template
        .spec.shareProcessNamespace;
    const sets = [
      ["StatefulSet", "chat-cache-replica"],
      ["StatefulSet", "chat-cache-watcher"],
      ["Deployment", "chat-cache-proxy"],
    ] as const;
    expect(sets.map(shares)).toEqual([true, true, undefined]);
  });

  test("leads clients to the proxy of their own host", async () => {
    const { resources } = await made();
    expect(object(resources, "Service", "chat-cache")["spec"]).toMatchObject({
      selector: { "app.kubernetes.io/name": "chat-cache-proxy" },
      trafficDistribution: "PreferSameNode",
    });
  });

  test("lets in who asked for access, at the proxies' port alone", async () => {
    const { resources } = await made();
    const spec = object(resources, "NetworkPolicy", "chat-cache-proxy-for-chat-synapse")["spec"] as Policy;
    expect(spec.podSelector.matchLabels).toEqual({ "app.kubernetes.io/name": "chat-cache-proxy" });
    expect(spec.ingress).toEqual([
      {
        from: [
          {
            podSelector: { matchLabels: { "app.kubernetes.io/name": "chat-synapse" } },
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "chat" } },
          },
        ],
        ports: [{ port: 6379, protocol: "TCP" }],
      },
    ]);
    const own = object(resources, "NetworkPolicy", "chat-cache-replica")["spec"] as Policy;
    expect(JSON.stringify(own)).not.toContain("chat-synapse");
  });

  test("lets in pods on the host network by the addresses of their hosts", async () => {
    const { resources } = await deploy(() => {
      const plan = planValkey({ name: "rooms-cache", memoryMib: 256 });
      const servers = { name: "rooms-server", ranges: ["10.42.0.0/16", "10.20.0.60/32"] };
      new Valkey("rooms-cache", { on: { cluster: target() }, plan }).access({ from: servers });
    });
    const spec = object(resources, "NetworkPolicy", "rooms-cache-proxy-for-rooms-server")["spec"] as Policy;
    expect(spec.ingress).toEqual([
      {
        from: [{ ipBlock: { cidr: "10.42.0.0/16" } }, { ipBlock: { cidr: "10.20.0.60/32" } }],
        ports: [{ port: 6379, protocol: "TCP" }],
      },
    ]);
  });

  test("with two generations of the password takes both, and replaces the replicas alone", async () => {
    const [before, after] = [await made(), await made({ secretsGeneration: ["2", "1"] })];
    const users = (deployed: Awaited<ReturnType<typeof made>>): string =>
      (object(deployed.resources, "Secret", "chat-cache-replica-secrets")["stringData"] as Record<string, string>)[
        "users.acl"
      ] ?? "";
    expect(users(before)).toMatch(/^user default on >secret of chat-cache-clients-1 ~/);
    expect(users(after)).toMatch(/^user default on >secret of chat-cache-clients-2 >secret of chat-cache-clients-1 ~/);
    const annotations = (deployed: Awaited<ReturnType<typeof made>>, kind: string, name: string): unknown =>
      (object(deployed.resources, kind, name)["spec"] as { template: { metadata: { annotations: unknown } } }).template
        .metadata.annotations;
    const rolled = [
      ["StatefulSet", "chat-cache-replica"],
      ["StatefulSet", "chat-cache-watcher"],
      ["Deployment", "chat-cache-proxy"],
    ].filter(
      ([kind = "", name = ""]) =>
        JSON.stringify(annotations(before, kind, name)) !== JSON.stringify(annotations(after, kind, name)),
    );
    expect(rolled.map(([, name]) => name)).toEqual(["chat-cache-replica"]);
    expect(after.outputs["password"]).toBe("secret of chat-cache-clients-2");
  });

  test("gives a password that nobody uses before its replicas have it", async () => {
    let password: pulumi.Input<string> = "";
    await deploy(() => {
      const plan = planValkey({ name: "chat-cache", memoryMib: 256 });
      password = new Valkey("chat-cache", { on: { cluster: target() }, plan }).access({ from: client }).password.value;
    });
    const tiers = ["replica", "watcher", "proxy"].map((tier) => `chat-cache-${tier}`);
    expect(await waitsFor(password)).toEqual(expect.arrayContaining(tiers));
    expect(await pulumi.isSecret(pulumi.output(password))).toBe(true);
  });

  test("shows no secret in clear, neither in its arguments nor outside Secrets", async () => {
    const { resources, all } = await made({ secretsGeneration: ["2", "1"] });
    for (const { type, name, inputs } of resources)
      if (!/^(random|tls):|:Secret$/.test(type))
        expect([type, name, JSON.stringify(inputs).includes("secret of")]).toEqual([type, name, false]);
    for (const { name, secrets } of all("kubernetes:core/v1:Secret"))
      expect([name, secrets]).toEqual([name, ["stringData"]]);
  });

  test.each<[string, Parameters<typeof made>[0], Parameters<typeof made>[1], RegExp]>([
    ["a name that is too long", {}, { name: "c".repeat(41) }, /name: expected a name of at most 40/],
    ["no size", {}, { memoryMib: undefined }, /memoryMib: expected a whole number of mebibytes of data from 16/],
    ["no clients", {}, { clients: 0 }, /clients: expected a whole number of connections of clients from 1/],
    ["another name than its plan's", {}, { name: "store" }, /name: expected the name of its plan, "store", got/],
    ["no plan", { plan: undefined }, {}, /plan: expected a plan of a cache, got nothing/],
    ["no platform", { on: undefined }, {}, /on: expected an object, got nothing/],
    [
      "no generation",
      { secretsGeneration: ["2", "2"] },
      {},
      /secretsGeneration: expected a generation, or the present/,
    ],
  ])("refuses %s", async (_, change, plan, problem) => {
    await expect(made(change, plan)).rejects.toThrow(problem);
  });

  test("asks its hosts for what its plan said", async () => {
    const { resources } = await made();
    const { requests } = planValkey({ name: "chat-cache", memoryMib: 256 });
    const asked = manifests(resources)
      .filter(({ kind }) => kind === "StatefulSet" || kind === "Deployment")
      .map(({ metadata, spec }) => {
        const { replicas, template } = spec as unknown as {
          replicas: number;
          template: { spec: { containers: { resources: { requests: { cpu: string; memory: string } } }[] } };
        };
        const sum = template.spec.containers.map((one) => one.resources.requests);
        return [metadata.name, replicas, sum.map(({ cpu, memory }) => [Number(cpu), memory])];
      });
    // Three application hosts.
    const planned = requests.map(({ tier, replicas, cpu, memoryMib }) => [
      tier,
      replicas === "every host" ? 3 : replicas,
      [[cpu, `${memoryMib}Mi`]],
    ]);
    expect(asked).toHaveLength(planned.length);
    expect(asked).toEqual(expect.arrayContaining(planned));
    expect(applicationHosts(requests, { cores: 2, memoryGib: 4 })).toBe(3);
  });

  test("gives every object a name of its own", async () => {
    const { resources } = await made();
    const names = manifests(resources).map(
      ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`,
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

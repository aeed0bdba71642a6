import * as pulumi from "@pulumi/pulumi";
import { HostPorts } from "../../../components/core/ledger";
import { link, linkOut } from "../../../components/core/link";
import { inbound, type Opening, outbound } from "../../../components/core/openings";
import { givenSecret, type Secret } from "../../../components/core/secret";
import { edgeNamespace, monitoringTier, tier } from "../../../components/core/tier";
import { Namespace } from "../../../components/kubernetes/namespace";
import type { KubernetesTarget } from "../../../components/kubernetes/target";
import { Workload, type WorkloadArgs } from "../../../components/kubernetes/workload";
import { deploy, type Deployment } from "../../support/mocks";
import { manifests, object, target } from "./target";
import { good } from "./workload-args";

type Change = Partial<Record<keyof WorkloadArgs, unknown>>;

const made = (change: Change = {}, cluster: Partial<KubernetesTarget> = {}): Promise<Deployment> =>
  deploy(() => {
    const namespace = new Namespace("crisis", { cluster: target(cluster) });
    new Workload("web", { ...good(namespace), ...change } as WorkloadArgs);
  });

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env: readonly unknown[];
  readonly envFrom?: readonly unknown[];
  readonly securityContext: object;
  readonly resources: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Template {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly [Container];
    readonly initContainers?: readonly Container[];
    readonly securityContext: object;
    readonly volumes: readonly unknown[];
  };
}

const template = (deployment: Deployment, kind = "Deployment"): Template =>
  (object(deployment.resources, kind, "web")["spec"] as { readonly template: Template }).template;

describe("a workload's replicas", () => {
  test("are what its capacity asks for and one more, unless it says otherwise", async () => {
    const capacity = { load: 250, perReplica: 100, unit: "participants", source: "a measurement" };
    const deployment = await made({ replicas: undefined, capacity });
    expect(object(deployment.resources, "Deployment", "web")["spec"]).toMatchObject({ replicas: 4 });
    expect(deployment.one("Workload", "web").inputs).toMatchObject({ replicas: 4 });
  });

  test("of a singleton are one", async () => {
    const capacity = { load: 1, perReplica: 1, unit: "rooms", source: "a measurement" };
    const deployment = await made({ replicas: undefined, capacity, singleton: "another shard takes over" });
    expect(object(deployment.resources, "Deployment", "web")["spec"]).toMatchObject({ replicas: 1 });
  });

  test("are refused beyond a hundred, also when nobody wrote the number", async () => {
    const capacity = { load: 10_000, perReplica: 100, unit: "participants", source: "a measurement" };
    await expect(made({ replicas: undefined, capacity })).rejects.toThrow(
      /replicas: expected a whole number of replicas/,
    );
  });
});

describe("a workload's links", () => {
  const own = tier("crisis", "web", { http: 8000 });
  const database = tier("data", "postgres", { sql: 5432 });
  const all = [
    link(tier(edgeNamespace, "edge", {}), own, "http", "browsers"),
    link(own, database, "sql", "rooms"),
    link(tier("crisis", "other", {}), database, "sql", "nothing of its own"),
  ];

  test("make its policy, and those of others do not", async () => {
    expect(object((await made({ links: all })).resources, "NetworkPolicy", "web")["spec"]).toMatchObject({
      ingress: [{ ports: [{ port: 8000 }] }],
      egress: [{ ports: [{ port: 5432 }] }],
    });
  });

  test("stand beside connections that are given in a list", async () => {
    const egress = [{ peer: { ranges: ["192.0.3.0/24"] }, port: 587, reason: "mail" }];
    expect(object((await made({ links: all, egress })).resources, "NetworkPolicy", "web")["spec"]).toMatchObject({
      egress: [{ ports: [{ port: 5432 }] }, { ports: [{ port: 587 }] }],
    });
  });

  test("from the edge give its pods addresses that the edge finds one by one", async () => {
    const deployment = await made({ links: all });
    expect(object(deployment.resources, "Service", "web-pods")).toMatchObject({
      spec: { clusterIP: "None", selector: { "app.kubernetes.io/name": "web" }, ports: [{ name: "http", port: 8000 }] },
    });
    // Pods that are not ready are listed under a name of their own.
    expect(JSON.stringify(object(deployment.resources, "Service", "web-pods"))).not.toContain("publishNotReady");
    expect(object(deployment.resources, "Service", "web-pods-all")).toMatchObject({
      spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: { "app.kubernetes.io/name": "web" } },
    });
    const others = (await made({ links: all.slice(1) })).resources;
    expect(
      manifests(others)
        .filter(({ kind }) => kind === "Service")
        .map(({ metadata }) => metadata.name),
    ).toEqual(["web"]);
  });

  test("into an isolated range are refused", async () => {
    const links = [linkOut(own, { name: "directory", ranges: ["10.0.3.0/24"] }, 389, "users")];
    await expect(made({ links })).rejects.toThrow(/links: expected a range outside the isolated range 10.0.0.0\/16/);
  });
});

describe("a workload's secrets", () => {
  const shown = async (secrets: Readonly<Record<string, Secret>>, mounted: Readonly<Record<string, Secret>> = {}) =>
    template(
      await made({
        secretEnv: secrets,
        mounts: Object.keys(mounted).length === 0 ? [] : [{ name: "keys", path: "/keys", secrets: mounted }],
      }),
    ).metadata.annotations["sovereign-uc/secrets"];

  test("replace its pods by another version, in a variable or in a file, and by nothing else", async () => {
    const first = await shown({ A: givenSecret("a", "1") }, { key: givenSecret("k", "1") });
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await shown({ A: givenSecret("other", "1") }, { key: givenSecret("k", "1") })).toBe(first);
    expect(await shown({ A: givenSecret("a", "2") }, { key: givenSecret("k", "1") })).not.toBe(first);
    expect(await shown({ A: givenSecret("a", "1") }, { key: givenSecret("k", "2") })).not.toBe(first);
    expect(await shown({})).toBeUndefined();
  });

  test("of an init container do so, too", async () => {
    const at = async (version: string) =>
      template(
        await made({
          init: [
            {
              name: "migrate",
              image: "registry.crisis.example.ch/wiki:1",
              secretEnv: { PASSWORD: givenSecret("p", version) },
            },
          ],
        }),
      ).metadata.annotations["sovereign-uc/secrets"];
    expect(await at("1")).not.toBe(await at("2"));
  });
});

describe("a workload's variables", () => {
  test("may come from other resources", async () => {
    const deployment = await made({ env: { PLAIN: "", HOST: pulumi.output("db.example.ch") } });
    expect(template(deployment).spec.containers[0].env).toEqual([
      { name: "PLAIN", value: "" },
      { name: "HOST", value: "db.example.ch" },
    ]);
  });
});

describe("a workload's init containers", () => {
  const init = [
    {
      name: "migrate",
      image: "registry.crisis.example.ch/wiki:1",
      command: ["/migrate"],
      env: { STEP: "all" },
      secretEnv: { PASSWORD: givenSecret("not for everybody") },
    },
    { name: "warm", image: "registry.crisis.example.ch/wiki:1", resources: { cpu: 0.5, memoryMib: 64 } },
  ];

  test("are restricted as its own, in their order, with its mounts", async () => {
    const deployment = await made({ init, mounts: [{ name: "run", path: "/run", memoryMib: 8 }] });
    const { containers, initContainers = [] } = template(deployment).spec;
    expect(initContainers.map(({ name }) => name)).toEqual(["migrate", "warm"]);
    for (const one of initContainers) {
      expect(one.securityContext).toEqual(containers[0].securityContext);
      expect(one.volumeMounts).toEqual(containers[0].volumeMounts);
    }
    expect(initContainers[0]).toMatchObject({
      command: ["/migrate"],
      env: [{ name: "STEP", value: "all" }],
      envFrom: [{ secretRef: { name: "web-migrate-env" } }],
      resources: containers[0].resources,
    });
    expect(initContainers[1]?.envFrom).toBeUndefined();
    expect(initContainers[1]?.resources).toMatchObject({ limits: { memory: "64Mi" } });
    expect(object(deployment.resources, "Secret", "web-migrate-env")["stringData"]).toEqual({
      PASSWORD: "not for everybody",
    });
    for (const { type, inputs } of deployment.resources)
      if (!type.endsWith(":Secret")) expect(JSON.stringify(inputs)).not.toContain("not for everybody");
  });

  test.each([
    [
      "of another registry",
      { name: "a", image: "docker.io/wiki:1" },
      /init: \[0\]: image: expected an image in registry/,
    ],
    [
      "with the name of its own container",
      { name: "web", image: "registry.crisis.example.ch/wiki:1" },
      /init: \[0\]: name: expected a container name of its own/,
    ],
    [
      "with a secret that has no version",
      { name: "a", image: "registry.crisis.example.ch/wiki:1", secretEnv: { A: "x" } },
      /init: \[0\]: secretEnv: A: expected a secret/,
    ],
  ])("are refused %s", async (_, one, message) => {
    await expect(made({ init: [one] })).rejects.toThrow(message);
  });

  test("are refused where a mount would have the same Secret", async () => {
    const mounts = [{ name: "migrate-env", path: "/keys", secrets: { key: givenSecret("k") } }];
    await expect(made({ init, mounts })).rejects.toThrow(
      /secretNames: expected a mount whose Secret has a name of its own/,
    );
  });
});

describe("a workload's metrics", () => {
  const metered = { tier: tier("crisis", "web", { http: 8000, metrics: 9100 }), metrics: { port: "metrics" } };

  test("are open to the monitoring tier and nobody else, beside its own policy", async () => {
    const deployment = await made(metered);
    expect(object(deployment.resources, "NetworkPolicy", "web-metrics")["spec"]).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            {
              podSelector: { matchLabels: { "app.kubernetes.io/name": monitoringTier.name } },
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": monitoringTier.namespace } },
            },
          ],
          ports: [{ port: 9100, protocol: "TCP" }],
        },
      ],
    });
    expect(object(deployment.resources, "NetworkPolicy", "web")["spec"]).toMatchObject({ ingress: [] });
    expect(template(deployment).metadata.annotations).toMatchObject({
      "prometheus.io/scrape": "true",
      "prometheus.io/port": "9100",
      "prometheus.io/path": "/metrics",
    });
  });

  test("are nowhere unless asked for", async () => {
    expect(JSON.stringify(manifests((await made()).resources))).not.toMatch(/prometheus|web-metrics/);
  });

  test.each([
    [
      "a port that its tier lacks",
      { metrics: { port: "numbers" } },
      /metrics: expected a port of the tier out of http, got "numbers"/,
    ],
    [
      "a path without a slash",
      { ...metered, metrics: { port: "metrics", path: "metrics" } },
      /metrics: expected a path like "\/metrics"/,
    ],
  ])("are refused at %s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });
});

describe("a workload's volumes", () => {
  const hosts = ["a", "b", "c"].map((name) => ({ node: `crisis-data-${name}`, volume: `crisis-data-${name}-notes` }));
  const volumes = { application: { notes: { gib: 50, hosts } } };
  const change: Change = {
    kind: "StatefulSet",
    volumes: [{ name: "data", path: "/var/lib/notes", gib: 20, from: "notes" }],
  };

  test("are claimed by name, one by each replica, before its pods", async () => {
    const deployment = await made(change, { volumes });
    const claims = manifests(deployment.resources).filter(({ kind }) => kind === "PersistentVolumeClaim");
    expect(claims.map(({ metadata, spec }) => [metadata.name, (spec as { volumeName: string }).volumeName])).toEqual([
      ["data-web-0", "crisis-data-a-notes-of-web"],
      ["data-web-1", "crisis-data-b-notes-of-web"],
      ["data-web-2", "crisis-data-c-notes-of-web"],
    ]);
    expect(object(deployment.resources, "StatefulSet", "web")["spec"]).toMatchObject({
      volumeClaimTemplates: [{ metadata: { name: "data" } }],
    });
    const { containers, securityContext } = template(deployment, "StatefulSet").spec;
    expect(containers[0].volumeMounts).toContainEqual({ name: "data", mountPath: "/var/lib/notes" });
    expect(securityContext).toMatchObject({ fsGroup: 1000, fsGroupChangePolicy: "OnRootMismatch" });
    const before = deployment.one("StatefulSet", "web").opts.dependsOn as readonly pulumi.Resource[];
    expect(before.filter((one) => one.constructor.name === "PersistentVolumeClaim")).toHaveLength(3);
  });

  test("are refused for a Deployment, and where the pool has none", async () => {
    await expect(made({ ...change, kind: "Deployment" }, { volumes })).rejects.toThrow(
      /volumes: expected "StatefulSet"/,
    );
    await expect(made(change)).rejects.toThrow(/volumes: \[0\]: expected a volume of the hosts of pool application/);
  });

  test("are refused to a second workload", async () => {
    const two = deploy(() => {
      const namespace = new Namespace("crisis", { cluster: target({ volumes }) });
      for (const name of ["web", "other"]) new Workload(name, { ...good(namespace, name), ...change } as WorkloadArgs);
    });
    await expect(two).rejects.toThrow(
      /"other": volumes: expected a volume of pool application that is free, got "notes, which crisis\/web has"/,
    );
  });
});

describe("workloads on the host network", () => {
  const onHost = (name: string, port: number, change: Change = {}) => ({
    name,
    change: {
      tier: tier("media", name, { media: { port, protocol: "udp" } }),
      pool: "media",
      hostNetwork: true,
      ...change,
    },
  });

  const together = (
    workloads: readonly { readonly name: string; readonly change: Change }[],
    changes: Partial<KubernetesTarget> = {},
  ): { readonly done: Promise<Deployment>; readonly ledger: HostPorts } => {
    const ledger = new HostPorts();
    const base = target({ hostPorts: ledger, ...changes });
    const done = deploy(() => {
      const cluster = { ...base, mediaPools: { ...base.mediaPools, relays: [] } };
      const namespace = new Namespace("media", { cluster, podSecurity: "privileged" });
      for (const { name, change } of workloads)
        new Workload(name, { ...good(namespace, name), ...change } as WorkloadArgs);
    });
    return { done, ledger };
  };

  test("are refused one port of one pool, with the name of who has it", async () => {
    await expect(together([onHost("bridge", 10_000), onHost("janus", 10_000)]).done).rejects.toThrow(
      /"janus": hostPorts: expected udp ports of the hosts of pool "media" that are free, got "10000"; "media\/bridge" has 10000/,
    );
  });

  test("may have one port in different pools, and different ports in one", async () => {
    const { done, ledger } = together([
      onHost("bridge", 10_000),
      onHost("janus", 10_001),
      onHost("relay", 10_000, { pool: "relays" }),
    ]);
    await done;
    expect(ledger.entries.slice(-3).map(({ owner, pool, port }) => [owner, pool, port])).toEqual([
      ["media/bridge", "media", 10_000],
      ["media/janus", "media", 10_001],
      ["media/relay", "relays", 10_000],
    ]);
  });

  test("are refused ports inside another's range, and those of the hosts", async () => {
    const ranged = onHost("sfu", 7_881, { hostPorts: [{ port: [50_000, 51_000], protocol: "udp" }] });
    await expect(together([ranged, onHost("janus", 50_500)]).done).rejects.toThrow(/"media\/sfu" has 50000-51000/);
    await expect(together([onHost("janus", 51_820)]).done).rejects.toThrow(/the pod network has 51820/);
  });

  test("take nothing when they are refused for another reason", async () => {
    const { done, ledger } = together([onHost("bridge", 10_000, { user: 0 })]);
    await expect(done).rejects.toThrow(/user: expected a user other than root/);
    expect(ledger.entries).toEqual(new HostPorts().entries);
  });

  test("are the only ones that take ports of hosts", async () => {
    await expect(made({ hostPorts: [{ port: 9, protocol: "udp" }] })).rejects.toThrow(
      /hostNetwork: expected the host network for ports of the host, got 1/,
    );
    const { done, ledger } = together([{ name: "web", change: { tier: tier("media", "web", { http: 10_000 }) } }]);
    await done;
    expect(ledger.entries).toEqual(new HostPorts().entries);
  });

  describe("with metrics", () => {
    const tiers = tier("media", "bridge", { media: { port: 10_000, protocol: "udp" }, numbers: 9_100 });
    const metered = { tier: tiers, metrics: { port: "numbers" }, replicas: 3 };
    const hosts = [30, 31, 32].map((number) => `10.20.0.${number}/32`);
    const opened = (...media: readonly Opening[]) => ({ mediaOpenings: { media } });

    test("are found by the monitoring at the port that their hosts open to application hosts, and no policy pretends to open it", async () => {
      const { done } = together(
        [onHost("bridge", 10_000, metered)],
        opened(inbound("udp", [9_000, 9_999], ["0.0.0.0/0"], "media"), inbound("tcp", 9_100, hosts, "metrics")),
      );
      const deployment = await done;
      const { spec } = object(deployment.resources, "Deployment", "bridge") as unknown as {
        readonly spec: { readonly template: { readonly metadata: { readonly annotations: object } } };
      };
      expect(spec.template.metadata.annotations).toMatchObject({
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "9100",
      });
      expect(deployment.all("NetworkPolicy").map(({ name }) => name)).toEqual(["media-closed"]);
    });

    test.each<[string, Partial<KubernetesTarget>, RegExp]>([
      [
        "hosts that do not open the port",
        opened(inbound("udp", 9_100, hosts, "media"), outbound("tcp", 9_100, hosts, "out")),
        /metrics: expected an opening of media pool media for tcp 9100 from every application host, .*, got "none"; add \{ direction: "in", protocol: "tcp", port: 9100, peers: "application"/,
      ],
      [
        "hosts that open it to some application hosts",
        opened(inbound("tcp", 9_100, hosts.slice(0, 2), "metrics")),
        /got "none from 10\.20\.0\.32"/,
      ],
      [
        "hosts that open it to everybody",
        opened(inbound("tcp", [9_000, 9_999], ["0.0.0.0/0"], "media")),
        /metrics: expected tcp 9100 of media pool media open to application hosts only, .*, got "0\.0\.0\.0\/0"; give metrics a port of their own/,
      ],
      [
        "hosts that open it to more than application hosts",
        opened(inbound("tcp", 9_100, hosts, "metrics"), inbound("tcp", 9_100, ["10.20.0.0/24"], "media")),
        /got "10\.20\.0\.0\/24"/,
      ],
      [
        "hosts that somebody else filters",
        {},
        /metrics: expected no metrics on the host network of hosts that somebody else filters, got "metrics"/,
      ],
    ])("are refused on %s", async (_, changes, message) => {
      await expect(together([onHost("bridge", 10_000, metered)], changes).done).rejects.toThrow(message);
    });
  });

  test("take no links, which policies could not hold there", async () => {
    const own = tier("media", "bridge", { media: 10_000 });
    const links = [link(own, own, "media", "r")];
    await expect(together([onHost("bridge", 10_000, { tier: own, links })]).done).rejects.toThrow(
      /hostNetwork: expected no connections, got 2/,
    );
  });
});

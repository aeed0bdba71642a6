import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Properties, Secret, Unknown } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { hetznerNetwork, seen, serverInputs, types, World } from "./world";

const k8s = (module: string, kind: string): string => `kubernetes:${module}:${kind}`;
const namespace = k8s("core/v1", "Namespace");
const secret = k8s("core/v1", "Secret");
const configMap = k8s("core/v1", "ConfigMap");
const service = k8s("core/v1", "Service");
const deployment = k8s("apps/v1", "Deployment");

const kubeconfig = (
  server: string,
  context: Properties = {},
  cluster: Properties = {},
  user: Properties = {},
): string =>
  JSON.stringify({
    clusters: [{ name: "c", cluster: { server, ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "c", context: { cluster: "c", ...context } }],
    "current-context": "c",
  });

let world: World;
beforeEach(() => {
  world = new World();
  world.config["kubernetes"] = { kubeconfig: kubeconfig("https://api.example.ch:6443") };
});
afterEach(() => world.end());

const labels = { app: "a" };
const workload = (name: string, more: Properties = {}): Properties => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } },
    ...more,
  },
});
const config = (name: string, more: Properties = {}): Properties => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  ...more,
});

describe("an object on a simulated cluster", () => {
  test("comes back as a cluster hands it out", async () => {
    const made = await world.make(deployment, "d", workload("d"));
    expect(made.id).toBe("default/d");
    expect(seen(made)).toMatchObject({
      metadata: {
        name: "d",
        namespace: "default",
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
        generation: 1,
      },
      status: { readyReplicas: 2 },
    });
    const read = await world.read(made);
    expect(read.inputs).toEqual(made.inputs);
    expect(read.properties).toEqual(made.state);
  });

  test("keeps its identity when it changes", async () => {
    const made = await world.make(deployment, "d", workload("d"));
    const changed = await world.update(made, workload("d", { replicas: 3 }));
    const [before, after] = [seen(made)["metadata"] as Properties, seen(changed)["metadata"] as Properties];
    expect(after["uid"]).toBe(before["uid"]);
    expect(after["generation"]).toBe(2);
    expect(seen(changed)).toMatchObject({ status: { readyReplicas: 3 } });
  });

  test("without a name gets one that is marked, and keeps it", async () => {
    const inputs: Properties = { apiVersion: "v1", kind: "ConfigMap", metadata: {} };
    const made = await world.make(configMap, "settings", inputs);
    expect(seen(made)).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^settings-[0-9a-f]{8}$/) as unknown,
        annotations: { "pulumi.com/autonamed": "true" },
      },
    });
    expect(world.diff(made, inputs).changes.size).toBe(0);
  });

  test("stands in the namespace of the kubeconfig, if it has one at all", async () => {
    world.config["kubernetes"] = { kubeconfig: kubeconfig("https://api.example.ch:6443", { namespace: "meet" }) };
    await world.make(namespace, "n", { metadata: { name: "meet" } });
    expect((await world.make(configMap, "c", { metadata: { name: "c" } })).id).toBe("meet/c");
    expect(
      (await world.make(k8s("rbac.authorization.k8s.io/v1", "ClusterRole"), "r", { metadata: { name: "r" } })).id,
    ).toBe("r");
  });

  test("needs its namespace, goes with it, and is there only once", async () => {
    const inside = config("c", { metadata: { name: "c", namespace: "meet" } });
    await expect(world.make(configMap, "c", inside)).rejects.toThrow(/namespaces "meet" not found/);
    const space = await world.make(namespace, "n", { metadata: { name: "meet" } });
    const made = await world.make(configMap, "c", inside);
    await expect(world.make(configMap, "c", inside)).rejects.toThrow(
      /already exists: .*pulumi import kubernetes:core\/v1:ConfigMap c meet\/c$/,
    );
    await world.remove(space);
    expect(await world.read(made)).toMatchObject({ id: "" });
  });

  test("of a kind that somebody defines needs its definition", async () => {
    const type = k8s("example.ch/v1", "Thing");
    const thing: Properties = {
      apiVersion: "example.ch/v1",
      kind: "Thing",
      metadata: { name: "t" },
      spec: { anything: [1] },
    };
    await expect(world.make(type, "t", thing)).rejects.toThrow(
      /no matches for kind "Thing" in version "example.ch\/v1"/,
    );
    await world.make(k8s("apiextensions.k8s.io/v1", "CustomResourceDefinition"), "d", {
      metadata: { name: "things.example.ch" },
      spec: { group: "example.ch", names: { kind: "Thing", plural: "things" }, scope: "Namespaced", versions: [] },
    });
    await expect(world.make(type, "t", thing)).resolves.toMatchObject({ id: "default/t" });
  });

  test("that is a service gets an address and keeps it", async () => {
    const made = await world.make(service, "s", {
      metadata: { name: "s" },
      spec: { selector: labels, ports: [{ port: 80 }] },
    });
    const { clusterIP } = seen(made)["spec"] as { readonly clusterIP: string };
    expect(clusterIP).toMatch(/^10\.43\./);
    const changed = await world.update(made, {
      metadata: { name: "s" },
      spec: { selector: labels, ports: [{ port: 81 }] },
    });
    expect(seen(changed)["spec"]).toMatchObject({ clusterIP, ports: [{ port: 81 }] });
    const headless = await world.make(service, "h", { metadata: { name: "h" }, spec: { clusterIP: "None" } });
    expect(seen(headless)["spec"]).toMatchObject({ clusterIP: "None" });
  });

  test("that is a secret is one, and is not in the file", async () => {
    const made = await world.make(secret, "s", { metadata: { name: "s" }, stringData: { token: "hush" } });
    expect(made.state["stringData"]).toBeInstanceOf(Secret);
    expect(made.state["data"]).toEqual(new Secret({ token: Buffer.from("hush").toString("base64") }));
    expect(readFileSync(join(world.folder, "kubernetes.json"), "utf8")).not.toMatch(/hush|aHVzaA/);
    expect((await world.read(made)).properties).toEqual(made.state);
  });

  test("previews as its inputs say, and nothing more", async () => {
    const preview = await world.preview(deployment, "d", workload("d", { replicas: Unknown.value }));
    expect(Object.keys(preview).sort()).toEqual(["apiVersion", "kind", "metadata", "spec"]);
  });
});

describe("what Kubernetes refuses", () => {
  const refused: readonly (readonly [string, string, Properties, string])[] = [
    ["a field that is none", deployment, workload("d", { replica: 2 }), "spec.replica"],
    ["a missing field", deployment, { metadata: { name: "d" }, spec: { template: {} } }, "spec.selector"],
    ["a name in upper case", configMap, config("c", { metadata: { name: "C" } }), "metadata.name"],
    ["a generated name", configMap, { metadata: { generateName: "c-" } }, "metadata.generateName"],
    ["a list of objects", k8s("core/v1", "ConfigMapList"), { items: [] }, "kind"],
    ["another kind's name", configMap, { kind: "Secret", metadata: { name: "c" } }, "kind"],
  ];
  test.each(refused)("%s", (_, type, inputs, property) => {
    expect(world.check(type, inputs).map((problem) => problem.property)).toEqual([property]);
  });

  test.each(["kubernetes:helm.sh/v3:Release", "kubernetes:apps/v1:DeploymentPatch", "kubernetes:yaml:ConfigFile"])(
    "%s is not simulated",
    (type) => {
      expect(() => world.check(type, {})).toThrow(/^expected a resource type that the simulated "kubernetes" has/);
    },
  );
});

describe("what replaces an object", () => {
  const selector = { selector: { matchLabels: { app: "b" } } };
  const binding = k8s("rbac.authorization.k8s.io/v1", "RoleBinding");
  const bind = (name: string): Properties => ({
    metadata: { name: "b" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
  });
  const cases: readonly (readonly [string, string, Properties, Properties, readonly string[]])[] = [
    ["a deployment's selector", deployment, workload("d"), workload("d", selector), ["spec.selector.matchLabels.app"]],
    ["its replicas do not", deployment, workload("d"), workload("d", { replicas: 3 }), []],
    ["another name", deployment, workload("d"), workload("e"), ["metadata.name"]],
    ["a binding's role", binding, bind("x"), bind("y"), ["roleRef.name"]],
    [
      "a configuration's data",
      configMap,
      config("c", { data: { a: "1" } }),
      config("c", { data: { a: "2" } }),
      ["data.a"],
    ],
  ];
  test.each(cases)("%s", async (_, type, old, fresh, replaces) => {
    const made = await world.make(type, "o", old);
    expect(world.replaces(made, fresh)).toEqual(replaces);
  });

  test("a configuration's data do not, where the provider says that they are mutable", async () => {
    world.config["kubernetes"] = { ...world.config["kubernetes"], enableConfigMapMutable: "true" };
    const made = await world.make(configMap, "c", config("c", { data: { a: "1" } }));
    expect(world.replaces(made, config("c", { data: { a: "2" } }))).toEqual([]);
    const fixed = await world.make(configMap, "d", config("d", { immutable: true, data: { a: "1" } }));
    expect(world.replaces(fixed, config("d", { immutable: true, data: { a: "2" } }))).toEqual(["data.a"]);
  });

  test("nor a secret's, unless it is immutable", async () => {
    world.config["kubernetes"] = { ...world.config["kubernetes"], enableSecretMutable: "true" };
    const of = (name: string, token: string, more: Properties = {}): Properties => ({
      metadata: { name },
      stringData: { token },
      ...more,
    });
    const made = await world.make(secret, "s", of("s", "1"));
    expect(world.replaces(made, of("s", "2"))).toEqual([]);
    expect(world.replaces(made, of("s", "1", { type: "Opaque" }))).toEqual(["type"]);
    const fixed = await world.make(secret, "t", of("t", "1", { immutable: true }));
    expect(world.replaces(fixed, of("t", "2", { immutable: true }))).toEqual(["stringData.token"]);
  });

  test("with a fixed name the old one goes first, with a chosen one it stays until the new one is there", async () => {
    const fixed = await world.make(configMap, "c", config("c", { data: { a: "1" } }));
    expect(world.diff(fixed, config("c", { data: { a: "2" } })).deleteBeforeReplace).toBe(true);
    const free = await world.make(configMap, "f", { metadata: {}, data: { a: "1" } });
    expect(world.diff(free, { metadata: {}, data: { a: "2" } })).toMatchObject({
      replaces: ["data.a"],
      deleteBeforeReplace: false,
    });
  });
});

describe("the cluster behind a provider", () => {
  const provider = () => world.of("kubernetes:x:X");
  const at = (server: string, more: Properties = {}): Properties => ({ kubeconfig: kubeconfig(server), ...more });
  const cases: readonly (readonly [string, Properties, Properties, readonly string[]])[] = [
    ["another server replaces everything", at("https://a.example.ch"), at("https://b.example.ch"), ["kubeconfig"]],
    [
      "another credential replaces nothing",
      at("https://a.example.ch"),
      { kubeconfig: `${kubeconfig("https://a.example.ch")} ` },
      [],
    ],
    [
      "an unknown kubeconfig replaces everything",
      at("https://a.example.ch"),
      { kubeconfig: Unknown.value },
      ["kubeconfig"],
    ],
    [
      "the same identifier keeps everything",
      at("https://a.example.ch", { clusterIdentifier: "c" }),
      at("https://b.example.ch", { clusterIdentifier: "c" }),
      [],
    ],
    [
      "also while the kubeconfig is unknown",
      at("https://a.example.ch", { clusterIdentifier: "c" }),
      { kubeconfig: Unknown.value, clusterIdentifier: "c" },
      [],
    ],
    [
      "another identifier replaces everything",
      at("https://a.example.ch", { clusterIdentifier: "c" }),
      at("https://a.example.ch", { clusterIdentifier: "d" }),
      ["clusterIdentifier"],
    ],
  ];
  test.each(cases)("%s", (_, old, fresh, replaces) => {
    expect(provider().diffConfig(old, fresh).replaces).toEqual(replaces);
  });

  test("is there when the machine at its address is", async () => {
    const { networkId } = await hetznerNetwork(world);
    const machine = await world.make(types.server, "m", serverInputs("m", networkId, "10.0.0.10"));
    world.config["kubernetes"] = at(`https://${String(seen(machine)["ipv4Address"])}:6443`);
    const made = await world.make(configMap, "c", config("c"));
    await world.remove(machine);
    await expect(world.make(configMap, "d", config("d"))).rejects.toThrow(
      /^configured Kubernetes cluster is unreachable: .*dial tcp 198\.18\..*connection refused$/,
    );
    await expect(world.remove(made)).rejects.toThrow(/unreachable/);
    world.config["kubernetes"] = { ...world.config["kubernetes"], deleteUnreachable: "true" };
    await expect(world.remove(made)).resolves.toBeUndefined();
  });

  test("behind a private address is there when a machine has it", async () => {
    await hetznerNetwork(world);
    world.config["kubernetes"] = at("https://10.0.0.77:6443");
    await expect(world.make(configMap, "c", config("c"))).rejects.toThrow(/connection refused/);
    world.config["kubernetes"] = at("https://10.200.0.1:6443");
    await expect(world.make(configMap, "c", config("c"))).resolves.toBeDefined();
  });

  test.each([
    ["none", {}, /expected a kubeconfig on the provider/],
    ["nonsense", { kubeconfig: "{" }, /failed to parse kubeconfig data/],
    ["one without a server", { kubeconfig: "{}" }, /names no server/],
    [
      "one whose authority is no PEM",
      { kubeconfig: kubeconfig("https://a.example.ch", {}, { "certificate-authority-data": "YQ==" }) },
      /unable to load root certificates/,
    ],
    [
      "one whose user is known by words",
      {
        kubeconfig: kubeconfig(
          "https://a.example.ch",
          { user: "u" },
          {},
          { "client-certificate-data": "YQ==", "client-key-data": "YQ==" },
        ),
      },
      /failed to find any PEM data in certificate input/,
    ],
  ])("is unreachable with a kubeconfig that is %s", async (_, settings, message) => {
    world.config["kubernetes"] = settings;
    await expect(world.make(configMap, "c", config("c"))).rejects.toThrow(message);
  });

  test("may have its kubeconfig in YAML", async () => {
    world.config["kubernetes"] = {
      kubeconfig:
        "current-context: c\ncontexts: [{name: c, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: https://api.example.ch}}]\n",
    };
    await expect(world.make(configMap, "c", config("c"))).resolves.toBeDefined();
  });

  test("has objects of its own", async () => {
    await world.make(configMap, "c", config("c"));
    world.config["kubernetes"] = at("https://other.example.ch");
    await expect(world.make(configMap, "c", config("c"))).resolves.toBeDefined();
  });
});

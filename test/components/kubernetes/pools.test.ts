import { Cluster, type ClusterArgs, Gateway, Namespace, Network, Workload } from "../../../components";
import { poolLabel } from "../../../components/core/taints";
import { gatewayArgs, isolatedFrom, outputs, renderedHosts, type World, worlds } from "../../support/infrastructure";
import { deploy } from "../../support/mocks";

const made = ({ cloud, location, type }: World, pools: unknown) => {
  const network = new Network("net", { cloud: cloud(), location, isolatedFrom });
  const gateway = new Gateway("door", { network, type, ...gatewayArgs, volumeHosts: network.addresses(20, 3) });
  return new Cluster("uc", {
    network,
    gateway,
    domain: "crisis.example.ch",
    controlPlane: { type, firstHost: 20 },
    application: { type, firstHost: 30, count: 2 },
    pools: pools as NonNullable<ClusterArgs["pools"]>,
  });
};
const records = ({ type }: Pick<World, "type">) => ({ type, firstHost: 50, count: 2 });

describe.each(worlds)("more pools of private hosts on $id", (world) => {
  const pools = {
    records: {
      ...records(world),
      taints: ["records=true:NoSchedule"],
      labels: { "example.ch/disk": "fast", "example.ch.node-restriction.kubernetes.io/sealed": "yes" },
    },
  };

  test("their hosts are private members with a role, labels and taints of their own", async () => {
    const program = () => void made(world, { ...pools, web: { type: world.type, firstHost: 55 } });
    const [deployment, hosts] = [await deploy(program, { outputs }), await renderedHosts(program)];
    expect(deployment.one("sovereign-uc:index:HostPool", "uc-records").inputs).toMatchObject({
      role: "records",
      door: false,
      openings: [],
    });
    const member = (host: string) =>
      JSON.parse(hosts[host]?.files["/etc/rancher/k3s/config.yaml"] ?? "{}") as Readonly<Record<string, unknown>>;
    expect(member("uc-records-2")).toMatchObject({
      "node-label": ["example.ch/disk=fast", expect.stringMatching(/^topology/)],
      "node-taint": ["records=true:NoSchedule"],
      "node-ip": "10.20.0.51",
    });
    expect(member("uc-web-1")).toMatchObject({
      "node-label": [expect.stringMatching(/^topology/)],
      "node-taint": [],
    });
    expect(
      String(deployment.one("command:remote:Command", "uc-records-1-admit").inputs["stdin"])
        .split("\n")
        .filter((line) => /^(label|taint) /.test(line)),
    ).toEqual([
      "taint records=true:NoSchedule",
      "label example.ch.node-restriction.kubernetes.io/sealed=yes",
      `label ${poolLabel}=records`,
    ]);
    expect(deployment.one("sovereign-uc:index:Cluster", "uc").inputs["pools"]).toEqual([
      "control-plane",
      "application",
      "records",
      "web",
    ]);
  });

  test("the cluster knows their addresses and waits for them", async () => {
    let cluster: Cluster | undefined;
    await deploy(() => void (cluster = made(world, pools)), { outputs });
    expect(cluster?.hostAddresses.pools).toEqual({ records: ["10.20.0.50", "10.20.0.51"] });
    expect(cluster?.ready).toHaveLength(7);
  });

  test("workloads run there by the pool's name and tolerate its taints", async () => {
    const deployment = await deploy(
      () => {
        const namespace = new Namespace("crisis", { cluster: made(world, pools) });
        new Workload("store", {
          namespace,
          tier: { namespace: "crisis", name: "store", ports: { http: { port: 8000 } } },
          image: "registry.example.ch/store:1",
          replicas: 2,
          capacity: { load: 1, perReplica: 1, unit: "requests", source: "a test" },
          pool: "records",
          user: 1000,
          probes: { ready: { get: "/", port: 8000 } },
          resources: { cpu: 1, memoryMib: 64 },
        });
      },
      { outputs },
    );
    const { spec } = deployment.one("kubernetes:apps/v1:Deployment", "store").inputs as {
      readonly spec: { readonly template: { readonly spec: object } };
    };
    expect(spec.template.spec).toMatchObject({
      nodeSelector: { [poolLabel]: "records" },
      tolerations: [{ key: "records", operator: "Equal", value: "true", effect: "NoSchedule" }],
    });
  });
});

describe("more pools are refused with", () => {
  const [world] = worlds as readonly [World, ...World[]];
  const two = records(world);
  test.each<[string, object, RegExp]>([
    ...["gateway", "control", "control-plane", "application", "media", "gpu"].map((name): [string, object, RegExp] => [
      `the name ${name}, which is taken`,
      { [name]: two },
      new RegExp(`pools: \\["${name}"\\]: name: expected a name other than gateway, control, .*got "${name}"`),
    ]),
    ["a name in capitals", { Records: two }, /pools: \["Records"\]: name: expected a name of at most 15 lower-case/],
    ["a name that is too long", { "records-of-crisis": two }, /name: expected a name of at most 15/],
    ["an empty name", { "": two }, /pools: \[""\]: name: expected a name/],
    ["a list", [two], /pools: expected pools by their names/],
    [
      "host numbers of another pool",
      { records: { ...two, firstHost: 31 } },
      /firstHost: expected host numbers of "net" that are free, got 31/,
    ],
    [
      "host numbers that two of them share",
      { records: two, web: { ...two, firstHost: 51 } },
      /"uc-web": firstHost: expected host numbers of "net" that are free, got 51/,
    ],
    [
      "a taint without an effect",
      { records: { ...two, taints: ["records=true"] } },
      /taints: expected a taint as key=value:NoSchedule/,
    ],
    [
      "a taint with an effect that is none",
      { records: { ...two, taints: ["a=b:NoEntry"] } },
      /taints: expected a taint as/,
    ],
    [
      "the taint of media hosts",
      { records: { ...two, taints: ["sovereign-uc/media=true:NoSchedule"] } },
      /taints: expected a name outside sovereign-uc/,
    ],
    ["taints that are no list", { records: { ...two, taints: "a=b:NoSchedule" } }, /taints: expected a list of taints/],
    [
      "the library's own label",
      { records: { ...two, labels: { [poolLabel]: "media" } } },
      /labels: expected a name outside sovereign-uc/,
    ],
    [
      "a label that a kubelet refuses",
      { records: { ...two, labels: { "node-role.kubernetes.io/x": "y" } } },
      /labels: expected a name outside .*kubernetes\.io/,
    ],
    [
      "a label with a malformed name",
      { records: { ...two, labels: { "a b": "c" } } },
      /labels: expected a name of at most 63/,
    ],
    [
      "a label with a malformed value",
      { records: { ...two, labels: { disk: "very fast" } } },
      /labels: expected a value of the label disk/,
    ],
  ])("%s", async (_, wrong, message) => {
    await expect(deploy(() => void made(world, wrong), { outputs })).rejects.toThrow(message);
  });
});

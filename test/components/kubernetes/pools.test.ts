import { Cluster, Namespace, Workload } from "../../../components";
import { poolLabel } from "../../../components/core/taints";
import { clusterOn, deployedHosts, outputs, type World, worlds } from "../../support/infrastructure";
import { deploy } from "../../support/mocks";

const made = (world: World, pools: unknown): Cluster => clusterOn(world, { pools });
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
    const { deployment, hosts } = await deployedHosts(program);
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
    expect(cluster?.ready).toHaveLength(9);
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

describe.each(worlds)("pools with volumes on $id", (world) => {
  const data = {
    type: world.type,
    firstHost: 20 + 30,
    count: 2,
    volumes: { postgres: { gib: 100 }, mail: { gib: 20 } },
  };
  const program = (found: (cluster: Cluster) => void = () => undefined) =>
    found(
      clusterOn(world, { pools: { data } }, (network) => ({
        volumeHosts: [...network.addresses(20, 3), ...network.addresses(50, 2)],
      })),
    );

  test("each host has one encrypted data volume of their whole size, mounted before Kubernetes starts, with a folder for each", async () => {
    const {
      hosts,
      deployment: { resources },
    } = await deployedHosts(() => program());
    const files = hosts["uc-data-2"]?.files ?? {};
    expect(files["/etc/sovereign-uc/data-volume.env"]).toContain("DATA_PATH='/var/lib/sovereign-uc/volumes'\n");
    expect(files["/etc/systemd/system/data-volume.service"]).toContain("RequiredBy=k3s.service");
    expect(files["/etc/systemd/system/volume-folders.service"]).toContain(
      "mkdir -p -m 0700 '/var/lib/sovereign-uc/volumes/postgres' '/var/lib/sovereign-uc/volumes/mail'\n",
    );
    expect(hosts["uc-application-1"]?.files).not.toHaveProperty(["/etc/sovereign-uc/data-volume.env"]);
    const volumes = resources.filter(({ type, name }) => /Volume$/.test(type) && /^uc-data-/.test(name));
    const size = volumes.map(({ inputs, opts }) => [inputs["size"], opts.protect]);
    expect(size).toEqual(
      world.id === "metal"
        ? []
        : [
            [120, true],
            [120, true],
          ],
    );
  });

  test("the key to each comes with convergence and is kept as long as the volume", async () => {
    const deployment = await deploy(() => program(), { outputs });
    const keys = deployment.all("RandomPassword").filter(({ name }) => /^uc-data-\d-data-key$/.test(name));
    expect(keys.map(({ name, opts }) => [name, opts.protect])).toEqual([
      ["uc-data-1-data-key", true],
      ["uc-data-2-data-key", true],
    ]);
    const converge = deployment.one("command:remote:Command", "uc-data-1-converge");
    expect(converge.secrets).toContain("stdin");
    expect(String(converge.inputs["stdin"])).toContain(Buffer.from("secret of uc-data-1-data-key").toString("base64"));
  });

  test("the cluster offers them, under names that last", async () => {
    let cluster: Cluster | undefined;
    await deploy(() => program((one) => (cluster = one)), { outputs });
    expect(cluster?.volumes["data"]).toEqual({
      postgres: {
        gib: 100,
        hosts: [1, 2].map((n) => ({ node: `uc-data-${n}`, volume: `uc-data-${n}-postgres` })),
      },
      mail: { gib: 20, hosts: [1, 2].map((n) => ({ node: `uc-data-${n}`, volume: `uc-data-${n}-mail` })) },
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
    [
      "a volume of no size",
      { records: { ...two, volumes: { data: { gib: 0 } } } },
      /volumes: \["data"\]: expected a whole number of GiB from 1/,
    ],
    [
      "volumes that the gateways do not open",
      { records: { ...two, volumes: { data: { gib: 10 } } } },
      /pools: expected gateways that open the volumes of 10\.20\.0\.50, 10\.20\.0\.51, got .*; name these hosts in the gateway's volumeHosts/,
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

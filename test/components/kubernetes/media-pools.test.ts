import { tier } from "../../../components/core/tier";
import { Cluster, type ClusterArgs, Namespace, Workload } from "../../../components";
import { mediaTaint, poolLabel } from "../../../components/core/taints";
import { hostsOf } from "../../../stacks/tools/rehearsal/report/hosts";
import { clusterOn, outputs, type World, worlds } from "../../support/infrastructure";
import { deploy } from "../../support/mocks";
import { object } from "./target";

const openings = [
  { direction: "in", protocol: "udp", port: 10000, peers: ["0.0.0.0/0"], reason: "media" },
  { direction: "out", protocol: "udp", port: [1024, 65535], peers: ["0.0.0.0/0"], reason: "media" },
] as const;

const made = (world: World, media: unknown, more: object = {}): Cluster => clusterOn(world, { media, ...more });

describe.each(worlds)("media pools by name on $id", (world) => {
  const { type } = world;
  const pools = {
    media: { type, firstHost: 60, count: 1, openings },
    relays: { type, firstHost: 70, count: 2, openings: openings.slice(0, 1) },
  };

  test("each pool has doors under its own name, with its own openings, label and the media taint", async () => {
    const deployment = await deploy(() => void made(world, pools), { outputs });
    const pool = (name: string) => deployment.one("sovereign-uc:index:HostPool", name).inputs;
    expect(pool("uc-media")).toMatchObject({ role: "media", door: true, media: true, openings });
    expect(pool("uc-media")).not.toHaveProperty("pool");
    expect(pool("uc-relays")).toMatchObject({
      role: "media",
      pool: "relays",
      door: true,
      media: true,
      openings: openings.slice(0, 1),
      hosts: [{ name: "uc-relays-1" }, { name: "uc-relays-2" }],
    });
    const said = (host: string) =>
      String(deployment.one("command:remote:Command", `${host}-admit`).inputs["stdin"])
        .split("\n")
        .filter((line) => /^(label|taint) /.test(line));
    expect(said("uc-media-1")).toEqual([`taint ${mediaTaint}`, `label ${poolLabel}=media`]);
    expect(said("uc-relays-2")).toEqual([`taint ${mediaTaint}`, `label ${poolLabel}=relays`]);
    expect(deployment.one("sovereign-uc:index:Cluster", "uc").inputs["pools"]).toEqual([
      "control-plane",
      "application",
      "media",
      "relays",
    ]);
  });

  test("the cluster knows the hosts by pool and waits for all of them", async () => {
    let cluster: Cluster | undefined;
    await deploy(() => void (cluster = made(world, pools)), { outputs });
    expect(cluster?.mediaPools["media"]?.map(({ name, address }) => [name, address])).toEqual([
      ["uc-media-1", "10.20.0.60"],
    ]);
    expect(cluster?.mediaPools["relays"]?.map(({ name, address }) => [name, address])).toEqual([
      ["uc-relays-1", "10.20.0.70"],
      ["uc-relays-2", "10.20.0.71"],
    ]);
    expect(cluster?.mediaOpenings).toEqual({ media: openings, relays: openings.slice(0, 1) });
    expect(cluster?.hostAddresses.media).toEqual(["10.20.0.60", "10.20.0.70", "10.20.0.71"]);
    expect(cluster?.ready).toHaveLength(10);
  });

  test("a workload on the host network goes to the pool that it names, and tolerates the media taint", async () => {
    const deployment = await deploy(
      () => {
        const cluster = made(world, pools);
        new Workload("relay", {
          namespace: new Namespace("talk", { cluster, podSecurity: "privileged" }),
          tier: tier("talk", "relay", { turns: 443 }),
          image: "registry.example.ch/relay:1",
          replicas: 2,
          capacity: { load: 1, perReplica: 1, unit: "calls", source: "a test" },
          pool: "relays",
          hostNetwork: true,
          user: 1000,
          probes: { ready: { connect: 443 } },
          resources: { cpu: 1, memoryMib: 64 },
        });
      },
      { outputs },
    );
    expect(object(deployment.resources, "Deployment", "relay")).toMatchObject({
      spec: {
        template: {
          spec: {
            hostNetwork: true,
            nodeSelector: { [poolLabel]: "relays" },
            tolerations: [{ key: "sovereign-uc/media", value: "true", effect: "NoSchedule" }],
          },
        },
      },
    });
  });

  test("the report places pods by the name of the pool, not by the role", async () => {
    const deployment = await deploy(() => void made(world, pools), { outputs });
    const resources = deployment.all("sovereign-uc:index:HostPool").map(({ type, name, inputs }) => ({
      urn: `urn:pulumi:test::sovereign-uc::${type}::${name}`,
      type,
      name,
      inputs,
      outputs: {},
    }));
    const hosts = hostsOf(resources as unknown as Parameters<typeof hostsOf>[0]);
    expect(hosts.filter(({ role }) => role === "media").map(({ name, nodePool }) => [name, nodePool])).toEqual([
      ["uc-media-1", "media"],
      ["uc-relays-1", "relays"],
      ["uc-relays-2", "relays"],
    ]);
    expect(hosts.find(({ name }) => name === "uc-application-1")?.nodePool).toBe("application");
  });

  test.each<[string, unknown, Partial<ClusterArgs>, RegExp]>([
    ["no pools by name", [], {}, /media: expected media pools by their names, got \[\]; give \{\} for none/],
    ["one pool without a name", pools.media, {}, /media: \["type"\]: expected a pool of hosts, got "/],
    [
      "the name of other hosts",
      { application: pools.media },
      {},
      /media: \["application"\]: name: expected a name other than gateway, .*, got "application"; these are roles/,
    ],
    [
      "a name that private hosts have",
      { records: pools.media },
      { pools: { records: { type, firstHost: 50, count: 2 } } },
      /media: \["records"\]: name: expected a name that no pool of private hosts has, got "records"; rename one/,
    ],
    ["a name too long", { "bridges-of-meetings": pools.media }, {}, /media: \["bridges-of-meetings"\]: name: expected/],
    [
      "no openings",
      { media: { type, firstHost: 60, count: 1 } },
      {},
      /media: \["media"\]: openings: expected a list of openings, got nothing; list what is open/,
    ],
  ])("it refuses %s", async (_, media, more, message) => {
    await expect(deploy(() => void made(world, media, more), { outputs })).rejects.toThrow(message);
  });
});

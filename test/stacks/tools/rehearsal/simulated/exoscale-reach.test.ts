/** Pools, elastic addresses, load balancers, names and managed Kubernetes of the simulated Exoscale. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { leadingTo } from "../../../../../components/core/kubeconfig";
import { Secret, type Properties } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { seen, types, World } from "./world";

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const zone = "ch-gva-2";
const templateId = "00000000-0000-4000-8000-000000000012";
const pool: Properties = { name: "web", zone, size: 2, templateId, instanceType: "standard.medium", diskSize: 50 };
const service = (nlbId: string, instancePoolId: string, more: Properties = {}): Properties => ({
  name: "https",
  zone,
  nlbId,
  instancePoolId,
  port: 443,
  targetPort: 30_443,
  healthchecks: [{ port: 30_443, interval: 10, timeout: 5 }],
  ...more,
});
const record: Properties = { domain: "x", name: "", recordType: "A", content: "192.0.2.1" };
const cluster: Properties = { name: "uc", zone };
const nodes: Properties = { name: "pool", zone, clusterId: "x", instanceType: "standard.large", size: 2 };

describe("what is refused before anything is made", () => {
  const refused: readonly (readonly [string, string, Properties, string])[] = [
    ["a pool of nobody", types.instancePool, { ...pool, size: 0 }, "size"],
    ["a pool of a type that is none", types.instancePool, { ...pool, instanceType: "medium" }, "instanceType"],
    ["a pool with two types", types.instancePool, { ...pool, serviceOffering: "medium" }, "instanceType"],
    ["a pool with a small disk", types.instancePool, { ...pool, diskSize: 9 }, "diskSize"],
    ["a balancer in no zone", types.nlb, { name: "n", zone: "ch-zrh-1" }, "zone"],
    ["a service for no port", types.nlbService, service("a", "b", { port: 0 }), "port"],
    ["a service of a third protocol", types.nlbService, service("a", "b", { protocol: "sctp" }), "protocol"],
    ["a service of an unheard-of strategy", types.nlbService, service("a", "b", { strategy: "random" }), "strategy"],
    [
      "a check every second",
      types.nlbService,
      service("a", "b", { healthchecks: [{ port: 1, interval: 1 }] }),
      "healthchecks[0].interval",
    ],
    [
      "an address with a check that never fails",
      types.elasticIp,
      { zone, healthcheck: { mode: "tcp", port: 443, strikesFail: 0 } },
      "healthcheck.strikesFail",
    ],
    ["an address of no family", types.elasticIp, { zone, addressFamily: "ipv4" }, "addressFamily"],
    ["a record of no type", types.domainRecord, { ...record, recordType: "PTR" }, "recordType"],
    ["a record with a negative lifetime", types.domainRecord, { ...record, ttl: -1 }, "ttl"],
    ["a cluster with a foreign network", types.sksCluster, { ...cluster, cni: "flannel" }, "cni"],
    ["a cluster of no level", types.sksCluster, { ...cluster, serviceLevel: "gold" }, "serviceLevel"],
    ["nodes with a small disk", types.sksNodepool, { ...nodes, diskSize: 19 }, "diskSize"],
    ["nodes of no type", types.sksNodepool, { ...nodes, instanceType: "large" }, "instanceType"],
  ];
  test.each(refused)("%s", (_, type, inputs, property) => {
    expect(world.check(type, inputs).map((problem) => problem.property)).toEqual([property]);
  });

  test("a record's type may stand in any case", () => {
    expect(world.check(types.domainRecord, { ...record, recordType: "aaaa" })).toEqual([]);
  });
});

describe("a load balancer on Exoscale", () => {
  test("leads a port to a pool, and both stay while the service is there", async () => {
    const group = await world.make(types.instancePool, "web", pool);
    expect(seen(group)["instances"]).toHaveLength(2);
    const balancer = await world.make(types.nlb, "front", { name: "front", zone });
    expect(seen(balancer)["ipAddress"]).toMatch(/^198\.19\./);
    const https = await world.make(types.nlbService, "https", service(balancer.id, group.id));
    expect(seen(https)).toMatchObject({ protocol: "tcp", strategy: "round-robin", state: "running" });
    await expect(world.remove(balancer)).rejects.toThrow(/^Conflict: network load balancer .* is in use/);
    await expect(world.remove(group)).rejects.toThrow(/^Conflict: instance pool .* is in use/);
    await expect(world.make(types.nlbService, "again", service(balancer.id, group.id))).rejects.toThrow(
      /has a service on that port already/,
    );
    expect(await world.import(types.nlbService, "https", `${balancer.id}/${https.id}@${zone}`)).toMatchObject({
      id: https.id,
    });
    await world.remove(https);
    await world.remove(balancer);
    await world.remove(group);
  });

  test("reaches nothing but pools of its zone", async () => {
    const balancer = await world.make(types.nlb, "front", { name: "front", zone });
    await expect(world.make(types.nlbService, "https", service(balancer.id, "x"))).rejects.toThrow(
      /Not Found: instance pool x/,
    );
    const far = await world.make(types.instancePool, "far", { ...pool, zone: "ch-dk-2" });
    await expect(world.make(types.nlbService, "https", service(balancer.id, far.id))).rejects.toThrow(
      /instance pool .* is in another zone/,
    );
  });

  test("does not wait longer for a check than until the next", async () => {
    const group = await world.make(types.instancePool, "web", pool);
    const balancer = await world.make(types.nlb, "front", { name: "front", zone });
    const slow = service(balancer.id, group.id, { healthchecks: [{ port: 1, interval: 5, timeout: 6 }] });
    await expect(world.make(types.nlbService, "slow", slow)).rejects.toThrow(/cannot be longer than its interval/);
  });

  test("moves to another pool as a new service", async () => {
    const group = await world.make(types.instancePool, "web", pool);
    const balancer = await world.make(types.nlb, "front", { name: "front", zone });
    const https = await world.make(types.nlbService, "https", service(balancer.id, group.id));
    expect(world.replaces(https, service(balancer.id, "other"))).toEqual(["instancePoolId"]);
    expect(world.replaces(https, service(balancer.id, group.id, { targetPort: 8443 }))).toEqual([]);
  });
});

describe("a pool on Exoscale", () => {
  test("grows in place and keeps the instances that it has", async () => {
    const group = await world.make(types.instancePool, "web", pool);
    const [first] = seen(group)["instances"] as readonly Properties[];
    const grown = seen(await world.update(group, { ...pool, size: 3 }))["instances"] as readonly Properties[];
    expect(grown).toHaveLength(3);
    expect(grown[0]).toEqual(first);
    expect(new Set(grown.map((one) => one["publicIpAddress"])).size).toBe(3);
  });

  test("is no larger than its anti-affinity group, which stays with it", async () => {
    const spread = await world.make(types.antiAffinityGroup, "g", { name: "g" });
    const apart = { ...pool, antiAffinityGroupIds: [spread.id] };
    await expect(world.make(types.instancePool, "web", { ...apart, size: 9 })).rejects.toThrow(/takes 8 instances/);
    await world.make(types.instancePool, "web", { ...apart, size: 8 });
    await expect(world.remove(spread)).rejects.toThrow(/is in use by/);
  });

  test.each([
    ["templateId", "debian-12", /Not Found: template debian-12/],
    ["securityGroupIds", ["x"], /Not Found: security group x/],
    ["networkIds", ["x"], /Not Found: private network x/],
    ["elasticIpIds", ["x"], /Not Found: elastic IP x/],
  ] as const)("is refused with %s that does not exist", async (property, value, message) => {
    await expect(world.make(types.instancePool, "web", { ...pool, [property]: value })).rejects.toThrow(message);
  });
});

describe("an elastic address on Exoscale", () => {
  test("outlives its instance, and is not given back while one has it", async () => {
    const address = await world.make(types.elasticIp, "front", { zone });
    expect(seen(address)).toMatchObject({
      addressFamily: "inet4",
      ipAddress: expect.stringMatching(/^198\.19\./) as unknown,
    });
    const machine: Properties = { name: "m", zone, type: "standard.medium", templateId, diskSize: 50 };
    const made = await world.make(types.instance, "m", { ...machine, elasticIpIds: [address.id] });
    await expect(world.remove(address)).rejects.toThrow(/^Conflict: elastic IP/);
    await world.remove(made);
    expect((await world.read(address)).id).toBe(address.id);
    await world.remove(address);
  });

  test("moves to no other zone or family", async () => {
    const address = await world.make(types.elasticIp, "front", { zone });
    expect(world.replaces(address, { zone: "ch-dk-2" })).toEqual(["zone"]);
    expect(world.replaces(address, { zone, addressFamily: "inet6" })).toEqual(["addressFamily"]);
  });
});

describe("names on Exoscale", () => {
  test("a record knows its full name, and its zone stays while it is there", async () => {
    const domain = await world.make(types.domain, "d", { name: "example.ch" });
    const apex = await world.make(types.domainRecord, "apex", { ...record, domain: domain.id });
    expect(seen(apex)).toMatchObject({ name: "", hostname: "example.ch", ttl: 3600, prio: 0 });
    const mail = { ...record, domain: domain.id, name: "mail", ttl: 60, recordType: "MX", content: "a.b", prio: 10 };
    expect(seen(await world.make(types.domainRecord, "mail", mail))).toMatchObject({
      hostname: "mail.example.ch",
      ttl: 60,
      prio: 10,
    });
    await expect(world.remove(domain)).rejects.toThrow(/^Conflict: domain/);
    await expect(world.make(types.domainRecord, "lost", record)).rejects.toThrow(/Not Found: domain x/);
    expect(world.replaces(apex, { ...record, domain: domain.id, recordType: "AAAA" })).toEqual(["recordType"]);
  });
});

describe("managed Kubernetes on Exoscale", () => {
  test("a cluster has an endpoint in its zone, and stays while it has nodes", async () => {
    const made = await world.make(types.sksCluster, "uc", cluster);
    expect(seen(made)).toMatchObject({
      endpoint: expect.stringMatching(/^https:\/\/.*\.sks-ch-gva-2\.exo\.io:443$/) as unknown,
      cni: "calico",
      serviceLevel: "pro",
      enableKubeProxy: true,
    });
    const workers = await world.make(types.sksNodepool, "pool", { ...nodes, clusterId: made.id });
    await expect(world.remove(made)).rejects.toThrow(/^Conflict: SKS cluster/);
    await world.remove(workers);
    await world.remove(made);
  });

  test("nodes need a cluster, and no more room than their anti-affinity group has", async () => {
    await expect(world.make(types.sksNodepool, "pool", nodes)).rejects.toThrow(/Not Found: SKS cluster x/);
    const made = await world.make(types.sksCluster, "uc", cluster);
    const spread = await world.make(types.antiAffinityGroup, "g", { name: "g" });
    const many = { ...nodes, clusterId: made.id, size: 9, antiAffinityGroupIds: [spread.id] };
    await expect(world.make(types.sksNodepool, "pool", many)).rejects.toThrow(/takes 8 instances/);
  });

  test("its nodes are in an instance pool, which a balancer leads to and which grows and goes with them", async () => {
    const made = await world.make(types.sksCluster, "uc", cluster);
    const workers = await world.make(types.sksNodepool, "pool", { ...nodes, clusterId: made.id });
    const poolId = String(seen(workers)["instancePoolId"]);
    const group = { ...workers, type: types.instancePool, id: poolId };
    expect((await world.read(group)).properties).toMatchObject({ zone, size: 2, instanceType: "standard.large" });
    const balancer = await world.make(types.nlb, "front", { name: "front", zone });
    const https = await world.make(types.nlbService, "https", service(balancer.id, poolId));
    const grown = await world.update(workers, { ...nodes, clusterId: made.id, size: 3 });
    expect(seen(grown)["instancePoolId"]).toBe(poolId);
    expect((await world.read(group)).properties).toMatchObject({ size: 3 });
    await expect(world.remove(grown)).rejects.toThrow(/^Conflict: instance pool .* is in use/);
    await world.remove(https);
    await world.remove(grown);
    expect((await world.read(group)).id).toBe("");
  });

  test("its authorities are certificates, and a kubeconfig's is one of its own that its control plane has signed", async () => {
    const made = await world.make(types.sksCluster, "uc", cluster);
    const authorities = ["aggregationCa", "controlPlaneCa", "kubeletCa"].map(
      (name) => new X509Certificate(String(seen(made)[name])),
    );
    expect(authorities.map(({ ca }) => ca)).toEqual([true, true, true]);
    expect(new Set(authorities.map(({ fingerprint }) => fingerprint)).size).toBe(3);
    const issued = await world.make(types.sksKubeconfig, "k", {
      clusterId: made.id,
      zone,
      user: "admin",
      groups: ["system:masters", "readers"],
    });
    const { clusters, users } = JSON.parse(String(seen(issued)["kubeconfig"])) as Kubeconfig;
    const pem = (base64: string | undefined): string => Buffer.from(base64 ?? "", "base64").toString();
    expect(pem(clusters[0]?.cluster["certificate-authority-data"])).toBe(seen(made)["controlPlaneCa"]);
    const user = users[0]?.user ?? {};
    const leaf = new X509Certificate(pem(user["client-certificate-data"]));
    expect(leaf.subject.split("\n").sort()).toEqual(["CN=admin", "O=readers", "O=system:masters"]);
    expect(leaf.verify(authorities[1]?.publicKey as KeyObject)).toBe(true);
    expect(leaf.checkPrivateKey(createPrivateKey(pem(user["client-key-data"])))).toBe(true);
    expect(leadingTo(String(seen(made)["endpoint"]), seen(issued)["kubeconfig"])).toContain(seen(made)["endpoint"]);
  });

  test("audit goes somewhere, and the storage driver is not taken out again", async () => {
    await expect(world.make(types.sksCluster, "uc", { ...cluster, audit: { enabled: true } })).rejects.toThrow(
      /without setting an endpoint/,
    );
    const made = await world.make(types.sksCluster, "uc", { ...cluster, exoscaleCsi: true });
    await expect(world.update(made, { ...cluster, exoscaleCsi: false })).rejects.toThrow(/CSI addon is not supported/);
  });

  test("a kubeconfig is a secret that leads to its cluster", async () => {
    const made = await world.make(types.sksCluster, "uc", cluster);
    const config = { clusterId: made.id, zone, user: "admin", groups: ["system:masters"] };
    const issued = await world.make(types.sksKubeconfig, "k", config);
    expect(issued.state["kubeconfig"]).toBeInstanceOf(Secret);
    expect(seen(issued)["kubeconfig"]).toContain(seen(made)["endpoint"]);
    expect(world.replaces(issued, { ...config, user: "other" })).toEqual(["user"]);
    await expect(world.make(types.sksKubeconfig, "l", { ...config, clusterId: "x" })).rejects.toThrow(/SKS cluster x/);
  });
});

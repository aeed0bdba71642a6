/** Replacement of each resource of a cloud: nothing may collide with the old object. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Balancer, exoscale, Gateway, hetzner, HostPool, ManagedPostgres, Network, Zone } from "../../../components";
import { keyName } from "../../../components/clouds/key-name";
import { growing } from "../../support/elastic";
import { gatewayArgs, isolatedFrom, outputs, webHosts } from "../../support/infrastructure";
import { deploy, type Registered } from "../../support/mocks";

/**
 * - `first`: the old one goes first, because we say so.
 * - `plugin`: the old one goes first, because the plugin asks for it: a resource of Terraform's SDK whose name we state
 *   (test/stacks/tools/rehearsal/simulated/replacement.test.ts).
 * - `after`: the new one comes first, because we say so; its name or place is another.
 * - `apart`: the new one comes first; it has no name, or another, and the API takes both.
 * - `never`: nothing that we ever change replaces it.
 */
type Way = "first" | "plugin" | "after" | "apart" | "never";

const ways: Readonly<Record<string, readonly [way: Way, why: string]>> = {
  "hcloud:index/firewall:Firewall": ["never", "every property changes in place"],
  "hcloud:index/floatingIp:FloatingIp": ["never", "its type is fixed, its home is ignored"],
  "hcloud:index/floatingIpAssignment:FloatingIpAssignment": ["never", "leads from an address that is never replaced"],
  "hcloud:index/loadBalancer:LoadBalancer": ["plugin", "its location"],
  "hcloud:index/loadBalancerNetwork:LoadBalancerNetwork": ["first", "one card per balancer and network"],
  "hcloud:index/loadBalancerService:LoadBalancerService": ["first", "one service per port"],
  "hcloud:index/loadBalancerTarget:LoadBalancerTarget": ["first", "one target per host"],
  "hcloud:index/network:Network": ["plugin", "its range"],
  "hcloud:index/networkRoute:NetworkRoute": ["first", "one gateway per destination"],
  "hcloud:index/networkSubnet:NetworkSubnet": ["first", "subnets may not overlap"],
  "hcloud:index/placementGroup:PlacementGroup": ["never", "its type is fixed"],
  "hcloud:index/primaryIp:PrimaryIp": ["apart", "its name says where it is"],
  "hcloud:index/server:Server": ["first", "its name, its address"],
  "hcloud:index/sshKey:SshKey": ["apart", "its name changes with the key"],
  "hcloud:index/volume:Volume": ["plugin", "its location"],
  "hcloud:index/volumeAttachment:VolumeAttachment": ["first", "a volume is at one server"],
  "hcloud:index/zone:Zone": ["apart", "its mode is fixed, another domain is another name"],
  "hcloud:index/zoneRrset:ZoneRrset": ["first", "one set per name and type"],
  "exoscale:index/antiAffinityGroup:AntiAffinityGroup": ["never", "its description follows its name"],
  "exoscale:index/blockStorageVolume:BlockStorageVolume": ["apart", "another zone has an API of its own"],
  "exoscale:index/computeInstance:ComputeInstance": ["first", "its address, its elastic address"],
  "exoscale:index/dbaas:Dbaas": ["first", "its zone"],
  "exoscale:index/dbaasPgDatabase:DbaasPgDatabase": ["first", "its locale, its service"],
  "exoscale:index/domain:Domain": ["plugin", "another domain, with its records"],
  "exoscale:index/domainRecord:DomainRecord": ["plugin", "its domain"],
  "exoscale:index/elasticIp:ElasticIp": ["apart", "it has no name"],
  "exoscale:index/iamApiKey:IamApiKey": ["apart", "its name says its generation"],
  "exoscale:index/iamRole:IamRole": ["apart", "its name is that of its bucket and its service"],
  "exoscale:index/nlb:Nlb": ["plugin", "its zone"],
  "exoscale:index/nlbService:NlbService": ["first", "one service per port"],
  "exoscale:index/privateNetwork:PrivateNetwork": ["after", "another zone; hosts are still in the old one"],
  "exoscale:index/securityGroup:SecurityGroup": ["never", "its description follows its name"],
  "exoscale:index/securityGroupRule:SecurityGroupRule": ["first", "another reason, the same rule"],
  "exoscale:index/sksCluster:SksCluster": ["plugin", "its zone"],
  "exoscale:index/sksKubeconfig:SksKubeconfig": ["apart", "it is a certificate"],
  "exoscale:index/sksNodepool:SksNodepool": ["plugin", "its cluster"],
  "exoscale:index/sshKey:SshKey": ["after", "its name changes with the key"],
  "minio:index/ilmPolicy:IlmPolicy": ["apart", "it belongs to its bucket"],
  "minio:index/s3Bucket:S3Bucket": ["first", "names are unique among all customers"],
  "minio:index/s3BucketPolicy:S3BucketPolicy": ["apart", "it stays with its bucket"],
  "minio:index/s3BucketVersioning:S3BucketVersioning": ["apart", "it stays with its bucket"],
};

/** Text for the option of a resource. */
const option = (way: Way): boolean | undefined => (way === "first" ? true : way === "after" ? false : undefined);

const folder = join(__dirname, "../../../components/clouds");
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(folder, file), "utf8"));

test("every type of resource that a cloud makes has a row", () => {
  const tokens = new Map(
    Object.keys(ways).map((token) => [token.slice(token.lastIndexOf(":") + 1), token.split(":")[0]] as const),
  );
  const made = sources.flatMap((source) =>
    [...source.matchAll(/new (?:(hcloud|minio)\.)?([A-Z]\w+)\(/g)].map(([, library, name = ""]) => ({ library, name })),
  );
  const own = new Set(
    sources.flatMap((source) =>
      [...source.matchAll(/class (\w+) extends pulumi\.CustomResource/g)].map(([, name]) => name),
    ),
  );
  const resources = made.filter(({ library, name }) => (library !== undefined && name !== "Provider") || own.has(name));
  expect(resources.length).toBeGreaterThan(30);
  expect(resources.filter(({ name }) => !tokens.has(name))).toEqual([]);
  // Resources of the same name in both clouds have a row each.
  expect(Object.keys(ways).filter((token) => token.endsWith(":SshKey"))).toHaveLength(2);
});

const port = { port: 443, targetPort: 8443, proxyProtocol: true };

/** All resources of Hetzner that can be requested. */
function onHetzner(): void {
  const cloud = hetzner({
    floating: true,
    vswitch: { id: 4711, range: "10.20.0.128/25" },
    routes: [{ destination: "10.30.0.0/24", gateway: "10.20.0.90" }],
  });
  const network = new Network("net", { cloud, location: "fsn1", isolatedFrom });
  const gateway = new Gateway("door", { network, type: "cpx22", ...gatewayArgs });
  const { hosts } = webHosts(network, {
    dataGib: 10,
    sshFrom: gateway.addresses.map((address) => `${address}/32`),
    jumpHosts: gateway.paths,
  });
  new Balancer("front", { network, number: 99, hosts, ports: [port] });
  new Zone("names", {
    cloud,
    domain: "example.ch",
    records: [{ name: "meet", type: "A", values: ["198.51.100.1"], ttl: 60 }],
  });
}

/** All resources of Exoscale that can be requested. */
function onExoscale(): void {
  const cloud = exoscale({ templateId: "00000000-0000-4000-8000-000000000012" });
  const network = new Network("net", { cloud, location: "ch-gva-2", isolatedFrom });
  const gateway = new Gateway("door", { network, type: "standard.medium", ...gatewayArgs });
  new HostPool("web", {
    network,
    role: "web",
    type: "standard.medium",
    count: 1,
    firstHost: 40,
    dataGib: 10,
    sshFrom: gateway.addresses.map((address) => `${address}/32`),
    jumpHosts: gateway.paths,
  });
  new Balancer("front", {
    network,
    group: { name: "nodes", id: "pool-id" },
    ports: [{ ...port, proxyProtocol: false }],
  });
  new Zone("names", {
    cloud,
    domain: "example.ch",
    records: [{ name: "meet", type: "A", values: ["198.51.100.1"], ttl: 60 }],
  });
}

/** Databases that Exoscale runs. */
function databases(): void {
  new ManagedPostgres("records", {
    cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
    location: "ch-gva-2",
    plan: "business-8",
    from: ["198.51.100.7/32"],
    databases: [{ name: "rooms", connections: 10 }],
  });
}

const judged = (resources: readonly Registered[]) =>
  resources
    .filter(({ type }) => ways[type] !== undefined)
    .map(({ type, name, opts }) => ({ type, name, deleteBeforeReplace: opts.deleteBeforeReplace }));

const asked: readonly (readonly [where: string, program: () => void, kinds: number])[] = [
  ["Hetzner", onHetzner, 14],
  ["Hetzner with hosts by load", () => void growing({ elasticRange: "10.20.0.128/26", elastic: { most: 3 } }), 8],
  ["Exoscale", onExoscale, 11],
  ["Exoscale, which runs the databases", databases, 2],
];

test.each(asked)("each resource at %s is replaced as its row says", async (_, program, kinds) => {
  const { resources } = await deploy(program, { outputs });
  const found = judged(resources);
  expect(new Set(found.map(({ type }) => type)).size).toBeGreaterThanOrEqual(kinds);
  // The key that opens machines by load is named in the autoscaler's settings: it keeps its name, and the old one goes first.
  const join = found.filter(({ name }) => name.endsWith("-join"));
  for (const { deleteBeforeReplace } of join) expect(deleteBeforeReplace).toBe(true);
  for (const one of found.filter((other) => !join.includes(other)))
    expect(one).toEqual({ ...one, deleteBeforeReplace: option(ways[one.type]?.[0] ?? "never") });
});

test("an address that moves and a key that changes have another name than before", async () => {
  const at = async (location: string): Promise<readonly unknown[]> => {
    const { all } = await deploy(
      () => {
        const network = new Network("net", { cloud: hetzner(), location, isolatedFrom });
        new Gateway("door", { network, type: "cpx22", ...gatewayArgs });
      },
      { outputs },
    );
    return all("PrimaryIp").map(({ inputs }) => inputs["name"]);
  };
  expect(await at("fsn1")).toEqual(["door-1-public-fsn1", "door-2-public-fsn1"]);
  expect(await at("nbg1")).toEqual(["door-1-public-nbg1", "door-2-public-nbg1"]);
  const named = (key: string): Promise<string> =>
    new Promise((resolve) => keyName("net-convergence", pulumi.output(key)).apply(resolve));
  expect(await named("ssh-ed25519 AAAA")).toMatch(/^net-convergence-[0-9a-f]{8}$/);
  expect(await named("ssh-ed25519 AAAA\n")).toBe(await named("ssh-ed25519 AAAA"));
  expect(await named("ssh-ed25519 AAAB")).not.toBe(await named("ssh-ed25519 AAAA"));
});

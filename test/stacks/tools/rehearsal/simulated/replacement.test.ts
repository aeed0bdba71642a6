import type { Properties } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { World } from "./world";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const key = (n: number): string => `ssh-ed25519 ${Buffer.from(`a key of the test's, number ${n}`).toString("base64")}`;
const zone = "ch-gva-2";

/**
 * Answers of the real plugins to Diff, by type: whether the old object is deleted before the new one is made. Seen on plugins built from pulumi-hcloud c3608de6
 * and pulumi-exoscale ad8c24f; the table says why.
 */
const replacements: readonly (readonly [
  what: string,
  type: string,
  before: Properties,
  after: Properties,
  deletesFirst: boolean,
])[] = [
  // The plugin framework: never.
  [
    "Hetzner's primary address that moves, under the same name",
    "hcloud:index/primaryIp:PrimaryIp",
    { name: "a", type: "ipv4", location: "fsn1", autoDelete: false },
    { name: "a", type: "ipv4", location: "nbg1", autoDelete: false },
    false,
  ],
  [
    "Hetzner's SSH key that changes, under the same name",
    "hcloud:index/sshKey:SshKey",
    { name: "a", publicKey: key(1) },
    { name: "a", publicKey: key(2) },
    false,
  ],
  [
    "Hetzner's zone of another mode",
    "hcloud:index/zone:Zone",
    { name: "example.ch", mode: "primary" },
    { name: "example.ch", mode: "secondary", primaryNameservers: [{ address: "198.51.100.1" }] },
    false,
  ],
  [
    "Exoscale's volume in another zone",
    "exoscale:index/blockStorageVolume:BlockStorageVolume",
    { name: "a", size: 10, zone },
    { name: "a", size: 10, zone: "ch-dk-2" },
    false,
  ],
  // The SDK, with a name that the program states: always, whether the name changes or not.
  [
    "Hetzner's network of another range",
    "hcloud:index/network:Network",
    { name: "a", ipRange: "10.0.0.0/24" },
    { name: "a", ipRange: "10.1.0.0/24" },
    true,
  ],
  [
    "Hetzner's volume in another location",
    "hcloud:index/volume:Volume",
    { name: "a", size: 10, location: "fsn1" },
    { name: "b", size: 10, location: "nbg1" },
    true,
  ],
  [
    "Exoscale's anti-affinity group of another name",
    "exoscale:index/antiAffinityGroup:AntiAffinityGroup",
    { name: "a" },
    { name: "b" },
    true,
  ],
  [
    "Exoscale's security group of another name",
    "exoscale:index/securityGroup:SecurityGroup",
    { name: "a" },
    { name: "b" },
    true,
  ],
  [
    "Exoscale's SSH key of another name",
    "exoscale:index/sshKey:SshKey",
    { name: "a", publicKey: key(1) },
    { name: "b", publicKey: key(1) },
    true,
  ],
  ["Exoscale's domain of another name", "exoscale:index/domain:Domain", { name: "a.ch" }, { name: "b.ch" }, true],
  [
    "Exoscale's network in another zone",
    "exoscale:index/privateNetwork:PrivateNetwork",
    { name: "a", zone },
    { name: "a", zone: "ch-dk-2" },
    true,
  ],
  // The SDK, with a name that the plugin makes up: never.
  [
    "Exoscale's network without a name in another zone",
    "exoscale:index/privateNetwork:PrivateNetwork",
    { zone },
    { zone: "ch-dk-2" },
    false,
  ],
  // The SDK, without a name: never.
  [
    "Exoscale's elastic address in another zone",
    "exoscale:index/elasticIp:ElasticIp",
    { zone },
    { zone: "ch-dk-2" },
    false,
  ],
  [
    "a bucket of another name",
    "minio:index/s3Bucket:S3Bucket",
    { bucket: "one-bucket", objectLocking: false },
    { bucket: "two-bucket", objectLocking: false },
    false,
  ],
];

test.each(replacements)("%s", async (_, type, before, after, deletesFirst) => {
  const made = await world.make(type, "one", before);
  const { replaces, deleteBeforeReplace } = world.diff(made, after);
  expect({ replaced: replaces.length > 0, deleteBeforeReplace }).toEqual({
    replaced: true,
    deleteBeforeReplace: deletesFirst,
  });
});

test("Hetzner's record set of another type or zone, and its balancer's card, are not deleted first", async () => {
  await world.make("hcloud:index/zone:Zone", "zone", { name: "example.ch", mode: "primary" });
  const set = { zone: "example.ch", name: "a", type: "A", records: [{ value: "198.51.100.1" }] };
  const made = await world.make("hcloud:index/zoneRrset:ZoneRrset", "set", set);
  for (const change of [{ type: "TXT", records: [{ value: '"a"' }] }, { zone: "example.org" }])
    expect(world.diff(made, { ...set, ...change })).toMatchObject({ deleteBeforeReplace: false });
  const subject = { urn: "urn:pulumi:s::p::t::card", type: "hcloud:index/loadBalancerNetwork:LoadBalancerNetwork" };
  const [old, fresh] = [1, 2].map((loadBalancerId) => ({ loadBalancerId, subnetId: "1-10.0.0.0/24" }));
  expect(world.of(subject.type).diff(subject, old ?? {}, fresh ?? {}, {})).toMatchObject({
    replaces: ["loadBalancerId"],
    deleteBeforeReplace: false,
  });
});

test("a replacement that is made first collides with the old object of the same name", async () => {
  await world.make("hcloud:index/primaryIp:PrimaryIp", "one", {
    name: "a",
    type: "ipv4",
    location: "fsn1",
    autoDelete: false,
  });
  await expect(
    world.make("hcloud:index/primaryIp:PrimaryIp", "one", {
      name: "a",
      type: "ipv4",
      location: "nbg1",
      autoDelete: false,
    }),
  ).rejects.toThrow("name is already used (uniqueness_error)");
});

test("Exoscale's volumes of one name meet in one zone only, since each has an API of its own", async () => {
  const type = "exoscale:index/blockStorageVolume:BlockStorageVolume";
  await world.make(type, "one", { name: "a", size: 10, zone });
  await expect(world.make(type, "two", { name: "a", size: 10, zone })).rejects.toThrow("name is already used");
  expect(await world.make(type, "three", { name: "a", size: 10, zone: "ch-dk-2" })).toMatchObject({ name: "three" });
});

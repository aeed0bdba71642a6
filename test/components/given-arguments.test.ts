import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components";
import { isolatedFrom } from "../support/arguments";
import { deploy } from "../support/mocks";

const { hetzner } = library;

type Component = new (name: string, args: never) => pulumi.ComponentResource;
const isComponent = (value: unknown): value is Component =>
  typeof value === "function" && value.prototype instanceof pulumi.ComponentResource;

/** Components that take no arguments. */
const without: readonly string[] = ["PolicyGuard"];

/** Every component that the library exports and that takes arguments: a new one is in this table by itself. */
const components = Object.fromEntries(
  Object.entries(library).flatMap(([kind, value]) =>
    isComponent(value) && !without.includes(kind) ? [[kind, value]] : [],
  ),
);
const made = (kind: string, args: unknown): Promise<unknown> =>
  deploy(() => {
    const Component = components[kind];
    if (Component === undefined) throw new Error(`expected a component, got ${kind}`);
    void new Component("tools", args as never);
  });

describe.each(Object.keys(components))("%s from a program without types", (kind) => {
  test.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /^"tools": expected an object of arguments, got nothing; give one with \w+/],
    ["null", null, /^"tools": expected an object of arguments, got null; give one with \w+/],
    ["a text", "crisis", /^"tools": expected an object of arguments, got "crisis"; give one with \w+/],
    ["an output", pulumi.output({}), /^"tools": expected an object of arguments, got an output; .*config\.require$/],
  ])("says what it wants in place of %s", async (_, args, message) => {
    await expect(made(kind, args)).rejects.toThrow(message);
  });

  test("refuses every key that it does not know", async () => {
    await expect(made(kind, { colour: "red", Shape: "round" })).rejects.toThrow(
      /^"tools": colour: expected one of the arguments \w+[^\n]*, got "colour"; remove it\n"tools": Shape: expected one of/,
    );
  });
});

/** Functions of the library that take one object, which is not a component's. */
const functions = Object.fromEntries(
  Object.entries(library).flatMap(([name, value]) =>
    /^(plan|given(?!Secret))[A-Z]/.test(name) || ["hetzner", "exoscale", "metal"].includes(name)
      ? [[name, value as (args: unknown) => unknown]]
      : [],
  ),
);

/** Complaints about arguments that always have one key too many. */
function complaints(kind: string, args: object): readonly string[] {
  const Component = components[kind];
  try {
    if (Component === undefined) functions[kind]?.({ ...args, colour: "red" });
    else void new Component("tools", { ...args, colour: "red" } as never);
  } catch (error) {
    return (error as Error).message.split("\n").map((line) => line.replace('"tools": ', ""));
  }
  throw new Error(`${kind} takes a key that it does not know`);
}

/** The ways in which a value stands in a field: itself, as an item, as an item of an item. */
const places: readonly (readonly [text: string, place: (value: unknown) => unknown])[] = [
  ["", (value) => value],
  ["[0]", (value) => [value]],
  ["[0][0]", (value) => [[value]]],
];

/** Paths of all objects inside the arguments whose keys are known, found by giving each a key that it does not have. */
function knownInside(kind: string, path: string, around: (value: object) => object, depth = 0): readonly string[] {
  const prefix = path === "" ? "" : `${path}.`;
  const line = complaints(kind, around({ colour: "red" })).find((one) => one.startsWith(`${prefix}colour: `));
  const keys = /expected one of the (?:arguments|keys) (.*), got "colour"/.exec(line ?? "")?.[1];
  if (keys === undefined) return [];
  return [
    ...(path === "" ? [] : [path]),
    ...keys
      .split(", ")
      .flatMap((key) =>
        depth > 5
          ? []
          : places.flatMap(([text, place]) =>
              knownInside(kind, `${prefix}${key}${text}`, (value) => around({ [key]: place(value) }), depth + 1),
            ),
      ),
  ];
}

/**
 * Objects inside arguments, each with a table of keys. The compiler asks for a table of every object that has none; a row here stands against one that is taken away
 * or passed over with "elsewhere".
 */
const inside: Readonly<Record<string, string>> = {
  AdoptedCluster: "hostAddresses mediaPools[0][0] isolatedFrom[0]",
  AdoptedPlatform: "certificate relayCertificate acme acme.externalAccount acme.externalAccount.hmac mediaPools[0]",
  Balancer: "ports[0] group",
  BucketExpiry: "bucket bucket.peer bucket.peer.ports[0] bucket.accessKey bucket.secretKey",
  Cluster:
    "controlPlane controlPlane.capacity controlPlane.frozen application application.capacity application.frozen media[0] media[0].capacity media[0].frozen media[0].openings[0] gpu gpu.capacity gpu.frozen pools[0] pools[0].capacity pools[0].frozen pools[0].volumes[0] elastic elastic.frozen snapshots",
  Edge: "routes[0] routes[0].upstreams[0] routes[0].upstreams[0].tier routes[0].upstreams[0].tier.ports[0] routes[0].stickOn routes[0].timeouts routes[0].paths[0] routes[0].paths[0].upstreams[0] routes[0].paths[0].upstreams[0].tier routes[0].paths[0].upstreams[0].tier.ports[0] certificates[0] certificates[0].source acme acme.externalAccount acme.externalAccount.hmac",
  Gateway: "published[0] egress[0] site site.mirror site.resolvers[0] journals capacity frozen",
  HostPool: "capacity openings[0] forwards[0][0] frozen",
  Identity: "database database.peer database.peer.ports[0] database.password directory directory.bindPassword image",
  Jitsi: "privacy",
  ManagedCluster: "application openings[0] isolatedFrom[0]",
  ManagedPostgres: "databases[0] address",
  Matrix:
    "database database.peer database.peer.ports[0] database.password login login.peer login.peer.ports[0] login.clientSecret bucket bucket.peer bucket.peer.ports[0] bucket.accessKey bucket.secretKey image cache cache.peer cache.peer.ports[0] cache.password turn turn.secret",
  Network: "isolatedFrom[0]",
  OpenVidu: "cache cache.peer cache.peer.ports[0] cache.password",
  Platform:
    "certificate relayCertificate acme acme.externalAccount acme.externalAccount.hmac machineTypes isolatedFrom[0] site site.mirror site.resolvers[0] mediaPools[0]",
  Policies:
    "tiers[0] tiers[0].ports[0] links[0] links[0].from links[0].from.ports[0] links[0].to links[0].to.ports[0] elsewhere[0] elsewhere[0].ports[0]",
  Postgres:
    "archive archive.bucket archive.bucket.peer archive.bucket.peer.ports[0] archive.bucket.accessKey archive.bucket.secretKey restore restore.archive restore.archive.passphrase",
  SiteLink: "sites[0]",
  Task: "tier tier.ports[0] links[0] links[0].from links[0].from.ports[0] links[0].to links[0].to.ports[0] ingress[0] ingress[0].peer egress[0] egress[0].peer secretEnv[0] mounts[0] mounts[0].secrets[0] init[0] init[0].secretEnv[0] init[0].resources resources",
  Workload:
    "tier tier.ports[0] links[0] links[0].from links[0].from.ports[0] links[0].to links[0].to.ports[0] ingress[0] ingress[0].peer egress[0] egress[0].peer secretEnv[0] mounts[0] mounts[0].secrets[0] init[0] init[0].secretEnv[0] init[0].resources resources capacity shard hostPorts[0] volumes[0] probes probes.ready probes.alive drain metrics",
  Zone: "records[0]",
  givenBucket: "peer peer.ports[0] accessKey secretKey",
  givenCache: "peer peer.ports[0] password",
  givenDatabase: "peer peer.ports[0] password",
  givenLanguage: "peer peer.ports[0] token",
  givenOidcClient: "peer peer.ports[0] clientSecret",
  givenSmtpRelay: "peer peer.ports[0] password",
  givenSpeech: "peer peer.ports[0] token",
  givenTurnServers: "secret",
  hetzner: "vswitch routes[0]",
  metal: "sites[0] hosts[0] hosts[0].interfaces vlan",
  planCapacity: "machineTypes",
  planIdentity: "clients[0]",
  planJitsi: "bridge",
  planOpenVidu: "server events",
  planPostgres: "databases[0] resources",
};

test.each(Object.entries(inside))("%s refuses unknown keys inside its arguments, too", (kind, paths) => {
  expect(knownInside(kind, "", (value) => value)).toEqual(expect.arrayContaining(paths.split(" ")));
});

test.each<[string, object, string]>([
  [
    "Platform",
    { mediaPools: { video: { carries: [], machineTpye: "ccx43" } } },
    'mediaPools.video.machineTpye: expected one of the keys carries, machineType, location, got "machineTpye"; write machineType, or remove it',
  ],
  [
    "Cluster",
    { pools: { "gpu-2": { frozn: {} } }, media: { media: { openings: [{}, { prot: 443 }] } } },
    'pools["gpu-2"].frozn: expected one of the keys type, firstHost, count, capacity, frozen, spread, taints, labels, volumes, got "frozn"; write frozen, or remove it\n' +
      '"tools": media.media.openings[1].prot: expected one of the keys direction, protocol, port, peers, reason, user, got "prot"; write protocol, or remove it',
  ],
])("%s names the path to a misspelt key", (kind, args, message) => {
  const Component = components[kind];
  expect(() => Component && new Component("tools", args as never)).toThrow(`"tools": ${message}`);
});

test("a plan's arguments are read in the same way", () => {
  expect(() => library.planJitsi({ bridge: { cpus: 2 } } as never)).toThrow(
    /^bridge\.cpus: expected one of the keys cpu, memoryMib, got "cpus"; write cpu, or remove it$/,
  );
  expect(() => library.planJitsi(undefined as never)).toThrow(
    /^expected an object of arguments, got nothing; give one/,
  );
});

test("outputs, promises, resources and values with methods are not looked into", () => {
  const late = { certificate: pulumi.output({ colour: 1 }), mediaPools: Promise.resolve({ one: { colour: 1 } }) };
  const cloud = { ...hetzner(), colour: "red" };
  expect(complaints("Platform", { ...late, cloud, site: new library.HostPorts() })).toEqual([
    expect.stringMatching(/^colour: /),
  ]);
});

test("the table has all components", () => {
  expect(Object.keys(components).length).toBeGreaterThanOrEqual(25);
});

test.each([
  ["Namespace", "cluster"],
  ["Edge", "cluster"],
  ["Postgres", "on"],
  ["AdoptedPlatform", "cluster"],
  ["Workload", "namespace"],
  ["Workload", "tier"],
  ["Task", "namespace"],
  ["Task", "tier"],
  ["Policies", "namespace"],
  ["Valkey", "on"],
  ["Jitsi", "on"],
  ["Identity", "on"],
  ["Matrix", "on"],
  ["OpenVidu", "on"],
])("%s without its %s says so", async (kind, argument) => {
  await expect(made(kind, {})).rejects.toThrow(
    new RegExp(`^(.*\n)*"tools": ${argument}: expected an object, got nothing; give \\w+`),
  );
});

test.each([
  ["Workload", "replica", "replicas"],
  ["Workload", "namspace", "namespace"],
  ["Task", "scheduel", "schedule"],
  ["Namespace", "podsecurity", "podSecurity"],
  ["Postgres", "archve", "archive"],
  ["Matrix", "databaze", "database"],
  ["OpenVidu", "drainSecond", "drainSeconds"],
])("%s, given %s, names %s", async (kind, wrong, right) => {
  await expect(made(kind, { [wrong]: 1 })).rejects.toThrow(`got "${wrong}"; write ${right}, or remove it`);
});

test("a key that is nearly right is named", async () => {
  await expect(made("HostPool", { dataGiB: 20, joinz: 1 })).rejects.toThrow(
    /got "dataGiB"; write dataGib, or remove it\n.*got "joinz"; write joins, or remove it/,
  );
});

test.each<[string, object, string]>([
  ["range", { range: pulumi.output("10.20.0.0/24") }, "range"],
  ["location", { location: pulumi.output("fsn1") }, "location"],
  ["location that is a promise", { location: Promise.resolve("fsn1") }, "location"],
])("an output where a preview judges the %s says so, and what to use", async (_, changes, argument) => {
  await expect(made("Network", { cloud: hetzner(), location: "fsn1", isolatedFrom, ...changes })).rejects.toThrow(
    new RegExp(
      `"tools": ${argument}: expected .*, got an? (output|Promise); a preview judges this value, and an output is known only later: .* config\\.require`,
    ),
  );
});

import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { described, standing } from "../components/services/described";
import { gatewayArgs, isolatedFrom } from "../support/arguments";
import { growing } from "../support/elastic";
import { infrastructure, webHosts, type World, worlds } from "../support/infrastructure";
import { authorityIn, type Issuer } from "../../components/infrastructure/certificate-authority";
import {
  CertificateAuthority,
  Balancer,
  Bucket,
  type Cloud,
  Cluster,
  exoscale,
  Gateway,
  givenSecret,
  hetzner,
  inbound,
  ManagedCluster,
  Namespace,
  Network,
  planMatrix,
  Platform,
  Zone,
} from "../../components";
import { type Generation, Secrets } from "../../components/infrastructure/secrets";
import { program as blueprint } from "../../stacks/blueprints";

/** Configuration of administrators and data. */
function changes() {
  const config = new pulumi.Config("sovereign-uc");
  return {
    administratorAccess: config.get("administratorAccess") === "closed" ? ("closed" as const) : ("open" as const),
    doorsFrozen: { administratorKeys: config.getObject<readonly string[]>("doorKeys") ?? [] },
    frozen: { administratorKeys: config.getObject<readonly string[]>("administratorKeys") ?? [] },
    administrators: config.requireObject<readonly string[]>("administrators"),
    keepData: config.getBoolean("keepData") ?? true,
  };
}

/** A cluster of three control-plane hosts and nothing on it: small enough to be broken, changed and repaired many times. */
function quorum(): Record<string, unknown> {
  const { frozen, administrators, keepData } = changes();
  const network = new Network("net", { cloud: hetzner(), location: "fsn1", isolatedFrom });
  const gateway = new Gateway("door", {
    network,
    type: "cpx22",
    ...gatewayArgs,
    administrators,
    volumeHosts: network.addresses(20, 3),
  });
  const cluster = new Cluster("uc", {
    network,
    gateway,
    domain: "crisis.example.ch",
    keepData,
    controlPlane: { type: "cpx32", firstHost: 20, frozen },
    application: { type: "cpx42", firstHost: 30, count: 2 },
  });
  return { addresses: gateway.publicAddresses, registry: cluster.registry };
}

/** Two hosts behind a balancer with a DNS record, in a network that bare metal shares. */
function front(): Record<string, unknown> {
  const location = new pulumi.Config("sovereign-uc").get("location") ?? "fsn1";
  const cloud = hetzner({
    floating: true,
    ...(location === "ash" ? {} : { vswitch: { id: 4711, range: "10.20.0.128/25" } }),
    routes: [{ destination: "10.30.0.0/24", gateway: "10.20.0.90" }],
  });
  const frozen = {
    administratorKeys: new pulumi.Config("sovereign-uc").getObject<readonly string[]>("administratorKeys") ?? [],
  };
  const network = new Network("net", { cloud, location, isolatedFrom });
  const gateway = new Gateway("door", { network, type: "cpx22", ...gatewayArgs });
  const { hosts } = webHosts(network, {
    sshFrom: gateway.addresses.map((address) => `${address}/32`),
    jumpHosts: gateway.paths,
    openings: [inbound("tcp", 8443, ["10.20.0.99/32"], "the balancer")],
    frozen,
  });
  const ports = [{ port: 443, targetPort: 8443, proxyProtocol: true }];
  const { address } = new Balancer("front", { network, number: 99, hosts, ports });
  new Zone("public", {
    cloud,
    domain: "crisis.example.ch",
    records: [
      { name: "meet", type: "A", values: [address], ttl: 300 },
      { name: "@", type: "TXT", values: ["v=spf1 -all"], ttl: 3600 },
      { name: "@", type: "CAA", values: ['0 issue "ca.crisis.example.ch"'], ttl: 3600 },
    ],
  });
  return { address };
}

/** A bucket in each store, with a service that uses it. Its keys are new with another generation. */
function buckets(): Record<string, unknown> {
  const generation = new pulumi.Config("sovereign-uc").get("secretsGeneration") ?? "1";
  const keys = { accessKey: "key of the store", secretKey: pulumi.secret("secret of the store") };
  const via = { peer: { name: "gateways", ranges: ["10.20.0.2/32"] }, port: 3128 };
  const archive = new Bucket("archive", {
    cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
    location: "ch-gva-2",
    ...keys,
    services: { records: {} },
    keyGeneration: generation,
  });
  const media = new Bucket("media", {
    cloud: hetzner({ project: "1234567" }),
    location: "fsn1",
    ...keys,
    encryptedByWriters: true,
    formerDays: 30,
    services: { chat: { accessKey: givenSecret("KEYOFCHAT"), secretKey: givenSecret("secret of chat") } },
  });
  return {
    archive: archive.access("records", via).secretKey.value,
    media: media.access("chat", via).secretKey.value,
  };
}

/** Gateways at a location from the stack's configuration, and nothing behind them: small enough to be moved. */
function moving(cloud: Cloud, type: string): Record<string, unknown> {
  const config = new pulumi.Config("sovereign-uc");
  const network = new Network("net", { cloud, location: config.require("location"), isolatedFrom });
  const gateway = new Gateway("door", { network, type, ...gatewayArgs });
  return { addresses: gateway.publicAddresses };
}

/** Names at Exoscale, and nothing else. */
function names(): Record<string, unknown> {
  const { domain } = new Zone("public", {
    cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
    domain: "crisis.example.ch",
    records: [{ name: "@", type: "MX", values: ["0 ."], ttl: 3600 }],
  });
  return { domain };
}

/** A managed cluster with a balancer before its nodes, and a namespace on it. */
function managed(): Record<string, unknown> {
  const cloud = exoscale({ templateId: "00000000-0000-4000-8000-000000000012" });
  const network = new Network("net", { cloud, location: "ch-gva-2", isolatedFrom });
  const cluster = new ManagedCluster("portal", {
    cloud,
    location: "ch-gva-2",
    version: "1.34.2",
    application: {
      type: "standard.large",
      count: 1 + new pulumi.Config("sovereign-uc").requireNumber("participants") / 100,
    },
    openings: [inbound("tcp", 30443, ["203.0.113.0/24"], "published by the balancer")],
    registry: "registry.example.ch",
    audit: { endpoint: "https://logs.crisis.example.ch/audit", token: pulumi.secret("token of the log") },
    podRange: "192.168.0.0/16",
    serviceRange: "10.96.0.0/12",
    isolatedFrom,
  });
  new Namespace("rooms", { cluster });
  const ports = [{ port: 443, targetPort: 30443, proxyProtocol: false }];
  const { address } = new Balancer("front", { network, group: { name: "portal", id: cluster.group }, ports });
  return { address };
}

/** Program with which every cloud has to pass the contract: gateways, a quorum, private hosts and media hosts. */
function contract(world: World): Record<string, unknown> {
  const { gateway, cluster } = infrastructure(world, changes());
  return { addresses: gateway.publicAddresses, registry: cluster.registry };
}

/** A cluster with autoscaled hosts: at most one for every ten participants. */
function elastic(): Record<string, unknown> {
  const most = Math.ceil(new pulumi.Config("sovereign-uc").requireNumber("participants") / 10);
  const { gateway, cluster } = growing({ elasticRange: "10.20.0.128/26", elastic: { most } });
  return { addresses: gateway.publicAddresses, registry: cluster.registry };
}

/** Every service of the list on one existing cluster. */
const services = (): Record<string, unknown> =>
  standing(described.map(({ kind, planned }) => planned(kind.name.slice(0, 8), `${kind.name}.crisis.example.ch`)));

/** An authority of a component's, and a certificate from it. */
function authority(made: (holder: pulumi.ComponentResource) => Issuer): Record<string, unknown> {
  const issuer = made(new pulumi.ComponentResource("test:index:Holder", "holder"));
  return { certificate: issuer.issue("door", { commonName: "door", usage: "server" }).certificate };
}

/** A service's password: below the service itself, as it was made before, or in one generation after the other. */
function secrets(generations: Generation | undefined): Record<string, unknown> {
  const parent = new pulumi.ComponentResource("test:index:Holder", "holder");
  if (generations !== undefined) {
    const { value } = new Secrets(
      "meet",
      { roles: ["relay"], generations: { relay: generations } },
      { parent },
    ).password("relay");
    return { value };
  }
  const args = { length: 32, special: false, keepers: { rotation: "1" } };
  return { value: new RandomPassword("meet-relay", args, { parent }).result };
}

/** Platforms of one stack, side by side at one cloud, each planned for a homeserver. */
function platforms(...names: readonly string[]): Record<string, unknown> {
  const cloud = hetzner();
  const made = names.map((name) => {
    const domain = `${name}.example.ch`;
    const platform = new Platform(name, {
      cloud,
      location: "fsn1",
      machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43", data: "ccx23" },
      isolatedFrom,
      domain,
      ...gatewayArgs,
      fallback: { product: "jitsi", provider: "exoscale", location: "ch-dk-2" },
      acme: { directory: "https://ca.example.ch/acme/directory" },
      plans: [planMatrix({ name: `${name}-chat`, domain: `chat.${domain}`, users: 50, mediaGib: 10 })],
    });
    return [name, platform.records] as const;
  });
  return Object.fromEntries(made);
}

export const programs: Readonly<Record<string, () => Record<string, unknown>>> = {
  blueprint,
  front,
  buckets,
  quorum,
  elastic,
  names,
  "moving-hetzner": () => moving(hetzner(), "cpx22"),
  "moving-exoscale": () => moving(exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }), "standard.medium"),
  managed,
  services,
  "one-platform": () => platforms("a"),
  "two-platforms": () => platforms("a", "b"),
  "secrets-apart": () => secrets(undefined),
  "secrets-first": () => secrets("1"),
  "secrets-both": () => secrets(["2", "1"]),
  "secrets-second": () => secrets("2"),
  "authority-apart": () =>
    authority((parent) => new CertificateAuthority("uc-ca", { commonName: "uc-ca" }, { parent })),
  "authority-within": () => authority((holder) => authorityIn(holder, "uc-ca", { commonName: "uc-ca" })),
  ...Object.fromEntries(worlds.map((world) => [`contract-${world.id}`, () => contract(world)])),
};

import * as pulumi from "@pulumi/pulumi";
import { gatewayArgs, isolatedFrom } from "../support/arguments";
import { infrastructure, type World, worlds } from "../support/infrastructure";
import { Cluster, Gateway, hetzner, Network } from "../../components";

/** What the stack's configuration says of administrators and data. */
function changes() {
  const config = new pulumi.Config("sovereign-uc");
  return {
    frozen: { administratorKeys: config.getObject<readonly string[]>("administratorKeys") ?? [] },
    administrators: config.requireObject<readonly string[]>("administrators"),
    keepData: config.getBoolean("keepData") ?? true,
  };
}

/** A cluster of three control-plane hosts and nothing on it: small enough to be broken, changed and mended many times. */
function quorum(): Record<string, unknown> {
  const { frozen, administrators, keepData } = changes();
  const network = new Network("net", { cloud: hetzner(), location: "fsn1", isolatedFrom });
  const gateway = new Gateway("door", { network, type: "cpx22", ...gatewayArgs, administrators });
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

/** What every cloud has to pass the contract with: gateways, a quorum, private hosts and media hosts. */
function contract(world: World): Record<string, unknown> {
  const { gateway, cluster } = infrastructure(world, changes());
  return { addresses: gateway.publicAddresses, registry: cluster.registry };
}

export const programs: Readonly<Record<string, () => Record<string, unknown>>> = {
  quorum,
  ...Object.fromEntries(worlds.map((world) => [`contract-${world.id}`, () => contract(world)])),
};

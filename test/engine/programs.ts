import * as pulumi from "@pulumi/pulumi";
import { gatewayArgs, isolatedFrom } from "../support/arguments";
import { Cluster, Gateway, hetzner, Network } from "../../components";

/** A cluster of three control-plane hosts and nothing on it: small enough to be broken, changed and mended many times. */
function quorum(): Record<string, unknown> {
  const config = new pulumi.Config("sovereign-uc");
  const frozen = { administratorKeys: config.getObject<readonly string[]>("administratorKeys") ?? [] };
  const administrators = config.requireObject<readonly string[]>("administrators");
  const network = new Network("net", { cloud: hetzner(), location: "fsn1", isolatedFrom });
  const gateway = new Gateway("door", { network, type: "cpx22", ...gatewayArgs, administrators });
  const cluster = new Cluster("uc", {
    network,
    gateway,
    domain: "crisis.example.ch",
    keepData: config.getBoolean("keepData") ?? true,
    controlPlane: { type: "cpx32", firstHost: 20, frozen },
    application: { type: "cpx42", firstHost: 30, count: 2 },
  });
  return { addresses: gateway.publicAddresses, registry: cluster.registry };
}

export const programs: Readonly<Record<string, () => Record<string, unknown>>> = { quorum };

import * as pulumi from "@pulumi/pulumi";
import { type BalancedPort, balancedPortKeys } from "../clouds/cloud";
import { privateRanges } from "../core/cidr";
import { givenArgs, type Keys, validate, validateArgs, invalid, tryParse, each } from "../core/errors";
import { dnsLabel } from "../core/names";
import { integerInRange, countInRange } from "../core/numbers";
import { fields, flag, items, list, record, text } from "../core/shapes";
import type { Host } from "./host";
import { givenNetwork, isolatedFrom, Network } from "./network";

/** Alike hosts that the provider scales by itself. */
export interface BalancedGroup {
  readonly name: string;
  /** As its cloud knows it. */
  readonly id: pulumi.Input<string>;
}

const balancedGroupKeys: Keys<BalancedGroup> = {
  name: true,
  id: true,
};

export interface BalancerArgs {
  readonly network: Network;
  /** Number of the balancer in the network: hosts open the target ports for its address. Only where balancers stand in the network. @default - none */
  readonly number?: number;
  /** Public ports and where they lead. Checks come every 5 to 60 seconds. */
  readonly ports: readonly BalancedPort[];
  /** Hosts that it leads to, by private address. Only where balancers reach single hosts. @default [] */
  readonly hosts?: readonly Host[];
  /** The group that it leads to. Only where balancers reach nothing else. @default - none */
  readonly group?: BalancedGroup;
}

const balancerArgsKeys: Keys<BalancerArgs> = {
  network: true,
  number: true,
  ports: each(balancedPortKeys),
  hosts: each("elsewhere"),
  group: balancedGroupKeys,
};

/**
 * A provider's load balancer for TCP, in front of hosts of one network: it checks them, leaves out those that do not answer, and is one address in DNS.
 *
 * It carries no UDP and filters nobody, so gateways remain the usual doors: a network that is isolated from a public range refuses a balancer, since packets
 * from there would arrive under the balancer's address. A host has to open its target ports for the balancer's private address.
 *
 * @throws RangeError for a cloud without balancers, with the reason, and with every bad argument.
 *
 * @example
 * const tools = new HostPool("tools", { network, role: "tools", type: "cpx22", count: 2, firstHost: 90, sshFrom: ["10.20.0.10/32"],
 *   openings: [inbound("tcp", 8443, [`${network.addresses(99, 1)[0]}/32`], "the balancer")] });
 * const front = new Balancer("front", { network, number: 99, hosts: tools.hosts,
 *   ports: [{ port: 443, targetPort: 8443, proxyProtocol: true }] });
 * const zone = new Zone("public", { cloud: network.cloud, domain: "crisis.example.ch",
 *   records: [{ name: "tools", type: "A", values: [front.address], ttl: 300 }] });
 */
export class Balancer extends pulumi.ComponentResource {
  /** Public IPv4 address. */
  readonly address: pulumi.Output<string>;
  /** Its address in the network. */
  readonly privateAddress: string | undefined;

  constructor(name: string, args: BalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, balancerArgsKeys);
    const network = givenNetwork(name, args.network);
    const { number, ports, hosts = [], group } = args;
    super(
      "sovereign-uc:index:Balancer",
      name,
      {
        cloud: network.cloud.id,
        location: network.location,
        network: network.name,
        ports,
        targets: group === undefined ? items(hosts).map((host) => fields(host).name) : [fields(group).name],
        ...(number === undefined ? {} : { number }),
      },
      opts,
    );

    const { balancers } = network.cloud;
    const targets = group === undefined ? hosts : [group];
    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name),
      network: () => {
        if (balancers === undefined)
          throw invalid(
            "a cloud with load balancers",
            network.cloud.id,
            network.cloud.absent.balancers ?? "publish through a Gateway",
          );
        const open = isolatedFrom(network).find((range) => !privateRanges.some((outer) => outer.contains(range)));
        if (open !== undefined)
          throw invalid(
            "a network that is isolated from private ranges only, since a balancer filters nobody",
            open.toString(),
            "publish through a Gateway",
          );
        return balancers;
      },
      ports: () => checkedPorts(ports),
      targets: () => {
        if (balancers === undefined) return;
        checkedTargets(network, balancers.reaches, hosts, group);
        if (tryParse(() => checkedPorts(ports)) !== undefined) balancers.check?.({ ports, targets });
      },
      number: () => {
        if (balancers?.reaches !== "hosts") {
          if (number !== undefined)
            throw invalid("no number, since the cloud's balancers stand in no network", number, "leave it out");
          return undefined;
        }
        if (number === undefined)
          throw invalid("the balancer's number in the network", number, "give one that no host has");
        return network.take(name, number, 1)[0];
      },
    });

    this.privateAddress = valid.number;
    const { address } = valid.network.make(
      name,
      {
        location: network.location,
        network: network.handle,
        address: valid.number,
        labels: network.labels,
        ports,
        targets: targets.map(({ name: target, id }) => ({ name: target, id })),
      },
      { parent: this },
    );
    this.address = address;
    this.registerOutputs({ address });
  }
}

function checkedPorts(ports: readonly BalancedPort[]): readonly BalancedPort[] {
  const example = "{ port: 443, targetPort: 8443, proxyProtocol: true }";
  if (items(ports).length === 0) throw invalid("at least one port", ports, `give [${example}]`);
  const seen = new Set<unknown>();
  list(ports, "ports", `[${example}]`, (value) => {
    const { port, targetPort, proxyProtocol, checkSeconds = 10 } = record(value, "a port", example);
    validate({
      port: () => {
        integerInRange(port, "a port", 1, 65535);
        if (seen.has(port)) throw invalid("each port once", port, "remove one");
        seen.add(port);
      },
      targetPort: () => integerInRange(targetPort, "a target port", 1, 65535),
      proxyProtocol: () => flag(proxyProtocol, "say what the targets understand"),
      checkSeconds: () => countInRange(checkSeconds, "seconds between checks", 5, 60),
    });
  });
  return ports;
}

function checkedTargets(
  network: Network,
  reaches: "hosts" | "groups",
  hosts: readonly Host[],
  group: BalancedGroup | undefined,
): void {
  list(hosts, "hosts", "the hosts of a pool", (host) => {
    if (typeof fields(host).address !== "string") throw invalid("a host", host, "give the hosts of a pool");
  });
  if (reaches === "groups") {
    if (group === undefined || hosts.length > 0)
      throw invalid(
        `a group, since balancers of ${network.cloud.id} reach nothing else`,
        hosts.length > 0 ? hosts.map(({ name }) => name) : group,
        "give one, or publish the hosts through a Gateway",
      );
    const { name, id } = record(group, "a group", '{ name: "web", id: … }');
    validate({
      "group.name": () => {
        if (typeof name !== "string" || name === "") throw invalid("the name of a group", name, "say what it is");
      },
      "group.id": () => text(id, "the id of a group", "give it as its cloud knows it"),
    });
    return;
  }
  if (group !== undefined || hosts.length === 0)
    throw invalid(
      `hosts, since balancers of ${network.cloud.id} reach single ones`,
      group?.name,
      "give the hosts of a pool",
    );
  const names = hosts.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw invalid("each host once", twice, "remove one");
  const stranger = hosts.find((host) => !network.has(host));
  if (stranger !== undefined)
    throw invalid(`hosts of the network "${network.name}"`, stranger.name, "give a balancer to each network");
}

import * as hcloud from "@pulumi/hcloud";
import { invalid } from "../../core/errors";
import type { Balancers, BalancerSpec } from "../cloud";
import { BalancerType, balancerTypes } from "./facts";
import { numeric, own } from "./network";

/** Load balancers that reach hosts by their private addresses: least connections first, since meetings last. */
export const balancers = (type: BalancerType | undefined, deleteProtection: boolean): Balancers => ({
  reaches: "hosts",
  check: (spec) => void fitting(type, spec),
  make: (name, spec, opts) => {
    const { location, address, labels, ports, targets } = spec;
    const { subnet } = own(spec.network, name);
    const balancer = new hcloud.LoadBalancer(
      name,
      {
        name,
        loadBalancerType: fitting(type, spec),
        location,
        algorithm: { type: "least_connections" },
        deleteProtection,
        labels,
      },
      opts,
    );
    const loadBalancerId = numeric(balancer.id);
    const card = new hcloud.LoadBalancerNetwork(
      `${name}-network`,
      {
        loadBalancerId,
        subnetId: subnet.id,
        enablePublicInterface: true,
        ...(address === undefined ? {} : { ip: address }),
      },
      { ...opts, deleteBeforeReplace: true },
    );
    for (const target of targets)
      new hcloud.LoadBalancerTarget(
        `${name}-target-${target.name}`,
        { type: "server", loadBalancerId, serverId: numeric(target.id), usePrivateIp: true },
        { ...opts, deleteBeforeReplace: true, dependsOn: [card] },
      );
    for (const { port, targetPort, proxyProtocol, checkSeconds = 10 } of ports)
      new hcloud.LoadBalancerService(
        `${name}-port-${port}`,
        {
          loadBalancerId: balancer.id,
          protocol: "tcp",
          listenPort: port,
          destinationPort: targetPort,
          proxyprotocol: proxyProtocol,
          healthCheck: {
            protocol: "tcp",
            port: targetPort,
            interval: checkSeconds,
            timeout: Math.min(5, checkSeconds),
            retries: 3,
          },
        },
        { ...opts, deleteBeforeReplace: true },
      );
    return { address: balancer.ipv4 };
  },
});

/** The type that was asked for, or the smallest that takes the ports and targets. @throws RangeError where none does. */
function fitting(
  asked: BalancerType | undefined,
  { ports, targets }: Pick<BalancerSpec, "ports" | "targets">,
): BalancerType {
  const names = asked === undefined ? (Object.keys(balancerTypes) as BalancerType[]) : [asked];
  const found = names.find(
    (name) => ports.length <= balancerTypes[name].services && targets.length <= balancerTypes[name].targets,
  );
  if (found !== undefined) return found;
  const largest = balancerTypes[names.at(-1) ?? "lb31"];
  throw invalid(
    `at most ${largest.services} ports and ${largest.targets} targets of a ${names.at(-1)}`,
    `${ports.length} and ${targets.length}`,
    asked === undefined ? "split them over balancers" : "take a larger balancerType or split them over balancers",
  );
}

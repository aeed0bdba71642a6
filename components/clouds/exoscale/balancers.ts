import { invalid } from "../../core/errors";
import type { Balancers, BalancerSpec } from "../cloud";
import { Nlb, NlbService } from "./reach";

/** Network load balancers: TCP to the members of one instance pool, without PROXY protocol (the plugin has no property for it). */
export const balancers: Balancers = {
  reaches: "groups",
  check: (spec) => void only(spec),
  make: (name, spec, opts) => {
    const { location, labels, ports } = spec;
    const pool = only(spec);
    const balancer = new Nlb(name, { name, description: `leads to ${pool.name}`, zone: location, labels }, opts);
    for (const { port, targetPort, checkSeconds = 10 } of ports)
      new NlbService(
        `${name}-${port}`,
        {
          name: `${name}-${port}`,
          nlbId: balancer.id,
          instancePoolId: pool.id,
          zone: location,
          protocol: "tcp",
          port,
          targetPort,
          strategy: "round-robin",
          healthchecks: [{ mode: "tcp", port: targetPort, interval: checkSeconds, timeout: 5, retries: 1 }],
        },
        // A balancer takes one service per port: the old one goes first.
        { ...opts, deleteBeforeReplace: true },
      );
    return { address: balancer.ipAddress };
  },
};

/** The pool that a balancer leads to. @throws RangeError for more than one, and for what the balancers do not speak. */
function only({ ports, targets }: Pick<BalancerSpec, "ports" | "targets">): BalancerSpec["targets"][number] {
  const [pool] = targets;
  if (pool === undefined || targets.length > 1)
    throw invalid(
      "one instance pool as target",
      targets.map((target) => target.name),
      "give each pool a balancer of its own",
    );
  const proxied = ports.filter(({ proxyProtocol }) => proxyProtocol).map(({ port }) => port);
  if (proxied.length > 0)
    throw invalid(
      "ports without PROXY protocol, which Exoscale's balancers do not speak",
      proxied,
      "turn it off there",
    );
  return pool;
}

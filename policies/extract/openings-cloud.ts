import type { Subject } from "../rule";
import { collect, everything, type Opening, type Openings, portText, type Reader, shown } from "./opening";
import { at, strings, unknown, worded } from "./value";

/** Property names: hcloud provider, type `FirewallRule`. A port is one number, a range or `any`. */
function hcloudFirewall(properties: Subject["properties"]): Openings {
  const rules = at(properties, "rules");
  return collect(rules, (rule, i) => {
    const direction = at(rule, "direction") === "out" ? "out" : "in";
    const protocol = at(rule, "protocol");
    const ported = protocol === "tcp" || protocol === "udp";
    const peers = at(rule, direction === "in" ? "sourceIps" : "destinationIps");
    return [
      {
        what: `rule ${i + 1} (${direction} ${worded(protocol)}${ported ? ` ${shown(at(rule, "port"))}` : ""})`,
        direction,
        protocol: ported ? protocol : "other",
        ...portText(at(rule, "port")),
        peers: strings(peers),
        except: [],
        inside: false,
      },
    ];
  });
}

/** Openings of a balancer: its own port and the one behind it are open to everybody. */
function behind(
  properties: Subject["properties"],
  port: number,
  target: string,
  protocol: "tcp" | "udp",
): readonly Opening[] {
  const back = at(properties, target);
  const opening = { direction: "in", protocol, peers: [], except: [], inside: false } as const;
  return [
    { what: `the balancer's port ${port}`, first: port, last: port, ...opening },
    ...(typeof back === "number" && back !== port
      ? [{ what: `the balancer's port ${port} to port ${back}`, first: back, last: back, ...opening }]
      : []),
  ];
}

/** Property names: hcloud provider, resource `LoadBalancerService`. A balancer has no filter, so its port is open to everybody. */
function hcloudService(properties: Subject["properties"]): Openings {
  const listens = at(properties, "listenPort");
  const usual = at(properties, "protocol") === "http" ? 80 : 443;
  const port = typeof listens === "number" ? listens : usual;
  return { openings: behind(properties, port, "destinationPort", "tcp"), partial: listens === unknown };
}

/** Property names: exoscale provider, resource `NlbService`. A balancer has no filter, so its port is open to everybody. */
function exoscaleService(properties: Subject["properties"]): Openings {
  const [listens, protocol] = [at(properties, "port"), at(properties, "protocol")];
  const open = listens === unknown || protocol === unknown;
  if (typeof listens !== "number") return { openings: [], partial: open };
  return { openings: behind(properties, listens, "targetPort", protocol === "udp" ? "udp" : "tcp"), partial: open };
}

/** Property names: exoscale provider, resource `SecurityGroupRule`. `ALL` is every protocol; one without a protocol is TCP. */
function exoscaleRule(properties: Subject["properties"]): Openings {
  const [direction, protocol, start, end, cidr] = ["type", "protocol", "startPort", "endPort", "cidr"].map((key) =>
    at(properties, key),
  );
  const name = typeof protocol === "string" && protocol !== "" ? protocol.toLowerCase() : "tcp";
  const kind = name === "tcp" || name === "udp" ? name : name === "all" ? "any" : "other";
  const way = typeof direction === "string" && direction.toUpperCase() === "EGRESS" ? "out" : "in";
  const ports = typeof start === "number" ? { first: start, last: typeof end === "number" ? end : start } : everything;
  const grouped = ["userSecurityGroupId", "userSecurityGroup"].some((key) => {
    const group = at(properties, key);
    return group !== undefined && group !== null && group !== "";
  });
  const ranges = typeof cidr === "string" && cidr !== "" ? [cidr] : [];
  return {
    openings: [
      {
        what: `the rule (${way} ${name}${kind === "tcp" || kind === "udp" ? ` ${ports.first}-${ports.last}` : ""})`,
        direction: way,
        protocol: kind,
        ...(kind === "any" ? everything : ports),
        peers: ranges,
        except: [],
        inside: grouped && ranges.length === 0,
      },
    ],
    partial: [direction, protocol, start, end, cidr].includes(unknown),
  };
}

/** Readers of the filters and balancers of clouds, by type. */
export const cloudReaders: Readonly<Record<string, Reader>> = {
  "hcloud:index/firewall:Firewall": hcloudFirewall,
  "hcloud:index/loadBalancerService:LoadBalancerService": hcloudService,
  "exoscale:index/nlbService:NlbService": exoscaleService,
  "exoscale:index/securityGroupRule:SecurityGroupRule": exoscaleRule,
};

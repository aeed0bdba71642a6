import type { Subject } from "../rule";
import { containersIn } from "./containers";
import {
  collect,
  everybody,
  everything,
  holdsUnknown,
  type Opening,
  type Openings,
  portNumber,
  portText,
  type Reader,
} from "./opening";
import { forwarded, onHost, routed } from "./openings-routes";
import { kindOf } from "./subject";
import { at, isObject, items, strings, type Value, worded } from "./value";

/** Openings of objects of Kubernetes: policies of every kind in use, services that a balancer publishes, and ports of hosts. */
export function kubernetesOpenings({ type, properties }: Subject): Openings | undefined {
  const found = kindOf(type);
  if (found === undefined) return undefined;
  const reader = readers.get(`${found.group}/${found.kind.replace(/Patch$/, "")}`);
  if (reader !== undefined) return reader(properties);
  const ports = [...hostPorts(properties), ...onHost(properties)];
  return ports.length === 0 ? undefined : { openings: ports, partial: false };
}

const readers: ReadonlyMap<string, Reader> = new Map([
  ["networking.k8s.io/NetworkPolicy", networkPolicy],
  ["extensions/NetworkPolicy", networkPolicy],
  ["policy.networking.k8s.io/AdminNetworkPolicy", adminPolicy],
  ["policy.networking.k8s.io/BaselineAdminNetworkPolicy", adminPolicy],
  ["cilium.io/CiliumNetworkPolicy", cilium],
  ["cilium.io/CiliumClusterwideNetworkPolicy", cilium],
  ["projectcalico.org/NetworkPolicy", calico],
  ["projectcalico.org/GlobalNetworkPolicy", calico],
  ["crd.projectcalico.org/NetworkPolicy", calico],
  ["crd.projectcalico.org/GlobalNetworkPolicy", calico],
  ["core/Service", service],
  ["core/ConfigMap", forwarded],
  ["policy.networking.k8s.io/ClusterNetworkPolicy", adminPolicy],
  ["crd.antrea.io/ClusterNetworkPolicy", antrea],
  ["crd.antrea.io/NetworkPolicy", antrea],
  ...["TCPRoute", "UDPRoute", "TLSRoute"].map(
    (kind) => [`gateway.networking.k8s.io/${kind}`, routed("rules", "backendRefs")] as const,
  ),
  ...["traefik.io", "traefik.containo.us"].flatMap((group) =>
    ["IngressRouteTCP", "IngressRouteUDP"].map((kind) => [`${group}/${kind}`, routed("routes", "services")] as const),
  ),
  ["gateway.networking.k8s.io/ListenerSet", (properties) => listened(at(properties, "spec", "listeners"), "port")],
  ["gateway.networking.x-k8s.io/XListenerSet", (properties) => listened(at(properties, "spec", "listeners"), "port")],
  ["gateway.networking.k8s.io/Gateway", (properties) => listened(at(properties, "spec", "listeners"), "port")],
  ["networking.istio.io/Gateway", (properties) => listened(at(properties, "spec", "servers"), "port", "number")],
]);

/** Ports on which a gateway of the cluster listens for everybody. */
const listened = (list: Value, ...path: readonly string[]): Openings =>
  collect(list, (item, i) => {
    const number = at(item, ...path);
    if (typeof number !== "number") return [];
    const protocol = at(item, "protocol") ?? at(item, "port", "protocol");
    return [
      {
        what: `the listener ${i} on port ${number}`,
        direction: "in",
        protocol: protocol === "UDP" ? "udp" : "tcp",
        first: number,
        last: number,
        peers: [],
        except: [],
        inside: false,
      },
    ];
  });

/** Shape: Kubernetes API reference, NetworkPolicy v1. No `ports` means every port, no peers means everybody. */
function networkPolicy(properties: Subject["properties"]): Openings {
  const sides = (["ingress", "egress"] as const).map((side) =>
    collect(at(properties, "spec", side), (rule, i) => {
      const peers = at(rule, side === "ingress" ? "from" : "to");
      const listed = items(peers);
      const ports = items(at(rule, "ports"));
      const groups = listed.length === 0 ? [undefined] : listed;
      return groups.flatMap((peer) =>
        (ports.length === 0 ? [undefined] : ports).flatMap((port): Opening[] => {
          const cidr = at(peer, "ipBlock", "cidr");
          const number = portNumber(at(port, "port")) ?? at(port, "port");
          // A port by name belongs to a pod of ours: only who stands on the other side is judged.
          if (typeof number === "string" && typeof cidr !== "string") return [];
          const span = typeof number === "number" ? { first: number, last: endPort(port, number) } : everything;
          const protocol = at(port, "protocol");
          return [
            {
              what: `spec.${side}[${i}]`,
              direction: side === "ingress" ? "in" : "out",
              protocol:
                typeof number === "string" ? "other" : port === undefined ? "any" : protocol === "UDP" ? "udp" : "tcp",
              ...span,
              peers: typeof cidr === "string" ? [cidr] : peer === undefined ? everybody : [],
              except: strings(at(peer, "ipBlock", "except")),
              inside: peer !== undefined && at(peer, "ipBlock") === undefined,
            },
          ];
        }),
      );
    }),
  );
  return { openings: sides.flatMap(({ openings }) => openings), partial: sides.some(({ partial }) => partial) };
}

function endPort(port: Value, first: number): number {
  const last = at(port, "endPort");
  return typeof last === "number" ? last : first;
}

const sides = ["ingress", "egress"] as const;
const wayOf = (side: (typeof sides)[number]): Opening["direction"] => (side === "ingress" ? "in" : "out");

function protocolOf(value: Value): Opening["protocol"] {
  const name = typeof value === "string" ? value.toLowerCase() : "";
  if (name === "tcp" || name === "udp") return name;
  return name === "" || name === "any" || name === "all" ? "any" : "other";
}

const together = (all: readonly Openings[]): Openings => ({
  openings: all.flatMap(({ openings }) => openings),
  partial: all.some(({ partial }) => partial),
});

/** Shape: cilium/cilium pkg/policy/api (EgressRule, IngressRule, PortRule). Rules stand under `spec`, or in a list under `specs`. */
function cilium(properties: Subject["properties"]): Openings {
  const specs: readonly Value[] = [at(properties, "spec"), ...items(at(properties, "specs"))];
  return together(
    specs.flatMap((spec) =>
      sides.map((side) =>
        collect(at(spec, side), (rule, i): readonly Opening[] => {
          const way = side === "ingress" ? "from" : "to";
          const entities = at(rule, `${way}Entities`);
          const cut = items(at(rule, `${way}CIDRSet`));
          const wide = strings(entities).some((entity) => /^(world(-ipv[46])?|all)$/.test(entity));
          const named = [...strings(at(rule, `${way}CIDR`)), ...cut.flatMap((set) => strings([at(set, "cidr")]))];
          const keys = Object.keys(isObject(rule) ? rule : {});
          const others = keys.some((key) => /^(to|from)(Endpoints|Services|Nodes|Groups|FQDNs|Requires)$/.test(key));
          // Names and groups of a cloud's lie outside, whatever addresses they have.
          const outside = keys.some((key) => /^(to|from)(Groups|FQDNs)$/.test(key));
          const peers =
            wide || (named.length === 0 && !others && entities === undefined) ? [...everybody, ...named] : named;
          const ports = items(at(rule, "toPorts")).flatMap((set) => items(at(set, "ports")));
          return (ports.length === 0 ? [undefined] : ports).map((port) => ({
            what: `${side}[${i}]`,
            direction: wayOf(side),
            protocol: protocolOf(at(port, "protocol")),
            ...spanned(portText(at(port, "port")), at(port, "endPort")),
            peers,
            except: cut.flatMap((set) => strings(at(set, "except"))),
            inside: peers.length === 0 && !outside,
          }));
        }),
      ),
    ),
  );
}

/** Shape: projectcalico/calico api (Rule, EntityRule). A rule with another action than Allow opens nothing. */
function calico(properties: Subject["properties"]): Openings {
  return together(
    sides.map((side) =>
      collect(at(properties, "spec", side), (rule, i) => {
        const action = at(rule, "action");
        if (typeof action === "string" && /^(deny|log)$/i.test(action)) return [];
        const other = at(rule, side === "ingress" ? "source" : "destination");
        const selected = ["selector", "namespaceSelector", "serviceAccounts", "services"].some(
          (key) => at(other, key) !== undefined,
        );
        const nets = strings(at(other, "nets"));
        const ports = items(at(rule, "destination", "ports"));
        return (ports.length === 0 ? [undefined] : ports).map((port) => ({
          what: `spec.${side}[${i}]`,
          direction: wayOf(side),
          protocol: protocolOf(at(rule, "protocol")),
          ...portText(typeof port === "string" ? port.replace(":", "-") : port),
          peers: nets.length > 0 ? nets : selected ? [] : everybody,
          except: strings(at(other, "notNets")),
          inside: nets.length === 0 && selected,
        }));
      }),
    ),
  );
}

const ranged = (range: Value): Pick<Opening, "first" | "last"> => {
  const [first, last] = [at(range, "start"), at(range, "end")];
  return typeof first === "number" && typeof last === "number" ? { first, last } : everything;
};

/**
 * Port of an admin's policy: `portNumber` and `portRange` of v1alpha1, `tcp` with a `destinationPort` of v1alpha2. One by name is of a pod, and counts as all of
 * them.
 */
function adminPort(port: Value): Pick<Opening, "protocol" | "first" | "last"> {
  const newer = ["tcp", "udp", "sctp"].find((name) => at(port, name) !== undefined);
  const older = at(port, "portNumber") ?? at(port, "portRange");
  const number = newer === undefined ? at(older, "port") : at(port, newer, "destinationPort", "number");
  const range = newer === undefined ? older : at(port, newer, "destinationPort", "range");
  return {
    protocol: protocolOf(newer ?? at(older, "protocol")),
    ...(typeof number === "number" ? { first: number, last: number } : ranged(range)),
  };
}

/** Shape: kubernetes-sigs/network-policy-api apis/v1alpha1, and apis/v1alpha2/clusternetworkpolicy_types.go at 066a9454. */
function adminPolicy(properties: Subject["properties"]): Openings {
  return together(
    sides.map((side) =>
      collect(at(properties, "spec", side), (rule, i) => {
        if (/^deny$/i.test(worded(at(rule, "action")))) return [];
        const listed = items(at(rule, side === "ingress" ? "from" : "to"));
        const networks = listed.flatMap((peer) => strings(at(peer, "networks")));
        const ports = [...items(at(rule, "ports")), ...items(at(rule, "protocols"))];
        return (ports.length === 0 ? [undefined] : ports).map((port): Opening => ({
          what: `spec.${side}[${i}]`,
          direction: wayOf(side),
          ...adminPort(port),
          peers: networks,
          except: [],
          inside: networks.length === 0 && !listed.some((peer) => at(peer, "domainNames") !== undefined),
        }));
      }),
    ),
  );
}

const spanned = (span: Pick<Opening, "first" | "last">, end: Value): Pick<Opening, "first" | "last"> =>
  typeof end === "number" ? { first: span.first, last: end } : span;

/** Shape: antrea-io/antrea pkg/apis/crd/v1beta1 (Rule, NetworkPolicyPeer). */
function antrea(properties: Subject["properties"]): Openings {
  return together(
    sides.map((side) =>
      collect(at(properties, "spec", side), (rule, i) => {
        const action = at(rule, "action");
        if (/^(drop|reject)$/i.test(worded(action))) return [];
        const listed = items(at(rule, side === "ingress" ? "from" : "to"));
        const nets = listed.flatMap((peer) => strings([at(peer, "ipBlock", "cidr")]));
        const ports = items(at(rule, "ports"));
        return (ports.length === 0 ? [undefined] : ports).map((port): Opening => ({
          what: `spec.${side}[${i}]`,
          direction: wayOf(side),
          protocol: protocolOf(at(port, "protocol")),
          ...spanned(portText(at(port, "port")), at(port, "endPort")),
          peers: listed.length === 0 ? everybody : nets,
          except: listed.flatMap((peer) => strings(at(peer, "ipBlock", "except"))),
          inside: listed.length > 0 && nets.length === 0 && !listed.some((peer) => at(peer, "fqdn") !== undefined),
        }));
      }),
    ),
  );
}

/** A service that a balancer or every host publishes: what it listens on, and what stands behind, is open to everybody. */
function service(properties: Subject["properties"]): Openings {
  const spec = at(properties, "spec");
  const kind = at(spec, "type");
  if (kind !== "LoadBalancer" && kind !== "NodePort" && items(at(spec, "externalIPs")).length === 0)
    return { openings: [], partial: holdsUnknown(kind) };
  const from = strings(at(spec, "loadBalancerSourceRanges"));
  return collect(at(spec, "ports"), (port, i): readonly Opening[] =>
    [at(port, "port"), at(port, "targetPort")]
      .filter((number, j, all) => typeof number === "number" && all.indexOf(number) === j)
      .map((number) => ({
        what: `spec.ports[${i}] of a ${typeof kind === "string" ? kind : "service with externalIPs"} (${Number(number)})`,
        direction: "in",
        protocol: protocolOf(at(port, "protocol") ?? "TCP"),
        first: Number(number),
        last: Number(number),
        peers: from,
        except: [],
        inside: false,
      })),
  );
}

/** Ports of hosts that lead to containers: the host's filter is the only one before them. */
export const hostPorts = (properties: Subject["properties"]): readonly Opening[] =>
  containersIn(properties).flatMap(({ path, hostPorts: ports }) =>
    ports.map(({ port, last = port, protocol }) => ({
      what: `hostPort ${port} of ${path}`,
      direction: "in",
      protocol,
      first: port,
      last,
      peers: [],
      except: [],
      inside: false,
    })),
  );

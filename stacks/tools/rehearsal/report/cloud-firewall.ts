import { at, items, number, Plain, text, texts, unknown } from "./plain";
import { isPublic, meets } from "./ranges";
import { ofType, StateResource } from "./state";
import { counted, Gap, notCounted, Path, Wall } from "./walls";

/** One rule of a cloud's firewall. */
interface CloudRule {
  readonly direction: "in" | "out";
  readonly protocol: "tcp" | "udp" | "any";
  readonly first: number;
  readonly last: number;
  readonly peers: readonly string[];
  readonly reason: string;
}

/** The cloud's firewall on a host: attached with its rules, attached by an id that is not known yet, or none. */
export interface CloudFirewall {
  /** In the provider's words: "Hetzner firewall", "Exoscale security group". */
  readonly name: string;
  readonly attached: "yes" | "no" | "known after up";
  readonly rules: readonly CloudRule[];
}

/** Finds the firewall that is attached to a machine. */
export function attachedFirewall(
  resources: readonly StateResource[],
  machine: StateResource | undefined,
  cloud?: string,
): CloudFirewall {
  const exoscale = machine?.type.startsWith("exoscale:") ?? false;
  const name = cloud === "metal" ? "provider's firewall" : exoscale ? "Exoscale security group" : "Hetzner firewall";
  const none = { name, attached: "no", rules: [] } as const;
  if (machine === undefined) return none;
  const references = items(machine.inputs[exoscale ? "securityGroupIds" : "firewallIds"]);
  if (references.includes(unknown)) return { name, attached: "known after up", rules: [] };
  const ids = references.map(String);
  const walls = exoscale
    ? ofType(resources, "exoscale:index/securityGroup:SecurityGroup").filter(
        ({ id }) => id !== undefined && ids.includes(id),
      )
    : ofType(resources, "hcloud:index/firewall:Firewall").filter(
        ({ id }) => id !== undefined && (ids.includes(id) || attachedTo(resources, id, machine)),
      );
  if (walls.length === 0) return none;
  const rules = exoscale
    ? ofType(resources, "exoscale:index/securityGroupRule:SecurityGroupRule")
        .filter(({ inputs }) => walls.some(({ id }) => id === text(inputs["securityGroupId"])))
        .map(({ inputs }) => exoscaleRule(inputs))
    : walls.flatMap(({ inputs }) => items(inputs["rules"]).map(hetznerRule));
  return { name, attached: "yes", rules };
}

const attachedTo = (resources: readonly StateResource[], firewall: string, machine: StateResource): boolean =>
  ofType(resources, "hcloud:index/firewallAttachment:FirewallAttachment").some(
    ({ inputs }) =>
      String(inputs["firewallId"]) === firewall &&
      items(inputs["serverIds"])
        .map(String)
        .includes(machine.id ?? ""),
  );

const protocolOf = (value: Plain | undefined): CloudRule["protocol"] => {
  const name = text(value)?.toLowerCase();
  return name === "tcp" || name === "udp" ? name : "any";
};

function hetznerRule(rule: Plain): CloudRule {
  const direction = text(at(rule, "direction")) === "out" ? "out" : "in";
  const [first, last] = (text(at(rule, "port")) ?? "any").split("-").map(Number);
  const all = first === undefined || Number.isNaN(first);
  return {
    direction,
    protocol: protocolOf(at(rule, "protocol")),
    first: all ? 1 : first,
    last: all ? 65535 : (last ?? first),
    peers: texts(at(rule, direction === "in" ? "sourceIps" : "destinationIps")),
    reason: text(at(rule, "description")) ?? "no reason given",
  };
}

function exoscaleRule(inputs: StateResource["inputs"]): CloudRule {
  const cidr = text(inputs["cidr"]);
  return {
    direction: text(inputs["type"])?.toUpperCase() === "EGRESS" ? "out" : "in",
    protocol: protocolOf(inputs["protocol"]),
    first: number(inputs["startPort"]) ?? 1,
    last: number(inputs["endPort"]) ?? 65535,
    // A rule without a range names another group: the addresses of its members are not in the rule.
    peers: cidr === undefined ? ["0.0.0.0/0", "::/0"] : [cidr],
    reason: text(inputs["description"]) ?? "no reason given",
  };
}

/**
 * The cloud's firewall on a path. It filters public interfaces only, at Hetzner and at Exoscale: it never counts on a host without a
 * public address, nor for a range that can only be reached through a private network. Without an outgoing rule, both let everything out.
 */
export function cloudFirewallWall(
  { door, firewall }: { readonly door: boolean; readonly firewall: CloudFirewall },
  path: Path,
): Wall {
  const mechanism = "cloud firewall";
  if (!door) return notCounted(mechanism, `a ${firewall.name} does nothing on a host without a public address`);
  if (firewall.attached !== "yes")
    return notCounted(
      mechanism,
      firewall.attached === "no"
        ? `no ${firewall.name} is attached`
        : `which ${firewall.name} is attached is known after up`,
    );
  if (path.ranges.some((range) => !isPublic(range)))
    return notCounted(
      mechanism,
      `a ${firewall.name} does not filter private networks, where these ranges would come from`,
    );
  const rules = firewall.rules.filter(({ direction }) => direction === path.direction);
  if (path.direction === "out" && rules.length === 0)
    return notCounted(mechanism, `a ${firewall.name} without an outgoing rule lets everything out`);
  return counted(
    mechanism,
    firewall.name,
    rules.flatMap((rule) => gapOf(rule, path)),
  );
}

function gapOf({ protocol, first, last, peers, reason }: CloudRule, { ranges }: Path): readonly Gap[] {
  if (!peers.some((peer) => ranges.some((range) => meets(peer, range)))) return [];
  return [{ ...(protocol === "any" ? {} : { protocol }), first, last, peers, reason }];
}

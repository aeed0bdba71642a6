import type { Stores } from "./kind";
import type { Store } from "./store";
import { list, number, objects, Properties, text } from "./values";

/** A machine of any simulated cloud, with its network addresses. */
export interface Machine {
  readonly cloud: "hcloud" | "exoscale" | "metal";
  readonly id: string;
  readonly name: string;
  readonly publicAddresses: readonly string[];
  /** True if the provider's firewall closes SSH on the public addresses. @default false */
  readonly walledOff?: boolean;
  readonly privateAddresses: readonly { readonly network: string; readonly address: string }[];
  /** The public host key of a machine that had one before it was enrolled. @default - one that is made for it */
  readonly hostKey?: string;
  /** Proof of its own key at first contact, if its user data carried a secret for that. @default - nothing */
  readonly proof?: string;
}

export const serverType = "hcloud:index/server:Server";
const floatingIpType = "hcloud:index/floatingIp:FloatingIp";
const assignmentType = "hcloud:index/floatingIpAssignment:FloatingIpAssignment";
export const instanceType = "exoscale:index/computeInstance:ComputeInstance";
const elasticIpType = "exoscale:index/elasticIp:ElasticIp";

/** Machines of an inventory exist already: the answer of a successful enrolment names its machine. */
const commandType = "command:remote:Command";

/** The machine of an enrolment, by its answer; undefined for any other command. */
export function enrolledMachine(id: string, answer: string): Machine | undefined {
  const [, name = "", address = "", open, hostKey = ""] =
    /^enrolled (\S+) (\S+) (\S+) (\S+ \S+)\n?$/.exec(answer) ?? [];
  return name === ""
    ? undefined
    : {
        cloud: "metal",
        id,
        name,
        publicAddresses: open === undefined || open === "-" ? [] : [open],
        privateAddresses: [{ network: "metal", address }],
        hostKey,
      };
}

/** All machines that exist now. */
export function machines(stores: Stores): readonly Machine[] {
  const servers = stores["hcloud"]?.of(serverType) ?? [];
  const instances = stores["exoscale"]?.of(instanceType) ?? [];
  const commands = stores["command"]?.of(commandType) ?? [];
  return [
    ...commands.flatMap(({ id, properties }) => enrolledMachine(id, text(properties, "stdout") ?? "") ?? []),
    ...servers.map(({ id, properties }): Machine => ({
      cloud: "hcloud",
      id,
      name: text(properties, "name") ?? id,
      publicAddresses: [
        ...present(properties, "ipv4Address", "ipv6Address"),
        ...(stores["hcloud"]?.of(assignmentType) ?? [])
          .filter(({ properties: assigned }) => String(assigned["serverId"]) === id)
          .flatMap(({ properties: assigned }) =>
            present(
              stores["hcloud"]?.get(floatingIpType, String(assigned["floatingIpId"]))?.properties ?? {},
              "ipAddress",
            ),
          ),
      ],
      walledOff: behindFirewall(stores["hcloud"], properties),
      ...proof(properties),
      privateAddresses: objects(properties, "networks").flatMap((network) =>
        attachment(String(network["networkId"]), text(network, "ip")),
      ),
    })),
    ...instances.map(({ id, properties }): Machine => ({
      cloud: "exoscale",
      id,
      name: text(properties, "name") ?? id,
      publicAddresses: [
        ...present(properties, "publicIpAddress", "ipv6Address"),
        // If an address leads to several instances, the first one answers: the real choice is not known.
        ...list(properties, "elasticIpIds").flatMap((one) =>
          present(stores["exoscale"]?.get(elasticIpType, String(one))?.properties ?? {}, "ipAddress"),
        ),
      ],
      walledOff: behindSecurityGroups(stores["exoscale"], properties),
      ...proof(properties),
      privateAddresses: objects(properties, "networkInterfaces").flatMap((card) =>
        attachment(text(card, "networkId") ?? "", leased(card) ?? ownAddress(properties)),
      ),
    })),
  ];
}

const leased = (card: Properties): string | undefined => {
  const address = text(card, "ipAddress");
  return address === "" ? undefined : address;
};

/** In a network that gives no addresses a machine takes the one in the netplan of its user data, which is JSON inside JSON. */
const ownAddress = (properties: Properties): string | undefined =>
  /\/etc\/netplan\/[^}]*?\\"addresses\\":\[\\"([0-9.]+)\//.exec(text(properties, "userData") ?? "")?.[1];

const proof = (properties: Properties): Pick<Machine, "proof"> => {
  const found = text(properties, "birthProof");
  return found === undefined ? {} : { proof: found };
};

const present = (properties: Properties, ...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => text(properties, name) ?? []).filter((address) => address !== "");

const attachment = (
  network: string,
  address: string | undefined,
): readonly { readonly network: string; readonly address: string }[] =>
  address === undefined ? [] : [{ network, address }];

const ssh = 22;

/**
 * A firewall drops packets that none of its rules allows; a server with several firewalls accepts packets that any of them allows. The source is not checked: it is not
 * known here where the program runs. Source: Hetzner's documentation, Cloud, Firewalls, "FAQ".
 */
function behindFirewall(store: Store | undefined, server: Properties): boolean {
  const walls = list(server, "firewallIds").flatMap(
    (id) => store?.get("hcloud:index/firewall:Firewall", String(id)) ?? [],
  );
  return (
    walls.length > 0 &&
    !walls
      .flatMap(({ properties }) => objects(properties, "rules"))
      .some((rule) => text(rule, "direction") === "in" && text(rule, "protocol") === "tcp" && hetznerPort(rule))
  );
}

const hetznerPort = (rule: Properties): boolean => {
  const [first, last = first] = (text(rule, "port") ?? "").split("-");
  return first === "any" || (Number(first) <= ssh && ssh <= Number(last));
};

/** The same for security groups. Source: Exoscale's documentation, "Security Groups": incoming traffic is refused unless a rule allows it. */
function behindSecurityGroups(store: Store | undefined, instance: Properties): boolean {
  const groups = list(instance, "securityGroupIds");
  return (
    groups.length > 0 &&
    !(store?.of("exoscale:index/securityGroupRule:SecurityGroupRule") ?? []).some(
      ({ properties }) =>
        groups.includes(properties["securityGroupId"] ?? "") &&
        text(properties, "type") === "INGRESS" &&
        /^tcp$/i.test(text(properties, "protocol") ?? "") &&
        (number(properties, "startPort") ?? 0) <= ssh &&
        ssh <= (number(properties, "endPort") ?? 0),
    )
  );
}

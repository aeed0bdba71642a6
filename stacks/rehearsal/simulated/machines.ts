import type { Stores } from "./kind";
import { objects, Properties, text } from "./values";

/** A machine of any simulated cloud, as the network sees it. */
export interface Machine {
  readonly cloud: "hcloud" | "exoscale" | "metal";
  readonly id: string;
  readonly name: string;
  readonly publicAddresses: readonly string[];
  readonly privateAddresses: readonly { readonly network: string; readonly address: string }[];
  /** The public host key of a machine that had one before it was claimed. @default - one that is made for it */
  readonly hostKey?: string;
}

export const serverType = "hcloud:index/server:Server";
export const instanceType = "exoscale:index/computeInstance:ComputeInstance";

/** Machines of an inventory are there already: a claim that went through says in its answer which one it has. */
const commandType = "command:remote:Command";

/** The machine that a claim has, by its answer; undefined for any other command. */
export function claimedMachine(id: string, answer: string): Machine | undefined {
  const [, name = "", address = "", open, hostKey = ""] = /^claimed (\S+) (\S+) (\S+) (\S+ \S+)\n?$/.exec(answer) ?? [];
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

/** Every machine that exists at this moment. */
export function machines(stores: Stores): readonly Machine[] {
  const servers = stores["hcloud"]?.of(serverType) ?? [];
  const instances = stores["exoscale"]?.of(instanceType) ?? [];
  const commands = stores["command"]?.of(commandType) ?? [];
  return [
    ...commands.flatMap(({ id, properties }) => claimedMachine(id, text(properties, "stdout") ?? "") ?? []),
    ...servers.map(({ id, properties }): Machine => ({
      cloud: "hcloud",
      id,
      name: text(properties, "name") ?? id,
      publicAddresses: present(properties, "ipv4Address", "ipv6Address"),
      privateAddresses: objects(properties, "networks").flatMap((network) =>
        attachment(String(network["networkId"]), text(network, "ip")),
      ),
    })),
    ...instances.map(({ id, properties }): Machine => ({
      cloud: "exoscale",
      id,
      name: text(properties, "name") ?? id,
      publicAddresses: present(properties, "publicIpAddress", "ipv6Address"),
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

const present = (properties: Properties, ...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => text(properties, name) ?? []).filter((address) => address !== "");

const attachment = (
  network: string,
  address: string | undefined,
): readonly { readonly network: string; readonly address: string }[] =>
  address === undefined ? [] : [{ network, address }];

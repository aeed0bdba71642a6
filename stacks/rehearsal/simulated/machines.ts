import type { Stores } from "./kind";
import { objects, Properties, text } from "./values";

/** A machine of any simulated cloud, as the network sees it. */
export interface Machine {
  readonly cloud: "hcloud" | "exoscale";
  readonly id: string;
  readonly name: string;
  readonly publicAddresses: readonly string[];
  readonly privateAddresses: readonly { readonly network: string; readonly address: string }[];
}

export const serverType = "hcloud:index/server:Server";
export const instanceType = "exoscale:index/computeInstance:ComputeInstance";

/** Every machine that exists at this moment. */
export function machines(stores: Stores): readonly Machine[] {
  const servers = stores["hcloud"]?.of(serverType) ?? [];
  const instances = stores["exoscale"]?.of(instanceType) ?? [];
  return [
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

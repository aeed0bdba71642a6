import { createHash } from "node:crypto";
import { macAddress, parsedRange, publicAddress, publicNetwork6 } from "../addresses";
import { birthProof } from "../born";
import { ExistingOperation, Kind, Operation, ProviderError } from "../kind";
import { serverType } from "../machines";
import { all } from "../property-checks";
import type { Stored } from "../store";
import { flag, isProperties, list, number, objects, own, Properties, text, Value } from "../values";
import { cards, image, labels, networks, noDatacenter, sshKeys } from "./checks";
import { defaultLocation, HostType, hostName, hostTypes, images, limits, locations, typeZones } from "./facts";
import { refuse } from "./refuse";

export const types = {
  network: "hcloud:index/network:Network",
  subnet: "hcloud:index/networkSubnet:NetworkSubnet",
  placementGroup: "hcloud:index/placementGroup:PlacementGroup",
  firewall: "hcloud:index/firewall:Firewall",
  primaryIp: "hcloud:index/primaryIp:PrimaryIp",
  sshKey: "hcloud:index/sshKey:SshKey",
  volume: "hcloud:index/volume:Volume",
  volumeAttachment: "hcloud:index/volumeAttachment:VolumeAttachment",
  route: "hcloud:index/networkRoute:NetworkRoute",
  balancer: "hcloud:index/loadBalancer:LoadBalancer",
  balancerNetwork: "hcloud:index/loadBalancerNetwork:LoadBalancerNetwork",
  balancerService: "hcloud:index/loadBalancerService:LoadBalancerService",
  balancerTarget: "hcloud:index/loadBalancerTarget:LoadBalancerTarget",
  floatingIp: "hcloud:index/floatingIp:FloatingIp",
  floatingIpAssignment: "hcloud:index/floatingIpAssignment:FloatingIpAssignment",
  zone: "hcloud:index/zone:Zone",
  recordSet: "hcloud:index/zoneRrset:ZoneRrset",
} as const;

export const server: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["image", "location", "sshKeys", "userData"],
  sets: ["firewallIds", "networks", "publicNets", "aliasIps"],
  keeps: ["firewallIds", "image", "location", "networks[*].ip", "publicNets[*].ipv4", "publicNets[*].ipv6"],
  plans: { "publicNets[*].ipv4Enabled": true, "publicNets[*].ipv6Enabled": true },
  defaults: {
    backups: false,
    deleteProtection: false,
    ignoreRemoteFirewallIds: false,
    keepDisk: false,
    rebuildProtection: false,
    shutdownBeforeDeletion: false,
  },
  computed: ["firewallIds", "image", "location"],
  echo: { userData: (input) => createHash("sha1").update(input).digest("base64") },
  complete: (inputs) => {
    // The real plugin adds the empty list: without it every run would show a difference.
    const cards = own(inputs, "networks");
    if (!Array.isArray(cards)) return inputs;
    return { ...inputs, networks: cards.map((card: Value) => (isProperties(card) ? { aliasIps: [], ...card } : card)) };
  },
  check: all(labels, noDatacenter, image, networks, cards, sshKeys),
  create: (operation) => {
    const { inputs, store } = operation;
    const type = hostType(inputs);
    const location = text(inputs, "location") ?? defaultLocation;
    validate(operation, type, location);
    const id = store.nextId();
    return {
      id: String(id),
      outputs: {
        image: text(inputs, "image") ?? "debian-12",
        location,
        ...birthProof("hcloud", String(id), inputs),
        status: "running",
        backupWindow: "",
        primaryDiskSize: type.diskGb,
        firewallIds: list(inputs, "firewallIds"),
        ...addresses(operation, id),
        ...connected(operation, location, id),
      },
    };
  },
  update: (operation) => {
    const { inputs, state, id } = operation;
    hostType(inputs);
    if (
      number(inputs, "placementGroupId") !== number(state, "placementGroupId") &&
      number(state, "placementGroupId") !== undefined
    )
      throw new ProviderError(
        "removing a running server from a placement group is currently not supported in the provider. You can shutdown the server yourself, apply the changes again and then start the server manually as a workaround",
      );
    return {
      firewallIds: list(inputs, "firewallIds"),
      ...connected(operation, text(state, "location") ?? defaultLocation, Number(id)),
    };
  },
  remove: ({ store, id, state }) => {
    if (flag(store.get(serverType, id)?.properties, "deleteProtection"))
      refuse("protected", `server "${text(state, "name") ?? id}" is protected from being deleted`);
    // A deleted server's attachments are detached by the API.
    for (const type of [types.volumeAttachment, types.floatingIpAssignment, types.balancerTarget])
      for (const attachment of store.of(type))
        if (String(attachment.properties["serverId"]) === id) store.remove(attachment.type, attachment.id);
  },
};

function hostType(inputs: Properties): HostType {
  const name = text(inputs, "serverType") ?? "";
  const type = hostTypes[name];
  if (type === undefined) throw new ProviderError(`server type ${name} not found`);
  return type;
}

function validate({ inputs, store }: Operation, type: HostType, location: string): void {
  const name = text(inputs, "name") ?? "";
  if (!hostName.test(name))
    refuse("invalid_input", `invalid input in field 'name': [name => [must be a valid hostname, got "${name}"]]`);
  if (locations[location] === undefined)
    refuse("invalid_input", `invalid input in field 'location': [location => ["${location}" is no location]]`);
  const zones = typeZones.find(([pattern]) => pattern.test(text(inputs, "serverType") ?? ""))?.[1];
  if (zones?.includes(locations[location] ?? "") === false)
    refuse("invalid_input", "unsupported location for server type");
  const image = text(inputs, "image") ?? "debian-12";
  if (!images.test(image) && !/^\d+$/.test(image))
    throw new ProviderError(`image ${image} for architecture ${type.architecture} not found`);
  if (Buffer.byteLength(text(inputs, "userData") ?? "") > limits.userDataBytes)
    refuse("invalid_input", "invalid input in field 'user_data': [user_data => [Length must be between 0 and 32768.]]");
  for (const key of list(inputs, "sshKeys"))
    if (!store.of(types.sshKey).some(({ id, properties }) => id === key || properties["name"] === key))
      throw new ProviderError(`SSH key not found: ${String(key)}`);
  if (flag(inputs, "deleteProtection") !== flag(inputs, "rebuildProtection"))
    refuse("invalid_input", "delete and rebuild protection have to be the same");
  const group = number(inputs, "placementGroupId");
  if (group !== undefined) {
    if (store.get(types.placementGroup, String(group)) === undefined)
      throw new ProviderError(`placement group not found: ${group}`);
    if (membersOfGroup(store.of(serverType), group).length >= limits.perSpreadGroup)
      refuse("resource_limit_exceeded", `placement group ${group} has its ${limits.perSpreadGroup} servers already`);
  }
  for (const id of list(inputs, "firewallIds")) {
    if (store.get(types.firewall, String(id)) === undefined)
      refuse("not_found", `firewall with ID '${String(id)}' not found`);
    if (!publicly(inputs).some(Boolean))
      refuse("private_net_only_server", `the server "${name}" has no public interface to apply a firewall to`);
  }
  if (!publicly(inputs).some(Boolean) && objects(inputs, "networks").length === 0)
    refuse("invalid_input", `the server "${name}" needs at least one network interface`);
}

export const membersOfGroup = (servers: readonly Stored[], group: number): readonly Stored[] =>
  servers.filter(({ properties }) => number(properties, "placementGroupId") === group);

/** Presence of a public IPv4 and a public IPv6 address; both by default. */
function publicly(inputs: Properties): readonly [boolean, boolean] {
  const [net] = objects(inputs, "publicNets");
  return net === undefined ? [true, true] : [own(net, "ipv4Enabled") !== false, own(net, "ipv6Enabled") !== false];
}

function addresses({ inputs, store }: Operation, id: number): Properties {
  const [v4, v6] = publicly(inputs);
  const [net] = objects(inputs, "publicNets");
  const reserved = number(net, "ipv4");
  const reserved6 = number(net, "ipv6");
  const network6 =
    reserved6 === undefined ? publicNetwork6("hcloud", id) : takePrimary(store, reserved6, "ipv6", inputs, "ipNetwork");
  return {
    ipv4Address: v4
      ? reserved === undefined
        ? publicAddress("hcloud", id)
        : takePrimary(store, reserved, "ipv4", inputs, "ipAddress")
      : "",
    ipv6Address: v6 ? network6.replace("::/64", "::1") : "",
    ipv6Network: v6 ? network6 : "<nil>",
  };
}

function takePrimary(
  store: Operation["store"],
  id: number,
  version: "ipv4" | "ipv6",
  inputs: Properties,
  output: string,
): string {
  const primary = store.get(types.primaryIp, String(id));
  if (primary === undefined) return refuse("not_found", `primary IP with ID '${id}' not found`);
  const holder = store
    .of(serverType)
    .find(({ properties }) => number(objects(properties, "publicNets")[0], version) === id);
  if (holder !== undefined)
    refuse("primary_ip_already_assigned", `primary IP ${id} is already assigned to server ${holder.id}`);
  if (text(primary.properties, "type") !== version)
    refuse("primary_ip_version_mismatch", `primary IP ${id} has the wrong IP version`);
  if (text(primary.properties, "location") !== (text(inputs, "location") ?? defaultLocation))
    refuse("primary_ip_datacenter_mismatch", `primary IP ${id} is in another location than the server`);
  return text(primary.properties, output) ?? "";
}

/** Attaches it to its networks, if the program names any. */
function connected(
  { inputs, store, ...rest }: Operation | ExistingOperation,
  location: string,
  id: number,
): Properties {
  if (own(inputs, "networks") === undefined) return {};
  const others = store.of(serverType).filter((other) => !("id" in rest && rest.id === other.id));
  return {
    networks: objects(inputs, "networks").map((card) => {
      const networkId = text(card, "subnetId")?.split("-")[0] ?? String(own(card, "networkId"));
      return {
        ...card,
        ip: attached(store, others, networkId, text(card, "ip"), locations[location] ?? ""),
        macAddress: macAddress(id),
      };
    }),
  };
}

/** The address of a server or a balancer in a network. The network must have a subnet in its zone, with a free address. */
export function attached(
  store: Operation["store"],
  others: readonly Stored[],
  networkId: string,
  asked: string | undefined,
  zone: string,
): string {
  if (store.get(types.network, networkId) === undefined)
    return refuse("not_found", `network with ID '${networkId}' not found`);
  const balancers = store.of(types.balancerNetwork).map(({ properties }): Properties => properties);
  const members = [...others.flatMap(({ properties }) => objects(properties, "networks")), ...balancers].filter(
    (card) => String(own(card, "networkId")) === networkId,
  );
  if (members.length >= limits.perNetwork)
    refuse("resource_limit_exceeded", `network ${networkId} has its ${limits.perNetwork} members already`);
  const subnets = store
    .of(types.subnet)
    .filter(
      ({ properties }) =>
        String(properties["networkId"]) === networkId &&
        properties["networkZone"] === zone &&
        properties["type"] !== "vswitch",
    )
    .flatMap(({ properties }) => parsedRange(text(properties, "ipRange")) ?? []);
  if (subnets.length === 0)
    refuse("no_subnet_available", `network ${networkId} has no subnet in the network zone ${zone}`);
  const taken = new Set(members.map((card) => text(card, "ip")));
  if (asked !== undefined) {
    const fits = subnets.some(
      (range) => range.contains(asked) && ![range.host(0), range.host(1), range.host(range.size - 1)].includes(asked),
    );
    if (!fits || taken.has(asked)) refuse("ip_not_available", `IP ${asked} is not available in network ${networkId}`);
    return asked;
  }
  for (const range of subnets)
    for (let n = 2; n < range.size - 1; n++) if (!taken.has(range.host(n))) return range.host(n);
  return refuse("no_subnet_available", `network ${networkId} has no free address`);
}

/** Servers that use an object; for other types. */
export const serversWith = (store: Operation["store"], uses: (properties: Properties) => boolean): readonly Stored[] =>
  store.of(serverType).filter(({ properties }) => uses(properties));

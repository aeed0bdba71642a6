import { createHash } from "node:crypto";
import { Cidr } from "../../../../../components/core/cidr";
import { parsedRange, publicAddress, publicNetwork6 } from "../addresses";
import { shown } from "../checks";
import { Kind, Operation, SimulatedPackage } from "../kind";
import { serverType } from "../machines";
import { all, Check, ipv4, oneOf, range } from "../property-checks";
import { sdkDeclarations } from "../tables";
import { list, number, objects, own, Properties, text } from "../values";
import { balancer, balancerNetwork, balancerService, balancerTarget } from "./balancer";
import { firewallRules, labels, noDatacenter, primaryIp } from "./checks";
import { framework, locations, networkZones, vSwitchZone } from "./facts";
import { floatingIp, floatingIpAssignment } from "./floating";
import { inUse, protect, refuse } from "./refuse";
import { membersOfGroup, server, serversWith, types } from "./server";
import { volume, volumeAttachment } from "./volume";
import { recordSet, zone } from "./zone";

const numbered = ({ store }: Operation): string => String(store.nextId());

const network: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["ipRange"],
  defaults: { deleteProtection: false, exposeRoutesToVswitch: false },
  check: all(labels, range("ipRange")),
  create: (operation) => ({ id: numbered(operation), outputs: {} }),
  remove: ({ store, id }) => {
    protect(store.get(types.network, id), "network");
    inUse("network", id, [
      ...serversWith(store, (server) =>
        objects(server, "networks").some((card) => String(own(card, "networkId")) === id),
      ).map((server) => `server ${server.id}`),
      ...store
        .of(types.balancerNetwork)
        .filter(({ properties }) => String(properties["networkId"]) === id)
        .map(({ properties }) => `load balancer ${String(properties["loadBalancerId"])}`),
    ]);
  },
};

/** A check of the API, not of the plan. */
const vswitchPart: Check = (inputs) => {
  const vswitch = text(inputs, "type") === "vswitch";
  if (vswitch && own(inputs, "vswitchId") === undefined)
    return [{ property: "vswitchId", reason: "expected the number of a vSwitch, got nothing; set it" }];
  if (vswitch && text(inputs, "networkZone") !== vSwitchZone)
    return [
      {
        property: "networkZone",
        reason: `expected ${vSwitchZone} for a vSwitch, got ${shown(own(inputs, "networkZone"))}; change it`,
      },
    ];
  return [];
};

const subnet: Kind = {
  replaces: ["ipRange", "networkId", "networkZone", "type", "vswitchId"],
  check: all(
    oneOf("type", ["cloud", "server", "vswitch"]),
    oneOf("networkZone", networkZones),
    range("ipRange"),
    vswitchPart,
  ),
  create: ({ inputs, store }) => {
    const networkId = String(own(inputs, "networkId"));
    const parent = store.get(types.network, networkId);
    if (parent === undefined) return refuse("not_found", `network with ID '${networkId}' not found`);
    const inner = parsedRange(text(inputs, "ipRange"));
    const whole = parsedRange(text(parent.properties, "ipRange"));
    if (inner === undefined || whole?.contains(inner) !== true)
      return refuse("invalid_input", "the subnet's range has to lie in the network's");
    const neighbours = store.of(types.subnet).filter(({ properties }) => String(properties["networkId"]) === networkId);
    if (neighbours.some(({ properties }) => parsedRange(text(properties, "ipRange"))?.overlaps(inner) === true))
      refuse("invalid_input", "the subnet overlaps with another one of the network");
    const vswitchId = number(inputs, "vswitchId");
    if (
      vswitchId !== undefined &&
      store.of(types.subnet).some(({ properties }) => properties["vswitchId"] === vswitchId)
    )
      refuse("vswitch_id_already_used", `vSwitch ${vswitchId} is coupled with a network already`);
    return { id: `${networkId}-${inner.toString()}`, outputs: { gateway: inner.host(1) } };
  },
  remove: ({ store, id, state }) => {
    const held = parsedRange(text(state, "ipRange"));
    const members = serversWith(store, (server) =>
      objects(server, "networks").some(
        (card) =>
          String(own(card, "networkId")) === String(own(state, "networkId")) &&
          held?.contains(text(card, "ip") ?? "::") === true,
      ),
    );
    if (members.length > 0)
      refuse(
        "service_error",
        `cannot remove subnet ${id} because servers are attached to it: ${members.map((member) => member.id).join(", ")}`,
      );
  },
};

const route: Kind = {
  replaces: ["destination", "gateway", "networkId"],
  check: all(range("destination"), ipv4("gateway")),
  create: ({ inputs, store }) => {
    const networkId = String(own(inputs, "networkId"));
    const parent = store.get(types.network, networkId);
    if (parent === undefined) return refuse("not_found", `network with ID '${networkId}' not found`);
    const destination = parsedRange(text(inputs, "destination"));
    const whole = parsedRange(text(parent.properties, "ipRange"));
    const gateway = text(inputs, "gateway") ?? "";
    if (
      destination === undefined ||
      !(destination.toString() === "0.0.0.0/0" || destinations.some((outer) => outer.contains(destination)))
    )
      return refuse("invalid_input", "the destination has to be private or 0.0.0.0/0");
    const taken = [types.subnet, types.route]
      .flatMap((type) => store.of(type))
      .filter(({ properties }) => String(properties["networkId"]) === networkId)
      .flatMap(({ properties }) => parsedRange(text(properties, "ipRange") ?? text(properties, "destination")) ?? []);
    // A default route covers everything, so it is compared with other default routes only.
    if (taken.some((other) => (other.prefix === 0) === (destination.prefix === 0) && other.overlaps(destination)))
      refuse("invalid_input", "the destination overlaps with a subnet or with another route");
    if (whole?.contains(gateway) !== true || gateway === whole.host(1) || gateway === "172.31.1.1")
      refuse("invalid_input", "the gateway has to be in the network, and neither its first address nor 172.31.1.1");
    return { id: `${networkId}-${destination.toString()}`, outputs: {} };
  },
};

const destinations = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((inner) => Cidr.parse(inner));

const firewall: Kind = {
  autonamed: true,
  uniqueName: true,
  sets: ["rules", "applyTos", "sourceIps", "destinationIps"],
  keeps: ["applyTos", "labels"],
  computed: ["labels", "applyTos"],
  check: all(labels, firewallRules),
  create: (operation) => ({
    id: numbered(operation),
    outputs: { applyTos: list(operation.inputs, "applyTos"), labels: own(operation.inputs, "labels") ?? {} },
  }),
  remove: ({ store, id }) => {
    const users = serversWith(store, (server) =>
      list(server, "firewallIds").some((firewallId) => String(firewallId) === id),
    );
    if (users.length > 0)
      refuse(
        "resource_in_use",
        `firewall with ID '${id}' is still in use by server ${users.map((user) => user.id).join(", ")}`,
      );
  },
};

const placementGroup: Kind = {
  autonamed: true,
  uniqueName: true,
  check: all(labels, oneOf("type", ["spread"])),
  create: (operation) => ({ id: numbered(operation), outputs: { servers: [] } }),
  remove: ({ store, id }) =>
    inUse(
      "placement group",
      id,
      membersOfGroup(store.of(serverType), Number(id)).map((member) => `server ${member.id}`),
    ),
};

const primary: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["type", "location"],
  defaults: { autoDelete: false, deleteProtection: false, labels: {} },
  keeps: ["assigneeId", "assigneeType", "location"],
  check: all(labels, noDatacenter, oneOf("type", ["ipv4", "ipv6"]), primaryIp),
  create: ({ inputs, store }) => {
    const location = text(inputs, "location") ?? "";
    if (locations[location] === undefined)
      refuse("invalid_input", `invalid input in field 'location': ["${location}" is no location]`);
    const id = store.nextId();
    const v4 = text(inputs, "type") === "ipv4";
    const network6 = publicNetwork6("hcloud", id);
    return {
      id: String(id),
      outputs: {
        location,
        assigneeId: 0,
        assigneeType: text(inputs, "assigneeType") ?? "server",
        datacenter: "",
        ipAddress: v4 ? publicAddress("hcloud", id) : network6.replace("/64", ""),
        ipNetwork: v4 ? "" : network6,
      },
    };
  },
  remove: ({ store, id }) => {
    protect(store.get(types.primaryIp, id), "primary IP");
    inUse(
      "primary IP",
      id,
      serversWith(store, (server) =>
        objects(server, "publicNets").some((net) => String(own(net, "ipv4") ?? own(net, "ipv6")) === id),
      ).map((user) => `server ${user.id}`),
    );
  },
};

const sshKey: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["publicKey"],
  defaults: { labels: {} },
  check: labels,
  create: (operation) => {
    const blob = keyBlob(operation.inputs);
    const twin = operation.store.of(types.sshKey).find(({ properties }) => keyBlob(properties) === blob);
    if (twin !== undefined) refuse("uniqueness_error", `SSH key with the same fingerprint already exists: ${twin.id}`);
    const md5 = createHash("md5").update(Buffer.from(blob, "base64")).digest("hex");
    return { id: numbered(operation), outputs: { fingerprint: (md5.match(/../g) ?? []).join(":") } };
  },
};

function keyBlob(inputs: Properties): string {
  const [kind = "", blob = ""] = (text(inputs, "publicKey") ?? "").trim().split(/\s+/);
  if (!/^(ssh-|ecdsa-|sk-)/.test(kind) || blob === "")
    return refuse(
      "invalid_input",
      "invalid input in field 'public_key': [public_key => [must be an OpenSSH public key]]",
    );
  return blob;
}

const kinds: Readonly<Record<string, Kind>> = {
  [serverType]: server,
  [types.network]: network,
  [types.subnet]: subnet,
  [types.firewall]: firewall,
  [types.placementGroup]: placementGroup,
  [types.primaryIp]: primary,
  [types.sshKey]: sshKey,
  [types.volume]: volume,
  [types.volumeAttachment]: volumeAttachment,
  [types.route]: route,
  [types.balancer]: balancer,
  [types.balancerNetwork]: balancerNetwork,
  [types.balancerService]: balancerService,
  [types.balancerTarget]: balancerTarget,
  [types.floatingIp]: floatingIp,
  [types.floatingIpAssignment]: floatingIpAssignment,
  [types.zone]: zone,
  [types.recordSet]: recordSet,
};

/** Hetzner Cloud as plugin `hcloud` 1.41 presents it. */
export function hcloud(): SimulatedPackage {
  const declarations = sdkDeclarations("@pulumi/hcloud");
  return {
    name: "hcloud",
    version: declarations.version,
    declarations,
    bridged: true,
    framework,
    kind: (token) => kinds[token],
    // Seen at the plugin of hetznercloud/terraform-provider-hcloud v1.68.0 (93291f49).
    checkConfig: all(oneOf("pollFunction", ["constant", "exponential"]), (config) => {
      const token = text(config, "token");
      return token === undefined || token.length === 64
        ? []
        : [
            {
              property: "token",
              reason: `expected a token of exactly 64 characters, got ${token.length}; take one from the project's security page`,
            },
          ];
    }),
    faultText: (fault, type, name) => faults[fault](type.slice(type.lastIndexOf(":") + 1).toLowerCase(), name),
  };
}

const faults: Readonly<Record<Parameters<SimulatedPackage["faultText"]>[0], (what: string, name: string) => string>> = {
  quota: (what) => `${what} limit exceeded (resource_limit_exceeded): the API answered 403`,
  "rate-limit": () => "limit of 3600 requests per hour reached (rate_limit_exceeded): the API answered 429",
  "server-error": () => "hcloud: server responded with status code 503",
  "timeout-after-made": (what, name) =>
    `context deadline exceeded while waiting for the ${what} "${name}"; it may exist all the same`,
  "timeout-with-id": (what, name) => `context deadline exceeded while waiting for the actions of the ${what} "${name}"`,
};

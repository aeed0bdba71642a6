import { createHash } from "node:crypto";
import { parsedRange, publicAddress, publicNetwork6 } from "../addresses";
import { Kind, Operation, SimulatedPackage } from "../kind";
import { serverType } from "../machines";
import { all, oneOf, range } from "../property-checks";
import { sdkDeclarations } from "../tables";
import { list, objects, own, Properties, text } from "../values";
import { firewallRules, labels, noDatacenter, primaryIp } from "./checks";
import { locations, networkZones } from "./facts";
import { inUse, protect, refuse } from "./refuse";
import { membersOfGroup, server, serversWith, types } from "./server";
import { volume, volumeAttachment } from "./volume";

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
    inUse(
      "network",
      id,
      serversWith(store, (server) =>
        objects(server, "networks").some((card) => String(own(card, "networkId")) === id),
      ).map((server) => `server ${server.id}`),
    );
  },
};

const subnet: Kind = {
  replaces: ["ipRange", "networkId", "networkZone", "type", "vswitchId"],
  check: all(oneOf("type", ["cloud", "server", "vswitch"]), oneOf("networkZone", networkZones), range("ipRange")),
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

const firewall: Kind = {
  autonamed: true,
  uniqueName: true,
  sets: ["rules", "applyTos", "sourceIps", "destinationIps"],
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
};

/** Hetzner Cloud as plugin `hcloud` 1.41 sees it. */
export function hcloud(): SimulatedPackage {
  const declarations = sdkDeclarations("@pulumi/hcloud");
  return {
    name: "hcloud",
    version: declarations.version,
    declarations,
    bridged: true,
    kind: (token) => kinds[token],
    checkConfig: (config) => {
      const token = text(config, "token");
      return token === undefined || token.length === 64
        ? []
        : [
            {
              property: "token",
              reason: `expected a token of exactly 64 characters, got ${token.length}; take one from the project's security page`,
            },
          ];
    },
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

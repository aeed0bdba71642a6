import { publicAddress, publicNetwork6 } from "../addresses";
import { shown } from "../checks";
import type { Kind, Operation } from "../kind";
import { serverType } from "../machines";
import { address, all, between, Check, oneOf, stated } from "../property-checks";
import type { Stored } from "../store";
import { flag, hasUnknown, number, object, objects, own, Properties, text } from "../values";
import { labels } from "./checks";
import { balancerTypes, limits, locations } from "./facts";
import { protect, refuse } from "./refuse";
import { attached, types } from "./server";

const balancerOf = (inputs: Properties): string => String(own(inputs, "loadBalancerId"));

/** Objects of one type that belong to a balancer. */
const parts = (store: Operation["store"], type: string, id: string): readonly Stored[] =>
  store.of(type).filter(({ properties }) => balancerOf(properties) === id);

function existing(store: Operation["store"], inputs: Properties): Stored {
  const found = store.get(types.balancer, balancerOf(inputs));
  return found ?? refuse("not_found", `load balancer with ID '${balancerOf(inputs)}' not found`);
}

function capacity(inputs: Properties): { readonly services: number; readonly targets: number } {
  const name = text(inputs, "loadBalancerType") ?? "";
  const found = Object.hasOwn(balancerTypes, name) ? balancerTypes[name] : undefined;
  return found ?? refuse("invalid_input", `invalid input in field 'load_balancer_type': ["${name}" is no type]`);
}

const place: Check = (inputs) => {
  const [location, zone] = [own(inputs, "location"), own(inputs, "networkZone")];
  if (hasUnknown(location) || hasUnknown(zone)) return [];
  return (location === undefined) !== (zone === undefined)
    ? []
    : [
        {
          property: "location",
          reason: `expected either "location" or "networkZone", got ${location === undefined ? "neither" : "both"}; set one`,
        },
      ];
};

/** The balancer's own list accepts servers only. Source: terraform-provider-hcloud v1.66.1, `internal/loadbalancer/resource.go` (target.type). */
const inlineTargets: Check = (inputs) =>
  objects(inputs, "targets").flatMap((target, i) =>
    oneOf("type", ["server"])(target).map(({ property, reason }) => ({
      property: `targets[${i}].${property}`,
      reason,
    })),
  );

export const balancer: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["location", "networkZone"],
  keeps: ["algorithm", "algorithm.type", "labels", "location", "networkZone", "targets"],
  sets: ["targets"],
  plans: { "targets[*].usePrivateIp": false },
  defaults: { deleteProtection: false },
  computed: ["algorithm", "labels", "location", "networkZone", "targets"],
  check: all(labels, place, inlineTargets, (inputs) => {
    const algorithm = object(inputs, "algorithm");
    return oneOf("type", ["round_robin", "least_connections"])(algorithm).map(({ property, reason }) => ({
      property: `algorithm.${property}`,
      reason,
    }));
  }),
  create: ({ inputs, store }) => {
    capacity(inputs);
    const location = text(inputs, "location") ?? "";
    if (own(inputs, "location") !== undefined && locations[location] === undefined)
      refuse("invalid_input", `invalid input in field 'location': ["${location}" is no location]`);
    const id = store.nextId();
    return {
      id: String(id),
      outputs: {
        algorithm: { type: "round_robin", ...object(inputs, "algorithm") },
        labels: own(inputs, "labels") ?? {},
        location,
        networkZone: text(inputs, "networkZone") ?? locations[location] ?? "",
        targets: objects(inputs, "targets"),
        ipv4: publicAddress("hcloud", id),
        ipv6: publicNetwork6("hcloud", id).replace("::/64", "::1"),
        networkId: 0,
        networkIp: "",
      },
    };
  },
  update: ({ inputs, store, id }) => {
    const { services, targets } = capacity(inputs);
    if (
      parts(store, types.balancerService, id).length > services ||
      parts(store, types.balancerTarget, id).length > targets
    )
      refuse("invalid_load_balancer_type", "the load balancer has more services or targets than the new type takes");
    return {};
  },
  remove: ({ store, id }) => {
    protect(store.get(types.balancer, id), "load balancer");
    // Its parts are deleted with it.
    for (const type of [types.balancerNetwork, types.balancerService, types.balancerTarget])
      for (const part of parts(store, type, id)) store.remove(part.type, part.id);
  },
};

/** A network by one of its two names. */
const networkName: Check = (inputs) => {
  const names = ["networkId", "subnetId"].filter((name) => own(inputs, name) !== undefined);
  return names.length === 1 || names.some((name) => hasUnknown(own(inputs, name)))
    ? []
    : [
        {
          property: "networkId",
          reason: `expected either networkId or subnetId, got ${names.length === 0 ? "neither" : "both"}; set one`,
        },
      ];
};

export const balancerNetwork: Kind = {
  replaces: ["ip", "loadBalancerId", "networkId", "subnetId"],
  keeps: ["ip", "networkId"],
  defaults: { enablePublicInterface: true },
  computed: ["ip", "networkId"],
  check: all(networkName, address("ip")),
  create: ({ inputs, store }) => {
    const { id, properties } = existing(store, inputs);
    if (parts(store, types.balancerNetwork, id).length > 0)
      refuse("load_balancer_already_attached", `load balancer ${id} is attached to a network already`);
    const networkId = text(inputs, "subnetId")?.split("-")[0] ?? String(own(inputs, "networkId"));
    const zone = text(properties, "networkZone") ?? "";
    const ip = attached(store, store.of(serverType), networkId, text(inputs, "ip"), zone);
    return { id: `${id}-${networkId}`, outputs: { networkId: Number(networkId), ip } };
  },
};

const tcpPorts: Check = (inputs) =>
  text(inputs, "protocol") !== "tcp"
    ? []
    : ["listenPort", "destinationPort"]
        .filter((name) => own(inputs, name) === undefined)
        .map((property) => ({ property, reason: `expected a port for tcp, got nothing; set "${property}"` }));

/** Source: terraform-provider-hcloud v1.66.1, `internal/loadbalancer/resource_service.go` (timeout_idle). */
const http: Check = (inputs) =>
  between(
    "timeoutIdle",
    30,
    300,
  )(object(inputs, "http")).map(({ property, reason }) => ({
    property: `http.${property}`,
    reason,
  }));

const healthCheck: Check = (inputs) =>
  all(
    oneOf("protocol", ["http", "https", "tcp"]),
    between("interval", limits.checkSeconds.least, limits.checkSeconds.most),
    between("timeout", 1, limits.checkSeconds.most),
    between("retries", 1, 5),
    between("port", 1, 65535),
  )(object(inputs, "healthCheck")).map(({ property, reason }) => ({ property: `healthCheck.${property}`, reason }));

export const balancerService: Kind = {
  replaces: ["listenPort", "loadBalancerId", "protocol"],
  keeps: [
    "destinationPort",
    "healthCheck",
    "healthCheck.http",
    "http",
    "http.certificates",
    "http.cookieLifetime",
    "http.cookieName",
    "http.redirectHttp",
    "http.stickySessions",
    "http.timeoutIdle",
    "listenPort",
    "proxyprotocol",
  ],
  computed: ["destinationPort", "healthCheck", "http", "listenPort", "proxyprotocol"],
  check: all(
    oneOf("protocol", ["http", "https", "tcp"]),
    tcpPorts,
    between("listenPort", 1, 65535),
    between("destinationPort", 1, 65535),
    healthCheck,
    http,
  ),
  create: ({ inputs, store }) => {
    const { id, properties } = existing(store, inputs);
    const services = parts(store, types.balancerService, id);
    const ports: Readonly<Record<string, number>> = { http: 80, https: 443 };
    const listenPort = number(inputs, "listenPort") ?? ports[text(inputs, "protocol") ?? ""] ?? 0;
    if (services.some((service) => number(service.properties, "listenPort") === listenPort))
      refuse("source_port_already_used", `load balancer ${id} listens on port ${listenPort} already`);
    const most = capacity(properties).services;
    if (services.length >= most)
      refuse("resource_limit_exceeded", `load balancer ${id} has its ${most} services already`);
    const destinationPort = number(inputs, "destinationPort") ?? 80;
    return {
      id: `${id}__${listenPort}`,
      outputs: {
        listenPort,
        destinationPort,
        proxyprotocol: flag(inputs, "proxyprotocol"),
        http: object(inputs, "http"),
        healthCheck: {
          protocol: "tcp",
          port: destinationPort,
          interval: 15,
          timeout: 10,
          retries: 3,
          ...object(inputs, "healthCheck"),
        },
      },
    };
  },
};

const oneTarget: Check = (inputs) => {
  const [first, ...further] = ["serverId", "labelSelector", "ip"].filter((name) => own(inputs, name) !== undefined);
  // An unknown value beside another may turn out to be nothing.
  const given =
    first === undefined ? [] : [first, ...further].filter((name, _, all) => all.length === 1 || stated(inputs, name));
  if (given.length !== 1)
    return [
      {
        property: "serverId",
        reason: `expected one of serverId, labelSelector and ip, got ${shown(given.join(", "))}; set one`,
      },
    ];
  return given[0] === "ip" && stated(inputs, "usePrivateIp")
    ? [{ property: "usePrivateIp", reason: 'expected no "usePrivateIp" with "ip", got both; remove it' }]
    : [];
};

export const balancerTarget: Kind = {
  replaces: ["ip", "labelSelector", "loadBalancerId", "serverId"],
  keeps: ["usePrivateIp"],
  computed: ["usePrivateIp"],
  check: all(oneOf("type", ["server", "label_selector", "ip"]), oneTarget),
  create: ({ inputs, store }) => {
    const { id, properties } = existing(store, inputs);
    const targets = parts(store, types.balancerTarget, id);
    const most = capacity(properties).targets;
    if (targets.length >= most)
      refuse("resource_limit_exceeded", `load balancer ${id} has its ${most} targets already`);
    const serverId = own(inputs, "serverId");
    if (serverId !== undefined) reachable(store, id, String(serverId), inputs);
    const named = String(serverId ?? own(inputs, "labelSelector") ?? own(inputs, "ip"));
    if (targets.some((target) => target.id.endsWith(`-${named}-${id}`)))
      refuse("target_already_defined", `${named} is a target of load balancer ${id} already`);
    const kind = serverId === undefined ? (text(inputs, "type") === "ip" ? "ip" : "label-selector") : "srv";
    return { id: `lb-${kind}-tgt-${named}-${id}`, outputs: { usePrivateIp: flag(inputs, "usePrivateIp") } };
  },
};

function reachable(store: Operation["store"], id: string, serverId: string, inputs: Properties): void {
  const server = store.get(serverType, serverId);
  if (server === undefined) return refuse("not_found", `server with ID '${serverId}' not found`);
  if (!flag(inputs, "usePrivateIp")) {
    if ((text(server.properties, "ipv4Address") ?? "") === "")
      refuse("missing_ipv4", `server ${serverId} has no public IPv4 address`);
    return;
  }
  const [card] = parts(store, types.balancerNetwork, id);
  if (card === undefined)
    return refuse("load_balancer_not_attached_to_network", `load balancer ${id} is not attached to a network`);
  const shares = objects(server.properties, "networks").some(
    (other) =>
      (text(other, "subnetId")?.split("-")[0] ?? String(own(other, "networkId"))) ===
      String(card.properties["networkId"]),
  );
  if (!shares)
    refuse("server_not_attached_to_network", `server ${serverId} is not in the network of load balancer ${id}`);
}

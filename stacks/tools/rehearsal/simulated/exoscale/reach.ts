import { randomUUID } from "node:crypto";
import { publicAddress, publicNetwork6 } from "../addresses";
import { Kind, Operation, ProviderError } from "../kind";
import { all, between, Check, conflicting, oneOf } from "../property-checks";
import type { Store } from "../store";
import { list, number, object, objects, own, Properties, text } from "../values";
import { type, userData, zone } from "./checks";
import { filled, inUse } from "./answers";
import { domains } from "./domains";
import { limits } from "./facts";
import { need, needTemplate, types, zoned } from "./instance";

/** Runs a check on each object of a list, and adds its position to the problem's path. */
const each =
  (property: string, check: Check): Check =>
  (inputs) =>
    objects(inputs, property).flatMap((item, i) =>
      check(item).map((one) => ({ ...one, property: `${property}[${i}].${one.property}` })),
    );

const inside =
  (property: string, check: Check): Check =>
  (inputs) =>
    check(object(inputs, property)).map((one) => ({ ...one, property: `${property}.${one.property}` }));

const port = between("port", 1, 65_535);

const pool: Kind = {
  ...zoned,
  autonamed: true,
  uniqueName: true,
  replaces: ["zone"],
  sets: [
    "affinityGroupIds",
    "antiAffinityGroupIds",
    "elasticIpIds",
    "instances",
    "networkIds",
    "securityGroupIds",
    "virtualMachines",
  ],
  anyCase: ["instanceType"],
  keeps: ["diskSize", "instanceType", "instances", "minAvailable", "serviceOffering", "state", "virtualMachines"],
  defaults: { instancePrefix: "pool", ipv6: false },
  computed: ["diskSize", "instanceType", "instances", "minAvailable", "serviceOffering", "state", "virtualMachines"],
  volatile: ["instances", "virtualMachines"],
  check: all(
    zone,
    (inputs) =>
      type(withType(inputs)).map(({ reason }) => ({
        property: "instanceType",
        reason: reason.replace('"type"', '"instanceType"'),
      })),
    userData,
    between("size", 1),
    between("minAvailable", 0),
    between("diskSize", limits.diskGib, limits.largestDiskGib),
    conflicting("instanceType", "serviceOffering"),
    conflicting("antiAffinityGroupIds", "affinityGroupIds"),
  ),
  create: (operation) => {
    needed(operation);
    return { id: randomUUID(), outputs: members(operation, []) };
  },
  update: (operation) => {
    needed(operation);
    return members(operation, objects(operation.state, "instances"));
  },
  remove: ({ store, id }) =>
    inUse(
      "instance pool",
      id,
      store.of(types.balancerService).filter(({ properties }) => properties["instancePoolId"] === id),
    ),
};

/** `instanceType` under the name that a check of hosts reads. */
const withType = (inputs: Properties): Properties => {
  const value = own(inputs, "instanceType");
  return value === undefined ? {} : { type: value };
};

function needed({ inputs, store }: Operation): void {
  needTemplate(inputs);
  need(store, types.securityGroup, "security group", list(inputs, "securityGroupIds"));
  need(store, types.antiAffinityGroup, "anti-affinity group", list(inputs, "antiAffinityGroupIds"));
  need(store, types.network, "private network", list(inputs, "networkIds"));
  need(store, types.elasticIp, "elastic IP", list(inputs, "elasticIpIds"));
  const size = number(inputs, "size") ?? 0;
  if (list(inputs, "antiAffinityGroupIds").length > 0 && size > limits.perAntiAffinityGroup)
    throw new ProviderError(
      `Conflict: an anti-affinity group takes ${limits.perAntiAffinityGroup} instances, the pool wants ${size}`,
    );
}

/** The instances that the pool makes by itself: the existing ones, and new ones up to its size. */
function members({ inputs, store }: Operation, there: readonly Properties[]): Properties {
  const size = number(inputs, "size") ?? 0;
  const instances = Array.from({ length: size }, (_, i): Properties => {
    const known = there[i];
    if (known !== undefined) return known;
    const id = randomUUID();
    return {
      id,
      ipv6Address: "",
      name: `${text(inputs, "instancePrefix") ?? "pool"}-${id.slice(0, 5)}`,
      publicIpAddress: publicAddress("exoscale", store.nextId()),
    };
  });
  const offered = text(inputs, "instanceType") ?? "standard.medium";
  return filled(inputs, {
    diskSize: 50,
    instanceType: offered,
    instances,
    minAvailable: 0,
    serviceOffering: offered.slice(offered.indexOf(".") + 1),
    state: "running",
    virtualMachines: instances.map((one) => text(one, "id") ?? ""),
  });
}

const elasticIp: Kind = {
  ...zoned,
  replaces: ["addressFamily", "zone"],
  keeps: ["addressFamily", "description", "healthcheck"],
  plans: {
    "healthcheck.interval": 10,
    "healthcheck.strikesFail": 2,
    "healthcheck.strikesOk": 3,
    "healthcheck.timeout": 3,
  },
  computed: ["addressFamily", "cidr", "ipAddress"],
  check: all(
    zone,
    oneOf("addressFamily", ["inet4", "inet6"]),
    inside(
      "healthcheck",
      all(
        oneOf("mode", ["tcp", "http", "https"]),
        port,
        between("interval", 5, 300),
        between("timeout", 2, 60),
        between("strikesOk", 1, 20),
        between("strikesFail", 1, 20),
      ),
    ),
  ),
  create: ({ inputs, store }) => {
    const n = store.nextId();
    const family = text(inputs, "addressFamily") ?? "inet4";
    const address =
      family === "inet6" ? publicNetwork6("exoscale", n).replace("::/64", "::1") : publicAddress("exoscale", n);
    return {
      id: randomUUID(),
      outputs: filled(inputs, {
        addressFamily: family,
        cidr: `${address}/${family === "inet6" ? 128 : 32}`,
        ipAddress: address,
      }),
    };
  },
  remove: ({ store, id }) =>
    inUse(
      "elastic IP",
      id,
      ["exoscale:index/computeInstance:ComputeInstance", types.instancePool]
        .flatMap((one) => store.of(one))
        .filter(({ properties }) => list(properties, "elasticIpIds").includes(id)),
    ),
};

const balancer: Kind = {
  ...zoned,
  autonamed: true,
  uniqueName: true,
  replaces: ["zone"],
  computed: ["createdAt", "ipAddress", "services", "state"],
  check: zone,
  create: ({ store }) => ({
    id: randomUUID(),
    outputs: {
      createdAt: new Date().toISOString(),
      ipAddress: publicAddress("exoscale", store.nextId()),
      services: [],
      state: "running",
    },
  }),
  remove: ({ store, id }) =>
    inUse(
      "network load balancer",
      id,
      store.of(types.balancerService).filter(({ properties }) => properties["nlbId"] === id),
    ),
};

const balancerService: Kind = {
  autonamed: true,
  replaces: ["instancePoolId", "nlbId", "zone"],
  defaults: { protocol: "tcp", strategy: "round-robin" },
  sets: ["healthchecks"],
  plans: {
    "healthchecks[*].interval": 10,
    "healthchecks[*].mode": "tcp",
    "healthchecks[*].retries": 1,
    "healthchecks[*].timeout": 5,
  },
  computed: ["state"],
  importId: (id, properties) => `${text(properties, "nlbId") ?? ""}/${id}@${text(properties, "zone") ?? ""}`,
  parsedId: (importId) => importId.slice(importId.indexOf("/") + 1).split("@")[0] ?? importId,
  check: all(
    zone,
    port,
    between("targetPort", 1, 65_535),
    oneOf("protocol", ["tcp", "udp"]),
    oneOf("strategy", ["round-robin", "source-hash", "maglev-hash"]),
    each(
      "healthchecks",
      all(
        oneOf("mode", ["tcp", "http", "https"]),
        port,
        between("interval", 5, 300),
        between("timeout", 2, 60),
        between("retries", 1, 20),
      ),
    ),
  ),
  create: ({ inputs, store }) => {
    inZone(store, types.balancer, "network load balancer", text(inputs, "nlbId") ?? "", inputs);
    inZone(store, types.instancePool, "instance pool", text(inputs, "instancePoolId") ?? "", inputs);
    const holder = store
      .of(types.balancerService)
      .find(
        ({ properties }) =>
          properties["nlbId"] === own(inputs, "nlbId") &&
          properties["port"] === own(inputs, "port") &&
          properties["protocol"] === own(inputs, "protocol"),
      );
    if (holder !== undefined)
      throw new ProviderError(`Conflict: the load balancer has a service on that port already: ${holder.id}`);
    const [check = {}] = objects(inputs, "healthchecks");
    if ((number(check, "timeout") ?? 5) > (number(check, "interval") ?? 10))
      throw new ProviderError("Bad Request: the timeout of a health check cannot be longer than its interval");
    return { id: randomUUID(), outputs: { state: "running" } };
  },
};

function inZone(store: Store, kind: string, what: string, id: string, inputs: Properties): void {
  need(store, kind, what, [id]);
  if (store.get(kind, id)?.properties["zone"] !== own(inputs, "zone"))
    throw new ProviderError(`Bad Request: ${what} ${id} is in another zone`);
}

/** Pools, elastic addresses, load balancers and names. */
export const reach: Readonly<Record<string, Kind>> = {
  [types.instancePool]: pool,
  [types.elasticIp]: elasticIp,
  [types.balancer]: balancer,
  [types.balancerService]: balancerService,
  ...domains,
};

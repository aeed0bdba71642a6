import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { Kind, ProviderError, SimulatedPackage } from "../kind";
import { instanceType } from "../machines";
import { all, between, range } from "../property-checks";
import type { Store, Stored } from "../store";
import { sourceDeclarations } from "../tables";
import { list, number, objects, own, text } from "../values";
import { dhcp, rule, sources, timeouts, zone } from "./checks";
import { databases } from "./databases";
import { framework, limits } from "./facts";
import { iam } from "./iam";
import { instance, types, zoned } from "./instance";
import { filled, inUse } from "./answers";
import { reach } from "./reach";
import { sks } from "./sks";

const made = (): string => randomUUID();

const network: Kind = {
  ...zoned,
  autonamed: true,
  uniqueName: true,
  replaces: ["zone"],
  check: all(zone, dhcp),
  create: () => ({ id: made(), outputs: {} }),
  remove: ({ store, id }) =>
    inUse(
      "private network",
      id,
      instances(store, ({ properties }) =>
        [
          ...objects(properties, "networkInterfaces").map((card) => own(card, "networkId")),
          ...list(properties, "networkIds"),
          ...list(properties, "privateNetworkIds"),
        ].includes(id),
      ),
    ),
};

const securityGroup: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["description", "name"],
  sets: ["externalSources"],
  anyCase: ["name"],
  check: sources,
  create: ({ inputs }) => ({ id: made(), outputs: { name: (text(inputs, "name") ?? "").toLowerCase() } }),
  remove: ({ store, id }) => {
    const rules = store
      .of(types.securityGroupRule)
      .filter(({ properties }) => properties["userSecurityGroupId"] === id && properties["securityGroupId"] !== id);
    inUse("security group", id, [
      ...instances(store, ({ properties }) => list(properties, "securityGroupIds").includes(id)),
      ...rules,
    ]);
  },
};

const securityGroupRule: Kind = {
  replaces: [
    "cidr",
    "description",
    "endPort",
    "icmpCode",
    "icmpType",
    "protocol",
    "publicSecurityGroup",
    "securityGroup",
    "securityGroupId",
    "startPort",
    "type",
    "userSecurityGroup",
    "userSecurityGroupId",
  ],
  defaults: { protocol: "TCP" },
  anyCase: ["protocol"],
  keeps: ["publicSecurityGroup", "securityGroup", "securityGroupId", "userSecurityGroup"],
  computed: ["publicSecurityGroup", "securityGroup", "securityGroupId", "userSecurityGroup"],
  check: all(rule, range("cidr")),
  importId: (id, properties) => `${text(properties, "securityGroupId") ?? ""}/${id}`,
  parsedId: (importId) => importId.slice(importId.lastIndexOf("/") + 1),
  create: ({ inputs, store }) => {
    const group = store.get(types.securityGroup, text(inputs, "securityGroupId") ?? "");
    if (group === undefined)
      throw new ProviderError(
        "either security_group or security_group_id must be specified, and the group has to exist",
      );
    const peers = ["cidr", "userSecurityGroupId", "userSecurityGroup", "publicSecurityGroup"];
    if (!peers.some((peer) => own(inputs, peer) !== undefined))
      throw new ProviderError(
        "either cidr or user_security_group_id or user_security_group or public_security_group must be specified",
      );
    const needsPorts = /^(tcp|udp)$/i.test(text(inputs, "protocol") ?? "TCP");
    const [start, end] = [number(inputs, "startPort"), number(inputs, "endPort")];
    if (needsPorts && (start === undefined || end === undefined || end < start))
      throw new ProviderError("Bad Request: start_port and end_port have to be a range");
    const holder = store.of(types.securityGroupRule).find((other) => sameRule(other, inputs));
    if (holder !== undefined) throw new ProviderError(`Conflict: the group has the same rule already: ${holder.id}`);
    const outputs = {
      securityGroup: text(group.properties, "name") ?? "",
      publicSecurityGroup: "",
      userSecurityGroup: "",
    };
    return { id: made(), outputs: filled(inputs, outputs) };
  },
};

const sameRule = ({ properties }: Stored, inputs: Parameters<typeof own>[0]): boolean =>
  [
    "securityGroupId",
    "type",
    "protocol",
    "cidr",
    "startPort",
    "endPort",
    "icmpType",
    "icmpCode",
    "userSecurityGroupId",
  ].every((name) => own(properties, name) === own(inputs, name));

const antiAffinityGroup: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["description", "name"],
  create: () => ({ id: made(), outputs: {} }),
  remove: ({ store, id }) =>
    inUse(
      "anti-affinity group",
      id,
      instances(store, ({ properties }) => list(properties, "antiAffinityGroupIds").includes(id)),
    ),
};

const volume: Kind = {
  ...zoned,
  autonamed: true,
  uniqueName: true,
  replaces: ["zone"],
  computed: ["blocksize", "createdAt", "state"],
  check: all(zone, between("size", limits.volumeGib), timeouts),
  create: () => ({ id: made(), outputs: { blocksize: 4096, createdAt: new Date().toISOString(), state: "detached" } }),
  update: ({ inputs, state }) => {
    if ((number(inputs, "size") ?? 0) < (number(state, "size") ?? 0))
      throw new ProviderError("Bad Request: a volume can only grow");
    return {};
  },
  remove: ({ store, id }) =>
    inUse(
      "block storage volume",
      id,
      instances(store, ({ properties }) => list(properties, "blockStorageVolumeIds").includes(id)),
    ),
};

const sshKey: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["name", "publicKey"],
  computed: ["fingerprint"],
  create: ({ inputs }) => {
    const [kind = "", blob = ""] = (text(inputs, "publicKey") ?? "").trim().split(/\s+/);
    if (!/^(ssh-|ecdsa-|sk-)/.test(kind) || blob === "")
      throw new ProviderError("Bad Request: the public key has to be an OpenSSH public key");
    const md5 = createHash("md5").update(Buffer.from(blob, "base64")).digest("hex");
    return { id: text(inputs, "name") ?? "", outputs: { fingerprint: (md5.match(/../g) ?? []).join(":") } };
  },
};

const instances = (store: Store, uses: (one: Stored) => boolean): readonly Stored[] =>
  [instanceType, types.instancePool, types.sksNodepool].flatMap((type) => store.of(type)).filter(uses);

const kinds: Readonly<Record<string, Kind>> = {
  [instanceType]: instance,
  [types.network]: network,
  [types.securityGroup]: securityGroup,
  [types.securityGroupRule]: securityGroupRule,
  [types.antiAffinityGroup]: antiAffinityGroup,
  [types.volume]: volume,
  [types.sshKey]: sshKey,
  ...reach,
  ...sks,
  ...iam,
  ...databases,
};

/** Exoscale as plugin `exoscale` 0.66 presents it; its property tables come from our own typed classes. */
export function exoscale(): SimulatedPackage {
  return {
    name: "exoscale",
    version: "0.66.1",
    declarations: sourceDeclarations(
      ...["resources", "reach", "sks", "iam", "database-resources"].map((file) =>
        join(__dirname, `../../../../../components/clouds/exoscale/${file}.ts`),
      ),
    ),
    bridged: true,
    framework,
    kind: (token) => kinds[token],
    checkConfig: (config) => {
      const given = ["key", "secret"].filter((name) => own(config, name) !== undefined);
      return given.length === 1
        ? [
            {
              property: given[0] === "key" ? "secret" : "key",
              reason: `expected both "key" and "secret", got only "${given[0] ?? ""}"; set the other one`,
            },
          ]
        : [];
    },
    faultText: (fault, type, name) => faults[fault](type.slice(type.lastIndexOf(":") + 1), name),
  };
}

/** Form of exoscale/egoscale v3.1.42, `v3/errors.go`: the status' text, then the API's message. */
const faults: Readonly<Record<Parameters<SimulatedPackage["faultText"]>[0], (what: string, name: string) => string>> = {
  quota: (what) => `Forbidden: the organisation's limit for ${what} is reached (403)`,
  "rate-limit": () => "Too Many Requests: slow down (429)",
  "server-error": () => "Service Unavailable: try again later (503)",
  "timeout-after-made": (what, name) =>
    `Gateway Timeout: no answer while ${what} "${name}" was made; it may exist all the same (504)`,
  "timeout-with-id": (what, name) => `operation for ${what} "${name}": max wait timeout reached`,
};

import { createHash, randomUUID } from "node:crypto";
import { macAddress, parsedRange, publicAddress, publicNetwork6 } from "../addresses";
import { ExistingOperation, Kind, Operation, ProviderError } from "../kind";
import { instanceType } from "../machines";
import { all, between, conflicting } from "../property-checks";
import { adoption } from "../adoption";
import type { Store, Stored } from "../store";
import { flag, list, number, objects, own, Properties, text } from "../values";
import { birthProof } from "../born";
import { cards, type, userData, zone } from "./checks";
import { limits, templateId } from "./facts";

export const types = {
  network: "exoscale:index/privateNetwork:PrivateNetwork",
  securityGroup: "exoscale:index/securityGroup:SecurityGroup",
  securityGroupRule: "exoscale:index/securityGroupRule:SecurityGroupRule",
  antiAffinityGroup: "exoscale:index/antiAffinityGroup:AntiAffinityGroup",
  volume: "exoscale:index/blockStorageVolume:BlockStorageVolume",
  sshKey: "exoscale:index/sshKey:SshKey",
  instancePool: "exoscale:index/instancePool:InstancePool",
  elasticIp: "exoscale:index/elasticIp:ElasticIp",
  balancer: "exoscale:index/nlb:Nlb",
  balancerService: "exoscale:index/nlbService:NlbService",
  domain: "exoscale:index/domain:Domain",
  domainRecord: "exoscale:index/domainRecord:DomainRecord",
  sksCluster: "exoscale:index/sksCluster:SksCluster",
  sksNodepool: "exoscale:index/sksNodepool:SksNodepool",
  sksKubeconfig: "exoscale:index/sksKubeconfig:SksKubeconfig",
  role: "exoscale:index/iamRole:IamRole",
  apiKey: "exoscale:index/iamApiKey:IamApiKey",
  databaseService: "exoscale:index/dbaas:Dbaas",
  pgDatabase: "exoscale:index/dbaasPgDatabase:DbaasPgDatabase",
} as const;

/** Objects of one zone are imported as `<id>@<zone>`; another zone has an API of its own and may have one of the same name. */
export const zoned: Pick<Kind, "importId" | "parsedId" | "uniqueWithin"> = {
  uniqueWithin: "zone",
  importId: (id, properties) => `${id}@${text(properties, "zone") ?? ""}`,
  parsedId: (importId) => importId.split("@")[0] ?? importId,
};

export const instance: Kind = {
  ...zoned,
  autonamed: true,
  uniqueName: true,
  replaces: ["antiAffinityGroupIds", "deployTargetId", "enableSecureBoot", "sshKey", "sshKeys", "templateId", "zone"],
  sets: [
    "antiAffinityGroupIds",
    "blockStorageVolumeIds",
    "elasticIpIds",
    "networkInterfaces",
    "securityGroupIds",
    "sshKeys",
  ],
  defaults: { enableTpm: false, ipv6: false, private: false },
  anyCase: ["type"],
  keeps: ["networkInterfaces[*].ipAddress", "state"],
  computed: ["createdAt", "ipv6Address", "macAddress", "privateNetworkIds", "publicIpAddress", "state"],
  check: all(zone, type, between("diskSize", limits.diskGib), userData, cards, conflicting("sshKey", "sshKeys")),
  create: (operation) => {
    const { inputs, store } = operation;
    validate(operation, undefined);
    const n = store.nextId();
    const isPrivate = flag(inputs, "private");
    const id = randomUUID();
    return {
      id,
      outputs: {
        ...birthProof("exoscale", id, inputs),
        createdAt: new Date().toISOString(),
        state: text(inputs, "state") ?? "running",
        macAddress: isPrivate ? "" : macAddress(n),
        publicIpAddress: isPrivate ? "" : publicAddress("exoscale", n),
        ipv6Address: !isPrivate && flag(inputs, "ipv6") ? publicNetwork6("exoscale", n).replace("::/64", "::1") : "",
        ...connected(operation),
      },
    };
  },
  update: (operation) => {
    const { inputs, state } = operation;
    validate(operation, operation.id);
    if ((number(inputs, "diskSize") ?? 0) < (number(state, "diskSize") ?? 0))
      throw new ProviderError("Bad Request: the disk of an instance can only grow");
    return connected(operation);
  },
  remove: ({ id, store }) => {
    if (flag(store.get(instanceType, id)?.properties, "destroyProtected"))
      throw new ProviderError(`Forbidden: instance ${id} is destroy protected`);
  },
};

/** @throws ProviderError for an id of no object. */
export function need(store: Store, type: string, what: string, ids: Iterable<unknown>): void {
  for (const one of ids)
    if (store.get(type, String(one)) === undefined) throw new ProviderError(`Not Found: ${what} ${String(one)}`);
}

/** @throws ProviderError for an impossible template id. */
export function needTemplate(inputs: Properties): void {
  if (!templateId.test(text(inputs, "templateId") ?? ""))
    throw new ProviderError(`Not Found: template ${text(inputs, "templateId") ?? ""}`);
}

function validate({ inputs, store, urnName }: Operation, id: string | undefined): void {
  const others = store.of(instanceType).filter((other) => other.id !== id);
  needTemplate(inputs);
  need(store, types.securityGroup, "security group", list(inputs, "securityGroupIds"));
  need(store, types.antiAffinityGroup, "anti-affinity group", list(inputs, "antiAffinityGroupIds"));
  need(store, types.volume, "block storage volume", list(inputs, "blockStorageVolumeIds"));
  need(store, types.sshKey, "SSH key", list(inputs, "sshKeys"));
  need(store, types.elasticIp, "elastic IP", list(inputs, "elasticIpIds"));
  need(
    store,
    types.network,
    "private network",
    objects(inputs, "networkInterfaces").map((card) => own(card, "networkId")),
  );
  for (const group of list(inputs, "antiAffinityGroupIds"))
    if (
      others.filter(({ properties }) => list(properties, "antiAffinityGroupIds").includes(group)).length >=
      limits.perAntiAffinityGroup
    )
      throw new ProviderError(
        `Conflict: anti-affinity group ${String(group)} has its ${limits.perAntiAffinityGroup} instances already`,
      );
  for (const volume of list(inputs, "blockStorageVolumeIds")) {
    const holder = others.find(({ properties }) => list(properties, "blockStorageVolumeIds").includes(volume));
    if (holder !== undefined)
      throw new ProviderError(`Conflict: block storage volume ${String(volume)} is attached to instance ${holder.id}`);
    if (store.get(types.volume, String(volume))?.properties["zone"] !== text(inputs, "zone"))
      throw new ProviderError(
        `Bad Request: block storage volume ${String(volume)} is in another zone than "${urnName}"`,
      );
  }
}

function connected({ inputs, store, ...rest }: Operation | ExistingOperation): Properties {
  const interfaces = objects(inputs, "networkInterfaces");
  const others = store.of(instanceType).filter((other) => !("id" in rest && rest.id === other.id));
  const attached = interfaces.map((card): Properties => {
    const networkId = text(card, "networkId") ?? "";
    return {
      ...card,
      ipAddress: leased(store, others, networkId, text(card, "ipAddress"), text(inputs, "zone") ?? ""),
      macAddress: cardAddress(networkId, rest.urnName),
    };
  });
  return {
    privateNetworkIds: attached.map((card) => own(card, "networkId") ?? ""),
    ...(own(inputs, "networkInterfaces") === undefined ? {} : { networkInterfaces: attached }),
  };
}

/** Stable for a network card as long as it is in its network. */
const cardAddress = (networkId: string, instance: string): string =>
  macAddress(createHash("sha256").update(`${networkId} ${instance}`).digest().readUInt32BE());

function leased(
  store: Operation["store"],
  others: readonly Stored[],
  networkId: string,
  asked: string | undefined,
  zoneName: string,
): string {
  const network = store.get(types.network, networkId)?.properties;
  if (network?.["zone"] !== zoneName)
    throw new ProviderError(`Bad Request: private network ${networkId} is in another zone than the instance`);
  const holder = others.find(({ properties }) =>
    objects(properties, "networkInterfaces").some(
      (card) => own(card, "networkId") === networkId && asked !== undefined && text(card, "ipAddress") === asked,
    ),
  );
  if (holder !== undefined)
    throw new ProviderError(
      `Conflict: ${asked ?? ""} is leased already: ${adoption(zoned, holder, text(holder.properties, "name") ?? holder.id)}`,
    );
  const range = managedRange(network);
  if (asked === undefined) return "";
  if (range === undefined)
    throw new ProviderError(`Bad Request: private network ${networkId} is not managed, so it leases no addresses`);
  if (!range.contains(asked))
    throw new ProviderError(`Bad Request: ${asked} is outside of private network ${networkId} (${range.toString()})`);
  return asked;
}

/** The DHCP range of a managed network; undefined for an unmanaged one. */
function managedRange(network: Properties): ReturnType<typeof parsedRange> {
  const [start, mask] = [text(network, "startIp"), text(network, "netmask")];
  if (start === undefined || mask === undefined) return undefined;
  const bytes = mask.split(".").map(Number);
  const prefix = bytes.map((byte) => byte.toString(2).replace(/0/g, "").length).reduce((a, b) => a + b, 0);
  const base = start.split(".").map((byte, i) => Number(byte) & (bytes[i] ?? 0));
  return parsedRange(`${base.join(".")}/${prefix}`);
}

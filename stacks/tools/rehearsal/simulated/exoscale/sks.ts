import { randomBytes, randomUUID } from "node:crypto";
import { Kind, Operation, ProviderError } from "../kind";
import { all, between, oneOf } from "../property-checks";
import { sealed } from "../sealed";
import type { Stored } from "../store";
import { flag, list, number, object, own, Properties, text } from "../values";
import { authorityOf, endOf, loginOf } from "./certificates";
import { type, zone } from "./checks";
import { limits } from "./facts";
import { filled, inUse } from "./answers";
import { need, types, zoned } from "./instance";

/** The default version of a cluster. */
const latest = "1.34.2";

const base64 = (words: string): string => Buffer.from(words).toString("base64");

const cluster: Kind = {
  ...zoned,
  autonamed: true,
  uniqueName: true,
  replaces: ["enableKubeProxy", "zone"],
  sets: ["addons", "featureGates"],
  keeps: ["addons", "enableKubeProxy", "oidc", "version"],
  plans: { "audit.initialBackoff": "10s" },
  defaults: { cni: "calico", exoscaleCcm: true, exoscaleCsi: false, metricsServer: true, serviceLevel: "pro" },
  computed: [
    "addons",
    "aggregationCa",
    "controlPlaneCa",
    "createdAt",
    "enableKubeProxy",
    "endpoint",
    "kubeletCa",
    "nodepools",
    "state",
    "version",
  ],
  check: all(zone, oneOf("cni", ["calico", "cilium"]), oneOf("serviceLevel", ["starter", "pro"])),
  create: (operation) => {
    const id = randomUUID();
    audited(operation);
    return {
      id,
      outputs: filled(operation.inputs, {
        addons: [],
        aggregationCa: authorityOf(id, "aggregation"),
        controlPlaneCa: authorityOf(id, "control-plane"),
        createdAt: new Date().toISOString(),
        enableKubeProxy: text(operation.inputs, "cni") !== "cilium",
        endpoint: `https://${id}.sks-${text(operation.inputs, "zone") ?? ""}.exo.io:443`,
        kubeletCa: authorityOf(id, "kubelet"),
        nodepools: [],
        state: "running",
        version: latest,
      }),
    };
  },
  update: (operation) => {
    audited(operation);
    if (flag(operation.state, "exoscaleCsi") && !flag(operation.inputs, "exoscaleCsi"))
      throw new ProviderError("disabling the CSI addon is not supported");
    return {};
  },
  remove: ({ store, id }) =>
    inUse(
      "SKS cluster",
      id,
      store.of(types.sksNodepool).filter(({ properties }) => properties["clusterId"] === id),
    ),
};

function audited({ inputs }: Operation): void {
  const audit = object(inputs, "audit");
  if (flag(audit, "enabled") && (text(audit, "endpoint") ?? "") === "")
    throw new ProviderError("cannot enable audit without setting an endpoint");
}

const nodepool: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["clusterId", "zone"],
  sets: ["antiAffinityGroupIds", "kubeletImageGcs", "privateNetworkIds", "securityGroupIds"],
  anyCase: ["instanceType"],
  defaults: { diskSize: 50, instancePrefix: "pool", ipv6: false, storageLvm: false },
  computed: ["createdAt", "instancePoolId", "state", "templateId", "version"],
  importId: (id, properties) => `${text(properties, "clusterId") ?? ""}/${id}@${text(properties, "zone") ?? ""}`,
  parsedId: (importId) => importId.slice(importId.indexOf("/") + 1).split("@")[0] ?? importId,
  check: all(
    zone,
    (inputs) => {
      const value = text(inputs, "instanceType");
      return type(value === undefined ? {} : { type: value }).map(({ reason }) => ({
        property: "instanceType",
        reason: reason.replace('"type"', '"instanceType"'),
      }));
    },
    between("size", 0),
    between("diskSize", limits.nodeDiskGib, limits.largestDiskGib),
  ),
  create: (operation) => {
    needed(operation);
    const { inputs, store } = operation;
    const owner = store.get(types.sksCluster, text(inputs, "clusterId") ?? "")?.properties;
    const [id, instancePoolId] = [randomUUID(), randomUUID()];
    keepPool(operation, id, instancePoolId);
    return {
      id,
      outputs: {
        createdAt: new Date().toISOString(),
        instancePoolId,
        state: "running",
        templateId: randomUUID(),
        version: text(owner, "version") ?? latest,
      },
    };
  },
  update: (operation) => {
    needed(operation);
    keepPool(operation, operation.id, text(operation.state, "instancePoolId") ?? "");
    return {};
  },
  remove: ({ store, state }) => {
    const id = text(state, "instancePoolId") ?? "";
    inUse("instance pool", id, leadingTo(store, id));
    store.remove(types.instancePool, id);
  },
};

/**
 * The instance pool of a node pool's machines: the target of balancers. Its node pool names and sizes it, and it is deleted with it. That it is not
 * taken from a balancer is stricter than what was seen of the API (unverified). Source: exoscale/egoscale at d767924d, `v3/schemas.go`
 * (SKSNodepool.InstancePool, InstancePool.Manager).
 */
function keepPool({ inputs, store }: Operation, nodepoolId: string, id: string): void {
  const there = store.get(types.instancePool, id)?.properties ?? {};
  const pool: Properties = {
    name: `nodepool-${text(inputs, "name") ?? ""}-${nodepoolId}`,
    zone: own(inputs, "zone") ?? "",
    size: number(inputs, "size") ?? 0,
    instanceType: own(inputs, "instanceType") ?? "",
    state: "running",
  };
  store.put(types.instancePool, id, sealed({ ...there, ...pool }));
}

const leadingTo = (store: Operation["store"], poolId: string): readonly Stored[] =>
  store.of(types.balancerService).filter(({ properties }) => properties["instancePoolId"] === poolId);

function needed({ inputs, store }: Operation): void {
  need(store, types.sksCluster, "SKS cluster", [text(inputs, "clusterId") ?? ""]);
  need(store, types.securityGroup, "security group", list(inputs, "securityGroupIds"));
  need(store, types.antiAffinityGroup, "anti-affinity group", list(inputs, "antiAffinityGroupIds"));
  need(store, types.network, "private network", list(inputs, "privateNetworkIds"));
  const size = number(inputs, "size") ?? 0;
  if (list(inputs, "antiAffinityGroupIds").length > 0 && size > limits.perAntiAffinityGroup)
    throw new ProviderError(
      `Conflict: an anti-affinity group takes ${limits.perAntiAffinityGroup} instances, the node pool wants ${size}`,
    );
}

const kubeconfig: Kind = {
  replaces: ["clusterId", "groups", "ttlSeconds", "user", "zone"],
  sets: ["groups"],
  fractions: ["ttlSeconds"],
  due: (state, inputs) =>
    endOf(text(state, "kubeconfig") ?? "") - (number(inputs, "earlyRenewalSeconds") ?? 0) * 1000 <= Date.now(),
  defaults: { earlyRenewalSeconds: 0, ttlSeconds: 2_592_000 },
  computed: ["kubeconfig", "readyForRenewal"],
  secretOutputs: ["kubeconfig"],
  check: zone,
  create: ({ inputs, store }) => {
    const owner = store.get(types.sksCluster, text(inputs, "clusterId") ?? "");
    if (owner === undefined) throw new ProviderError(`Not Found: SKS cluster ${text(inputs, "clusterId") ?? ""}`);
    return {
      id: randomBytes(20).toString("hex"),
      outputs: { kubeconfig: issued(owner, inputs), readyForRenewal: false },
    };
  },
};

/** JSON, which is YAML; the user's key and certificate are made for it. */
function issued({ id, properties }: Stored, inputs: Properties): string {
  const authority = text(properties, "controlPlaneCa") ?? "";
  const user = text(inputs, "user") ?? "";
  const login = loginOf(id, authority, {
    name: user,
    groups: list(inputs, "groups").map(String),
    seconds: number(inputs, "ttlSeconds") ?? 0,
  });
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "cluster",
        cluster: {
          server: text(properties, "endpoint") ?? "",
          "certificate-authority-data": base64(authority),
        },
      },
    ],
    users: [
      {
        name: user,
        user: {
          "client-certificate-data": base64(login.certificate),
          "client-key-data": base64(login.key),
        },
      },
    ],
    contexts: [{ name: "cluster", context: { cluster: "cluster", user } }],
    "current-context": "cluster",
  });
}

/** Managed Kubernetes. */
export const sks: Readonly<Record<string, Kind>> = {
  [types.sksCluster]: cluster,
  [types.sksNodepool]: nodepool,
  [types.sksKubeconfig]: kubeconfig,
};

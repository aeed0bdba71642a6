import type { Subject } from "../rule";
import { kindOf } from "./subject";
import { at, decoded, items, type Value } from "./value";

/** Templates of pods, by group and kind. */
const podPaths: Readonly<Record<string, readonly string[]>> = {
  "core/Pod": ["spec"],
  "apps/Deployment": ["spec", "template", "spec"],
  "apps/StatefulSet": ["spec", "template", "spec"],
  "apps/DaemonSet": ["spec", "template", "spec"],
  "apps/ReplicaSet": ["spec", "template", "spec"],
  "batch/Job": ["spec", "template", "spec"],
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** Addresses that a pod is given by its hosts: servers of its volumes, aliases, resolvers. */
const reachedByPod = (spec: Value): readonly Value[] => [
  ...items(at(spec, "volumes")).flatMap(stored),
  ...items(at(spec, "hostAliases")).map((row) => at(row, "ip")),
  ...items(at(spec, "dnsConfig", "nameservers")),
];

/** Servers of a volume, as addresses; names are judged as texts. */
function stored(volume: Value): readonly Value[] {
  const places: readonly Value[] = [
    at(volume, "nfs", "server"),
    at(volume, "iscsi", "targetPortal"),
    ...items(at(volume, "iscsi", "portals")),
    ...items(at(volume, "cephfs", "monitors")),
    ...items(at(volume, "rbd", "monitors")),
    at(volume, "csi", "volumeAttributes", "server"),
    at(volume, "csi", "volumeAttributes", "source"),
    at(volume, "csi", "volumeAttributes", "share"),
    at(volume, "flexVolume", "options", "networkPath"),
  ];
  return places.map(firstAddress).filter((place) => place !== undefined);
}

/** The address in a text like `10.0.3.3:3260`, `//10.0.3.3/share` or `10.0.3.3-10.0.3.9`; a range stays one. */
const firstAddress = (value: Value): Value =>
  typeof value === "string"
    ? (/(\d{1,3}\.){3}\d{1,3}(\/\d{1,2})?(?![\d.])/.exec(value)?.[0] ?? (value.includes("::") ? value : undefined))
    : value === null
      ? undefined
      : value;

/** Addresses and routes that a second interface of pods has. */
const attached = (config: Value): readonly Value[] => [
  ...items(at(config, "ipam", "addresses")).map((one) => firstAddress(at(one, "address"))),
  ...items(at(config, "ipam", "routes")).map((one) => at(one, "dst")),
  at(config, "ipam", "subnet"),
  at(config, "ipam", "range"),
];

const serviceEntry = (properties: Subject["properties"]): readonly Value[] => [
  ...items(at(properties, "spec", "addresses")),
  ...items(at(properties, "spec", "endpoints")).map((row) => at(row, "address")),
];

/** Objects that name addresses behind a service, which leads to them whatever they are. */
export function addressedBy(type: string): ((properties: Subject["properties"]) => readonly Value[]) | undefined {
  const found = kindOf(type);
  return found === undefined ? undefined : addressed.get(`${found.group}/${found.kind.replace(/Patch$/, "")}`);
}

/** Shapes: Kubernetes API reference, Endpoints v1, EndpointSlice v1, Service v1. */
const addressed: ReadonlyMap<string, (properties: Subject["properties"]) => readonly Value[]> = new Map([
  [
    "core/Endpoints",
    (properties: Subject["properties"]) =>
      items(at(properties, "subsets")).flatMap((subset) =>
        [...items(at(subset, "addresses")), ...items(at(subset, "notReadyAddresses"))].map((row) => at(row, "ip")),
      ),
  ],
  [
    "discovery.k8s.io/EndpointSlice",
    (properties) => items(at(properties, "endpoints")).flatMap((row) => items(at(row, "addresses"))),
  ],
  [
    "core/Service",
    (properties) => [
      ...items(at(properties, "spec", "externalIPs")),
      at(properties, "spec", "externalName"),
      at(properties, "spec", "loadBalancerIP"),
    ],
  ],
  ["core/PersistentVolume", (properties) => stored(at(properties, "spec"))],
  ...Object.entries(podPaths).map(
    ([kind, path]) => [kind, (properties: Subject["properties"]) => reachedByPod(at(properties, ...path))] as const,
  ),
  // Shapes: cilium/cilium pkg/k8s/apis/cilium.io; projectcalico/calico api; istio/api networking/v1; metallb api/v1beta1.
  ["cilium.io/CiliumEgressGatewayPolicy", (properties) => items(at(properties, "spec", "destinationCIDRs"))],
  ["cilium.io/CiliumCIDRGroup", (properties) => items(at(properties, "spec", "externalCIDRs"))],
  [
    "cilium.io/CiliumLoadBalancerIPPool",
    (properties) => items(at(properties, "spec", "blocks")).map((one) => at(one, "cidr") ?? at(one, "start")),
  ],
  [
    "cilium.io/CiliumLocalRedirectPolicy",
    (properties) => [at(properties, "spec", "redirectFrontend", "addressMatcher", "ip")],
  ],
  ["projectcalico.org/IPPool", (properties) => [at(properties, "spec", "cidr")]],
  ["crd.projectcalico.org/IPPool", (properties) => [at(properties, "spec", "cidr")]],
  ["submariner.io/Endpoint", (properties) => items(at(properties, "spec", "subnets"))],
  ["kubeovn.io/Vpc", (properties) => items(at(properties, "spec", "staticRoutes")).map((one) => at(one, "cidr"))],
  ["k8s.cni.cncf.io/NetworkAttachmentDefinition", (properties) => attached(decoded(at(properties, "spec", "config")))],
  ["storage.k8s.io/StorageClass", (properties) => stored({ csi: { volumeAttributes: at(properties, "parameters") } })],
  ["projectcalico.org/GlobalNetworkSet", (properties) => items(at(properties, "spec", "nets"))],
  ["projectcalico.org/NetworkSet", (properties) => items(at(properties, "spec", "nets"))],
  ["crd.projectcalico.org/GlobalNetworkSet", (properties) => items(at(properties, "spec", "nets"))],
  ["crd.projectcalico.org/NetworkSet", (properties) => items(at(properties, "spec", "nets"))],
  ["networking.istio.io/ServiceEntry", serviceEntry],
  ["networking.istio.io/WorkloadEntry", (properties) => [at(properties, "spec", "address")]],
  ["metallb.io/IPAddressPool", (properties) => items(at(properties, "spec", "addresses")).map(firstAddress)],
]);

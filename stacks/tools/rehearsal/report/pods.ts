import { poolLabel } from "../../../../components/core/taints";
import { clusterOf, ClusterView } from "./clusters";
import { HostView } from "./hosts";
import { at, fields, flag, items, number, Plain, plain, text, texts } from "./plain";
import { ofType, StateResource } from "./state";

/** Pods of one template, as the report sees them. */
export interface PodView {
  readonly name: string;
  readonly namespace: string;
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  readonly replicas: number;
  /** CPU request of one replica, in cores. */
  readonly cores: number;
  /** Hosts on which they may run, by selector and taint. */
  readonly hosts: readonly HostView[];
  /** Their cluster; undefined if it is not known which of several. */
  readonly cluster: ClusterView | undefined;
  /** True if the cluster enforces NetworkPolicies; undefined if that is not known. */
  readonly enforced: boolean | undefined;
}

const kinds = [
  "apps/v1:Deployment",
  "apps/v1:StatefulSet",
  "apps/v1:DaemonSet",
  "batch/v1:Job",
  "batch/v1:CronJob",
  "core/v1:Pod",
].map((kind) => `kubernetes:${kind}`);

/** Every pod template of a stack. */
export function podsOf(
  resources: readonly StateResource[],
  hosts: readonly HostView[],
  clusters: ReadonlyMap<string, ClusterView>,
): readonly PodView[] {
  return ofType(resources, ...kinds).map((resource) => {
    const { inputs, type } = resource;
    const kind = type.slice(type.lastIndexOf(":") + 1);
    const template =
      kind === "Pod"
        ? inputs
        : at(inputs["spec"], ...(kind === "CronJob" ? ["jobTemplate", "spec", "template"] : ["template"]));
    const spec = at(template, "spec");
    const cluster = clusterOf(resource, resources, clusters);
    const suitable = cluster?.kind === "k3s" ? hosts.filter((host) => mayRun(spec, host)) : [];
    return {
      name: text(at(inputs["metadata"], "name")) ?? resource.name,
      namespace: text(at(inputs["metadata"], "namespace")) ?? "default",
      kind,
      labels: Object.fromEntries(
        Object.entries(fields(at(template, "metadata", "labels"))).map(([key, value]) => [key, String(value)]),
      ),
      hostNetwork: flag(at(spec, "hostNetwork")),
      replicas: kind === "DaemonSet" ? suitable.length : (number(at(inputs["spec"], "replicas")) ?? 1),
      cores: items(at(spec, "containers")).reduce<number>(
        (sum, container) => sum + coresOf(at(container, "resources", "requests", "cpu")),
        0,
      ),
      hosts: suitable,
      cluster,
      enforced: cluster?.enforced,
    };
  });
}

function mayRun(spec: Plain | undefined, host: HostView): boolean {
  if (host.role === "gateway") return false;
  const wanted = fields(at(spec, "nodeSelector"));
  const node = configured(host);
  const labels: Readonly<Record<string, string>> = {
    ...Object.fromEntries(node.labels.map((label) => label.split("=", 2) as [string, string])),
    [poolLabel]: host.nodePool,
    "topology.kubernetes.io/zone": host.location,
    "kubernetes.io/hostname": host.name,
    "kubernetes.io/os": "linux",
  };
  if (!Object.entries(wanted).every(([key, value]) => labels[key] === value)) return false;
  const keys = node.taints
    .filter((taint) => !taint.endsWith(":PreferNoSchedule"))
    .map((taint) => taint.split(/[=:]/)[0]);
  return keys.every((key = "") => items(at(spec, "tolerations")).some((toleration) => tolerates(toleration, key)));
}

/** Taints of a role's hosts, for hosts whose configuration was not rendered. */
const roleTaints: Readonly<Record<string, readonly string[]>> = {
  media: ["sovereign-uc/media=true:NoSchedule"],
  "control-plane": ["node-role.kubernetes.io/control-plane:NoSchedule"],
};

/** Labels and taints of a host's node, from its k3s configuration. */
function configured({ files, role }: HostView): {
  readonly labels: readonly string[];
  readonly taints: readonly string[];
} {
  try {
    const config = plain(JSON.parse(files["/etc/rancher/k3s/config.yaml"] ?? ""));
    return { labels: texts(at(config, "node-label")), taints: texts(at(config, "node-taint")) };
  } catch {
    // None was rendered, or it has another format.
    return { labels: [], taints: roleTaints[role] ?? [] };
  }
}

const tolerates = (toleration: Plain, taint: string): boolean => {
  const key = text(at(toleration, "key"));
  return key === taint || (key === undefined && text(at(toleration, "operator")) === "Exists");
};

/** `500m` or `2` as cores. */
function coresOf(quantity: Plain | undefined): number {
  const [, figure, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(String(quantity ?? "")) ?? [];
  return figure === undefined ? 0 : Number(figure) / (milli === "m" ? 1000 : 1);
}

/** Sum of the requests of a pool's pods, and the size of one host; undefined if a figure is missing. */
export function requested(
  pool: string,
  hosts: readonly HostView[],
  pods: readonly PodView[],
  machineType: (cloud: string, type: string) => { readonly cores: number } | undefined,
): { readonly load: number; readonly perReplica: number } | undefined {
  const [first] = hosts.filter((host) => host.pool === pool);
  const each = first && machineType(first.cloud, first.type)?.cores;
  const own = pods.filter((pod) => pod.hosts.length > 0 && pod.hosts.every((host) => host.pool === pool));
  const load = own.reduce((sum, { cores, replicas }) => sum + cores * replicas, 0);
  return each === undefined || load === 0 ? undefined : { load: Math.round(load * 100) / 100, perReplica: each };
}

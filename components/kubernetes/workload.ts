import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import * as pulumi from "@pulumi/pulumi";
import { validateArgs } from "../core/errors";
import { dnsLabel } from "../core/names";
import { configMapData, mounts as readMounts, mountsDigest } from "./mounts";
import { Namespace } from "./namespace";
import { connections, policySpec, reasons, workloadLabel } from "./peers";
import {
  podSpec,
  ports as readPorts,
  probes as readProbes,
  resources as readResources,
  servicePorts,
  shardLabels,
} from "./pod";
import { mediaTaint, poolLabel } from "../core/taints";
import { WorkloadArgs } from "./workload-args";
import {
  drained,
  networked,
  replicated,
  tierName,
  unprivilegedUser,
  variables,
  withinRegistry,
  words,
} from "./workload-checks";

export type { WorkloadArgs } from "./workload-args";

/**
 * One tier of a service on a cluster: its replicas and one more, spread over hosts, kept by a disruption budget, asked whether they work, allowed nothing that
 * is not listed.
 *
 * All objects have fixed names, so that an update that was cut off finds them again instead of making twins. Changed configuration rolls the pods by a digest.
 *
 * @example
 * const web = new Workload("web", {
 *   namespace,
 *   tier: "web",
 *   image: image(cluster.registry, { path: "library/nginx", upstream: "docker.io/library/nginx", version: "1.29" }),
 *   replicas: 2,
 *   capacity: { load: 200, perReplica: 1500, unit: "participants", source: "worker_connections of its nginx" },
 *   user: 1000,
 *   ports: [{ name: "http", port: 8000 }],
 *   probes: { ready: { get: "/", port: 8000 } },
 *   resources: { cpu: 0.1, memoryMib: 256 },
 * });
 */
export class Workload extends pulumi.ComponentResource {
  readonly namespace: Namespace;
  /** Name that its pods are known by in policies. */
  readonly name: string;
  /** Name of its service inside the cluster; on the host network it has none. */
  readonly host: string;
  readonly replicas: number;

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    const { namespace, tier, capacity, replicas, singleton, kind = "Deployment", pool = "application" } = args;
    const { hostNetwork = false, lowPorts = false, env = {}, podFields = {}, secretEnv = {}, mounts = [] } = args;
    const { drain = { seconds: 30 }, ingress: incoming = [], egress: outgoing = [], ports } = args;
    super(
      "sovereign-uc:index:Workload",
      name,
      {
        tier,
        namespace: namespace.name,
        replicas,
        capacity,
        hostNetwork,
        ports: (Array.isArray(ports) ? ports : []).map(({ name: port, port: number, protocol = "tcp" }) => ({
          name: port,
          port: number,
          protocol,
        })),
        ...(singleton === undefined ? {} : { singleton }),
      },
      opts,
    );

    const valid = validateArgs(this, name, {
      // Kubernetes appends up to 11 characters to the names of pods, and a label has 63.
      name: () => dnsLabel(name, 52),
      tier: () => tierName(tier),
      image: () => withinRegistry(args.image, namespace.cluster.registry),
      replicas: () => replicated(replicas, capacity, singleton),
      hostNetwork: () =>
        networked({
          hostNetwork,
          lowPorts,
          pool,
          mediaPools: Object.keys(namespace.cluster.mediaPools),
          pools: Object.keys(namespace.cluster.hostAddresses.pools ?? {}),
          podSecurity: namespace.podSecurity,
          incoming,
          outgoing,
        }),
      user: () => unprivilegedUser(args.user),
      env: () => variables(env),
      secretEnv: () => variables(secretEnv),
      podFields: () => variables(podFields),
      mounts: () => readMounts(mounts),
      ports: () => readPorts(ports),
      probes: () => readProbes(args.probes),
      resources: () => readResources(args.resources),
      drain: () => drained(drain),
      command: () => words(args.command),
      args: () => words(args.args),
      ingress: () => connections(incoming, namespace.isolatedFrom),
      egress: () => connections(outgoing, namespace.isolatedFrom),
    });
    this.namespace = namespace;
    this.name = valid.name;
    this.host = `${name}.${namespace.name}.svc.cluster.local`;
    this.replicas = valid.replicas;

    const selector = { [workloadLabel]: name };
    const metadata = {
      name,
      namespace: namespace.name,
      labels: { ...selector, "app.kubernetes.io/component": valid.tier },
    };
    const named = (role: string): typeof metadata => ({ ...metadata, name: `${name}-${role}` });
    const made: pulumi.Resource[] = [...namespace.ready];
    const own = (): pulumi.CustomResourceOptions => ({
      parent: this,
      provider: namespace.cluster.provider,
      dependsOn: [...made],
    });

    const beside: pulumi.Resource[] = [];
    for (const mount of valid.mounts) {
      const at = { metadata: named(mount.name) };
      if ("files" in mount)
        beside.push(new ConfigMap(at.metadata.name, { ...at, data: configMapData(mount.files) }, own()));
      if ("secrets" in mount) beside.push(new Secret(at.metadata.name, { ...at, stringData: mount.secrets }, own()));
    }
    const secret = Object.keys(secretEnv).length === 0 ? undefined : `${name}-env`;
    if (secret !== undefined) beside.push(new Secret(secret, { metadata: named("env"), stringData: secretEnv }, own()));
    if (!hostNetwork) {
      const why = [...reasons("in", valid.ingress), ...reasons("out", valid.egress)].join("\n");
      beside.push(
        new NetworkPolicy(
          name,
          {
            metadata: { ...metadata, annotations: { "sovereign-uc/reasons": why } },
            spec: policySpec(name, valid.ingress, valid.egress, namespace.isolatedFrom),
          },
          own(),
        ),
      );
    }
    if (!hostNetwork && valid.ports.length > 0) {
      // The replicas of a StatefulSet are known one by one, also to each other while they start.
      const headless = kind === "StatefulSet" ? { clusterIP: "None", publishNotReadyAddresses: true } : {};
      beside.push(
        new Service(name, { metadata, spec: { selector, ports: servicePorts(valid.ports), ...headless } }, own()),
      );
    }
    if (singleton === undefined)
      beside.push(
        new PodDisruptionBudget(
          name,
          {
            metadata,
            spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels: selector } },
          },
          own(),
        ),
      );
    made.push(...beside);

    const template = {
      metadata: {
        labels: { ...metadata.labels, ...shardLabels(args.shard) },
        annotations: {
          "sovereign-uc/configuration": mountsDigest(valid.mounts),
          ...(args.secretsVersion === undefined ? {} : { "sovereign-uc/secrets": args.secretsVersion }),
        },
      },
      spec: podSpec({
        ...args,
        name,
        pool,
        poolLabel: namespace.cluster.poolLabel ?? poolLabel,
        taints: pool in namespace.cluster.mediaPools ? [mediaTaint] : (namespace.cluster.taints?.[pool] ?? []),
        hostNetwork,
        lowPorts,
        env,
        podFields,
        mounts: valid.mounts,
        drain: valid.drain,
        ...(secret === undefined ? {} : { envSecret: secret }),
      }),
    };
    // One at a time, and each may take as long to leave as its drain allows.
    const rolloutTimeoutSeconds = 600 + (hostNetwork ? replicas : 1) * valid.drain.seconds;
    const annotations = {
      "pulumi.com/timeoutSeconds": `${rolloutTimeoutSeconds}`,
      // For whoever finds one replica and asks: people, and the packs.
      ...(singleton === undefined ? {} : { "sovereign-uc/singleton": singleton }),
    };
    const timed = { ...metadata, annotations };
    const common = { replicas, selector: { matchLabels: selector }, revisionHistoryLimit: 3, template };
    if (kind === "StatefulSet")
      new StatefulSet(
        name,
        { metadata: timed, spec: { ...common, serviceName: name, podManagementPolicy: "Parallel" } },
        own(),
      );
    else {
      // A second replica has no room beside the first where ports are the host's.
      const rollingUpdate = hostNetwork ? { maxSurge: 0, maxUnavailable: 1 } : { maxSurge: 1, maxUnavailable: 0 };
      const strategy = singleton === undefined ? { type: "RollingUpdate", rollingUpdate } : { type: "Recreate" };
      new Deployment(
        name,
        { metadata: timed, spec: { ...common, progressDeadlineSeconds: rolloutTimeoutSeconds, strategy } },
        own(),
      );
    }
    this.registerOutputs({ host: this.host });
  }
}

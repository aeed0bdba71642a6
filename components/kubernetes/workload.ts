import * as pulumi from "@pulumi/pulumi";
import { tryParse, givenArgs } from "../core/errors";
import { serviceHost, Tier } from "../core/tier";
import { awaitedBy } from "./awaited";
import { Namespace } from "./namespace";
import { objectsName } from "./pod-checks";
import { podObjects } from "./pod-objects";
import { WorkloadArgs, podObjectsNeeded, workloadArgsKeys } from "./workload-args";
import { replicated } from "./workload-checks";
import { besidePods, controller } from "./workload-objects";
import { portsOf, readWorkload } from "./workload-settings";

export type { WorkloadArgs } from "./workload-args";

/**
 * One tier of a service on a cluster: its replicas and one more, spread over hosts, kept by a disruption budget, probed, allowed no connection that is not
 * listed.
 *
 * All objects have fixed names, so that an update that was cut off finds them again instead of making twins. Changed configuration replaces the pods by a digest,
 * and so does another version of any secret that they use.
 *
 * @example
 * const web = new Workload("wiki-web", {
 *   namespace,
 *   tier: tier("wiki", "wiki-web", { http: 8000 }),
 *   image: image(cluster.registry, { path: "intranet/wiki", upstream: "registry.example.ch/wiki", version: "4.2" }),
 *   capacity: { load: 200, perReplica: 1500, unit: "readers", source: "worker_connections of its nginx" },
 *   user: 1000,
 *   probes: { ready: { get: "/", port: 8000 } },
 *   resources: { cpu: 0.1, memoryMib: 256 },
 * });
 */
export class Workload extends pulumi.ComponentResource {
  readonly namespace: Namespace;
  readonly tier: Tier;
  /** Name that its pods are known by in policies. */
  readonly name: string;
  /** Name of its service inside the cluster; on the host network it has none. */
  readonly host: string;
  readonly replicas: number;

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, workloadArgsKeys, podObjectsNeeded);
    const [awaited, waiting] = awaitedBy(opts);
    const { namespace, tier, role = objectsName(name, tier), capacity, singleton, hostNetwork = false } = args;
    super(
      "sovereign-uc:index:Workload",
      name,
      {
        tier: role,
        namespace: namespace.name,
        replicas: tryParse(() => replicated(args.replicas, capacity, singleton)) ?? args.replicas,
        capacity,
        hostNetwork,
        ports: portsOf(tier).map(({ protocol = "tcp", ...port }) => ({ ...port, protocol })),
        ...(singleton === undefined ? {} : { singleton }),
      },
      waiting,
    );

    const settings = readWorkload(this, name, args);
    this.namespace = namespace;
    this.tier = settings.tier;
    this.name = settings.name;
    this.host = serviceHost(settings.tier);
    this.replicas = settings.replicas;

    const own = { parent: this, provider: namespace.cluster.provider };
    const first = [...namespace.ready, ...(settings.policies?.ready ?? []), ...awaited];
    const objects = [podObjects, besidePods].flatMap((make) => make(settings, { ...own, dependsOn: first }));
    controller(settings, { ...own, dependsOn: [...first, ...objects] });
    this.registerOutputs({ host: this.host });
  }
}

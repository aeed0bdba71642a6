import { Namespace, type NamespaceArgs } from "../../../components/kubernetes/namespace";
import { Workload, type WorkloadArgs } from "../../../components/kubernetes/workload";
import { type Deployment, deploy } from "../../support/mocks";
import { target } from "./target";

/** Arguments that a workload takes. */
export const good = (namespace: Namespace, name = "web"): WorkloadArgs => ({
  namespace,
  tier: { namespace: namespace.name, name, ports: { http: { port: 8000 } } },
  image: "registry.crisis.example.ch/jitsi/web:stable-11146-2",
  replicas: 3,
  capacity: { load: 200, perReplica: 100, unit: "participants", source: "a measurement" },
  user: 1000,
  probes: { ready: { get: "/", port: 8000 } },
  resources: { cpu: 0.1, memoryMib: 256 },
});

/** A namespace with one workload, whose arguments can be changed, also against their type. */
export const oneWorkload = (
  change: (namespace: Namespace) => Partial<Record<keyof WorkloadArgs, unknown>> = () => ({}),
  name = "web",
  podSecurity?: NamespaceArgs["podSecurity"],
): Promise<Deployment> =>
  deploy(() => {
    const namespace = new Namespace("crisis", {
      cluster: target(),
      ...(podSecurity === undefined ? {} : { podSecurity }),
    });
    new Workload(name, { ...good(namespace, name), ...change(namespace) } as WorkloadArgs);
  });

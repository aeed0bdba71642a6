import type { Namespace } from "../../../components/kubernetes/namespace";
import type { WorkloadArgs } from "../../../components/kubernetes/workload";

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

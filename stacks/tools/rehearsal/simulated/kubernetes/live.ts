import { randomUUID } from "node:crypto";
import { number, object, own, Properties, text, Value } from "../values";

/** Fields that a cluster adds to an object that it accepts; `before` is the object as it was. */
export function live(kind: string, inputs: Properties, before: Properties | undefined, n: number): Properties {
  const old = object(before, "metadata");
  const metadata: Properties = {
    ...object(inputs, "metadata"),
    uid: text(old, "uid") ?? randomUUID(),
    creationTimestamp: text(old, "creationTimestamp") ?? new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    generation: (number(old, "generation") ?? 0) + 1,
    resourceVersion: String(n),
  };
  return { metadata, ...service(kind, inputs, before, n), ...secret(kind, inputs), ...status(kind, inputs) };
}

/** Of services, the cluster chooses the address; 10.43.0.0/16 is k3s's own range for them. */
function service(kind: string, inputs: Properties, before: Properties | undefined, n: number): Properties {
  const spec = object(inputs, "spec");
  if (kind !== "Service" || text(spec, "type") === "ExternalName") return {};
  const clusterIP =
    text(spec, "clusterIP") ??
    text(object(before, "spec"), "clusterIP") ??
    `10.43.${Math.floor(n / 250) % 250}.${(n % 250) + 2}`;
  return { spec: { type: "ClusterIP", sessionAffinity: "None", ...spec, clusterIP, clusterIPs: [clusterIP] } };
}

/** A cluster stores text values encoded, beside values that were given encoded. */
function secret(kind: string, inputs: Properties): Properties {
  const plain = object(inputs, "stringData");
  if (kind !== "Secret" || Object.keys(plain).length === 0) return {};
  const encoded = Object.entries(plain).map(([name, value]): [string, Value] => [
    name,
    Buffer.from(String(value)).toString("base64"),
  ]);
  return { data: { ...object(inputs, "data"), ...Object.fromEntries(encoded) } };
}

/** The real provider waits for workloads, so its answer is a converged object. */
function status(kind: string, inputs: Properties): Properties {
  const replicas = number(object(inputs, "spec"), "replicas") ?? 1;
  const ready = {
    observedGeneration: 1,
    replicas,
    readyReplicas: replicas,
    updatedReplicas: replicas,
    availableReplicas: replicas,
  };
  switch (kind) {
    case "Deployment":
    case "StatefulSet":
    case "ReplicaSet":
      return { status: ready };
    case "DaemonSet":
      return {
        status: {
          observedGeneration: 1,
          currentNumberScheduled: 1,
          desiredNumberScheduled: 1,
          numberReady: 1,
          numberMisscheduled: 0,
        },
      };
    case "Namespace":
      return { status: { phase: "Active" } };
    case "PersistentVolumeClaim":
      return { status: { phase: "Bound", accessModes: own(object(inputs, "spec"), "accessModes") ?? [] } };
    case "Job":
      return { status: { succeeded: number(object(inputs, "spec"), "completions") ?? 1 } };
    case "Service":
      return { status: { loadBalancer: {} } };
    default:
      return {};
  }
}

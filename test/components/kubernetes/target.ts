import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { HostPorts } from "../../../components/core/ledger";
import type { KubernetesTarget } from "../../../components/kubernetes/target";
import type { Registered } from "../../support/mocks";
import type { KubernetesObject } from "../../support/programs/apply";

/** Access to the cluster of the tests, as its administrator has it; nobody is there. */
const kubeconfig = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "crisis", cluster: { server: "https://api.crisis.example.ch:6443" } }],
  users: [{ name: "administrator", user: {} }],
  contexts: [{ name: "crisis", context: { cluster: "crisis", user: "administrator" } }],
  "current-context": "crisis",
});

/** A cluster with three media hosts, isolated from a head office. Call it inside a program. */
export const target = (changes: Partial<KubernetesTarget> = {}): KubernetesTarget => ({
  provider: new Provider("cluster", { kubeconfig }),
  registry: "registry.crisis.example.ch",
  podRange: "10.42.0.0/16",
  serviceRange: "10.43.0.0/16",
  hostAddresses: {
    controlPlane: ["10.20.0.20", "10.20.0.21", "10.20.0.22"],
    application: ["10.20.0.30", "10.20.0.31", "10.20.0.32"],
    media: ["10.20.0.40", "10.20.0.41", "10.20.0.42"],
  },
  gatewayAddresses: ["10.20.0.10", "10.20.0.11"],
  mediaPools: {
    media: [1, 2, 3].map((number) => ({
      name: `crisis-media-${number}`,
      address: `10.20.0.${39 + number}`,
      publicAddress: pulumi.output(`198.51.100.${number}`),
    })),
  },
  isolatedFrom: [{ name: "head office directory", kind: "directory", ranges: ["10.0.0.0/16", "192.168.0.0/24"] }],
  hostPorts: new HostPorts(),
  ready: [],
  ...changes,
});

/** Objects that were registered for Kubernetes, in the form that an API server accepts. */
export const manifests = (resources: readonly Registered[]): readonly KubernetesObject[] =>
  resources.flatMap(({ type, inputs }) => {
    const match = /^kubernetes:([^:]+):(\w+)$/.exec(type);
    return match === null
      ? []
      : [
          {
            ...inputs,
            apiVersion: (match[1] ?? "").replace(/^core\//, ""),
            kind: match[2] ?? "",
          } as unknown as KubernetesObject,
        ];
  });

/** The one object of a kind and name. */
export function object(resources: readonly Registered[], kind: string, name: string): KubernetesObject {
  const found = manifests(resources).filter((one) => one.kind === kind && one.metadata.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`expected one ${kind} ${name}, got ${found.length}`);
  return only;
}

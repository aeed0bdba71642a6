import { ResourceMetrics } from "../../../components";
import { Namespace } from "../../../components/kubernetes/namespace";
import type { Scale } from "../../../components/kubernetes/scale";
import { Workload, type WorkloadArgs } from "../../../components/kubernetes/workload";
import { tier } from "../../../components/core/tier";
import { judgeAll } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import type { Subject } from "../../../policies/rule";
import { settings } from "../../../policies/settings";
import { type Deployment, deploy } from "../../support/mocks";
import { kubernetesPrograms, startKubernetes } from "../../support/programs/kubernetes";
import { describeWith } from "../../support/programs/programs";
import { manifests, object, target } from "./target";

/** A workload of three replicas with a scale. */
const scaled = (scale: unknown, more: Partial<WorkloadArgs> = {}): Promise<Deployment> =>
  deploy(() => {
    const namespace = new Namespace("wiki", { cluster: target() });
    new Workload("wiki-web", {
      namespace,
      tier: tier("wiki", "wiki-web", { http: 8000 }),
      image: "registry.crisis.example.ch/intranet/wiki:4.2",
      capacity: { load: 200, perReplica: 100, unit: "readers", source: "a measurement" },
      user: 1000,
      probes: { ready: { get: "/", port: 8000 } },
      resources: { cpu: 0.1, memoryMib: 256 },
      scale: scale as Scale,
      ...more,
    });
  });

describe("the scale of a workload", () => {
  test("begins at its N+1, and leaves the number of pods to the autoscaler from then on", async () => {
    const made = await scaled({ most: 8, cpuPercent: 70 });
    expect(object(made.resources, "HorizontalPodAutoscaler", "wiki-web")["spec"]).toMatchObject({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "wiki-web" },
      minReplicas: 3,
      maxReplicas: 8,
    });
    const [deployment, autoscaler] = ["apps/v1:Deployment", "autoscaling/v2:HorizontalPodAutoscaler"].map((type) =>
      made.resources.find((one) => one.type === `kubernetes:${type}`),
    );
    expect(deployment?.opts.ignoreChanges).toEqual(["spec.replicas"]);
    expect(autoscaler?.opts.ignoreChanges).toBeUndefined();
  });

  test.each<[string, unknown, Partial<WorkloadArgs>, RegExp]>([
    ["fewer than its N+1", { most: 2 }, {}, /scale: most: expected .*not fewer than its 3 replicas.*got 2/],
    ["a load that nothing reaches", { most: 5, cpuPercent: 100 }, {}, /cpuPercent: expected .*10 to 90/],
    [
      "a name that it does not know",
      { most: 5, least: 1 },
      {},
      /scale\.least: expected one of the keys most, .*got "least"/,
    ],
    ["replicas with names", { most: 5 }, { kind: "StatefulSet" }, /scale: expected no scale of a StatefulSet/],
    [
      "a single one",
      { most: 5 },
      { singleton: "readers wait until it is back", capacity: { load: 1, perReplica: 1, unit: "wiki", source: "it" } },
      /scale: expected no scale of a singleton/,
    ],
  ])("refuses %s", async (_, scale, more, message) => {
    await expect(scaled(scale, more)).rejects.toThrow(message);
  });
});

const metrics = (): Promise<Deployment> => deploy(() => void new ResourceMetrics("metrics", { cluster: target() }));

test("resource metrics reach the API and kubelets only, and the API verifies them", async () => {
  const made = await metrics();
  const { spec } = object(made.resources, "NetworkPolicy", "metrics") as unknown as {
    readonly spec: { readonly egress: readonly { readonly ports: readonly { readonly port: number }[] }[] };
  };
  expect(spec.egress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([6443, 10_250]);
  const service = object(made.resources, "APIService", "v1beta1.metrics.k8s.io")["spec"] as Record<string, unknown>;
  expect(service).toMatchObject({ service: { name: "metrics", namespace: "metrics", port: 4443 } });
  expect(Buffer.from(service["caBundle"] as string, "base64").toString()).toBe("certificate of metrics-authority");
  expect(service["insecureSkipTLSVerify"]).toBeUndefined();
  expect(JSON.stringify(manifests(made.resources))).not.toContain("kubelet-insecure-tls");
});

test("resource metrics are allowed by every rule of the complete pack", async () => {
  const made = await metrics();
  const subjects = made.resources.map(({ type, name, inputs }): Subject => ({
    urn: name,
    type,
    name,
    properties: inputs as Subject["properties"],
    provider: undefined,
  }));
  expect(subjects.length).toBeGreaterThan(10);
  const rulings = judgeAll(rules, subjects, settings({ ownDomains: ["crisis.example.ch"] }, {}));
  expect(rulings.map(({ rule, subject, item }) => ({ rule: rule.id, on: subject?.name, ...item }))).toEqual([]);
});

describeWith(kubernetesPrograms, "resource metrics on a real API server", () => {
  test("their objects are accepted without a warning", async () => {
    const made = await metrics();
    const kubernetes = await startKubernetes();
    try {
      const applied = await kubernetes.apply(manifests(made.resources));
      expect(applied.length).toBeGreaterThanOrEqual(10);
      expect(applied.filter(({ refusal, warnings }) => refusal !== undefined || warnings.length > 0)).toEqual([]);
    } finally {
      await kubernetes.stop();
    }
  }, 180_000);
});

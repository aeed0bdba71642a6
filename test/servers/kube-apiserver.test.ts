import { describeWith } from "../support/programs/programs";
import { type Kubernetes, kubernetesPrograms, startKubernetes } from "../support/programs/kubernetes";
import type { KubernetesObject } from "../support/programs/apply";

const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});

const hardened = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

const deployment = (where: string, securityContext: object, more: object = {}): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: where },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "registry.example.ch/web:1", securityContext }], ...more },
    },
  },
});

const restricted = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};

describeWith(kubernetesPrograms, "the real API server", () => {
  let kubernetes: Kubernetes;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
  }, 120_000);

  afterAll(() => kubernetes?.stop());

  it("is the version that is pinned", async () => {
    const { body } = await kubernetes.request("GET", "/version");
    expect(body).toMatchObject({ gitVersion: "v1.34.2", major: "1", minor: "34" });
  });

  it("takes a namespace and a deployment in it without a warning, whichever comes first in the list", async () => {
    expect(await kubernetes.apply([deployment("calm", hardened), namespace("calm", restricted)])).toEqual([
      { object: "Namespace calm", warnings: [] },
      { object: "Deployment calm/web", warnings: [] },
    ]);
    const { body } = await kubernetes.request("GET", "/apis/apps/v1/namespaces/calm/deployments/web");
    expect(body).toMatchObject({ spec: { replicas: 2 } });
  });

  it("takes the same objects again without a change", async () => {
    const objects = [namespace("again"), deployment("again", hardened)];
    const version = async (): Promise<unknown> =>
      ((await kubernetes.request("GET", "/apis/apps/v1/namespaces/again/deployments/web")).body as KubernetesObject)
        .metadata;
    await kubernetes.apply(objects);
    const before = await version();
    await kubernetes.apply(objects);
    expect(await version()).toEqual(before);
  });

  it("warns of a deployment whose pods a restricted namespace would not admit", async () => {
    const [, web] = await kubernetes.apply([
      namespace("strict", restricted),
      deployment("strict", { privileged: true }),
    ]);
    expect(web?.refusal).toBeUndefined();
    expect(web?.warnings).toEqual([
      expect.stringMatching(/^would violate PodSecurity "restricted:latest": privileged/),
    ]);
  });

  it.each([
    [
      "a field that it does not know",
      deployment("odd", hardened, { restartPolice: "Always" }),
      /restartPolice.*field not declared in schema/s,
    ],
    ["a value of the wrong type", deployment("odd", hardened, { hostNetwork: "yes" }), /hostNetwork/],
    [
      "a kind that it does not know",
      { apiVersion: "apps/v1", kind: "Deploiment", metadata: { name: "web" } },
      /^apps\/v1 has no kind Deploiment$/,
    ],
    [
      "an API that it does not serve",
      { apiVersion: "apps/v0", kind: "Deployment", metadata: { name: "web" } },
      /^apps\/v0 has no kind Deployment$/,
    ],
    ["a namespace that is not there", deployment("nowhere", hardened), /^404: namespaces "nowhere" not found$/],
  ])("refuses %s, and goes on with the rest", async (_, object, refusal) => {
    const results = await kubernetes.apply([object, namespace("odd")]);
    expect(results.find(({ object: name }) => name === "Namespace odd")).toEqual({
      object: "Namespace odd",
      warnings: [],
    });
    expect(results.find(({ object: name }) => name !== "Namespace odd")?.refusal).toMatch(refusal);
  });
});

/** Everything that services of the list render, before a real API server that enforces Pod Security. */
import type { KubernetesObject } from "../support/programs/apply";
import { type Kubernetes, kubernetesPrograms, startKubernetes } from "../support/programs/kubernetes";
import { describeWith } from "../support/programs/programs";
import { deployed, described } from "../components/services/described";
import { podTemplates } from "../components/services/rendered";
import { manifests } from "../components/kubernetes/target";

jest.setTimeout(60_000);

const level = "pod-security.kubernetes.io/enforce";

const namespaces = (objects: readonly KubernetesObject[]) => objects.filter(({ kind }) => kind === "Namespace");

/** Objects that the controller manager would make: an account in each namespace, and the pods of everything that makes some. Only pods meet Pod Security's refusals. */
const accounts = (objects: readonly KubernetesObject[]): readonly KubernetesObject[] =>
  namespaces(objects).map(({ metadata: { name } }) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "default", namespace: name },
  }));

const pods = (objects: readonly KubernetesObject[]): readonly KubernetesObject[] =>
  podTemplates(objects).map(({ namespace, name, claims, template: { metadata, spec } }) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, name, namespace },
    spec: {
      ...spec,
      volumes: [
        ...(spec.volumes ?? []),
        ...claims.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: `${claim}-${name}-0` } })),
      ],
    },
  }));

describeWith(kubernetesPrograms, "a real API server", () => {
  let kubernetes: Kubernetes;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
  }, 120_000);
  afterAll(() => kubernetes?.stop());

  const complaints = async (objects: readonly KubernetesObject[]): Promise<readonly string[]> =>
    (await kubernetes.apply(objects)).flatMap(({ object, warnings, refusal }) =>
      [...warnings, ...(refusal === undefined ? [] : [refusal])].map((text) => `${object}: ${text}`),
    );

  describe.each(described)("and the service $kind.name", ({ kind, planned }) => {
    const name = kind.name.slice(0, 8);
    const objects = async () => manifests((await deployed([planned(name, `${name}.example.ch`)])).resources);

    test("takes every object, and every pod in its namespace, without a warning", async () => {
      const all = await objects();
      const made = pods(all);
      expect(made.length).toBeGreaterThan(0);
      expect(await complaints([...all, ...accounts(all), ...made])).toEqual([]);
    });

    test("would refuse what needs more than a restricted namespace allows, and every other pod has one", async () => {
      const all = await objects();
      const levels = new Map(namespaces(all).map(({ metadata }) => [metadata.name, metadata.labels?.[level]]));
      const privileged = pods(all).filter(({ metadata }) => levels.get(metadata.namespace ?? "") !== "restricted");
      for (const { metadata, spec } of privileged) {
        const pod = { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, namespace: "strict" }, spec };
        const strict = {
          apiVersion: "v1",
          kind: "Namespace",
          metadata: { name: "strict", labels: { [level]: "restricted" } },
        };
        expect((await complaints([strict, ...accounts([strict]), pod])).join("\n")).toMatch(
          /^Pod strict\/.*violates PodSecurity "restricted:latest": .*hostNetwork/,
        );
      }
      const open = [...levels].filter(([, of]) => of !== "restricted").map(([namespace]) => namespace);
      // A namespace that allows more has nothing but what needs it.
      expect(new Set(privileged.map(({ metadata }) => metadata.namespace))).toEqual(new Set(open));
    });
  });
});

/** Every manifest of every blueprint on a real API server: stored, not asked about. */
import * as pulumi from "@pulumi/pulumi";
import { manifests } from "../../components/kubernetes/target";
import { kubernetesPrograms, startKubernetes } from "../../support/programs/kubernetes";
import { describeWith } from "../../support/programs/programs";
import { deployStack } from "../../support/stack";

jest.setTimeout(600_000);
afterEach(() => pulumi.runtime.setAllConfig({}));

describeWith(kubernetesPrograms, "a real kube-apiserver", () => {
  test.each([
    "crisis-exoscale",
    "hearing-hetzner",
    "portal-exoscale",
    "messaging-exoscale",
    "ministry-exoscale",
    "mail-exoscale",
  ])("stores every manifest of %s without a warning", async (stack) => {
    const objects = manifests((await deployStack(stack)).resources);
    expect(objects.length).toBeGreaterThan(50);
    const kubernetes = await startKubernetes();
    try {
      const applied = await kubernetes.apply(objects);
      expect(applied).toHaveLength(objects.length);
      expect(
        applied.flatMap(({ object, warnings, refusal }) =>
          [...warnings, ...(refusal === undefined ? [] : [refusal])].map((text) => `${object}: ${text}`),
        ),
      ).toEqual([]);
      process.stdout.write(`${stack}: ${applied.length} objects stored\n`);
    } finally {
      await kubernetes.stop();
    }
  });
});

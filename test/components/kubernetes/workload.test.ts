import * as pulumi from "@pulumi/pulumi";
import { Namespace } from "../../../components/kubernetes/namespace";
import { Workload } from "../../../components/kubernetes/workload";
import { givenSecret } from "../../../components/core/secret";
import { tier } from "../../../components/core/tier";
import { poolLabel } from "../../../components/core/taints";
import { deploy } from "../../support/mocks";
import { manifests, object, target } from "./target";
import { good, oneWorkload } from "./workload-args";

const podOf = (deployed: Awaited<ReturnType<typeof oneWorkload>>, kind = "Deployment", name = "web") =>
  (
    object(deployed.resources, kind, name)["spec"] as {
      template: { metadata: { annotations: Record<string, string> }; spec: Record<string, unknown> };
    }
  ).template;

describe("a workload", () => {
  test("shows its tier, its capacity and its ports as plain data", async () => {
    const { inputs, secrets } = (await oneWorkload()).one("Workload", "web");
    expect(inputs).toEqual({
      tier: "web",
      namespace: "crisis",
      replicas: 3,
      capacity: { load: 200, perReplica: 100, unit: "participants", source: "a measurement" },
      hostNetwork: false,
      ports: [{ name: "http", port: 8000, protocol: "tcp" }],
    });
    expect(secrets).toEqual([]);
  });

  test("makes its objects under fixed names, in its namespace, with the cluster's provider", async () => {
    const deployed = await oneWorkload((namespace) => ({
      mounts: [
        { name: "config", path: "/config", files: { "a/b.conf": "x" } },
        { name: "keys", path: "/keys", secrets: { key: givenSecret("k") } },
      ],
      secretEnv: { PASSWORD: givenSecret("p") },
      ingress: [{ peer: { workload: "edge" }, port: 8000, reason: `from ${namespace.name}` }],
    }));
    expect(
      manifests(deployed.resources)
        .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? "-"}/${metadata.name}`)
        .sort(),
    ).toEqual([
      "ConfigMap crisis/web-config",
      "Deployment crisis/web",
      "Namespace -/crisis",
      "NetworkPolicy crisis/closed",
      "NetworkPolicy crisis/web",
      "PodDisruptionBudget crisis/web",
      "Secret crisis/web-env",
      "Secret crisis/web-keys",
      "Service crisis/web",
    ]);
    for (const { type, opts } of deployed.resources)
      if (/^kubernetes:/.test(type)) expect([type, opts.provider]).toEqual([type, expect.anything()]);
  });

  test("runs pods that are allowed nothing", async () => {
    const pod = podOf(await oneWorkload()).spec;
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      nodeSelector: { [poolLabel]: "application" },
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(pod["hostNetwork"]).toBeUndefined();
    expect((pod["containers"] as unknown[])[0]).toMatchObject({
      resources: { requests: { cpu: "0.1", memory: "256Mi" }, limits: { memory: "256Mi" } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
    });
  });

  test("spreads over hosts strictly and over zones as far as there are any", async () => {
    const spread = podOf(await oneWorkload()).spec["topologySpreadConstraints"];
    expect(spread).toMatchObject([
      { topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "DoNotSchedule", maxSkew: 1 },
      { topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
    ]);
  });

  test("rolls its pods when a file changes, and only then", async () => {
    const digest = async (content: string): Promise<string | undefined> =>
      podOf(await oneWorkload(() => ({ mounts: [{ name: "config", path: "/config", files: { a: content } }] })))
        .metadata.annotations["sovereign-uc/configuration"];
    expect(await digest("one")).toBe(await digest("one"));
    expect(await digest("one")).not.toBe(await digest("two"));
  });

  test("keeps secrets in Secrets", async () => {
    const deployed = await oneWorkload(() => ({
      secretEnv: { PASSWORD: givenSecret("not for everybody") },
      mounts: [{ name: "keys", path: "/keys", secrets: { key: givenSecret("nor this") } }],
    }));
    for (const { type, inputs } of deployed.resources)
      if (!type.endsWith(":Secret")) expect(JSON.stringify(inputs)).not.toMatch(/not for everybody|nor this/);
    expect((podOf(deployed).spec["containers"] as unknown[])[0]).toMatchObject({
      envFrom: [{ secretRef: { name: "web-env" } }],
    });
  });

  test("lets through what is listed, with the reason beside it, and never an isolated range", async () => {
    const policy = object(
      (
        await oneWorkload(() => ({
          ingress: [{ peer: { workload: "edge" }, port: 8000, reason: "browsers" }],
          egress: [
            { peer: { ranges: ["10.0.0.0/8"] }, port: 5222, reason: "signalling" },
            { peer: { workload: "focus", namespace: "other" }, port: 53, protocol: "udp", reason: "names" },
          ],
        }))
      ).resources,
      "NetworkPolicy",
      "web",
    );
    expect(policy["spec"]).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "edge" } } }],
          ports: [{ port: 8000, protocol: "TCP" }],
        },
      ],
      egress: [
        {
          to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.0.0/16"] } }],
          ports: [{ port: 5222, protocol: "TCP" }],
        },
        {
          to: [
            {
              podSelector: { matchLabels: { "app.kubernetes.io/name": "focus" } },
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "other" } },
            },
          ],
          ports: [{ port: 53, protocol: "UDP" }],
        },
      ],
    });
    expect(policy.metadata).toMatchObject({
      annotations: {
        "sovereign-uc/reasons":
          "in tcp 8000 from edge: browsers\nout tcp 5222 to 10.0.0.0/8: signalling\nout udp 53 to other/focus: names",
      },
    });
  });

  test("as a singleton has no budget that would block a drain, and is stopped before it is started again", async () => {
    const deployed = await oneWorkload(() => ({
      replicas: 1,
      capacity: { load: 9, perReplica: 10, unit: "rooms", source: "a" },
      singleton: "another shard takes over",
    }));
    expect(manifests(deployed.resources).filter(({ kind }) => kind === "PodDisruptionBudget")).toEqual([]);
    expect(object(deployed.resources, "Deployment", "web")["spec"]).toMatchObject({
      replicas: 1,
      strategy: { type: "Recreate" },
    });
    expect(deployed.one("Workload", "web").inputs).toMatchObject({ singleton: "another shard takes over" });
  });

  test("on the host network counts on no policy, leaves no port to a second replica, and says so", async () => {
    const deployed = await oneWorkload(
      () => ({
        hostNetwork: true,
        pool: "media",
        drain: { seconds: 600 },
        tier: tier("crisis", "bridge", { media: { port: 10000, protocol: "udp" } }),
      }),
      "bridge",
      "privileged",
    );
    expect(manifests(deployed.resources).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "Namespace crisis",
      "NetworkPolicy closed",
      "PodDisruptionBudget bridge",
      "Deployment bridge",
    ]);
    expect(deployed.one("Workload", "bridge").inputs).toMatchObject({ hostNetwork: true });
    const spec = object(deployed.resources, "Deployment", "bridge")["spec"];
    expect(spec).toMatchObject({
      strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      // Three replicas, one after the other.
      progressDeadlineSeconds: 600 + 3 * 600,
      template: {
        spec: {
          hostNetwork: true,
          dnsPolicy: "ClusterFirstWithHostNet",
          nodeSelector: { [poolLabel]: "media" },
          tolerations: [{ key: "sovereign-uc/media", operator: "Equal", value: "true", effect: "NoSchedule" }],
          containers: [{ ports: [{ containerPort: 10000, hostPort: 10000, protocol: "UDP" }] }],
        },
      },
    });
  });

  test("waits for the namespace and its default policy", async () => {
    const { opts } = (await oneWorkload()).one("Deployment", "web");
    expect((opts.dependsOn as unknown[]).length).toBeGreaterThanOrEqual(2);
  });

  test.each<[string, (before: pulumi.Resource) => pulumi.ResourceOptions["dependsOn"], boolean]>([
    ["a resource", (before) => before, true],
    ["a list of resources", (before) => [before], true],
    ["an output that says which", (before) => pulumi.output([before]), false],
  ])("waits for %s that it depends on: its objects or itself", async (_, given, objects) => {
    const made = await deploy(() => {
      const namespace = new Namespace("crisis", { cluster: target() });
      const before = new pulumi.ComponentResource("test:index:Before", "before");
      new Workload("web", good(namespace), { dependsOn: given(before) ?? [] });
    });
    const waits = (type: string): unknown => made.one(type, "web").opts.dependsOn;
    const isBefore = expect.objectContaining({ __name: "before" }) as unknown;
    for (const type of ["Deployment", "Service", "PodDisruptionBudget"])
      if (objects) expect(waits(type)).toContainEqual(isBefore);
      else expect(waits(type)).not.toContainEqual(isBefore);
    if (objects) expect(waits("Workload")).toEqual([]);
    else expect(pulumi.Output.isInstance(waits("Workload"))).toBe(true);
  });
});

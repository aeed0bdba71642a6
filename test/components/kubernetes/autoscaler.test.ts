import { Autoscaler, type Cluster } from "../../../components";
import { elasticLabel, poolLabel } from "../../../components/core/taints";
import { growing } from "../../support/elastic";
import { infrastructure, outputs, worlds } from "../../support/infrastructure";
import { deploy, type Deployment } from "../../support/mocks";
import { kubernetesPrograms, startKubernetes } from "../../support/programs/kubernetes";
import { describeWith } from "../../support/programs/programs";
import { manifests, object } from "./target";

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}
interface Pod {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken: boolean;
  readonly hostAliases?: unknown;
  readonly containers: readonly [Container];
}

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy(() => void growing({ elastic: { most: 3, least: 1 } }), { outputs });
});
const pod = (): Pod =>
  (object(deployment.resources, "Deployment", "grow")["spec"] as { readonly template: { readonly spec: Pod } }).template
    .spec;

test("the autoscaler may make as many machines of the type as the cluster allows, in their subnet", () => {
  const [{ image, args, env }] = pod().containers;
  expect(image).toMatch(/^registry\.example\.ch\/autoscaling\/cluster-autoscaler:v1\.35\./);
  expect(args).toEqual(
    expect.arrayContaining(["--cloud-provider=hetzner", "--nodes=1:3:cpx22:fsn1:uc-elastic", "--namespace=grow"]),
  );
  expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toEqual({
    HCLOUD_NETWORK: "net",
    HCLOUD_SSH_KEY: "uc-elastic-join",
    HCLOUD_PUBLIC_IPV4: "false",
    HCLOUD_PUBLIC_IPV6: "false",
    HCLOUD_CLUSTER_CONFIG_FILE: "/etc/autoscaler/cluster.json",
    HTTPS_PROXY: "http://gateway.internal:3128",
    NO_PROXY: "10.43.0.0/16",
  });
  const { data } = object(deployment.resources, "ConfigMap", "grow-config") as unknown as {
    readonly data: Readonly<Record<string, string>>;
  };
  const config = JSON.parse(data["cluster.json"] ?? "{}") as {
    readonly nodeConfigs: Readonly<Record<string, { readonly cloudInit: string }>>;
  };
  expect(config).toMatchObject({
    imagesForArch: { amd64: "debian-12" },
    nodeConfigs: {
      "uc-elastic": {
        placementGroup: "uc-elastic-spread",
        subnetIPRange: "10.20.0.128/28",
        labels: {
          [poolLabel]: "application",
          [elasticLabel]: "true",
          "topology.kubernetes.io/zone": "fsn1",
        },
      },
    },
  });
  expect(config.nodeConfigs["uc-elastic"]?.cloudInit).toMatch(/^#cloud-config\n\{/);
});

test("its credential is a secret, and in one Secret only", () => {
  const holding = deployment.resources.filter(({ inputs }) =>
    JSON.stringify(inputs).includes("the token of the project"),
  );
  expect(holding.map(({ type, name, secrets }) => [type, name, secrets])).toEqual([
    ["kubernetes:core/v1:Secret", "grow-env", ["stringData"]],
  ]);
});

test("it reaches the API of its cluster and the gateways' proxy, and has the gateways' names", () => {
  const { spec } = object(deployment.resources, "NetworkPolicy", "grow") as unknown as {
    readonly spec: { readonly egress: readonly { readonly to: readonly { readonly ipBlock: { cidr: string } }[] }[] };
  };
  expect(spec.egress.map(({ to, ...rest }) => ({ ...rest, to: to.map(({ ipBlock }) => ipBlock.cidr) }))).toEqual([
    { ports: [{ port: 6443, protocol: "TCP" }], to: ["10.20.0.20/32", "10.20.0.21/32", "10.20.0.22/32"] },
    { ports: [{ port: 3128, protocol: "TCP" }], to: ["10.20.0.10/32", "10.20.0.11/32"] },
  ]);
  expect(pod().hostAliases).toEqual([
    { ip: "10.20.0.10", hostnames: ["gateway.internal"] },
    { ip: "10.20.0.11", hostnames: ["gateway.internal"] },
  ]);
});

test.each<[string, () => void, RegExp]>([
  [
    "a cluster without elastic hosts",
    () => {
      const [world] = worlds;
      if (world === undefined) throw new Error("expected a cloud to try, got none");
      const cluster: Cluster = infrastructure(world).cluster;
      new Autoscaler("grow", { cluster, credential: "a token" });
    },
    /cluster: expected a cluster with elastic hosts, .*elastic: \{ type/,
  ],
  ["no credential", () => void growing({ credential: "" }), /credential: expected the credential of the cloud's API/],
])("it refuses %s", async (_, program, message) => {
  await expect(deploy(program, { outputs })).rejects.toThrow(message);
});

describeWith(kubernetesPrograms, "the autoscaler on a real API server", () => {
  test("its objects are accepted without a warning, and its account has only the needed rights", async () => {
    const kubernetes = await startKubernetes();
    try {
      const applied = await kubernetes.apply(manifests(deployment.resources));
      expect(applied.length).toBeGreaterThanOrEqual(12);
      expect(applied.filter(({ refusal, warnings }) => refusal !== undefined || warnings.length > 0)).toEqual([]);
      const allowed = async (verb: string, resource: string, more: Readonly<Record<string, string>> = {}) => {
        const [name = "", group = ""] = resource.split(/\.(.*)/);
        const [plain = "", subresource = ""] = name.split("/");
        const { body } = await kubernetes.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: {
            user: "system:serviceaccount:grow:grow",
            resourceAttributes: { verb, group, resource: plain, subresource, ...more },
          },
        });
        return (body as { readonly status: { readonly allowed: boolean } }).status.allowed;
      };
      for (const [verb, resource, more] of [
        ["list", "pods"],
        ["update", "nodes"],
        ["create", "pods/eviction"],
        ["watch", "poddisruptionbudgets.policy"],
        ["list", "resourceclaims.resource.k8s.io"],
        ["create", "leases.coordination.k8s.io", { namespace: "grow" }],
        ["update", "leases.coordination.k8s.io", { namespace: "grow", name: "cluster-autoscaler" }],
        ["update", "configmaps", { namespace: "grow", name: "cluster-autoscaler-status" }],
      ] as const)
        expect([verb, resource, await allowed(verb, resource, more)]).toEqual([verb, resource, true]);
      for (const [verb, resource, more] of [
        ["get", "secrets", { namespace: "kube-system" }],
        ["list", "secrets", { namespace: "grow" }],
        ["delete", "nodes"],
        ["create", "pods", { namespace: "grow" }],
        ["update", "leases.coordination.k8s.io", { namespace: "kube-system", name: "cluster-autoscaler" }],
        ["get", "configmaps", { namespace: "kube-system", name: "kube-root-ca.crt" }],
      ] as const)
        expect([verb, resource, await allowed(verb, resource, more)]).toEqual([verb, resource, false]);
    } finally {
      await kubernetes.stop();
    }
  }, 180_000);
});

import { Namespace } from "../../../components";
import { corefile } from "../../../components/kubernetes/cluster-names";
import { clusterOn, deployedHosts, outputs, worlds } from "../../support/infrastructure";
import { deploy } from "../../support/mocks";
import { object } from "./target";

describe.each(worlds)("names inside a cluster on $id", (world) => {
  const { type } = world;
  const pools = {
    media: { relays: { type, firstHost: 60, count: 1, openings: [] } },
    pools: { records: { type, firstHost: 50, count: 2, taints: ["records=true:NoSchedule"] } },
  };

  test("a resolver runs on every host that runs pods, whatever its taints, and on none of the control plane", async () => {
    const { resources } = await deploy(() => void clusterOn(world, pools), { outputs });
    const { spec } = object(resources, "DaemonSet", "coredns") as unknown as {
      readonly spec: {
        readonly template: { readonly spec: Readonly<Record<string, unknown>> };
        readonly updateStrategy: object;
      };
    };
    expect(spec.template.spec["tolerations"]).toEqual([
      { key: "sovereign-uc/media", operator: "Equal", value: "true", effect: "NoSchedule" },
      { key: "records", operator: "Equal", value: "true", effect: "NoSchedule" },
    ]);
    expect(spec.template.spec["nodeSelector"]).toEqual({ "kubernetes.io/os": "linux" });
    // While a host's resolver is renewed, the old one answers.
    expect(spec.updateStrategy).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
    expect(JSON.stringify(spec)).toContain('"image":"registry.example.ch/coredns/coredns:');
  });

  test("pods are led to the resolver of their own host, at the address that k3s tells them", async () => {
    const program = () => void clusterOn(world, { serviceRange: "10.96.0.0/16" });
    const { deployment, hosts } = await deployedHosts(program);
    expect(object(deployment.resources, "Service", "kube-dns")).toMatchObject({
      metadata: { namespace: "kube-system" },
      spec: { clusterIP: "10.96.0.10", trafficDistribution: "PreferSameNode", selector: { "k8s-app": "kube-dns" } },
    });
    for (const member of [1, 2, 3]) {
      const config = JSON.parse(hosts[`uc-control-${member}`]?.files["/etc/rancher/k3s/config.yaml"] ?? "{}") as {
        readonly disable?: readonly string[];
      };
      expect(config).toMatchObject({ "cluster-dns": "10.96.0.10" });
      expect(config.disable).toContain("coredns");
    }
  });

  test("it asks the gateways, and its policy lets it reach them and the API and nothing else", async () => {
    const { resources } = await deploy(() => void clusterOn(world), { outputs });
    expect(object(resources, "ConfigMap", "coredns")).toMatchObject({
      data: { Corefile: expect.stringContaining("  forward . 10.20.0.10 10.20.0.11\n") as string },
    });
    const { spec } = object(resources, "NetworkPolicy", "coredns") as unknown as {
      readonly spec: {
        readonly egress: readonly {
          readonly to: readonly { readonly ipBlock: { readonly cidr: string } }[];
          readonly ports: readonly { readonly port: number }[];
        }[];
      };
    };
    expect(
      spec.egress.map(({ to, ports }) => [to.map(({ ipBlock }) => ipBlock.cidr), ports.map((p) => p.port)]),
    ).toEqual([
      [
        ["10.20.0.10/32", "10.20.0.11/32"],
        [53, 53],
      ],
      [["10.20.0.20/32", "10.20.0.21/32", "10.20.0.22/32"], [6443]],
    ]);
  });

  test("whatever runs on the cluster waits for it", async () => {
    const { one } = await deploy(() => void new Namespace("talk", { cluster: clusterOn(world) }), { outputs });
    const waits = [one("kubernetes:core/v1:Namespace", "talk").opts.dependsOn].flat() as { readonly __name?: string }[];
    const types = waits.map((resource) => (resource as { readonly __pulumiType?: string }).__pulumiType);
    expect(types).toEqual(expect.arrayContaining(["kubernetes:core/v1:Service", "kubernetes:apps/v1:DaemonSet"]));
  });
});

test("a changed configuration replaces the pods", async () => {
  const [world] = worlds;
  if (world === undefined) throw new Error("expected a cloud to try, got none");
  const digest = async (count: number) => {
    const { resources } = await deploy(() => void clusterOn(world, {}, () => ({ count })), { outputs });
    const { spec } = object(resources, "DaemonSet", "coredns") as unknown as {
      readonly spec: { readonly template: { readonly metadata: { readonly annotations: Record<string, string> } } };
    };
    return spec.template.metadata.annotations["sovereign-uc/configuration"];
  };
  const [two, again, three] = [await digest(2), await digest(2), await digest(3)];
  expect(two).toMatch(/^[0-9a-f]{64}$/);
  expect(again).toBe(two);
  expect(three).not.toBe(two);
});

test("no name outside the cluster is asked of anybody but the gateways", () => {
  const forwards = corefile(["10.20.0.10", "10.20.0.11"])
    .split("\n")
    .filter((line) => /^\s*forward /.test(line));
  expect(forwards).toEqual(["  forward . 10.20.0.10 10.20.0.11"]);
});

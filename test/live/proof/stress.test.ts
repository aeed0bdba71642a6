/** A workload that follows its load on live nodes: the kubelets' figures, the metrics server's, Kubernetes' own autoscaler. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tier } from "../../../components/core/tier";
import { Namespace } from "../../../components/kubernetes/namespace";
import { ResourceMetrics } from "../../../components/kubernetes/resource-metrics";
import { Workload } from "../../../components/kubernetes/workload";
import { until } from "../../support/programs/background";
import { describeLive } from "../describe-live";
import { probeImage } from "../images";
import { isReady, type LiveCluster, type Pod } from "../live-cluster";
import { smallCluster } from "../small-cluster";

const least = 2;
const most = 4;

const program = (): Record<string, unknown> => {
  const cluster = smallCluster();
  new ResourceMetrics("metrics", { cluster });
  new Workload("busy", {
    namespace: new Namespace("busy", { cluster }),
    tier: tier("busy", "busy", { http: 8000 }),
    image: `registry.crisis.example.ch/${probeImage}`,
    replicas: least,
    capacity: { load: 1, perReplica: 1, unit: "test", source: "the test's own" },
    user: 65_534,
    command: ["python3", "/files/busy.py"],
    mounts: [
      {
        name: "files",
        path: "/files",
        files: { "busy.py": readFileSync(join(__dirname, "..", "files", "busy.py"), "utf8") },
      },
      { name: "tmp", path: "/tmp", memoryMib: 1 },
    ],
    probes: { ready: { get: "/", port: 8000 }, alive: { connect: 8000 } },
    resources: { cpu: 0.2, memoryMib: 64 },
    drain: { seconds: 31 },
    scale: { most, cpuPercent: 60, calmSeconds: 0 },
  });
  return { kubeconfig: cluster.kubeconfig };
};

interface Scaled {
  readonly spec: { readonly minReplicas: number; readonly maxReplicas: number };
  readonly status: {
    readonly desiredReplicas: number;
    readonly currentMetrics?: readonly { readonly resource: { readonly current: { averageUtilization?: number } } }[];
  };
}

jest.setTimeout(600_000);

describeLive("a workload that follows its load, on live nodes", { program, change: {} }, (live) => {
  const cluster = (): LiveCluster => live().cluster;
  const pods = async (): Promise<readonly Pod[]> => (await cluster().pods(["busy"])).filter(isReady);
  const scaled = (): Promise<Scaled> => cluster().get<Scaled>(["hpa", "-n", "busy", "busy"]);
  /** Gives every pod that there is the same load, in thousandths of a processor. */
  const load = async (millicores: number): Promise<void> => {
    for (const { metadata } of await pods())
      await cluster()
        .kubectl(["exec", "-n", "busy", metadata.name, "--", "sh", "-c", `echo ${millicores / 10} >/tmp/load`])
        // One that ends meanwhile has no load any more.
        .catch(() => undefined);
  };
  const utilization = ({ status }: Scaled): number | undefined =>
    status.currentMetrics?.[0]?.resource.current.averageUtilization;

  it("has figures of every pod, in the name of whoever asks", async () => {
    await until(
      "figures of both pods",
      async () => {
        const said = await cluster()
          .kubectl(["get", "--raw", "/apis/metrics.k8s.io/v1beta1/namespaces/busy/pods"])
          .catch(() => "{}");
        const { items = [] } = JSON.parse(said) as { readonly items?: readonly unknown[] };
        return items.length === least;
      },
      180,
    );
    await until("the autoscaler to know the load", async () => utilization(await scaled()) !== undefined, 120);
    expect((await pods()).length).toBe(least);
  });

  it("grows to its most while the load lasts, and no further", async () => {
    await until(
      `${most} pods`,
      async () => {
        await load(100);
        return (await pods()).length === most;
      },
      300,
    );
    expect(utilization(await scaled())).toBeGreaterThan(60);
    expect((await scaled()).status.desiredReplicas).toBe(most);
  });

  it("loses one pod at a time once the load is gone, and stays at its least", async () => {
    const seen: number[] = [most];
    await until(
      `${least} pods again`,
      async () => {
        await load(0);
        const { desiredReplicas } = (await scaled()).status;
        if (desiredReplicas !== seen[seen.length - 1]) seen.push(desiredReplicas);
        return desiredReplicas === least && (await pods()).length === least;
      },
      400,
    );
    expect(seen).toEqual([4, 3, 2]);
    expect((await scaled()).spec).toMatchObject({ minReplicas: least, maxReplicas: most });
  });
});

/** Everything that workloads and tasks can be made of, taken by the real API server. */
import { link, linkOut } from "../../components/core/link";
import { givenSecret } from "../../components/core/secret";
import { edgeNamespace, tier } from "../../components/core/tier";
import { Namespace } from "../../components/kubernetes/namespace";
import { Policies } from "../../components/kubernetes/policies";
import { Task } from "../../components/kubernetes/task";
import { Workload } from "../../components/kubernetes/workload";
import { manifests, target } from "../components/kubernetes/target";
import { deploy } from "../support/mocks";
import type { KubernetesObject } from "../support/programs/apply";
import { type Kubernetes, kubernetesPrograms, startKubernetes } from "../support/programs/kubernetes";
import { describeWith } from "../support/programs/programs";

const image = "registry.crisis.example.ch/wiki/wiki:1";
const resources = { cpu: 0.1, memoryMib: 64 };

/** A small service that uses every part of a workload once. */
async function service(): Promise<readonly KubernetesObject[]> {
  const web = tier("wiki", "wiki-web", { http: 8000, metrics: 9100 });
  const cleanup = tier("wiki", "wiki-cleanup", {});
  const migrate = tier("wiki", "wiki-migrate", {});
  const hosts = [1, 2].map((n) => ({ node: `crisis-notes-${n}`, volume: `crisis-notes-${n}-pages` }));
  const made = await deploy(() => {
    const cluster = target({
      volumes: { notes: { pages: { gib: 10, hosts } } },
      hostAddresses: { ...target().hostAddresses, pools: { notes: ["10.20.0.60", "10.20.0.61"] } },
    });
    const namespace = new Namespace("wiki", { cluster });
    const policies = new Policies("wiki", {
      namespace,
      tiers: [web, cleanup, migrate],
      links: [
        link(tier(edgeNamespace, "edge", {}), web, "http", "readers"),
        linkOut(web, { name: "mail relay", ranges: ["192.0.3.25/32"] }, 587, "invitations"),
      ],
    });
    const pods = { namespace, policies, image, user: 1000, resources };
    new Workload(web.name, {
      ...pods,
      tier: web,
      kind: "StatefulSet",
      pool: "notes",
      capacity: { load: 1, perReplica: 1, unit: "readers", source: "a test" },
      volumes: [{ name: "pages", path: "/var/lib/wiki", gib: 10, from: "pages" }],
      secretEnv: { PASSWORD: givenSecret("p") },
      mounts: [
        { name: "keys", path: "/keys", secrets: { key: givenSecret("k") } },
        { name: "config", path: "/config", files: { "a/b.conf": "x" } },
        { name: "run", path: "/run", memoryMib: 8 },
      ],
      init: [{ name: "prepare", image, command: ["/prepare"], secretEnv: { PASSWORD: givenSecret("p") } }],
      metrics: { port: "metrics" },
      probes: { ready: { get: "/", port: 8000 }, alive: { connect: 8000 } },
    });
    new Task(migrate.name, {
      ...pods,
      tier: migrate,
      command: ["/migrate"],
      secretEnv: { PASSWORD: givenSecret("p") },
    });
    new Task(cleanup.name, { ...pods, tier: cleanup, schedule: "17 3 * * 1-5", retries: 1 });
  });
  return manifests(made.resources);
}

describeWith(kubernetesPrograms, "workloads and tasks on the real API server", () => {
  let kubernetes: Kubernetes;
  let objects: readonly KubernetesObject[];

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    objects = await service();
  }, 120_000);

  afterAll(() => kubernetes?.stop());

  it("are taken without a refusal or a warning, in a restricted namespace", async () => {
    expect([...new Set(objects.map(({ kind }) => kind))].sort()).toEqual([
      ...["ConfigMap", "CronJob", "Job", "Namespace", "NetworkPolicy", "PersistentVolume", "PersistentVolumeClaim"],
      ...["PodDisruptionBudget", "Secret", "Service", "StatefulSet"],
    ]);
    expect((await kubernetes.apply(objects)).filter(({ refusal, warnings }) => refusal ?? warnings.length > 0)).toEqual(
      [],
    );
  });

  it("are stored as they were asked for: what the server fills in changes no promise", async () => {
    await kubernetes.apply(objects);
    const { body } = await kubernetes.request("GET", "/apis/batch/v1/namespaces/wiki/cronjobs/wiki-cleanup");
    expect(body).toMatchObject({
      spec: {
        concurrencyPolicy: "Forbid",
        timeZone: "Etc/UTC",
        suspend: false,
        jobTemplate: {
          spec: { backoffLimit: 1, podReplacementPolicy: "Failed", template: { spec: { restartPolicy: "Never" } } },
        },
      },
    });
  });

  it("cannot be changed where they are replaced: a job's pods", async () => {
    await kubernetes.apply(objects);
    const changed = objects
      .filter(({ kind }) => kind === "Job")
      .map((one) => JSON.parse(JSON.stringify(one).replace("/migrate", "/migrate-2")) as KubernetesObject);
    expect(changed).toHaveLength(1);
    const [answer] = await kubernetes.apply(changed);
    expect(answer?.refusal).toMatch(/field is immutable/);
  });
});

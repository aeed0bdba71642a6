/** An object store of the house on live nodes: its database, its three hosts with volumes, and clients who write into it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planPostgres, planStorage, Postgres, Storage, tier } from "../../components";
import { workloadLabel } from "../../components/kubernetes/peers";
import type { KubernetesObject } from "../support/programs/apply";
import { until } from "../support/programs/background";
import { probeImage } from "./images";
import { isReady, type LiveCluster, type Pod } from "./live-cluster";
import { now } from "./postgres-life";
import { archiveBucket, store as archive } from "./postgres-program";
import type { Rendered } from "./rendered";
import { smallCluster } from "./small-cluster";

/** Clients of the store: pods of the tests' own, one for each bucket and one whom nobody let in. */
export const clients = tier("clients", "writer", { none: 1 });
export const stranger = "stranger";
export const buckets = ["media", "protocols"] as const;
export type LiveBucket = (typeof buckets)[number];

const notes = "/tmp/acknowledged";
const script = "/files/store-client.py";

/** A store on the three hosts of its database, as on a platform whose data pool carries both. */
export const program = (): Record<string, unknown> => {
  const plan = planStorage({
    name: "store",
    gib: 20,
    buckets: [{ name: "media" }, { name: "protocols", evidenceDays: 1 }],
  });
  const records = planPostgres({
    name: "records",
    serves: [plan],
    gib: 8,
    resources: { cpu: 0.25, memoryMib: 512 },
    archive: `https://${archive.host}`,
  });
  const volumes = Object.fromEntries(
    [...(plan.volumes ?? []), ...(records.volumes ?? [])].map(({ name, gib }) => [name, { gib }]),
  );
  const cluster = smallCluster({
    application: 2,
    pools: { data: { count: 3, taints: ["data=true:NoSchedule"], volumes } },
    egress: records.egress ?? [],
  });
  const postgres = new Postgres("records", {
    on: { cluster },
    plan: records,
    archive: { bucket: archiveBucket() },
  });
  const storage = new Storage("store", {
    on: { cluster },
    plan,
    database: postgres.database("store", { from: plan.gateways }),
  });
  const keys = buckets.map((name) => {
    const { endpoint, region, accessKey, secretKey, ca } = storage.bucket(name, { from: clients });
    return [name, { endpoint, region, access: accessKey.value, secret: secretKey.value, ca }] as const;
  });
  return { kubeconfig: cluster.kubeconfig, keys: Object.fromEntries(keys) };
};

interface Key {
  readonly endpoint: string;
  readonly region: string;
  readonly access: string;
  readonly secret: string;
  readonly ca: string;
}

/** Pods that are clients: of each bucket one that the policies know, and one that they do not, with a key all the same. */
export function clientPods({ registry, outputs }: Rendered): readonly KubernetesObject[] {
  const keys = outputs["keys"] as Readonly<Record<LiveBucket, Key>>;
  const { namespace, name } = clients;
  const files = {
    "store-client.py": readFileSync(join(__dirname, "files", "store-client.py"), "utf8"),
    "ca.crt": keys.media.ca,
  };
  const pod = (own: string, label: string, key: Key, command?: readonly string[]) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: own, namespace, labels: { [workloadLabel]: label } },
    spec: {
      terminationGracePeriodSeconds: 0,
      // Whatever dies in these tests, it is not the clients.
      nodeSelector: { "kubernetes.io/hostname": "live-application-1" },
      containers: [
        {
          name: own,
          image: `${registry}/${probeImage}`,
          ...(command === undefined ? {} : { command }),
          env: Object.entries({
            STORE_ENDPOINT: key.endpoint,
            STORE_REGION: key.region,
            STORE_AUTHORITY: "/files/ca.crt",
            STORE_ACCESS: key.access,
            STORE_SECRET: key.secret,
          }).map(([variable, value]) => ({ name: variable, value })),
          volumeMounts: [{ name: "files", mountPath: "/files" }],
        },
      ],
      volumes: [{ name: "files", configMap: { name } }],
    },
  });
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: files },
    ...buckets.map((bucket) => pod(bucket, name, keys[bucket])),
    pod("writing", name, keys.media, ["/usr/bin/catatonit", "--", "python3", script, "write", "media", notes]),
    pod(stranger, stranger, keys.media),
  ] as unknown as readonly KubernetesObject[];
}

/** The store on live nodes, and what tests do to it. */
export class StoreLife {
  constructor(readonly cluster: LiveCluster) {}

  async pods(workload: string): Promise<readonly Pod[]> {
    const all = await this.cluster.pods(["store", clients.namespace]);
    return all.filter(({ metadata }) => metadata.labels[workloadLabel] === workload);
  }

  private inClient(pod: string, command: readonly string[]): Promise<string> {
    return this.cluster.kubectl(["exec", "-n", clients.namespace, pod, "--", ...command], "", 300_000);
  }

  /** Status and text of one request with the key of a bucket. */
  async ask(key: LiveBucket, method: string, path: string, query = ""): Promise<{ status: number; text: string }> {
    const said = await this.inClient(key, ["python3", script, "ask", method, path, query]);
    return { status: Number(said.slice(0, 3)), text: said.slice(4).trim() };
  }

  /** Waits until the writer is told of objects again that were written after a moment. */
  async writing(since: number): Promise<void> {
    await until(
      "objects to be acknowledged again",
      async () => {
        const last = await this.inClient("writing", ["tail", "-n", "1", notes]).catch(() => "");
        return Number(last.split(" ")[1] ?? 0) > since;
      },
      120,
    );
  }

  /** Objects that the writer was told are there, those of them that are not, or not as they were written, and seconds of the slowest read. */
  async kept(): Promise<{ readonly acknowledged: number; readonly lost: readonly string[]; readonly slowest: number }> {
    const told = await this.inClient("writing", ["wc", "-l", notes]);
    const read = await this.inClient("writing", ["python3", script, "check", "media", notes]);
    const [slowest, ...lost] = read.trim().split(" ");
    return { acknowledged: Number(told.trim().split(" ")[0]), lost, slowest: Number(slowest) };
  }

  /** The longest time without an acknowledged object between two moments, in seconds. */
  async pause(from: number, to: number): Promise<number> {
    const text = await this.inClient("writing", ["cat", notes]);
    const times = text
      .trim()
      .split("\n")
      .map((line) => Number(line.split(" ")[1]));
    return times.reduce((most, at, i) => {
      const next = times[i + 1] ?? at;
      return next >= from && at <= to ? Math.max(most, next - at) : most;
    }, 0);
  }

  /** Errors that the writer saw since a moment, each with its count. */
  async failures(since: number): Promise<string> {
    const log = await this.cluster.kubectl(["logs", "-n", clients.namespace, "writing"]);
    const found = new Map<string, number>();
    for (const [, at = "", why = ""] of log.matchAll(/^(\d+\.\d+) (.*)$/gm))
      if (Number(at) >= since) found.set(why, (found.get(why) ?? 0) + 1);
    return [...found].map(([why, times]) => `${times} × ${why}`).join(", ") || "nothing";
  }

  /**
   * Switches a host off in mid-write and on again, and waits until everything is back.
   *
   * @returns seconds without an acknowledged object: the longest after the death, and the longest from the host's return until the store was whole; and what the writer got instead.
   */
  async death(name: string): Promise<{ readonly pause: number; readonly back: number; readonly failures: string }> {
    const host = [...this.cluster.byRole("data"), ...this.cluster.byRole("application")].find(
      (one) => one.name === name,
    );
    if (host === undefined) throw new Error(`expected a host of the store, got ${name}`);
    await this.writing(now());
    const killed = now();
    await this.cluster.powerOff(name);
    // Longer than it takes until others notice that a member of theirs is gone.
    await this.writing(killed + 20);
    const recovered = now();
    await this.cluster.boot(host);
    await this.cluster.startNode(name);
    await until("the store to be whole", async () => (await this.servers()).every(isReady), 240);
    const whole = now();
    await this.writing(whole);
    return {
      pause: await this.pause(killed - 0.5, recovered),
      back: await this.pause(recovered, whole),
      failures: await this.failures(killed - 0.5),
    };
  }

  /** Pods that serve: those of tasks have ended, one way or the other. */
  private async servers(): Promise<readonly Pod[]> {
    return (await this.cluster.pods(["store"])).filter(({ status }) => !["Succeeded", "Failed"].includes(status.phase));
  }
}

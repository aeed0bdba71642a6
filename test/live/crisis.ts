/** `crisis` on live nodes: questions that several files of tests ask. */
import type { Requests } from "./ask";
import { isReady, type LiveCluster, type Pod } from "./live-cluster";
import type { Live } from "./start-live";

export const namespaces = ["edge", "meetings", "meetings-media"] as const;

/** Workload that a pod belongs to. */
export const workload = (pod: Pod): string => pod.metadata.labels["app.kubernetes.io/name"] ?? "";

export interface Crisis {
  cluster(): LiveCluster;
  /** All pods of the deployment. */
  pods(): Promise<readonly Pod[]>;
  /** A ready pod of a workload. @throws Error when there is none. */
  one(name: string): Promise<Pod>;
  /** Prints the result of requests, and for lost ones the log of the edges. */
  report(what: string, requests: Requests): Promise<void>;
}

export function crisis(live: () => Live): Crisis {
  const cluster = (): LiveCluster => live().cluster;
  const pods = (): Promise<readonly Pod[]> => cluster().pods(namespaces);
  return {
    cluster,
    pods,
    one: async (name) => {
      const found = (await pods()).find((pod) => workload(pod) === name && isReady(pod));
      if (found === undefined) throw new Error(`expected a ready pod of ${name}, got none`);
      return found;
    },
    report: async (what, { asked, lost, longest }) => {
      process.stderr.write(
        `${what}: ${asked} requests, ${lost.length} lost, the longest took ${longest.toFixed(1)} s\n`,
      );
      if (lost.length === 0) return;
      process.stderr.write(`lost: ${JSON.stringify(lost)}\n`);
      for (const { metadata } of (await pods()).filter((pod) => workload(pod) === "edge")) {
        const said = await cluster()
          .kubectl(["logs", "-n", "edge", metadata.name, "--since=300s", "--timestamps"])
          .catch(String);
        const telling = said.split("\n").filter((line) => / 5\d\d |is (DOWN|UP)|going DOWN|no server/.test(line));
        process.stderr.write(telling.map((line) => `${metadata.name}: ${line}\n`).join(""));
      }
    },
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { until } from "../support/programs/background";
import type { LiveCluster, Pod } from "./live-cluster";
import type { RunningHost } from "./host";

const script = (name: string): string => join(__dirname, "files", name);

const containerOf = (pod: Pod): string =>
  pod.status.containerStatuses?.[0]?.containerID?.replace(/^containerd:\/\//, "") ?? "";

/** Runs a program of this machine in the network namespace of a pod: its connections are the pod's. */
export async function inPod(cluster: LiveCluster, pod: Pod, command: readonly string[], input = ""): Promise<string> {
  const host = cluster.host(pod.spec.nodeName ?? "");
  const tasks = await host.sh("ctr -n k8s.io tasks ls");
  const pid = new RegExp(`^${containerOf(pod)} +(\\d+)`, "m").exec(tasks)?.[1];
  if (containerOf(pod) === "" || pid === undefined)
    throw new Error(`expected a running container of ${pod.metadata.name}, got none`);
  return host.exec(["nsenter", "-t", pid, "-n", ...command], input);
}

/** Stops every process of a pod in its tracks, as a program that hangs does: its ports stay open, nobody answers. */
export async function freeze(cluster: LiveCluster, pod: Pod): Promise<void> {
  await cluster
    .host(pod.spec.nodeName ?? "")
    .sh(`ctr -n k8s.io tasks ps ${containerOf(pod)} | awk 'NR > 1 { print $1 }' | xargs kill -STOP`);
}

/**
 * Asks the cluster's resolver from a pod, five times a second for a minute: each question from a port of its own, and given up after a second.
 *
 * @returns when questions found no answer, in seconds, and why.
 */
export async function unanswered(cluster: LiveCluster, pod: Pod, resolver: string, name: string): Promise<string> {
  const said = await inPod(cluster, pod, ["python3", script("names.py"), resolver, name, "300", "5"]);
  const [asked = "", , ...lost] = said.trim().split(" ");
  if (asked !== "300") throw new Error(`expected 300 questions, got "${said.trim()}"`);
  return lost.join(" ");
}

/** Success of each of many TCP connections from a pod. */
export async function opens(
  cluster: LiveCluster,
  pod: Pod,
  targets: readonly (readonly [address: string, port: number])[],
): Promise<readonly boolean[]> {
  const lines = targets.map(([address, port]) => `${address} ${port}\n`).join("");
  const said = await inPod(cluster, pod, ["python3", script("connect.py"), "2"], lines);
  return said
    .trim()
    .split("\n")
    .map((word) => word === "open");
}

/** The same from a host. */
export async function opensFrom(
  host: RunningHost,
  targets: readonly (readonly [address: string, port: number])[],
): Promise<readonly boolean[]> {
  const lines = targets.map(([address, port]) => `${address} ${port}\n`).join("");
  const said = await host.exec(["python3", script("connect.py"), "2"], lines);
  return said
    .trim()
    .split("\n")
    .map((word) => word === "open");
}

/** Results of a series of requests over some time. */
export interface Requests {
  readonly asked: number;
  readonly lost: readonly (readonly [seconds: number, address: string, why: string])[];
  readonly longest: number;
}

/** Requests from outside through all gateways in turn, or through the addresses that are given, each over a connection of its own, from now until `end` is called. */
export function requests(
  cluster: LiveCluster,
  path: string,
  through = cluster.byRole("gateway").flatMap(({ publicAddress }) => publicAddress ?? []),
): { readonly end: () => Promise<Requests> } {
  const client = cluster.outside.running("client");
  const child: ChildProcess = spawn(
    "nsenter",
    [
      "-t",
      String(client.pid()),
      "-m",
      "-n",
      "-p",
      "-u",
      "python3",
      script("requests.py"),
      cluster.domain,
      path,
      "/etc/live/web.pem",
      ...through,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  let text = "";
  child.stdout?.on("data", (data: Buffer) => (text += data.toString()));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    end: async () => {
      child.stdin?.end("\n");
      await closed;
      return JSON.parse(text) as Requests;
    },
  };
}

/**
 * Waits until every gateway leads, through each edge, to a pod that answers. Pods are ready before gateways have asked the edges twice, and before edges have found
 * pods that came after them in the cluster's names.
 */
export async function served(cluster: LiveCluster): Promise<void> {
  const client = cluster.outside.running("client");
  const gateways = cluster.byRole("gateway").flatMap(({ publicAddress }) => publicAddress ?? []);
  const ask = (gateway: string): Promise<string> =>
    client.sh(
      `curl -sS -o /dev/null -w '%{http_code}' --max-time 5 --cacert /etc/live/web.pem --resolve ${cluster.domain}:443:${gateway} https://${cluster.domain}/ || true`,
    );
  await until(
    "every gateway and edge to lead to a pod",
    async () => {
      // Gateways give each connection to the edge that has the fewest: as many at once as there are edges, twice.
      const statuses = await Promise.all([...gateways, ...gateways, ...gateways, ...gateways].map(ask));
      return statuses.every((status) => !["000", "502", "503", "504"].includes(status));
    },
    90,
  );
}

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
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

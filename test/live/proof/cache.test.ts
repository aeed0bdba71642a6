/** A cache on live nodes: clients on every host, and hosts that die under it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tier } from "../../../components/core/tier";
import { planValkey, Valkey } from "../../../components/kubernetes/cache";
import { workloadLabel } from "../../../components/kubernetes/peers";
import type { KubernetesObject } from "../../support/programs/apply";
import { until } from "../../support/programs/background";
import { opens } from "../ask";
import { describeLive } from "../describe-live";
import { probeImage } from "../images";
import { isReady, type LiveCluster, type Pod } from "../live-cluster";
import type { Rendered } from "../rendered";
import { smallCluster } from "../small-cluster";

const client = tier("clients", "writer", { none: 1 });
const notes = "/tmp/acknowledged";

const program = (): Record<string, unknown> => {
  const cluster = smallCluster();
  const plan = planValkey({ name: "store", memoryMib: 64 });
  const access = new Valkey("store", { on: { cluster }, plan }).access({ from: client });
  return { kubeconfig: cluster.kubeconfig, host: access.host, password: access.password.value, ca: access.ca };
};

/** A client on every application host. */
const writers = ({ registry, outputs, hosts }: Rendered): readonly KubernetesObject[] => {
  const { namespace, name } = client;
  const files = {
    "writer.py": readFileSync(join(__dirname, "..", "files", "cache-writer.py"), "utf8"),
    "ca.crt": String(outputs["ca"]),
  };
  const pods = hosts
    .filter(({ role }) => role === "application")
    .map((host) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `writer-on-${host.name}`, namespace, labels: { [workloadLabel]: name } },
      spec: {
        terminationGracePeriodSeconds: 0,
        nodeSelector: { "kubernetes.io/hostname": host.name },
        containers: [
          {
            name,
            image: `${registry}/${probeImage}`,
            command: ["python3", "/files/writer.py", String(outputs["host"]), "/files/ca.crt", notes, host.name],
            env: [{ name: "CACHE_PASSWORD", value: String(outputs["password"]) }],
            volumeMounts: [{ name: "files", mountPath: "/files" }],
          },
        ],
        volumes: [{ name: "files", configMap: { name } }],
      },
    }));
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: files },
    ...pods,
  ] as unknown as readonly KubernetesObject[];
};

jest.setTimeout(240_000);

describeLive(
  "a cache on live nodes",
  { program, change: {}, objects: (made) => [...made.objects, ...writers(made)] },
  (live) => {
    const cluster = (): LiveCluster => live().cluster;
    const say = (text: string): void => void process.stderr.write(`${text}\n`);
    const pods = (role: string): Promise<readonly Pod[]> =>
      cluster()
        .pods(["store"])
        .then((all) => all.filter(({ metadata }) => metadata.labels[workloadLabel] === `store-${role}`));
    const hosts = (): readonly string[] =>
      cluster()
        .byRole("application")
        .map(({ name }) => name);
    const exec = (namespace: string, pod: string, command: readonly string[]): Promise<string> =>
      cluster().kubectl(["exec", "-n", namespace, pod, "--", ...command]);
    const roleOf = async (pod: Pod): Promise<string> => {
      const ask = '. /scripts/common.sh; ask "$POD_IP" 6379 ROLE | head -n 1';
      return (await exec("store", pod.metadata.name, ["sh", "-c", ask]).catch(() => "")).trim();
    };
    const primary = async (): Promise<Pod> => {
      for (const pod of await pods("replica")) if ((await roleOf(pod)) === "master") return pod;
      throw new Error("expected a primary, got none");
    };
    const writer = (host: string, command: readonly string[]): Promise<string> =>
      exec("clients", `writer-on-${host}`, command);
    const now = (): number => Date.now() / 1000;
    const writes = async (host: string): Promise<readonly number[]> =>
      (await writer(host, ["cat", notes]))
        .trim()
        .split("\n")
        .map((line) => Number(line.split(" ")[1]));
    const writing = (on: readonly string[], since: number): Promise<void> =>
      until(
        `writers on ${on.join(", ")} to be acknowledged again`,
        async () => {
          const last = await Promise.all(on.map((host) => writer(host, ["tail", "-n", "1", notes]).catch(() => "")));
          return last.every((line) => Number(line.split(" ")[1] ?? 0) > since);
        },
        90,
      );
    /** The longest time without an acknowledged write that touches a span of time. */
    const pause = async (host: string, from: number, to: number): Promise<number> => {
      const times = await writes(host);
      return times.reduce((most, at, i) => {
        const next = times[i + 1] ?? at;
        return next >= from && at <= to ? Math.max(most, next - at) : most;
      }, 0);
    };

    /** Switches a host off under the writers of the others, and on again. @returns the longest pause of each of them. */
    const death = async (host: string): Promise<readonly number[]> => {
      const others = hosts().filter((one) => one !== host);
      await writing(hosts(), now());
      const killed = now();
      await cluster().powerOff(host);
      // By then a proxy that is gone would have been asked, too.
      await writing(others, killed + 12);
      const pauses = await Promise.all(others.map((one) => pause(one, killed, now())));
      const found = cluster()
        .byRole("application")
        .find(({ name }) => name === host);
      if (found === undefined) throw new Error(`expected the host ${host}, got none`);
      await cluster().boot(found);
      await cluster().startNode(host);
      await cluster().ready(["store", "clients"], 180);
      return pauses;
    };

    it("has a replica, a watcher and a proxy on every host, and clients of every host write", async () => {
      for (const role of ["replica", "watcher", "proxy"])
        expect([
          role,
          (await pods(role))
            .filter(isReady)
            .map(({ spec }) => spec.nodeName)
            .sort(),
        ]).toEqual([role, [...hosts()].sort()]);
      await writing(hosts(), now());
    });

    it("clients reach the proxies alone, and nobody else does", async () => {
      const targets = await Promise.all(
        ["proxy", "replica", "watcher"].map(async (role) => ({ role, pod: (await pods(role))[0] })),
      );
      const ports = { proxy: 6379, replica: 6379, watcher: 26379 } as const;
      const asked = targets.map(
        ({ role, pod }) => [pod?.status.podIP ?? "", ports[role as keyof typeof ports]] as const,
      );
      const [from] = (await cluster().pods(["clients"])).filter(isReady);
      if (from === undefined) throw new Error("expected a writer, got none");
      expect(await opens(cluster(), from, asked)).toEqual([true, false, false]);
    });

    it("the primary's host dies: clients of other hosts follow to another primary", async () => {
      const before = await primary();
      const pauses = await death(before.spec.nodeName ?? "");
      say(
        `death of the primary's host: ${pauses.map((seconds) => seconds.toFixed(1)).join(" and ")} s without an acknowledged write`,
      );
      expect((await primary()).metadata.name).not.toBe(before.metadata.name);
      expect(Math.max(...pauses)).toBeLessThan(25);
    });

    it("another host dies: clients, each at the proxy of its own host, notice little", async () => {
      const busy = (await primary()).spec.nodeName;
      const other = hosts().find((host) => host !== busy) ?? "";
      const pauses = await death(other);
      say(
        `death of another host: ${pauses.map((seconds) => seconds.toFixed(1)).join(" and ")} s without an acknowledged write`,
      );
      expect(Math.max(...pauses)).toBeLessThan(5);
    });

    it("the primary's host drains: it hands over first", async () => {
      const before = await primary();
      const host = before.spec.nodeName ?? "";
      const others = hosts().filter((one) => one !== host);
      await writing(others, now());
      const begun = now();
      await cluster().kubectl(
        [
          "drain",
          host,
          "--ignore-daemonsets",
          "--delete-emptydir-data",
          "--force",
          "--pod-selector",
          `${workloadLabel} in (store-replica)`,
          "--timeout=120s",
        ],
        "",
        130_000,
      );
      await writing(others, now());
      const pauses = await Promise.all(others.map((one) => pause(one, begun, now())));
      say(
        `drain of the primary's host: ${pauses.map((seconds) => seconds.toFixed(1)).join(" and ")} s without an acknowledged write`,
      );
      expect(Math.max(...pauses)).toBeLessThan(5);
      await cluster().kubectl(["uncordon", host]);
      await cluster().ready(["store"], 120);
    });
  },
);

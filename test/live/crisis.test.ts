/** `crisis` on a real Kubernetes: hosts, filters, gateways, policies, probes and pods. All tests share one deployment; each leaves it intact. */
import { until } from "../support/programs/background";
import { freeze, opens, opensFrom, type Requests, requests, unanswered } from "./ask";
import { describeLive } from "./describe-live";
import { isReady, type LiveCluster, type Pod } from "./live-cluster";
import { allowed } from "./policies";

const namespaces = ["edge", "meetings", "meetings-media"] as const;
const workload = (pod: Pod): string => pod.metadata.labels["app.kubernetes.io/name"] ?? "";

interface Slice {
  readonly endpoints?: readonly {
    readonly targetRef?: { readonly name: string };
    readonly conditions: { readonly serving?: boolean };
  }[];
}

interface Template {
  readonly spec: {
    readonly containers: readonly {
      readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
    }[];
  };
}

jest.setTimeout(300_000);

describeLive("crisis on live nodes", {}, (live) => {
  const cluster = (): LiveCluster => live().cluster;
  const pods = (): Promise<readonly Pod[]> => cluster().pods(namespaces);
  const one = async (name: string): Promise<Pod> => {
    const found = (await pods()).find((pod) => workload(pod) === name && isReady(pod));
    if (found === undefined) throw new Error(`expected a ready pod of ${name}, got none`);
    return found;
  };

  /** Runs a program of the pod's own image in it, with its own resolver. */
  const inContainer = ({ metadata: { name, namespace } }: Pod, command: readonly string[]): Promise<string> =>
    cluster().kubectl(["exec", "-n", namespace, name, "--", ...command]);

  /** TCP ports of a workload's containers. */
  const portsOf = (name: string): readonly number[] =>
    live()
      .objects.filter(({ kind, metadata }) => /^(Deployment|StatefulSet)$/.test(kind) && metadata.name === name)
      .flatMap((object) => (object["spec"] as { template: Template }).template.spec.containers)
      .flatMap(({ ports = [] }) => ports)
      .filter(({ protocol = "TCP" }) => protocol === "TCP")
      .map(({ containerPort }) => containerPort);

  /** Says what became of requests, and for those that were lost what the edges said meanwhile. */
  const report = async (what: string, { asked, lost, longest }: Requests): Promise<void> => {
    process.stderr.write(`${what}: ${asked} requests, ${lost.length} lost, the longest took ${longest.toFixed(1)} s\n`);
    if (lost.length === 0) return;
    process.stderr.write(`lost: ${JSON.stringify(lost)}\n`);
    for (const { metadata } of (await pods()).filter((pod) => workload(pod) === "edge")) {
      const said = await cluster()
        .kubectl(["logs", "-n", "edge", metadata.name, "--since=300s", "--timestamps"])
        .catch(String);
      const telling = said.split("\n").filter((line) => / 5\d\d |is (DOWN|UP)|going DOWN|no server/.test(line));
      process.stderr.write(telling.map((line) => `${metadata.name}: ${line}\n`).join(""));
    }
  };

  it("every pod is ready, and none was started twice", async () => {
    const restarts = (await pods()).map(({ metadata, status }) => [
      metadata.name,
      status.containerStatuses?.[0]?.restartCount,
    ]);
    expect(restarts.length).toBeGreaterThan(10);
    expect(restarts.filter(([, count]) => count !== 0)).toEqual([]);
  });

  it("replicas of a workload are on different hosts", async () => {
    const hosts = new Map<string, string[]>();
    for (const pod of await pods())
      hosts.set(workload(pod), [...(hosts.get(workload(pod)) ?? []), pod.spec.nodeName ?? ""]);
    for (const [name, nodes] of hosts) expect([name, new Set(nodes).size]).toEqual([name, nodes.length]);
  });

  it("no host has singletons of two shards: with it, one shard is lost at most", async () => {
    const shards = new Map<string, Set<string>>();
    for (const { metadata, spec } of await pods()) {
      const shard = metadata.labels["sovereign-uc/shard"];
      if (shard !== undefined)
        shards.set(spec.nodeName ?? "", (shards.get(spec.nodeName ?? "") ?? new Set()).add(shard));
    }
    expect(shards.size).toBeGreaterThan(1);
    expect([...shards.values()].map(({ size }) => size)).toEqual([...shards.values()].map(() => 1));
  });

  it("the rendered health checks of every node hold", async () => {
    for (const { name, role } of [...cluster().byRole("application"), ...cluster().byRole("media")]) {
      const checks = await cluster().host(name).sh("ls /etc/sovereign-uc/checks.d");
      expect([role, checks.trim().split("\n").length]).toEqual([role, expect.any(Number)]);
      for (const check of ["10-firewall", "50-cluster", "51-pods"])
        await cluster()
          .host(name)
          .exec([`/etc/sovereign-uc/checks.d/${check}`]);
    }
  });

  it("pods reach what policies list, on whatever host it is, and nothing else", async () => {
    const all = await pods();
    const members = all.filter(({ spec }) => spec.hostNetwork !== true);
    const targets = members.flatMap((pod) => portsOf(workload(pod)).map((port) => ({ pod, port })));
    const wrong: string[] = [];
    let [open, shut, across] = [0, 0, 0];
    for (const from of members) {
      const others = targets.filter(({ pod }) => pod.metadata.uid !== from.metadata.uid);
      const answers = await opens(
        cluster(),
        from,
        others.map(({ pod, port }) => [pod.status.podIP ?? "", port] as const),
      );
      others.forEach(({ pod, port }, i) => {
        const expected = allowed(live().objects, from, pod, port);
        if (answers[i] !== expected)
          wrong.push(
            `${from.metadata.name} to ${pod.metadata.name}:${port} is ${answers[i] === true ? "open" : "shut"}`,
          );
        if (expected) open++;
        else shut++;
        if (expected && pod.spec.nodeName !== from.spec.nodeName) across++;
      });
    }
    process.stderr.write(
      `policies: ${open} connections open, ${across} of them between hosts, ${shut} shut, ${wrong.length} wrong\n`,
    );
    expect(wrong).toEqual([]);
    expect(across).toBeGreaterThan(4);
    expect(shut).toBeGreaterThan(open);
  });

  it("a pod reaches no host, no API, no gateway, no isolated range and no internet by itself", async () => {
    const [control] = cluster().byRole("control-plane");
    const [gateway] = cluster().byRole("gateway");
    const from = await one("meetings-web-1");
    const targets = [
      [control?.address ?? "", 6443],
      ["10.43.0.1", 443],
      ["10.20.0.31", 10250],
      ["10.20.0.31", 22],
      [gateway?.address ?? "", 3128],
      [gateway?.address ?? "", 53],
      ["10.0.0.10", 389],
      ["192.0.2.80", 443],
      ["169.254.169.254", 80],
    ] as const;
    expect(await opens(cluster(), from, targets)).toEqual(targets.map(() => false));
  });

  it("a host reaches the registry by the gateways' proxy alone", async () => {
    const host = cluster().host("crisis-application-1");
    expect(
      await opensFrom(host, [
        ["192.0.2.80", 443],
        ["192.0.2.53", 853],
        ["10.0.0.10", 389],
      ]),
    ).toEqual([false, false, false]);
    const curl = "curl -sS -o /dev/null -w '%{http_code}' --proxy http://gateway.internal:3128";
    expect(await host.sh(`${curl} https://${cluster().registry}/v2/`)).toBe("200");
    await expect(host.sh(`${curl} --max-time 10 https://www.example.org/`)).rejects.toThrow();
  });

  it("names that nobody listed are asked nowhere, neither by pods nor by hosts nor by gateways", async () => {
    const before = (await cluster().outside.questions()).length;
    const label = "secret-in-a-name";
    const web = await one("meetings-web-1");
    const look = (name: string): string[] => ["getent", "ahosts", name];
    await inContainer(web, look(`pod-${label}.example.org`)).catch(() => "");
    for (const host of ["crisis-application-1", "crisis-gateway-1"])
      await cluster()
        .host(host)
        .exec(look(`${host}-${label}.example.org`))
        .catch(() => "");
    // The proxy refuses before it looks anything up.
    await cluster()
      .host("crisis-application-1")
      .sh(`curl -s --max-time 10 --proxy http://gateway.internal:3128 https://proxy-${label}.example.org/ || true`);
    const asked = (await cluster().outside.questions()).slice(before);
    expect(asked.filter((question) => question.includes(label))).toEqual([]);
    // A listed one is answered, so that silence means something.
    expect(await cluster().host("crisis-application-1").exec(look(cluster().registry))).toContain("192.0.2.80");
  });

  it("a filter that is loaded again, as an update does it, leaves the tables of k3s and the connections of pods", async () => {
    const host = cluster().host("crisis-application-1");
    const tables = (): Promise<string> => host.sh("nft list tables | sort; iptables-save | grep -c KUBE-");
    const before = await tables();
    const asking = requests(cluster(), "/");
    await host.sh("nft -f /etc/nftables.conf");
    expect(await tables()).toBe(before);
    expect((await asking.end()).lost).toEqual([]);
  });

  it("a browser's request goes through each gateway and the edge to a web server", async () => {
    const client = cluster().outside.running("client");
    for (const { publicAddress } of cluster().byRole("gateway")) {
      const page = await client.sh(
        `curl -sS --fail --cacert /etc/live/web.pem --resolve ${cluster().domain}:443:${publicAddress} https://${cluster().domain}/`,
      );
      expect(page.length).toBeGreaterThan(0);
    }
  });

  it("web servers and the focus answer inside under the names of their services", async () => {
    const web = await one("meetings-web-1");
    for (const name of ["meetings-signalling-1", "meetings-focus-1"])
      expect(await inContainer(web, ["getent", "ahostsv4", `${name}.meetings.svc.cluster.local`])).toMatch(/^10\.43\./);
  });

  it("relays lead to bridges, over TLS and with a credential of the deployment's secret, and nowhere else", async () => {
    const secrets = live().objects.find(({ metadata }) => metadata.name === "meetings-relay-credentials");
    const secret = (secrets?.["stringData"] as Readonly<Record<string, string>>)["static-auth-secret"] ?? "";
    const client = cluster().outside.running("client");
    const hosts = cluster()
      .byRole("media")
      .map(({ publicAddress }) => publicAddress ?? "");
    const through = (relay: string, peer: string, password: string): Promise<string> =>
      client.sh(
        `turnutils_uclient -t -S -c -n 5 -m 1 -l 100 -p 443 -e ${peer} -r 10000 -u live -W '${password}' ${relay} 2>&1 || true`,
      );
    for (const relay of hosts)
      for (const bridge of hosts)
        expect(await through(relay, bridge, secret)).toMatch(/tot_send_msgs=5, tot_recv_msgs=[1-5]/);
    expect(await through(hosts[0] ?? "", hosts[0] ?? "", "another secret")).toContain("Cannot complete Allocation");
    expect(await through(hosts[0] ?? "", "10.20.0.20", secret)).toContain("403");
  });

  it("media come to each bridge from outside by their port alone", async () => {
    const client = cluster().outside.running("client");
    for (const { publicAddress } of cluster().byRole("media")) {
      const echo = `printf hello | socat -t 3 - UDP:${publicAddress}:10000`;
      expect(await client.sh(echo)).toBe("hello");
      expect(
        await opensFrom(client, [
          [publicAddress ?? "", 22],
          [publicAddress ?? "", 8080],
          [publicAddress ?? "", 10250],
        ]),
      ).toEqual([false, false, false]);
    }
  });

  it("only the administrators' range reaches the API, through every gateway, with the stack's own kubeconfig", async () => {
    const client = cluster().outside.running("client");
    for (const { publicAddress } of cluster().byRole("gateway")) {
      const port = [publicAddress ?? "", 6443] as const;
      expect([publicAddress, await opensFrom(client, [port])]).toEqual([publicAddress, [true]]);
      await client.write({
        path: "/etc/live/kubeconfig",
        content: cluster().administrators(`https://${publicAddress}:6443`),
        mode: "0600",
        owner: "root:root",
      });
      const kubectl = await cluster().kubectlPath();
      expect(await client.exec([kubectl, "--kubeconfig=/etc/live/kubeconfig", "get", "nodes", "-o", "name"])).toMatch(
        /^node\/crisis-application-1$/m,
      );
      await expect(
        client.sh(`timeout 5 socat -u OPEN:/dev/null TCP:${publicAddress}:6443,bind=198.18.0.1`),
      ).rejects.toThrow();
    }
  });

  it("a program that hangs leaves its service and is started again, in every workload", async () => {
    const all = await pods();
    const chosen = [...new Map(all.map((pod) => [workload(pod), pod])).values()];
    for (const pod of chosen) await freeze(cluster(), pod);
    const state = async (pod: Pod): Promise<{ readonly ready: boolean; readonly starts: number }> => {
      const now = (await pods()).find(({ metadata }) => metadata.uid === pod.metadata.uid);
      return {
        ready: now !== undefined && isReady(now),
        starts: now?.status.containerStatuses?.[0]?.restartCount ?? -1,
      };
    };
    const endpoints = async (pod: Pod): Promise<boolean> => {
      const slices = await cluster().get<{ readonly items: readonly Slice[] }>([
        "endpointslices",
        "-n",
        pod.metadata.namespace,
      ]);
      return slices.items
        .flatMap(({ endpoints: ends }) => ends ?? [])
        .some(({ targetRef, conditions }) => targetRef?.name === pod.metadata.name && conditions.serving === true);
    };
    const waited = new Map<string, { left?: boolean }>(chosen.map((pod) => [pod.metadata.name, {}]));
    await until(
      "every frozen pod to leave its service and to be started again",
      async () => {
        const done = await Promise.all(
          chosen.map(async (pod) => {
            const { ready, starts } = await state(pod);
            const seen = waited.get(pod.metadata.name);
            if (seen !== undefined && !ready && !(await endpoints(pod))) seen.left = true;
            return seen?.left === true && starts === 1 && ready;
          }),
        );
        return done.every(Boolean);
      },
      240,
    ).catch(async (problem: Error) => {
      const left = await Promise.all(
        chosen.map(async (pod) => ({
          name: pod.metadata.name,
          ...(await state(pod)),
          ...waited.get(pod.metadata.name),
        })),
      );
      throw new Error(`${problem.message}: ${JSON.stringify(left, null, 2)}`);
    });
  });

  it("no request is lost while every workload of the web rolls", async () => {
    const asking = requests(cluster(), "/");
    const rolled = [
      ["meetings", "deployment/meetings-web-1"],
      ["meetings", "deployment/meetings-web-2"],
      ["edge", "statefulset/edge"],
    ] as const;
    for (const [namespace, name] of rolled) await cluster().kubectl(["rollout", "restart", "-n", namespace, name]);
    for (const [namespace, name] of rolled)
      await cluster().kubectl(["rollout", "status", "-n", namespace, name, "--timeout=240s"], "", 250_000);
    const rolling = await asking.end();
    await report("rolling", rolling);
    expect(rolling.lost).toEqual([]);
    expect(rolling.asked).toBeGreaterThan(100);
  });

  it("nodes drain within their budgets, one of each pool at a time, and no request is lost", async () => {
    const asking = requests(cluster(), "/");
    const drain = async (role: "application" | "media", its: readonly string[]): Promise<void> => {
      for (const { name } of cluster().byRole(role)) {
        await cluster().kubectl(
          ["drain", name, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=240s"],
          "",
          250_000,
        );
        const left = (await pods()).filter(({ spec }) => spec.nodeName === name);
        expect([name, left.map(({ metadata }) => metadata.name)]).toEqual([name, []]);
        await cluster().kubectl(["uncordon", name]);
        await cluster().ready(its, 240);
      }
    };
    await Promise.all([drain("application", ["edge", "meetings"]), drain("media", ["meetings-media"])]);
    const draining = await asking.end();
    await report("draining", draining);
    expect(draining.lost).toEqual([]);
  });

  it("parts of k3s that start again take no pod with them", async () => {
    const before = (await pods()).map(({ metadata, status }) => [
      metadata.uid,
      status.containerStatuses?.[0]?.restartCount,
    ]);
    const asking = requests(cluster(), "/");
    for (const { name } of cluster().byRole("application")) await cluster().node(name).restart();
    await until("every node to be ready", async () => {
      const ready = await Promise.all(
        cluster()
          .byRole("application")
          .map(({ name }) => cluster().isReady(name)),
      );
      return ready.every(Boolean);
    });
    const { lost } = await asking.end();
    expect(
      (await pods()).map(({ metadata, status }) => [metadata.uid, status.containerStatuses?.[0]?.restartCount]),
    ).toEqual(before);
    expect(lost).toEqual([]);
    // A kubelet that starts asks every pod's start-up question again: until then it counts none as ready.
    await cluster().ready(namespaces, 60);
  });

  it("a host that dies takes nothing below N, and its pods come back with it", async () => {
    const edge = await one("edge");
    const dead = edge.spec.nodeName ?? "";
    const elsewhere = (await pods()).find(
      (pod) => isReady(pod) && pod.spec.nodeName !== dead && pod.metadata.namespace === "meetings",
    );
    if (elsewhere === undefined) throw new Error("expected a pod of meetings on another host, got none");
    const asking = requests(cluster(), "/");
    const names = unanswered(cluster(), elsewhere, "10.43.0.10", "kubernetes.default.svc.cluster.local");
    await cluster().powerOff(dead);
    await until(`the death of ${dead} to be noticed`, async () => !(await cluster().isReady(dead)), 120);
    expect(await names).toBe("");
    const during = await asking.end();
    await report(`death of ${dead}`, during);
    const after = requests(cluster(), "/");
    const host = cluster()
      .byRole("application")
      .find(({ name }) => name === dead);
    if (host === undefined) throw new Error(`expected ${dead} among the hosts, got none`);
    await cluster().boot(host);
    await cluster().startNode(dead);
    await cluster().ready(namespaces, 240);
    const returning = await after.end();
    await report(`return of ${dead}`, returning);
    expect(returning.lost).toEqual([]);
    expect(during.longest).toBeLessThan(15);
  });

  it("a gateway that dies takes neither the web nor the names of private hosts, and comes back as it was", async () => {
    const [first, second] = cluster().byRole("gateway");
    if (first === undefined || second === undefined) throw new Error("expected two gateways, got fewer");
    await cluster().powerOff(first.name);
    const asking = requests(cluster(), "/", [second.publicAddress ?? ""]);
    const host = cluster().host("crisis-application-1");
    expect(await host.exec(["getent", "ahosts", cluster().registry])).toContain("192.0.2.80");
    const curl = "curl -sS -o /dev/null -w '%{http_code}' --proxy http://gateway.internal:3128";
    expect(await host.sh(`${curl} https://${cluster().registry}/v2/`)).toBe("200");
    expect((await asking.end()).lost).toEqual([]);
    await cluster().boot(first);
    await cluster().startGateway(first.name);
    expect(await opensFrom(cluster().outside.running("client"), [[first.publicAddress ?? "", 443]])).toEqual([true]);
  });
});

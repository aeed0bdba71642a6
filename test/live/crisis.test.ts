/** The meetings of `crisis` on a real Kubernetes (`meetings.ts`): hosts, filters, gateways, policies, probes and pods. All tests share one deployment; each leaves it intact. Losses of hosts: `proof/crisis.test.ts`. */
import { opens, opensFrom, requests } from "./ask";
import { crisis, workload } from "./crisis";
import { describeLive } from "./describe-live";
import type { Pod } from "./live-cluster";
import { allowed } from "./policies";

interface Template {
  readonly spec: {
    readonly containers: readonly {
      readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
    }[];
  };
}

jest.setTimeout(300_000);

describeLive("crisis on live nodes", {}, (live) => {
  const { cluster, pods, one, report } = crisis(live);

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

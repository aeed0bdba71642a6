/** The edge with a hundred host names, and with routes that are not HTTP, in HAProxy itself. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Route, TcpRoute } from "../../components/core/route";
import { podsHost, tier } from "../../components/core/tier";
import { edgePorts } from "../../components/kubernetes/haproxy";
import { certificateFor } from "../support/certificates";
import { describeWithNamespaces } from "../isolation/possible";
import { until } from "../support/programs/background";
import { edgeAddress } from "./edge-client";
import { EdgeRig, podsOf } from "./edge-rig";

jest.setTimeout(120_000);

const programs = ["haproxy", "python3", "curl", "busybox"];

describeWithNamespaces(programs, "an edge with a hundred routes", () => {
  let rig: EdgeRig;
  const numbers = Array.from({ length: 100 }, (_, i) => i);
  const host = (i: number): string => `site-${i}.crisis.example.ch`;
  const pods = Array.from({ length: 5 }, (_, i) => ({ [`pod-${i}`]: `10.42.1.${i + 1}` }));
  const tierOf = (i: number) => tier("many", `many-${i}`, { http: 8000 });

  beforeAll(() => {
    rig = new EdgeRig(`uc-many-${process.pid}`);
    for (const [i, each] of pods.entries()) rig.serve(podsOf("many", `pods-${i}`, each));
    for (const i of numbers) rig.list(podsHost(tierOf(i)), Object.values(pods[i % 5] ?? {}));
    const groups = Array.from({ length: 10 }, (_, group) => numbers.filter((i) => i % 10 === group).map(host));
    for (const [group, hosts] of groups.entries()) rig.certificate(`group-${group}`, certificateFor(hosts));
    const routes = numbers.map((i): Route => ({
      kind: "web",
      name: `site-${i}`,
      host: host(i),
      upstreams: [{ name: "pods", tier: tierOf(i), port: "http" }],
      health: ["/health"],
    }));
    const certificates = Object.fromEntries(groups.map((hosts, group) => [`group-${group}`, hosts]));
    rig.edge({ routes, certificates, connections: 500 });
  });
  afterAll(() => rig.end());

  test("each host name has its own pods", async () => {
    await rig.answers([host(99)]);
    await until(
      "all of them",
      () => Promise.resolve(numbers.every((i) => rig.ask(host(i)).pod === `pod-${i % 5}`)),
      60,
    );
    expect(rig.ask("site-100.crisis.example.ch").status).toBe(0);
  });
});

describeWithNamespaces(programs, "routes that are not HTTP", () => {
  let rig: EdgeRig;
  const one = (name: string, address: string, port: number) => ({
    name,
    address,
    port,
    tier: tier("mail", name, { tcp: port }),
  });
  const turn = one("turn", "10.42.4.1", 5349);
  const imap = one("imap", "10.42.4.2", 1143);
  const smtp = one("smtp", "10.42.4.3", 2525);
  const places = [turn, imap, smtp];
  const upstreams = ({ name, tier: to }: (typeof places)[number]) => [{ name, tier: to, port: "tcp" }];
  const web = podsOf("pad", "pad", { "pad-a": "10.42.1.1" });
  const names = { pad: "pad.example.ch", turn: "turn.example.ch", imap: "imap.example.ch" };
  const routes: readonly (Route & { readonly kind: string })[] = [
    {
      kind: "web",
      name: "pad",
      host: names.pad,
      upstreams: [{ name: "pad", tier: web.tier, port: "http" }],
      health: ["/health"],
    },
    {
      kind: "tcp",
      name: "turn",
      port: 443,
      sni: names.turn,
      tls: "passes-through",
      proxyProtocol: false,
      upstreams: upstreams(turn),
    },
    {
      kind: "tcp",
      name: "imaps",
      port: 993,
      sni: names.imap,
      tls: "ends-at-edge",
      proxyProtocol: true,
      upstreams: upstreams(imap),
    },
    {
      kind: "tcp",
      name: "smtp",
      port: 25,
      tls: "none",
      proxyProtocol: true,
      upstreams: upstreams(smtp),
      connectionsPerSource: 3,
    } satisfies TcpRoute,
  ];
  const own = certificateFor([names.turn]);

  beforeAll(async () => {
    rig = new EdgeRig(`uc-tcp-${process.pid}`);
    rig.serve(web);
    rig.certificate("pad", certificateFor([names.pad]));
    rig.certificate("imap", certificateFor([names.imap]));
    for (const [file, text] of [
      ["turn.crt", own.certificate],
      ["turn.key", own.privateKey],
    ] as const)
      writeFileSync(join(rig.folder, file), text);
    for (const { name, address, port, tier: to } of places) {
      rig.address(address);
      const words =
        name === "turn" ? ["plain", join(rig.folder, "turn.crt"), join(rig.folder, "turn.key")] : ["proxied"];
      rig.start(name, "python3", join(__dirname, "edge-tcp.py"), address, `${port}`, name, ...words);
      rig.list(podsHost(to), [address]);
    }
    rig.edge({ routes, certificates: { pad: [names.pad], imap: [names.imap] }, connections: 500 });
    await rig.answers([names.pad]);
    await until("the other ports to serve", () => Promise.resolve(greeting(30_025) === "smtp 203.0.113.7"), 20);
  });
  afterAll(() => rig.end());

  /** First line of the other side, and whose certificate was shown, as a gateway hands the connection on. */
  function greeting(port: number, sni?: string, source = "203.0.113.7"): string {
    const tls =
      sni === undefined ? "" : `s = ssl._create_unverified_context().wrap_socket(s, server_hostname="${sni}")`;
    const script = `
import socket, ssl
s = socket.create_connection(("${edgeAddress}", ${port}), 5)
s.sendall(b"PROXY TCP4 ${source} ${edgeAddress} 40000 443\\r\\n")
try:
    ${tls === "" ? "pass" : tls}
    print(s.makefile().readline().strip() or "closed")
except (ssl.SSLError, OSError):
    print("refused")`;
    return rig.run(["python3", "-c", script]).trim();
  }

  test("TLS that ends at the pods shares the web's port by its name, and the edge has no key of it", () => {
    expect(greeting(edgePorts.web, names.turn)).toBe("turn nobody");
    expect(rig.fingerprint(names.turn)).not.toBe(rig.fingerprint(names.pad));
    expect(rig.ask(names.pad).status).toBe(200);
  });

  test("TLS that ends at the edge hands on the client's address, and no other name is served there", () => {
    expect(greeting(30_993, names.imap)).toBe("imap 203.0.113.7");
    expect(greeting(30_993, names.pad)).toBe("refused");
    expect(greeting(edgePorts.web, names.imap)).toBe("refused");
  });

  test("a protocol whose server speaks first is not made to wait", () => {
    const started = Date.now();
    expect(greeting(30_025)).toBe("smtp 203.0.113.7");
    expect(Date.now() - started).toBeLessThan(4_000);
  });

  test("one source feels the route's limit, others do not", () => {
    const source = "203.0.113.50";
    expect(Array.from({ length: 6 }, () => greeting(30_025, undefined, source))).toEqual([
      ...Array.from({ length: 3 }, () => `smtp ${source}`),
      ...Array.from({ length: 3 }, () => expect.stringMatching(/closed|refused/) as string),
    ]);
    expect(greeting(30_025, undefined, "203.0.113.51")).toBe("smtp 203.0.113.51");
  });
});

/** One client that opens as many connections as it can, on the real HAProxy with the rendered files of a gateway and of the edge behind it. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { apiPort } from "../../components/kubernetes/cluster";
import { tier } from "../../components/core/tier";
import { edgeNodePorts } from "../../components/core/route";
import { edgePorts, haproxy as edge } from "../../components/kubernetes/haproxy";
import { haproxy as door, type Published } from "../../components/recipe/parts/published";
import { certificateFor } from "../support/certificates";
import { describeWithNamespaces } from "../isolation/possible";
import { type Background, background, until } from "../support/programs/background";
import { installed } from "../support/programs/programs";

jest.setTimeout(120_000);

const space = `uc-floods-${process.pid}`;
const domain = "meet.crisis.example.ch";
const address = {
  door: "198.51.100.10",
  attacker: "203.0.113.66",
  office: "203.0.113.80",
  other: "203.0.113.7",
  application: "10.20.0.30",
  controlPlane: "10.20.0.20",
} as const;
const meetings: Published = {
  port: 443,
  targets: [address.application],
  targetPort: 30443,
  proxyProtocol: true,
  from: ["0.0.0.0/0"],
  reason: "meetings",
  connections: 1_600,
  connectionsPerSource: 400,
};

const server = `
import http.server, ssl, sys
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"here")
    def log_message(self, *_): pass
address, port, tls = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
s = http.server.ThreadingHTTPServer((address, port), Web)
if tls:
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(*tls)
    s.socket = c.wrap_socket(s.socket, server_side=True, do_handshake_on_connect=False)
s.serve_forever()
`;

describeWithNamespaces(["haproxy", "python3", "curl", "openssl"], "a client that takes all it can get", () => {
  let folder: string;
  const running: Background[] = [];
  let crowds: (() => void)[] = [];
  const inside = (...words: string[]): readonly string[] => ["netns", "exec", space, ...words];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "floods-"));
    const tls = certificateFor([domain, "api.crisis.example.ch"]);
    mkdirSync(join(folder, "tls"));
    writeFileSync(join(folder, "tls/site.pem"), tls.certificate);
    writeFileSync(join(folder, "tls/site.pem.key"), tls.privateKey);
    execFileSync("ip", ["netns", "add", space]);
    execFileSync("ip", ["-n", space, "link", "set", "lo", "up"]);
    for (const one of Object.values(address))
      execFileSync("ip", ["-n", space, "address", "add", `${one}/32`, "dev", "lo"]);
    writeFileSync(
      join(folder, "door.cfg"),
      door([meetings, { ...apiPort([address.controlPlane], ["203.0.113.0/24"]), targetPort: 16443 }]),
    );
    mkdirSync(join(folder, "etc"));
    const files = edge({
      routes: [
        {
          kind: "web",
          name: "meet",
          host: domain,
          upstreams: [{ name: "web", tier: tier("meet", "web", { http: 8000 }), port: "http" }],
          health: ["/"],
        },
      ],
      certificates: { site: [domain] },
      peers: [],
      connections: 600,
      connectionsPerSource: 300,
    });
    for (const [name, text] of Object.entries(files))
      writeFileSync(
        join(folder, "etc", name),
        text
          .replaceAll("$HOSTNAME", space)
          .replaceAll("/etc/edge", join(folder, "etc"))
          .replaceAll("/run/edge", join(folder, "tls"))
          // The pod's address itself: there is no resolver here.
          .replace(/server-template pod- 1-10 \S+:8000 check/, "server pod-1 127.0.0.1:8000 check init-addr last")
          .replace(/^ *server-template any-pod- .*$/m, "")
          .replace(`bind :${edgePorts.web}`, `bind ${address.application}:30443`)
          // Both places where it is asked: the pod's port and the host's.
          .replace(
            `bind :${edgePorts.health}`,
            `bind 127.0.0.1:${edgePorts.health}\n    bind ${address.application}:${edgeNodePorts.health}`,
          )
          // What the edge's own script does once its pods answer.
          .replace(/^( +server edge .*) disabled$/m, "$1"),
      );
    const start = (...words: string[]): void => void running.push(background("ip", inside(...words), folder));
    start("python3", "-c", server, "127.0.0.1", "8000");
    start("python3", "-c", server, address.controlPlane, "16443", "tls/site.pem", "tls/site.pem.key");
    const haproxy = installed("haproxy") ?? "haproxy";
    start(haproxy, "-db", "-f", "etc/haproxy.cfg");
    start(haproxy, "-db", "-f", "door.cfg");
    await until(
      "everything to answer",
      () => {
        running.forEach((one) => one.mustRun());
        return Promise.resolve([meeting(), api(), probe()].every((status) => status === "200"));
      },
      30,
    );
  });
  afterEach(() => {
    crowds.forEach((end) => end());
    crowds = [];
  });
  afterAll(async () => {
    await Promise.all(running.map((one) => one.stop()));
    // What runs inside of `ip netns exec` has taken its place.
    spawnSync("ip", ["netns", "delete", space]);
    rmSync(folder, { recursive: true });
  });

  const curl = (...words: string[]): string =>
    spawnSync("ip", [...inside("curl", "-sk", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}"), ...words], {
      encoding: "utf8",
    }).stdout;
  const from = (source: string, url: string): string =>
    curl(
      "--interface",
      source,
      "--resolve",
      `${new URL(url).hostname}:${new URL(url).port || 443}:${address.door}`,
      url,
    );
  const meeting = (source: string = address.other): string => from(source, `https://${domain}/`);
  const api = (): string => from(address.other, "https://api.crisis.example.ch:6443/");
  const probe = (): string => curl(`http://127.0.0.1:${edgePorts.health}/healthz`);
  /** A request at the edge itself, as a gateway forwards it for a client. */
  const atEdge = (): string =>
    curl(
      "--interface",
      address.other,
      "--haproxy-protocol",
      "--resolve",
      `${domain}:30443:${address.application}`,
      `https://${domain}:30443/`,
    );

  /** Opens connections and says how many are held; `empty` is there once none is. */
  async function crowd(
    place: readonly [source: string, destination: string, port: number],
    count: number,
    first: "nothing" | "hello",
    proxied = "-",
  ): Promise<{ readonly open: number; readonly empty: Promise<unknown> }> {
    const words = [...place.map(String), String(count), first === "hello" ? clientHello() : "-", proxied];
    const child = spawn("ip", inside("python3", join(__dirname, "crowd.py"), ...words), {
      stdio: ["pipe", "pipe", "inherit"],
    });
    crowds.push(() => child.stdin.end());
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, "line")) as [string];
    const { open } = JSON.parse(line) as { open: number };
    return { open, empty: open === 0 ? Promise.resolve() : once(lines, "line") };
  }

  /** The first message of a TLS connection, as openssl writes it. */
  function clientHello(): string {
    const script = `
import ssl
c = ssl.create_default_context(); i, o = ssl.MemoryBIO(), ssl.MemoryBIO()
t = c.wrap_bio(i, o, server_hostname="${domain}")
try: t.do_handshake()
except ssl.SSLWantReadError: pass
print(o.read().hex())`;
    return execFileSync("python3", ["-c", script], { encoding: "utf8" }).trim();
  }

  test("thousands of silent connections from one address leave the web and the API usable for others, and time out", async () => {
    const { open, empty } = await crowd([address.attacker, address.door, 443], 4_000, "nothing");
    expect(open).toBeLessThanOrEqual(400);
    expect({ meeting: meeting(), api: api(), probe: probe() }).toEqual({ meeting: "200", api: "200", probe: "200" });
    await empty;
  });

  test("the same before the administrators' port", async () => {
    const { open } = await crowd([address.attacker, address.door, 6443], 4_000, "nothing");
    expect(open).toBeLessThanOrEqual(250);
    expect({ meeting: meeting(), api: api() }).toEqual({ meeting: "200", api: "200" });
  });

  test("connections that begin a handshake and never end it are counted by the client's own address behind the gateway", async () => {
    const { open } = await crowd([address.attacker, address.door, 443], 4_000, "hello");
    expect(open).toBeLessThanOrEqual(300);
    expect({ meeting: meeting(), api: api(), probe: probe() }).toEqual({ meeting: "200", api: "200", probe: "200" });
  });

  test("an office behind one address gets its limit", async () => {
    const { open } = await crowd([address.office, address.door, 443], 290, "hello");
    expect(open).toBe(290);
    expect(meeting(address.office)).toBe("200");
  });

  test.each<[string, string]>([
    ["one IPv4 address", "192.0.2.66"],
    ["a /64 of IPv6, an address each", "2001:db8:66:1::#"],
  ])("the edge counts %s as one source, whichever gateway hands it on", async (_, source) => {
    const { open } = await crowd([address.door, address.application, 30443], 4_000, "hello", source);
    expect(open).toBeLessThanOrEqual(300);
    expect({ request: atEdge(), probe: probe() }).toEqual({ request: "200", probe: "200" });
  });

  test("the edge's probe is answered while many sources use all connections", async () => {
    const sources = Array.from({ length: 40 }, (_, i) => `192.0.2.${i + 100}`).join(",");
    const { open } = await crowd([address.door, address.application, 30443], 900, "hello", sources);
    expect(open).toBeGreaterThanOrEqual(600);
    expect(probe()).toBe("200");
  });
});

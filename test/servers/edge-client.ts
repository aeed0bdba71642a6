/** Clients of the edge, in its namespace: what they ask, as the gateways pass it on, and what they get. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { edgePorts } from "../../components/kubernetes/haproxy";

/** Address at which the edge is asked, as the gateways ask it. */
export const edgeAddress = "10.42.0.10";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Pod that answered, and the headers that it saw. */
  readonly pod: string | undefined;
  readonly seen: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly path?: string;
  /** Source of the client's connection. */
  readonly from?: string;
  /** Name in the handshake. @default - the host name of the request */
  readonly sni?: string;
  readonly port?: number;
  readonly words?: readonly string[];
}

export class EdgeClient {
  constructor(readonly space: string) {}

  /** Fingerprint of the certificate that the edge shows for a name. */
  fingerprint(host: string): string {
    const script = `
import socket, ssl
s = socket.create_connection(("${edgeAddress}", ${edgePorts.web}))
s.sendall(b"PROXY TCP4 203.0.113.1 ${edgeAddress} 40000 443\\r\\n")
c = ssl._create_unverified_context().wrap_socket(s, server_hostname="${host}")
print(ssl.DER_cert_to_PEM_cert(c.getpeercert(True)))`;
    return new X509Certificate(this.run(["python3", "-c", script])).fingerprint256;
  }

  /** One connection over which requests go, one after the other. */
  keepOpen(host: string): { readonly ask: () => Promise<number>; readonly end: () => void } {
    const script = `
import http.client, socket, ssl, sys
c = http.client.HTTPConnection("${host}")
s = socket.create_connection(("${edgeAddress}", ${edgePorts.web}))
s.sendall(b"PROXY TCP4 203.0.113.2 ${edgeAddress} 40000 443\\r\\n")
c.sock = ssl._create_unverified_context().wrap_socket(s, server_hostname="${host}")
c.auto_open = 0
for line in sys.stdin:
    c.request("GET", "/"); r = c.getresponse(); r.read(); print(r.status, flush=True)`;
    const child = spawn("ip", ["netns", "exec", this.space, "python3", "-c", script], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout });
    return {
      ask: async () => {
        child.stdin.write("\n");
        const [line] = (await once(lines, "line")) as [string];
        return Number(line);
      },
      end: () => child.stdin.end(),
    };
  }

  /** Answer to a client whose connection a gateway forwards. */
  ask(
    host: string,
    { path = "/", from = edgeAddress, sni = host, port = edgePorts.web, words = [] }: Asked = {},
  ): Answer {
    const { stdout } = spawnSync(
      "ip",
      ["netns", "exec", this.space, ...this.curl({ host, path, from, sni, port, words })],
      {
        encoding: "utf8",
        maxBuffer: 1 << 26,
      },
    );
    return answer(stdout);
  }

  /** Status of a request over HTTP/2 whose body does not come: nothing is on its way that could fail before the answer is read. */
  withoutEnd(host: string, from: string): number {
    const script = `
const socket = require("net").connect({ host: "${edgeAddress}", port: ${edgePorts.web} });
socket.write("PROXY TCP4 ${from} ${edgeAddress} 40000 443\\r\\n");
const tls = { socket, servername: "${host}", ALPNProtocols: ["h2"], rejectUnauthorized: false };
const session = require("http2").connect("https://${host}", { createConnection: () => require("tls").connect(tls) });
const request = session.request({ ":method": "POST", ":path": "/" }, { endStream: false });
request.on("response", ({ ":status": status }) => (process.stdout.write(String(status)), session.destroy()));`;
    return Number(this.run([process.execPath, "-e", script]));
  }

  /** A request that goes on beside the test. */
  asking(host: string, { path = "/", from = edgeAddress, words = [] }: Asked = {}): { readonly done: Promise<number> } {
    const child = spawn(
      "ip",
      [
        "netns",
        "exec",
        this.space,
        ...this.curl({ host, path, from, sni: host, port: edgePorts.web, words: [...words, "-m", "100"] }),
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    let bytes = 0;
    child.stdout.on("data", (data: Buffer) => (bytes += data.length));
    return { done: once(child, "exit").then(() => bytes) };
  }

  private curl({ host, path, from, sni, port, words }: Required<Asked> & { readonly host: string }): readonly string[] {
    return [
      ...["curl", "-sk", "-i", "-m", "15", "--interface", from, "--haproxy-protocol"],
      ...["--connect-to", `::${edgeAddress}:${port}`, "-H", `Host: ${host}`, ...words, `https://${sni}${path}`],
    ];
  }

  /** Status of the edge's answer about its health; empty without an answer. */
  health(): string {
    const words = [
      "curl",
      "-s",
      "-m",
      "2",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      `http://${edgeAddress}:${edgePorts.health}/healthz`,
    ];
    const { status, stdout } = spawnSync("ip", ["netns", "exec", this.space, ...words], { encoding: "utf8" });
    return status === 0 ? stdout : "";
  }

  healthy(): boolean {
    return this.health() === "200";
  }

  /** Output of a program in the namespace. */
  run(words: readonly string[], input = ""): string {
    return execFileSync("ip", ["netns", "exec", this.space, ...words], { encoding: "utf8", input });
  }
}

function answer(text: string): Answer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const body = rest.join("\r\n\r\n");
  const said = body.startsWith("{")
    ? (JSON.parse(body) as { name: string; headers: Record<string, string> })
    : undefined;
  return {
    status: Number(first.split(" ")[1] ?? 0),
    headers: Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
    ),
    pod: said?.name,
    seen: Object.fromEntries(Object.entries(said?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

/** The doors of a BigBlueButton server in the real programs: HAProxy tells web from relay on one port, and coturn relays to the server itself and nowhere else. */
import { execFile, execFileSync } from "node:child_process";
import { createSocket, type Socket as Datagrams } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { frontProxy, innerPorts, site } from "../../components/recipe/parts/bigbluebutton/front";
import { relayConfiguration } from "../../components/recipe/parts/bigbluebutton/relay";
import { certificateFor } from "../support/certificates";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";

jest.setTimeout(60_000);

/** A folder with a certificate and its key, as a server has them. */
function certified(): string {
  const folder = mkdtempSync(join(tmpdir(), "front-"));
  const { certificate, privateKey } = certificateFor(["server-1.example.ch"]);
  writeFileSync(join(folder, "site.pem"), certificate);
  writeFileSync(join(folder, "site.pem.key"), privateKey);
  return folder;
}

/** A port that no datagrams go to. One that is free for connections need not be: relays of other tests may have it, and take what is sent to it. */
async function freeDatagramPort(host: string): Promise<number> {
  const socket = createSocket("udp4").bind(0, host);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

/** True if a relay answers a question over UDP about the sender's own address within a second (RFC 8489, section 5: a binding request, which holds no attributes). */
const binds = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const question = Buffer.alloc(20);
    question.writeUInt16BE(0x0001, 0);
    question.writeUInt32BE(0x2112a442, 4);
    const socket = createSocket("udp4");
    const end = (answered: boolean): void => {
      clearTimeout(waiting);
      socket.close();
      resolve(answered);
    };
    const waiting = setTimeout(() => end(false), 1_000);
    socket.once("message", () => end(true));
    socket.send(question, port, host);
  });

/** True if a port takes a connection. */
const takes = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host, () => (socket.destroy(), resolve(true))).on("error", () => resolve(false));
  });

describeWith(["haproxy"], "port 443 of a server", () => {
  const inner = [innerPorts.web, innerPorts.webHttp2, innerPorts.relay] as const;
  let folder: string;
  let front: number;
  let proxy: Background | undefined;
  let servers: readonly Server[] = [];

  beforeAll(async () => {
    folder = certified();
    const [port = 0, ...free] = await freePorts(1 + inner.length);
    front = port;
    // The same file but for its ports, and for the user, the journal and the number of connections, which this machine may not have.
    const text = inner
      .reduce(
        (all, from, i) =>
          all
            .replace(`127.0.0.1:${from} `, `127.0.0.1:${free[i]} `)
            .replace(`127.0.0.1:${from}\n`, `127.0.0.1:${free[i]}\n`),
        frontProxy(join(folder, "site.pem"), front),
      )
      .replace(/^ {2}(user|group|log) .*\n/gm, "")
      .replace("maxconn 20000", "maxconn 200")
      .replace(`:::${front} v4v6`, `127.0.0.1:${front}`);
    writeFileSync(join(folder, "haproxy.cfg"), text);
    // Each says which it is, and what it was sent.
    servers = inner.map((name, i) =>
      createServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", (data) => socket.end(Buffer.concat([Buffer.from(`${name} `), data])));
      }).listen(free[i], "127.0.0.1"),
    );
    await Promise.all(servers.map((server) => once(server, "listening")));
    proxy = background("haproxy", ["-f", join(folder, "haproxy.cfg")], folder);
    await until("HAProxy to listen", () => (proxy?.mustRun(), takes(front, "127.0.0.1")), 30);
  });
  afterAll(async () => {
    await proxy?.stop();
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  const answer = async (
    first: Buffer | string,
    options: { readonly ALPNProtocols?: string[]; readonly minVersion?: "TLSv1"; readonly maxVersion?: "TLSv1.1" } = {},
  ): Promise<Buffer> => {
    const socket = connectTls({ port: front, host: "127.0.0.1", rejectUnauthorized: false, ...options });
    const parts: Buffer[] = [];
    socket.on("data", (data) => parts.push(data));
    await once(socket, "secureConnect");
    socket.write(first);
    await once(socket, "end");
    return Buffer.concat(parts);
  };
  const request = "GET / HTTP/1.1\r\nHost: server-1.example.ch\r\n\r\n";
  /** The beginning of a STUN binding request: its type, its length, the cookie. */
  const stun = Buffer.from("000100002112a442000000000000000000000000", "hex");

  test("leads browsers to nginx, by the protocol that they agree on, with their address", async () => {
    const seen = async (...protocols: string[]) =>
      (await answer(request, protocols.length === 0 ? {} : { ALPNProtocols: protocols })).toString("latin1");
    expect(await seen("http/1.1")).toMatch(/^81 PROXY TCP4 127\.0\.0\.1 /);
    expect(await seen("h2", "http/1.1")).toMatch(/^82 PROXY TCP4 127\.0\.0\.1 /);
    expect(await seen()).toMatch(/^81 PROXY TCP4 127\.0\.0\.1 /);
  });

  test("leads clients of a relay to coturn, whether or not they say that they are", async () => {
    const sent = Buffer.concat([Buffer.from("3478 "), stun]);
    expect(await answer(stun)).toEqual(sent);
    expect(await answer(stun, { ALPNProtocols: ["stun.turn"] })).toEqual(sent);
  });

  test("refuses TLS below 1.2", async () => {
    await expect(answer(request, { minVersion: "TLSv1", maxVersion: "TLSv1.1" })).rejects.toThrow();
  });
});

describeWith(["nginx"], "the web of a server", () => {
  test("is a site that nginx takes, which answers HAProxy alone", () => {
    const folder = certified();
    const text = site("server-1.example.ch").replace("/etc/bigbluebutton/nginx/*.nginx", `${folder}/*.nginx`);
    const log = `error_log ${folder}/log;`;
    writeFileSync(
      join(folder, "nginx.conf"),
      `pid ${folder}/pid; ${log} events {} http { ${text.replace(/error_log [^;]+;/, log)} }`,
    );
    expect(() => execFileSync("nginx", ["-t", "-c", join(folder, "nginx.conf")], { stdio: "pipe" })).not.toThrow();
    expect([...text.matchAll(/listen ([^;]+);/g)].map(([, listens]) => listens)).toEqual([
      "127.0.0.1:81 proxy_protocol",
      "127.0.0.1:82 http2 proxy_protocol",
    ]);
    rmSync(folder, { recursive: true });
  });
});

/** coturn never relays to loopback, so the server of these tests has an address of this machine that is none. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === "IPv4" && !one.internal)?.address;

describeWith(["turnserver", "turnutils_uclient"], "the relay of a server", () => {
  const secret = "a secret of the relay that is long enough";
  const own = address ?? "";
  let folder: string;
  let port: number;
  let relay: Background | undefined;
  let media: Datagrams;

  beforeAll(async () => {
    if (address === undefined)
      throw new Error("expected an IPv4 address that is not loopback, got none; give this machine one");
    folder = certified();
    const [tls = 0] = await freePorts(1);
    port = await freeDatagramPort(own);
    writeFileSync(
      join(folder, "turnserver.conf"),
      relayConfiguration({ host: "server-1.example.ch", publicAddress: own, secret })
        .replace(`listening-port=${innerPorts.relay}`, `listening-port=${port}\ntls-listening-port=${tls}`)
        .replace(/^(cert|pkey)=.*\//gm, `$1=${folder}/`)
        .replace("syslog", `log-file=stdout\npidfile=${join(folder, "pid")}`),
    );
    relay = background("turnserver", ["-c", join(folder, "turnserver.conf")], folder);
    media = createSocket("udp4").bind(0, own);
    media.on("message", (data, from) => media.send(data, from.port, from.address));
    await once(media, "listening");
    await until("the relay to answer datagrams", () => (relay?.mustRun(), binds(port, own)), 30);
  });
  afterAll(async () => {
    media?.close();
    await relay?.stop();
    rmSync(folder, { recursive: true });
  });

  /** Answers to a client over UDP that asks for a relayed path to a peer. */
  const client = (peer: string, password = secret): Promise<string> =>
    new Promise((resolve) => {
      const common = ["-c", "-n", "2", "-m", "1", "-l", "100", "-p", `${port}`];
      const path = ["-e", peer, "-r", `${media.address().port}`, "-u", "tester", "-W", password, own];
      execFile("turnutils_uclient", [...common, ...path], { timeout: 20_000 }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });

  test("carries media to the server's own address", async () => {
    expect(await client(own)).toContain("tot_send_msgs=2, tot_recv_msgs=2");
  });

  test("gives nothing for a credential that another secret made", async () => {
    expect(await client(own, "another secret of the same length, about")).toContain("Cannot complete Allocation");
  });

  test.each(["203.0.113.9", "10.0.0.1", "169.254.169.254"])("leads nowhere else: not to %s", async (peer) => {
    expect(await client(peer)).toContain("403 (Forbidden IP)");
  });
});

/** The doors of a BigBlueButton server with the real programs: HAProxy tells web from relay on one port, and coturn relays to the server itself and nowhere else. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { frontProxy, innerPorts } from "../../components/recipe/parts/bigbluebutton/front";
import { relayConfiguration } from "../../components/recipe/parts/bigbluebutton/relay";
import { certificateFor } from "../support/certificates";
import { describeWith } from "../support/programs/programs";

jest.setTimeout(60_000);

describeWith(["haproxy"], "port 443 of a server", () => {
  const ports = { front: 18_443, [innerPorts.web]: 18_081, [innerPorts.webHttp2]: 18_082, [innerPorts.relay]: 18_478 };
  const inner = [innerPorts.web, innerPorts.webHttp2, innerPorts.relay] as const;
  let folder: string;
  let proxy: ChildProcess;
  let servers: readonly Server[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "front-"));
    const { certificate, privateKey } = certificateFor(["server-1.example.ch"]);
    writeFileSync(join(folder, "site.pem"), certificate);
    writeFileSync(join(folder, "site.pem.key"), privateKey);
    // The same file but for ports, the certificate's path, and the user, whom not every machine has.
    const text = inner
      .reduce(
        (all, port) => all.replace(`127.0.0.1:${port}`, `127.0.0.1:${ports[port]}`),
        frontProxy(join(folder, "site.pem"), ports.front),
      )
      .replace(/^ {2}(user|group|log) .*\n/gm, "");
    writeFileSync(join(folder, "haproxy.cfg"), text);
    // Each answers with its name and with what it was sent.
    servers = await Promise.all(
      inner.map(
        (port) =>
          new Promise<Server>((resolve) => {
            const server = createServer((socket: Socket) => {
              socket.on("error", () => undefined);
              socket.once("data", (data) => socket.end(`${port} ${data.toString("latin1").split("\r\n")[0]}`));
            }).listen(ports[port], "127.0.0.1", () => resolve(server));
          }),
      ),
    );
    execFileSync("haproxy", ["-c", "-f", join(folder, "haproxy.cfg")], { stdio: "pipe" });
    proxy = spawn("haproxy", ["-f", join(folder, "haproxy.cfg")], { stdio: "ignore" });
    const deadline = Date.now() + 20_000;
    for (;;) {
      const open = await new Promise<boolean>((resolve) => {
        const probe = connect({ port: ports.front, host: "127.0.0.1", rejectUnauthorized: false });
        probe.once("secureConnect", () => (probe.destroy(), resolve(true)));
        probe.once("error", () => resolve(false));
      });
      if (open) break;
      if (Date.now() > deadline) throw new Error("expected HAProxy to take connections, got none");
    }
  });
  afterAll(() => {
    proxy?.kill("SIGKILL");
    for (const server of servers ?? []) server.close();
    rmSync(folder, { recursive: true });
  });

  const answer = (first: Buffer | string, options: { readonly ALPNProtocols?: string[]; readonly maxVersion?: "TLSv1.1" } = {}) =>
    new Promise<string>((resolve, reject) => {
      const socket: TLSSocket = connect({
        port: ports.front,
        host: "127.0.0.1",
        rejectUnauthorized: false,
        ...(options.maxVersion === undefined ? {} : { minVersion: "TLSv1" as const }),
        ...options,
      });
      const parts: Buffer[] = [];
      socket.once("secureConnect", () => socket.write(first));
      socket.on("data", (data) => parts.push(data));
      socket.once("end", () => resolve(Buffer.concat(parts).toString("latin1")));
      socket.once("error", reject);
    });
  const request = "GET / HTTP/1.1\r\nHost: server-1.example.ch\r\n\r\n";
  /** The beginning of a STUN binding request: its type, an empty length, the cookie. */
  const stun = Buffer.from("000100002112a442000000000000000000000000", "hex");

  test("leads browsers to nginx, by the protocol that they agree on, with their address", async () => {
    expect(await answer(request, { ALPNProtocols: ["http/1.1"] })).toMatch(/^81 PROXY TCP4 127\.0\.0\.1 /);
    expect(await answer(request, { ALPNProtocols: ["h2", "http/1.1"] })).toMatch(/^82 PROXY TCP4 127\.0\.0\.1 /);
    expect(await answer(request)).toMatch(/^81 PROXY TCP4 127\.0\.0\.1 /);
  });

  test("leads clients of a relay to coturn, whether or not they say so", async () => {
    for (const options of [{}, { ALPNProtocols: ["stun.turn"] }])
      expect(Buffer.from((await answer(stun, options)).slice("3478 ".length), "latin1").subarray(0, 8)).toEqual(
        stun.subarray(0, 8),
      );
  });

  test("refuses TLS below 1.2", async () => {
    await expect(answer(request, { maxVersion: "TLSv1.1" })).rejects.toThrow();
  });
});

describeWith(["turnserver", "turnutils_uclient"], "the relay of a server", () => {
  const port = 18_479;
  const secret = "a secret of the relay that is long enough";
  let folder: string;
  let relay: ChildProcess;
  let said = "";

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "relay-"));
    const { certificate, privateKey } = certificateFor(["server-1.example.ch"]);
    writeFileSync(join(folder, "site.pem"), certificate);
    writeFileSync(join(folder, "site.pem.key"), privateKey);
    const text = relayConfiguration({ host: "server-1.example.ch", publicAddress: "127.0.0.2", secret })
      .replace(`listening-port=${innerPorts.relay}`, `listening-port=${port}\ntls-listening-port=${port + 1}`)
      .replace(/^(cert|pkey)=.*\//gm, `$1=${folder}/`)
      .replace("syslog", `log-file=stdout\npidfile=${join(folder, "pid")}\nallow-loopback-peers`);
    writeFileSync(join(folder, "turnserver.conf"), text);
    relay = spawn("turnserver", ["-c", join(folder, "turnserver.conf")], { stdio: ["ignore", "pipe", "pipe"] });
    await new Promise<void>((resolve, reject) => {
      const heard = (data: Buffer): void => {
        said += data.toString();
        if (/UDP listener opened on\s*:? *127\.0\.0\.2:/.test(said) || said.includes(`127.0.0.2:${port}`)) resolve();
      };
      relay.stdout?.on("data", heard);
      relay.stderr?.on("data", heard);
      relay.once("exit", () => reject(new Error(`expected coturn to run, got: ${said}`)));
    });
  });
  afterAll(() => {
    relay?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  /** Whether a client with a credential reaches a peer through the relay. */
  const relays = (peer: string, password = secret): boolean => {
    try {
      const text = execFileSync(
        "turnutils_uclient",
        ["-y", "-c", "-n", "1", "-m", "1", "-p", String(port), "-W", password, "-u", "somebody", "-e", peer, "127.0.0.2"],
        { encoding: "utf8", timeout: 20_000, stdio: ["ignore", "pipe", "pipe"] },
      );
      return !/error|Cannot complete|403/i.test(text);
    } catch {
      return false;
    }
  };

  test("knows every line of its file", () => {
    expect(said).not.toMatch(/unknown argument|Bad configuration|not recognized/i);
  });

  test("relays to the server's own address, and to no other", () => {
    expect(relays("127.0.0.2")).toBe(true);
    for (const peer of ["10.0.0.10", "169.254.169.254", "127.0.0.1"]) expect([peer, relays(peer)]).toEqual([peer, false]);
  });

  test("refuses a credential that another secret made", () => {
    expect(relays("127.0.0.2", "another secret")).toBe(false);
  });
});

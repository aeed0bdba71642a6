/** The relay of an OpenVidu, in coturn itself, started by the script that starts it in a pod, with credentials as the media servers give them. */
import { execFile, spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { relayScripts, turnserver } from "../../components/kubernetes/relay/coturn";
import { relayCredentialSeconds } from "../../components/services/openvidu/settings";
import { certificateFor } from "../support/certificates";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";
import { ownAddress } from "./media-server";

const secret = "a secret that only servers know";
const before = "the one before it";

describeWith(["turnserver", "turnutils_uclient"], "the relay of an OpenVidu", () => {
  let folder = "";
  let relay: Background | undefined;
  let server: Socket;
  let ports = { tls: 0, stun: 0 };
  // coturn never relays to loopback.
  const own = ownAddress();
  const at = (name: string): string => join(folder, name);
  const environment = (): Readonly<Record<string, string>> => ({
    NODE_NAME: "host-1",
    ADDRESSES: at("addresses"),
    RELAY_DIRECTORY: at("relay"),
    RELAY_CONFIGURATION: at("turnserver.conf"),
    RELAY_SECRET: at("secret"),
    RELAY_PORT: `${ports.tls}`,
  });
  const script = (name: string): number | null =>
    spawnSync("bash", [at(name)], { env: { ...process.env, ...environment() } }).status;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sovereign-uc-openvidu-relay-"));
    const [tls = 0, stun = 0] = await freePorts(2);
    ports = { tls, stun };
    const { certificate, privateKey } = certificateFor(["relay-1.rooms.example.ch"]);
    for (const name of ["addresses", "relay"]) mkdirSync(at(name));
    const files: Readonly<Record<string, string>> = {
      "addresses/host-1": own,
      "addresses/host-2": "198.51.100.7",
      secret,
      "secret.previous": before,
      "site.pem": certificate,
      "site.pem.key": privateKey,
      "turnserver.conf": turnserver({
        domain: "rooms.example.ch",
        ports,
        paths: { certificate: at("site.pem"), key: at("site.pem.key"), pid: at("relay/pid") },
      }),
      ...relayScripts,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
    const variables = Object.entries(environment()).map(([key, value]) => `${key}=${value}`);
    relay = background("env", [...variables, "bash", at("start-relay.sh")], folder);
    server = createSocket("udp4").bind(0, own);
    server.on("message", (data, from) => server.send(data, from.port, from.address));
    await once(server, "listening");
    await until(
      "the relay to be ready",
      async () => {
        relay?.mustRun();
        return script("relay-ready.sh") === 0;
      },
      20,
    );
  }, 30_000);

  afterAll(async () => {
    server.close();
    await relay?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Answers to a client that asks over TLS for a relayed path to a peer. */
  const client = (peer: string, credentials: readonly string[], port = server.address().port): Promise<string> =>
    new Promise((resolve) => {
      const options = ["-t", "-S", "-c", "-n", "2", "-m", "1", "-l", "100", "-p", `${ports.tls}`];
      execFile(
        "turnutils_uclient",
        [...options, "-e", peer, "-r", `${port}`, ...credentials, own],
        { timeout: 20_000 },
        (_, stdout, stderr) => resolve(stdout + stderr),
      );
    });
  /** Credentials as a media server gives them (roommanager.go), some time ago. */
  const given = (by: string, secondsAgo = 0): readonly string[] => {
    const name = `${Math.floor(Date.now() / 1_000) - secondsAgo + relayCredentialSeconds}:PA_participant`;
    return ["-u", name, "-w", createHmac("sha1", by).update(name).digest("base64")];
  };

  test("carries media to a media server, for credentials made with either secret", async () => {
    for (const by of [secret, before]) expect(await client(own, given(by))).toContain("tot_recv_msgs=2");
  }, 60_000);

  test.each([
    ["none", []],
    ["those of another secret", given("another secret")],
    ["those that have ended", given(secret, relayCredentialSeconds + 60)],
  ])(
    "gives nothing for %s",
    async (_, credentials) => {
      expect(await client(own, credentials)).toContain("Cannot complete Allocation");
    },
    30_000,
  );

  test.each(["203.0.113.9", "10.0.0.1", "169.254.169.254"])(
    "leads nowhere else: not to %s",
    async (peer) => {
      expect(await client(peer, given(secret), 7_882)).toContain("403 (Forbidden IP)");
    },
    30_000,
  );

  test("tells a browser its own address over UDP (STUN)", async () => {
    const socket = createSocket("udp4").bind(0, own);
    await once(socket, "listening");
    const answer = once(socket, "message") as Promise<[Buffer]>;
    socket.send(Buffer.concat([Buffer.from("000100002112a442", "hex"), Buffer.from("sovereign-uc")]), ports.stun, own);
    const [message] = await answer;
    expect(message.subarray(0, 2).toString("hex")).toBe("0101");
    socket.close();
  });

  test("is started again when a media server has another address", () => {
    expect(script("relay-alive.sh")).toBe(0);
    writeFileSync(at("addresses/host-2"), "198.51.100.8");
    expect(script("relay-alive.sh")).not.toBe(0);
    writeFileSync(at("addresses/host-2"), "198.51.100.7");
  });
});

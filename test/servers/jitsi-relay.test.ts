/** The relay of a Jitsi, in coturn itself, started by the script that starts it in a pod. */
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { relayLimits, turnserver } from "../../components/kubernetes/relay/coturn";
import { relayCredentialSeconds } from "../../components/services/jitsi/settings";
import { certificateFor } from "../support/certificates";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";
import { relayScriptFolder, workFolder } from "./jitsi-rendered";

const folder = workFolder();
const secret = "a secret that only servers know";
const before = "the one before it";

/** coturn never relays to loopback, so the bridge of these tests needs an address of this machine that is none. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === "IPv4" && !one.internal)?.address;

/** A binding request and what comes back: the type of the answer in hexadecimal. */
function binding(write: (data: Buffer) => void, first: Promise<unknown>): Promise<string> {
  write(Buffer.concat([Buffer.from("000100002112a442", "hex"), Buffer.from("sovereign-uc")]));
  return first.then((data) =>
    Array.isArray(data) && Buffer.isBuffer(data[0]) ? data[0].subarray(0, 2).toString("hex") : "nothing",
  );
}

describeWith(["turnserver", "turnutils_uclient"], "the relay of a Jitsi", () => {
  let relay: Background | undefined;
  let bridge: Socket;
  let port: number;
  const own = address ?? "";
  const at = (name: string): string => join(folder(), name);

  beforeAll(async () => {
    if (address === undefined)
      throw new Error("expected an IPv4 address that is not loopback, got none; give this machine one");
    const { certificate, privateKey } = certificateFor(["relay-1.meet.crisis.example.ch"]);
    const [free = 0] = await freePorts(1);
    port = free;
    for (const name of ["addresses", "relay"]) mkdirSync(at(name));
    writeFileSync(at("addresses/host-1"), own);
    writeFileSync(at("addresses/host-2"), "198.51.100.7");
    writeFileSync(at("secret"), secret);
    writeFileSync(at("secret.previous"), before);
    writeFileSync(at("site.pem"), certificate);
    writeFileSync(at("site.pem.key"), privateKey);
    writeFileSync(
      at("turnserver.conf"),
      turnserver({
        domain: "meet.crisis.example.ch",
        ports: { tls: port },
        paths: { certificate: at("site.pem"), key: at("site.pem.key"), pid: at("relay/pid") },
      }),
    );
    relay = background(
      "env",
      [
        "NODE_NAME=host-1",
        `ADDRESSES=${at("addresses")}`,
        `RELAY_DIRECTORY=${at("relay")}`,
        `RELAY_CONFIGURATION=${at("turnserver.conf")}`,
        `RELAY_SECRET=${at("secret")}`,
        "bash",
        join(relayScriptFolder, "start-relay.sh"),
      ],
      folder(),
    );
    bridge = createSocket("udp4").bind(0, own);
    bridge.on("message", (data, from) => bridge.send(data, from.port, from.address));
    await once(bridge, "listening");
    await until(
      "the relay to listen",
      () => {
        relay?.mustRun();
        return new Promise((resolve) => {
          const socket = connect(port, own, () => resolve(true)).on("error", () => resolve(false));
          socket.on("connect", () => socket.destroy());
        });
      },
      20,
    );
  }, 30_000);

  afterAll(async () => {
    bridge?.close();
    await relay?.stop();
  });

  /** Answers to a client that asks for relayed paths to a peer, one after the other. */
  const client = (peer: string, peerPort: number, credentials: readonly string[], paths = 1): Promise<string> =>
    new Promise((resolve) => {
      execFile(
        "turnutils_uclient",
        [
          "-t",
          "-S",
          "-c",
          "-n",
          "2",
          "-m",
          `${paths}`,
          "-l",
          "100",
          "-p",
          `${port}`,
          "-e",
          peer,
          "-r",
          `${peerPort}`,
          ...credentials,
          own,
        ],
        { timeout: 20_000 },
        (_, stdout, stderr) => resolve(stdout + stderr),
      );
    });
  const known = ["-u", "tester", "-W", secret];
  /** Credentials as mod_relay_users gives them, some time after a browser has fetched them. */
  function fetched(user: string, secondsAgo: number): readonly string[] {
    const name = `${Math.floor(Date.now() / 1000) - secondsAgo + relayCredentialSeconds}:${user}`;
    return ["-u", name, "-w", createHmac("sha1", secret).update(name).digest("base64")];
  }

  test("answers a binding request over TLS", async () => {
    const socket = connectTls({ port, host: own, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    expect(await binding((data) => socket.write(data), once(socket, "data"))).toBe("0101");
    expect(socket.getProtocol()).toBe("TLSv1.3");
    socket.destroy();
  });

  test("gives nothing to whoever has no credentials, or wrong ones", async () => {
    expect(await client(own, bridge.address().port, [])).toContain("Cannot complete Allocation");
    expect(await client(own, bridge.address().port, ["-u", "tester", "-W", "another secret"])).toContain(
      "Cannot complete Allocation",
    );
  }, 45_000);

  test("carries media to a bridge", async () => {
    expect(await client(own, bridge.address().port, known)).toContain("tot_send_msgs=2, tot_recv_msgs=2");
  }, 30_000);

  test("takes credentials of the secret before, too, while that is being rotated", async () => {
    expect(await client(own, bridge.address().port, ["-u", "tester", "-W", before])).toContain(
      "tot_send_msgs=2, tot_recv_msgs=2",
    );
  }, 30_000);

  test("still serves whoever has been in a meeting for a day, and nobody with credentials that have ended", async () => {
    expect(await client(own, bridge.address().port, fetched("a-day", 24 * 3_600))).toContain("tot_recv_msgs=2");
    const ended = fetched("ended", relayCredentialSeconds + 60);
    expect(await client(own, bridge.address().port, ended)).toContain("Cannot complete Allocation");
  }, 45_000);

  test("gives one participant a dozen paths and no more, and the next participant theirs", async () => {
    const paths = (user: string, count: number) => client(own, bridge.address().port, fetched(user, 0), count);
    const { perUser } = relayLimits;
    const tooMany = await paths("greedy", perUser + 1);
    expect(tooMany).toContain("error 486 (Allocation Quota Reached)");
    // Half of them: this client asks twice for some.
    expect(await paths("modest", perUser / 2)).toContain(`tot_send_msgs=${perUser}, tot_recv_msgs=${perUser}`);
    expect(await paths("next", 1)).toContain("tot_send_msgs=2, tot_recv_msgs=2");
  }, 60_000);

  test.each(["203.0.113.9", "10.0.0.1", "169.254.169.254"])(
    "leads nowhere else: not to %s",
    async (peer) => {
      expect(await client(peer, 10_000, known)).toContain("403 (Forbidden IP)");
    },
    30_000,
  );

  test("answers nothing without TLS", async () => {
    const plain = connect(port, own);
    await once(plain, "connect");
    // Reset, closed or silent: anything but an answer.
    const answer = binding((data) => plain.write(data), once(plain, "data")).catch(() => "reset");
    const silence = new Promise<string>((resolve) => setTimeout(resolve, 1_500, "silence").unref());
    expect(
      await Promise.race([
        answer,
        once(plain, "close").then(
          () => "closed",
          () => "reset",
        ),
        silence,
      ]),
    ).not.toBe("0101");
    plain.destroy();
    await expect(once(connect(3478, own), "connect")).rejects.toThrow("ECONNREFUSED");
  });

  test("keeps the secret out of its command line and its file to itself", () => {
    const pid = readFileSync(at("relay/pid"), "utf8").trim();
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(secret);
    expect(readFileSync(at("relay/turnserver.conf"), "utf8")).toMatch(
      new RegExp(
        `listening-ip=${own}\\nrelay-ip=${own}\\nallowed-peer-ip=${own}\\nallowed-peer-ip=198\\.51\\.100\\.7\\nstatic-auth-secret=${secret}\\nstatic-auth-secret=${before}\\n$`,
      ),
    );
  });
});

/**
 * Talk's back end as it is rendered, run for real: two signaling servers that know each other by gRPC with certificates, over two servers of the bus, with the proxy and
 * Janus of a media host. The web servers are a stand-in. Nothing inside leads anywhere else: what is tried is counted.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { busFiles, nats } from "../../components/services/nextcloud/bus";
import { scripts } from "../../components/services/nextcloud/files";
import { janusFiles } from "../../components/services/nextcloud/janus";
import { mediaPorts, ports } from "../../components/services/nextcloud/settings";
import { proxyConf, serverConf, signalingFiles } from "../../components/services/nextcloud/signaling";
import { describeWithNamespaces } from "../isolation/possible";
import { type Background, background, until } from "../support/programs/background";
import { program } from "../support/programs/programs";
import { BackEnd, Issuer, signed } from "./nextcloud-ground";
import { host, outside, SealedNetwork } from "./sealed-network";
import { webSocket, type WebSocketClient } from "./web-socket";

jest.setTimeout(300_000);

const secrets = {
  backend: "the secret of the web servers and the signaling servers",
  hash: "h".repeat(32),
  block: "b".repeat(32),
  internal: "the secret of recorders",
  bus: "busSecretWithoutPunctuation",
};
const ticket = "a ticket of this back end";
const backend = "https://hub.example.ch";
const entry = `${backend}/ocs/v2.php/apps/spreed/api/v3/signaling/backend`;

/** A message of a signaling server. */
interface Said {
  readonly type: string;
  readonly id?: string;
  readonly error?: { readonly code: string };
  readonly welcome?: { readonly features: readonly string[] };
  readonly hello?: {
    readonly sessionid: string;
    readonly resumeid: string;
    readonly server?: { readonly features?: readonly string[] };
  };
  readonly event?: {
    readonly target: string;
    readonly type: string;
    readonly join?: readonly { readonly userid: string }[];
  };
  readonly message?: { readonly data: unknown };
}

/** A browser with Talk, as far as its signaling goes. */
class Participant {
  private constructor(private readonly socket: WebSocketClient) {}

  static at = async (server: number): Promise<Participant> =>
    new Participant(await webSocket(`http://${host(server)}:${ports.signaling}/spreed`));

  say = (message: object): void => this.socket.say(JSON.stringify(message));

  /** The next message of a kind. @throws Error with what came instead, when it does not come within a minute. */
  async hear(wanted: (said: Said) => boolean): Promise<Said> {
    const others: string[] = [];
    const late = setTimeout(this.socket.close, 60_000);
    try {
      for (;;) {
        const text = (await this.socket.hear()).data.toString();
        const said = JSON.parse(text) as Said;
        if (wanted(said)) return said;
        others.push(text);
      }
    } catch (error) {
      throw new Error(`expected another message of the server, got ${others.join(", ") || "none"}`, { cause: error });
    } finally {
      clearTimeout(late);
    }
  }

  hello(userid: string, own: string, url = entry): Promise<Said> {
    this.say({ id: "hello", type: "hello", hello: { version: "1.0", auth: { url, params: { userid, ticket: own } } } });
    return this.hear(({ id }) => id === "hello");
  }

  join(roomid: string): Promise<Said> {
    this.say({ id: "join", type: "room", room: { roomid, sessionid: `${roomid}-${Math.random()}` } });
    return this.hear(({ id }) => id === "join");
  }

  close = (): void => this.socket.close();
}

describeWithNamespaces(
  ["signaling-server", "signaling-proxy", "nats-server", "janus", "ip", "nft"],
  "Talk's back end",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-talk-"));
    const inside = (...names: readonly string[]): string => join(folder, ...names);
    const network = new SealedNetwork();
    const issuer = new Issuer("hub talk");
    const stranger = new Issuer("somebody else");
    const web = new BackEnd(secrets.backend, issuer.issue("hub", ["hub.example.ch"], ["server_auth"]));
    const running: Background[] = [];
    const write = (name: string, content: string): string => {
      writeFileSync(inside(name), content);
      return inside(name);
    };
    const run = (environment: Readonly<Record<string, string>>, ...words: readonly string[]): Background => {
      const [command = "", ...rest] = network.prefix;
      const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      const started = background(command, [...rest, "env", ...variables, ...words], folder);
      running.push(started);
      return started;
    };
    const signaling = async (number: number, own = secrets): Promise<Background> => {
      const path = write(
        `server-${number}.conf`,
        serverConf(own, {
          backend,
          proxies: "10.42.0.0/16",
          bus: ["bus-1", "bus-2"],
          peers: "hub-signaling-pods",
          media: [host(5)],
          certificates: folder,
          listen: { http: `${host(number)}:${ports.signaling}`, grpc: `${host(number)}:${ports.grpc}` },
        }),
      );
      return run(
        { SSL_CERT_FILE: inside(signalingFiles.authority) },
        await program("signaling-server"),
        "-config",
        path,
      );
    };
    const welcome = (number: number): Promise<boolean> =>
      fetch(`http://${host(number)}:${ports.signaling}/api/v1/welcome`).then(
        ({ ok }) => ok,
        () => false,
      );
    /** A signed request of the web servers. */
    const told = (number: number, body: string, secret: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = {
          "content-type": "application/json",
          "spreed-signaling-backend": `${backend}/`,
          ...signed(secret, body),
        };
        request(
          `http://${host(number)}:${ports.signaling}/api/v1/room/the-room`,
          { method: "POST", headers },
          (answer) => resolve(answer.resume().statusCode ?? 0),
        )
          .on("error", reject)
          .end(body);
      });
    /** True if a server of the bus knows that somebody listens to what is said in a room: at itself, or at the other server. */
    const listens = async (server: number, room: string): Promise<boolean> => {
      const told = async <T>(path: string): Promise<T> =>
        (await fetch(`http://${host(server)}:${ports.natsMonitor}/${path}`)).json() as T;
      const own = await told<{ readonly subscriptions_list?: readonly { readonly subject: string }[] }>(
        "subsz?subs=1&limit=1000",
      );
      const others = await told<{ readonly routes: readonly { readonly subscriptions_list?: readonly string[] }[] }>(
        "routez?subs=1",
      );
      const subjects = [
        ...(own.subscriptions_list ?? []).map(({ subject }) => subject),
        ...others.routes.flatMap(({ subscriptions_list: heard = [] }) => heard),
      ];
      // Rooms stand in subjects in Base64 (GetEncodedSubject).
      return subjects.some(
        (subject) => subject.startsWith("room.") && Buffer.from(subject.slice(5), "base64").toString().startsWith(room),
      );
    };
    const asked = (...requests: readonly object[]): readonly Readonly<Record<string, unknown>>[] =>
      execFileSync(
        "ip",
        [...network.prefix.slice(1), "python3", join(__dirname, "janus-ask.py"), `${mediaPorts.janus}`],
        { input: requests.map((one) => `${JSON.stringify(one)}\n`).join(""), encoding: "utf8" },
      )
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

    beforeAll(async () => {
      chmodSync(folder, 0o755);
      network.start(
        {
          "hub.example.ch": [outside],
          "bus-1": [host(3)],
          "bus-2": [host(4)],
          "hub-signaling-pods": [host(1), host(2)],
        },
        6,
      );
      const token = generateKeyPairSync("rsa", { modulusLength: 2048 });
      write(signalingFiles.tokenKey, token.privateKey.export({ type: "pkcs1", format: "pem" }).toString());
      write("token.pub", token.publicKey.export({ type: "spki", format: "pem" }).toString());
      const servers = issuer.issue("hub-signaling", ["hub-signaling-pods"]);
      const bus = issuer.issue("hub-bus", ["bus-1", "bus-2"]);
      write(signalingFiles.authority, issuer.certificate);
      write(signalingFiles.certificate, servers.certificate);
      write(signalingFiles.key, servers.key);
      write(busFiles.certificate, bus.certificate);
      write(busFiles.key, bus.key);
      await web.start();
      const clusterPorts = [ports.natsCluster, ports.natsCluster + 1];
      for (const number of [1, 2]) {
        const path = write(
          `bus-${number}.conf`,
          nats({
            name: "hub",
            servers: ["bus-1", "bus-2"],
            // A server takes a route to an address of its own machine and its own port for one to itself (server/route.go, routesToSelf): here all addresses are.
            ports: { nats: ports.nats, cluster: clusterPorts[number - 1] ?? 0, monitor: ports.natsMonitor },
            routes: clusterPorts,
            certificates: folder,
            listen: host(2 + number),
          }),
        );
        run({ BUS_NAME: `bus-${number}`, BUS_PASSWORD: secrets.bus }, "nats-server", "-c", path);
      }
      const addresses = inside("addresses");
      for (const name of ["addresses", "janus", "run"]) mkdirSync(inside(name));
      writeFileSync(join(addresses, "media-1"), host(6));
      const modules = "/usr/lib/x86_64-linux-gnu/janus";
      for (const [name, content] of Object.entries(
        janusFiles({ port: mediaPorts.janus, media: mediaPorts.media, modules }),
      ))
        writeFileSync(inside("janus", name), content);
      write("start-janus.sh", scripts.janus["start-janus.sh"] ?? "");
      run(
        { ADDRESSES: addresses, NODE_NAME: "media-1", JANUS_RUN: inside("run"), JANUS_CONFIGURATION: inside("janus") },
        "sh",
        inside("start-janus.sh"),
      );
      const proxy = write(
        "proxy.conf",
        proxyConf({ listen: `${host(5)}:${mediaPorts.proxy}`, tokenKey: inside("token.pub"), janus: mediaPorts.janus }),
      );
      await until("Janus", async () => {
        try {
          return asked({ janus: "info" }).length === 1;
        } catch {
          return false;
        }
      });
      run({}, await program("signaling-proxy"), "-config", proxy);
      await until("the proxy", () =>
        fetch(`http://${host(5)}:${mediaPorts.proxy}/welcome`).then(
          ({ ok }) => ok,
          () => false,
        ),
      );
      for (const number of [1, 2]) await signaling(number);
      for (const number of [1, 2]) await until(`signaling server ${number}`, () => welcome(number));
      // Each knows the other by then.
      const [first, second] = running.slice(-2);
      for (const one of [first, second])
        await until("servers that know each other", () =>
          Promise.resolve(/Checked GRPC server id/.test(one?.log() ?? "")),
        );
    });

    afterAll(async () => {
      for (const one of running.reverse()) await one.stop();
      await web.stop();
      network.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("a browser that the web servers vouch for gets in, and one with a ticket of somebody else's does not", async () => {
      const ada = await Participant.at(1);
      await ada.hear(({ type }) => type === "welcome");
      const hello = await ada.hello("ada", ticket);
      expect(hello.hello?.sessionid).toBeDefined();
      expect(hello.hello?.server?.features).toContain("mcu");
      expect((await ada.join("the-room")).type).toBe("room");
      const mallory = await Participant.at(1);
      expect((await mallory.hello("mallory", "a ticket of another back end")).error?.code).toBe("invalid_ticket");
      for (const one of [ada, mallory]) one.close();
    });

    test("only the web servers of this deployment count as a back end", async () => {
      const mallory = await Participant.at(1);
      const elsewhere = entry.replace("hub.example.ch", "hub.example.net");
      expect((await mallory.hello("mallory", ticket, elsewhere)).error?.code).toBe("invalid_backend");
      mallory.close();
    });

    test("news of a room count with the web servers' signature, and with no other", async () => {
      const body = JSON.stringify({ type: "message", message: { data: { type: "chat", chat: { refresh: true } } } });
      await expect(told(1, body, secrets.backend)).resolves.toBe(200);
      await expect(told(1, body, "a guess")).resolves.toBe(403);
    });

    test("people at two servers are in one room, and hear each other over the bus", async () => {
      const [ada, bob] = [await Participant.at(1), await Participant.at(2)];
      const [, other] = [await ada.hello("ada", ticket), await bob.hello("bob", ticket)];
      await ada.join("another-room");
      // The answer to her does not wait for the bus, and one server of the bus tells the other a moment later that she listens.
      for (const server of [3, 4])
        await until(`a bus that knows who listens, at server ${server}`, () => listens(server, "another-room"));
      await bob.join("another-room");
      const joined = await ada.hear(
        ({ event }) => event?.type === "join" && event.join?.some(({ userid }) => userid === "bob") === true,
      );
      expect(joined.event?.target).toBe("room");
      ada.say({
        type: "message",
        message: {
          recipient: { type: "session", sessionid: other.hello?.sessionid },
          data: { greeting: "good morning" },
        },
      });
      const heard = await bob.hear(({ type }) => type === "message");
      expect(heard.message?.data).toStrictEqual({ greeting: "good morning" });
      for (const one of [ada, bob]) one.close();
    });

    test("a browser that comes back by another server goes on with its session, which that one asks the first for", async () => {
      const ada = await Participant.at(1);
      const { hello } = await ada.hello("ada", ticket);
      ada.close();
      const again = await Participant.at(2);
      again.say({ id: "again", type: "hello", hello: { version: "1.0", resumeid: hello?.resumeid } });
      const resumed = await again.hear(({ id }) => id === "again");
      expect(resumed.hello?.sessionid).toBe(hello?.sessionid);
      again.close();
    });

    test("servers take no word over gRPC from one without a certificate of their authority", async () => {
      const call = (pair: { readonly certificate: string; readonly key: string } | undefined): Promise<string> =>
        new Promise((resolve) => {
          const socket = connect(
            {
              host: host(1),
              port: ports.grpc,
              servername: "hub-signaling-pods",
              ca: issuer.certificate,
              ALPNProtocols: ["h2"],
              ...(pair === undefined ? {} : { cert: pair.certificate, key: pair.key }),
            },
            // With TLS 1.3 the server's refusal comes after the client takes the connection for made: its settings are the first that it says to one that it takes.
            () => socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
          );
          socket.once("data", () => {
            socket.destroy();
            resolve("taken");
          });
          socket.once("error", ({ message }) => resolve(message));
        });
      await expect(call(issuer.issue("another-server", ["hub-signaling-pods"]))).resolves.toBe("taken");
      await expect(call(undefined)).resolves.toMatch(/certificate required/);
      await expect(call(stranger.issue("stranger", ["hub-signaling-pods"]))).resolves.toMatch(
        /unknown ca|bad certificate/,
      );
    });

    test("Janus makes rooms for the proxy, which has no key to show, and listens to nobody outside its host", async () => {
      const answers = asked(
        { janus: "create" },
        { janus: "attach", plugin: "janus.plugin.videoroom" },
        { janus: "message", body: { request: "create", room: 1234, publishers: 2 } },
      );
      const made = answers[2]?.["plugindata"] as { readonly data?: object } | undefined;
      expect(made?.data).toMatchObject({ videoroom: "created", room: 1234 });
      // Its forwarding of plain RTP cannot be locked without locking rooms as well, so this is the wall.
      for (const number of [5, 6])
        await expect(fetch(`http://${host(number)}:${mediaPorts.janus}/`)).rejects.toThrow("fetch failed");
    });

    test("Janus has no plug-in but the one that Talk uses", () => {
      const [info] = asked({ janus: "info" });
      expect(Object.keys(info?.["plugins"] as object)).toStrictEqual(["janus.plugin.videoroom"]);
      expect(Object.keys(info?.["transports"] as object)).toStrictEqual(["janus.transport.websockets"]);
    });

    test("a proxy lets in who signs with the signaling servers' key, and nobody else", async () => {
      const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
      const sign = (await import("node:crypto")).sign;
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
      const now = Math.floor(Date.now() / 1_000);
      const signedPart = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iss: "signaling", iat: now })}`;
      const token = `${signedPart}.${sign("sha256", Buffer.from(signedPart), other).toString("base64url")}`;
      const socket = await webSocket(`http://${host(5)}:${mediaPorts.proxy}/proxy`);
      socket.say(JSON.stringify({ id: "1", type: "hello", hello: { version: "1.0", token } }));
      const answer = JSON.parse((await socket.hear()).data.toString()) as Said;
      expect(answer.error?.code).toBe("auth_failed");
      socket.close();
    });

    test("nothing of it tries to reach anybody else", () => {
      for (const one of running) one.mustRun();
      const attempts = network.attempts();
      process.stderr.write(`packets of Talk's back end to anybody else: ${attempts}\n`);
      expect(attempts).toBe(0);
    });
  },
);

/** Edges of a Jitsi: two replicas of HAProxy on loopback addresses of their own, before two shards that can be told to fail. */
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { tier } from "../../components/core/tier";
import { edgePorts, haproxy } from "../../components/kubernetes/haproxy";
import { siteHeaders } from "../../components/services/jitsi/web";
import { certificateFor } from "../support/certificates";
import { domain } from "../components/services/jitsi/support";
import { type Background, background, until } from "../support/programs/background";
import { installed } from "../support/programs/programs";

/** Place of a connection's handshake: with or without the header of a gateway. */
export type Handshake = ConnectionOptions & { readonly proxied?: boolean };

/** A shard, with a port for each replica: the network between one of them and the shard can fail alone. */
export interface Shard {
  readonly servers: readonly Server[];
  readonly ports: readonly number[];
  /** Replicas that are answered that the shard serves. */
  readonly healthyFor: Set<number>;
}

/** Numbers of the replicas. */
export const everyReplica = [0, 1] as const;

async function shard(name: string): Promise<Shard> {
  const healthyFor = new Set<number>(everyReplica);
  const servers = await Promise.all(everyReplica.map((i) => shardServer(name, () => healthyFor.has(i))));
  return { healthyFor, servers: servers.map(({ server }) => server), ports: servers.map(({ port }) => port) };
}

async function shardServer(name: string, healthy: () => boolean): Promise<{ server: Server; port: number }> {
  const server = createServer((asked, response) => {
    if (asked.url?.startsWith("/_shard/") === true) response.statusCode = healthy() ? 200 : 500;
    if (asked.url?.startsWith("/held") === true) {
      // A connection of a meeting: an answer that does not end.
      response.write(name);
      return;
    }
    response.setHeader("Server", "something to hide");
    // As the image's nginx: its own headers on the page and not on /libs (web/rootfs/defaults/meet.conf at 738058b), here twice to be strict.
    if (asked.url?.startsWith("/libs/") !== true)
      response
        .setHeader("Content-Security-Policy", ["default-src *", "script-src *"])
        .setHeader("X-Content-Type-Options", "nosniff");
    response.end(JSON.stringify({ name, headers: asked.headers }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { server, port: typeof address === "object" ? (address?.port ?? 0) : 0 };
}

/** PROXY protocol version 2: a client at 203.0.113.9. */
const proxyHeader = Buffer.concat([
  Buffer.from("0d0a0d0a000d0a515549540a", "hex"),
  Buffer.from([0x21, 0x11, 0, 12, 203, 0, 113, 9, 192, 0, 2, 1, 0x30, 0x39, 0x01, 0xbb]),
]);

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Every value of every header. */
  readonly distinct: NodeJS.Dict<string[]>;
  readonly shard: string | undefined;
  readonly seen: IncomingHttpHeaders | undefined;
}

/** Two replicas and two shards. */
export class JitsiEdge {
  private readonly tls = certificateFor([domain]);
  private edges: Background[] = [];
  private files: Readonly<Record<string, string>> = {};

  private constructor(
    private readonly folder: string,
    /** Addresses of the replicas: the ports are the real ones, so each needs an address of its own. */
    readonly replicas: readonly [string, string],
    readonly shards: readonly [Shard, Shard],
  ) {}

  /** Starts all of them, and waits until each replica hears of the other's rooms. */
  static async start(folder: string, replicas: readonly [string, string]): Promise<JitsiEdge> {
    const rig = new JitsiEdge(folder, replicas, [await shard("shard-1"), await shard("shard-2")]);
    try {
      rig.render();
      for (const i of everyReplica) await rig.startReplica(i);
      await rig.heard();
      return rig;
    } catch (error) {
      await rig.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.edges.map((edge) => edge.stop()));
    for (const server of this.shards.flatMap(({ servers }) => servers)) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** Starts a replica, again where it ran before, and waits until it serves. */
  async startReplica(i: 0 | 1): Promise<void> {
    await this.edges[i]?.stop();
    const etc = join(this.folder, "etc", `${i}`);
    this.edges[i] = background(installed("haproxy") ?? "haproxy", ["-db", "-f", join(etc, "haproxy.cfg")], this.folder);
    await until(`replica ${i} to serve`, () => this.up(i), 20);
  }

  /**
   * Waits until each replica hears of the other's rooms. Two that start at once drop both connections between them, and try again some seconds later: until then
   * neither does.
   */
  async heard(): Promise<void> {
    const [first, second] = this.replicas;
    await until(
      "each replica to hear of the other's rooms",
      async () => (await this.hears(second, first)) && (await this.hears(first, second)),
      20,
    );
  }

  async control(replica: string, command: string): Promise<string> {
    const socket = connect(edgePorts.control, replica);
    socket.write(`${command}\n`);
    let said = "";
    for await (const part of socket) said += String(part);
    return said;
  }

  /** A connection with TLS, as a gateway hands it on. */
  async tunnel(replica: string, how: Handshake = {}): Promise<Socket> {
    const socket = connect(edgePorts.web, replica);
    await once(socket, "connect");
    if (how.proxied !== false) socket.write(proxyHeader);
    const own = { socket, servername: domain, ca: this.tls.certificate, ALPNProtocols: ["http/1.1"] };
    const secure = connectTls({ ...own, ...how });
    try {
      await once(secure, "secureConnect");
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return secure;
  }

  async ask(replica: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const socket = await this.tunnel(replica);
    const asked = request({ path, headers: { host: domain, ...headers }, createConnection: () => socket });
    asked.end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    const body = await text(response);
    socket.destroy();
    const said = body.startsWith("{")
      ? (JSON.parse(body) as { name: string; headers: IncomingHttpHeaders })
      : undefined;
    return {
      status: response.statusCode,
      headers: response.headers,
      distinct: response.headersDistinct,
      shard: said?.name,
      seen: said?.headers,
    };
  }

  /** The shard that a replica sends a room to. */
  async at(replica: string, room: string): Promise<string | undefined> {
    return (await this.ask(replica, pathOf(room))).shard;
  }

  /** Shards of rooms, asked over a few connections that stay open. */
  async allAt(replica: string, rooms: readonly string[]): Promise<readonly (string | undefined)[]> {
    const found = new Map<string, string | undefined>();
    const lanes = 8;
    await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        const socket = await this.tunnel(replica);
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        agent.createConnection = () => socket;
        for (const room of rooms.filter((__, i) => i % lanes === lane)) {
          const asked = request({ path: pathOf(room), headers: { host: domain }, agent });
          asked.end();
          const [response] = (await once(asked, "response")) as [IncomingMessage];
          found.set(room, (JSON.parse(await text(response)) as { readonly name: string }).name);
        }
        agent.destroy();
        socket.destroy();
      }),
    );
    return rooms.map((room) => found.get(room));
  }

  /** An answer of a room's shard that does not end, as a meeting's connection does not. */
  async hold(replica: string, room: string) {
    const socket = await this.tunnel(replica);
    const asked = request({
      path: `/held?room=${room}`,
      headers: { host: domain },
      createConnection: () => socket,
    });
    asked.end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    const [first] = (await once(response, "data")) as [Buffer];
    let open = true;
    const end = (): void => void (open = false);
    socket.on("close", end).on("error", end);
    response.on("error", end).on("end", end);
    return { shard: String(first), open: () => open, end: () => socket.destroy() };
  }

  /** Name of a replica: HAProxy's sockets of its own are called after it, and all tests share their names. */
  private readonly nameOf = (i: number): string => `edge-${process.pid}-${i}`;

  private async up(i: 0 | 1): Promise<boolean> {
    this.edges.forEach((edge) => edge.mustRun());
    return this.ask(this.replicas[i], "/").then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Success of a room's way from one replica's table into the other's. */
  private async hears(replica: string, other: string): Promise<boolean> {
    const room = `heard-${Math.random()}`;
    await this.at(other, room);
    return (await this.control(replica, "show table web-meet")).includes(`key=${room} `);
  }

  private render(): void {
    mkdirSync(join(this.folder, "tls"));
    writeFileSync(join(this.folder, "tls", "site.pem"), this.tls.certificate);
    writeFileSync(join(this.folder, "tls", "site.pem.key"), this.tls.privateKey);
    this.files = haproxy({
      routes: [
        {
          kind: "web",
          name: "meet",
          host: domain,
          stickOn: { parameter: "room" },
          headers: siteHeaders(domain),
          health: ["/_shard/focus", "/_shard/signalling"],
          upstreams: this.shards.map((_, i) => ({
            name: `shard-${i + 1}`,
            tier: tier("meet", `web-${i + 1}`, { http: 8000 }),
            port: "http",
          })),
        },
      ],
      certificates: { site: [domain] },
      connections: 2_000,
      // All requests come from one source.
      connectionsPerSource: 2_000,
      peers: this.replicas.map((address, i) => ({ name: this.nameOf(i), address })),
    });
    for (const i of everyReplica) {
      const etc = join(this.folder, "etc", `${i}`);
      mkdirSync(etc, { recursive: true });
      for (const [name, file] of Object.entries(this.files)) writeFileSync(join(etc, name), this.moved(file, i, etc));
    }
  }

  /** A file of a replica, for this machine: addresses in the place of names, since there is no resolver here, and less patience, so that tests need not wait. */
  private moved(file: string, i: 0 | 1, etc: string): string {
    const address = this.replicas[i];
    let moved = file
      .replaceAll("/etc/edge", etc)
      .replaceAll("/run/edge", join(this.folder, "tls"))
      .replaceAll("inter 1s", "inter 100ms")
      .replaceAll("inter 500ms", "inter 100ms")
      .replace("stats socket ipv4@127.0.0.1:", `stats socket ipv4@${address}:`)
      .replaceAll("bind :", `bind ${address}:`)
      .replace('localpeer "$HOSTNAME"', `localpeer ${this.nameOf(i)}`)
      .replaceAll("$HOSTNAME", this.nameOf(i));
    for (const [n, { ports }] of this.shards.entries())
      moved = moved.replace(
        new RegExp(`server-template pod- 1-10 web-${n + 1}-pods\\S+ check`),
        `server pod-1 127.0.0.1:${ports[i] ?? 0} check init-addr last`,
      );
    return moved.replace(/^ *server-template any-pod- .*$/gm, "");
  }
}

const pathOf = (room: string): string => `/xmpp-websocket?room=${room}`;

async function text(response: IncomingMessage): Promise<string> {
  let body = "";
  for await (const part of response) body += String(part);
  return body;
}

/** The edge of a Jitsi, in HAProxy itself: two replicas on loopback addresses of their own, before two shards that can be told to fail. */
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { tier } from "../../components/core/tier";
import { edgePorts, haproxy } from "../../components/kubernetes/haproxy";
import { siteHeaders } from "../../components/services/jitsi/web";
import { certificateFor } from "../support/certificates";
import { domain, jitsi } from "../components/services/jitsi/support";
import { type Background, background, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { filesOf, run, workFolder } from "./jitsi-rendered";

const folder = workFolder();
const tls = certificateFor([domain]);

/** Addresses of the replicas: the ports are the real ones, so each needs an address of its own. */
const replicas = ["127.0.7.1", "127.0.7.2"] as const;

/** A shard, with a port for each replica: the network between one of them and the shard can fail alone. */
interface Shard {
  readonly servers: readonly Server[];
  readonly ports: readonly number[];
  /** Replicas that are answered that the shard serves. */
  readonly healthyFor: Set<number>;
}

const everyReplica = [0, 1] as const;

async function shard(name: string): Promise<Shard> {
  const healthyFor = new Set<number>(everyReplica);
  const servers = await Promise.all(replicas.map((_, i) => shardServer(name, () => healthyFor.has(i))));
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

async function tunnel(replica: string, how: ConnectionOptions & { readonly proxied?: boolean }): Promise<Socket> {
  const socket = connect(edgePorts.web, replica);
  await once(socket, "connect");
  if (how.proxied !== false) socket.write(proxyHeader);
  const secure = connectTls({ socket, servername: domain, ca: tls.certificate, ALPNProtocols: ["http/1.1"], ...how });
  try {
    await once(secure, "secureConnect");
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return secure;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Every value of every header. */
  readonly distinct: NodeJS.Dict<string[]>;
  readonly shard: string | undefined;
  readonly seen: IncomingHttpHeaders | undefined;
}

async function ask(replica: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const socket = await tunnel(replica, {});
  const asked = request({ path, headers: { host: domain, ...headers }, createConnection: () => socket });
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  let body = "";
  for await (const part of response) body += String(part);
  socket.destroy();
  const said = body.startsWith("{") ? (JSON.parse(body) as { name: string; headers: IncomingHttpHeaders }) : undefined;
  return {
    status: response.statusCode,
    headers: response.headers,
    distinct: response.headersDistinct,
    shard: said?.name,
    seen: said?.headers,
  };
}

describeWith(["haproxy"], "the edge of a Jitsi", () => {
  let shards: readonly [Shard, Shard];
  let edges: readonly Background[] = [];

  beforeAll(async () => {
    shards = [await shard("shard-1"), await shard("shard-2")];
    mkdirSync(join(folder(), "tls"));
    writeFileSync(join(folder(), "tls", "site.pem"), tls.certificate);
    writeFileSync(join(folder(), "tls", "site.pem.key"), tls.privateKey);
    mkdirSync(join(folder(), "etc"));
    const files = haproxy({
      routes: [
        {
          kind: "web",
          name: "meet",
          host: domain,
          stickOn: { parameter: "room" },
          headers: siteHeaders(domain),
          health: ["/_shard/focus", "/_shard/signalling"],
          upstreams: shards.map((_, i) => ({
            name: `shard-${i + 1}`,
            tier: tier("meet", `web-${i + 1}`, { http: 8000 }),
            port: "http",
          })),
        },
      ],
      certificates: { site: [domain] },
      connections: 1000,
      peers: replicas.map((address, i) => ({ name: `edge-${i}`, address })),
    });
    edges = replicas.map((address, i) => {
      const etc = join(folder(), "etc", `${i}`);
      mkdirSync(etc);
      for (const [name, text] of Object.entries(files)) {
        let moved = text
          .replaceAll("/etc/edge", etc)
          .replaceAll("/run/edge", join(folder(), "tls"))
          // Impatient, so that the tests need not wait.
          .replaceAll("inter 1s", "inter 100ms")
          .replaceAll("inter 500ms", "inter 100ms")
          .replace("stats socket ipv4@127.0.0.1:", `stats socket ipv4@${address}:`)
          .replaceAll("bind :", `bind ${address}:`)
          .replace('localpeer "$HOSTNAME"', `localpeer edge-${i}`)
          .replaceAll("$HOSTNAME", `edge-${i}`);
        // The pods' addresses themselves: there is no resolver here.
        for (const [n, { ports }] of shards.entries())
          moved = moved.replace(
            new RegExp(`server-template pod- 1-10 web-${n + 1}-pods\\S+ check`),
            `server pod-1 127.0.0.1:${ports[i] ?? 0} check init-addr last`,
          );
        writeFileSync(join(etc, name), moved.replace(/^ *server-template any-pod- .*$/gm, ""));
      }
      return background(installed("haproxy") ?? "haproxy", ["-db", "-f", join(etc, "haproxy.cfg")], folder());
    });
    const up = async (replica: string): Promise<boolean> => {
      edges.forEach((edge) => edge.mustRun());
      try {
        return (await ask(replica, "/")).status === 200;
      } catch {
        return false;
      }
    };
    await until("both replicas to serve", async () => (await up(replicas[0])) && (await up(replicas[1])), 20);
    // Two replicas that start at once drop both connections between them, and try again some seconds later: until then neither hears of the other's rooms.
    await until(
      "each replica to hear of the other's rooms",
      async () => (await hears(replicas[1], replicas[0])) && (await hears(replicas[0], replicas[1])),
      20,
    );
  }, 60_000);

  /** Success of a room's way from one replica's table into the other's. */
  async function hears(replica: string, other: string): Promise<boolean> {
    const room = `heard-${Math.random()}`;
    await at(other, room);
    return (await control(replica, "show table web-meet")).includes(`key=${room} `);
  }

  async function control(replica: string, command: string): Promise<string> {
    const socket = connect(edgePorts.control, replica);
    socket.write(`${command}\n`);
    let said = "";
    for await (const part of socket) said += String(part);
    return said;
  }

  afterAll(async () => {
    await Promise.all(edges.map((edge) => edge.stop()));
    for (const server of shards.flatMap(({ servers }) => servers)) {
      server.closeAllConnections();
      server.close();
    }
  });

  const rooms = Array.from({ length: 30 }, (_, i) => `room-${i}`);
  const at = async (replica: string, room: string): Promise<string | undefined> =>
    (await ask(replica, `/xmpp-websocket?room=${room}`)).shard;

  test("is a configuration that HAProxy takes as it stands", async () => {
    const etc = join(folder(), "rendered");
    mkdirSync(etc);
    for (const [name, text] of Object.entries(filesOf(await jitsi(), "edge-config")))
      writeFileSync(
        join(etc, name),
        text
          .replaceAll("/etc/edge", etc)
          .replaceAll("/run/edge/meet.pem", join(folder(), "tls/site.pem"))
          .replaceAll(/(server edge-\d) \S+:(8090|8406)/g, "$1 127.0.0.1:$2"),
      );
    expect(run("haproxy", ["-c", "-f", join(etc, "haproxy.cfg")], { HOSTNAME: "edge-1" })).toContain("valid");
  });

  test("sends a room to the same shard through either replica, and rooms to both shards", async () => {
    const found = new Set<string | undefined>();
    for (const room of rooms) {
      const first = await at(replicas[0], room);
      expect(await at(replicas[1], room.toUpperCase())).toBe(first);
      found.add(first);
    }
    expect([...found].sort()).toEqual(["shard-1", "shard-2"]);
  }, 20_000);

  test("moves the rooms of a shard that fails, and leaves them where they are when it comes back", async () => {
    const ofFirst: string[] = [];
    for (const room of rooms) if ((await at(replicas[0], room)) === "shard-1") ofFirst.push(room);
    const room = ofFirst[0] ?? "";
    shards[0].healthyFor.clear();
    // A single request that fails goes to another shard and moves nothing: the room moves once checks have taken its shard out.
    await until(
      "the shard to be out",
      async () => {
        // Each replica asks the shards for itself: one that finds it failed later is not one that hears of rooms too late.
        const asked = await Promise.all(
          replicas.flatMap((replica) => rooms.map((one) => at(replica, `other-${one}-${Math.random()}`))),
        );
        return asked.every((shard) => shard === "shard-2");
      },
      20,
    );
    // Asked at one replica only: the other must have heard of it.
    await until("the room to move", async () => (await at(replicas[0], room)) === "shard-2", 20);
    for (const i of everyReplica) shards[0].healthyFor.add(i);
    await until(
      "the shard to serve again",
      async () => (await at(replicas[0], `new-${Math.random()}`)) === "shard-1",
      20,
    );
    await until(
      "the other replica to have the shard back, too",
      async () => (await at(replicas[1], `new-${Math.random()}`)) === "shard-1",
      20,
    );
    expect([await at(replicas[0], room), await at(replicas[1], room)]).toEqual(["shard-2", "shard-2"]);
  }, 60_000);

  test("a shard that one replica alone has lost is left by both, so that no room is in two", async () => {
    for (const replica of replicas) await control(replica, "enable server open/edge");
    const room = await roomOf(replicas[1], "shard-1");
    const meeting = await hold(replicas[1], room);
    expect(meeting.shard).toBe("shard-1");
    const elsewhere = await hold(replicas[1], await roomOf(replicas[1], "shard-2"));
    let ended = false;
    void meeting.ended.then(() => (ended = true));
    try {
      shards[0].healthyFor.delete(0);
      await until("the other replica to end the room's connection to the shard", () => Promise.resolve(ended), 20);
      expect([await at(replicas[1], room), await at(replicas[0], room)]).toEqual(["shard-2", "shard-2"]);
      expect(elsewhere.open()).toBe(true);
    } finally {
      shards[0].healthyFor.add(0);
    }
    await backAtBoth();
    expect([await at(replicas[0], room), await at(replicas[1], room)]).toEqual(["shard-2", "shard-2"]);
    expect(elsewhere.open()).toBe(true);
    elsewhere.end();
  }, 60_000);

  test("two replicas that have each lost another shard keep what they reach", async () => {
    shards[0].healthyFor.delete(0);
    shards[1].healthyFor.delete(1);
    try {
      await until(
        "each replica to use the shard that it reaches",
        async () =>
          (await Promise.all(rooms.map((room) => at(replicas[0], `far-${room}-${Math.random()}`)))).every(
            (s) => s === "shard-2",
          ) &&
          (await Promise.all(rooms.map((room) => at(replicas[1], `far-${room}-${Math.random()}`)))).every(
            (s) => s === "shard-1",
          ),
        20,
      );
    } finally {
      for (const [i, one] of shards.entries()) one.healthyFor.add(i);
    }
    await backAtBoth();
  }, 60_000);

  /** A new room that this replica sends to the shard. */
  async function roomOf(replica: string, wanted: string): Promise<string> {
    for (let i = 0; i < 200; i++) {
      const room = `of-${wanted}-${Math.random()}`;
      if ((await at(replica, room)) === wanted) return room;
    }
    throw new Error(`expected one room of 200 on ${wanted}, got none`);
  }

  async function backAtBoth(): Promise<void> {
    for (const replica of replicas)
      await until(
        `both shards to serve at ${replica}`,
        async () => {
          const found = await Promise.all(rooms.map(() => at(replica, `new-${Math.random()}`)));
          return new Set(found).size === 2;
        },
        20,
      );
  }

  /** An answer of a room's shard that does not end, as a meeting's connection does not. */
  async function hold(replica: string, room: string) {
    const socket = await tunnel(replica, {});
    const asked = request({
      path: `/held?room=${room}`,
      headers: { host: domain },
      createConnection: () => socket,
    });
    asked.end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    const [first] = (await once(response, "data")) as [Buffer];
    let open = true;
    const ended = new Promise<void>((resolve) => {
      const end = (): void => {
        open = false;
        resolve();
      };
      socket.on("close", end).on("error", end);
      response.on("error", end).on("end", end);
    });
    return { shard: String(first), ended, open: () => open, end: () => socket.destroy() };
  }

  test("says who the client is, whatever the client says", async () => {
    const { seen } = await ask(replicas[0], "/", { "X-Forwarded-For": "198.51.100.66", "X-Forwarded-Proto": "http" });
    expect(seen).toMatchObject({ "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" });
  });

  test("tells browsers to be careful and does not say what serves them", async () => {
    const { headers } = await ask(replicas[0], "/");
    expect(headers).toMatchObject({
      "strict-transport-security": "max-age=63072000",
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
      "referrer-policy": "no-referrer",
    });
    expect(headers["server"]).toBeUndefined();
  });

  test.each(["/", "/libs/app.bundle.min.js", "/static/close.html", "/a-room"])(
    "says on %s, once, what a page may load",
    async (path) => {
      const { distinct } = await ask(replicas[0], path);
      for (const [name, value] of Object.entries(siteHeaders(domain)))
        expect(distinct[name.toLowerCase()]).toEqual([value]);
      for (const name of ["strict-transport-security", "x-content-type-options", "x-frame-options", "referrer-policy"])
        expect([name, distinct[name]?.length]).toEqual([name, 1]);
    },
  );

  test("says it beside an answer of its own, too", async () => {
    const { status, distinct } = await ask(replicas[0], "/", { host: "other.example.ch" });
    expect(status).toBe(421);
    expect(distinct["strict-transport-security"]).toEqual(["max-age=63072000"]);
    expect(distinct["x-content-type-options"]).toEqual(["nosniff"]);
  });

  test("serves no other domain", async () => {
    expect((await ask(replicas[0], "/", { host: "other.example.ch" })).status).toBe(421);
    expect((await ask(replicas[0], "/", { host: `${domain}:443` })).status).toBe(200);
  });

  test.each<[string, ConnectionOptions & { readonly proxied?: boolean }]>([
    ["a connection that does not come through a gateway", { proxied: false }],
    ["TLS 1.1", { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }],
    [
      "a cipher without forward secrecy",
      { maxVersion: "TLSv1.2", ciphers: "AES128-SHA:AES256-GCM-SHA384:@SECLEVEL=0" },
    ],
  ])("refuses %s", async (_, how) => {
    await expect(tunnel(replicas[0], how)).rejects.toThrow();
  });
});

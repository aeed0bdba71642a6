/** Identity servers as their pods run them, each in a network namespace with the openings of their policy and no route anywhere, beside a real PostgreSQL. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { request } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RealmSettings, realmFile } from "../../components/services/identity/realm";
import {
  databaseUrl,
  keeperClient,
  keycloakPorts,
  readyPath,
  serverEnv,
  trustFiles,
} from "../../components/services/identity/settings";
import { certificateFor } from "../support/certificates";
import { type Background, background, until } from "../support/programs/background";
import { makeKeycloak } from "../support/programs/keycloak";
import { installed } from "../support/programs/programs";
import { databaseHost, startDatabase, wire } from "./identity-ground";

const passwords = { database: "password-of-the-database", keeper: "secret-of-the-keeper" };
const scripts = join(__dirname, "../../components/services/identity/files");

/** Programs of Debian that identity servers of the tests need. */
export const identityPrograms = ["java", "ip", "nft", "strace", "setpriv", "psql"] as const;

/** Outcome of the task that keeps the realm. */
export interface Kept {
  readonly status: number | null;
  readonly changed: readonly string[];
  readonly problem: string;
}

/** A server, in a namespace of its own. */
class Node {
  readonly space: string;
  readonly home: string;
  readonly log: string;
  /** Calls by which it asked for a connection. */
  readonly calls: string;
  private program: Background | undefined;

  constructor(
    readonly number: number,
    readonly address: string,
    folder: string,
  ) {
    this.space = `uc-id-${process.pid}-${number}`;
    this.home = join(folder, `server-${number}`);
    this.log = join(folder, `server-${number}.log`);
    this.calls = join(folder, `server-${number}.calls`);
  }

  start(env: Readonly<Record<string, string>>): void {
    const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    const trace = ["-D", "-f", "--seccomp-bpf", "-qq", "-A", "-e", "trace=connect", "-o", this.calls];
    const traced = [installed("strace") ?? "", ...trace, "bash", `${this.home}/bin/kc.sh`, "start", "--optimized"];
    const command = ["-i", ...variables, "PATH=/usr/sbin:/usr/bin:/bin", ...traced];
    const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    this.program = background(
      "ip",
      ["netns", "exec", this.space, "sh", "-c", `exec env ${quoted} >>${this.log} 2>&1`],
      this.home,
    );
  }

  mustRun(): void {
    try {
      this.program?.mustRun();
    } catch (error) {
      throw new Error(`${String(error)}\n${readFileSync(this.log, "utf8").slice(-4_000)}`);
    }
  }

  /** Takes away every packet of it, both ways, and then ends it: the others hear nothing of its end, as when its host loses power. */
  async silence(): Promise<void> {
    const wall =
      "flush ruleset\ntable inet wall {\n  chain in { type filter hook input priority 0; policy drop; }\n  chain out { type filter hook output priority 0; policy drop; }\n}\n";
    execFileSync("ip", ["netns", "exec", this.space, "nft", "-f", "-"], {
      input: wall,
      stdio: ["pipe", "pipe", "pipe"],
    });
    await this.kill();
  }

  /** Ends it at once; its kernel tells the others. */
  async kill(): Promise<void> {
    spawnSync("sh", ["-c", `ip netns pids ${this.space} | xargs -r kill -KILL`]);
    await this.program?.stop();
  }

  /** Lines of its log, each an object. */
  lines(): readonly Readonly<Record<string, unknown>>[] {
    return readFileSync(this.log, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

/** A visitor's question at a server. */
export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly port?: number;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export class IdentityServers {
  readonly folder = mkdtempSync(join(tmpdir(), "sovereign-uc-identity-"));
  /** Statuses of health of the first server while it started, each once. */
  readonly health: number[] = [];
  readonly nodes: readonly Node[];
  readonly tls = certificateFor(["localhost"]);
  url = "";
  /** Servers that browsers' requests go to, one after the other. */
  serving: Node[] = [];
  private readonly net = `10.231.${process.pid % 250}`;
  private readonly bridge = `ucid${process.pid}`;
  private readonly database = certificateFor([databaseHost]);
  private front: Server | undefined;
  private records: Background | undefined;
  private turn = 0;

  constructor() {
    this.nodes = [1, 2].map((number) => new Node(number, `${this.net}.${10 + number}`, this.folder));
  }

  async start(settings: Omit<RealmSettings, "domain">, secrets: Readonly<Record<string, string>>): Promise<Kept> {
    wire(this.bridge, this.net, this.nodes);
    this.records = await startDatabase(this.folder, this.net, { password: passwords.database, tls: this.database });
    await this.startFront();
    for (const name of ["trust", "secrets"]) mkdirSync(join(this.folder, name));
    writeFileSync(join(this.folder, "trust", trustFiles.database), this.database.certificate);
    this.secrets({ keeper: passwords.keeper, ...secrets });
    const built = makeKeycloak();
    for (const { home } of this.nodes) cpSync(built, home, { recursive: true, verbatimSymlinks: true });
    await this.run(this.first);
    this.serving = [this.first];
    return this.keep(settings);
  }

  get first(): Node {
    return this.nodes[0] as Node;
  }

  get second(): Node {
    return this.nodes[1] as Node;
  }

  /** Starts a server, and waits until it says on its management port that it is ready. */
  async run(node: Node): Promise<void> {
    node.start({
      ...serverEnv({ url: this.url, proxies: `${this.net}.0/24` }),
      KC_DB_URL: databaseUrl(databaseHost, 5432, "login", join(this.folder, "trust")),
      KC_DB_USERNAME: "login",
      KC_DB_PASSWORD: passwords.database,
      KC_BOOTSTRAP_ADMIN_CLIENT_SECRET: passwords.keeper,
      KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS: node.address,
      JAVA_OPTS_KC_HEAP: "-Xms64m -Xmx400m",
    });
    const ready = async (): Promise<boolean> => {
      node.mustRun();
      // It writes a line for each answer that it is not.
      await new Promise((resolve) => setTimeout(resolve, 500));
      const status = await this.ask(node, readyPath, { port: keycloakPorts.management }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (node === this.first && !this.health.includes(status)) this.health.push(status);
      return status === 200;
    };
    await until(`server ${node.number} to be ready`, ready, 900);
  }

  /** Writes the realm as planned, and runs the task that keeps it. */
  keep(settings: Omit<RealmSettings, "domain">, change: (realm: string) => string = (realm) => realm): Kept {
    writeFileSync(join(this.folder, "realm.json"), change(realmFile({ ...settings, domain: "localhost" })));
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(scripts, "keep-realm.mjs")], {
      encoding: "utf8",
      env: {
        REALM_SERVER: `http://${this.first.address}:${keycloakPorts.http}`,
        REALM_FILE: join(this.folder, "realm.json"),
        REALM_SECRETS: join(this.folder, "secrets"),
        REALM_KEEPER: keeperClient,
        REALM_WAIT_SECONDS: "120",
      },
    });
    const lines = stdout.split("\n").filter((line) => line !== "");
    const changed = lines.flatMap((line) => (JSON.parse(line) as { changed?: string }).changed ?? []);
    return { status, changed, problem: stderr };
  }

  secrets(files: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(files)) writeFileSync(join(this.folder, "secrets", name), value);
  }

  /** Asks a server as the edge does. */
  ask(
    node: Node,
    path: string,
    { method = "GET", headers = {}, body, port = keycloakPorts.http }: Asking = {},
  ): Promise<Answered> {
    const forwarded = { "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https" };
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: node.address,
          port,
          path,
          method,
          headers: { ...forwarded, ...headers },
          agent: false,
          timeout: 120_000,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      sent.on("timeout", () => sent.destroy(new Error("no answer in two minutes")));
      sent.on("error", reject).end(body);
    });
  }

  /** A token of the task that keeps the realm, for the tests' own changes. */
  async administrate(method: string, path: string, body?: unknown): Promise<unknown> {
    const grant = await this.ask(this.first, "/realms/master/protocol/openid-connect/token", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: `grant_type=client_credentials&client_id=${keeperClient}&client_secret=${passwords.keeper}`,
    });
    const { access_token: token } = JSON.parse(grant.text) as { access_token: string };
    const { status, text } = await this.ask(this.first, `/admin/realms${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (status >= 300) throw new Error(`expected ${method} ${path} to be done, got ${status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.kill();
    this.front?.closeAllConnections();
    this.front?.close();
    await this.records?.stop();
    for (const { space } of this.nodes) {
      spawnSync("ip", ["netns", "delete", space]);
      rmSync(`/etc/netns/${space}`, { recursive: true, force: true });
    }
    spawnSync("ip", ["link", "delete", this.bridge]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The edge's part: TLS, and who the visitor is. */
  private async startFront(port = 0): Promise<void> {
    const { certificate: cert, privateKey: key } = this.tls;
    this.front = createServer({ cert, key }, (incoming, outgoing) => {
      const node = this.serving[this.turn++ % this.serving.length];
      const headers = { ...incoming.headers, "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" };
      const { method, url: path } = incoming;
      const sent = request(
        { host: node?.address, port: keycloakPorts.http, method, path, headers, agent: false },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      sent.on("error", () => outgoing.writeHead(502).end());
      incoming.pipe(sent);
    }).listen(port, "127.0.0.1");
    await once(this.front, "listening");
    this.url = `https://localhost:${(this.front.address() as AddressInfo).port}`;
  }
}

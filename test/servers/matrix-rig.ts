/** Synapse as main process and workers, and a second homeserver, all real, with the rendered configuration, in a closed network. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "../../components/services/matrix/files";
import { homeserver, loginFile } from "../../components/services/matrix/homeserver";
import { logConfig } from "../../components/services/matrix/log";
import { routerFiles } from "../../components/services/matrix/router";
import {
  type MatrixSettings,
  routerPorts,
  secretFiles,
  synapsePorts,
  trustFiles,
} from "../../components/services/matrix/settings";
import { workerConfig, type WorkerKind, workerPort, workerPrograms } from "../../components/services/matrix/workers";
import { proxyUrl } from "../../components/recipe/parts/private-host";
import { certificateFor } from "../support/certificates";
import { type Background, background, until } from "../support/programs/background";
import { installed } from "../support/programs/programs";
import { makeSynapse, python } from "../support/programs/synapse";
import { startCache, startDatabase } from "./homeserver-data";
import { ClosedNetwork } from "./matrix-network";
import { type Person, type Provider, startProvider } from "./oidc-provider";

const clientSecret = "client-secret-of-the-tests";
const at = (last: number): string => `10.209.77.${last}`;

/** Addresses of all processes. */
export const places = {
  edge: at(10),
  router: at(11),
  main: at(12),
  "reader-a": at(13),
  "reader-b": at(14),
  media: at(15),
  writer: at(16),
  sender: at(17),
  partnerEdge: at(20),
  partner: at(21),
  database: at(30),
  cache: at(31),
} as const;

/** Names of both homeservers. */
export const names = { own: "chat.crisis.example.ch", partner: "chat.partner.example.ch" } as const;

const kinds = {
  "reader-a": "reader",
  "reader-b": "reader",
  media: "media",
  writer: "writer",
  sender: "sender",
} as const satisfies Readonly<Record<string, WorkerKind>>;

export type WorkerName = keyof typeof kinds;
export type ProcessName = WorkerName | "main" | "partner";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Client {
  readonly user: string;
  readonly token: string;
  readonly device: string;
}

export class Homeservers {
  readonly network = new ClosedNetwork();
  readonly folder = mkdtempSync(join(tmpdir(), "sovereign-uc-workers-"));
  provider!: Provider;
  readonly programs = new Map<string, Background>();
  private readonly login = "login.crisis.example.ch";
  private readonly data = { database: "db.crisis.example.ch", cache: "cache.crisis.example.ch" };
  private readonly tls = certificateFor([...Object.values(names), this.login, ...Object.values(this.data)]);

  async start(): Promise<void> {
    const { network, folder } = this;
    // One for each program, which end with this process.
    process.setMaxListeners(30);
    const hosts = {
      [names.own]: places.edge,
      [names.partner]: places.partnerEdge,
      [this.login]: network.neighbour,
      [this.data.database]: places.database,
      [this.data.cache]: places.cache,
      [new URL(proxyUrl).hostname]: network.neighbour,
    };
    await network.start(hosts, Object.values(places));
    this.provider = await startProvider({
      ...{ tls: this.tls, clientId: "chat", clientSecret },
      at: { address: network.neighbour, name: this.login },
    });
    for (const name of ["cache/tls", "trust", "tmp", "scripts"]) mkdirSync(join(folder, name), { recursive: true });
    this.write({
      ...Object.fromEntries(Object.values(trustFiles).map((name) => [`trust/${name}`, this.tls.certificate])),
      ...Object.fromEntries(Object.entries(scripts.worker).map(([name, text]) => [`scripts/${name}`, text])),
      "cache/tls/tls.crt": this.tls.certificate,
      "cache/tls/tls.key": this.tls.privateKey,
      "cache/tls/ca.crt": this.tls.certificate,
    });
    const before = network.inside;
    this.programs.set(
      "cache",
      startCache({ folder, address: places.cache, port: 6379, before, password: "cache-password" }),
    );
    const database = await startDatabase({
      ...{ folder, tls: this.tls, address: places.database, port: 5432, before },
      ...{ host: this.data.database, user: "chat", password: "database-password", databases: ["chat", "partner"] },
    });
    this.programs.set("database", database);
    this.startEdges();
    for (const server of ["chat", "partner"] as const) this.configure(server);
    // Both make their tables.
    await Promise.all([this.startProcess("main"), this.startProcess("partner")]);
    await Promise.all((Object.keys(kinds) as WorkerName[]).map((name) => this.startProcess(name)));
    this.startRouter();
    await until("the router to answer", async () => (await this.health(places.router, routerPorts.http)) === 200, 30);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
  }

  /** Writes the configuration of one of both homeservers: the first has workers and the list, the second is one process, with the list where it is told one. */
  configure(
    server: "chat" | "partner",
    federation: readonly string[] = server === "chat" ? [names.partner] : [],
  ): void {
    const [inside, domain] = [join(this.folder, server), server === "chat" ? names.own : names.partner];
    for (const name of ["config", "secrets", "media"]) mkdirSync(join(inside, name), { recursive: true });
    const settings: MatrixSettings = {
      serverName: domain,
      domain,
      database: { port: 5432, name: server, user: "chat" },
      login: { issuer: this.provider.issuer, clientId: "chat" },
      ...(server === "chat"
        ? {
            cache: { host: this.data.cache, port: 6379 },
            workers: {
              main: places.main,
              writer: { name: "writer", host: places.writer },
              media: "media",
              sender: { name: "sender", host: places.sender },
            },
            keepDays: 30,
          }
        : {}),
      federation,
      federationCa: true,
      folders: {
        ...{ config: join(inside, "config"), secrets: join(inside, "secrets"), media: join(inside, "media") },
        trust: join(this.folder, "trust"),
      },
      address: server === "chat" ? places.main : places.partner,
    };
    const seed = createHash("sha256").update(server).digest("base64").replace("=", "");
    this.write({
      [`${server}/config/homeserver.yaml`]: homeserver(settings),
      ...(server === "chat" ? { "chat/login.yaml": loginFile(settings) } : {}),
      [`${server}/config/log.yaml`]: logConfig(),
      [`${server}/secrets/${secretFiles.signingKey}`]: `ed25519 a_1 ${seed}\n`,
      [`${server}/secrets/${secretFiles.macaroons}`]: `macaroons of ${server}`,
      [`${server}/secrets/${secretFiles.forms}`]: `forms of ${server}`,
      [`${server}/secrets/${secretFiles.loginClient}`]: clientSecret,
      [`${server}/secrets/${secretFiles.cache}`]: "cache-password",
      [`${server}/secrets/${secretFiles.replication}`]: "replication-secret",
    });
  }

  /** TLS as the edge ends it: what clients and other homeservers reach. */
  private startEdges(): void {
    writeFileSync(join(this.folder, "edge.pem"), `${this.tls.certificate}${this.tls.privateKey}`);
    const edge = (name: string, from: string, to: string): string =>
      `listen ${name}\n  bind ${from}:443 ssl crt ${this.folder}/edge.pem\n  http-request set-header X-Forwarded-Proto https\n  server one ${to}\n`;
    const times = "  timeout connect 2s\n  timeout client 90s\n  timeout server 180s\n";
    this.write({
      "edge.cfg": `defaults\n  mode http\n${times}${edge("own", places.edge, `${places.router}:${routerPorts.http}`)}${edge("partner", places.partnerEdge, `${places.partner}:${synapsePorts.http}`)}`,
    });
    this.run("edges", [installed("haproxy") ?? "", "-db", "-f", join(this.folder, "edge.cfg")]);
  }

  /** The rendered proxy, whose places are these processes: the pods' names are Kubernetes' to know. */
  private startRouter(): void {
    const server = (name: ProcessName): string => `    server ${name} ${places[name]}:${synapsePorts.http} check`;
    mkdirSync(join(this.folder, "router"), { recursive: true });
    const files = routerFiles({
      main: [server("main")],
      readers: [server("reader-a"), server("reader-b")],
      media: [server("media")],
      ...{ connections: 200, folder: join(this.folder, "router"), address: places.router },
    });
    this.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`router/${name}`, text])));
    this.run("router", [installed("haproxy") ?? "", "-W", "-db", "-f", join(this.folder, "router/haproxy.cfg")]);
  }

  private run(name: string, words: readonly string[]): Background {
    const [program = "", ...rest] = [...this.network.inside, ...words];
    const started = background(program, rest, this.folder);
    this.programs.set(name, started);
    return started;
  }

  /** Starts a process of a homeserver as its pod does, and waits for its health. */
  async startProcess(name: ProcessName): Promise<void> {
    const server = name === "partner" ? "partner" : "chat";
    const outward = name === "partner" || name === "sender";
    const environment = {
      PGHOST: this.data.database,
      PGPASSWORD: "database-password",
      SSL_CERT_FILE: `${this.folder}/trust/${trustFiles.login}`,
      PYTHONPATH: makeSynapse(),
      PYTHONDONTWRITEBYTECODE: "1",
      TMPDIR: join(this.folder, "tmp"),
      POD_NAME: name,
      ...(outward ? { HTTPS_PROXY: proxyUrl, NO_PROXY: this.login } : {}),
    };
    const started = this.run(name, [
      ...["/usr/bin/env", "-i", ...Object.entries(environment).map(([key, value]) => `${key}=${value}`)],
      ...["PATH=/usr/bin:/bin", installed("strace") ?? "", "-D", "-f", "-qq", "-A"],
      ...["-e", "trace=connect,sendto,sendmmsg,sendmsg", "-s", "120", "-o", join(this.folder, `calls-${name}`)],
      ...this.command(name, server),
    ]);
    const port = name in kinds ? workerPort(kinds[name as WorkerName]) : synapsePorts.http;
    await until(
      `${name} to answer`,
      async () => {
        started.mustRun();
        return (await this.health(places[name], port)) === 200;
      },
      300,
    );
  }

  private command(name: ProcessName, server: string): readonly string[] {
    const config = join(this.folder, server, "config");
    if (!(name in kinds))
      return [
        ...[python, "-m", "synapse.app.homeserver"],
        ...["--config-path", join(config, "homeserver.yaml"), "--no-secrets-in-config"],
        ...(name === "main" ? ["--config-path", join(this.folder, "chat/login.yaml")] : []),
      ];
    const kind = kinds[name as WorkerName];
    const own = join(this.folder, `config-${name}`);
    cpSync(config, own, { recursive: true });
    writeFileSync(join(own, "worker.yaml"), workerConfig(kind, { config: own, address: places[name] }));
    const written = join(this.folder, `name-${name}`);
    mkdirSync(written, { recursive: true });
    return ["/bin/sh", join(this.folder, "scripts/start-worker.sh"), own, written, python, "-m", workerPrograms[kind]];
  }

  async kill(name: ProcessName): Promise<void> {
    await this.programs.get(name)?.stop();
  }

  private async health(address: string, port: number): Promise<number | undefined> {
    return (await this.ask("GET", "/health", { address, port }).catch(() => undefined))?.status;
  }

  /** A request as the edge passes it on: to the first homeserver's router, unless it is told another place. */
  ask(
    method: string,
    path: string,
    more: {
      readonly body?: unknown;
      readonly raw?: Buffer;
      readonly token?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly address?: string;
      readonly port?: number;
    } = {},
  ): Promise<Answer> {
    const { body, raw, token, headers = {}, address = places.router, port = routerPorts.http } = more;
    const all = {
      Host: address === places.partner ? names.partner : names.own,
      "X-Forwarded-For": "203.0.113.9",
      "X-Forwarded-Proto": "https",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const sent = request({ host: address, port, method, path, headers: all, timeout: 60_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const json = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      });
      sent.on("error", reject).end(raw ?? (body === undefined ? undefined : JSON.stringify(body)));
    });
  }

  /** A question to the second homeserver. */
  askPartner = (method: string, path: string, more: Parameters<Homeservers["ask"]>[2] = {}): Promise<Answer> =>
    this.ask(method, path, { ...more, address: places.partner, port: synapsePorts.http });

  /** Logs a person in at the provider, as a client and a browser do it together. */
  async signIn(person: Person, ask: Homeservers["ask"] = this.ask.bind(this)): Promise<Client> {
    const begun = await ask(
      "GET",
      "/_matrix/client/v3/login/sso/redirect/oidc-login?redirectUrl=https://app.example.ch/",
    );
    const to = new URL(String(begun.headers["location"]));
    if (to.origin !== this.provider.issuer) throw new Error(`expected a way to the provider, got ${to.href}`);
    const cookie = [begun.headers["set-cookie"] ?? []].flat().map((one) => one.split(";")[0]);
    const code = this.provider.code(to, person);
    const state = encodeURIComponent(to.searchParams.get("state") ?? "");
    const back = await ask("GET", `/_synapse/client/oidc/callback?code=${code}&state=${state}`, {
      headers: { Cookie: cookie.join("; ") },
    });
    const [, token] = /loginToken=([^"&]+)/.exec(back.text) ?? [];
    const body = { type: "m.login.token", token };
    const { json, text } = await ask("POST", "/_matrix/client/v3/login", { body });
    if (typeof json["access_token"] !== "string") throw new Error(`expected an access token, got ${text}`);
    return { user: String(json["user_id"]), token: json["access_token"], device: String(json["device_id"]) };
  }

  /** Requests that a process has answered, by servlet, as its own figures have them. */
  async answered(name: ProcessName): Promise<Readonly<Record<string, number>>> {
    const { text } = await this.ask("GET", "/_synapse/metrics", { address: places[name], port: synapsePorts.metrics });
    const found: Record<string, number> = {};
    for (const [, servlet = "", count] of text.matchAll(
      /^synapse_http_server_response_count_total\{[^}]*servlet="(\w+)"[^}]*\} ([0-9.e+]+)$/gm,
    ))
      found[servlet] = (found[servlet] ?? 0) + Number(count);
    return found;
  }

  /** Addresses and ports that processes tried to reach, sockets of their own and questions to the kernel left out, by process. */
  attempts(): readonly { readonly process: string; readonly address: string; readonly port: number }[] {
    const files = readdirSync(this.folder).filter((name) => name.startsWith("calls-"));
    return files.flatMap((file) =>
      [...readFileSync(join(this.folder, file), "utf8").matchAll(/sin6?_port=htons\((\d+)\),.*?"([0-9a-f.:]+)"/g)].map(
        ([, port, address = ""]) => ({ process: file.slice("calls-".length), address, port: Number(port) }),
      ),
    );
  }

  /** A question in SQL to one of the databases. */
  records = (database: string, question: string): string =>
    execFileSync(
      this.network.inside[0] ?? "",
      [
        ...this.network.inside.slice(1),
        "psql",
        `host=${this.data.database} user=chat dbname=${database} sslmode=verify-full sslrootcert=${this.folder}/trust/${trustFiles.database}`,
        ...["-At", "-c", question],
      ],
      { encoding: "utf8", env: { ...process.env, PGPASSWORD: "database-password" } },
    ).trim();

  async stop(): Promise<void> {
    for (const program of [...this.programs.values()].reverse()) await program.stop();
    await this.provider?.stop();
    await this.network.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

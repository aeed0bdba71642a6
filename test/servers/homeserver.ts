import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheUsers, replicaConfig } from "../../components/kubernetes/cache/valkey";
import { homeserver } from "../../components/services/matrix/homeserver";
import { logConfig } from "../../components/services/matrix/log";
import { type MatrixSettings, secretFiles, synapsePorts, trustFiles } from "../../components/services/matrix/settings";
import { certificateFor } from "../support/certificates";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { installed } from "../support/programs/programs";
import { makeSynapse, python } from "../support/programs/synapse";
import { type Person, type Provider, startProvider } from "./oidc-provider";

const clientSecret = "client-secret-of-the-tests";

/** Programs of Debian that a homeserver of the tests needs. */
export const homeserverPrograms = ["redis-server", "redis-cli", "strace", "setpriv", "psql"] as const;

/** Folder of PostgreSQL's programs on Debian. */
export const postgres = "/usr/lib/postgresql/15/bin";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Synapse with the rendered configuration, beside PostgreSQL, a cache and an identity provider, all real but the last, on loopback. */
export class Homeserver {
  readonly domain = "chat.crisis.example.ch";
  readonly address = "127.0.10.1";
  readonly folder = mkdtempSync(join(tmpdir(), "sovereign-uc-matrix-"));
  readonly passwords = { database: "database-password", cache: "cache-password" };
  provider!: Provider;
  settings!: MatrixSettings;
  private readonly programs = new Map<string, Background>();
  private readonly tls = certificateFor(["localhost"]);
  private ports: readonly number[] = [];

  /** Files that Synapse's process says that it connected to, one line per call. */
  readonly calls = join(this.folder, "calls");

  async start(): Promise<void> {
    this.ports = await freePorts(2);
    this.provider = await startProvider({ tls: this.tls, clientId: "chat", clientSecret });
    const inside = (name: string): string => join(this.folder, name);
    this.settings = {
      serverName: this.domain,
      domain: this.domain,
      database: { port: this.ports[0] ?? 0, name: "chat", user: "chat" },
      login: { issuer: this.provider.issuer, clientId: "chat" },
      cache: { host: "localhost", port: this.ports[1] ?? 0 },
      folders: { config: inside("config"), secrets: inside("secrets"), trust: inside("trust"), media: inside("media") },
      address: this.address,
    };
    for (const name of ["config", "secrets", "trust", "media", "cache", "cache/tls", "tmp"]) mkdirSync(inside(name));
    this.write({
      "config/homeserver.yaml": homeserver(this.settings),
      "config/log.yaml": logConfig(),
      [`secrets/${secretFiles.signingKey}`]: `ed25519 a_1 ${Buffer.alloc(32, 7).toString("base64").replace("=", "")}\n`,
      [`secrets/${secretFiles.macaroons}`]: "first-macaroons",
      [`secrets/${secretFiles.forms}`]: "first-forms",
      [`secrets/${secretFiles.loginClient}`]: clientSecret,
      [`secrets/${secretFiles.cache}`]: this.passwords.cache,
      ...Object.fromEntries(Object.values(trustFiles).map((name) => [`trust/${name}`, this.tls.certificate])),
      "cache/tls/tls.crt": this.tls.certificate,
      "cache/tls/tls.key": this.tls.privateKey,
      "cache/tls/ca.crt": this.tls.certificate,
      "cache/users.acl": cacheUsers({ clients: [this.passwords.cache], internal: "internal", proxy: "proxy" }),
      "cache/valkey.conf": replicaConfig(64, inside("cache")),
    });
    this.startCache();
    await this.startDatabase();
    await this.startSynapse();
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
  }

  startCache(): void {
    // One alone: it has no replicas that it could wait for.
    const alone = ["--bind", "127.0.0.1", "--tls-port", `${this.ports[1] ?? 0}`, "--min-replicas-to-write", "0"];
    const users = ["--aclfile", join(this.folder, "cache/users.acl")];
    const server = installed("redis-server") ?? "";
    this.programs.set(
      "cache",
      background(server, [join(this.folder, "cache/valkey.conf"), ...alone, ...users], this.folder),
    );
  }

  /** In the cache's place, one with the right password and a certificate that signs itself. */
  async replaceCacheByStranger(): Promise<void> {
    await this.programs.get("cache")?.stop();
    const stranger = certificateFor(["stranger.example.org"]);
    this.write({ "cache/tls/tls.crt": stranger.certificate, "cache/tls/tls.key": stranger.privateKey });
    this.startCache();
  }

  /** Logged-in clients of that cache, but the one that counts. */
  strangersClients(): number {
    const login = ["--tls", "--insecure", "--user", "internal", "-a", "internal", "--no-auth-warning"];
    const port = ["-h", "127.0.0.1", "-p", `${this.ports[1] ?? 0}`];
    const { stdout } = spawnSync("redis-cli", [...port, ...login, "CLIENT", "LIST"], { encoding: "utf8" });
    return stdout.split("\n").filter((line) => line.includes("user=default")).length;
  }

  private async startDatabase(): Promise<void> {
    const [uid = 0, gid = 0] = execFileSync("getent", ["passwd", "postgres"], { encoding: "utf8" })
      .split(":")
      .slice(2, 4)
      .map(Number);
    const place = join(this.folder, "database");
    chmodSync(this.folder, 0o755);
    mkdirSync(place);
    this.write({
      "database/password": this.passwords.database,
      "database/tls.crt": this.tls.certificate,
      "database/tls.key": this.tls.privateKey,
    });
    for (const name of ["", "password", "tls.crt", "tls.key"]) {
      chownSync(join(place, name), uid, gid);
      if (name !== "") chmodSync(join(place, name), 0o600);
    }
    const as = ["--reuid=postgres", "--regid=postgres", "--clear-groups"];
    const data = join(place, "data");
    const login = ["--username=chat", `--pwfile=${place}/password`, "--auth=scram-sha-256"];
    execFileSync(
      "setpriv",
      [...as, `${postgres}/initdb`, "-D", data, ...login, "--locale=C", "--encoding=UTF8", "--no-sync"],
      { stdio: "pipe" },
    );
    const options = {
      listen_addresses: "127.0.0.1",
      port: `${this.ports[0] ?? 0}`,
      unix_socket_directories: "",
      fsync: "off",
      ssl: "on",
      ssl_cert_file: join(place, "tls.crt"),
      ssl_key_file: join(place, "tls.key"),
    };
    const settings = Object.entries(options).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
    this.programs.set(
      "database",
      background("setpriv", [...as, `${postgres}/postgres`, "-D", data, ...settings], this.folder),
    );
    const url = `host=localhost port=${options.port} user=chat dbname=postgres sslmode=verify-full sslrootcert=${this.folder}/trust/${trustFiles.database}`;
    const create = (): boolean => {
      try {
        execFileSync("psql", [url, "-c", "CREATE DATABASE chat"], {
          env: { ...process.env, PGPASSWORD: this.passwords.database },
          stdio: "pipe",
        });
        return true;
      } catch {
        return false;
      }
    };
    await until("PostgreSQL to make a database", async () => create(), 30);
  }

  /** Environment as the pod has it. */
  get environment(): Readonly<Record<string, string>> {
    return {
      PGHOST: "localhost",
      PGPASSWORD: this.passwords.database,
      SSL_CERT_FILE: `${this.folder}/trust/${trustFiles.login}`,
      PYTHONPATH: makeSynapse(),
      PYTHONDONTWRITEBYTECODE: "1",
      TMPDIR: join(this.folder, "tmp"),
    };
  }

  /** Command as upstream's start.py makes it of the pod's arguments. */
  readonly command = (file = "config/homeserver.yaml"): readonly string[] => [
    python,
    ...["-m", "synapse.app.homeserver", "--config-path", join(this.folder, file), "--no-secrets-in-config"],
  ];

  async startSynapse(): Promise<void> {
    const variables = Object.entries(this.environment).map(([key, value]) => `${key}=${value}`);
    const trace = [
      "-D",
      "-f",
      "-qq",
      "-A",
      "-e",
      "trace=connect,sendto,sendmmsg,sendmsg",
      "-s",
      "120",
      "-o",
      this.calls,
    ];
    const synapse = background(
      "/usr/bin/env",
      ["-i", ...variables, "PATH=/usr/bin:/bin", installed("strace") ?? "", ...trace, ...this.command()],
      this.folder,
    );
    this.programs.set("synapse", synapse);
    await until(
      "Synapse to answer",
      async () => {
        synapse.mustRun();
        return (await this.ask("GET", "/health").catch(() => undefined))?.status === 200;
      },
      90,
    );
  }

  async restartSynapse(): Promise<void> {
    await this.programs.get("synapse")?.stop();
    await this.startSynapse();
  }

  log(): string {
    return this.programs.get("synapse")?.log() ?? "";
  }

  /** A request as the edge passes it on. */
  ask(
    method: string,
    path: string,
    more: {
      readonly body?: unknown;
      readonly raw?: Buffer;
      readonly token?: string;
      readonly cookie?: string;
      readonly port?: number;
    } = {},
  ): Promise<Answer> {
    const { body, raw, token, cookie, port = synapsePorts.http } = more;
    const headers = {
      Host: this.domain,
      "X-Forwarded-For": "203.0.113.9",
      "X-Forwarded-Proto": "https",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { Cookie: cookie }),
    };
    return new Promise((resolve, reject) => {
      const sent = request({ host: this.address, port, method, path, headers, timeout: 20_000 }, (response) => {
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

  /** Logs a person in, as a client and a browser do it together. @returns the access token. */
  async login(person: Person): Promise<string> {
    const begun = await this.ask(
      "GET",
      "/_matrix/client/v3/login/sso/redirect/oidc-login?redirectUrl=https://app.example.ch/",
    );
    const to = new URL(String(begun.headers["location"]));
    if (to.origin !== this.provider.issuer) throw new Error(`expected a way to the provider, got ${to.href}`);
    const cookie = ([] as string[])
      .concat((begun.headers["set-cookie"] as string[] | undefined) ?? [])
      .map((one) => one.split(";")[0])
      .join("; ");
    const code = this.provider.code(to, person);
    const state = encodeURIComponent(to.searchParams.get("state") ?? "");
    const back = await this.ask("GET", `/_synapse/client/oidc/callback?code=${code}&state=${state}`, { cookie });
    const [, token] = /loginToken=([^"&]+)/.exec(back.text) ?? [];
    if (token === undefined) throw new Error(`expected a login token, got ${back.status}: ${back.text.slice(0, 400)}`);
    const entered = await this.ask("POST", "/_matrix/client/v3/login", { body: { type: "m.login.token", token } });
    if (typeof entered.json["access_token"] !== "string")
      throw new Error(`expected an access token, got ${entered.text}`);
    return entered.json["access_token"];
  }

  async stop(): Promise<void> {
    for (const program of [...this.programs.values()].reverse()) await program.stop();
    await this.provider?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

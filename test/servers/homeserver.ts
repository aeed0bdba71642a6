import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeserver } from "../../components/services/matrix/homeserver";
import { logConfig } from "../../components/services/matrix/log";
import { page, pageFrame } from "../../components/services/matrix/page";
import { type MatrixSettings, secretFiles, synapsePorts, trustFiles } from "../../components/services/matrix/settings";
import { certificateFor } from "../support/certificates";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { installed } from "../support/programs/programs";
import { makeSynapse, python } from "../support/programs/synapse";
import { startCache, startDatabase } from "./homeserver-data";
import { type Person, type Provider, startProvider } from "./oidc-provider";

const clientSecret = "client-secret-of-the-tests";

/** @returns an address of loopback that no other living process gets from here: its process id is in it (at most 22 bits). */
const ownAddress = (): string => `127.${64 + (process.pid >> 16)}.${(process.pid >> 8) & 255}.${process.pid & 255}`;

/** Programs of Debian that a homeserver of the tests needs. */
export const homeserverPrograms = ["redis-server", "redis-cli", "strace", "setpriv", "psql"] as const;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Synapse with the rendered configuration, beside PostgreSQL, a cache and an identity provider, all real but the last, on loopback. */
export class Homeserver {
  readonly domain = "chat.crisis.example.ch";
  /** One of this process alone: files that have a homeserver each run beside one another, and its port is always the same. */
  readonly address = ownAddress();
  readonly folder = mkdtempSync(join(tmpdir(), "sovereign-uc-matrix-"));
  readonly passwords = { database: "database-password", cache: "cache-password" };
  provider!: Provider;
  settings!: MatrixSettings;
  private readonly programs = new Map<string, Background>();
  private readonly tls = certificateFor(["localhost"]);
  private ports: readonly number[] = [];

  /** @param more settings beside those of a homeserver that serves its clients alone. */
  constructor(private readonly more: Partial<MatrixSettings> = {}) {}

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
      ...this.more,
    };
    for (const name of ["config", "secrets", "trust", "media", "cache", "cache/tls", "tmp"]) mkdirSync(inside(name));
    this.write({
      "config/homeserver.yaml": homeserver(this.settings),
      "config/log.yaml": logConfig(),
      [`config/${pageFrame}`]: page,
      [`secrets/${secretFiles.signingKey}`]: `ed25519 a_1 ${Buffer.alloc(32, 7).toString("base64").replace("=", "")}\n`,
      [`secrets/${secretFiles.macaroons}`]: "first-macaroons",
      [`secrets/${secretFiles.forms}`]: "first-forms",
      [`secrets/${secretFiles.loginClient}`]: clientSecret,
      [`secrets/${secretFiles.cache}`]: this.passwords.cache,
      ...Object.fromEntries(Object.values(trustFiles).map((name) => [`trust/${name}`, this.tls.certificate])),
      "cache/tls/tls.crt": this.tls.certificate,
      "cache/tls/tls.key": this.tls.privateKey,
      "cache/tls/ca.crt": this.tls.certificate,
    });
    this.startCache();
    await this.startDatabase();
    await this.startSynapse();
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
  }

  startCache(): void {
    const { folder, passwords } = this;
    this.programs.set(
      "cache",
      startCache({ folder, address: "127.0.0.1", port: this.ports[1] ?? 0, password: passwords.cache }),
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
    const database = await startDatabase({
      ...{ folder: this.folder, tls: this.tls, address: "127.0.0.1", port: this.ports[0] ?? 0, host: "localhost" },
      ...{ user: "chat", password: this.passwords.database, databases: ["chat"] },
    });
    this.programs.set("database", database);
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

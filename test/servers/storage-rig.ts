import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CommandSettings,
  gatewayCommand,
  masterCommand,
  volumeCommand,
} from "../../components/services/storage/commands";
import { configFiles } from "../../components/services/storage/config";
import { storageScripts } from "../../components/services/storage/files";
import { identities } from "../../components/services/storage/identities";
import { type BucketNeed, planStorage } from "../../components/services/storage/plan";
import { bucketWord } from "../../components/services/storage/pods";
import {
  type Folders,
  keeperIdentity,
  keyVariables,
  ports,
  region,
  replication,
  storageHost,
  tlsFiles,
} from "../../components/services/storage/settings";
import { keyOutputs, parsedKey } from "../../stacks/tools/rehearsal/simulated/tls/keys";
import { certificate, holderOf } from "../../stacks/tools/rehearsal/simulated/tls/x509";
import { text } from "../../stacks/tools/rehearsal/simulated/values";
import { type Background, background, until } from "../support/programs/background";
import { makeSeaweedfs } from "../support/programs/seaweedfs";
import { S3Client, type S3Key } from "./s3-client";

/** Folder of PostgreSQL's programs on Debian. */
const postgres = "/usr/lib/postgresql/15/bin";

/** Programs of Debian that a store of the tests needs. */
export const storagePrograms = ["psql", "setpriv", "curl", "ip", "nft"] as const;

const tools = ["master", "volume", "gateway"] as const;
type Kind = (typeof tools)[number];

/** A network of this process alone: what a killed run left behind is in nobody's way. */
const network = `10.199.${process.pid % 250}`;
/** Hosts of the store, by number from 0, in a network namespace of its own. */
const addresses = [`${network}.11`, `${network}.12`, `${network}.13`] as const;
const databaseAddress = `${network}.19`;
const databasePort = 5432;
const outside = `${network}.1`;

/**
 * An object store as it is rendered, on three addresses of a network namespace: a master, a volume server and a gateway on each, with a real PostgreSQL behind them. All
 * speak TLS with certificates as @pulumi/tls makes them. The namespace leads nowhere but to the test, and counts every packet that wants to go elsewhere.
 */
export class StorageRig {
  readonly folder = mkdtempSync(join(tmpdir(), "sovereign-uc-store-"));
  readonly plan;
  readonly addresses = addresses;
  /** Key of somebody whom no store of the house has: one that may do everything. */
  readonly everything: S3Key = { access: "ACCESSEVERYTHING", secret: "secret-of-everything-0123456789" };
  readonly host: string;
  ca = "";
  private readonly programs = new Map<string, Background>();
  private readonly secrets = new Map<string, S3Key>();
  private readonly namespace = `store-${process.pid}`;
  /** Command that everything is started with. */
  private readonly prefix: readonly string[] = ["ip", "netns", "exec", this.namespace];

  constructor(buckets: readonly BucketNeed[]) {
    // Each program ends with this process.
    process.setMaxListeners(Math.max(process.getMaxListeners(), 30));
    this.plan = planStorage({ name: "store", gib: 20, buckets });
    this.host = storageHost("store");
    for (const name of [...buckets.map((bucket) => bucket.name), keeperIdentity])
      this.secrets.set(name, { access: `ACCESS${name.toUpperCase()}`, secret: `secret-of-${name}-0123456789` });
  }

  private inside = (...names: readonly string[]): string => join(this.folder, ...names);

  /** Folders of one host. */
  folders(host: number): Folders {
    const own = (name: string): string => this.inside(`host-${host}`, name);
    return {
      config: this.inside("config"),
      tls: this.inside("tls"),
      scripts: this.inside("scripts"),
      raft: own("raft"),
      objects: own("objects"),
      run: own("run"),
    };
  }

  key(identity: string): S3Key {
    const found = this.secrets.get(identity);
    if (found === undefined) throw new Error(`expected a key of ${identity}, got none`);
    return found;
  }

  /** A client of one host's gateway. */
  client(key: S3Key | undefined, host = 0): S3Client {
    const place = { address: addresses[host] ?? "", port: ports.gateway.s3, host: this.host, ca: this.ca, region };
    return new S3Client(place, key);
  }

  async start(): Promise<void> {
    chmodSync(this.folder, 0o755);
    for (const name of ["config", "tls", "scripts", "work", "database"]) mkdirSync(this.inside(name));
    for (const host of addresses.keys())
      for (const name of ["raft", "objects", "run"]) mkdirSync(this.inside(`host-${host}`, name), { recursive: true });
    this.makeNetwork();
    this.certificates();
    const files = configFiles({ port: databasePort, name: "store", user: "store" }, { tls: this.inside("tls") });
    for (const [name, content] of Object.entries({ ...files, "s3.json": this.identities() }))
      writeFileSync(this.inside("config", name), content);
    for (const scripts of Object.values(storageScripts))
      for (const [name, content] of Object.entries(scripts)) writeFileSync(this.inside("scripts", name), content);
    await this.startDatabase();
    for (const host of addresses.keys()) this.run("master", host);
    for (const host of addresses.keys()) this.run("volume", host);
    // As start-gateway.sh has it: the others wait for the first.
    this.run("gateway", 0);
    await this.serving(0);
    for (const host of [1, 2]) this.run("gateway", host);
    for (const host of [1, 2]) await this.serving(host);
  }

  /** A namespace with one link, to the test. What would go elsewhere is led to the loopback device, where it is counted and refused. */
  private makeNetwork(): void {
    const [inner, outer] = [`si${process.pid}`, `so${process.pid}`];
    const run = (...words: readonly string[]): void =>
      void execFileSync(words[0] ?? "", words.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
    run("ip", "netns", "add", this.namespace);
    run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", this.namespace);
    run("ip", "address", "add", `${outside}/24`, "dev", outer);
    run("ip", "link", "set", outer, "up");
    const within = (...words: readonly string[]): void => run(...this.prefix, ...words);
    for (const address of [...addresses, databaseAddress])
      within("ip", "address", "add", `${address}/24`, "dev", inner);
    within("ip", "link", "set", "lo", "up");
    within("ip", "link", "set", inner, "up");
    within("ip", "route", "add", "default", "dev", "lo");
    execFileSync("ip", ["netns", "exec", this.namespace, "nft", "-f", "-"], {
      input: `table ip sealed {
        chain out {
          type filter hook output priority 0; policy accept;
          ip daddr { 127.0.0.0/8, ${network}.0/24 } accept
          counter name attempts reject
        }
        counter attempts { }
      }`,
    });
  }

  /** Packets that wanted to leave, to anybody but the store's hosts and the test. */
  attempts(): number {
    const answer = execFileSync(
      "ip",
      ["netns", "exec", this.namespace, "nft", "-j", "list", "counter", "ip", "sealed", "attempts"],
      { encoding: "utf8" },
    );
    const [, counter] = (
      JSON.parse(answer) as { readonly nftables: readonly [object, { readonly counter: { readonly packets: number } }] }
    ).nftables;
    return counter.counter.packets;
  }

  /** Waits until a host's gateway serves S3, as its pod's probe asks. */
  async serving(host: number): Promise<void> {
    const asked = {
      STORE_AUTHORITY: this.inside("tls", tlsFiles.authority),
      STORE_HOST: this.host,
      STORE_PORT: `${ports.gateway.s3}`,
    };
    // The probe asks 127.0.0.1 in its pod; here each gateway has an address of its own.
    const script = readFileSync(this.inside("scripts", "answers.sh"), "utf8").replace(
      "127.0.0.1",
      addresses[host] ?? "",
    );
    await until(
      `the gateway of host ${host} to answer`,
      async () => {
        for (const kind of tools) this.programs.get(`${kind}-${host}`)?.mustRun();
        return this.sh(script, asked).status === 0;
      },
      120,
    );
  }

  /** Runs a text of shell with the variables of a pod. */
  sh(script: string, variables: Readonly<Record<string, string>>) {
    const [command = "sh", ...more] = [...this.prefix, "sh", "-s"];
    return spawnSync(command, more, {
      input: script,
      encoding: "utf8",
      env: { PATH: `${makeSeaweedfs()}:/usr/bin:/bin`, ...variables },
    });
  }

  /** The task that makes the buckets, as its pod runs it. */
  makeBuckets(words: readonly string[] = this.plan.buckets.map(bucketWord), host = 0) {
    const { access, secret } = keyVariables(keeperIdentity);
    const key = this.key(keeperIdentity);
    return this.sh(this.resolving(readFileSync(this.inside("scripts", "make-buckets.sh"), "utf8"), host), {
      ...this.scriptVariables(),
      STORE_COPIES: replication,
      STORE_BUCKETS: words.join(" "),
      [access]: key.access,
      [secret]: key.secret,
    });
  }

  /** The nightly task. */
  expire() {
    return this.sh(readFileSync(this.inside("scripts", "expire.sh"), "utf8"), {
      ...this.scriptVariables(),
      STORE_S3_GRPC: `${addresses[0]}:${ports.gateway.s3Grpc}`,
    });
  }

  private scriptVariables(): Record<string, string> {
    return {
      ...this.tokens(),
      STORE_URL: `https://${this.host}:${ports.gateway.s3}`,
      STORE_REGION: region,
      STORE_AUTHORITY: this.inside("tls", tlsFiles.authority),
      STORE_MASTERS: addresses.map((address) => `${address}:${ports.master.http}`).join(","),
      STORE_CONFIG: this.inside("config"),
      STORE_WORK: this.inside("work"),
    };
  }

  /** The store's name leads to a gateway: in a cluster by its service. */
  private resolving = (script: string, host: number): string =>
    script.replaceAll("curl -sS", `curl -sS --resolve ${this.host}:${ports.gateway.s3}:${addresses[host] ?? ""}`);

  private tokens = (): Record<string, string> => ({
    WEED_JWT_SIGNING_KEY: "volume-tokens-of-the-tests",
    WEED_JWT_FILER_SIGNING_KEY: "filer-tokens-of-the-tests",
    WEED_JWT_FILER_SIGNING_READ_KEY: "filer-read-tokens-of-the-tests",
  });

  run(kind: Kind, host: number): void {
    const address = addresses[host] ?? "";
    const place = { self: address, bind: address };
    const settings: CommandSettings = { masters: addresses, folders: this.folders(host) };
    const words = {
      master: () => masterCommand(place, settings),
      volume: () => volumeCommand(place, { ...settings, gib: this.plan.gib }),
      gateway: () => gatewayCommand(place, { ...settings, host: this.host }),
    }[kind]();
    const variables = {
      ...this.tokens(),
      ...(kind === "gateway"
        ? { WEED_POSTGRES2_HOSTNAME: databaseAddress, WEED_POSTGRES2_PASSWORD: "database-password", ...this.keys() }
        : {}),
    };
    const assigned = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    const [command = "", ...more] = [
      ...this.prefix,
      ...["/usr/bin/env", "-i", ...assigned, "HOME=/nonexistent", join(makeSeaweedfs(), "weed")],
      ...words,
    ];
    this.programs.set(`${kind}-${host}`, background(command, more, this.inside(`host-${host}`, "run")));
  }

  /** The rendered identities, and one more. */
  private identities(): string {
    const rendered = JSON.parse(identities(this.plan.buckets)) as { readonly identities: readonly object[] };
    const { access, secret } = this.everything;
    const more = { name: "everything", credentials: [{ accessKey: access, secretKey: secret }], actions: ["Admin"] };
    return JSON.stringify({ ...rendered, identities: [...rendered.identities, more] });
  }

  private keys = (): Record<string, string> =>
    Object.fromEntries(
      [...this.secrets].flatMap(([identity, { access, secret }]) => {
        const names = keyVariables(identity);
        return [
          [names.access, access],
          [names.secret, secret],
        ];
      }),
    );

  /** Ends all programs of a host at once, with SIGKILL. */
  async kill(host: number): Promise<void> {
    await Promise.all(tools.map((kind) => this.programs.get(`${kind}-${host}`)?.stop()));
  }

  log(kind: Kind, host: number): string {
    return this.programs.get(`${kind}-${host}`)?.log() ?? "";
  }

  /** Every byte that a host's volume server has on its disk. */
  disk(host: number): readonly { readonly name: string; readonly bytes: Buffer }[] {
    const place = this.inside(`host-${host}`, "objects");
    return readdirSync(place).map((name) => ({ name, bytes: readFileSync(join(place, name)) }));
  }

  /** Every byte of the database's tables, after it wrote them down. */
  databaseFiles(): readonly { readonly name: string; readonly bytes: Buffer }[] {
    this.sql("CHECKPOINT");
    const place = this.inside("database", "data");
    return readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => ({ name, bytes: readFileSync(join(parentPath, name)) }));
  }

  /** Certificates as the component issues them. */
  private certificates(): void {
    const made = (): string => text(keyOutputs("ECDSA", 0, "P256"), "privateKeyPem") ?? "";
    const authorityKey = made();
    const own = { subject: { commonName: "store store" }, isCaCertificate: true, validityPeriodHours: 24 };
    const holder = holderOf(own, parsedKey(authorityKey));
    const self = { subject: holder.subject, key: parsedKey(authorityKey), keyIdentifier: undefined };
    const authority = certificate(holder, self, {
      ...own,
      allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
    }).pem;
    const issue = (commonName: string, usage: string, names: object): readonly [string, string] => {
      const key = made();
      const inputs = { subject: { commonName }, ...names };
      return [
        certificate(holderOf(inputs, parsedKey(key)), self, {
          validityPeriodHours: 24,
          allowedUses: ["digital_signature", "key_encipherment", usage],
        }).pem,
        key,
      ];
    };
    const server = issue("store-server", "server_auth", {
      dnsNames: [this.host],
      ipAddresses: [...addresses, databaseAddress],
    });
    const client = issue("store-client", "client_auth", {});
    this.ca = authority;
    const files = {
      [tlsFiles.authority]: authority,
      [tlsFiles.serverCertificate]: server[0],
      [tlsFiles.serverKey]: server[1],
      [tlsFiles.clientCertificate]: client[0],
      [tlsFiles.clientKey]: client[1],
      [tlsFiles.database]: authority,
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(this.inside("tls", name), content);
  }

  private async startDatabase(): Promise<void> {
    const place = this.inside("database");
    const [uid = 0, gid = 0] = execFileSync("getent", ["passwd", "postgres"], { encoding: "utf8" })
      .split(":")
      .slice(2, 4)
      .map(Number);
    const files = {
      password: "database-password",
      "tls.crt": readFileSync(this.inside("tls", tlsFiles.serverCertificate)),
      "tls.key": readFileSync(this.inside("tls", tlsFiles.serverKey)),
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content, { mode: 0o600 });
    for (const name of ["", ...Object.keys(files)]) chownSync(join(place, name), uid, gid);
    const as = [...this.prefix, "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
    const data = join(place, "data");
    const [first = "", ...rest] = as;
    execFileSync(
      first,
      [
        ...rest,
        `${postgres}/initdb`,
        ...["-D", data, "--username=store", `--pwfile=${place}/password`, "--auth=scram-sha-256"],
        ...["--locale=C", "--encoding=UTF8", "--no-sync"],
      ],
      { stdio: "pipe" },
    );
    writeFileSync(join(data, "pg_hba.conf"), "hostssl all all all scram-sha-256\n");
    const options = {
      listen_addresses: databaseAddress,
      port: `${databasePort}`,
      unix_socket_directories: "",
      max_connections: "400",
      fsync: "off",
      ssl: "on",
      ssl_cert_file: join(place, "tls.crt"),
      ssl_key_file: join(place, "tls.key"),
    };
    const settings = Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = background(first, [...rest, `${postgres}/postgres`, "-D", data, ...settings], place);
    this.programs.set("database", server);
    await until(
      "PostgreSQL to make a database",
      async () => {
        server.mustRun();
        return this.sql("CREATE DATABASE store", "postgres") !== undefined;
      },
      30,
    );
  }

  /** Answer of the database; undefined where it refuses. */
  sql(statement: string, database = "store"): string | undefined {
    const url = `host=${databaseAddress} port=${databasePort} user=store dbname=${database} sslmode=verify-full sslrootcert=${this.inside("tls", tlsFiles.database)}`;
    const [command = "psql", ...more] = [...this.prefix, "psql", url, "-At", "-c", statement];
    const { status, stdout } = spawnSync(command, more, {
      encoding: "utf8",
      env: { ...process.env, PGPASSWORD: "database-password" },
    });
    return status === 0 ? stdout.trim() : undefined;
  }

  async stop(): Promise<void> {
    for (const program of [...this.programs.values()].reverse()) await program.stop();
    spawnSync("ip", ["netns", "delete", this.namespace]);
    spawnSync("ip", ["link", "delete", `so${process.pid}`]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

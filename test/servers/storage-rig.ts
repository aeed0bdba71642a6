import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
import { type Background, background, until } from "../support/programs/background";
import { makeSeaweedfs } from "../support/programs/seaweedfs";
import { S3Client, type S3Key } from "./s3-client";
import { storageCertificates } from "./storage-certificates";
import { databasePassword, databasePort, startStorageDatabase, type StorageDatabase } from "./storage-database";
import { SealedNetwork } from "./sealed-network";
import { addresses, databaseAddress } from "./storage-network";

/** Programs of Debian that a store of the tests needs. */
export const storagePrograms = ["psql", "setpriv", "curl", "ip", "nft"] as const;

const tools = ["master", "volume", "gateway"] as const;
type Kind = (typeof tools)[number];

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
  private readonly network = new SealedNetwork();
  private readonly prefix = this.network.prefix;
  private database: StorageDatabase | undefined;

  /** @param asPods true if gateways are started by their pods' script, each with processes of its own. */
  constructor(
    buckets: readonly BucketNeed[],
    private readonly asPods = false,
  ) {
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

  /** A port of a host, with what a client knows of it. */
  place = (port: number, host = 0) => ({ address: addresses[host] ?? "", port, host: this.host, ca: this.ca });

  /** A client of one host's gateway. */
  client = (key: S3Key | undefined, host = 0): S3Client =>
    new S3Client({ ...this.place(ports.gateway.s3, host), region }, key);

  async start(): Promise<void> {
    chmodSync(this.folder, 0o755);
    for (const name of ["config", "tls", "scripts", "work", "database"]) mkdirSync(this.inside(name));
    for (const host of addresses.keys())
      for (const name of ["raft", "objects", "run"]) mkdirSync(this.inside(`host-${host}`, name), { recursive: true });
    this.network.start(this.asPods ? { [this.host]: [addresses[0]] } : {}, 4);
    const { ca, files: certificates } = storageCertificates(this.host);
    this.ca = ca;
    for (const [name, content] of Object.entries(certificates)) writeFileSync(this.inside("tls", name), content);
    const files = configFiles({ port: databasePort, name: "store", user: "store" }, { tls: this.inside("tls") });
    for (const [name, content] of Object.entries({ ...files, "s3.json": this.identities() }))
      writeFileSync(this.inside("config", name), content);
    for (const scripts of Object.values(storageScripts))
      for (const [name, content] of Object.entries(scripts)) writeFileSync(this.inside("scripts", name), content);
    this.database = await startStorageDatabase(this.prefix, this.inside("database"), this.inside("tls"));
    for (const host of addresses.keys()) this.run("master", host);
    for (const host of addresses.keys()) this.run("volume", host);
    // As start-gateway.sh has it: the others wait for the first.
    this.run("gateway", 0);
    await this.serving(0);
    for (const host of [1, 2]) this.run("gateway", host);
    for (const host of [1, 2]) await this.serving(host);
  }

  /** Packets that wanted to leave, to anybody but the store's hosts and the test. */
  attempts = (): number => this.network.attempts();

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

  /** One line of the store's own shell, as the scripts give them. @returns what it says. */
  shell(line: string): string {
    const script = `weed -logtostderr=true "-config_dir=$STORE_CONFIG" shell "-master=$STORE_MASTERS" 2>&1 <<END\n${line}\nEND\n`;
    return this.sh(script, this.scriptVariables()).stdout;
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
        ? { WEED_POSTGRES2_HOSTNAME: databaseAddress, WEED_POSTGRES2_PASSWORD: databasePassword, ...this.keys() }
        : {}),
    };
    const assigned = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    const [command = "", ...more] = [
      ...this.prefix,
      ...["/usr/bin/env", "-i", ...assigned, "HOME=/nonexistent"],
      ...(kind === "gateway" && this.asPods ? this.script(host) : []),
      join(makeSeaweedfs(), "weed"),
      ...words,
    ];
    this.programs.set(`${kind}-${host}`, background(command, more, this.inside(`host-${host}`, "run")));
  }

  /** Start of a gateway as in its pod, where the script is the first process and its end is that of all others. */
  private script = (host: number): readonly string[] => [
    "PATH=/usr/bin:/bin",
    `POD_NAME=store-gateway-${host}`,
    `STORE_URL=https://${this.host}:${ports.gateway.s3}`,
    `STORE_AUTHORITY=${this.inside("tls", tlsFiles.authority)}`,
    `STORE_DATABASE_PORT=${databasePort}`,
    `STORE_WORK=${this.folders(host).run}`,
    ...["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", this.inside("scripts", "start-gateway.sh")],
  ];

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

  /** Answer of the database; undefined where it refuses. */
  sql = (statement: string): string | undefined => this.database?.sql(statement);

  async stop(): Promise<void> {
    for (const program of [...this.programs.values()].reverse()) await program.stop();
    await this.database?.stop();
    this.network.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

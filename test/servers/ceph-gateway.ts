import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { S3Client } from "./s3-client";
import { storageCertificates } from "./storage-certificates";
import { tlsFiles } from "../../components/services/storage/settings";

/** Programs of Debian that a gateway of Ceph needs. */
export const cephPrograms = ["ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph"] as const;

const host = "fsn1.store.test";
/** Seconds that the gateway takes for a day of its rules. */
export const daySeconds = 2;

/**
 * Ceph's S3 gateway with one monitor and one store in memory. Keys are subusers of one project, so that policies name them as Hetzner's do:
 * `arn:aws:iam:::user/p<project>:<key>`.
 */
export class CephGateway {
  private readonly folder = mkdtempSync(join(tmpdir(), "sovereign-uc-ceph-"));
  private readonly programs: Background[] = [];
  private readonly ca: string;
  private port = 0;

  constructor(private readonly project: string) {
    const { ca, files } = storageCertificates(host);
    this.ca = ca;
    for (const name of ["mon", "osd", "rgw", "run"]) mkdirSync(this.inside(name));
    writeFileSync(this.inside("server.pem"), `${files[tlsFiles.serverCertificate]}${files[tlsFiles.serverKey]}`);
    chmodSync(this.folder, 0o755);
  }

  private inside = (name: string): string => join(this.folder, name);

  private run(program: string, ...words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(program, [...words, "-c", this.inside("ceph.conf")], {
      encoding: "utf8",
      timeout: 120_000,
    });
    if (status !== 0) throw new Error(`expected ${program} ${words.join(" ")} to succeed, got ${status}: ${stderr}`);
    return stdout;
  }

  private keep(program: string, ...words: readonly string[]): Background {
    const started = background(program, ["-f", ...words, "-c", this.inside("ceph.conf")], this.folder);
    this.programs.push(started);
    return started;
  }

  async start(): Promise<void> {
    const [monitor = 0, port = 0] = await freePorts(2);
    this.port = port;
    const fsid = randomUUID();
    const address = `v2:127.0.0.1:${monitor}`;
    writeFileSync(this.inside("ceph.conf"), this.configuration(fsid, address));
    const ring = this.inside("keyring");
    const caps: Readonly<Record<string, readonly string[]>> = {
      "mon.": ["mon", "allow *"],
      "client.admin": ["mon", "allow *", "osd", "allow *", "mgr", "allow *"],
      "client.rgw": ["mon", "allow rw", "osd", "allow rwx"],
      "osd.0": ["mon", "allow profile osd", "osd", "allow *"],
    };
    for (const [i, [name, of]] of Object.entries(caps).entries()) {
      const rights = of.flatMap((word, at) => (at % 2 === 0 ? ["--cap", word] : [word]));
      this.run("ceph-authtool", ...(i === 0 ? ["--create-keyring"] : []), ring, "--gen-key", "-n", name, ...rights);
    }
    this.run("monmaptool", "--create", "--addv", "a", `[${address}]`, "--fsid", fsid, this.inside("monmap"));
    this.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", this.inside("monmap"), "--keyring", ring);
    this.keep("ceph-mon", "-i", "a");
    const disk = randomUUID();
    await until("the monitor to know the store", () =>
      Promise.resolve(
        spawnSync("ceph", ["-c", this.inside("ceph.conf"), "osd", "new", disk], { timeout: 20_000 }).status === 0,
      ),
    );
    this.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk);
    this.keep("ceph-osd", "-i", "0");
    await until("the store to be up", () => Promise.resolve(this.run("ceph", "osd", "stat").includes("1 up")), 60);
    this.admin("user", "create", "--uid", `p${this.project}`, "--display-name", "project");
    const gateway = this.keep("radosgw", "-n", "client.rgw");
    await until(
      "the gateway to answer",
      () => {
        gateway.mustRun();
        return this.answers();
      },
      120,
    );
  }

  private admin = (...words: readonly string[]): string => this.run("radosgw-admin", "-n", "client.rgw", ...words);

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      request({ host: "127.0.0.1", port: this.port, servername: host, ca: this.ca, path: "/" }, (answer) => {
        answer.resume();
        resolve(true);
      })
        .on("error", () => resolve(false))
        .end();
    });
  }

  private configuration = (fsid: string, address: string): string => `[global]
fsid = ${fsid}
mon host = [${address}]
keyring = ${this.inside("keyring")}
auth allow insecure global id reclaim = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
run dir = ${this.inside("run")}
admin socket =
log file = ${this.inside("run")}/$name.log
mon data = ${this.inside("mon")}
osd data = ${this.inside("osd")}
osd objectstore = memstore
memstore device bytes = 1073741824
mon data avail crit = 1
mon data avail warn = 1
[client.rgw]
rgw data = ${this.inside("rgw")}
keyring = ${this.inside("keyring")}
rgw frontends = beast ssl_endpoint=127.0.0.1:${this.port} ssl_certificate=${this.inside("server.pem")}
rgw lc debug interval = ${daySeconds}
rgw dynamic resharding = false
`;

  /** Makes a key of the project, as the console does: it may do everything there. */
  key(access: string): S3Client {
    const secret = `secret-of-${access}`;
    const of = ["--uid", `p${this.project}`, "--subuser", `p${this.project}:${access}`];
    this.admin("subuser", "create", ...of, "--access", "full");
    this.admin("key", "create", ...of, "--key-type", "s3", "--access-key", access, "--secret", secret);
    return this.client({ access, secret });
  }

  client = (key: ConstructorParameters<typeof S3Client>[1]): S3Client =>
    new S3Client({ address: "127.0.0.1", port: this.port, host, ca: this.ca, region: "fsn1" }, key);

  /** Carries out the buckets' rules now. */
  expire = (): string => this.admin("lc", "process");

  async stop(): Promise<void> {
    for (const program of [...this.programs].reverse()) await program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

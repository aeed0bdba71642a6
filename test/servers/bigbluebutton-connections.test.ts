/**
 * Connections of Scalelite and Greenlight to their database and their cache: the variables that their pods have, read by the libraries that upstream uses (pg 1.4.5 and
 * redis 4.8.0, as Greenlight's Gemfile.lock has them; ActiveRecord as Debian has it), against a PostgreSQL and a Redis with TLS.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { givenCache, givenDatabase } from "../../components/core/given-connections";
import { givenSecret } from "../../components/core/secret";
import { tier } from "../../components/core/tier";
import { railsEnv, railsSecrets } from "../../components/services/bigbluebutton/rails";
import { authority, issue } from "../live/pki";
import { freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";

const script = join(__dirname, "..", "..", "components", "services", "bigbluebutton", "files", "start-rails.sh");
const bin = "/usr/lib/postgresql/15/bin";

/** Asks both, as the programs do: ActiveRecord by DATABASE_URL, the client of Redis by REDIS_URL. */
const ask = `
require "logger"
require "active_record"
require "redis"
ActiveRecord::Base.establish_connection(ENV.fetch("DATABASE_URL"))
row = ActiveRecord::Base.connection.select_rows("SELECT current_user, current_database(), ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
cache = Redis.new(url: ENV.fetch("REDIS_URL"))
cache.set("a", "b")
puts (row.first + [cache.get("a")]).join(" ")
`;

describeWith(
  ["ruby", "redis-server", "../lib/postgresql/15/bin/postgres", "setpriv"],
  "the connections of Scalelite and Greenlight",
  () => {
    let folder: string;
    const running: ChildProcess[] = [];
    let env: Record<string, string>;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "rails-"));
      chmodSync(folder, 0o755);
      const [databasePort = 0, cachePort = 0] = await freePorts(2);
      const ofDatabase = authority("of the database");
      const ofCache = authority("of the cache");
      const keys = join(folder, "keys");
      mkdirSync(keys);
      const data = join(folder, "data");
      mkdirSync(data);
      for (const [name, ca] of [
        ["database", ofDatabase],
        ["cache", ofCache],
      ] as const) {
        const own = issue(ca, { commonName: name, dnsNames: ["localhost"] });
        writeFileSync(join(keys, `${name}.crt`), own.certificate);
        writeFileSync(join(keys, `${name}.key`), own.key, { mode: 0o600 });
        writeFileSync(join(keys, `${name}-ca.crt`), ca.certificate);
      }
      execFileSync("chown", ["-R", "postgres:postgres", data, join(keys, "database.key")]);
      const user = ["--reuid=postgres", "--regid=postgres", "--init-groups"];
      const password = join(folder, "password");
      writeFileSync(password, "of the database");
      execFileSync(
        "setpriv",
        [
          ...user,
          join(bin, "initdb"),
          "--auth=scram-sha-256",
          "-U",
          "own_scalelite",
          `--pwfile=${password}`,
          "-D",
          data,
        ],
        { stdio: "ignore" },
      );
      writeFileSync(join(data, "pg_hba.conf"), "hostssl all all all scram-sha-256\n");
      const tls = ["ssl=on", `ssl_cert_file=${keys}/database.crt`, `ssl_key_file=${keys}/database.key`, "fsync=off"];
      running.push(
        spawn(
          "setpriv",
          [
            ...user,
            join(bin, "postgres"),
            "-D",
            data,
            "-p",
            `${databasePort}`,
            "-h",
            "127.0.0.1,::1",
            "-k",
            data,
          ].concat(tls.flatMap((setting) => ["-c", setting])),
          { stdio: "ignore" },
        ),
        spawn(
          installed("redis-server") ?? "",
          [
            ...["--port", "0", "--tls-port", `${cachePort}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            ...["--tls-cert-file", `${keys}/cache.crt`, "--tls-key-file", `${keys}/cache.key`],
            ...["--tls-ca-cert-file", `${keys}/cache-ca.crt`, "--tls-auth-clients", "no"],
            ...["--requirepass", "a/secret@of:the cache"],
          ],
          { stdio: "ignore" },
        ),
      );
      const database = givenDatabase({
        host: "localhost",
        port: databasePort,
        name: "postgres",
        user: "own_scalelite",
        password: givenSecret("of the database"),
        ca: ofDatabase.certificate,
        peer: tier("data", "records", { postgres: databasePort }),
      });
      const cache = givenCache({
        host: "localhost",
        port: cachePort,
        password: givenSecret("a/secret@of:the cache"),
        ca: ofCache.certificate,
        peer: tier("kept", "kept", { data: cachePort }),
      });
      const trust = join(folder, "trust");
      mkdirSync(trust);
      writeFileSync(join(trust, "database.crt"), ofDatabase.certificate);
      writeFileSync(join(trust, "cache.crt"), ofCache.certificate);
      const secrets = railsSecrets(database, cache, givenSecret("a key of cookies"));
      const inputs = {
        ...railsEnv(database),
        ...Object.fromEntries(Object.entries(secrets).map(([k, { value }]) => [k, value])),
      };
      const values = await new Promise<Record<string, string>>((resolve) => {
        pulumi.all(inputs as Record<string, pulumi.Input<string>>).apply(resolve);
      });
      env = {
        ...values,
        PATH: process.env["PATH"] ?? "",
        HOME: folder,
        PGSSLROOTCERT: join(trust, "database.crt"),
        SSL_CERT_FILE: join(folder, "trust.pem"),
        TRUST: trust,
        SYSTEM_TRUST: "/etc/ssl/certs/ca-certificates.crt",
      };
      await until("both to answer", () => Promise.resolve(asked({}).status === 0), 60);
    }, 180_000);
    afterAll(() => {
      for (const child of running) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });

    const asked = (change: Readonly<Record<string, string>>) =>
      spawnSync("sh", [script, installed("ruby") ?? "", "-e", ask], { env: { ...env, ...change }, encoding: "utf8" });

    it("are encrypted and let in", () => {
      const { stdout, stderr } = asked({});
      expect([stdout, stderr.replaceAll(/.*warning.*\n/g, "")]).toEqual(["own_scalelite postgres true b\n", ""]);
    }, 60_000);

    it("are refused by a cache whose authority was not given", () => {
      const { status, stderr } = asked({ TRUST: join(folder, "keys-of-others") });
      expect([status !== 0, stderr]).toEqual([true, expect.stringContaining("No such file")]);
      mkdirSync(join(folder, "others"));
      writeFileSync(join(folder, "others", "other.crt"), authority("of somebody else").certificate);
      const other = asked({ TRUST: join(folder, "others") });
      expect([other.status !== 0, other.stderr]).toEqual([true, expect.stringContaining("certificate verify failed")]);
    }, 60_000);

    it("are refused by a database whose authority is another, and with another password", () => {
      const other = asked({ PGSSLROOTCERT: join(folder, "trust", "cache.crt") });
      expect([other.status !== 0, other.stderr]).toEqual([true, expect.stringContaining("certificate verify failed")]);
      const wrong = asked({ PGPASSWORD: "another" });
      expect([wrong.status !== 0, wrong.stderr]).toEqual([
        true,
        expect.stringContaining("password authentication failed"),
      ]);
    }, 60_000);
  },
);

import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tlsFiles } from "../../components/services/storage/settings";
import { background, until } from "../support/programs/background";
import { databaseAddress } from "./storage-network";

/** Folder of PostgreSQL's programs on Debian. */
const postgres = "/usr/lib/postgresql/15/bin";

export const databasePort = 5432;
export const databasePassword = "database-password";

/** The database of a store, which takes TLS only. */
export interface StorageDatabase {
  /** Answer of the database; undefined where it refuses. */
  readonly sql: (statement: string, database?: string) => string | undefined;
  readonly stop: () => Promise<void>;
}

/**
 * Starts PostgreSQL with an empty database `store`.
 *
 * @param prefix command that it is started with.
 */
export async function startStorageDatabase(
  prefix: readonly string[],
  place: string,
  tls: string,
): Promise<StorageDatabase> {
  const [uid = 0, gid = 0] = execFileSync("getent", ["passwd", "postgres"], { encoding: "utf8" })
    .split(":")
    .slice(2, 4)
    .map(Number);
  const files = {
    password: databasePassword,
    "tls.crt": readFileSync(join(tls, tlsFiles.serverCertificate)),
    "tls.key": readFileSync(join(tls, tlsFiles.serverKey)),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content, { mode: 0o600 });
  for (const name of ["", ...Object.keys(files)]) chownSync(join(place, name), uid, gid);
  const data = join(place, "data");
  const [first = "", ...as] = [...prefix, "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
  const login = ["--username=store", `--pwfile=${place}/password`, "--auth=scram-sha-256"];
  execFileSync(
    first,
    [...as, `${postgres}/initdb`, "-D", data, ...login, "--locale=C", "--encoding=UTF8", "--no-sync"],
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
  const server = background(first, [...as, `${postgres}/postgres`, "-D", data, ...settings], place);
  const sql = (statement: string, database = "store"): string | undefined => {
    const url = `host=${databaseAddress} port=${databasePort} user=store dbname=${database} sslmode=verify-full sslrootcert=${tls}/${tlsFiles.database}`;
    const [command = "psql", ...more] = [...prefix, "psql", url, "-At", "-c", statement];
    const env = { ...process.env, PGPASSWORD: databasePassword };
    const { status, stdout } = spawnSync(command, more, { encoding: "utf8", env });
    return status === 0 ? stdout.trim() : undefined;
  };
  await until(
    "PostgreSQL to make a database",
    async () => {
      server.mustRun();
      return sql("CREATE DATABASE store", "postgres") !== undefined;
    },
    60,
  );
  return { sql, stop: () => server.stop() };
}

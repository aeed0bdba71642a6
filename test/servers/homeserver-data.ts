import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheUsers, replicaConfig } from "../../components/kubernetes/cache/valkey";
import { type Background, background, until } from "../support/programs/background";
import { installed } from "../support/programs/programs";

/** Folder of PostgreSQL's programs on Debian. */
export const postgres = "/usr/lib/postgresql/15/bin";

interface Place {
  readonly folder: string;
  readonly tls: { readonly certificate: string; readonly privateKey: string };
  readonly address: string;
  readonly port: number;
  /** Words before the program's own. @default [] */
  readonly before?: readonly string[];
}

/** PostgreSQL with databases as a homeserver wants them, over TLS only for those who verify it. */
export async function startDatabase({
  folder,
  tls,
  address,
  port,
  before = [],
  host,
  user,
  password,
  databases,
}: Place & {
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly databases: readonly string[];
}): Promise<Background> {
  const [uid = 0, gid = 0] = execFileSync("getent", ["passwd", "postgres"], { encoding: "utf8" })
    .split(":")
    .slice(2, 4)
    .map(Number);
  const place = join(folder, "database");
  chmodSync(folder, 0o755);
  mkdirSync(place);
  const files = { password, "tls.crt": tls.certificate, "tls.key": tls.privateKey };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
  for (const name of ["", ...Object.keys(files)]) {
    chownSync(join(place, name), uid, gid);
    if (name !== "") chmodSync(join(place, name), 0o600);
  }
  const as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
  const data = join(place, "data");
  const login = [`--username=${user}`, `--pwfile=${place}/password`, "--auth=scram-sha-256"];
  const [setpriv = "", ...others] = as;
  execFileSync(
    setpriv,
    [...others, `${postgres}/initdb`, "-D", data, ...login, "--locale=C", "--encoding=UTF8", "--no-sync"],
    { stdio: "pipe" },
  );
  const options = {
    listen_addresses: address,
    port: `${port}`,
    unix_socket_directories: "",
    fsync: "off",
    ssl: "on",
    ssl_cert_file: join(place, "tls.crt"),
    ssl_key_file: join(place, "tls.key"),
  };
  if (address !== "127.0.0.1")
    writeFileSync(join(data, "pg_hba.conf"), "hostssl all all 0.0.0.0/0 scram-sha-256\n", { flag: "a" });
  const settings = Object.entries(options).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const [program = "", ...words] = [...before, ...as, `${postgres}/postgres`, "-D", data, ...settings];
  const server = background(program, words, folder);
  const url = `host=${host} port=${port} user=${user} dbname=postgres sslmode=verify-full sslrootcert=${place}/tls.crt`;
  const create = (name: string): boolean => {
    try {
      const [psql = "", ...rest] = [...before, "psql", url, "-c", `CREATE DATABASE ${name}`];
      execFileSync(psql, rest, { env: { ...process.env, PGPASSWORD: password }, stdio: "pipe" });
      return true;
    } catch {
      return false;
    }
  };
  for (const name of databases) await until(`PostgreSQL to make the database ${name}`, async () => create(name), 30);
  return server;
}

/** A cache, alone, so without replicas that it could wait for. Its certificate is read from `cache/tls`. */
export function startCache({
  folder,
  address,
  port,
  before = [],
  password,
}: Omit<Place, "tls"> & { readonly password: string }): Background {
  writeFileSync(
    join(folder, "cache/users.acl"),
    cacheUsers({ clients: [password], internal: "internal", proxy: "proxy" }),
  );
  writeFileSync(join(folder, "cache/valkey.conf"), replicaConfig(64, join(folder, "cache")));
  const [program = "", ...words] = [
    ...before,
    installed("redis-server") ?? "",
    join(folder, "cache/valkey.conf"),
    ...["--bind", address, "--tls-port", `${port}`, "--min-replicas-to-write", "0"],
    ...["--aclfile", join(folder, "cache/users.acl")],
  ];
  return background(program, words, folder);
}

/** Ground of the tests' identity servers: namespaces without a route, and a database. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { keycloakPorts } from "../../components/services/identity/settings";
import { type Background, background, until } from "../support/programs/background";

const postgres = "/usr/lib/postgresql/15/bin";

/** Host name of the database. */
export const databaseHost = "db.crisis.example.ch";

/** A server's place. */
interface Wired {
  readonly space: string;
  readonly number: number;
  readonly address: string;
}

/** A bridge that leads to the database alone; each namespace has a filter with what the policy opens. */
export function wire(bridge: string, net: string, nodes: readonly Wired[]): void {
  const ip = (...words: readonly string[]): void => void execFileSync("ip", [...words], { stdio: "pipe" });
  ip("link", "add", bridge, "type", "bridge");
  ip("address", "add", `${net}.1/24`, "dev", bridge);
  ip("link", "set", bridge, "up");
  const { http, management, cluster, failures } = keycloakPorts;
  for (const { space, number, address } of nodes) {
    mkdirSync(`/etc/netns/${space}`, { recursive: true });
    writeFileSync(
      `/etc/netns/${space}/hosts`,
      `127.0.0.1 localhost\n${net}.1 ${databaseHost}\n${address} ${space} ${hostname()}\n`,
    );
    writeFileSync(`/etc/netns/${space}/resolv.conf`, "nameserver 192.0.2.53\n");
    ip("netns", "add", space);
    const outer = `${bridge}-${number}`;
    ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", space);
    ip("link", "set", outer, "master", bridge, "up");
    const inside = ["netns", "exec", space, "ip"] as const;
    ip(...inside, "link", "set", "lo", "up");
    ip(...inside, "address", "add", `${address}/24`, "dev", "eth0");
    ip(...inside, "link", "set", "eth0", "up");
    const peers = `${net}.11-${net}.12`;
    const filter = `table inet wall {
        chain in { type filter hook input priority 0; policy drop;
          iif lo accept; ct state established,related accept;
          ip saddr ${net}.1 tcp dport { ${http}, ${management} } accept
          ip saddr ${peers} tcp dport { ${cluster}, ${failures} } accept
        }
        chain out { type filter hook output priority 0; policy drop;
          oif lo accept; ct state established,related accept;
          ip daddr ${net}.1 tcp dport 5432 accept
          ip daddr ${peers} tcp dport { ${cluster}, ${failures} } accept
        }
      }`;
    execFileSync("ip", ["netns", "exec", space, "nft", "-f", "-"], {
      input: filter,
      stdio: ["pipe", "pipe", "pipe"],
    });
  }
}

/** A real PostgreSQL with a database "login", which takes connections over TLS alone. */
export async function startDatabase(
  folder: string,
  net: string,
  {
    password,
    tls,
  }: { readonly password: string; readonly tls: { readonly certificate: string; readonly privateKey: string } },
): Promise<Background> {
  const [uid = 0, gid = 0] = execFileSync("getent", ["passwd", "postgres"], { encoding: "utf8" })
    .split(":")
    .slice(2, 4)
    .map(Number);
  const place = join(folder, "database");
  chmodSync(folder, 0o755);
  mkdirSync(place);
  const files = {
    password,
    "tls.crt": tls.certificate,
    "tls.key": tls.privateKey,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text, { mode: 0o600 });
  for (const name of ["", ...Object.keys(files)]) chownSync(join(place, name), uid, gid);
  const as = ["--reuid=postgres", "--regid=postgres", "--clear-groups"];
  const data = join(place, "data");
  const login = ["--username=login", `--pwfile=${place}/password`, "--auth=scram-sha-256"];
  const locale = ["--locale=C.UTF-8", "--encoding=UTF8", "--no-sync"];
  execFileSync("setpriv", [...as, `${postgres}/initdb`, "-D", data, ...login, ...locale], { stdio: "pipe" });
  const options = {
    listen_addresses: `${net}.1`,
    unix_socket_directories: "",
    fsync: "off",
    ssl: "on",
    ssl_cert_file: join(place, "tls.crt"),
    ssl_key_file: join(place, "tls.key"),
  };
  const settings = Object.entries(options).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  // The namespaces reach it, and it trusts passwords alone.
  writeFileSync(join(data, "pg_hba.conf"), "hostssl all all all scram-sha-256\n");
  const records = background("setpriv", [...as, `${postgres}/postgres`, "-D", data, ...settings], folder);
  const url = `host=${net}.1 user=login dbname=postgres sslmode=require`;
  const create = (): boolean =>
    spawnSync("psql", [url, "-c", "CREATE DATABASE login"], {
      env: { ...process.env, PGPASSWORD: password },
      stdio: "pipe",
    }).status === 0;
  await until("PostgreSQL to make a database", async () => create(), 60);
  return records;
}

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runs } from "../folders";
import { type Layer, slim, users } from "../layers";
import type { StandIn } from "../stand-in";

const layer: Layer = {
  name: "postgres",
  parent: slim,
  packages: [
    "ca-certificates",
    "openssl",
    "patroni",
    "pgbackrest",
    "postgresql-15",
    "procps",
    "python3",
    "python3-psycopg2",
  ],
  // What only compiling queries would take, and what Debian's own wrappers around the programs take.
  without: /^(libllvm14|libz3-4|libedit2|libbsd0|postgresql-common|postgresql-client-common|ssl-cert|lsb-release)$/,
  finish: async (root) => {
    await users(root, "postgres:1000:/home/postgres:/bin/bash");
    await mkdir(join(root, "home/postgres"), { recursive: true });
    await runs("chown", ["1000:1000", join(root, "home/postgres")]);
    await runs("sh", [
      "-c",
      `rm -rf "$0"/usr/lib/postgresql/15/lib/llvmjit* "$0"/usr/lib/postgresql/15/lib/bitcode "$0"/etc/init.d`,
      root,
    ]);
  },
};

export const postgres: StandIn = {
  user: "postgres",
  entrypoint: ["/docker-entrypoint.sh"],
  command: ["postgres"],
  environment: {
    PATH: "/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    PGDATA: "/home/postgres/pgdata/data",
    PGBACKREST_CONFIG: "/home/postgres/pgdata/backup/pgbackrest.conf",
    PGBACKREST_STANZA: "poddb",
    LC_ALL: "C.UTF-8",
    LANG: "C.UTF-8",
  },
  workingDirectory: "/home/postgres",
  stopSignal: "SIGINT",
  layer,
  // Its entry command belongs to TimescaleDB and is never used: the manifests give their own.
  fill: async () => {},
  proves:
    "real Patroni, PostgreSQL and pgBackRest run as the manifests say: user, read-only root, volumes, certificates, rights in Kubernetes, policies; fail-over, archive and restore",
  doesNotProve:
    "what differs between Patroni 3.0, PostgreSQL 15, pgBackRest 2.45 (Debian's) and 4.1, 17, 2.5x (deployed); upstream's extensions, of which none is loaded",
  source: "timescale/timescaledb-docker-ha ae77e28, Dockerfile",
};

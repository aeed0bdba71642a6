/** Paths inside the pods of a PostgreSQL cluster. */
export const paths = {
  /** Mount of the host's volume. */
  volume: "/postgres",
  data: "/postgres/data",
  /** Sockets, in memory. */
  socket: "/run/postgres",
  tls: "/etc/postgres/tls",
  configuration: "/etc/postgres/configuration",
  scripts: "/etc/postgres/scripts",
  roles: "/etc/postgres/roles",
} as const;

/** Ports of an instance: PostgreSQL, and Patroni's API. */
export const ports = { postgres: 5432, patroni: 8008 } as const;

/** Port on loopback that leads to the archive through the gateways' proxies. */
export const archivePort = 8443;

/** pgBackRest's name for a cluster inside its repository. */
export const stanza = "main";

/** Label of Patroni's objects with the name of their cluster. */
export const scopeLabel = "sovereign-uc/postgres";

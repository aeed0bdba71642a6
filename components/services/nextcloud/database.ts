/** Variables by which libpq finds limits: PHP builds its connection string itself and has no place for them. */
export const limitsVariables = (folder: string): { readonly PGSERVICEFILE: string; readonly PGSERVICE: string } => ({
  PGSERVICEFILE: `${folder}/${limitsFile}`,
  PGSERVICE: service,
});

/** Name of the file of limits. */
export const limitsFile = "pg_service.conf";

const service = "hub";

/**
 * Limits of the client of PostgreSQL on a database that falls silent, as when its host has died. What was sent and not answered for 20 seconds ends the connection; who
 * only waits for an answer asks for a sign of life after ten seconds, and gives up after 10 + 3 * 5. Without them the kernel goes on for a quarter of an hour, or for two
 * hours. What PHP's connection string says counts more: a connection is waited for 30 seconds at most (PDO::ATTR_TIMEOUT).
 */
const limits = {
  keepalives_idle: 10,
  keepalives_interval: 5,
  keepalives_count: 3,
  tcp_user_timeout: 20_000,
};

/** The file of limits: a service of libpq's that says nothing else. */
export const limitsText = (): string =>
  [`[${service}]`, ...Object.entries(limits).map(([key, value]) => `${key}=${value}`), ""].join("\n");

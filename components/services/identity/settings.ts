import { type Tier, tier } from "../../core/tier";

/**
 * Ports of a server: clients behind the edge, health and metrics, the cluster of servers, and the connections by which each notices the end of another: JGroups takes
 * 50,000 more than the cluster's port for those (FD_SOCK2, seen on a running server).
 */
export const keycloakPorts = { http: 8080, management: 9000, cluster: 7800, failures: 57_800 } as const;

/** User of upstream's image: quarkus/container/Dockerfile. */
export const keycloakUser = 1000;

/** User of Node's image. */
export const nodeUser = 1000;

/** Path of health on the management port. It answers 200 once the server has its database and all of itself; the port listens long before. */
export const readyPath = "/health/ready";

/** Path of liveness on the management port. */
export const alivePath = "/health/live";

/** Connections that one server holds to its database: `db-pool-min-size` and `db-pool-max-size`; upstream's own most is 100. */
export const databaseConnections = { least: 2, most: 15 } as const;

/** Folders inside the pods. */
export const folders = {
  /** Upstream's home in its image. */
  image: "/opt/keycloak",
  /** Home of the server that runs: built before it starts. */
  server: "/server",
  scripts: "/scripts",
  trust: "/trust",
  realm: "/realm",
  secrets: "/secrets",
} as const;

/** Files below the folder of authorities. */
export const trustFiles = { database: "database.crt", directory: "directory.crt", web: "web.crt" } as const;

/** Client of the realm `master` by which the realm is kept as planned. It is a service: no administrator has a password. */
export const keeperClient = "realm-keeper";

/** Seconds of sessions and tokens. */
export const lifetimes = {
  token: 300,
  idle: 1_800,
  session: 36_000,
  /** Time to sign in, an enrolment of a second factor included. */
  login: 1_800,
  events: 2_592_000,
} as const;

/** Roles of people, and the claim of every token that has them. */
export const roles = { moderator: "moderator", administrator: "administrator" } as const;
export const rolesClaim = "roles";

/** Servers, as databases and the edge see them. */
export const serverTier = (name: string): Tier<keyof typeof keycloakPorts> =>
  tier(name, `${name}-server`, keycloakPorts);

/** The task that keeps the realm as planned. */
export const realmTier = (name: string): Tier => tier(name, `${name}-realm`, {});

/** Address of the realm: the issuer of its tokens. */
export const issuerOf = (url: string, realm: string): string => `${url}/realms/${realm}`;

/** Paths that clients must not reach: administration, the servers' own figures, and ways in that nobody uses. */
export const closedPaths = (realm: string): readonly string[] => [
  "/admin",
  "/realms/master",
  "/health",
  "/metrics",
  `/realms/${realm}/clients-registrations`,
  `/realms/${realm}/protocol/saml`,
];

/**
 * Features that nobody here uses: sign-in without a browser, in somebody else's name, by a ticket of a domain, or in exchange for another token.
 * Names: `kc.sh build --help-all` of 26.7.3.
 */
export const disabledFeatures = [
  "ciba",
  "device-flow",
  "impersonation",
  "kerberos",
  "token-exchange-standard",
] as const;

/** Settings of a server: plain values, no secrets. */
export interface ServerSettings {
  /** Address that browsers and services know. */
  readonly url: string;
  /** Addresses whose word about clients' addresses counts: the edge's pods. */
  readonly proxies: string;
}

/**
 * Settings that a server is built with, as variables: `kc.sh build --help-all` of 26.7.3 has them, and a server that is started with others would have to be
 * built again.
 */
export const buildEnv = (): Readonly<Record<string, string>> => ({
  KC_DB: "postgres",
  KC_HEALTH_ENABLED: "true",
  KC_METRICS_ENABLED: "true",
  KC_TRACING_ENABLED: "false",
  KC_FEATURES_DISABLED: disabledFeatures.join(","),
  // The library that makes the database's tables tells its maker, in the United States, that it runs, unless told not to.
  LIQUIBASE_ANALYTICS_ENABLED: "false",
});

/** Settings that a server starts with. What differs between pods or is known only late comes beside them. */
export const serverEnv = ({ url, proxies }: ServerSettings): Readonly<Record<string, string>> => ({
  ...buildEnv(),
  KC_HOSTNAME: url,
  // Administrators come through a port that kubectl forwards: the edge answers 404 there.
  KC_HOSTNAME_ADMIN: `http://localhost:${keycloakPorts.http}`,
  KC_HTTP_ENABLED: "true",
  KC_HTTP_PORT: `${keycloakPorts.http}`,
  KC_HTTP_MANAGEMENT_PORT: `${keycloakPorts.management}`,
  KC_PROXY_HEADERS: "xforwarded",
  KC_PROXY_TRUSTED_ADDRESSES: proxies,
  KC_CACHE: "ispn",
  KC_CACHE_STACK: "jdbc-ping",
  KC_CACHE_EMBEDDED_MTLS_ENABLED: "true",
  KC_CACHE_EMBEDDED_NETWORK_BIND_PORT: `${keycloakPorts.cluster}`,
  KC_DB_POOL_INITIAL_SIZE: `${databaseConnections.least}`,
  KC_DB_POOL_MIN_SIZE: `${databaseConnections.least}`,
  KC_DB_POOL_MAX_SIZE: `${databaseConnections.most}`,
  KC_LOG_CONSOLE_OUTPUT: "json",
  // Who signed in, and who did not, each a line of the log.
  KC_SPI_EVENTS_LISTENER__JBOSS_LOGGING__SUCCESS_LEVEL: "info",
  KC_SPI_EVENTS_LISTENER__JBOSS_LOGGING__ERROR_LEVEL: "warn",
  // Otherwise cookies name the pod.
  KC_SPI_STICKY_SESSION_ENCODER__INFINISPAN__SHOULD_ATTACH_ROUTE: "false",
  KC_BOOTSTRAP_ADMIN_CLIENT_ID: keeperClient,
});

/** Address of the database for the driver. A server that is gone is noticed after a minute at most: it has no keepalives of its own. */
export const databaseUrl = (host: string, port: number, name: string, trust: string): string => {
  const properties = new URLSearchParams({
    sslmode: "verify-full",
    sslrootcert: `${trust}/${trustFiles.database}`,
    tcpKeepAlive: "true",
    connectTimeout: "5",
    socketTimeout: "60",
  });
  return `jdbc:postgresql://${host}:${port}/${name}?${properties.toString()}`;
};

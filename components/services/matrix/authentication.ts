import { authenticationPorts, databaseConnections, providerId, secretFiles, trustFiles } from "./settings";

/** Settings of the servers that sign people in: plain values, no secrets. */
export interface AuthenticationSettings {
  readonly domain: string;
  readonly serverName: string;
  readonly database: { readonly port: number; readonly name: string; readonly user: string };
  readonly login: { readonly issuer: string; readonly clientId: string };
  /** Address of the homeserver's main process. */
  readonly homeserver: string;
  /** Addresses whose word about a client's address counts. */
  readonly proxies: readonly string[];
  readonly folders: { readonly secrets: string; readonly trust: string };
  /** Address that it listens on. @default - all */
  readonly address?: string;
  /** Entries that an installation outside upstream's image needs. @default {} */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Secret files of theirs, by name. */
export const authenticationFiles = {
  database: "database",
  encryption: "encryption",
  signing: "signing.pem",
  loginClient: secretFiles.loginClient,
  homeserver: secretFiles.authentication,
} as const;

/**
 * Configuration of Matrix Authentication Service: everybody signs in at the identity provider, nobody by a password or a mail address of its own, and nobody is told
 * figures. Keys: element-hq/matrix-authentication-service 682b8d2 crates/config/src/sections.
 */
export const authenticationConfig = (settings: AuthenticationSettings): string => {
  const { domain, serverName, database, login, homeserver, proxies, folders, address = "0.0.0.0", more } = settings;
  const secret = (name: string): string => `${folders.secrets}/${name}`;
  const listener = (name: string, port: number, resources: readonly string[]) => ({
    name,
    // Upstream's own is on loopback, where nobody can ask for health.
    binds: [{ address: `${address}:${port}` }],
    resources: resources.map((resource) => ({ name: resource })),
  });
  return `${JSON.stringify(
    {
      http: {
        public_base: `https://${domain}/`,
        issuer: `https://${domain}/`,
        trusted_proxies: proxies,
        listeners: [
          listener("web", authenticationPorts.http, ["discovery", "human", "oauth", "compat", "graphql", "assets"]),
          listener("internal", authenticationPorts.management, ["health", "prometheus"]),
        ],
      },
      // The host comes as PGHOST: it may be known only later.
      database: {
        port: database.port,
        username: database.user,
        password_file: secret(authenticationFiles.database),
        database: database.name,
        ssl_mode: "verify-full",
        ssl_ca_file: `${folders.trust}/${trustFiles.database}`,
        max_connections: databaseConnections.most,
        connect_timeout: 5,
      },
      secrets: {
        encryption_file: secret(authenticationFiles.encryption),
        keys: [{ kid: "rsa", key_file: secret(authenticationFiles.signing) }],
      },
      matrix: {
        kind: "synapse_modern",
        homeserver: serverName,
        secret_file: secret(authenticationFiles.homeserver),
        endpoint: homeserver,
      },
      upstream_oauth2: {
        providers: [
          {
            id: providerId,
            // People that the homeserver knows from signing them in itself.
            synapse_idp_id: "oidc-login",
            human_name: "Login",
            issuer: login.issuer,
            client_id: login.clientId,
            client_secret_file: secret(authenticationFiles.loginClient),
            token_endpoint_auth_method: "client_secret_basic",
            scope: "openid profile",
            pkce_method: "always",
            claims_imports: {
              subject: { template: "{{ user.sub }}" },
              skip_confirmation: true,
              localpart: { action: "require", template: "{{ user.preferred_username }}" },
              displayname: { action: "force", template: "{{ user.name }}" },
              email: { action: "ignore" },
            },
            // Who leaves at the provider leaves here.
            on_backchannel_logout: "logout_all",
          },
        ],
      },
      passwords: { enabled: false },
      account: {
        email_change_allowed: false,
        displayname_change_allowed: false,
        password_registration_enabled: false,
        password_change_allowed: false,
        password_recovery_enabled: false,
        account_deactivation_allowed: false,
        login_with_email_allowed: false,
      },
      email: { from: `nobody@${domain}`, reply_to: `nobody@${domain}`, transport: "blackhole" },
      captcha: { service: null },
      telemetry: {
        tracing: { exporter: "none" },
        metrics: { exporter: "prometheus" },
        sentry: { dsn: null },
      },
      ...more,
    },
    undefined,
    2,
  )}\n`;
};

import type { Upstream } from "../../core/upstream";
import { elementConfig } from "./element";
import { homeserverGroups } from "./homeserver";
import { matrixImages } from "./images";
import { folders } from "./settings";
import { pageFrame } from "./page";

const synapse = (path: string): string => `element-hq/synapse a58ad44 ${path}`;
const boto = (path: string): string => `PyPI botocore 1.44.8 ${path}`;
const authentication = (path: string): string =>
  `element-hq/matrix-authentication-service 682b8d2 (1.22.0) crates/${path}`;
const element = (path: string, revision: string): string => `element-hq/element-web ${revision} apps/web/${path}`;
const calls = (path: string): string => `element-hq/lk-jwt-service a375b13 (after v0.5.0) ${path}`;

const worker = synapse("synapse/config/workers.py");
const option = element("src/IConfigOptions.ts", "1cb2254");

/** Every key of the homeserver's configuration: with all that it can be connected to. */
const groups = homeserverGroups({
  serverName: "",
  domain: "",
  database: { port: 0, name: "", user: "" },
  login: { issuer: "", clientId: "" },
  cache: { host: "", port: 0 },
  bucket: { endpoint: "", bucket: "", region: "" },
  turn: { urls: [], credentialSeconds: 0 },
  folders,
  workers: { main: "", writer: { name: "writer", host: "" }, media: "", sender: { name: "sender", host: "" } },
  federation: ["partner"],
  federationCa: true,
  identifies: true,
  calls: true,
  keepDays: 1,
  authentication: "http://authentication/",
  wellKnown: { entry: "" },
});

/** Keys that Element's program has values of its own for. */
const defaults: Readonly<Record<string, true>> = Object.fromEntries(
  [
    ...["brand", "branding", "help_url", "help_encryption_url", "help_key_storage_url"],
    ...["integrations_ui_url", "integrations_rest_url", "show_labs_settings", "force_verification"],
    ...["jitsi", "element_call", "feedback", "desktop_builds", "mobile_builds"],
  ].map((key) => [key, true]),
);

const shown = { domain: "", serverName: "", federation: {} };

/** Sources of everything that is written for Matrix. The keys of `homeserver.yaml` stand beside their files in homeserver.ts. */
export const upstream: Upstream = {
  variables: {
    [matrixImages.synapse.path]: {
      PGHOST: "postgres/postgres 0028b55 src/interfaces/libpq/fe-connect.c, PQconninfoOptions",
      PGPASSWORD: "postgres/postgres 0028b55 src/interfaces/libpq/fe-connect.c, PQconninfoOptions",
      SYNAPSE_WORKER: synapse("docker/start.py"),
      HTTPS_PROXY: synapse("synapse/config/server.py, getproxies_environment"),
      NO_PROXY: synapse("synapse/config/server.py, getproxies_environment"),
      AWS_CA_BUNDLE: boto("configprovider.py"),
      AWS_EC2_METADATA_DISABLED: boto("utils.py, IMDSFetcher"),
      AWS_ACCESS_KEY_ID: boto("credentials.py, EnvProvider"),
      AWS_SECRET_ACCESS_KEY: boto("credentials.py, EnvProvider"),
    },
    [matrixImages.authentication.path]: {
      PGHOST: `launchbadge/sqlx 0.8.6 sqlx-postgres/src/options/mod.rs, PgConnectOptions::new, through ${authentication("cli/src/util.rs")}`,
      SSL_CERT_FILE:
        "rustls-native-certs 0.8.1 src/lib.rs, through rustls-platform-verifier 0.7.0 src/verification/others.rs; read, not run",
    },
    [matrixImages.calls.path]: {
      LIVEKIT_URL: calls("config.go"),
      LIVEKIT_KEY: calls("config.go"),
      LIVEKIT_SECRET: calls("config.go"),
      LIVEKIT_FULL_ACCESS_HOMESERVERS: calls("config.go"),
      LIVEKIT_JWT_BIND: calls("config.go"),
      SSL_CERT_FILE: "golang/go 1.26.8 src/crypto/x509/root_unix.go",
    },
  },
  files: {
    "homeserver.yaml": Object.fromEntries(
      groups.flatMap(({ file, keys }) => Object.keys(keys).map((key) => [key, synapse(file)])),
    ),
    "worker.yaml": { worker_app: worker, worker_listeners: worker, worker_log_config: worker },
    "readers.list": { "each path": synapse("docs/workers.md; synapse/rest/client/sync.py for sliding sync") },
    "questions.list": { "each path": synapse("docs/workers.md, endpoints that can be handled for GET requests") },
    "haproxy.cfg": { "each word": "haproxy/haproxy v3.2.0 doc/configuration.txt; run with Debian's 2.6.12" },
    "config.yaml": Object.fromEntries(
      Object.entries({
        http: "http",
        database: "database",
        secrets: "secrets",
        matrix: "matrix",
        upstream_oauth2: "upstream_oauth2",
        passwords: "passwords",
        account: "account",
        email: "email",
        captcha: "captcha",
        telemetry: "telemetry",
      }).map(([key, file]) => [key, authentication(`config/src/sections/${file}.rs`)]),
    ),
    "nginx.conf": {
      "each word": "nginx/nginx release-1.28.0 src/http; run with Debian's 1.22.1",
      "root /app": element("Dockerfile", "02ac72b"),
      "no-cache": element("docker/nginx-templates/default.conf.template", "1529010"),
      "config.<host>.json wins over config.json": element("src/vector/getconfig.ts", "395a383, from its test"),
    },
    "config.json": Object.fromEntries(
      Object.keys(JSON.parse(elementConfig(shown)) as object).map((key) => [
        key,
        key in defaults ? element("src/SdkConfig.ts, DEFAULTS", "014ee77") : option,
      ]),
    ),
    [pageFrame]: {
      "title, header, body": synapse("synapse/res/templates/*.html"),
      "style.css": synapse("synapse/res/templates/_base.html"),
    },
    "log.yaml": Object.fromEntries(
      ["version", "formatters", "handlers", "loggers", "root", "disable_existing_loggers"].map((key) => [
        key,
        `CPython 3.11.2 Lib/logging/config.py, DictConfigurator.configure, through ${synapse("synapse/config/logger.py")}`,
      ]),
    ),
  },
  behaviour: {
    "homeserver.yaml": {
      "SSL_CERT_FILE, where it sends people to the provider itself": `openssl/openssl 01ead29 include/internal/cryptlib.h, through platformTrust in ${synapse("synapse/crypto/context_factory.py")}`,
      "a list of homeservers that is empty is nobody": synapse("synapse/config/federation.py"),
    },
    "start-worker.sh": {
      "later files win over earlier ones, key by key": synapse("synapse/config/_base.py, read_config_files"),
    },
    "phones.js": {
      skip_mobile_redirect: element("src/vector/mobile_guide/index.ts", "1c6a8dd"),
      "element_mobile_redirect_to_guide, which goes to /mobile_guide/ before config.json is read": element(
        "src/vector/index.ts",
        "014ee77",
      ),
    },
    "config.yaml": {
      "issuer, client and its secret of the provider, what is imported": authentication(
        "config/src/sections/upstream_oauth2.rs",
      ),
      "a listener's binds and resources": authentication("config/src/sections/http.rs"),
    },
  },
};

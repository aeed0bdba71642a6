import type { Upstream } from "../../core/upstream";
import { hubConfig } from "./config";
import { nextcloudImages } from "./images";

const release = "Nextcloud 32.0.1";
const server = (path: string): string => `${release} ${path}; it ran with what is rendered`;
const sample = server("config/config.sample.php");
const signaling = (path: string): string => `strukturag/nextcloud-spreed-signaling 6046e47 (v2.1.1) ${path}`;
const recording = (path: string): string => `nextcloud/nextcloud-talk-recording 1c76918 ${path}`;
const janus = (path: string): string => `Janus 1.1.2 as Debian has it, ${path}; it ran with what is rendered`;
const go = "Go 1.26.8 crypto/x509/root_unix.go";
const libpq = "postgres/postgres 0028b55 src/interfaces/libpq/fe-connect.c";
const talk = (path: string): string => `nextcloud/spreed ${path}`;

/** Settings that have no row in the sample: the file that reads each. */
const elsewhere: Readonly<Record<string, string>> = {
  default_certificates_bundle_path:
    "nextcloud/server after 32.0.1 lib/private/Security/CertificateManager.php, read as stored in 2026-11",
  setup_create_db_user: server("lib/private/Setup/AbstractDatabase.php"),
  "log.condition": sample,
  log_type_audit: sample,
  user_oidc: "nextcloud/user_oidc 46ae8fd README.md",
};

const settings = Object.keys(
  hubConfig({
    name: "",
    domain: "",
    proxies: "",
    folders: { data: "", trust: "", run: "" },
    database: { name: "", user: "" },
    cache: { port: 0 },
    store: { host: "", port: 0, bucket: "", region: "", encrypted: true, proxy: "" },
    relay: { host: "", port: 465, user: "", from: "" },
  }),
);

/** Sources of everything that is written for Nextcloud. */
export const upstream: Upstream = {
  variables: {
    [nextcloudImages.nextcloud.path]: {
      HOME: "libpq 15.18 fe-connect.c: the folder of files of its own",
      PGSERVICE: `${libpq}, parseServiceInfo`,
      PGSERVICEFILE: `${libpq}, parseServiceInfo; run with pdo_pgsql of PHP 8.2.36`,
      NEXTCLOUD_CONFIG_DIR: server("lib/base.php, initPaths"),
      PHP_INI_SCAN_DIR: "PHP 8.2.36 main/php_ini.c",
    },
    [nextcloudImages.signaling.path]: { SSL_CERT_FILE: go },
    [nextcloudImages.recorder.path]: {
      HOME: "Firefox toolkit/xre/nsXREDirProvider.cpp: the folder of its profile; nextcloud/all-in-one 50636f2 Containers/talk-recording/Dockerfile has /tmp",
      REQUESTS_CA_BUNDLE: "requests 2.32 sessions.py, merge_environment_settings",
    },
  },
  files: {
    "settings.json": Object.fromEntries(settings.map((key) => [key, elsewhere[key] ?? sample])),
    "keep.json": {
      enabled: server("core/Command/App/Enable.php, app:enable"),
      disabled: server("core/Command/App/Disable.php, app:disable"),
      values: server("core/Command/Config/App/SetConfig.php, config:app:set"),
      certificates: server("core/Command/Security/ImportCertificate.php, security:certificates:import"),
      accounts: server("core/Command/User/Add.php, user:add"),
      login: "nextcloud/user_oidc 46ae8fd lib/Command/UpsertProvider.php, user_oidc:provider",
      talk: `${talk("0556927 lib/Command/Stun/Add.php and Delete.php")}, and ${talk("034eba1 docs/occ.md, talk:turn:add, talk:signaling:add")}`,
    },
    "apache2.conf": {
      "modules and PHP": "nextcloud/docker 4de1eed 34/apache/Dockerfile; Apache 2.4.66 of Debian ran with it",
      "rules of single paths": server(".htaccess"),
    },
    "php.ini": {
      "memory, uploads, opcache, sessions": "nextcloud/docker 4de1eed 34/apache/Dockerfile and docker-entrypoint.sh",
    },
    "pg_service.conf": {
      "what the connection string does not say": `${libpq}, parseServiceFile`,
      "the connection string": "doctrine/dbal 042864c src/Driver/PDO/PgSQL/Driver.php, constructPdoDsn",
      "that it waits 30 seconds for a connection":
        "php/php-src 00443c7 ext/pdo_pgsql/pgsql_driver.c, pdo_pgsql_handle_factory",
    },
    "proxy.conf": { "of the proxy before Janus": signaling("proxy.conf.in; 1.3.2 ran with what is rendered") },
    "nats.conf": {
      "server, cluster, TLS": "nats-server 2.9.10 as Debian has it, server/opts.go; it ran with what is rendered",
    },
    "janus.jcfg": { "core, media, NAT, plug-ins": janus("etc/janus/janus.jcfg") },
    "janus.plugin.videoroom.jcfg": {
      "events, and what admin_key would lock": janus("etc/janus/janus.plugin.videoroom.jcfg"),
    },
    "janus.transport.websockets.jcfg": { "ws, ws_ip, ws_port": janus("etc/janus/janus.transport.websockets.jcfg") },
    "turnserver.conf": { "every option": "coturn/coturn 8024aa6 examples/etc/turnserver.conf" },
    "policies.json": {
      policies: "mozilla/policy-templates 09d5a31 docs/index.md; not run, since its image cannot be had",
    },
  },
  behaviour: {
    // Files with secrets in them, and the script that is the server's configuration.
    "server.conf": {
      "of a signaling server": signaling("server.conf.in; 1.3.2 and 2.1.1 ran with what is rendered"),
      "gRPC with certificates both ways, and names that resolve to all servers": signaling(
        "grpc/common.go and grpc/client.go",
      ),
      "of the recording server": recording("server.conf.in; not run"),
    },
    "config.php": { "$CONFIG, and the files beside it": server("lib/private/Config.php, readData") },
    signaling: {
      "drains on SIGUSR1": signaling("cmd/server/main.go, ScheduleShutdown"),
      "one recording server alone": talk("0ace1fe lib/Recording/BackendNotifier.php"),
      "credentials of relays are valid for a day": talk("00bb210 lib/Config.php, getTurnSettings"),
    },
  },
};

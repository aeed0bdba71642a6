import type { Upstream } from "../../core/upstream";
import { mailImages } from "./images";
import { serverSteps } from "./server";

const release = "stalwartlabs/stalwart v0.16.18";
const source = (path: string): string => `${release} ${path}`;

/** Properties of every object: the table that upstream's own pages are made of, and the code that is generated from it. */
const schema = "resources/schema/schema.json.gz";

/** Every object that is told, with all that there can be. */
const objects = [
  ...new Set(
    serverSteps({
      host: "",
      domains: ["one"],
      accounts: [{ name: "", domain: "one", secret: "", from: [""], perHour: 1 }],
      selectors: ["k1"],
      proxies: "",
      sts: "enforce",
      next: { host: "", port: 465, user: "" },
      bucket: { endpoint: "", bucket: "", region: "" },
      login: { issuer: "", clientId: "" },
      secrets: "",
    }).flatMap(({ request }) => request.methodCalls.map(([method]) => method.replace(/^x:|\/.*$/g, ""))),
  ),
];

/** Sources of everything that is written for the mail service. */
export const upstream: Upstream = {
  variables: {
    [mailImages.stalwart.path]: {
      HTTPS_PROXY:
        "seanmonstar/reqwest v0.13.1 src/proxy.rs, Matcher::system, by which the program fetches from the web",
      HTTP_PROXY: "seanmonstar/reqwest v0.13.1 src/proxy.rs, Matcher::system",
      NO_PROXY: "seanmonstar/reqwest v0.13.1 src/proxy.rs, Matcher::system",
      SSL_CERT_FILE:
        "rustls/rustls-native-certs v0.8.3 src/lib.rs, through rustls-platform-verifier in crates/utils/src/tls.rs",
    },
  },
  files: {
    "config.json": Object.fromEntries(
      [
        "@type",
        "host",
        "port",
        "database",
        "authUsername",
        "authSecret",
        "useTls",
        "allowInvalidCerts",
        "poolMaxConnections",
        "timeout",
      ].map((key) => [key, source("crates/registry/src/schema/structs.rs, PostgreSqlStore")]),
    ),
    "steps.txt": Object.fromEntries(objects.map((object) => [object, source(`${schema}, x:${object}`)])),
  },
  behaviour: {
    "what it fetches unless told otherwise": {
      "pages of administration from GitHub": source("crates/common/src/manager/defaults.rs, Application"),
      "networks of addresses from GitHub": source("crates/common/src/manager/defaults.rs, Asn"),
      "rules for spam from GitHub": source("crates/common/src/manager/defaults.rs, SpamFilterMaintenance"),
      "sums of messages, told to public.pyzor.org": source(`${schema}, x:SpamPyzor`),
      "public.pyzor.org is looked up at a start, until it is told not to": source(
        "crates/common/src/config/mailstore/spamfilter.rs",
      ),
      "a row that is as it would be without one is not written": source("crates/jmap/src/registry/set.rs"),
      "rows of the first start, made without a lock": source("crates/common/src/manager/defaults.rs"),
      "block lists, which come with the rules": source("crates/spam-filter/src/analysis/ip.rs"),
    },
    "alive.sh": {
      "the store's settings have no limit but that of a new connection": source(
        "crates/store/src/backend/postgres/main.rs, open; crates/registry/src/schema/structs.rs, PostgreSqlStore",
      ),
      "what they are handed to has none for TCP but a keepalive after two hours":
        "bikeshedder/deadpool b438af3 (deadpool-postgres-v0.14.1) postgres/src/config.rs, get_pg_config; sfackler/rust-postgres e1cd6be tokio-postgres/src/config.rs, Config::new",
      "pages of its health ask no database": source("crates/http/src/request.rs, healthz"),
    },
    "recovery mode": {
      "one port, the settings, no delivery": source(
        "crates/common/src/config/server/listener.rs, crates/smtp/src/lib.rs",
      ),
      "its administrator": source("crates/store/src/registry/local.rs, STALWART_RECOVERY_ADMIN"),
    },
    jmap: {
      "what was queried is destroyed by reference": source("crates/jmap-proto/src/method/set.rs, #destroy"),
    },
    messages: {
      "an author is not compared with who signed in": source("crates/smtp/src/inbound/mail.rs"),
      "what a script knows of the envelope": source("crates/smtp/src/scripts/exec.rs, tests/resources/smtp/sieve"),
      "ten in a session": source(`${schema}, x:MtaStageData maxMessages`),
      "a lock of ten minutes on one that is delivered, and a look every five": source(
        "crates/smtp/src/queue/spool.rs, LOCK_EXPIRY and QUEUE_REFRESH",
      ),
    },
    "what an account may do": {
      "rights by their names": source("crates/registry/src/schema/enums.rs, Permission"),
      "none of a role where they are replaced": source("crates/common/src/auth/permissions.rs, effective_permissions"),
    },
    "its program": {
      "has a right to low ports, user 2000, curl beside it": source("Dockerfile"),
    },
  },
};

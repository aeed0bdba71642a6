import type { Upstream } from "../../core/upstream";
import { homeserverGroups } from "./homeserver";
import { matrixImages } from "./images";
import { folders } from "./settings";

const synapse = (path: string): string => `element-hq/synapse a58ad44 ${path}`;
const boto = (path: string): string => `PyPI botocore 1.44.8 ${path}`;

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
});

/** Sources of everything that is written for Matrix. The keys of `homeserver.yaml` stand beside their files in homeserver.ts. */
export const upstream: Upstream = {
  variables: {
    [matrixImages.synapse.path]: {
      PGHOST: "postgres/postgres 0028b55 src/interfaces/libpq/fe-connect.c, PQconninfoOptions",
      PGPASSWORD: "postgres/postgres 0028b55 src/interfaces/libpq/fe-connect.c, PQconninfoOptions",
      SSL_CERT_FILE: `openssl/openssl 01ead29 include/internal/cryptlib.h, through platformTrust in ${synapse("synapse/crypto/context_factory.py")}`,
      HTTPS_PROXY: synapse("synapse/config/server.py, getproxies_environment"),
      NO_PROXY: synapse("synapse/config/server.py, getproxies_environment"),
      AWS_CA_BUNDLE: boto("configprovider.py"),
      AWS_EC2_METADATA_DISABLED: boto("utils.py, IMDSFetcher"),
      AWS_ACCESS_KEY_ID: boto("credentials.py, EnvProvider"),
      AWS_SECRET_ACCESS_KEY: boto("credentials.py, EnvProvider"),
    },
  },
  files: {
    "homeserver.yaml": Object.fromEntries(
      groups.flatMap(({ file, keys }) => Object.keys(keys).map((key) => [key, synapse(file)])),
    ),
    "log.yaml": Object.fromEntries(
      ["version", "formatters", "handlers", "loggers", "root", "disable_existing_loggers"].map((key) => [
        key,
        `CPython 3.11.2 Lib/logging/config.py, DictConfigurator.configure, through ${synapse("synapse/config/logger.py")}`,
      ]),
    ),
  },
};

import { filesPerGrowth, folders as ownFolders, tlsFiles } from "./settings";

/*
 * Configuration files of the object store, in TOML. Keys: weed/command/scaffold/{security,filer,master}.toml at 7506e5f. A variable `WEED_<KEY>` goes before a key of a
 * file (weed/util/config.go), which is how secrets come in.
 */

type Value = string | number | boolean;
/** Tables of a file by their names, with their keys. */
export type Tables = Readonly<Record<string, Readonly<Record<string, Value>>>>;

/** Folders that the files speak of. */
export interface ConfigFolders {
  readonly tls: string;
}

/** A text of TOML. Strings are JSON's, which TOML's basic strings contain. */
const toml = (tables: Tables): string =>
  Object.entries(tables)
    .map(
      ([table, keys]) =>
        `[${table}]\n${Object.entries(keys)
          .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
          .join("")}`,
    )
    .join("\n");

/**
 * Every program asks every other for a certificate of the store's own authority, on gRPC and on HTTP alike, and shows one. Signing keys come as variables: with them,
 * a volume server takes no byte without a token of the masters. TLS is 1.2 at least by the programs' own default: a `tls.min_version` without a `tls.max_version` makes
 * 4.48 serve gRPC in clear, with a warning (seen).
 */
export function securityTables({ tls }: ConfigFolders = ownFolders): Tables {
  const file = (name: keyof typeof tlsFiles): string => `${tls}/${tlsFiles[name]}`;
  const server = { cert: file("serverCertificate"), key: file("serverKey") };
  const client = { client_cert: file("clientCertificate"), client_key: file("clientKey") };
  const web = { ...server, ca: file("authority") };
  return {
    access: { ui: false },
    "filer.expose_directory_metadata": { enabled: false },
    grpc: { ca: file("authority") },
    "grpc.master": { ...server, ...client },
    "grpc.volume": { ...server, ...client },
    "grpc.filer": { ...server, ...client },
    "grpc.s3": { ...server, ...client },
    "grpc.client": { cert: file("clientCertificate"), key: file("clientKey") },
    "https.client": {
      enabled: true,
      cert: file("clientCertificate"),
      key: file("clientKey"),
      ca: file("authority"),
      insecure_skip_verify: false,
    },
    "https.master": web,
    "https.volume": web,
    "https.filer": web,
  };
}

/** Names of objects, their versions, locks and keys of encryption are rows of the house's PostgreSQL, a table per bucket; not a byte of content is. */
export const filerTables = (
  { port, name, user }: { readonly port: number; readonly name: string; readonly user: string },
  { tls }: ConfigFolders = ownFolders,
): Tables => ({
  "filer.options": { recursive_delete: false },
  postgres2: {
    enabled: true,
    port,
    database: name,
    username: user,
    sslmode: "verify-full",
    sslrootcert: `${tls}/${tlsFiles.database}`,
    connection_max_idle: 10,
    connection_max_lifetime_seconds: 300,
    enableUpsert: true,
  },
});

/**
 * Work that the leading master does every quarter of an hour, instead of upstream's. Upstream's would turn full volume files into 14 pieces of which 10 must be there
 * (`ec.encode`): on three hosts, one host's loss takes five of them and with them the file. Copies stay copies here.
 */
export const maintenance = [
  "lock",
  "volume.fix.replication -apply",
  "volume.balance -apply",
  "volume.deleteEmpty -quietFor=24h -apply",
  "s3.clean.uploads -timeAgo=24h",
  "fs.log.purge -daysAgo=7",
  "unlock",
] as const;

export const masterTables = (): Tables => ({
  "master.maintenance": { scripts: maintenance.join("\n"), sleep_minutes: 15 },
  "master.volume_growth": { copy_2: filesPerGrowth },
  "master.replication": { treat_replication_as_minimums: false },
});

/** The three files. */
export const configFiles = (
  database: { readonly port: number; readonly name: string; readonly user: string },
  folders: ConfigFolders = ownFolders,
): Readonly<Record<"security.toml" | "filer.toml" | "master.toml", string>> => ({
  "security.toml": toml(securityTables(folders)),
  "filer.toml": toml(filerTables(database, folders)),
  "master.toml": toml(masterTables()),
});

import { archivePort, paths, stanza } from "./paths";

/** Settings of pgBackRest's configuration. Keys and the passphrase come as variables: see {@link archiveVariables}. */
export interface RepositorySettings {
  /** Folder in the bucket: the name of the cluster whose archive it is. */
  readonly folder: string;
  /** Host of the store. */
  readonly host: string;
  readonly bucket: string;
  readonly region: string;
  /** Full backups that are kept, with the log since the oldest of them. */
  readonly keepFull: number;
  /** True if the store's authority is given; otherwise the image's own are trusted. */
  readonly ownAuthority: boolean;
}

/**
 * pgBackRest's configuration: one encrypted repository in a bucket. The store's host name leads to the pod's own way through the gateways' proxies
 * (`reach-archive.py`), and TLS is verified against that name.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | every key here | `pgbackrest help backup KEY`; src/build/help/help.xml | 2.45 (Debian); release/2.57.0: unverified |
 * | encryption is done here, before anything leaves | the same, `repo-cipher-type` | 2.45 |
 * | there is no setting for a proxy | the same, all of "Repository Options" | 2.45 |
 * | an option is taken from `PGBACKREST_REPO1_S3_KEY`, too | user-guide.html, "Configuring pgBackRest with Environment Variables": run | 2.45 |
 */
export const pgbackrestConfig = ({
  folder,
  host,
  bucket,
  region,
  keepFull,
  ownAuthority,
}: RepositorySettings): string =>
  [
    "[global]",
    "repo1-type=s3",
    `repo1-path=/${folder}`,
    `repo1-s3-endpoint=${host}`,
    `repo1-s3-bucket=${bucket}`,
    `repo1-s3-region=${region}`,
    "repo1-s3-uri-style=path",
    `repo1-storage-port=${archivePort}`,
    "repo1-storage-verify-tls=y",
    ...(ownAuthority ? [`repo1-storage-ca-file=${paths.tls}/archive.crt`] : []),
    "repo1-cipher-type=aes-256-cbc",
    "repo1-bundle=y",
    `repo1-retention-full=${keepFull}`,
    "compress-type=zst",
    "start-fast=y",
    "process-max=2",
    "lock-path=/tmp/pgbackrest",
    "spool-path=/tmp/spool",
    "log-level-console=warn",
    "log-level-file=off",
    "",
    `[${stanza}]`,
    `pg1-path=${paths.data}`,
    `pg1-socket-path=${paths.socket}`,
    "pg1-user=postgres",
    "",
  ].join("\n");

/** Variables that carry what is secret of a repository. */
export const archiveVariables = {
  accessKey: "PGBACKREST_REPO1_S3_KEY",
  secretKey: "PGBACKREST_REPO1_S3_KEY_SECRET",
  passphrase: "PGBACKREST_REPO1_CIPHER_PASS",
} as const;

import type { Subject } from "../rule";
import { readableLines, spokenLines } from "./comments";
import { hostOf } from "./hosts";
import { manifestsIn } from "./manifests";
import { ofLeaf } from "./leaf";
import { attached, remembering } from "./memo";
import { containers, reading } from "./scan";
import type { Reading } from "./text";
import { at, entries, hasKey, isObject, items, unknown, type Value, worded } from "./value";

/** A backup that a resource sets up. What is undefined is nobody's to say there: another object says it, or a tool does it always. */
export interface Backup {
  /** Tool and place, for messages. */
  readonly what: string;
  /** Host that it goes to. */
  readonly host: string | undefined;
  /** Region as it is said beside the host. */
  readonly region: string | undefined;
  /** True if it leaves encrypted. */
  readonly encrypted: boolean | undefined;
  /** True if it is said how long it is kept. */
  readonly kept: boolean | undefined;
}

/** Fields of a backup as a configuration has them. */
interface Found {
  readonly endpoint?: Value;
  readonly region?: Value;
  readonly encrypted?: boolean | undefined;
  readonly kept?: boolean | undefined;
}

const isSaid = (value: Value): boolean => value !== undefined && value !== null && value !== "" && value !== false;

const barman = (store: Value, retention: Value): readonly Found[] =>
  isObject(store)
    ? [
        {
          endpoint: at(store, "endpointURL"),
          // Barman encrypts nothing itself: it asks the store to.
          encrypted: isSaid(at(store, "data", "encryption")),
          kept: isSaid(retention),
        },
      ]
    : [];

const percona = (spec: Value): readonly Found[] =>
  entries(at(spec, "backup", "storages")).map(([, storage]) => ({
    endpoint: at(storage, "s3", "endpointUrl"),
    region: at(storage, "s3", "region"),
    kept: items(at(spec, "backup", "schedule")).every((one) => isSaid(at(one, "keep") ?? at(one, "retention"))),
  }));

const mariadb = (spec: Value): readonly Found[] => [
  // Kept for 30 days where nothing is said: mariadb-operator api/v1alpha1/backup_types.go (maxRetention).
  { endpoint: at(spec, "storage", "s3", "endpoint"), region: at(spec, "storage", "s3", "region") },
];

/**
 * Custom resources that set up backups, by group and kind.
 *
 * Sources: cloudnative-pg/cloudnative-pg api/v1/backup_types.go at af29a301 and cluster_types.go at 78b3ecc2; cloudnative-pg/plugin-barman-cloud api/v1;
 * vmware-tanzu/velero pkg/apis/velero/v1/backupstoragelocation_types.go at ae128f5f (kept for 30 days where nothing is said); k8up-io/k8up api/v1/schedule_types.go at 440c1e7e
 * and prune_types.go at 2f5ee638 (restic, which encrypts always); backube/volsync api/v1alpha1/replicationsource_types.go at 6034dd7e; longhorn's RecurringJob
 * (https://longhorn.io/docs/1.6.0/snapshots-and-backups/scheduling-backups-and-snapshots/); CrunchyData/postgres-operator, percona and mariadb-operator api references.
 */
const operators: Readonly<Record<string, (spec: Value) => readonly Found[]>> = {
  "postgresql.cnpg.io/Cluster": (spec) =>
    barman(at(spec, "backup", "barmanObjectStore"), at(spec, "backup", "retentionPolicy")),
  "barmancloud.cnpg.io/ObjectStore": (spec) => barman(at(spec, "configuration"), at(spec, "retentionPolicy")),
  "velero.io/BackupStorageLocation": (spec) => [
    { endpoint: at(spec, "config", "s3Url"), region: at(spec, "config", "region") },
  ],
  "k8up.io/Schedule": (spec) =>
    at(spec, "backup") === undefined
      ? []
      : [
          {
            endpoint: at(spec, "backend", "s3", "endpoint") ?? at(spec, "backup", "backend", "s3", "endpoint"),
            encrypted: true,
            kept: isSaid(at(spec, "prune", "retention")),
          },
        ],
  "volsync.backube/ReplicationSource": (spec) =>
    ["restic", "kopia"].flatMap((mover) =>
      isObject(at(spec, mover)) ? [{ encrypted: true, kept: isSaid(at(spec, mover, "retain")) }] : [],
    ),
  "longhorn.io/RecurringJob": (spec) =>
    /^backup/.test(worded(at(spec, "task"))) ? [{ kept: isSaid(at(spec, "retain")) }] : [],
  "longhorn.io/BackupTarget": (spec) => {
    const [, region] = /^s3:\/\/[^@]{1,100}@([\w-]{1,60})\//.exec(worded(at(spec, "backupTargetURL"))) ?? [];
    return isSaid(at(spec, "backupTargetURL")) ? [{ region }] : [];
  },
  "postgres-operator.crunchydata.com/PostgresCluster": (spec) => {
    const global = at(spec, "backups", "pgbackrest", "global");
    return items(at(spec, "backups", "pgbackrest", "repos")).map((repo) => {
      const name = worded(at(repo, "name"));
      return {
        endpoint: at(repo, "s3", "endpoint"),
        region: at(repo, "s3", "region"),
        encrypted: isEncrypted(at(global, `${name}-cipher-type`)),
        kept: isSaid(at(global, `${name}-retention-full`)),
      };
    });
  },
  "psmdb.percona.com/PerconaServerMongoDB": percona,
  "pxc.percona.com/PerconaXtraDBCluster": percona,
  "k8s.mariadb.com/Backup": mariadb,
  "k8s.mariadb.com/PhysicalBackup": mariadb,
};

const isEncrypted = (cipher: Value): boolean => isSaid(cipher) && cipher !== "none";

/** Every backup that a resource sets up: by operators, in pgBackRest's files, by variables of WAL-G, and by commands of restic and borg. */
export const backupsOf = attached((subject: Subject): readonly Backup[] => backupsIn(subject.type, reading(subject)));

/** The same of a text that is told to a machine. */
export const backupsTold = attached((read: Reading): readonly Backup[] => backupsIn("", read));

const backupsIn = (type: string, read: Reading): readonly Backup[] => [
  ...manifestsIn({ type }, read).flatMap(({ group, kind, value, path }) => {
    const name = `${group}/${kind}`;
    const found = hasKey(operators, name) ? (operators[name]?.(at(value, "spec")) ?? []) : [];
    return found.map((one) => backup(`${kind} of ${group}`, path, one));
  }),
  ...read.texts.flatMap((leaf) => ofFile(leaf)),
  ...commanded(read),
];

const ofFile = ofLeaf(({ path, text }) => pgbackrest(text).map((one) => backup("pgBackRest", path, one)));

const backup = (tool: string, path: string, { endpoint, region, encrypted, kept }: Found): Backup => ({
  what: path === "" ? tool : `${tool} in ${path}`,
  host: typeof endpoint === "string" ? hostOf(endpoint) : undefined,
  region: typeof region === "string" ? region : undefined,
  encrypted,
  kept,
});

/** Repositories of a file of pgBackRest. Source: its configuration reference of 2.45 (`repo-cipher-type` is none, and full backups are kept for ever, where nothing is said). */
const pgbackrest = remembering((text): readonly Found[] => {
  if (!/\brepo\d/.test(text)) return [];
  const values = new Map(
    spokenLines(text).flatMap((line) => {
      const [, key, value = ""] = /^(repo\d{1,3}-[\w-]{1,60})\s*=\s*(\S*)$/.exec(line.trim()) ?? [];
      return key === undefined ? [] : [[key, value] as const];
    }),
  );
  const repositories = new Set([...values.keys()].map((key) => key.slice(0, key.indexOf("-"))));
  return [...repositories].flatMap((name) => {
    if (!["type", "path", "host", "s3-bucket"].some((key) => values.has(`${name}-${key}`))) return [];
    return [
      {
        endpoint: ["s3-endpoint", "host", "sftp-host"].map((key) => values.get(`${name}-${key}`)).find(isSaid),
        region: values.get(`${name}-s3-region`),
        encrypted: isEncrypted(values.get(`${name}-cipher-type`)),
        kept: values.has(`${name}-retention-full`),
      },
    ];
  });
});

/**
 * Backups by commands and variables. Sources: restic/restic doc/040_backup.rst (`RESTIC_REPOSITORY`, `backup`, `forget --keep-daily`; it encrypts always); borgbackup/borg
 * docs/usage (`create`, `prune`, `init --encryption`); wal-g/wal-g docs/STORAGES.md and docs/README.md (`WALG_S3_PREFIX`, `AWS_ENDPOINT`, `WALG_LIBSODIUM_KEY`).
 */
function commanded(read: Reading): readonly Backup[] {
  const texts = read.leaves.filter((leaf) => mayBackUp(leaf)).map(({ text }) => text);
  const variables = new Map<string, string | typeof unknown>(
    containers(read).flatMap(({ environment }) => [...environment]),
  );
  const written = (name: string): Value => variables.get(name) ?? lineOf(texts, name);
  const has = (pattern: RegExp): boolean =>
    texts.some((text) => readableLines(text).some((line) => pattern.test(line)));
  const found: Backup[] = [];
  if (has(/\brestic\b.{0,300}\sbackup\b/))
    found.push(
      backup("restic", "", {
        endpoint: repository(written("RESTIC_REPOSITORY")),
        encrypted: true,
        kept: has(/\brestic\b.{0,300}\sforget\b.{0,300}--keep-/),
      }),
    );
  if (has(/\bborg\b.{0,300}\screate\b/))
    found.push(
      backup("borg", "", {
        endpoint: repository(written("BORG_REPO")),
        encrypted: !has(/\bborg\b.{0,300}\s(?:-e|--encryption)[ =]none\b/),
        kept: has(/\bborg\b.{0,300}\sprune\b.{0,300}--keep-/),
      }),
    );
  const bucket = ["WALG_S3_PREFIX", "WALE_S3_PREFIX", "WAL_S3_BUCKET"].map(written).find(isSaid);
  if (bucket !== undefined)
    found.push(
      backup("WAL-G", "", {
        endpoint: written("AWS_ENDPOINT"),
        region: written("AWS_REGION"),
        encrypted: ["WALG_LIBSODIUM_KEY", "WALG_LIBSODIUM_KEY_PATH", "WALG_PGP_KEY", "WALG_PGP_KEY_PATH"].some((name) =>
          isSaid(written(name)),
        ),
        kept:
          ["BACKUP_NUM_TO_RETAIN", "WALG_DELTA_MAX_STEPS"].some((name) => isSaid(written(name))) ||
          has(/\bwal-g\s+delete\s+retain\b/),
      }),
    );
  return found;
}

const mayBackUp = ofLeaf(({ text }) => /restic|borg|BORG|RESTIC|WAL|wal-g|BACKUP_|AWS_/.test(text));

/** Value of a variable in a file of variables or a script. */
function lineOf(texts: readonly string[], name: string): Value {
  for (const text of texts) {
    if (!text.includes(name)) continue;
    for (const line of spokenLines(text)) {
      const start = line.indexOf(`${name}=`);
      if (start >= 0) return (/^["']?([^\s"']*)/.exec(line.slice(start + name.length + 1)) ?? [])[1];
    }
  }
  return undefined;
}

/** Address in a repository of restic's or borg's: `s3:https://host/bucket`, `sftp:user@host:/path`, `ssh://user@host/path`. */
const repository = (value: Value): Value =>
  typeof value === "string"
    ? value.replace(/^(s3|rest|sftp|b2|swift):(?=\w)/, "").replace(/^([\w.-]+@)?([\w.-]+):(?!\/\/).*$/, "$2")
    : value;

import type { KubernetesTarget } from "../target";
import type { ReadArchive, RestoreSettings } from "./args";
import { dynamicConfiguration, patroniConfig, type PatroniSettings } from "./patroni";
import { paths, ports } from "./paths";
import { pgbackrestConfig } from "./pgbackrest";

/** Settings of a cluster's configuration files. */
export interface ConfigurationSettings {
  readonly name: string;
  readonly cluster: Pick<KubernetesTarget, "podRange">;
  readonly connections: number;
  readonly memoryMib: number;
  readonly volumeGib: number;
  readonly archive: ReadArchive;
  /** Host of the archive's store. */
  readonly storeHost: string;
  readonly restore?: RestoreSettings | undefined;
}

/** The configuration files of a cluster, by name; nothing in them is secret. */
export function configurationFiles(settings: ConfigurationSettings): Readonly<Record<string, string>> {
  const { name, archive, restore, storeHost, cluster, connections, memoryMib, volumeGib } = settings;
  const repository = (folder: string): string =>
    pgbackrestConfig({
      folder,
      host: storeHost,
      bucket: archive.bucket.bucket,
      region: archive.bucket.region,
      keepFull: archive.keepFull,
      ownAuthority: archive.bucket.ca !== undefined,
    });
  const patroni: PatroniSettings = {
    scope: name,
    podRange: cluster.podRange,
    connections,
    memoryMib,
    volumeGib,
    restore: restore !== undefined,
  };
  return {
    "patroni.yml": patroniConfig(patroni),
    "pgbackrest.conf": repository(name),
    "keeper.json": keeperConfig(patroni, archive),
    ...(restore === undefined ? {} : { "restore.conf": repository(restore.archive.folder) }),
  };
}

/** Input of the keeper: Patroni's dynamic configuration, and when backups are due. */
const keeperConfig = (patroni: PatroniSettings, archive: ReadArchive): string =>
  `${JSON.stringify(
    {
      socket: paths.socket,
      api: `https://127.0.0.1:${ports.patroni}`,
      authority: `${paths.tls}/ca.crt`,
      certificate: `${paths.tls}/standby.crt`,
      key: `${paths.tls}/standby.key`,
      fullSeconds: archive.fullEveryDays * 86_400,
      incrementalSeconds: archive.incrementalEveryHours * 3_600,
      dynamic: dynamicConfiguration(patroni),
    },
    null,
    2,
  )}\n`;

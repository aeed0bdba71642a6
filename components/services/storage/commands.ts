import { type Folders, folders as ownFolders, ports, replication, slots, tlsFiles, volumeFileMib } from "./settings";

/*
 * Command lines of the programs. Flags: weed/command/{master,volume,filer,s3}.go at 7506e5f. What is on by default and leads outside or opens a door is switched off by
 * name: statistics of the cluster to telemetry.seaweedfs.com (on by default, from 10 GiB on: weed/telemetry), catalogues of tables on ports of their own, an API that changes identities, buckets that
 * come into being by a write.
 */

/** Place of a process: in the pods all alike, in tests one of several on a machine. */
export interface Place {
  /** Name or address that the others know it by. */
  readonly self: string;
  /** Address that it listens on. */
  readonly bind: string;
}

export interface CommandSettings {
  /** Names of the masters, without a port. */
  readonly masters: readonly string[];
  readonly folders?: Folders;
}

const withPort = (hosts: readonly string[], port: number): string => hosts.map((host) => `${host}:${port}`).join(",");

/** Flags of every program: messages on standard error and in no file, and where the configuration stands. */
const common = ({ config }: Pick<Folders, "config">): readonly string[] => [
  "-logtostderr=true",
  `-config_dir=${config}`,
];

/** A master: keeps which volume file is where, with the others by Raft. */
export const masterCommand = (
  { self, bind }: Place,
  { masters, folders = ownFolders }: CommandSettings,
): readonly string[] => [
  ...common(folders),
  "master",
  `-ip=${self}`,
  `-ip.bind=${bind}`,
  `-port=${ports.master.http}`,
  `-port.grpc=${ports.master.grpc}`,
  `-peers=${withPort(masters, ports.master.http)}`,
  `-mdir=${folders.raft}`,
  `-defaultReplication=${replication}`,
  `-volumeSizeLimitMB=${volumeFileMib}`,
  "-electionTimeout=3s",
  "-telemetry=false",
  "-telemetry.url=",
  "-metrics.address=",
];

/** A volume server: keeps volume files on its host's disk. */
export const volumeCommand = (
  { self, bind }: Place,
  { masters, folders = ownFolders, gib }: CommandSettings & { readonly gib: number },
): readonly string[] => [
  ...common(folders),
  "volume",
  `-ip=${self}`,
  `-ip.bind=${bind}`,
  `-port=${ports.volume.http}`,
  `-port.grpc=${ports.volume.grpc}`,
  `-master=${withPort(masters, ports.master.http)}`,
  `-dir=${folders.objects}`,
  `-max=${slots(gib)}`,
  "-minFreeSpace=1",
  "-preStopSeconds=5",
];

/** A gateway: the names (filer) and S3 in one process, which asks itself over gRPC. */
export const gatewayCommand = (
  { self, bind }: Place,
  { masters, folders = ownFolders, host }: CommandSettings & { readonly host: string },
): readonly string[] => [
  ...common(folders),
  "filer",
  `-ip=${self}`,
  `-ip.bind=${bind}`,
  `-port=${ports.gateway.filer}`,
  `-port.grpc=${ports.gateway.filerGrpc}`,
  `-master=${withPort(masters, ports.master.http)}`,
  `-defaultReplicaPlacement=${replication}`,
  // For what comes through S3 it takes a flag of its own: with the first alone, 4.48 writes content in clear (seen on the disk).
  "-encryptVolumeData=true",
  "-s3.encryptVolumeData=true",
  "-disableDirListing=true",
  "-exposeDirectoryData=false",
  "-ui.deleteDir=false",
  `-allowedOrigins=https://${host}`,
  `-localSocket=${folders.run}/filer.sock`,
  "-s3=true",
  `-s3.port=${ports.gateway.s3}`,
  `-s3.port.grpc=${ports.gateway.s3Grpc}`,
  `-s3.localSocket=${folders.run}/s3.sock`,
  "-s3.port.iceberg=0",
  "-s3.port.lance=0",
  `-s3.config=${folders.config}/s3.json`,
  `-s3.cert.file=${folders.tls}/${tlsFiles.serverCertificate}`,
  `-s3.key.file=${folders.tls}/${tlsFiles.serverKey}`,
  `-s3.allowedOrigins=https://${host}`,
  "-s3.iam=false",
  "-s3.autoCreateBucket=false",
  "-s3.allowDeleteBucketNotEmpty=false",
];

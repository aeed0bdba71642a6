import { serviceHost, type Tier, tier } from "../../core/tier";

/** Ports of the programs. A program's gRPC is 10000 above its HTTP, which the others reckon with (weed/pb/server_address.go): it cannot be chosen apart. */
export const ports = {
  master: { http: 9333, grpc: 19333 },
  volume: { http: 8080, grpc: 18080 },
  gateway: { s3: 8333, s3Grpc: 18333, filer: 8888, filerGrpc: 18888 },
} as const;

/** Tiers of an object store. The gateways are what clients, databases and policies know it by. */
export const storageTiers = (name: string) => ({
  master: tier(name, `${name}-master`, { http: ports.master.http, grpc: ports.master.grpc }),
  volume: tier(name, `${name}-volume`, { http: ports.volume.http, grpc: ports.volume.grpc }),
  gateway: tier(name, `${name}-gateway`, {
    s3: ports.gateway.s3,
    "s3-grpc": ports.gateway.s3Grpc,
    filer: ports.gateway.filer,
    "filer-grpc": ports.gateway.filerGrpc,
  }),
  buckets: tier(name, `${name}-buckets`, {}),
  expire: tier(name, `${name}-expire`, {}),
});

export type StorageTiers = ReturnType<typeof storageTiers>;

/** Masters: two of three go on without the third. */
export const masterCount = 3;

/** Gateways. Any one carries the load of most clusters alone; see `gatewayCapacity`. */
export const gatewayCount = 3;

/** Copies of everything that is written, each on another host. */
export const copies = 2;

/** `001`: one more copy on another server of the same rack. All servers are in one rack, and each is on a host of its own (weed/storage/super_block/replica_placement.go). */
export const replication = "001";

/** Size of one volume file: writes go to others when it is full. Space that deleted objects took comes back volume by volume. */
export const volumeFileMib = 1_024;

/** Files that one bucket takes at once, in each copy (`master.volume_growth.copy_2`). */
export const filesPerGrowth = 2;

/** Left free on each host's volume: a file that is compacted stands there twice. */
export const reserveGib = 2;

/** Volume files that one host has room for. */
export const slots = (gib: number): number => Math.floor(((gib - reserveGib) * 1_024) / volumeFileMib);

/** Folders inside the pods. */
export const folders = {
  config: "/store/config",
  tls: "/store/tls",
  scripts: "/store/scripts",
  raft: "/store/raft",
  objects: "/store/objects",
  run: "/tmp",
} as const;

export type Folders = Readonly<Record<keyof typeof folders, string>>;

/** Files of certificates, by their use. */
export const tlsFiles = {
  authority: "ca.crt",
  serverCertificate: "server.crt",
  serverKey: "server.key",
  clientCertificate: "client.crt",
  clientKey: "client.key",
  database: "database.crt",
} as const;

/** User of the image. */
export const storageUser = 1_000;

/** Region that clients sign for: the store takes any. */
export const region = "store";

/** Host names of the pods of a StatefulSet. */
export const memberHosts = (of: Pick<Tier, "namespace" | "name">, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${of.name}-${i}.${serviceHost(of)}`);

/** Host name of the store: leads to a gateway that is ready. */
export const storageHost = (name: string): string => serviceHost({ namespace: name, name });

/** Identity that makes the buckets, and nobody else's. */
export const keeperIdentity = "keeper";

/** Variables with the two halves of the key of an identity: a bucket's own, or the keeper's. */
export const keyVariables = (
  identity: string,
  previous = false,
): { readonly access: string; readonly secret: string } => {
  const word = `STORE_${identity.toUpperCase().replaceAll("-", "_")}${previous ? "_PREVIOUS" : ""}`;
  return { access: `${word}_ACCESS_KEY`, secret: `${word}_SECRET_KEY` };
};

import type { ShardProxy } from "./haproxy-tcp";

/** Place of a replica in what all of them are told: its host name, and the address of its views. */
export interface Replica {
  readonly name: string;
  readonly address: string;
}

const alive = "other-replicas";
const viewsOf = (shard: string): string => `views-${shard}`;

/** Section of a shard's proxy. */
export const shardSection = ({ section, upstream }: ShardProxy): string => `${section}-${upstream.name}`;

const rivals = (shard: ShardProxy, all: readonly ShardProxy[]): readonly string[] =>
  all.filter(({ section, upstream }) => section === shard.section && upstream !== shard.upstream).map(shardSection);

/** One file serves all replicas: lines about a replica are left out at that replica itself. */
const elsewhere = (name: string, lines: readonly string[]): readonly string[] => [
  `.if !streq("$HOSTNAME",${name})`,
  ...lines,
  ".endif",
];

/**
 * Views of the shards: each replica says which of them it has lost, and asks the others.
 *
 * A room must not be in two shards. When the network between one replica and one shard fails, that replica moves the shard's rooms, and the other one would leave the
 * participants that it has there among themselves. So a shard that one replica alone has lost is left by all, while they have another one.
 *
 * A replica that does not take connections says nothing, and one that does not answer is not believed: a check of its being there fails at once and comes back after
 * three answers, a view is given up after three and believed again at once, so that a replica that goes or comes takes no shard with it.
 *
 * Left open: three replicas that have each lost a different one of three shards have none, since each is believed.
 */
export function views(shards: readonly ShardProxy[], replicas: readonly Replica[], port: number): readonly string[] {
  if (shards.length === 0 || replicas.length < 2) return [];
  const asked = (backend: string, path: string, words: string): readonly string[] => [
    `backend ${backend}`,
    "    option httpchk",
    "    http-check connect",
    `    http-check send meth GET uri ${path}`,
    "    http-check expect status 200",
    "    timeout check 1s",
    ...replicas.flatMap(({ name, address }) =>
      elsewhere(name, [`    server ${name} ${address}:${port} check inter 500ms ${words}`]),
    ),
    "",
  ];
  return [
    "# For the other replicas: what this one has lost of the shards while it has another one.",
    "frontend own-view",
    `    bind :${port}`,
    "    maxconn 200",
    "    timeout client 5s",
    "    no log",
    ...shards.flatMap((shard) =>
      rivals(shard, shards).map(
        (rival) =>
          `    http-request return status 503 if { path /${shardSection(shard)} } { nbsrv(open) gt 0 } { nbsrv(${shardSection(shard)}) lt 1 } { nbsrv(${rival}) gt 0 }`,
      ),
    ),
    "    http-request return status 200",
    "",
    ...asked(alive, "/", "fall 1 rise 3"),
    ...shards.flatMap((shard) => asked(viewsOf(shardSection(shard)), `/${shardSection(shard)}`, "fall 3 rise 1")),
  ];
}

/** Conditions under which a shard's proxy says that the shard is lost, though this replica reaches it: another replica does not, and there is another shard. */
export const lostElsewhere = (
  shard: ShardProxy,
  shards: readonly ShardProxy[],
  replicas: readonly Replica[],
): readonly string[] =>
  replicas.length < 2
    ? []
    : replicas.flatMap(({ name }) =>
        elsewhere(
          name,
          rivals(shard, shards).map(
            (rival) =>
              `    monitor fail if { srv_is_up(${alive}/${name}) } !{ srv_is_up(${viewsOf(shardSection(shard))}/${name}) } { nbsrv(${rival}) gt 0 }`,
          ),
        ),
      );

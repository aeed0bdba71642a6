import { invalid, validate, type Keys, knownKeys, each } from "../../core/errors";
import { dnsLabel } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { type DatabaseNeed, databaseNeedKeys, egressTo, type ServicePlan } from "../../core/plan";
import { items } from "../../core/shapes";
import { resources, type Resources, resourcesKeys } from "../container";
import { databaseNeeds } from "./roles";

export interface PostgresPlanArgs {
  /** Its namespace, its objects and the volume on its hosts are called by it. At most 15 characters. */
  readonly name: string;
  /** Plans of the services whose databases it holds. @default [] */
  readonly serves?: readonly ServicePlan[];
  /** Databases for others. @default [] */
  readonly databases?: readonly DatabaseNeed[];
  /** Volume of each instance: the data, and the log that a standby has not fetched yet (a quarter of the volume at most). */
  readonly gib: number;
  /** HTTPS endpoint of the store that keeps the archive, in another place: `https://sos-ch-dk-2.exo.io`. */
  readonly archive: string;
  /** Request of PostgreSQL itself on each instance. A quarter of the memory becomes its shared buffers. @default - 1 core and 4 GiB, an assumption until measured */
  readonly resources?: Resources;
  /**
   * Instances: a primary, its synchronous standby, and one at least that takes the standby's place. With two, the loss of either would stop every write.
   *
   * @default 3
   */
  readonly instances?: number;
}

const postgresPlanArgsKeys: Keys<PostgresPlanArgs> = {
  name: true,
  serves: each("elsewhere"),
  databases: each(databaseNeedKeys),
  gib: true,
  archive: true,
  resources: resourcesKeys,
  instances: true,
};

/** Needs of a PostgreSQL cluster, and the figures that it is built from. */
export interface PostgresPlan extends ServicePlan {
  readonly service: "postgres";
  /** The databases that it holds. */
  readonly holds: readonly DatabaseNeed[];
  readonly gib: number;
  readonly resources: Resources;
  readonly instances: number;
  /** `max_connections`. */
  readonly mostConnections: number;
}

/**
 * Requests of the two programs beside PostgreSQL in each pod: the way to the archive, and the keeper, which runs pgBackRest. Assumptions until measured; the live nodes
 * run with them.
 */
export const besides = {
  way: { cpu: 0.05, memoryMib: 64 },
  keeper: { cpu: 0.05, memoryMib: 384 },
} as const satisfies Readonly<Record<string, Resources>>;

/** Connections that nobody's client has: PostgreSQL keeps 3 for superusers (`superuser_reserved_connections`); Patroni, the keeper and a person use some more. */
const ownConnections = 20;

/**
 * Plans a PostgreSQL cluster: instances on hosts with volumes, and the archive's store among the gateways' destinations.
 *
 * It takes twice the connections of its clients: those of a host that died are open on the server for 45 seconds after it (its keepalives), while the clients are
 * back on another host.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const talk = planMatrix({ name: "talk", domain: "talk.crisis.example.ch", users: 300, mediaGib: 100 });
 * const chats = planPostgres({ name: "chats", serves: [talk], gib: 50, archive: "https://sos-ch-dk-2.exo.io" });
 */
export function planPostgres(args: PostgresPlanArgs): PostgresPlan {
  const { name, serves = [], databases = [], gib, archive, instances = 3 } = knownKeys(args, postgresPlanArgsKeys);
  const { resources: asked = { cpu: 1, memoryMib: 4_096 } } = args;
  const valid = validate({
    name: () => dnsLabel(name, 15),
    databases: () => databaseNeeds([...items(serves).flatMap((plan) => plan.databases ?? []), ...items(databases)]),
    gib: () => countInRange(gib, "GiB", 1, 65_536),
    archive: () => egressTo(archive, `archive of ${name}`),
    resources: () => resources(asked),
    instances: () => instanceCount(instances),
  });
  const clients = valid.databases.reduce((sum, { connections }) => sum + connections, 0);
  return {
    service: "postgres",
    name: valid.name,
    holds: valid.databases,
    gib: valid.gib,
    resources: valid.resources,
    instances: valid.instances,
    mostConnections: 2 * clients + ownConnections,
    routes: [],
    connections: 0,
    requests: [
      {
        tier: valid.name,
        replicas: valid.instances,
        hosts: "data",
        cpu: valid.resources.cpu + besides.way.cpu + besides.keeper.cpu,
        memoryMib: valid.resources.memoryMib + besides.way.memoryMib + besides.keeper.memoryMib,
      },
    ],
    volumes: [{ name: valid.name, gib: valid.gib, replicas: valid.instances }],
    egress: [valid.archive],
  };
}

/** A plan of a PostgreSQL cluster, and nothing else in its place. @throws RangeError */
export function postgresPlan(value: PostgresPlan): PostgresPlan {
  if ((value as PostgresPlan | undefined)?.service !== "postgres")
    throw invalid("a plan of a PostgreSQL cluster", value, "give what planPostgres(…) returns, also to the platform");
  return value;
}

function instanceCount(value: unknown): number {
  const read = countInRange(value, "instances", 1, 7);
  if (read < 3)
    throw invalid(
      "at least 3 instances",
      read,
      "a commit waits for a standby on another host: with fewer, the loss of one host stops every write",
    );
  return read;
}

import { invalid, validate, type Keys, knownKeys } from "../../core/errors";
import { dnsLabel } from "../../core/names";
import { countInRange } from "../../core/numbers";
import type { ServicePlan } from "../../core/plan";
import { tier } from "../../core/tier";
import type { Resources } from "../container";
import { cachePorts, cacheReplicas } from "./valkey";

export interface ValkeyPlanArgs {
  /** Its namespace and its objects are called by it. */
  readonly name: string;
  /** Data that it holds; the least used is forgotten first. */
  readonly memoryMib: number;
  /** Connections of all clients at once. @default 1000 */
  readonly clients?: number;
}

const valkeyPlanArgsKeys: Keys<ValkeyPlanArgs> = {
  name: true,
  memoryMib: true,
  clients: true,
};

/** Needs of a cache, and the figures that it is built from. */
export interface ValkeyPlan extends ServicePlan, Required<ValkeyPlanArgs> {
  readonly service: "valkey";
  readonly name: string;
}

/** Tiers of a cache. */
export const cacheTiers = (name: string) => ({
  replica: tier(name, `${name}-replica`, { data: cachePorts.data }),
  watcher: tier(name, `${name}-watcher`, { watch: cachePorts.watcher }),
  proxy: tier(name, `${name}-proxy`, { data: cachePorts.data, health: cachePorts.health }),
});

/**
 * Requests of one pod of each tier. A replica is filled by a copy of the process, which at worst writes every page anew meanwhile: twice the data. HAProxy takes some
 * 100 KiB for a connection with its buffers. The rest is an assumption until measured; the live nodes run with it.
 */
export const cacheRequests = ({
  memoryMib,
  clients,
}: Pick<ValkeyPlan, "memoryMib" | "clients">): Readonly<Record<"replica" | "watcher" | "proxy", Resources>> => ({
  replica: { cpu: 0.2, memoryMib: 2 * memoryMib + 128 },
  watcher: { cpu: 0.05, memoryMib: 64 },
  proxy: { cpu: 0.1, memoryMib: 64 + Math.ceil(clients / 10) },
});

/**
 * Plans a cache: three replicas, three watchers, and a proxy on every application host.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const lookups = planValkey({ name: "lookups", memoryMib: 256 });
 */
export function planValkey(args: ValkeyPlanArgs): ValkeyPlan {
  const { name, memoryMib, clients = 1_000 } = knownKeys(args, valkeyPlanArgsKeys);
  const valid = validate({
    // Names of replicas and their roles are made of it.
    name: () => dnsLabel(name, 40),
    memoryMib: () => countInRange(memoryMib, "mebibytes of data", 16, 65_536),
    clients: () => countInRange(clients, "connections of clients", 1, 10_000),
  });
  const { replica, watcher, proxy } = cacheTiers(valid.name);
  const requests = cacheRequests(valid);
  return {
    service: "valkey",
    ...valid,
    routes: [],
    connections: 0,
    requests: [
      { tier: replica.name, replicas: cacheReplicas, ...requests.replica },
      { tier: watcher.name, replicas: cacheReplicas, ...requests.watcher },
      { tier: proxy.name, replicas: "every host", ...requests.proxy },
    ],
  };
}

/** A plan of a cache, and nothing else in its place. @throws RangeError */
export function valkeyPlan(value: ValkeyPlan): ValkeyPlan {
  if ((value as ValkeyPlan | undefined)?.service !== "valkey")
    throw invalid("a plan of a cache", value, "give what planValkey(…) returns, also to the platform");
  return value;
}

import { at, fields, number, Plain, text } from "./plain";
import { ofType, StateResource } from "./state";

/** One tier of the stack with its N+1 arithmetic written out. */
export interface Tier {
  readonly name: string;
  /** `hosts`: a pool or the gateways; `pods`: a workload. */
  readonly of: "hosts" | "pods";
  readonly replicas: number;
  readonly load?: number;
  readonly perReplica?: number;
  readonly unit?: string;
  readonly source?: string;
  /** `ceil(200 / 100) + 1 = 3` */
  readonly arithmetic?: string;
  /** Capacity with one replica lost, as a sentence. */
  readonly afterLoss: string;
  readonly spread: string;
  /** `held`: the load is carried with one replica lost. `short`: it is not. `declared`: a singleton that says how it fails over. `undetermined`: no figure. */
  readonly state: "held" | "short" | "declared" | "undetermined";
}

/**
 * Every tier of a stack, as components declare it.
 *
 * @param requested requests of a pool's pods: the load of a pool that declares no capacity of its own.
 */
export function tiersOf(
  resources: readonly StateResource[],
  requested: (pool: string) => { readonly load: number; readonly perReplica: number } | undefined = () => undefined,
): readonly Tier[] {
  const pools = ofType(resources, "HostPool");
  const hosts = pools.map((pool) => {
    const gateway = ofType(resources, "Gateway").find(({ urn }) => urn === pool.parent);
    const replicas = number(pool.inputs["count"]) ?? 0;
    const role = text(pool.inputs["role"]);
    const spread = text(pool.outputs["spread"] ?? pool.inputs["spread"]) ?? "not said";
    const asked = requested(pool.name);
    const capacity =
      pool.inputs["capacity"] ??
      gateway?.inputs["capacity"] ??
      (asked && { ...asked, unit: "cores", source: "requests of the pods that may run here, cores of the host type" });
    return tier({
      name: pool.name,
      of: "hosts",
      replicas,
      spread,
      capacity,
      ...(role === "control-plane" ? { members: true } : {}),
    });
  });
  const pods = ofType(resources, "Workload").map(({ name, inputs }) => {
    const singleton = text(inputs["singleton"]);
    return tier({
      name,
      of: "pods",
      replicas: number(inputs["replicas"]) ?? 0,
      spread: "topology spread over hosts",
      capacity: inputs["capacity"],
      ...(singleton === undefined ? {} : { singleton }),
    });
  });
  return [...hosts, ...pods];
}

interface Given {
  readonly name: string;
  readonly of: Tier["of"];
  readonly replicas: number;
  readonly spread: string;
  readonly capacity: Plain | undefined;
  readonly singleton?: string;
  /** Members of a quorum: the majority must remain. */
  readonly members?: boolean;
}

function tier({ name, of, replicas, spread, capacity, singleton, members }: Given): Tier {
  const [load, perReplica] = [number(at(capacity, "load")), number(at(capacity, "perReplica"))];
  const figures = fields(capacity);
  const shown = {
    name,
    of,
    replicas,
    spread: singleton === undefined ? spread : "one replica",
    ...(load === undefined ? {} : { load }),
    ...(perReplica === undefined ? {} : { perReplica }),
    ...(text(figures["unit"]) === undefined ? {} : { unit: text(figures["unit"]) ?? "" }),
    ...(text(figures["source"]) === undefined ? {} : { source: text(figures["source"]) ?? "" }),
  };
  if (singleton !== undefined) return { ...shown, afterLoss: singleton, state: "declared" };
  if (members === true) {
    const majority = Math.floor(replicas / 2) + 1;
    return {
      ...shown,
      arithmetic: `majority of ${replicas} = floor(${replicas} / 2) + 1 = ${majority}`,
      source: shown.source ?? "etcd: a majority of members must answer",
      afterLoss: `${replicas - 1} of ${replicas} members remain, ${majority} are needed`,
      state: replicas - 1 >= majority ? "held" : "short",
    };
  }
  if (load === undefined || perReplica === undefined || perReplica <= 0)
    return {
      ...shown,
      afterLoss: `${Math.max(replicas - 1, 0)} of ${replicas} remain; their capacity is not stated`,
      state: "undetermined",
    };
  const needed = Math.ceil(load / perReplica) + 1;
  const left = Math.max(replicas - 1, 0) * perReplica;
  const unit = shown.unit ?? "units";
  return {
    ...shown,
    arithmetic: `ceil(${load} / ${perReplica}) + 1 = ${needed}`,
    afterLoss: `${Math.max(replicas - 1, 0)} × ${perReplica} = ${left} ${unit} for a load of ${load}`,
    state: left >= load && replicas >= needed ? "held" : "short",
  };
}

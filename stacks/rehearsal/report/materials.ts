import { HostView } from "./hosts";
import { number } from "./plain";
import { ofType, StateResource } from "./state";

/** What a host type has, where a table of facts knows it. */
export interface MachineType {
  readonly cores: number;
  readonly memoryGib: number;
  readonly diskGib: number;
}

/** Hosts of one type in one role. */
export interface HostLine {
  readonly cloud: string;
  readonly location: string;
  readonly role: string;
  readonly type: string;
  readonly count: number;
  /** Undefined where no table knows the type: never a guess. */
  readonly each: MachineType | undefined;
  /** Whether they are the operator's own machines, of which an inventory says no figures. */
  readonly own: boolean;
}

/** The bill of materials. */
export interface Materials {
  readonly hosts: readonly HostLine[];
  /** Sums over the lines that are known. */
  readonly total: MachineType & { readonly hosts: number };
  /** Whether a type of a provider's is missing from the sums. */
  readonly incomplete: boolean;
  /** How many hosts are the operator's own machines: the sums have none of their figures. */
  readonly ownMachines: number;
  readonly dataGib: number;
  readonly publicAddresses: number;
  /** Resources by type, most first. */
  readonly resources: readonly { readonly type: string; readonly count: number }[];
}

/** Counts what a stack consists of. */
export function materialsOf(
  resources: readonly StateResource[],
  hosts: readonly HostView[],
  machineType: (cloud: string, type: string) => MachineType | undefined,
): Materials {
  const lines = new Map<string, HostLine>();
  for (const { cloud, location, role, type, diskGib } of hosts) {
    const key = [cloud, location, role, type, diskGib].join(" ");
    const known = machineType(cloud, type);
    const each = known && { ...known, diskGib: diskGib ?? known.diskGib };
    const own = cloud === "metal";
    lines.set(key, { cloud, location, role, type, each, own, count: (lines.get(key)?.count ?? 0) + 1 });
  }
  const known = [...lines.values()].flatMap(({ each, count }) => (each === undefined ? [] : [{ ...each, count }]));
  const sum = (figure: (line: (typeof known)[number]) => number): number =>
    known.reduce((total, line) => total + figure(line) * line.count, 0);
  const volumes = ofType(
    resources,
    "hcloud:index/volume:Volume",
    "exoscale:index/blockStorageVolume:BlockStorageVolume",
  );
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return {
    hosts: [...lines.values()],
    total: {
      hosts: hosts.length,
      cores: sum(({ cores }) => cores),
      memoryGib: sum(({ memoryGib }) => memoryGib),
      diskGib: sum(({ diskGib }) => diskGib),
    },
    incomplete: [...lines.values()].some(({ each, own }) => each === undefined && !own),
    ownMachines: hosts.filter(({ cloud }) => cloud === "metal").length,
    dataGib: volumes.reduce((total, { inputs }) => total + (number(inputs["size"]) ?? 0), 0),
    publicAddresses:
      hosts.filter(({ door }) => door).length +
      ofType(resources, "exoscale:index/elasticIp:ElasticIp", "hcloud:index/floatingIp:FloatingIp").length,
    resources: [...counts]
      .map(([type, count]) => ({ type, count }))
      .sort((a, b) => b.count - a.count || a.type.localeCompare(b.type)),
  };
}

import { HostView } from "./hosts";
import { fields, number, Plain } from "./plain";
import { ofType, StateResource } from "./state";

/** Cores and memory of a host type, if a table of facts has them. */
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
  /** Undefined if no table has the type: never a guess. */
  readonly each: MachineType | undefined;
  /** True for the operator's own machines: their inventory has no figures. */
  readonly own: boolean;
}

/** Content from the operator's mirror, and what prevents an attacker who controls the mirror from changing it. */
export interface Mirrored {
  readonly what: string;
  /** "locked": by a digest in what is deployed; "signed": by another party than the mirror; "trusted": by nothing. */
  readonly state: "locked" | "signed" | "trusted";
  readonly how: string;
}

/** The bill of materials. */
export interface Materials {
  readonly hosts: readonly HostLine[];
  /** Sums over the lines that are known. */
  readonly total: MachineType & { readonly hosts: number };
  /** True if a provider's type is missing from the sums. */
  readonly incomplete: boolean;
  /** Number of hosts that are the operator's own machines: the sums do not include them. */
  readonly ownMachines: number;
  readonly dataGib: number;
  readonly publicAddresses: number;
  /** Content that comes from the mirror. */
  readonly mirrored: readonly Mirrored[];
  /** Resources by type, most first. */
  readonly resources: readonly { readonly type: string; readonly count: number }[];
}

/** Counts hosts, disks and resources of a stack. */
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
    mirrored: mirroredIn(resources, hosts),
    resources: [...counts]
      .map(([type, count]) => ({ type, count }))
      .sort((a, b) => b.count - a.count || a.type.localeCompare(b.type)),
  };
}

/** Content that a stack takes from its mirror, from its manifests and its hosts' files. */
function mirroredIn(resources: readonly StateResource[], hosts: readonly HostView[]): readonly Mirrored[] {
  const images = new Set(
    resources.flatMap(({ type, inputs }) => (type.startsWith("kubernetes:") ? imagesOf(inputs) : [])),
  );
  const k3s = new Set(hosts.flatMap(({ files }) => files["/etc/sovereign-uc/k3s.env"] ?? []));
  const lists = hosts.some(({ files }) => Object.values(files).some((content) => /^deb https:/m.test(content)));
  const toolkit = hosts.some(({ files }) => Object.values(files).some((content) => content.includes("[signed-by=")));
  return [
    ...[...images].sort().map((image): Mirrored => {
      const digest = /@sha256:[0-9a-f]{64}$/.test(image);
      const how = digest ? "by digest" : "only a tag, which the operator of the registry can move";
      return { what: image, state: digest ? "locked" : "trusted", how };
    }),
    ...(k3s.size === 0
      ? []
      : [
          [...k3s].every((settings) => /^K3S_SHA256='?[0-9a-f]{64}'?$/m.test(settings))
            ? ({ what: "k3s", state: "locked", how: "each host refuses any other digest" } as const)
            : ({
                what: "k3s",
                state: "trusted",
                how: "its checksum comes from the same store: root on every host",
              } as const),
          {
            what: "pause and DNS images of k3s itself",
            state: "trusted",
            how: "k3s names them by tag; the lock file has the mirrored digest, but no host checks it",
          } as const,
        ]),
    ...(lists
      ? [
          {
            what: "Debian packages",
            state: "signed",
            how: "by Debian; the mirror can hold updates back until the lists expire, and change nothing",
          } as const,
        ]
      : []),
    ...(toolkit
      ? [
          {
            what: "driver and toolkit of graphics processors",
            state: "signed",
            how: "by the keys that the stack names",
          } as const,
        ]
      : []),
  ];
}

function imagesOf(value: Plain | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(imagesOf);
  return Object.entries(fields(value)).flatMap(([key, inner]) =>
    key === "image" && typeof inner === "string" ? [inner] : imagesOf(inner),
  );
}

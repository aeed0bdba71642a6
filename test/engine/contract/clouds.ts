import { items, text } from "../../../stacks/tools/rehearsal/report/plain";
import { ofType, type StateResource } from "../../../stacks/tools/rehearsal/report/state";
import type { World } from "../../support/infrastructure";

/** Facts about a cloud with which the contract suite finds things among the registered resources. */
export interface Adapter {
  /** A stack of `stacks/` on this cloud. */
  readonly stack: string;
  /** Name of the simulated package's file with the cloud's objects. */
  readonly store: string;
  /** Type token of a host, and the name in the program of the host with a name. */
  readonly host: { readonly type: string; readonly named: (host: string) => string };
  /** Type token of the rules of the cloud's firewall; undefined if there is none and the constructor refuses to close it. */
  readonly wall: string | undefined;
  /** Type token of a data volume. */
  readonly volume: string;
  /** Ids of a host's volumes. */
  readonly holds: (resources: readonly StateResource[], host: StateResource) => readonly string[];
  /** Ids of the groups that keep a host apart from others of the same group. */
  readonly groups: (host: StateResource) => readonly string[];
  /** True if the provider itself refuses to delete a volume. */
  readonly locked: (volume: StateResource) => boolean;
}

const itself = (host: string): string => host;
const identifiers = (value: StateResource["inputs"][string] | undefined): readonly string[] =>
  value === undefined || value === null ? [] : [String(value)];

export const adapters: Readonly<Record<World["id"], Adapter>> = {
  hetzner: {
    stack: "crisis-hetzner",
    store: "hcloud.json",
    host: { type: "hcloud:index/server:Server", named: itself },
    wall: "hcloud:index/firewall:Firewall",
    volume: "hcloud:index/volume:Volume",
    holds: (resources, { id }) =>
      ofType(resources, "hcloud:index/volumeAttachment:VolumeAttachment")
        .filter(({ inputs }) => String(inputs["serverId"]) === id)
        .map(({ inputs }) => String(inputs["volumeId"])),
    groups: ({ inputs }) => identifiers(inputs["placementGroupId"]),
    locked: ({ inputs }) => inputs["deleteProtection"] === true,
  },
  exoscale: {
    stack: "crisis-exoscale",
    store: "exoscale.json",
    host: { type: "exoscale:index/computeInstance:ComputeInstance", named: itself },
    wall: "exoscale:index/securityGroupRule:SecurityGroupRule",
    volume: "exoscale:index/blockStorageVolume:BlockStorageVolume",
    holds: (_resources, { inputs }) => items(inputs["blockStorageVolumeIds"]).flatMap((id) => text(id) ?? []),
    groups: ({ inputs }) => items(inputs["antiAffinityGroupIds"]).flatMap((id) => text(id) ?? []),
    locked: ({ inputs }) => inputs["deleteProtection"] === true,
  },
  metal: {
    stack: "crisis-metal",
    store: "command.json",
    host: { type: "command:remote:Command", named: (host) => `${host}-enrol` },
    wall: undefined,
    volume: "no type: a data disk is part of its machine",
    // Resources that name the machine and are no step of its life cycle.
    holds: (resources, { id }) =>
      resources
        .filter(({ type, inputs }) => type !== "command:remote:Command" && Object.values(inputs).includes(id ?? ""))
        .flatMap((resource) => resource.id ?? []),
    // A step has no input that could name one.
    groups: () => [],
    locked: ({ inputs }) => inputs["deleteProtection"] === true,
  },
};

/** A clause that a cloud does not meet. */
export interface Exception {
  readonly cloud: World["id"];
  readonly clause: string;
  readonly reason: string;
  /** The clause's failure there: it must fail like this. */
  readonly failure: RegExp;
}

/** A test fails if one of them is met after all, or fails for another reason. */
export const exceptions: readonly Exception[] = [
  {
    cloud: "exoscale",
    clause: "data is locked at the provider too",
    reason:
      "block storage volumes of the plugin 0.66 have no input that locks them: the engine's protection stands alone",
    failure: /true,[^]*false,/,
  },
  ...(
    [
      [
        "a wall outside the host opens the same ports and no others",
        "no provider stands before a machine",
        /"no cloud firewall"/,
      ],
      [
        "administrators' SSH is closed and opened again at the outer wall alone, and touches no host",
        "no provider stands before a machine, so the constructor refuses to close",
        /"no cloud firewall"/,
      ],
      [
        "n+1 hosts are spread: the hosts of a pool share a group that keeps them apart",
        "every host is a machine of its own; what they share beside that is asked for by `spread` and read in the inventory",
        /"one": 0/,
      ],
      [
        "a volume survives its host, and the host of the same name holds it again",
        "a data disk is no resource: it stays in its machine, whose release wipes it only when told",
        /Received length: /,
      ],
      ["data is locked at the provider too", "there is no provider", /Array \[\]/],
      [
        "destroy keeps protected data and the keys to it and lists them, and keeps nothing else",
        "a data disk is no resource to be kept: its key alone is",
        /a data disk is part of its machine uc-control-1-data/,
      ],
    ] as const
  ).map(([clause, reason, failure]) => ({ cloud: "metal" as const, clause, reason, failure })),
];

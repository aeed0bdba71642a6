import type * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../clouds/cloud";
import { type Capacity, capacityKeys, replicasFor } from "../core/capacity";
import { Cidr, ipAddress, ranges } from "../core/cidr";
import { invalid, validateArgs, type Keys, each } from "../core/errors";
import { dnsLabel } from "../core/names";
import { countInRange } from "../core/numbers";
import { type Opening, openingKeys, openings as checkedOpenings } from "../core/openings";
import { type Interfaces, interfacesKeys } from "../recipe/nftables";
import { base } from "../recipe/parts/base";
import { combine, type Recipe } from "../recipe/recipe";
import { type OperatingSystem, operatingSystem } from "../recipe/system";
import type { Host, HostPlace, Joining, Path, SecretInput } from "./host-lifecycle";
import type { Serving } from "./host-serving";
import { isolatedFrom, type Network } from "./network";

/** Administrators' SSH at a cloud's firewall. */
export type AdministratorAccess = "open" | "closed";

/** @throws RangeError for a word that is none, and where the cloud has no outer wall that could be closed. */
export function checkedAccess(value: unknown, { id, absent }: Cloud): AdministratorAccess {
  if (value !== "open" && value !== "closed")
    throw invalid('"open" or "closed"', value, "say whether administrators' SSH passes the outer wall");
  if (value === "closed" && absent.outerWall !== undefined)
    throw invalid(`"open" on ${id}, where there is no outer wall to close`, value, absent.outerWall);
  return value;
}

/** The part of a host that is fixed at creation; changing it replaces the host. */
export interface Frozen {
  /** Public SSH keys of administrators. @default [] */
  readonly administratorKeys?: readonly string[];
}

export const frozenKeys: Keys<Frozen> = {
  administratorKeys: true,
};

export interface HostPoolArgs {
  readonly network: Network;
  /** Role of its hosts: `gateway`, `control-plane`, `application`, `media`. Used in labels, reports and rules. */
  readonly role: string;
  /** Pool of its cluster that the hosts form, where one role has several. @default - the role */
  readonly pool?: string;
  /** Host type in the cloud's own words: `ccx33`, `standard.large`. */
  readonly type: string;
  /** Location of its hosts, where the cloud lets them share the network: another one of the network's zone at Hetzner. @default - the network's */
  readonly location?: string;
  /** Operating system of its hosts. Gateways and members of clusters have Debian. @default "debian-12" */
  readonly system?: OperatingSystem;
  /** Number of hosts. @default - from `capacity`: ceil(load / perReplica) + 1 */
  readonly count?: number;
  /** Load of the pool. A pool with a capacity has at least one host more than its load needs. */
  readonly capacity?: Capacity;
  /** Number of the first host in the network; the others follow. */
  readonly firstHost: number;
  /** True if the hosts are doors: they get a public address and a cloud firewall. @default false */
  readonly door?: boolean;
  /** Openings, in and out. Everything else is closed. @default [] */
  readonly openings?: readonly Opening[];
  /** From which range to which the hosts pass packets on, why, and by which interfaces (every one where none is named). @default [] */
  readonly forwards?: readonly (readonly [from: string, to: string, reason?: string, interfaces?: Interfaces])[];
  /** Addresses of the network with which the hosts exchange VRRP, for an address that moves between them. @default [] */
  readonly segment?: readonly string[];
  /** Recipe of a host, beside the hardened base. @default {} */
  readonly recipe?: (host: HostPlace) => Recipe;
  /**
   * Secret files of a host, by path; they come with convergence and never ride in user data. So do files that hold its public address, which doors alone have: it is
   * known only once the host is made. @default - none
   */
  readonly secrets?: (host: HostPlace, publicAddress: pulumi.Output<string> | undefined) => readonly SecretInput[];
  readonly frozen?: Frozen;
  /** Size of a protected data volume per host; 0 for none. @default 0 */
  readonly dataGib?: number;
  /** True if data volumes are protected: neither a destroy nor a replacement deletes them. @default true */
  readonly keepData?: boolean;
  /** Failure domain that two hosts may not share: a machine, or also a rack or power feed. Only a cloud that knows failure domains accepts "domains". @default "machines" */
  readonly spread?: "machines" | "domains";
  /** The gateways that lead to the hosts; hosts are dealt out to them in turn. @default - none: the hosts are reached at their public addresses */
  readonly jumpHosts?: readonly Path[];
  /** Ranges that may open SSH: the gateways' addresses, or the administrators at a gateway. */
  readonly sshFrom: readonly string[];
  /** SSH at the cloud firewall of doors; as at {@link GatewayArgs.administratorAccess}. @default "open" */
  readonly administratorAccess?: AdministratorAccess;
  /** Host from which members leave the cluster, for each host; its `leave` step runs there. @default - the hosts belong to no cluster */
  readonly leaveThrough?: (host: HostPlace) => "itself" | Pick<Host, "connection">;
  /** Steps with which each host joins a cluster whose control plane exists. @default - the hosts join nothing, or hold the key to joining themselves */
  readonly joins?: (host: HostPlace) => Joining;
  /** Steps with which each host takes part in a service outside a cluster. @default - none */
  readonly serves?: (host: HostPlace) => Serving;
  /** A step between convergence and the health check of the first host, run once in the pool's life. @default - none */
  readonly foundBy?: string;
}

export const hostPoolArgsKeys: Keys<HostPoolArgs> = {
  network: true,
  role: true,
  pool: true,
  type: true,
  location: true,
  system: true,
  count: true,
  capacity: capacityKeys,
  firstHost: true,
  door: true,
  openings: each(openingKeys),
  forwards: each(each(interfacesKeys)),
  segment: true,
  recipe: true,
  secrets: true,
  frozen: frozenKeys,
  dataGib: true,
  keepData: true,
  spread: true,
  jumpHosts: each("elsewhere"),
  sshFrom: true,
  administratorAccess: true,
  leaveThrough: true,
  joins: true,
  serves: true,
  foundBy: true,
};

/** Arguments of a pool with every default filled in, and the places of its hosts. */
export type HostPoolSettings = ReturnType<typeof hostPoolSettings>;

/** Takes the pool's addresses in its network; what cannot be taken is said with all other problems. */
export function hostPoolSettings(name: string, args: HostPoolArgs, network: Network) {
  const needed = settled(() => (args.capacity === undefined ? 1 : replicasFor(args.capacity)));
  const { count = needed.value ?? 1, door = false, system = "debian-12" } = args;
  const taken = settled(() => network.take(name, args.firstHost, count));
  const places = (taken.value ?? []).map((address, index): HostPlace => ({
    name: `${name}-${index + 1}`,
    address,
    index,
    system,
  }));
  return {
    openings: [] as readonly Opening[],
    forwards: [],
    segment: [],
    frozen: {},
    dataGib: 0,
    keepData: true,
    spread: "machines" as const,
    administratorAccess: "open" as const,
    jumpHosts: [],
    recipe: () => ({}),
    secrets: () => [],
    location: network.location,
    ...args,
    count,
    door,
    system,
    needed,
    taken,
    places,
    // Names and private hosts' ways lead to gateways. What runs on other doors binds to the address that the host was born with.
    lasting: door && args.role === "gateway",
  };
}

/** Plain facts of a pool for the engine, the packs and reports. */
export const hostPoolFacts = (settings: HostPoolSettings, network: Network) => {
  const { role, pool = role, type, location, system, count, door, places, openings, dataGib, capacity } = settings;
  return {
    role,
    ...(pool === role ? {} : { pool }),
    cloud: network.cloud.id,
    location,
    network: network.name,
    type,
    ...(system === "debian-12" ? {} : { system }),
    count,
    media: door && role !== "gateway",
    door,
    hosts: places.map(({ name, address }) => ({ name, address })),
    openings,
    dataGib,
    ...(capacity === undefined ? {} : { capacity }),
  };
};

/** Parsed arguments of a pool. */
export type CheckedHostPool = ReturnType<typeof checkedHostPool>;

/** @throws pulumi.ResourceError with everything that cannot work. */
export function checkedHostPool(resource: pulumi.Resource, name: string, settings: HostPoolSettings, network: Network) {
  const { role, pool = role, type, location, system, count, door, dataGib, spread, needed, taken, places } = settings;
  const isolated = isolatedFrom(network);
  return validateArgs(resource, name, {
    name: () => dnsLabel(name),
    role: () => dnsLabel(role),
    pool: () => dnsLabel(pool),
    type: () => network.cloud.hostType(type, location),
    location: () => network.cloud.sharing(location, network.location),
    system: () => operatingSystem(system),
    count: () => {
      countInRange(count, "hosts", 1, 100);
      const least = needed.value ?? 1;
      if (count < least)
        throw invalid(`at least ${least} hosts for the load and one more`, count, "raise the count or lower the load");
    },
    hosts: () =>
      network.cloud.pooled({
        addresses: taken.value ?? [],
        location,
        type,
        system,
        door,
        dataGib,
        spread,
        quorum: role === "control-plane",
      }),
    capacity: needed.check,
    firstHost: taken.check,
    dataGib: () => countInRange(dataGib, "GiB", dataGib === 0 ? 0 : 10, 10_000),
    administratorAccess: () => checkedAccess(settings.administratorAccess, network.cloud),
    sshFrom: () => {
      for (const range of ranges(settings.sshFrom, 1))
        if (range.prefix > 0 && isolated.some((one) => one.overlaps(range)))
          throw invalid("ranges outside the isolated ranges", range.toString(), "remove it");
    },
    openings: () => checkedOpenings(settings.openings, isolated),
    forwards: () =>
      settings.forwards.map(
        ([from, to, reason, interfaces]) =>
          [Cidr.parse(from), Cidr.parse(to), checkedReason(reason), checkedInterfaces(interfaces)] as const,
      ),
    segment: () => {
      for (const address of settings.segment)
        if (!network.range.contains(ipAddress(address)))
          throw invalid(`addresses in ${network.range.toString()}`, address, "name hosts of this network only");
    },
    recipe: () =>
      places.map((place) => {
        const lasting = settings.lasting ? (network.cloud.lastingAddress ?? {}) : {};
        const parts = combine(base(system), settings.recipe(place), lasting);
        checkedOpenings(parts.openings, isolated);
        return { place, parts };
      }),
    administratorKeys: () => publicKeys(settings.frozen.administratorKeys ?? []),
  });
}

/** Runs a step early, whose error belongs into the report of all bad arguments. */
function settled<T>(step: () => T): { readonly value: T | undefined; readonly check: () => void } {
  try {
    return { value: step(), check: () => undefined };
  } catch (error) {
    return {
      value: undefined,
      check: () => {
        throw error;
      },
    };
  }
}

function checkedReason(reason: string | undefined): string | undefined {
  if (reason !== undefined && (reason.trim() === "" || /["\n\\]/.test(reason)))
    throw invalid("a reason on one line without quotes", reason, "say why packets are passed on");
  return reason;
}

function checkedInterfaces(interfaces: Interfaces | undefined): Interfaces | undefined {
  for (const list of [interfaces?.in, interfaces?.out])
    if (list !== undefined && (list.length === 0 || !list.every((name) => /^[a-zA-Z0-9][\w.-]{0,14}$/.test(name))))
      throw invalid("names of interfaces", list, 'give them as "ip link" shows them, of at most 15 characters');
  return interfaces;
}

/** @throws RangeError with the first that is no public SSH key. */
export function publicKeys(keys: readonly string[]): readonly string[] {
  const wrong = keys.filter(
    (key) =>
      !/^(ssh-ed25519|sk-ssh-ed25519@openssh\.com|ecdsa-sha2-nistp\d+|ssh-rsa) [A-Za-z0-9+/=]+( [^"\n\\]*)?$/.test(key),
  );
  if (wrong.length > 0) throw invalid("public SSH keys", wrong[0], 'give lines like "ssh-ed25519 AAAA… name"');
  return keys;
}

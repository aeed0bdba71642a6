import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "../clouds/cloud";
import { Capacity, replicasFor } from "../core/capacity";
import { Cidr, ipAddress, ranges, rfc1918 } from "../core/cidr";
import { validateArgs, invalid } from "../core/errors";
import { dnsLabel } from "../core/names";
import { countInRange } from "../core/numbers";
import { inbound, Opening, openings as checkedOpenings, portText } from "../core/openings";
import { givenNetwork, isolatedFrom, Network } from "./network";
import { birthWord, hiddenWord } from "../recipe/birth-word";
import { Birth, cloudInit } from "../recipe/cloud-init";
import { filterStays, Interfaces, ruleset } from "../recipe/nftables";
import { base } from "../recipe/parts/base";
import { combine, Recipe } from "../recipe/recipe";
import { renderedPool } from "../recipe/rendered";
import { Host, HostPlace, Joining, createHost, Path, SecretInput } from "./host-lifecycle";

export type { Host, HostPlace, Path } from "./host-lifecycle";

/** Whether a cloud's outer wall lets administrators' SSH through to doors. */
export type AdministratorAccess = "open" | "closed";

/** @throws RangeError for a word that is none, and where the cloud has no outer wall that could be closed. */
export function checkedAccess(value: unknown, { id, absent }: Cloud): AdministratorAccess {
  if (value !== "open" && value !== "closed")
    throw invalid('"open" or "closed"', value, "say whether administrators' SSH passes the outer wall");
  if (value === "closed" && absent.outerWall !== undefined)
    throw invalid(`"open" on ${id}, where there is no outer wall to close`, value, absent.outerWall);
  return value;
}

/** What is fixed when a host is born; changing it replaces the host. */
export interface Frozen {
  /** Public SSH keys of administrators. @default [] */
  readonly administratorKeys?: readonly string[];
}

export interface HostPoolArgs {
  readonly network: Network;
  /** What its hosts are for: `gateway`, `control-plane`, `application`, `media`. Stands in labels, reports and rules. */
  readonly role: string;
  /** Pool of its cluster that the hosts form, where one role has several. @default - the role */
  readonly pool?: string;
  /** Host type in the cloud's own words: `ccx33`, `standard.large`. */
  readonly type: string;
  /** Number of hosts. @default - from `capacity`: ceil(load / perReplica) + 1 */
  readonly count?: number;
  /** What the pool carries. A pool with a capacity has at least one host more than its load needs. */
  readonly capacity?: Capacity;
  /** Number of the first host in the network; the others follow. */
  readonly firstHost: number;
  /** Whether the hosts are doors: they get a public address and an outer wall. @default false */
  readonly door?: boolean;
  /** What is open, in and out. Everything else is closed. @default [] */
  readonly openings?: readonly Opening[];
  /** From which range to which the hosts pass packets on, why, and by which interfaces (every one where none is named). @default [] */
  readonly forwards?: readonly (readonly [from: string, to: string, reason?: string, interfaces?: Interfaces])[];
  /** Addresses of the network with which the hosts exchange VRRP, for an address that moves between them. @default [] */
  readonly segment?: readonly string[];
  /** What is inside a host, beside the hardened base. @default {} */
  readonly recipe?: (host: HostPlace) => Recipe;
  /** Secret files of a host, by path; they come with convergence and never ride in user data. @default - none */
  readonly secrets?: (host: HostPlace) => readonly SecretInput[];
  readonly frozen?: Frozen;
  /** Size of a protected data volume per host; 0 for none. @default 0 */
  readonly dataGib?: number;
  /** Whether data volumes are protected: neither a destroy nor a replacement takes them. @default true */
  readonly keepData?: boolean;
  /** Whether two hosts may share more than a machine: a rack, a power feed. Only a cloud that knows failure domains takes "domains". @default "machines" */
  readonly spread?: "machines" | "domains";
  /** The gateways that lead to the hosts; hosts are dealt out to them in turn. @default - none: the hosts are reached at their public addresses */
  readonly jumpHosts?: readonly Path[];
  /** Ranges that may open SSH: the gateways' addresses, or the administrators at a gateway. */
  readonly sshFrom: readonly string[];
  /** Whether SSH passes the outer wall of doors; as at {@link GatewayArgs.administratorAccess}. @default "open" */
  readonly administratorAccess?: AdministratorAccess;
  /** Host from which members leave the cluster, for each host; its `leave` step runs there. @default - the hosts belong to no cluster */
  readonly leaveThrough?: (host: HostPlace) => "itself" | Pick<Host, "connection">;
  /** How each host joins a cluster whose control plane is there. @default - the hosts join nothing, or hold the key to joining themselves */
  readonly joins?: (host: HostPlace) => Joining;
  /** A step between convergence and the health check of the first host, run once in the pool's life. @default - none */
  readonly foundBy?: string;
}

/**
 * Hosts of one kind: n+1 of them, spread over physical machines, private unless they are doors. Each renders its own filter from the same openings as
 * the cloud's firewall, since no cloud filters its private networks.
 *
 * A change of the converged recipe is applied in place. A change of what is frozen replaces the hosts strictly one after another: each leaves, is made
 * again, converges and is healthy before the next. Data volumes are protected and outlive their hosts.
 *
 * @example
 * const pool = new HostPool("tools", { network, role: "tools", type: "cpx22", count: 2, firstHost: 90, sshFrom: ["10.20.0.10/32"], jumpHosts: gateway.paths });
 */
export class HostPool extends pulumi.ComponentResource {
  readonly hosts: readonly Host[];
  readonly addresses: readonly string[];

  constructor(name: string, args: HostPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    const network = givenNetwork(name, args.network);
    const {
      role,
      type,
      capacity,
      firstHost,
      door = false,
      openings = [],
      forwards = [],
      segment = [],
      frozen = {},
      dataGib = 0,
      keepData = true,
      spread = "machines",
      sshFrom,
      administratorAccess = "open",
    } = args;
    const needed = settled(() => (args.capacity === undefined ? 1 : replicasFor(args.capacity)));
    const { count = needed.value ?? 1, jumpHosts = [], recipe = () => ({}), secrets = () => [] } = args;
    const taken = settled(() => network.take(name, firstHost, count));
    const places = (taken.value ?? []).map((address, index): HostPlace => ({
      name: `${name}-${index + 1}`,
      address,
      index,
    }));
    super(
      "sovereign-uc:index:HostPool",
      name,
      {
        role,
        ...(args.pool === undefined || args.pool === role ? {} : { pool: args.pool }),
        cloud: network.cloud.id,
        location: network.location,
        network: network.name,
        type,
        count,
        media: door && role !== "gateway",
        door,
        hosts: places.map(({ name: host, address }) => ({ name: host, address })),
        openings,
        dataGib,
        ...(capacity === undefined ? {} : { capacity }),
      },
      opts,
    );

    // Names and private hosts' ways lead to gateways. What runs on other doors binds to the address that the host was born with.
    const lasting = door && role === "gateway";
    const isolated = isolatedFrom(network);
    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name),
      role: () => dnsLabel(role),
      pool: () => args.pool === undefined || dnsLabel(args.pool),
      type: () => network.cloud.hostType(type, network.location),
      count: () => {
        countInRange(count, "hosts", 1, 100);
        const least = needed.value ?? 1;
        if (count < least)
          throw invalid(
            `at least ${least} hosts for the load and one more`,
            count,
            "raise the count or lower the load",
          );
      },
      hosts: () =>
        network.cloud.pooled({
          addresses: taken.value ?? [],
          location: network.location,
          type,
          door,
          dataGib,
          spread,
          quorum: role === "control-plane",
        }),
      capacity: needed.check,
      firstHost: taken.check,
      dataGib: () => countInRange(dataGib, "GiB", dataGib === 0 ? 0 : 10, 10_000),
      administratorAccess: () => checkedAccess(administratorAccess, network.cloud),
      sshFrom: () => {
        for (const range of ranges(sshFrom, 1))
          if (range.prefix > 0 && isolated.some((one) => one.overlaps(range)))
            throw invalid("ranges outside the isolated ranges", range.toString(), "remove it");
      },
      openings: () => checkedOpenings(openings, isolated),
      forwards: () =>
        forwards.map(
          ([from, to, reason, interfaces]) =>
            [Cidr.parse(from), Cidr.parse(to), checkedReason(reason), checkedInterfaces(interfaces)] as const,
        ),
      segment: () => {
        for (const address of segment)
          if (!network.range.contains(ipAddress(address)))
            throw invalid(`addresses in ${network.range.toString()}`, address, "name hosts of this network only");
      },
      recipe: () =>
        places.map((place) => {
          const parts = combine(base(), recipe(place), lasting ? (network.cloud.lastingAddress ?? {}) : {});
          checkedOpenings(parts.openings, isolated);
          return { place, parts };
        }),
      administratorKeys: () => publicKeys(frozen.administratorKeys ?? []),
    });
    this.addresses = taken.value ?? [];

    const ssh = sshFrom.map((range) => inbound("tcp", 22, [range], "convergence and administration"));
    const built = valid.recipe.map(({ place, parts }) => {
      const open = unique([...ssh, ...parts.openings, ...valid.openings]);
      const filter = ruleset({ isolatedFrom: isolated, openings: open, forwards: valid.forwards, segment });
      const whole = combine(parts, wall(filter));
      const netplan = network.handle.netplan(place.address, network.range, door);
      const birth: Birth = {
        hostName: place.name,
        address: `${place.address}/${network.range.prefix}`,
        administratorKeys: valid.administratorKeys,
        sshFrom: bornOpen(jumpHosts.length > 0, network, sshFrom),
        ...(netplan === undefined ? {} : { netplan }),
      };
      const { userDataLimit } = network.cloud;
      const { birthSecret } = network;
      const word = userDataLimit === 0 ? undefined : birthSecret?.apply((secret) => birthWord(secret, place.name));
      // Shown as it is but for the word, whose length is always the same.
      const shown =
        userDataLimit === 0
          ? undefined
          : cloudInit({ ...birth, ...(word === undefined ? {} : { word: hiddenWord }) }, userDataLimit);
      const userData =
        word === undefined ? shown : word.apply((text) => cloudInit({ ...birth, word: text }, userDataLimit));
      return { place, birth, userData, word, shown, recipe: whole, open };
    });
    const pool = network.cloud.pool(
      name,
      {
        location: network.location,
        network: network.handle,
        labels: { "sovereign-uc-network": network.name, "sovereign-uc-tier": role },
        door,
        lasting,
        openings: unique(built.flatMap(({ open }) => open).map(({ user: _, ...opening }) => opening)).filter(
          (opening) => !onlyPrivate(opening) && !(valid.administratorAccess === "closed" && isSsh(opening)),
        ),
        count,
        spread,
      },
      { parent: this },
    );

    const hosts: Host[] = [];
    for (const { place, birth, userData, word, recipe: whole } of built) {
      const before = hosts.at(-1)?.ready;
      const path = jumpHosts[place.index % Math.max(jumpHosts.length, 1)];
      const life = {
        network,
        pool,
        type: valid.type,
        birth,
        userData,
        word,
        recipe: whole,
        secrets: secrets(place),
        dataGib,
        keepData,
        path,
        before,
        leaveThrough: args.leaveThrough?.(place),
        joins: args.joins?.(place),
        foundBy: place.index === 0 ? args.foundBy : undefined,
      };
      hosts.push(createHost(place, life, this));
    }
    this.hosts = hosts;
    const rendered = renderedPool(
      built.map(({ place, shown, recipe: { files } }) => ({ name: place.name, userData: shown, files })),
    );
    // Said once the hosts are ready, in a preview at once: they have it then, and until then it is in none of the states that the engine writes at each step.
    const ready = pulumi.all(hosts.map((host) => host.ready.urn));
    this.registerOutputs({
      spread: pool.spread,
      rendered: ready.apply(() => rendered.rendered),
      renderedOnAll: ready.apply(() => rendered.renderedOnAll),
    });
  }
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

/** A host's filter, loaded. */
export const wall = (filter: string): Recipe => ({
  packages: ["nftables"],
  files: [{ path: "/etc/nftables.conf", content: filter, mode: "0600" }, filterStays],
  units: [{ name: "nftables.service", files: ["/etc/nftables.conf", filterStays.path], onChange: "reload" }],
});

/** Private ranges never come by a public interface, where alone the outer wall stands. */
const onlyPrivate = (opening: Opening): boolean =>
  opening.peers.every((peer) => rfc1918.some((range) => range.contains(Cidr.parse(peer))));

/** From where SSH is open before the first convergence: see `Birth.sshFrom`. */
function bornOpen(behind: boolean, { range, cloud }: Network, sshFrom: readonly string[]): readonly string[] {
  if (behind) return [range.toString()];
  return cloud.outerWall === undefined ? sshFrom : Cidr.anywhere;
}

const isSsh = ({ direction, protocol, port }: Opening): boolean =>
  direction === "in" && protocol === "tcp" && port === 22;

const unique = (openings: readonly Opening[]): readonly Opening[] => [
  ...new Map(
    openings.map((opening) => [
      [opening.direction, opening.protocol, portText(opening), opening.user, ...opening.peers].join(" "),
      opening,
    ]),
  ).values(),
];

/** @throws RangeError with the first that is no public SSH key. */
export function publicKeys(keys: readonly string[]): readonly string[] {
  const wrong = keys.filter(
    (key) =>
      !/^(ssh-ed25519|sk-ssh-ed25519@openssh\.com|ecdsa-sha2-nistp\d+|ssh-rsa) [A-Za-z0-9+/=]+( [^"\n\\]*)?$/.test(key),
  );
  if (wrong.length > 0) throw invalid("public SSH keys", wrong[0], 'give lines like "ssh-ed25519 AAAA… name"');
  return keys;
}

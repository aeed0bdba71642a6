import { createHash } from "node:crypto";
import * as command from "@pulumi/command/remote";
import * as pulumi from "@pulumi/pulumi";
import { Cidr } from "../../core/cidr";
import { validate, invalid, type Keys, each, knownKeys } from "../../core/errors";
import { fields, text } from "../../core/shapes";
import { scripts } from "../../recipe/scripts";
import type { AskedHosts, Cloud, CloudHost, CloudNetwork, CloudPool, NetworkSpec, PoolSpec } from "../cloud";
import { sshRetries } from "../ssh-retries";
import { enrolment, keyLine } from "./birth";
import {
  checkedHosts,
  checkedVlan,
  checkRange,
  smallest,
  type MetalHost,
  metalHostKeys,
  type Vlan,
  vlanKeys,
} from "./inventory";
import { checkedSites, knownSite, sharingSite, type Site, siteKeys } from "./sites";

export type { MetalHost, Vlan } from "./inventory";
export type { Site } from "./sites";

export interface MetalOptions {
  /** Sites of the machines, by a code of your own: the `location` of networks. */
  readonly sites: Readonly<Record<string, Site>>;
  /** Every machine that may become a host. */
  readonly hosts: readonly MetalHost[];
  /** Private SSH key of root with which the machines are handed over, in OpenSSH format: a secret. It stays authorised: the machines are yours. */
  readonly accessKey: pulumi.Input<string>;
  /** The virtual network that the private addresses are in. @default - none: the private interfaces are in a network of their own */
  readonly vlan?: Vlan;
}

const metalOptionsKeys: Keys<MetalOptions> = {
  sites: each(siteKeys),
  hosts: each(metalHostKeys),
  accessKey: true,
  vlan: vlanKeys,
};

/**
 * Machines that are there already: an inventory in place of a provider's interface. A host is enrolled over SSH with a pinned host key, and given back
 * when it is removed: what enrolment and convergence set up is taken away, and what was under /etc before is put back. Packages stay installed.
 *
 * @throws RangeError with every problem of the inventory.
 */
export function metal(options: MetalOptions): Cloud {
  const given = knownKeys(fields(options), metalOptionsKeys);
  const { sites, hosts, vlan, accessKey } = validate({
    sites: () => checkedSites(given.sites),
    hosts: () => checkedHosts(given.hosts, given.sites, given.vlan),
    vlan: () => checkedVlan(given.vlan),
    accessKey: () => text(given.accessKey, "a private SSH key", "give the key with which the machines are handed over"),
  });
  const at = new Map(hosts.map((host) => [host.address, host]));
  const inventory: Inventory = { at, sites, accessKey: pulumi.secret(accessKey), vlan };
  return {
    id: "metal",
    outerWall: undefined,
    dataDevice: (address) => at.get(address)?.dataDisk ?? "/dev/disk/by-id/none",
    // A host needs a machine at its address: the inventory is the only limit.
    hostsPerNetwork: Infinity,
    segment: true,
    userDataLimit: 0,
    firstHost: 1,
    reservedAtEnd: 0,
    absent: {
      balancers: "machines have no balancer before them; publish ports on the gateways",
      zones: "machines come without a provider of zones; put the records into a zone of your own",
      objectStore: "machines come without an object store; give the endpoint of one of your own",
      autoscaling: "machines stand in the inventory; size the application pool for the largest load",
      outerWall: "leave it open, and narrow the administrators' ranges: the host's own filter is the only wall",
    },
    location: (value) => knownSite(value, sites),
    sharing: (value, network) => sharingSite(value, network, sites),
    country: (location) => sites[location]?.country,
    hostSize: (type) => smallest(hosts.filter((host) => host.type === type)),
    hostType: (value) => {
      const types = [...new Set(hosts.map(({ type }) => type))];
      if (typeof value !== "string" || !types.includes(value))
        throw invalid("a type of the inventory", value, `choose one of ${types.join(", ")}`);
      return value;
    },
    graphics: (type) => {
      const bare = hosts.find((host) => host.type === type && (host.graphicsProcessors ?? 0) === 0);
      if (bare !== undefined)
        throw invalid(
          `machines of type "${type}" with graphics processors`,
          bare.name,
          "give graphicsProcessors in the inventory, and a type of their own to machines that have some",
        );
      return type;
    },
    pooled: (asked) => pooled(asked, at),
    network: (name, spec) => new MetalNetwork(name, spec),
    checkRange: (range, location, isolatedFrom) => checkRange({ hosts, sites }, range, location, isolatedFrom),
    pool: (name, spec, opts) => pool(name, spec, inventory, opts),
  };
}

interface Inventory {
  readonly at: ReadonlyMap<string, MetalHost>;
  readonly sites: Readonly<Record<string, Site>>;
  readonly accessKey: pulumi.Output<string>;
  readonly vlan: Vlan | undefined;
}

/** There is nothing to make: the network is there, and the network's own hosts are its walls. */
class MetalNetwork implements CloudNetwork {
  readonly id: pulumi.Output<string>;
  constructor(
    name: string,
    readonly spec: NetworkSpec,
  ) {
    this.id = pulumi.output(`${spec.location}/${name}`);
  }
  netplan(): undefined {
    return undefined;
  }
}

/** Checks that the inventory has the machines that a pool needs. */
function pooled(asked: AskedHosts, at: ReadonlyMap<string, MetalHost>): void {
  const { addresses, location, type, system, door, dataGib, spread, quorum } = asked;
  validate(Object.fromEntries(addresses.map((address) => [address, () => fits(address)])));
  validate({ spread: apart });

  function apart(): void {
    if (spread === "machines") return;
    if (spread !== "domains") throw invalid('"machines" or "domains"', spread, "choose one, or leave it out");
    const domains = addresses.map((address) => at.get(address)?.failureDomain);
    const stand = domains.map((domain) => domain ?? "unknown").join(", ");
    if (domains.includes(undefined) || new Set(domains).size < 2)
      throw invalid(
        "machines in at least two failure domains",
        stand,
        "give the machines a failureDomain each and choose addresses in two, or leave the spread out",
      );
    const share = (domain: string | undefined): number => domains.filter((other) => other === domain).length;
    const end = domains.find((domain) => 2 * share(domain) > domains.length);
    if (quorum && end !== undefined)
      throw invalid(
        "no failure domain with most of the machines, since the others could not go on without it",
        stand,
        `choose addresses with fewer machines in "${end}"`,
      );
  }

  function fits(address: string): void {
    const machine = at.get(address);
    if (machine === undefined)
      throw invalid(
        `a machine at ${address} in the inventory`,
        undefined,
        `add one, or begin the pool at another host number; there are ${[...at.keys()].join(", ")}`,
      );
    const what = `"${machine.name}" at ${address}`;
    if (machine.site !== location)
      throw invalid(`${what} to stand in ${location}`, machine.site, "choose a machine of the pool's site");
    if (machine.type !== type)
      throw invalid(`${what} to be of type "${type}"`, machine.type, "ask for its type or choose another address");
    const { system: has = "debian-12" } = machine;
    if (has !== system)
      throw invalid(
        `${what} to have ${system}`,
        has,
        "choose another address, or install it and say so in the inventory",
      );
    if (door && machine.publicAddress === undefined)
      throw invalid(`a public address of ${what}`, undefined, "a door needs one: give publicAddress in the inventory");
    if (dataGib > 0 && machine.dataDisk === undefined)
      throw invalid(`a data disk of ${what}`, undefined, "give dataDisk in the inventory");
  }
}

function pool(name: string, spec: PoolSpec, inventory: Inventory, opts: pulumi.CustomResourceOptions): CloudPool {
  const { network: home, door, spread = "machines" } = spec;
  if (!(home instanceof MetalNetwork))
    throw invalid("a network of the same cloud", "another", `make the network of "${name}" with metal()`);
  const { range, convergenceKey, convergencePrivateKey } = home.spec;
  const { at, accessKey, vlan } = inventory;
  return {
    spread: spread === "domains" ? "machines in different failure domains of the inventory" : "a machine per host",
    host: (host, { address, birth, through, keepData, dataGib }, own): CloudHost => {
      const machine = at.get(address);
      if (machine === undefined) throw invalid(`a machine at ${address} in the inventory`, undefined, "add one");
      const { hostKey, publicAddress } = machine;
      const reachedAt = machine.reachedAt ?? (door ? publicAddress : undefined) ?? address;
      const plain = enrolment(birth, machine, door, vlan);
      const enrol = new command.Command(
        `${host}-enrol`,
        {
          connection: {
            host: reachedAt,
            user: "root",
            privateKey: accessKey,
            hostKey,
            ...sshRetries,
            ...(through !== undefined && inside(range, reachedAt) ? { proxy: through } : {}),
          },
          create: scripts.enrol,
          stdin: pulumi.output(convergenceKey).apply((key) => [...plain, keyLine(key), "end", ""].join("\n")),
          triggers: [
            createHash("sha256")
              // Not from where SSH was open before convergence: a machine is not taken over again for that.
              .update(JSON.stringify([enrolment({ ...birth, sshFrom: [] }, machine, door, vlan), hostKey]))
              .digest("hex"),
          ],
          addPreviousOutputInEnv: false,
        },
        // A stack of before keeps its machines: the command had another name.
        { ...own, deleteBeforeReplace: true, aliases: [{ name: `${host}-claim` }] },
      );
      const data = dataGib > 0 && !keepData ? [`wipe ${machine.dataDisk ?? ""}`] : [];
      const release = new command.Command(
        `${host}-release`,
        {
          connection: {
            host: through === undefined ? (publicAddress ?? address) : address,
            user: "root",
            privateKey: convergencePrivateKey,
            hostKey,
            ...sshRetries,
            ...(through === undefined ? {} : { proxy: through }),
          },
          create: scripts.nothing,
          delete: scripts.release,
          stdin: [...data, "end", ""].join("\n"),
          // By property, not only by order: an enrolment that is made again releases what the last one set up.
          triggers: [enrol.id],
          addPreviousOutputInEnv: false,
        },
        { ...opts, dependsOn: [enrol, ...((own.dependsOn as pulumi.Resource[] | undefined) ?? [])] },
      );
      return {
        id: enrol.id,
        resource: enrol,
        publicAddress: door && publicAddress !== undefined ? pulumi.output(publicAddress) : undefined,
        attachments: [release],
        hostKey,
      };
    },
  };
}

const inside = (range: Cidr, address: string): boolean => range.contains(address);

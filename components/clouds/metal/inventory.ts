import { Cidr, ipAddress, ipv4Address } from "../../core/cidr";
import { validate, invalid, shown, tryParse, type Keys } from "../../core/errors";
import { outside } from "../../core/isolation";
import { dnsLabel } from "../../core/names";
import { integerInRange, countInRange } from "../../core/numbers";
import type { HostSize } from "../../core/plan";
import { fields, items, record } from "../../core/shapes";
import { knownSite, share, type Sites } from "./sites";
import { type OperatingSystem, operatingSystem } from "../../recipe/system";

/** A machine that is there already, with an operating system and an SSH server; Ubuntu needs its packages `ifupdown` and `nftables` before it is handed over. */
export interface MetalHost {
  /** Name of the machine for people; hosts have names of their own. */
  readonly name: string;
  /** Code of its site. */
  readonly site: string;
  /** Class of alike machines, which pools ask for: "medium". */
  readonly type: string;
  /** Operating system that was installed on it. @default "debian-12" */
  readonly system?: OperatingSystem;
  /** Private IPv4 address in the network. It decides which machine becomes which host: a pool's n-th host is the machine with its address. */
  readonly address: string;
  /** Public address, which the machine has already. Only doors need one. @default - none */
  readonly publicAddress?: string;
  /** Address for SSH at its enrolment. An address in the network is reached through a gateway. @default - `publicAddress` of a door, else `address` */
  readonly reachedAt?: string;
  /** Its own public SSH key, pinned from the first connection on: "ssh-ed25519 AAAA…". */
  readonly hostKey: string;
  /** Names of its network interfaces. With a VLAN both may be the same. */
  readonly interfaces: { readonly private: string; readonly public?: string };
  /** Its data disk, by a path that outlives a reboot: "/dev/disk/by-id/…". @default - none */
  readonly dataDisk?: string;
  /** Its processor cores, from which a platform reckons how many hosts its services need. @default - not known */
  readonly cores?: number;
  /** Its memory, for the same. @default - not known */
  readonly memoryGib?: number;
  /** Number of graphics processors. @default 0 */
  readonly graphicsProcessors?: number;
  /** Failure domain: a rack, a power feed. @default - not known */
  readonly failureDomain?: string;
}

export const metalHostKeys: Keys<MetalHost> = {
  name: true,
  site: true,
  type: true,
  system: true,
  address: true,
  publicAddress: true,
  reachedAt: true,
  hostKey: true,
  interfaces: { private: true, public: true },
  dataDisk: true,
  cores: true,
  memoryGib: true,
  graphicsProcessors: true,
  failureDomain: true,
};

/** A virtual network on the private interfaces (IEEE 802.1Q). */
export interface Vlan {
  /** 1 to 4094; 4000 to 4091 on a vSwitch of Hetzner's. Source: docs.hetzner.com/robot/dedicated-server/network/vswitch. */
  readonly id: number;
  /** Bytes of the largest packet. A vSwitch of Hetzner's carries 1400 (unverified). @default 1500 */
  readonly mtu?: number;
}

export const vlanKeys: Keys<Vlan> = {
  id: true,
  mtu: true,
};

/** Linux takes no longer name of an interface (IFNAMSIZ 16 in include/uapi/linux/if.h, one of them the end). */
const longestInterface = 15;

/** Name of the interface that carries the private address. */
export const privateInterface = ({ interfaces }: MetalHost, vlan: Vlan | undefined): string =>
  tagged(interfaces.private, vlan?.id);

const tagged = (card: string, vlan: number | undefined): string => (vlan === undefined ? card : `${card}.${vlan}`);

export function checkedVlan(vlan: Vlan | undefined): Vlan | undefined {
  if (vlan === undefined) return undefined;
  const { id, mtu } = record(vlan, "a VLAN", "{ id: 4000, mtu: 1400 }");
  validate({
    id: () => integerInRange(id, "the number of a VLAN", 1, 4094),
    mtu: () => countInRange(mtu ?? 1500, "bytes", 1280, 9216),
  });
  return vlan;
}

/** Reads every machine. @throws RangeError with every malformed one, and everything that two have and only one can. */
export function checkedHosts(
  hosts: readonly MetalHost[] | undefined,
  sites: Sites | undefined,
  vlan: Vlan | undefined,
): readonly MetalHost[] {
  const example = '{ name: "rack-1-1", site: "bern", … }';
  const all = items(hosts);
  if (all.length === 0) throw invalid("at least one machine", hosts, `give machines like ${example}`);
  validate(
    Object.fromEntries([
      ...all.map((host, i) => [
        `[${i}]`,
        () => checkedHost(record(host, "a machine", example), sites, fields(vlan).id),
      ]),
      ["all", () => apart(all.map(fields))],
    ]),
  );
  return all.map(({ publicAddress, reachedAt, ...host }) => ({
    ...host,
    ...(publicAddress === undefined ? {} : { publicAddress: ipAddress(publicAddress) }),
    ...(reachedAt === undefined ? {} : { reachedAt: ipAddress(reachedAt) }),
  }));
}

function checkedHost(host: Partial<MetalHost>, sites: Sites | undefined, vlan: number | undefined): void {
  const { name, site, type, address, publicAddress, reachedAt, hostKey, interfaces, dataDisk, failureDomain } = host;
  const { graphicsProcessors = 0 } = host;
  validate({
    name: () => dnsLabel(name),
    site: () => knownSite(site, sites),
    type: () => {
      if (typeof type !== "string" || !hostClass.test(type))
        throw invalid("a class of machines", type, 'give one like "medium"');
    },
    system: () => host.system === undefined || operatingSystem(host.system),
    address: () => ipv4Address(address),
    publicAddress: () => {
      if (publicAddress === undefined) return;
      ipAddress(publicAddress);
      if (fields(interfaces).public === undefined)
        throw invalid("the interface of the public address", interfaces, 'give interfaces like { public: "eno1", … }');
    },
    reachedAt: () => reachedAt === undefined || ipAddress(reachedAt),
    hostKey: () => {
      if (typeof hostKey !== "string" || !/^ssh-ed25519 [A-Za-z0-9+/]{68}$/.test(hostKey))
        throw invalid(
          "an Ed25519 host key",
          hostKey,
          "give the first two words of the machine's /etc/ssh/ssh_host_ed25519_key.pub",
        );
    },
    interfaces: () => {
      const cards = record(interfaces, "the names of network interfaces", '{ private: "eno2", public: "eno1" }');
      for (const card of [cards.private, ...(cards.public === undefined ? [] : [cards.public])])
        if (typeof card !== "string" || !/^[a-z][a-z0-9]*$/.test(card) || card.length > longestInterface)
          throw invalid("the name of a network interface", card, 'give one like "eno1"');
      if (vlan === undefined && cards.private === cards.public)
        throw invalid("two interfaces, or a VLAN", interfaces, "give the private network an interface or a vlan");
      const made = tagged(cards.private ?? "", vlan);
      if (made.length > longestInterface)
        throw invalid(
          `a name of at most ${longestInterface} characters with the VLAN`,
          made,
          "give the interface a shorter name",
        );
    },
    dataDisk: () => {
      if (
        dataDisk !== undefined &&
        (typeof dataDisk !== "string" || !/^\/dev\/disk\/by-id\/[A-Za-z0-9._:-]+$/.test(dataDisk))
      )
        throw invalid("a disk under /dev/disk/by-id", dataDisk, "names like /dev/sdb change with the next boot");
    },
    cores: () => host.cores === undefined || countInRange(host.cores, "cores", 1),
    memoryGib: () => host.memoryGib === undefined || countInRange(host.memoryGib, "GiB of memory", 1),
    graphicsProcessors: () => countInRange(graphicsProcessors, "graphics processors", 0),
    failureDomain: () => failureDomain === undefined || dnsLabel(failureDomain),
  });
}

const hostClass = /^[a-z0-9][a-z0-9.-]*$/;

/** Names, keys, disks and addresses belong to one machine each. An IPv4-mapped IPv6 address is the IPv4 address that it maps. */
function apart(hosts: readonly Partial<MetalHost>[]): void {
  validate({
    name: () => once("name", hosts, ({ name }) => [name]),
    hostKey: () => once("host key", hosts, ({ hostKey }) => [hostKey]),
    dataDisk: () => once("data disk", hosts, ({ dataDisk }) => [dataDisk]),
    address: () =>
      once("address", hosts, ({ address, publicAddress, reachedAt }) => [
        ...new Set([address, publicAddress, reachedAt].flatMap((one) => tryParse(() => ipAddress(one)) ?? [])),
      ]),
  });
}

function once(
  what: string,
  hosts: readonly Partial<MetalHost>[],
  values: (host: Partial<MetalHost>) => readonly (string | undefined)[],
): void {
  const owners = new Map<string, string | undefined>();
  for (const host of hosts)
    for (const value of values(host)) {
      if (value === undefined) continue;
      if (owners.has(value))
        throw invalid(
          `one machine per ${what}`,
          value,
          `both ${shown(owners.get(value))} and ${shown(host.name)} have it`,
        );
      owners.set(value, host.name);
    }
}

/**
 * Checks a network's range and isolation against the machines at its site, and at those that share its network.
 *
 * @throws RangeError with every machine that stands outside the range, or is reached at an isolated address.
 */
export function checkRange(
  { hosts, sites }: { readonly hosts: readonly MetalHost[]; readonly sites: Sites },
  range: Cidr,
  location: string,
  isolatedFrom: readonly Cidr[],
): void {
  validate(
    Object.fromEntries(
      hosts.flatMap(({ name, site, address, publicAddress, reachedAt }, i) =>
        !share(site, location, sites)
          ? []
          : [
              [
                `hosts[${i}].address`,
                () => {
                  if (!range.contains(address))
                    throw invalid(
                      `machines of ${location} in the range ${range.toString()}`,
                      address,
                      `give "${name}" an address of the network, or a site of its own`,
                    );
                },
              ],
              ...Object.entries({ publicAddress, reachedAt }).map(([what, value]) => [
                `hosts[${i}].${what}`,
                () => value === undefined || outside(value, isolatedFrom, `reach "${name}" another way`),
              ]),
            ],
      ),
    ),
  );
}

/** Size of the smallest of some machines; undefined if one's figures are missing. */
export function smallest(machines: readonly MetalHost[]): HostSize | undefined {
  const known = machines.flatMap(({ cores, memoryGib }) =>
    cores === undefined || memoryGib === undefined ? [] : [{ cores, memoryGib }],
  );
  return known.length === 0 || known.length < machines.length
    ? undefined
    : {
        cores: Math.min(...known.map(({ cores }) => cores)),
        memoryGib: Math.min(...known.map(({ memoryGib }) => memoryGib)),
      };
}

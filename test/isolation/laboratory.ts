import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import type { RenderedHost } from "../support/infrastructure";
import { both, internet, isolated, type Pair, type Place, place } from "./addresses";
import type { Link, Space } from "./prober";
import type { Probe } from "./probe";
import { rangeOf, translation } from "./translation";

const folder = "/run/netns";
const prefix = "uc-isolation-";

/** Addresses of the wire on every link: it is alone there, so they can be the same everywhere. */
const router = { ip: "169.254.0.1", ip6: "fe80::1" } as const;

/** Ranges with routes to the isolated systems, for hosts that have such routes: in the worst case, all. */
const towardsIsolated = ["10.0.0.0/20", "10.0.16.0/24", "fd00:10::/48"] as const;

/** Hardware addresses of both ends of the link between a pod and its host. */
const podMac = { outer: "02:00:00:00:03:01", inner: "02:00:00:00:03:02" } as const;

/** A cable between the wire and a namespace. */
interface Cable extends Link {
  readonly space: string;
  readonly name: string;
  readonly addresses: readonly Pair[];
}

/**
 * Namespaces with links, a star: everybody is connected with "the wire", a router without any filter that knows the way to everywhere. It is the
 * worst case: the stack's networks are connected with the systems that it is isolated from, and only the hosts' filters
 * are left. Hosts see the same as in Hetzner's networks: a router, and no other neighbour.
 *
 * Namespaces: each host by its name, its pod as `<host>/pod`, the systems under attack, `internet`, `wire`, and `bell`, where nothing
 * arrives but the packet that ends a round.
 */
export class Laboratory {
  readonly places: readonly Place[];
  private readonly cables: Cable[] = [];
  private readonly names: readonly string[];
  private readonly end = (): void => this.remove();

  constructor(hosts: Readonly<Record<string, RenderedHost>>) {
    removeLeftovers();
    this.places = Object.keys(hosts).map(place);
    const pods = this.places.filter(({ pod }) => pod !== undefined).map(({ name }) => `${name}/pod`);
    const others = [...Object.keys(isolated), "internet", "bell"];
    this.names = ["wire", ...others, ...this.places.map(({ name }) => name), ...pods];
    process.on("exit", this.end);
    try {
      this.build(hosts);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  private build(hosts: Readonly<Record<string, RenderedHost>>): void {
    batch(this.names.map((name) => `netns add ${netns(name)}`));
    for (const name of this.names) this.settings(name, hosts[name]);
    for (const { name, private: own, public: outer } of this.places) {
      this.cable(name, "private", [own]);
      if (outer !== undefined) this.cable(name, "public", [outer]);
    }
    for (const [name, address] of Object.entries(isolated)) this.cable(name, "cable", [address]);
    this.cable("internet", "cable", Object.values(internet));
    this.cable("bell", "cable", [{ ip: "169.254.255.1", ip6: "fd99::1" }]);
    this.wire();
    for (const one of this.places) this.host(one);
    for (const name of [...Object.keys(isolated), "internet", "bell"])
      this.inside(name, this.routes("cable", ["default"]));
  }

  /** Description of the namespaces for the prober. */
  get spaces(): Readonly<Record<string, Space>> {
    const filtered = new Set(this.places.map(({ name }) => name));
    return Object.fromEntries(
      this.names.map((name) => [name, { path: `${folder}/${netns(name)}`, filtered: filtered.has(name) }]),
    );
  }

  /** Links on which the wire can put frames. */
  get links(): Readonly<Record<string, Link>> {
    return Object.fromEntries(
      this.cables.map(({ space, name, device, from, to }) => [`${space}/${name}`, { device, from, to }]),
    );
  }

  /** A packet that always arrives. */
  get last(): Probe {
    const [source, target] = [router.ip, "169.254.255.1"];
    return { origin: "wire", link: "bell/cable", at: "bell", protocol: "udp", source, target, fromPort: 9, port: 9 };
  }

  /** Runs a program in a namespace and gives what it wrote. */
  run(space: string, program: string, args: readonly string[], input = ""): string {
    return execFileSync("ip", ["netns", "exec", netns(space), program, ...args], {
      input,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "pipe"],
    });
  }

  /** Path of a namespace, for long-running programs. */
  path(space: string): string {
    return `${folder}/${netns(space)}`;
  }

  /** Loads a host's filter as its unit does, in place of the one before. */
  load(host: string, rules: string): void {
    this.run(host, "nft", ["-f", "-"], rules);
  }

  /** Takes a host's filter away. */
  unload(host: string): void {
    this.run(host, "nft", ["delete", "table", "inet", "sovereign_uc"]);
  }

  remove(): void {
    process.off("exit", this.end);
    const left = new Set(readdirSync(folder));
    batch(this.names.filter((name) => left.has(netns(name))).map((name) => `netns delete ${netns(name)}`));
  }

  private inside(space: string, commands: readonly string[]): void {
    batch(commands, ["-n", netns(space)]);
  }

  /**
   * The kernel's settings: those that the host's recipe has for its network (the others belong to the whole machine), and a
   * willingness to pass packets on that only some hosts have, so that the filter alone stands against it.
   */
  private settings(name: string, host: RenderedHost | undefined): void {
    const rendered = Object.entries(host?.files ?? {})
      .filter(([path]) => path.startsWith("/etc/sysctl.d/"))
      .flatMap(([, content]) => content.split("\n"))
      .filter((line) => /^net\.ipv[46]\./.test(line));
    const lines = [
      ...["default", "all"].flatMap((scope) => [
        `net.ipv6.conf.${scope}.accept_dad = 0`,
        `net.ipv6.conf.${scope}.addr_gen_mode = 1`,
        `net.ipv6.conf.${scope}.accept_ra = 0`,
        ...(host === undefined ? [`net.ipv4.conf.${scope}.rp_filter = 0`] : []),
      ]),
      "net.ipv4.ip_forward = 1",
      "net.ipv6.conf.all.forwarding = 1",
      ...rendered,
    ];
    this.run(name, "sysctl", ["-q", "-p", "-"], lines.join("\n"));
    this.inside(name, ["link set lo up"]);
  }

  private cable(space: string, name: string, addresses: readonly Pair[]): void {
    const number = this.cables.length + 1;
    const hex = number.toString(16).padStart(2, "0");
    this.cables.push({
      space,
      name,
      addresses,
      device: `l${number}`,
      from: `0200000001${hex}`,
      to: `0200000002${hex}`,
    });
  }

  /** The router in the middle, with all its links. */
  private wire(): void {
    batch(
      this.cables.map(
        ({ space, name, device, from, to }) =>
          `link add ${device} address ${mac(from)} netns ${netns("wire")} type veth peer name ${name} address ${mac(to)} netns ${netns(space)}`,
      ),
    );
    const near = (address: string, device: string, to: string): string[] => [
      `route replace ${address} dev ${device}`,
      `neigh replace ${address} lladdr ${mac(to)} dev ${device} nud permanent`,
    ];
    this.inside("wire", [
      `address add ${router.ip}/32 dev lo`,
      ...this.cables.flatMap(({ addresses, device, to }) => [
        `link set ${device} up`,
        `address add ${router.ip6}/64 dev ${device} nodad`,
        ...addresses.flatMap(({ ip, ip6 }) => [...near(ip, device, to), ...near(ip6, device, to)]),
      ]),
      // Addresses without a host of their own in a range go to a host in it.
      ...towardsIsolated.map((range) => {
        const { ip, ip6 } = range === "10.0.16.0/24" ? isolated.mail : isolated.directory;
        return `route replace ${range} via ${range.includes(":") ? `${ip6} onlink` : `${ip} onlink`} dev ${this.device(range === "10.0.16.0/24" ? "mail" : "directory")}`;
      }),
      ...this.places.flatMap(({ name, private: own, pod }) =>
        pod === undefined
          ? []
          : [
              `route replace ${rangeOf(pod.ip)} via ${own.ip} onlink dev ${this.device(name)}`,
              `route replace ${rangeOf(pod.ip6)} via ${own.ip6} onlink dev ${this.device(name)}`,
            ],
      ),
      `route replace default via ${internet.client.ip} onlink dev ${this.device("internet")}`,
      `route replace default via ${internet.client.ip6} onlink dev ${this.device("internet")}`,
    ]);
    for (const { space, name, addresses, from } of this.cables)
      this.inside(space, [
        `link set ${name} up`,
        ...addresses.flatMap(({ ip, ip6 }) => [
          `address add ${ip}/32 dev ${name}`,
          `address add ${ip6}/128 dev ${name} nodad`,
        ]),
        `address add fe80::2/64 dev ${name} nodad`,
        ...Object.values(router).map(
          (address) => `neigh replace ${address} lladdr ${mac(from)} dev ${name} nud permanent`,
        ),
      ]);
  }

  /** A host's routes, worst case, and its pod. */
  private host({ name, private: own, public: outer, pod, bridge }: Place): void {
    this.inside(name, [
      ...this.routes("private", [rangeOf(own.ip), rangeOf(own.ip6), "10.42.0.0/16", "fd42::/16"]),
      ...this.routes(outer === undefined ? "private" : "public", ["default"]),
      // By both links at once, so that the kernel's reverse path filter passes packets that the filter must stop.
      ...(outer === undefined
        ? []
        : towardsIsolated.map((range) => {
            const hop = range.includes(":") ? router.ip6 : router.ip;
            return `route replace ${range} nexthop via ${hop} dev private onlink nexthop via ${hop} dev public onlink`;
          })),
    ]);
    if (pod !== undefined && bridge !== undefined) {
      const inner = netns(`${name}/pod`);
      batch([
        `link add pod address ${podMac.outer} netns ${netns(name)} type veth peer name eth0 address ${podMac.inner} netns ${inner}`,
      ]);
      // Static neighbour entries on both sides: no neighbour discovery while packets are counted.
      this.inside(name, [
        "link set pod up",
        `address add ${bridge.ip}/24 dev pod`,
        `address add ${bridge.ip6}/64 dev pod nodad`,
        ...both(pod).map((address) => `neigh replace ${address} lladdr ${podMac.inner} dev pod nud permanent`),
      ]);
      this.inside(`${name}/pod`, [
        "link set eth0 up",
        `address add ${pod.ip}/24 dev eth0`,
        `address add ${pod.ip6}/64 dev eth0 nodad`,
        ...both(bridge).map((address) => `neigh replace ${address} lladdr ${podMac.outer} dev eth0 nud permanent`),
        ...both(bridge).map((address) => `route add default via ${address}`),
      ]);
    }
    this.run(name, "nft", ["-f", "-"], translation(pod ?? own, own));
  }

  private routes(device: string, ranges: readonly string[]): string[] {
    return ranges.flatMap((range) => [
      ...(range.includes(":") ? [] : [`route replace ${range} via ${router.ip} onlink dev ${device}`]),
      ...(range.includes(".") ? [] : [`route replace ${range} via ${router.ip6} dev ${device}`]),
    ]);
  }

  private device(space: string): string {
    const cable = this.cables.find((one) => one.space === space);
    if (cable === undefined) throw new Error(`expected a link of ${space}, got none`);
    return cable.device;
  }
}

const mac = (digits: string): string => digits.replace(/(..)(?=.)/g, "$1:");

/** Names contain the process id, so that a run finds the leftovers of a killed one. */
const netns = (name: string): string => `${prefix}${process.pid}-${name.replace("/", "-")}`;

function batch(commands: readonly string[], options: readonly string[] = []): void {
  execFileSync("ip", [...options, "-batch", "-"], { input: commands.join("\n"), stdio: ["pipe", "ignore", "pipe"] });
}

function removeLeftovers(): void {
  const running = new Set(readdirSync("/proc"));
  const left = existingNamespaces().filter((name) => !running.has(name.slice(prefix.length).split("-")[0] ?? ""));
  batch(left.map((name) => `netns delete ${name}`));
}

function existingNamespaces(): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

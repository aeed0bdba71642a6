import { run } from "./run";

/** A cable from a namespace to the router in the middle. */
interface Cable {
  readonly space: string;
  readonly device: string;
  readonly mtu: number;
  readonly addresses: readonly string[];
  /** The router's own address on this cable. */
  readonly hop: string;
  /** Destinations reached by this cable: ranges, or `default`. */
  readonly routes: readonly string[];
}

/** Cables of a host's network cards. */
export interface Cards {
  readonly private?: string;
  readonly public?: string;
}

/** Cards as Hetzner's machines have them: names, and packets of at most so many bytes. */
export const cards = {
  private: { device: "enp7s0", mtu: 1_450, hop: "10.20.0.1" },
  public: { device: "eth0", mtu: 1_500, hop: "172.31.1.1" },
} as const;

/** Prefix of all names that live nodes use on this machine; the process id follows. */
export const prefix = "uc-live-";

/**
 * Network namespaces in a star around a router without any filter. Hosts see what Hetzner's networks show them: addresses of their own with a prefix
 * of 32 bits, and a router as the only neighbour. (Public cards: docs.hetzner.com "static configuration"; private: the same, with the network's first address.)
 */
export class Wires {
  private readonly made = new Set<string>();
  private readonly ports = new Map<string, number>();

  constructor(
    private readonly id: string,
    private readonly range: string,
  ) {}

  /** Full name of a namespace, for `ip netns`. */
  name(space: string): string {
    return `${prefix}${this.id}-${space}`;
  }

  path(space: string): string {
    return `/run/netns/${this.name(space)}`;
  }

  /**
   * Makes the router. What nobody has is lost without a word: an answer "unreachable" would be there before the kernel has left `connect`, which it is on no
   * real network, and HAProxy 2.6 would then ask for the connection without a pause until its time is over.
   */
  async start(): Promise<void> {
    await this.add("wire");
    await run("ip", ["-n", this.name("wire"), "route", "add", "blackhole", "default"]);
    await this.inside("wire", [
      "sysctl",
      "-qw",
      "net.ipv4.ip_forward=1",
      "net.ipv4.conf.all.rp_filter=0",
      "net.ipv4.conf.default.rp_filter=0",
    ]);
  }

  /** Makes a host's namespace with its cards. A host that has been there before gets them anew, as after a reboot. */
  async host(space: string, { private: own, public: outer }: Cards): Promise<void> {
    await this.remove(space);
    await this.add(space);
    const near = (kind: "private" | "public", address: string, routes: readonly string[]): Cable => ({
      space,
      ...cards[kind],
      addresses: [address],
      routes,
    });
    if (outer !== undefined) await this.plug(near("public", outer, ["default"]));
    if (own !== undefined) await this.plug(near("private", own, [this.range]));
  }

  /** Makes a namespace somewhere in the internet. */
  async outside(space: string, addresses: readonly string[]): Promise<void> {
    await this.add(space);
    await this.plug({ space, device: "eth0", mtu: 1_500, addresses, hop: "172.31.1.1", routes: ["default"] });
  }

  /** Runs a program in a namespace. */
  inside(space: string, command: readonly string[], input = ""): Promise<string> {
    return run("ip", ["netns", "exec", this.name(space), ...command], input);
  }

  async remove(space: string): Promise<void> {
    if (!this.made.delete(space)) return;
    await run("ip", ["netns", "delete", this.name(space)]);
  }

  async stop(): Promise<void> {
    for (const space of [...this.made]) await this.remove(space);
  }

  private async add(space: string): Promise<void> {
    await run("ip", ["netns", "add", this.name(space)]);
    this.made.add(space);
    await run("ip", ["-n", this.name(space), "link", "set", "lo", "up"]);
  }

  private async plug({ space, device, mtu, addresses, hop, routes }: Cable): Promise<void> {
    const key = `${space}/${device}`;
    const number = this.ports.get(key) ?? this.ports.size + 1;
    this.ports.set(key, number);
    const port = `port${number}`;
    const [wire, here] = [this.name("wire"), this.name(space)];
    // A host that was there before has left its end of the cable behind for a moment.
    await run("ip", ["-n", wire, "link", "delete", port]).catch(() => "");
    await batch([`link add ${port} netns ${wire} mtu ${mtu} type veth peer name ${device} netns ${here} mtu ${mtu}`]);
    await batch(
      [
        `address add ${hop}/32 dev ${port}`,
        `link set ${port} up`,
        ...addresses.map((address) => `route replace ${address}/32 dev ${port}`),
      ],
      wire,
    );
    await batch(
      [
        ...addresses.map((address) => `address add ${address}/32 dev ${device}`),
        `link set ${device} up`,
        `route add ${hop}/32 dev ${device}`,
        ...routes.map((range) => `route add ${range} via ${hop} dev ${device}`),
      ],
      here,
    );
  }
}

const batch = (commands: readonly string[], space?: string): Promise<string> =>
  run("ip", [...(space === undefined ? [] : ["-n", space]), "-batch", "-"], commands.join("\n"));

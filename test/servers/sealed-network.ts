/** A network of one test, that leads nowhere. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";

const network = `10.198.${process.pid % 250}`;
/** Address of the test, and of what it lets stand in for others. */
export const outside = `${network}.1`;
/** Addresses of hosts inside, by number from 1. */
export const host = (number: number): string => `${network}.${10 + number}`;

/** A network namespace with one link, to the test, and names of its own. What would go elsewhere is led to the loopback device, where it is counted and refused. */
export class SealedNetwork {
  private readonly name = `sealed-${process.pid}`;
  private readonly ends = { inner: `si${process.pid}`, outer: `so${process.pid}` };
  /** Command that enters it. */
  readonly prefix: readonly string[] = ["ip", "netns", "exec", this.name];

  /**
   * @param names addresses by host name, as the hosts file inside has them.
   * @param hosts number of addresses inside.
   */
  start(names: Readonly<Record<string, readonly string[]>>, hosts: number): void {
    const { inner, outer } = this.ends;
    const run = (...words: readonly string[]): void =>
      void execFileSync(words[0] ?? "", words.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
    const within = (...words: readonly string[]): void => run(...this.prefix, ...words);
    // Files that `ip netns exec` puts over those of the machine.
    mkdirSync(`/etc/netns/${this.name}`, { recursive: true });
    const lines = Object.entries(names).flatMap(([name, addresses]) =>
      addresses.map((address) => `${address} ${name}`),
    );
    writeFileSync(`/etc/netns/${this.name}/hosts`, `127.0.0.1 localhost\n${lines.join("\n")}\n`);
    writeFileSync(`/etc/netns/${this.name}/resolv.conf`, "nameserver 192.0.2.53\n");
    run("ip", "netns", "add", this.name);
    run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", this.name);
    run("ip", "address", "add", `${outside}/24`, "dev", outer);
    run("ip", "link", "set", outer, "up");
    for (let number = 1; number <= hosts; number++) within("ip", "address", "add", `${host(number)}/24`, "dev", inner);
    within("ip", "link", "set", "lo", "up");
    within("ip", "link", "set", inner, "up");
    within("ip", "route", "add", "default", "dev", "lo");
    execFileSync("ip", [...this.prefix.slice(1), "nft", "-f", "-"], {
      input: `table ip sealed {
        chain out {
          type filter hook output priority 0; policy accept;
          ip daddr { 127.0.0.0/8, ${network}.0/24 } accept
          counter name attempts reject
        }
        counter attempts { }
      }`,
    });
  }

  /** Packets that wanted to leave, questions for names among them. */
  attempts(): number {
    const list = [...this.prefix.slice(1), "nft", "-j", "list", "counter", "ip", "sealed", "attempts"];
    const answer = JSON.parse(execFileSync("ip", list, { encoding: "utf8" })) as {
      readonly nftables: readonly [object, { readonly counter: { readonly packets: number } }];
    };
    return answer.nftables[1].counter.packets;
  }

  stop(): void {
    spawnSync("ip", ["netns", "delete", this.name]);
    spawnSync("ip", ["link", "delete", this.ends.outer]);
    rmSync(`/etc/netns/${this.name}`, { recursive: true, force: true });
  }
}

import { execFileSync, spawnSync } from "node:child_process";

/** A network of this process alone: what a killed run left behind is in nobody's way. */
const network = `10.199.${process.pid % 250}`;
/** Hosts of the store, by number from 0. */
export const addresses = [`${network}.11`, `${network}.12`, `${network}.13`] as const;
export const databaseAddress = `${network}.19`;
const outside = `${network}.1`;

/** A network namespace with one link, to the test. What would go elsewhere is led to the loopback device, where it is counted and refused. */
export class StorageNetwork {
  private readonly name = `store-${process.pid}`;
  private readonly ends = { inner: `si${process.pid}`, outer: `so${process.pid}` };
  /** Command that enters it. */
  readonly prefix: readonly string[] = ["ip", "netns", "exec", this.name];

  start(): void {
    const { inner, outer } = this.ends;
    const run = (...words: readonly string[]): void =>
      void execFileSync(words[0] ?? "", words.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
    const within = (...words: readonly string[]): void => run(...this.prefix, ...words);
    run("ip", "netns", "add", this.name);
    run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", this.name);
    run("ip", "address", "add", `${outside}/24`, "dev", outer);
    run("ip", "link", "set", outer, "up");
    for (const address of [...addresses, databaseAddress])
      within("ip", "address", "add", `${address}/24`, "dev", inner);
    within("ip", "link", "set", "lo", "up");
    within("ip", "link", "set", inner, "up");
    within("ip", "route", "add", "default", "dev", "lo");
    execFileSync("ip", ["netns", "exec", this.name, "nft", "-f", "-"], {
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
  }
}

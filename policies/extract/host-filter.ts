import type { Subject } from "../rule";
import { at, entries, isObject, type Value } from "./value";

/** Path of a host's filter (nftables.service of Debian reads it: debian/nftables.service, `ExecStart=/usr/sbin/nft -f /etc/nftables.conf`). */
const path = "/etc/nftables.conf";

/** Filters of the hosts that a component of ours has rendered: of a pool by host, with what all hosts have in common; of a cluster for hosts to come. */
export function hostFilters({ properties }: Subject): readonly string[] | undefined {
  const hosts = at(properties, "rendered");
  const common = at(properties, "renderedOnAll", path);
  if (!isObject(hosts)) return undefined;
  const filters = entries(hosts).map(([, host]): Value => at(host, "files", path) ?? common);
  // A host whose filter is not known, or is none, counts as one without.
  return filters.map((filter) => (typeof filter === "string" ? filter : ""));
}

interface Chain {
  readonly hook: string;
  /** Sets whose members are dropped, by the side of the address: `saddr isolated_ip`. */
  readonly drops: ReadonlySet<string>;
}

/** A drop of every packet from or to a set's addresses, whatever else it is. */
const drop = /^ip6? (saddr|daddr) @(\w+) (?:counter )?drop(?: comment "[^"]*")?$/;

/**
 * Ranges that a ruleset of nftables drops before anything else, both ways, on the way in and on the way out: what comes from or goes to them on every hook
 * that an opening could stand behind. A chain counts up to its first line that is another verdict.
 */
export function dropped(ruleset: string): readonly string[] {
  const sets = new Map<string, readonly string[]>();
  const chains: Chain[] = [];
  let [set, isOver] = ["", false];
  let drops = new Set<string>();
  for (const line of ruleset.split("\n").map((text) => text.trim())) {
    const name = /^(?:set|chain) (\w+) \{$/.exec(line)?.[1];
    if (name !== undefined) {
      [set, isOver, drops] = [name, false, new Set()];
      continue;
    }
    const elements = /^elements = \{ ([^{}]*) \}$/.exec(line)?.[1];
    if (elements !== undefined) sets.set(set, elements.split(/,\s*/));
    const hook = /^type filter hook (\w+) priority /.exec(line)?.[1];
    if (hook !== undefined) chains.push({ hook, drops });
    else if (!isOver) {
      const [, side, of] = drop.exec(line) ?? [];
      if (side === undefined) isOver = true;
      else drops.add(`${side} ${of ?? ""}`);
    }
  }
  return [...sets].flatMap(([name, ranges]) =>
    walls.every(([at, side]) => isDropped(chains, at, `${side} ${name}`)) ? ranges : [],
  );
}

/** Chains that ask for both sides: before a connection is looked up, and after an address was replaced by another. */
const walls = ["prerouting", "postrouting"].flatMap((hook) => ["saddr", "daddr"].map((side) => [hook, side] as const));

const isDropped = (chains: readonly Chain[], hook: string, rule: string): boolean =>
  chains.some((chain) => chain.hook === hook && chain.drops.has(rule));

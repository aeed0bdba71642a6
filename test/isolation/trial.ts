import type { RenderedHost } from "../support/infrastructure";
import type { Place } from "./addresses";
import { filterPaths } from "./filter-paths";
import type { Laboratory } from "./laboratory";
import { counting, counts, type Mutant, mutants } from "./mutations";
import type { Path } from "./probe";
import type { Prober } from "./prober";

/** The filter that a host's recipe renders. */
export const filterOf = (host: RenderedHost | undefined): string => host?.files["/etc/nftables.conf"] ?? "";

/** Results of removing the lines of a filter, one at a time. */
export interface Trial {
  readonly tried: number;
  readonly byPath: number;
  readonly byCounter: number;
  /** Lines whose removal changed nothing. */
  readonly unnoticed: readonly string[];
}

/**
 * Removes every removable part of a filter, each in turn, and checks that this is noticed: a path has another result than with the
 * whole filter, or else the rule had something to decide, which its counter shows.
 *
 * @param places the hosts that have this filter: a part without use for one of them (its own address in a list) is noticed on another.
 */
export async function trial(
  { laboratory, prober }: { readonly laboratory: Laboratory; readonly prober: Prober },
  places: readonly Place[],
  filter: string,
): Promise<Trial> {
  const hosts = places.map((place) => new Tried(laboratory, prober, place));
  const counters: (readonly number[])[] = [];
  for (const host of hosts) counters.push(await host.counters(filter));
  const decided = new Set(counters.flatMap((counts) => counts.flatMap((count, rule) => (count > 0 ? [rule] : []))));
  let [tried, byPath, byCounter] = [0, 0, 0];
  const unnoticed: string[] = [];
  for (const mutant of mutants(filter)) {
    const { rule, isElement, where, line } = mutant;
    // The elements of a rule that decides nothing have no effect either; only the rule is reported.
    if (isElement && rule !== undefined && !decided.has(rule)) continue;
    tried++;
    if (await some(hosts, (host) => host.misses(mutant))) byPath++;
    else if (!isElement && rule !== undefined && decided.has(rule)) byCounter++;
    else unnoticed.push(`${where} of ${places.map(({ name }) => name).join(", ")}: ${line}`);
  }
  for (const host of hosts) laboratory.load(host.name, filter);
  return { tried, byPath, byCounter, unnoticed };
}

/** A host whose filter is replaced repeatedly. */
class Tried {
  readonly name: string;
  private readonly all: readonly Path[];
  private readonly few: readonly Path[];
  private readonly known = new Map<string, string>();

  constructor(
    private readonly laboratory: Laboratory,
    private readonly prober: Prober,
    place: Place,
  ) {
    this.name = place.name;
    this.all = filterPaths(place);
    // Nearly every line is noticed by one of these; only the others are tried on all.
    this.few = this.all.filter(({ expected }, i) => expected || i % 24 === 0);
  }

  /** Number of times that each rule decides when all paths are tried. */
  async counters(filter: string): Promise<readonly number[]> {
    await this.outcome(counting(filter), this.all);
    return counts(this.laboratory.run(this.name, "nft", ["-j", "list", "table", "inet", "sovereign_uc"]));
  }

  async misses({ text, against }: Mutant): Promise<boolean> {
    for (const paths of [this.few, this.all])
      if ((await this.outcome(text, paths)) !== (await this.usual(against, paths))) return true;
    return false;
  }

  private async usual(filter: string, paths: readonly Path[]): Promise<string> {
    const key = `${paths.length} ${filter}`;
    const outcome = this.known.get(key) ?? (await this.outcome(filter, paths));
    this.known.set(key, outcome);
    return outcome;
  }

  private async outcome(filter: string, paths: readonly Path[]): Promise<string> {
    this.laboratory.load(this.name, filter);
    return (await this.prober.send(paths, [this.name])).map(Number).join("");
  }
}

async function some(hosts: readonly Tried[], holds: (host: Tried) => Promise<boolean>): Promise<boolean> {
  for (const host of hosts) if (await holds(host)) return true;
  return false;
}

import { ofLeaf } from "./leaf";
import type { Reading } from "./text";
import { readableLines } from "./comments";
import { filtersIn, rangesIn } from "./packet-filters";
import { Ranges } from "./ranges";
import { place } from "./scan";
import { ledIn } from "./tunnels";

/** A place of a text by which something isolated is reached. */
export interface Breach {
  /** An opening, a route, an address. */
  readonly what: string;
  readonly path: string;
  /** The isolated range. */
  readonly range: string;
}

/** Words of what is refused or left out, in the name of a setting and in a line. */
const refusing =
  /(deny|denied|refus|private[-_]address|do[-_]not[-_]|den(y|ies)[-_]|(?<!ip)block|black|reject|drop|except|exclu|isolat|forbid|ignore|no_?proxy|bann?ed|unreachable|prohibit)/i;

/** A ruleset of nftables, which is read as one: what stands in its sets may be refused. */
const isRuleset = (text: string): boolean => /^\s*table\s+(inet|ip6?|bridge|netdev|arp)\b/m.test(text);

/** Texts of somebody: nothing has judged what stands in them. */
const own = /^(data|stringData|binaryData|userData|user_data|stdin)\b/;

/** Numbers that look like an address: a version. */
const versioned = /(version|release|\btag)["']?\s{0,16}[:= ]\s{0,16}["']?v?$|\/[\w.-]+:$|\bv$/i;

/**
 * Places of texts that open a filter for an isolated range, lead to it, or name an address in it.
 *
 * @param structured true if what is no text of its own is judged as a filter already.
 */
export function breachesIn({ leaves }: Reading, isolated: readonly string[], structured: boolean): readonly Breach[] {
  return leaves.flatMap((leaf) => {
    const { path, text } = leaf;
    const whole = !/\s/.test(text.trim());
    if (!mayHoldAddress(leaf)) return [];
    const { openings, dropped } = filtersIn(text);
    const opened = openings.flatMap(({ what, peers }) =>
      peers.flatMap((peer) =>
        Ranges.isEverything(peer)
          ? []
          : isolated
              .filter((range) => Ranges.overlap(range, peer) && !Ranges.covers(dropped, range))
              .map((range) => ({ what: `${what}, which opens ${peer}`, path, range })),
      ),
    );
    const led = ledIn(leaf).flatMap(({ range: way, by, isRoute }) =>
      isRoute && Ranges.isEverything(way)
        ? []
        : isolated
            .filter((range) => Ranges.overlap(range, way))
            .map((range) => ({ what: `${by} to ${way}`, path, range })),
    );
    const named =
      isRuleset(text) || refusing.test(path) || (whole && structured && !own.test(path))
        ? []
        : mentioned(text, path, isolated);
    const said = new Set([...opened, ...led].map(({ range }) => range));
    return [...opened, ...led, ...named.filter(({ range }) => !said.has(range))];
  });
}

/** Openings of filters in texts, each with its place, and texts whose filters have more members than are read. */
export const filtersOf = ({ leaves }: Reading) => ({
  openings: leaves.flatMap((leaf) => openedIn(leaf)),
  unread: leaves.filter((leaf) => isPartlyRead(leaf)),
});

const openedIn = ofLeaf(({ path, text }) =>
  filtersIn(text).openings.map((one) => ({ ...one, what: `${one.what}${place(path)}` })),
);
const isPartlyRead = ofLeaf(({ text }) => filtersIn(text).partial);

const mayHoldAddress = ofLeaf(({ text }) => /\d\.\d|:/.test(text));

/** Addresses within isolated ranges that stand alone in lines. */
const mentioned = (text: string, path: string, isolated: readonly string[]): readonly Breach[] =>
  readableLines(text).flatMap((line) => {
    if (refusing.test(line)) return [];
    return rangesIn(line).flatMap((word) => {
      const range = isolated.find((one) => Ranges.contains(one, word));
      if (range === undefined) return [];
      const index = line.indexOf(word);
      const [before, after] = [
        line.slice(Math.max(0, index - 40), index),
        line.slice(index + word.length, index + word.length + 4),
      ];
      return versioned.test(before) || /[\w.-]$/.test(before) || /^[\w-]|^\.\d/.test(after)
        ? []
        : [{ what: word, path, range }];
    });
  });

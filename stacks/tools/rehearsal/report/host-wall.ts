import { FilterChain, FilterRule, Ruleset } from "./nftables";
import { internet, meets, overlap, within } from "./ranges";
import { counted, Gap, notCounted, Path, Wall } from "./walls";

/** Role of a host on a path: it is the end, or it forwards packets to and from its pods. */
export type Place = "local" | "forwarded";

/**
 * A host's own ruleset on a path. It counts when an unconditional drop of every range comes before any accept in a chain that each such
 * packet passes, or when the chain's policy is drop; its accepts become gaps.
 */
export function nftablesWall(rulesets: readonly Ruleset[], path: Path, place: Place): Wall {
  if (rulesets.length === 0) return notCounted("nftables", "no ruleset was rendered for the host");
  const results = rulesets.map((ruleset) => judged(ruleset, path, place));
  if (results.some((result) => result === undefined))
    return notCounted("nftables", `${place === "local" ? "the host" : "a host of the pod"} has no chain that stops it`);
  const known = results.filter((result) => result !== undefined);
  return counted(
    "nftables",
    known.every((result) => result.absolute) ? "drops these ranges before anything else" : "default deny",
    known
      .flatMap((result) => result.gaps)
      .filter((gap, i, all) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(gap)) === i),
  );
}

function judged(
  ruleset: Ruleset,
  path: Path,
  place: Place,
): { readonly absolute: boolean; readonly gaps: readonly Gap[] } | undefined {
  const passed = chainsOn(ruleset, path.direction, place);
  if (path.ranges.every((range) => passed.some((chain) => dropsFirst(chain, range, path.direction))))
    return { absolute: true, gaps: [] };
  const denying = passed.filter((chain) => chain.policy === "drop");
  const [first, ...others] = denying.map((chain) => gapsOf(chain, path));
  if (first === undefined) return undefined;
  return { absolute: false, gaps: others.reduce((least, gaps) => (gaps.length < least.length ? gaps : least), first) };
}

/** Chains through which every packet of the direction goes: before or after the routing decision, and at the host or through it. */
function chainsOn(ruleset: Ruleset, direction: Path["direction"], place: Place): readonly FilterChain[] {
  const hooks: readonly FilterChain["hook"][] =
    place === "forwarded"
      ? ["prerouting", "forward", "postrouting"]
      : direction === "in"
        ? ["prerouting", "input"]
        : ["output", "postrouting"];
  return ruleset.filter((chain) => hooks.includes(chain.hook));
}

const far = (direction: Path["direction"]): "saddr" | "daddr" => (direction === "in" ? "saddr" : "daddr");

function dropsFirst(chain: FilterChain, range: string, direction: Path["direction"]): boolean {
  for (const rule of chain.rules) {
    if (rule.verdict === "drop" && onlyAbout(rule, range, direction)) return true;
    if (rule.verdict !== "drop" && !rule.loopback && touches(rule, range, direction)) return false;
  }
  return false;
}

function onlyAbout(rule: FilterRule, range: string, direction: Path["direction"]): boolean {
  const [condition, ...others] = rule.addresses;
  if (rule.unread || rule.answers || rule.loopback || rule.signals || rule.family || rule.ports || others.length > 0)
    return false;
  return condition?.side === far(direction) && condition.ranges.some((dropped) => within(range, dropped));
}

function touches(rule: FilterRule, range: string, direction: Path["direction"]): boolean {
  if (rule.family !== undefined && (rule.family === "ip6") !== range.includes(":")) return false;
  return rule.addresses
    .filter(({ side }) => side === far(direction))
    .every(({ ranges }) => ranges.some((peer) => overlap(peer, range)));
}

function gapsOf(chain: FilterChain, path: Path): readonly Gap[] {
  return chain.rules.flatMap((rule) => {
    if (rule.verdict !== "accept" || rule.answers || rule.loopback || rule.signals) return [];
    const peers = rule.addresses.filter(({ side }) => side === far(path.direction)).flatMap(({ ranges }) => ranges);
    const met = path.ranges.filter(
      (range) =>
        touches(rule, range, path.direction) && (peers.length === 0 || peers.some((peer) => meets(peer, range))),
    );
    if (met.length === 0) return [];
    const reason = rule.comment || (rule.unread ? "a rule that cannot be read" : "no reason given");
    const side = { peers: peers.length === 0 ? [...internet] : peers, reason };
    const { protocol } = rule;
    return protocol === undefined
      ? [{ ...side, first: 1, last: 65535 }]
      : (rule.ports ?? []).map(([first, last]) => ({ ...side, protocol, first, last }));
  });
}

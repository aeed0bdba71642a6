import { firewalldServices } from "../facts/ports";
import { readableLines } from "./comments";
import { remembering } from "./memo";
import { type Opening, portNumber, portText } from "./opening";
import { Ranges } from "./ranges";

/** A range that a text sends to, or a part of a filter. */
export interface Filtered {
  readonly openings: readonly Opening[];
  /** Ranges that the text drops before it opens anything. */
  readonly dropped: readonly string[];
  /** True if the rules have more members, each counted where it stands, than anybody's filter has: the rest was not read. */
  readonly partial: boolean;
}

/** Characters of rules with their sets filled in. */
const most = 1_000_000;

const nothing: Filtered = { openings: [], dropped: [], partial: false };

/** Openings in a text: rules of nftables, of iptables, of ufw and of firewalld, in files and in commands. */
export const filtersIn = remembering(filters);

function filters(text: string): Filtered {
  const spoken = readableLines(text);
  // Words whose parts are put together stand in these lines only.
  const all = [text, ...spoken].join("\n");
  if (!/accept|dnat|jump|goto|allow|limit|--add-|<(service|port|source)|element|ipset/i.test(all)) return nothing;
  // What a filter refuses is no spoken line, but what is refused first is open to nobody afterwards.
  const lines = text.split(/[\r\n]+|(?<=[^\\]);\s/).filter((line) => !/^\s*(#|;)/.test(line) && line.length < 4000);
  const rules = nftables(text);
  const dropped = [...rules.dropped, ...lines.flatMap(droppedBy)];
  const openings = [
    ...rules.openings,
    ...spoken
      .filter((line) => mayOpen.test(line))
      .flatMap((line) => [
        ...line.split(commands).flatMap((one) => [...iptables(one), ...ufw(one)]),
        ...firewalld(line),
      ]),
  ];
  return { openings, dropped, partial: rules.partial };
}

/** A word that stands in every line of a filter that is none of nftables. */
const mayOpen = /ipset|\s-j|\s--jump|ufw|--add-|<(?:port|service|source)\s/;

/** Before each command of a line. */
const commands = /(?=\b(?:ufw|ip6?tables|ipset)\s)/;

const address =
  /(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2}|-(?:\d{1,3}\.){3}\d{1,3})?|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\/\d{1,3})?/gi;

/** Addresses and ranges of a text. */
export const rangesIn = (text: string): readonly string[] =>
  [...text.matchAll(address)].flatMap(([word]) => (word.length < 3 ? [] : bounds(word)));

/** A range of two addresses as networks: the largest that begins at the first, and so on to the last. */
function bounds(word: string): readonly string[] {
  const [first = "", last] = word.split(/-(?=\d)/);
  if (last === undefined) return [word];
  const found: string[] = [];
  const end = numberOf(last);
  for (let start = numberOf(first); start <= end;) {
    let bits = 0;
    while (start % 2 ** (bits + 1) === 0 && start + 2 ** (bits + 1) - 1 <= end) bits++;
    found.push(`${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join(".")}/${32 - bits}`);
    start += 2 ** bits;
  }
  return found;
}

const numberOf = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** Ranges that a line drops whatever the port is. A map that accepts some of its ranges is not read. */
const droppedBy = (line: string): readonly string[] =>
  (/\b(drop|reject)\b/i.test(line) && !/[ds]port|accept|jump|goto/.test(line)) ||
  /ufw\s+(route\s+)?(deny|reject)(?!.*port)/.test(line)
    ? rangesIn(line)
    : [];

const open = (
  what: string,
  direction: Opening["direction"],
  peers: readonly string[],
  ports: readonly { readonly first: number; readonly last: number }[],
  protocol: Opening["protocol"],
): readonly Opening[] => {
  const common = { what, direction, peers, except: [], inside: false };
  if (ports.length === 0) return peers.length === 0 ? [] : [{ ...common, protocol: "other", first: 1, last: 65535 }];
  return ports.map((port) => ({ ...common, protocol, ...port }));
};

/** Ports of a list like `80, 389, 600-700`, by number or by name; a word that names none is left out. */
const portsOf = (list: string, between = /[\s,{}]+/): readonly { readonly first: number; readonly last: number }[] =>
  list
    .split(between)
    .filter((word) => /^\d{1,5}([-:]\d{1,5})?$/.test(word) || portNumber(word) !== undefined)
    .map((word) => portText(word.replace(":", "-")));

/** Sets and variables of a ruleset, as they stand in its rules. */
function namedIn(text: string): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  const lists = [
    ["$", /\bdefine\s+(\w{1,64})\s*=\s*(\{[^{}]{0,60000}\}|[^\s;{}]{1,300})/g],
    ["@", /\bset\s+(\w{1,64})\s*\{[^{}]{0,2000}?elements\s*=\s*\{([^{}]{0,60000})\}/g],
    ["@", elements],
  ] as const;
  for (const [sign, pattern] of lists)
    for (const [, name = "", list = ""] of text.matchAll(pattern))
      named.set(sign + name, `${named.get(sign + name) ?? ""},${list.replace(/[{}]/g, "")}`);
  return named;
}

const elements = /\badd\s+element\s+(?:\w+\s+){2}(\w{1,64})\s+['"]?\{([^{}]{0,60000})\}/g;

/**
 * Rules of a ruleset, with its variables and sets filled in.
 *
 * Shape: the manual of nft(8), sections "RULES", "SETS" and "SYMBOLIC VARIABLES".
 */
function nftables(text: string): Filtered {
  if (!/[ds]addr|dport|dnat|add\s+element/.test(text)) return nothing;
  const plain = text.replace(/#.*/g, "").replace(/\\\r?\n/g, " ");
  const named = namedIn(plain);
  const added = [...plain.matchAll(elements)].flatMap(([, name = "", list = ""]) =>
    isRefusing(name) ? [] : open(`the set ${name}`, "out", rangesIn(list), [], "any"),
  );
  let direction: Opening["direction"] = "out";
  const rules: Opening[] = [];
  const dropped: string[] = [];
  const seen = new Set<string>();
  let length = 0;
  let isLong = false;
  for (const whole of plain.split(/[\r\n]+|;\s/)) {
    const line = whole.length > 4000 ? whole.replace(/[ \t]{2,}/g, " ") : whole;
    if (seen.has(line + direction)) continue;
    seen.add(line + direction);
    const hook = /hook\s+(\w+)/.exec(line)?.[1] ?? /add\s+rule\s+\w+\s+\w+\s+(\w+)/.exec(line)?.[1];
    if (hook !== undefined) direction = /^(input|prerouting|ingress)$/i.test(hook) ? "in" : "out";
    if (line.length > 4000) {
      isLong ||= /\b(accept|dnat|jump|goto)\b/.test(line);
      continue;
    }
    const rule = line.replace(/comment\s+"[^"]*"/g, "");
    const filled = rule.replace(/[$@]\w{1,64}/g, (name) => `{ ${named.get(name) ?? ""} }`);
    if ((length += filled.length) > most) break;
    if (!/\b(accept|dnat|jump|goto)\b/.test(rule)) dropped.push(...droppedBy(filled));
    else rules.push(...ruleOf(rule, filled, direction));
  }
  return { openings: [...added, ...rules], dropped, partial: isLong || length > most };
}

function ruleOf(rule: string, filled: string, direction: Opening["direction"]): readonly Opening[] {
  const lists = (pattern: RegExp): readonly string[] => [...filled.matchAll(pattern)].map(([, list = ""]) => list);
  const peers = lists(/\b[sd]addr\s+(?!!=)(?:==\s*)?(?:vmap\s*)?(\{[^{}]*\}|\S+)/g).flatMap((list) =>
    list
      .split(",")
      .filter((one) => !/:\s*(drop|reject)/.test(one))
      .flatMap(rangesIn),
  );
  const to = /dnat([^;]*)/.exec(filled)?.[1] ?? "";
  const ports = lists(/\b(?:tcp|udp|th)\s+dport\s+(?!!=)(?:vmap\s*)?(\{[^{}]*\}|\S+)/g).flatMap((list) =>
    portsOf(list),
  );
  const protocol = /udp\s+dport/.test(filled) ? "udp" : /tcp\s+dport/.test(filled) ? "tcp" : "any";
  const all = [...peers, ...rangesIn(to)];
  // Every port of one's own pods is no opening for any service in particular.
  const near = all.length > 0 && all.every((peer) => Ranges.isPrivate(peer));
  const some = near ? ports.filter(({ first, last }) => last - first < 10_000) : ports;
  // A lease of an address is no connection to whoever has the range.
  if (some.length > 0 && some.every(({ first, last }) => first >= 67 && last <= 68)) return [];
  return open(`"${rule.trim().slice(0, 120)}"`, direction, all, some, protocol);
}

/** Names of sets and chains of what is refused. */
const isRefusing = (name: string): boolean =>
  /deny|denied|block|drop|reject|isolat|bann?|black|forbid|except/i.test(name);

/** Shape: the manual of iptables(8) and of ipset(8). */
function iptables(line: string): readonly Opening[] {
  const [, set = "", member = ""] = /\bipset\s+(?:-\S+\s+)*add\s+(\S+)\s+(\S+)/.exec(line) ?? [];
  if (set !== "") return isRefusing(set) ? [] : open(`the set ${set}`, "out", rangesIn(member), [], "any");
  // A rule that is taken away, or looked for, opens nothing.
  if (!/\s(-j|--jump)\s+(ACCEPT|DNAT)\b/.test(line) || /(-[DC]|--delete|--check)\s/.test(line)) return [];
  const direction = /\s?(-[AI]|--append|--insert)\s+(INPUT|PREROUTING)\b/.test(line) ? "in" : "out";
  const peers = [
    ...line.matchAll(
      /(!)?\s(?:-[sd]|--source|--destination|--src|--dst|--to-destination|--to|--src-range|--dst-range)[\s=](\S+)/g,
    ),
  ].flatMap(([, not, list = ""]) => (not === undefined ? rangesIn(list) : []));
  const ports = [...line.matchAll(/(!)?\s--(?:dports?|destination-ports?)[\s=](\S+)/g)].flatMap(([, not, list = ""]) =>
    not === undefined ? portsOf(list) : [],
  );
  return open(`"${line.trim().slice(0, 120)}"`, direction, peers, ports, /\s-p\s+udp\b/.test(line) ? "udp" : "tcp");
}

/** Shape: the manual of ufw(8). */
function ufw(line: string): readonly Opening[] {
  const [, rest = ""] =
    /\bufw\s+(?:--\S+\s+)*(?:route\s+)?(?:insert\s+\d+\s+)?(?:allow|limit)\s+([^;&|#]+)/.exec(line) ?? [];
  const ports = [
    ...(/^(?:(?:in|out)\s+)?([\w,:]+)(?:\/(?:tcp|udp))?\s*$/.exec(rest) ?? []),
    ...[...rest.matchAll(/\bport\s+(\S+)/g)].map(([, port = ""]) => port),
  ].slice(-1);
  const all = ports.flatMap((port) => portsOf(port.replace(/\/(tcp|udp)/, "")));
  return open(`"${line.trim().slice(0, 120)}"`, /^out/.test(rest) ? "out" : "in", rangesIn(rest), all, "any");
}

/** Ports of firewalld's services, by names of its own. */
const services: ReadonlyMap<string, string> = new Map(firewalldServices.map(({ name, port }) => [name, port]));

/** Shape: the manuals of firewall-cmd(1) and of firewalld.zone(5). */
function firewalld(line: string): readonly Opening[] {
  const isCommand = /\bfirewall(-offline)?-cmd\b/.test(line);
  // A zone's target, as of `drop` and `block`, is for packets that match no rule (firewalld/firewalld doc/xml/firewalld.zone.xml and config/zones/{drop,block}.xml
  // at 2745d6f0): a port that is added there is open as well.
  if (/\b(drop|reject)\b/.test(line.replace(/--zone[ =]\S+/, "")) && !/accept/.test(line)) return [];
  const values = (command: string, element: RegExp): readonly string[] =>
    isCommand
      ? [...line.matchAll(new RegExp(`--add-${command}[ =]["']?([^\\s"']+)`, "g"))].map(([, value = ""]) => value)
      : [...line.matchAll(element)].map(([, value = ""]) => value);
  const ports = [
    ...values("port", /<port\s[^>]*\bport="([^"]+)"/g).map((port) => port.replace(/\/\w+/, "")),
    ...values("service", /<service\s[^>]*\bname="([^"]+)"/g).map((name) => services.get(name) ?? name),
  ].flatMap((port) => portsOf(port));
  const rich = /--add-rich-rule[ =](.*)/.exec(line)?.[1] ?? "";
  const peers = [...values("source", /<source\s[^>]*address="([^"]+)"/g).flatMap(rangesIn), ...rangesIn(rich)];
  const named = [...rich.matchAll(/\b(?:port|service)\s+(?:port|name)=["']?([\w-]+)/g)].flatMap(([, port = ""]) =>
    portsOf(services.get(port) ?? port),
  );
  return open(`"${line.trim().slice(0, 120)}"`, "in", peers, [...ports, ...named], "any");
}

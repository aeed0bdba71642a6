/** One rule of a chain, as far as it can be read. */
export interface FilterRule {
  readonly verdict: "accept" | "drop" | "other";
  /** Addresses that must match, per side; several conditions must all hold. */
  readonly addresses: readonly { readonly side: "saddr" | "daddr"; readonly ranges: readonly string[] }[];
  readonly family?: "ip" | "ip6";
  readonly protocol?: "tcp" | "udp";
  readonly ports?: readonly (readonly [first: number, last: number])[];
  /** Matches only packets of a connection that was allowed before. */
  readonly answers: boolean;
  /** Matches only loopback traffic. */
  readonly loopback: boolean;
  /** Matches only ICMP messages that carry no user data. */
  readonly signals: boolean;
  /** A condition that this parser does not know: such an accept may let anything through, such a drop may stop nothing. */
  readonly unread: boolean;
  readonly comment: string;
}

/** A chain with a hook. */
export interface FilterChain {
  readonly name: string;
  readonly hook: "prerouting" | "input" | "forward" | "output" | "postrouting";
  readonly policy: "accept" | "drop";
  readonly rules: readonly FilterRule[];
}

/** Filter rules of a host's `/etc/nftables.conf`. */
export type Ruleset = readonly FilterChain[];

type Sets = ReadonlyMap<string, readonly string[]>;

/** Reads the text of a ruleset. Chains without a hook and statements that filter nothing are left out. */
export function parseRuleset(text: string): Ruleset {
  const bare = text.replace(/^\s*#.*$/gm, "");
  const sets = new Map<string, readonly string[]>();
  for (const { name, body } of blocks(bare, "set")) {
    const elements = /elements\s*=\s*\{([^}]*)\}/.exec(body)?.[1] ?? "";
    sets.set(name, list(elements));
  }
  return blocks(bare, "chain").flatMap(({ name, body }) => {
    const head = /type\s+(\w+)\s+hook\s+(\w+)\s+priority\s+[^;]+;(?:\s*policy\s+(\w+)\s*;)?/.exec(body);
    if (head === null || head[1] !== "filter" || !isHook(head[2])) return [];
    const rules = body
      .replace(head[0], "")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "")
      .map((line) => rule(line, sets));
    return [{ name, hook: head[2], policy: head[3] === "drop" ? ("drop" as const) : ("accept" as const), rules }];
  });
}

const hooks = ["prerouting", "input", "forward", "output", "postrouting"] as const;
const isHook = (text: string | undefined): text is FilterChain["hook"] => hooks.some((hook) => hook === text);

function blocks(text: string, keyword: string): { readonly name: string; readonly body: string }[] {
  const found: { name: string; body: string }[] = [];
  for (const match of text.matchAll(new RegExp(`\\b${keyword}\\s+(\\S+)\\s*\\{`, "g"))) {
    const start = match.index + match[0].length;
    let end = start;
    for (let depth = 1; end < text.length && depth > 0; end++)
      depth += text[end] === "{" ? 1 : text[end] === "}" ? -1 : 0;
    found.push({ name: match[1] ?? "", body: text.slice(start, end - 1) });
  }
  return found;
}

const list = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** A value that may stand for several: `{ a, b }`, `@set`, or one word. */
const value = String.raw`(\{[^}]*\}|@?[^\s{}]+)`;

function rule(line: string, sets: Sets): FilterRule {
  const comment = /\bcomment\s+"([^"]*)"/.exec(line)?.[1] ?? "";
  let rest = line.replace(/\bcomment\s+"[^"]*"/, " ");
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(rest);
    if (match !== null) rest = rest.replace(match[0], " ");
    return match;
  };
  const values = (text: string | undefined): readonly string[] =>
    text === undefined ? [] : text.startsWith("@") ? (sets.get(text.slice(1)) ?? []) : list(text.replace(/[{}]/g, ""));

  const addresses: { side: "saddr" | "daddr"; ranges: readonly string[] }[] = [];
  for (let match = take(address); match !== null; match = take(address))
    addresses.push({ side: match[1] === "saddr" ? "saddr" : "daddr", ranges: values(match[2]) });
  const ports = take(new RegExp(String.raw`\b(tcp|udp)\s+dport\s+${value}`));
  const nfproto = take(/\bmeta\s+nfproto\s+(ipv4|ipv6)\b/);
  const state = take(new RegExp(String.raw`\bct\s+state\s+${value}`));
  const icmp =
    take(new RegExp(String.raw`\bicmp(?:v6)?\s+type\s+${value}`)) ?? take(/\bmeta\s+l4proto\s+(?:ipv6-)?icmp\b/);
  const loopback = take(/\b[io]if(?:name)?\s+"?lo"?(?=\s|$)/);
  take(/\bip6\s+hoplimit\s+255\b/);
  take(/\bcounter(?:\s+packets\s+\d+\s+bytes\s+\d+)?\b/);
  const verdict = take(/(?:^|\s)(accept|drop|reject)(?=\s|$)/)?.[1];

  const states = values(state?.[1]);
  const answers = states.length > 0 && states.every((name) => name === "established" || name === "related");
  return {
    verdict: verdict === "accept" ? "accept" : verdict === undefined ? "other" : "drop",
    addresses,
    ...(nfproto === null ? {} : { family: nfproto[1] === "ipv4" ? ("ip" as const) : ("ip6" as const) }),
    ...(ports === null
      ? {}
      : { protocol: ports[1] === "tcp" ? ("tcp" as const) : ("udp" as const), ports: values(ports[2]).map(portsOf) }),
    answers,
    loopback: loopback !== null,
    signals: icmp !== null && (icmp[1] === undefined || values(icmp[1]).every((type) => !type.startsWith("echo"))),
    unread: (state !== null && !answers) || rest.replace(/;/g, "").trim() !== "",
    comment,
  };
}

const address = new RegExp(String.raw`\bip6?\s+(saddr|daddr)\s+${value}`);

function portsOf(text: string): readonly [number, number] {
  const [first, last] = text.split("-").map(Number);
  return [first ?? 0, last ?? first ?? 65535];
}

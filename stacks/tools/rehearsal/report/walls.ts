/** Mechanisms that can block a path. */
export type Mechanism = "nftables" | "cloud firewall" | "NetworkPolicy" | "no route";

/** Traffic that a wall lets through on a path. */
export interface Gap {
  /** Undefined: any protocol and port. */
  readonly protocol?: "tcp" | "udp";
  readonly first: number;
  readonly last: number;
  readonly peers: readonly string[];
  readonly reason: string;
}

/** One mechanism on one path: it counts, with the gaps that it leaves, or it does not apply, with the reason. */
export type Wall =
  | { readonly mechanism: Mechanism; readonly counted: true; readonly detail: string; readonly gaps: readonly Gap[] }
  | { readonly mechanism: Mechanism; readonly counted: false; readonly detail: string };

/** A path between a subject and another side to which it has to be closed. */
export interface Path {
  readonly direction: "in" | "out";
  /** "internet", or the name of an isolated system. */
  readonly peer: string;
  readonly kind: "internet" | "isolated";
  readonly ranges: readonly string[];
}

export const counted = (mechanism: Mechanism, detail: string, gaps: readonly Gap[] = []): Wall => ({
  mechanism,
  counted: true,
  detail,
  gaps,
});
export const notCounted = (mechanism: Mechanism, detail: string): Wall => ({ mechanism, counted: false, detail });

/** Gaps that several walls have in common, in the words of the first. */
export function throughAll(walls: readonly (readonly Gap[])[]): readonly Gap[] {
  const [first, ...others] = walls;
  return (first ?? []).filter((gap) => others.every((gaps) => gaps.some((other) => sameTraffic(gap, other))));
}

const sameTraffic = (one: Gap, other: Gap): boolean =>
  (one.protocol === undefined || other.protocol === undefined || one.protocol === other.protocol) &&
  one.first <= other.last &&
  other.first <= one.last;

/** A gap as text: `TCP 443`, `UDP 49152-65535`, `everything`. */
export const gapText = ({ protocol, first, last }: Gap): string =>
  protocol === undefined && first <= 1 && last === 65535
    ? "everything"
    : `${protocol?.toUpperCase() ?? "any"} ${first === last ? first : `${first}-${last}`}`;

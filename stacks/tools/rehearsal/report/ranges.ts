import { Cidr } from "../../../../components/core/cidr";

/**
 * Ranges that are not routed on the internet: private, shared, link-local, loopback and unique local addresses (RFC 1918, 6598, 3927, 1122,
 * 4193, 4291). Documentation ranges count as public here, as in every example.
 */
const unrouted = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
  "fc00::/7",
  "fe80::/10",
  "::1/128",
].map((range) => Cidr.parse(range));

/** The internet, as ranges. */
export const internet: readonly string[] = Cidr.anywhere;

/** A range or an address as a range; undefined if the text is neither. */
export function rangeOf(text: string): Cidr | undefined {
  try {
    return Cidr.parse(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`);
  } catch {
    return undefined;
  }
}

/** True if two ranges overlap. A text that cannot be parsed overlaps everything, so that in doubt a path counts as open. */
export function overlap(one: string, other: string): boolean {
  const [first, second] = [rangeOf(one), rangeOf(other)];
  return first === undefined || second === undefined || first.overlaps(second);
}

/** True if the first range lies wholly in the second; false if one cannot be parsed. */
export function within(inner: string, outer: string): boolean {
  const [first, second] = [rangeOf(inner), rangeOf(outer)];
  return first !== undefined && second !== undefined && second.contains(first);
}

/** True if a range has an address that is routed on the internet. */
export function isPublic(text: string): boolean {
  const range = rangeOf(text);
  return range === undefined || !unrouted.some((inner) => inner.contains(range));
}

/** True if a peer of an opening overlaps the other side of a path. The internet side counts only peers that are routed there. */
export const meets = (peer: string, side: string): boolean =>
  (internet.includes(side) ? isPublic(peer) : true) && overlap(peer, side);

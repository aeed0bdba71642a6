import ipaddr from "ipaddr.js";
import { remembering } from "./memo";

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Reads a range; rules ask about the same few again and again. */
const parse = remembering(parsed);

const privateRanges: readonly Range[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "fc00::/7",
  "::1/128",
  "fe80::/10",
]
  .map(parse)
  .filter((range) => range !== undefined);

/** Arithmetic on ranges written as text. A text that is no range overlaps nothing. */
export const Ranges = {
  valid: (text: string): boolean => parse(text) !== undefined,

  /** True if the second lies within the first. An address counts as a range of one. */
  contains: (outer: string, inner: string): boolean => {
    const [a, b] = [parse(outer), parse(inner)];
    return a !== undefined && b !== undefined && includes(a, b);
  },

  /** True if the two overlap. */
  overlap: (one: string, other: string): boolean => {
    const [a, b] = [parse(one), parse(other)];
    return a !== undefined && b !== undefined && (includes(a, b) || includes(b, a));
  },

  /** True if ranges hold every address of another, together: a range cut out in two halves is cut out. */
  covers: (parts: readonly string[], whole: string): boolean => {
    const range = parse(whole);
    const pieces = parts.map(parse).filter((piece) => piece !== undefined);
    return range !== undefined && covered(pieces, range);
  },

  /** True if it is every address of its family. */
  isEverything: (text: string): boolean => parse(text)?.[1] === 0,

  /** True if it is reachable in private networks only (RFC 1918, 4193, 6598, loopback and link-local). */
  isPrivate: (text: string): boolean => {
    const range = parse(text);
    return range !== undefined && privateRanges.some((one) => includes(one, range));
  },

  isAddress: (text: string): boolean => !text.includes("/") && parse(text) !== undefined,
} as const;

function parsed(text: string): Range | undefined {
  // Most texts that are asked about are names; an address begins with a digit, or has a colon.
  if (!/^\d|:/.test(text)) return undefined;
  const whole = text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(whole) || (!whole.includes(":") && whole.split(".").length !== 4)) return undefined;
  const [address, prefix] = ipaddr.parseCIDR(whole);
  // An IPv4 range must not slip past a comparison in its IPv6 form.
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && prefix >= 96
    ? [address.toIPv4Address(), prefix - 96]
    : [address, prefix];
}

function includes([outer, prefix]: Range, [inner, innerPrefix]: Range): boolean {
  if (innerPrefix < prefix) return false;
  if (outer instanceof ipaddr.IPv4) return inner instanceof ipaddr.IPv4 && inner.match(outer, prefix);
  return inner instanceof ipaddr.IPv6 && inner.match(outer, prefix);
}

/** Halves the range until each half lies within a piece, or no piece lies within it. */
function covered(pieces: readonly Range[], range: Range): boolean {
  if (pieces.some((piece) => includes(piece, range))) return true;
  const within = pieces.filter((piece) => includes(range, piece));
  const [address, prefix] = range;
  const bits = address instanceof ipaddr.IPv4 ? 32 : 128;
  if (within.length === 0 || prefix >= bits) return false;
  const bytes = address
    .toByteArray()
    .map((byte, i) => byte & (0xff << Math.max(0, 8 - Math.max(0, prefix - i * 8))) & 0xff);
  const upper = bytes.map((byte, i) => (i === Math.floor(prefix / 8) ? byte | (0x80 >> (prefix % 8)) : byte));
  return [bytes, upper].every((half) => covered(within, [ipaddr.fromByteArray(half), prefix + 1]));
}

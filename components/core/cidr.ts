import ipaddr from "ipaddr.js";
import { invalid } from "./errors";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A range of IPv4 or IPv6 addresses. */
export class Cidr {
  private constructor(
    private readonly base: Address,
    readonly prefix: number,
  ) {}

  /**
   * Reads `10.0.0.0/24` or `fd00::/64`. An IPv4-mapped IPv6 range (`::ffff:10.0.0.0/120`) is the IPv4 range that it maps, so that it cannot
   * slip past a comparison.
   *
   * @throws RangeError when the text is no range, has no prefix length or has host bits set.
   */
  static parse(text: unknown): Cidr {
    if (typeof text !== "string" || !ipaddr.isValidCIDR(text) || !usual(text.replace(/\/.*$/, ""))) {
      const hint = isAddress(text)
        ? `did you mean "${text}/${text.includes(":") ? 128 : 32}"?`
        : 'give one like "10.0.0.0/24"';
      throw invalid("a range of addresses with a prefix length", text, hint);
    }
    const [address, prefix] = ipaddr.parseCIDR(text);
    const range = new Cidr(address, prefix);
    const network = range.network();
    if (address.toString() !== network.toString())
      throw invalid("a range without host bits", text, `did you mean "${network.toString()}/${prefix}"?`);
    if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && prefix >= 96)
      return new Cidr(address.toIPv4Address(), prefix - 96);
    return range;
  }

  /** Every address of a family that counts as the internet. */
  static readonly anywhere: readonly string[] = ["0.0.0.0/0", "::/0"];

  get family(): "ip" | "ip6" {
    return this.base.kind() === "ipv4" ? "ip" : "ip6";
  }

  /** Number of addresses; `Infinity` beyond 2^53. */
  get size(): number {
    const bits = (this.family === "ip" ? 32 : 128) - this.prefix;
    return bits > 52 ? Infinity : 2 ** bits;
  }

  /** The n-th address, counted from 0, as text. @throws RangeError when the range has no such address. */
  host(n: number): string {
    if (!Number.isInteger(n) || n < 0 || n >= this.size)
      throw invalid(`a host number below ${this.size} in ${this.toString()}`, n, "take a larger range or fewer hosts");
    const bytes = this.base.toByteArray();
    for (let i = bytes.length - 1, rest = n; i >= 0 && rest > 0; i--) {
      const sum = (bytes[i] ?? 0) + (rest % 256);
      bytes[i] = sum % 256;
      rest = Math.floor(rest / 256) + Math.floor(sum / 256);
    }
    return ipaddr.fromByteArray(bytes).toString();
  }

  /** True if it contains an address or a whole range. */
  contains(other: string | Cidr): boolean {
    const inner = typeof other === "string" ? asRange(other) : other;
    return inner.family === this.family && inner.prefix >= this.prefix && this.matches(inner.base);
  }

  /** True if the two overlap; ranges of different families never do. */
  overlaps(other: Cidr): boolean {
    return this.contains(other) || other.contains(this);
  }

  toString(): string {
    return `${this.base.toString()}/${this.prefix}`;
  }

  private matches(address: Address): boolean {
    return address.kind() === this.base.kind() && address.match([this.base, this.prefix] as never);
  }

  private network(): Address {
    const bytes = this.base.toByteArray().map((byte, i) => {
      const kept = Math.min(8, Math.max(0, this.prefix - i * 8));
      return byte & (0xff << (8 - kept)) & 0xff;
    });
    return ipaddr.fromByteArray(bytes);
  }
}

function asRange(text: string): Cidr {
  return Cidr.parse(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`);
}

const dotted = "(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}";

/**
 * True if every parser reads a well-formed address as the same one: `010` is 10 for some and 8 for others, and `::10.0.0.1` is mapped for some and
 * not for others. A zone (`%eth0`) means something on one machine only.
 */
const usual = (address: string): boolean =>
  new RegExp(`^([0-9a-f]*:[0-9a-f:]*|${dotted}|(0{0,4}:)+ffff:${dotted})$`, "i").test(address);

const isAddress = (value: unknown): value is string =>
  typeof value === "string" && ipaddr.isValid(value) && usual(value);

/**
 * An IPv4 or IPv6 address in its usual form, so that two texts of one address are equal: an IPv4-mapped one is the IPv4 address that it maps.
 *
 * @throws RangeError when it is none.
 */
export function ipAddress(value: unknown): string {
  if (!isAddress(value))
    throw invalid(
      "an IP address",
      value,
      typeof value === "string" && /(^|\.)0\d/.test(value)
        ? "write its numbers without leading zeros"
        : 'give one like "192.0.2.10"',
    );
  return ipaddr.process(value).toString();
}

/** An IPv4 address. @throws RangeError for anything else, IPv4-mapped ones included. */
export function ipv4Address(value: unknown): string {
  const address = ipAddress(value);
  if (String(value).includes(":")) throw invalid("an IPv4 address", value, 'give one like "192.0.2.10"');
  return address;
}

/** Ranges, each parsed. @throws RangeError with every malformed one. */
export function ranges(values: readonly unknown[], least = 0): readonly Cidr[] {
  if (!Array.isArray(values) || values.length < least)
    throw invalid(
      `a list of at least ${least} range${least === 1 ? "" : "s"}`,
      values,
      'give ranges like ["203.0.113.0/24"]',
    );
  const problems: string[] = [];
  const result: Cidr[] = [];
  for (const value of values) {
    try {
      result.push(Cidr.parse(value));
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw new RangeError(problems.join("\n"));
  return result;
}

/** Private IPv4 ranges (RFC 1918). */
export const rfc1918 = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((range) => Cidr.parse(range));

/** Ranges that never come by the internet: RFC 1918 and RFC 4193. */
export const privateRanges: readonly Cidr[] = [...rfc1918, Cidr.parse("fc00::/7")];

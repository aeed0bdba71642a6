import { Cidr } from "../../../../components/core/cidr";

/**
 * Public addresses of simulated machines come from the range for benchmarks of network devices (RFC 2544, RFC 6890), which is not routed: unlike the
 * documentation ranges, nothing else in a stack's configuration uses it, so an address shows at once that it was simulated.
 */
export const publicRanges = { hcloud: Cidr.parse("198.18.0.0/16"), exoscale: Cidr.parse("198.19.0.0/16") } as const;

/** IPv6 comes from the documentation range, a /64 for each machine. */
export const publicRanges6 = {
  hcloud: Cidr.parse("2001:db8:1000::/36"),
  exoscale: Cidr.parse("2001:db8:2000::/36"),
} as const;

/** The address of the n-th object of a cloud: no two existing objects share it. */
export function publicAddress(cloud: keyof typeof publicRanges, n: number): string {
  const range = publicRanges[cloud];
  return range.host(1 + (n % (range.size - 2)));
}

export function publicNetwork6(cloud: keyof typeof publicRanges6, n: number): string {
  return `${publicRanges6[cloud].host(0).replace("::", `:${(n % 0xffff).toString(16)}::`)}/64`;
}

export function isSimulated(address: string): boolean {
  return !address.includes(":") && Object.values(publicRanges).some((range) => range.contains(address));
}

/** A range as Hetzner and Exoscale parse it; undefined if it is none. */
export function parsedRange(value: string | undefined): Cidr | undefined {
  try {
    return value === undefined ? undefined : Cidr.parse(value);
  } catch {
    return undefined;
  }
}

/** A MAC address of the locally administered kind, the same for the same number. */
export function macAddress(n: number): string {
  const digits = (n % 0xffffffff).toString(16).padStart(8, "0");
  return `86:00:${(digits.match(/../g) ?? []).join(":")}`;
}

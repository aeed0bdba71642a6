import type { MachineTypes } from "../clouds/machine-types";
import type { Confidence, Price, PriceList } from "../clouds/prices";
import { controlPlaneGib } from "../kubernetes/cluster-args";

/** One line of the bill of a month. */
export interface CostLine {
  readonly what: string;
  readonly amount: number;
  readonly unit: string;
  /** Price of one; undefined where none is known. */
  readonly each: number | undefined;
  /** Undefined where no price is known: it is in no sum. */
  readonly euros: number | undefined;
  readonly confidence: Confidence;
  readonly source: string;
  /** Day on which the source read the price. */
  readonly seen: string;
}

/** List prices of a month in euros, without tax. */
export interface MonthlyCost {
  readonly lines: readonly CostLine[];
  /** Sum of the lines with a price; undefined where the region has no price at all. */
  readonly euros: number | undefined;
  readonly eurosPerParticipant: number | undefined;
  /** Lines that no known price covers: the real bill is higher. */
  readonly missing: readonly string[];
  /** The weakest trust of all lines in the sum. */
  readonly confidence: Confidence;
}

/** Hosts of a role. */
export interface PlannedHosts {
  readonly role: keyof MachineTypes;
  /** Their name: "media hosts". */
  readonly name: string;
  readonly type: string;
  readonly cores: number;
  readonly memoryGib: number;
  /** Over all platforms. */
  readonly count: number;
  /** Encrypted volumes of each. @default 0 */
  readonly volumeGib?: number;
}

/** System disk of a host where the type has none of its own: the default of the cloud's function. */
const systemDiskGib = 50;

const cents = (euros: number): number => Math.round(euros * 100) / 100;

const noPrice = { source: "no reading of a price at hand", seen: "never", confidence: "unverified" } as const;

export interface CostArgs {
  readonly prices: PriceList | undefined;
  readonly hosts: readonly PlannedHosts[];
  readonly participants: number;
  /** TB that leave the cloud in a month. */
  readonly trafficTb: number;
  /** Hours in which they do. */
  readonly hours: number;
  /** Needs that no list has a price of. */
  readonly unpriced: readonly string[];
}

/** The bill of a month. */
export function cost({ prices, hosts, participants, trafficTb, hours, unpriced }: CostArgs): MonthlyCost {
  const line = (what: string, amount: number, unit: string, price: Price | undefined): CostLine => {
    const { source, seen, confidence } = price ?? noPrice;
    const each = price?.euros;
    return {
      what,
      amount: cents(amount),
      unit,
      each: each === undefined ? undefined : Math.round(each * 10_000) / 10_000,
      euros: each === undefined ? undefined : cents(each * amount),
      confidence,
      source,
      seen,
    };
  };
  const of = (...roles: readonly PlannedHosts["role"][]): number =>
    hosts.filter(({ role }) => roles.includes(role)).reduce((sum, { count }) => sum + count, 0);
  const all = of("gateway", "controlPlane", "application", "media", "data");
  const volumes = hosts.reduce((sum, { count, volumeGib = 0 }) => sum + count * volumeGib, 0);
  const free = includedTb(prices, hosts, hours);
  const lines = [
    ...hosts.map(({ name, type, count }) => line(`${name}, ${type}`, count, "hosts", prices?.hosts[type])),
    line("public addresses", of("gateway", "media"), "addresses", prices?.address),
    line("addresses that outlive gateways", of("gateway"), "addresses", prices?.lastingAddress),
    line("system disks", all * systemDiskGib, "GiB", prices?.diskGib),
    line("data volumes of the control plane", of("controlPlane") * controlPlaneGib, "GiB", prices?.volumeGib),
    ...(volumes === 0 ? [] : [line("volumes of hosts that keep data", volumes, "GiB", prices?.volumeGib)]),
    line(
      `traffic above ${Math.round(free * 10) / 10} TB included`,
      Math.max(0, trafficTb - free),
      "TB",
      prices?.trafficTb,
    ),
    // What a list says to cost nothing is no line.
  ].filter(({ each }) => each !== 0);
  const known = lines.filter(({ euros }) => euros !== undefined);
  const euros = prices === undefined ? undefined : cents(known.reduce((sum, one) => sum + (one.euros ?? 0), 0));
  return {
    lines,
    euros,
    eurosPerParticipant: euros === undefined ? undefined : cents(euros / participants),
    missing: [...lines.filter((one) => one.euros === undefined).map(({ what }) => what), ...unpriced],
    confidence: weakest(known.map(({ confidence }) => confidence)),
  };
}

/** TB that the hosts bring: all of them where they share, else those that send media. */
function includedTb(prices: PriceList | undefined, hosts: readonly PlannedHosts[], hours: number): number {
  return hosts
    .filter(({ role }) => prices?.sharedTraffic === true || role === "media")
    .reduce((sum, { type, count }) => sum + (prices?.includedTb(type, hours)?.tb ?? 0) * count, 0);
}

const order: readonly Confidence[] = ["agreed", "single", "unverified"];

const weakest = (all: readonly Confidence[]): Confidence =>
  order[Math.max(0, ...all.map((one) => order.indexOf(one)))] ?? "unverified";

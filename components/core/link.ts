import { ranges } from "./cidr";
import { validate, invalid, type Keys } from "./errors";
import { integerInRange } from "./numbers";
import { fields, oneOf, record } from "./shapes";
import { protocols, Tier, tierKeys, TierPort, tierText } from "./tier";

/** Something that network policies know by its addresses only: hosts, pods on the host network, services outside the cluster. */
export interface Outside {
  /** Name in messages and reports: "bridges", "object store". */
  readonly name: string;
  readonly ranges: readonly string[];
}

export type LinkEnd = Tier | Outside;

export const linkEndKeys: Keys<LinkEnd> = { ...tierKeys, ranges: true };

/** One connection, named once: the policies of both ends are made from it. */
export interface Link {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  readonly port: number;
  readonly protocol: (typeof protocols)[number];
  /** Reason for the connection: stands on the policies and in every report. */
  readonly reason: string;
}

export const linkKeys: Keys<Link> = {
  from: linkEndKeys,
  to: linkEndKeys,
  port: true,
  protocol: true,
  reason: true,
};

export const isTier = (end: LinkEnd): end is Tier => "namespace" in end;

/**
 * A connection to a port of a tier.
 *
 * @param port name of the port at `to`; another name does not compile.
 * @throws RangeError with every problem; also for a port that the tier lacks, since not every program is compiled.
 *
 * @example
 * const signalling = tier("meet", "meet-signalling-1", { xmpp: 5222, web: 5280 });
 * const focus = tier("meet", "meet-focus-1", { health: 8888 });
 * const links = [link(focus, signalling, "xmpp", "the focus of this shard")];
 */
export function link<P extends string>(from: LinkEnd, to: Tier<P>, port: NoInfer<P>, reason: string): Link {
  const ports: Readonly<Partial<Record<string, TierPort>>> = fields(fields<Tier>(to).ports);
  const found = ports[port];
  validate({
    from: () => linkEnd(from),
    to: () => linkEnd(to),
    port: () => {
      if (found === undefined)
        throw invalid(`a port of ${named(to)} out of ${Object.keys(ports).join(", ") || "none"}`, port, "name one");
    },
    reason: () => oneLine(reason),
  });
  return made(from, to, found?.port ?? 0, found?.protocol ?? "tcp", reason);
}

/**
 * A connection from a tier to something that policies know by its addresses.
 *
 * @throws RangeError with every problem.
 */
export function linkOut(
  from: Tier,
  to: Outside,
  port: number,
  reason: string,
  protocol: Link["protocol"] = "tcp",
): Link {
  validate({
    from: () => linkEnd(from),
    to: () => linkEnd(to),
    port: () => integerInRange(port, "a port", 1, 65_535),
    protocol: () => oneOf(protocol, "a protocol", protocols),
    reason: () => oneLine(reason),
  });
  return made(from, to, port, protocol, reason);
}

const made = (from: LinkEnd, to: LinkEnd, port: number, protocol: Link["protocol"], reason: string): Link => ({
  from,
  to,
  port,
  protocol,
  reason,
});

/** An end as text, for messages and annotations. */
export const endText = (value: LinkEnd): string => (isTier(value) ? tierText(value) : value.name);

const named = (value: unknown): string =>
  typeof value === "object" && value !== null && "name" in value ? `"${String(value.name)}"` : "it";

/** Reads an end of a link. @throws RangeError for what is neither a tier nor something outside with at least one range. */
export function linkEnd(value: LinkEnd): LinkEnd {
  const given: Partial<Tier & Outside> = record<object>(
    value,
    "a tier or something outside",
    'tier("meet", "web", { http: 8000 }) or { name: "object store", ranges: ["192.0.2.0/24"] }',
  );
  if (typeof given.name !== "string" || given.name === "")
    throw invalid("an end with a name", given.name, 'give one like tier("meet", "web", { http: 8000 })');
  if (given.namespace === undefined) ranges(given.ranges ?? [], 1);
  return value;
}

function oneLine(reason: unknown): void {
  if (typeof reason !== "string" || reason.trim() === "" || /[\r\n]/.test(reason))
    throw invalid("a reason on one line", reason, "say why the connection is open");
}

/** Both ends are the same tier, or the same place outside. */
export const sameEnd = (one: LinkEnd, other: LinkEnd): boolean =>
  isTier(one) && isTier(other)
    ? one.name === other.name && one.namespace === other.namespace
    : !isTier(one) && !isTier(other) && one.name === other.name && one.ranges.join() === other.ranges.join();

import { portNames } from "../facts/ports";
import type { Subject } from "../rule";
import { items, unknown, type Value } from "./value";

/** A hole in a filter, however its provider writes it. */
export interface Opening {
  /** Which hole, for messages. */
  readonly what: string;
  readonly direction: "in" | "out";
  /** `any` is every protocol, `other` one without ports: ICMP, GRE, ESP, IPIP. */
  readonly protocol: "tcp" | "udp" | "any" | "other";
  readonly first: number;
  readonly last: number;
  /** Ranges of the other side. Empty: it names none (everything, or members of a group). */
  readonly peers: readonly string[];
  /** Ranges that are cut out of the peers. */
  readonly except: readonly string[];
  /** True if the other side is given by selector or group: never something outside. */
  readonly inside: boolean;
}

/** Openings of a resource, and whether a part of them is not known before the update. Undefined: it is no filter. */
export interface Openings {
  readonly openings: readonly Opening[];
  readonly partial: boolean;
}

/** Reads the openings of one type. */
export type Reader = (properties: Subject["properties"]) => Openings;

/** Every port of a protocol. */
export const everything = { first: 1, last: 65535 };

/** Every address there is, in both families. */
export const everybody: readonly string[] = ["0.0.0.0/0", "::/0"];

/** Reads each member of a list, and says whether a part of it is unknown. */
export function collect(list: Value, read: (item: Value, i: number) => readonly Opening[]): Openings {
  return {
    openings: items(list).flatMap((item, i) => (item === unknown ? [] : read(item, i))),
    partial: holdsUnknown(list),
  };
}

/** True if a part of a value is unknown. */
export function holdsUnknown(value: Value): boolean {
  if (value === unknown) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((item: Value) => holdsUnknown(item));
}

const byName = new Map(portNames.map(({ name, port }) => [name, port]));

/** A port by its number, or by a name that everybody gives to it. */
export function portNumber(port: Value): number | undefined {
  if (typeof port === "number") return port;
  if (typeof port !== "string") return undefined;
  return /^\d{1,5}$/.test(port) ? Number(port) : byName.get(port.toLowerCase());
}

/** Ports as text: one number, a range, or anything else for all of them. */
export function portText(port: Value): { readonly first: number; readonly last: number } {
  const named = portNumber(port);
  if (named !== undefined) return { first: named, last: named };
  const range = typeof port === "string" ? /^\s*(\d{1,5})\s*-\s*(\d{1,5})\s*$/.exec(port) : null;
  return range === null ? everything : { first: Number(range[1]), last: Number(range[2]) };
}

/** A port as it stands in a message. */
export const shown = (port: Value): string =>
  typeof port === "string" || typeof port === "number" ? String(port) : "every port";

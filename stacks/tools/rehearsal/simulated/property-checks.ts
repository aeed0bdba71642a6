import ipaddr from "ipaddr.js";
import { parsedRange } from "./addresses";
import { Problem, shown } from "./checks";
import { hasUnknown, number, own, Properties, text } from "./values";

/** Problems that a provider reports at plan time. Unknown values pass. */
export type Check = (inputs: Properties) => readonly Problem[];

/** Runs several checks, each on all inputs. */
export const all =
  (...checks: readonly Check[]): Check =>
  (inputs) =>
    checks.flatMap((check) => check(inputs));

export const oneOf =
  (property: string, allowed: readonly string[]): Check =>
  (inputs) => {
    const value = text(inputs, property);
    return value === undefined || allowed.includes(value)
      ? []
      : [{ property, reason: `expected one of ${allowed.join(", ")}, got ${shown(value)}; change "${property}"` }];
  };

export const range =
  (property: string): Check =>
  (inputs) => {
    const value = text(inputs, property);
    return value === undefined || parsedRange(value) !== undefined
      ? []
      : [{ property, reason: `expected a range without host bits, got ${shown(value)}; give one like "10.0.0.0/16"` }];
  };

/** A number in a closed interval. */
export const between =
  (property: string, least: number, most: number = Number.MAX_SAFE_INTEGER): Check =>
  (inputs) => {
    const value = number(inputs, property);
    const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    return value === undefined || (Number.isInteger(value) && value >= least && value <= most)
      ? []
      : [{ property, reason: `expected a whole number ${bounds}, got ${value}; change "${property}"` }];
  };

/** True if a property has a value. An unknown one may turn out to be nothing: providers wait for it. */
export const stated = (inputs: Properties, property: string): boolean =>
  own(inputs, property) !== undefined && !hasUnknown(own(inputs, property));

/** At most one of the properties. */
export const conflicting =
  (property: string, ...others: readonly string[]): Check =>
  (inputs) => {
    const found = others.find((other) => stated(inputs, other));
    return !stated(inputs, property) || found === undefined
      ? []
      : [{ property, reason: `expected "${property}" or "${found}", got both; remove one` }];
  };

/** An address of any family; an empty text is none. */
export const address =
  (property: string): Check =>
  (inputs) => {
    const value = text(inputs, property);
    return value === undefined || ipaddr.IPv4.isValidFourPartDecimal(value) || ipaddr.IPv6.isValid(value)
      ? []
      : [{ property, reason: `expected an IP address, got ${shown(value)}; give one like "10.0.0.10"` }];
  };

export const ipv4 =
  (property: string): Check =>
  (inputs) => {
    const value = text(inputs, property);
    return value === undefined || ipaddr.IPv4.isValidFourPartDecimal(value)
      ? []
      : [{ property, reason: `expected an IPv4 address, got ${shown(value)}; give one like "10.0.0.10"` }];
  };

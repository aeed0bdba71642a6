import { ipAddress } from "../../core/cidr";
import { plannedRelay } from "../../core/connections";
import { invalid } from "../../core/errors";
import { readableRanges } from "../../core/isolation";
import { fields, list, record } from "../../core/shapes";
import { dnsLabel } from "../../core/names";
import { type Generation, readGeneration } from "../../infrastructure/secrets";
import type { MailArgs } from "./args";
import { mailPlan } from "./plan";
import { apart } from "./reads";

/** A name that is known beforehand: it stands in a file that is judged before anything is made. @throws RangeError for any other. */
export function plainHost(value: { readonly host?: unknown } | undefined, what: string, example: string): string {
  const { host } = record(value, what, example);
  if (typeof host !== "string" || host === "")
    throw invalid(`${what} whose host is a plain name`, host, "give the name itself");
  return host;
}

/** @throws RangeError for a platform whose network is not apart from the conferencing networks. */
export function standsApart({ on, plan }: MailArgs): void {
  const { hostAddresses = {}, gatewayAddresses = [], isolatedFrom } = fields(fields(on).cluster);
  apart(mailPlan(plan), [...Object.values(hostAddresses).flatMap(addressesIn), ...gatewayAddresses], isolatedFrom);
}

const addressesIn = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? (value as readonly string[])
    : Object.values(fields(value as Record<string, readonly string[]>)).flatMap((one) => one ?? []);

/** @throws RangeError for a certificate of one's own authority where others are told to demand a known one. */
export function certified({ plan, certificate }: MailArgs): void {
  const { next, sts } = mailPlan(plan);
  if (next !== undefined && sts === "enforce" && certificate === undefined)
    throw invalid(
      "a certificate that other domains' servers know beside MTA-STS in mode enforce",
      undefined,
      'give certificate, or plan sts: "testing" until there is one: nobody outside could deliver',
    );
}

/** @throws RangeError for a way out that is not the planned one. */
export function wayOut({ plan, next }: MailArgs): void {
  const planned = mailPlan(plan).next;
  if (planned === undefined && next === undefined) return;
  const text = (one: { readonly host: string; readonly port: number } | undefined) =>
    one === undefined ? "none" : `${one.host}:${one.port}`;
  if (text(planned) !== text(next))
    throw invalid(`the planned way out, ${text(planned)}`, text(next), "give the plan and the service the same");
  if (next !== undefined)
    plannedRelay(
      next,
      mailPlan(plan),
      "planMail({ …, next: { …, addresses: […] } }) with the relay's public addresses",
    );
}

/** Reads the addresses of the relay's door. @throws RangeError where relays are planned and nobody says where they are found. */
export function relayDoors({ plan, doors = [], login }: MailArgs): readonly string[] {
  const { relays, conferencing } = mailPlan(plan);
  const planned = Object.keys(relays).length > 0;
  const dropped = readableRanges(
    (conferencing?.ranges ?? []).map((range) => ({ name: "conferencing", kind: "other", ranges: [range] })),
  );
  const all = list(doors, "addresses of the mail's gateways", '["192.0.2.25"]', (value) => {
    const address = ipAddress(value);
    const inside = dropped.find((range) => range.contains(address));
    if (inside !== undefined)
      throw invalid(`an address outside ${inside.toString()}`, value, "give the gateways' public ones");
    return address;
  });
  if (planned && all.length === 0)
    throw invalid(
      "addresses of the mail's gateways beside relays",
      doors,
      "give doors: services open their policies to them",
    );
  if (planned && login !== undefined)
    throw invalid(
      "no relays beside login",
      Object.keys(relays),
      "plan relays in a mail service with passwords: where people sign in by tokens, the server takes no password from anybody",
    );
  return all;
}

/** Reads the generations of signing keys, which stand in the names of records. @throws RangeError for what cannot. */
export function keyGenerations(value: Generation | undefined): readonly [string, ...string[]] {
  const [first = "1", ...rest] = [readGeneration(value ?? "1")].flat();
  for (const generation of [first, ...rest]) dnsLabel(`k${generation}`, 20);
  return [first, ...rest];
}

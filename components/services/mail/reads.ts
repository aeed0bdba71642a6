import { Cidr, ranges } from "../../core/cidr";
import { invalid, validate } from "../../core/errors";
import { type Isolated, readableRanges } from "../../core/isolation";
import { dnsLabel, domainName } from "../../core/names";
import { countInRange, integerInRange } from "../../core/numbers";
import { items, list, record } from "../../core/shapes";
import type { Conferencing, MailPlan, MailPlanArgs, NextHop } from "./plan-args";

/** Messages of a relay in an hour, unless its plan says otherwise. */
const relayPerHour = 1_000;

/** An address of one of the domains: letters, digits, dots, hyphens and underscores before the at sign. @throws RangeError */
export function mailbox(value: unknown, domains: readonly string[]): string {
  const [, domain] =
    /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?@([^@]+)$/.exec(typeof value === "string" ? value : "") ?? [];
  if (domain === undefined || !items(domains).includes(domain) || String(value).includes(".."))
    throw invalid(
      `an address in lower case of ${items(domains).join(", ") || "a domain of the plan"}`,
      value,
      "change it, or name its domain among the domains",
    );
  return String(value);
}

export function mailDomains(values: readonly string[]): readonly string[] {
  const all = list(values, "domains", '["crisis.example.ch"]', domainName);
  if (all.length === 0) throw invalid("at least one domain", values, "name the domains whose mail is here");
  const twice = all.find((domain, i) => all.indexOf(domain) !== i);
  if (twice !== undefined) throw invalid("each domain once", twice, "remove the second");
  return all;
}

export function mailboxes(values: readonly string[], domains: readonly string[]): readonly string[] {
  const all = list(values, "addresses of mailboxes", '["postmaster@crisis.example.ch"]', (one) =>
    mailbox(one, domains),
  );
  const twice = all.find((one, i) => all.indexOf(one) !== i);
  if (twice !== undefined) throw invalid("each mailbox once", twice, "remove the second");
  const needed = `postmaster@${items(domains)[0] ?? ""}`;
  if (!all.includes(needed))
    throw invalid(`${needed} among the mailboxes (RFC 5321, 4.5.1)`, values, "add it: bounces and complaints go there");
  return all;
}

export function conferencing(value: Conferencing): Conferencing {
  const given = record(
    value,
    "conferencing networks",
    '{ ranges: ["10.20.0.0/16"], through: ["192.0.2.10/32"], reason: "invitations of meetings" }',
  );
  const { ranges: own, through, reason } = given;
  return validate({
    ranges: () => ranges(own ?? [], 1).map(String),
    through: () => {
      const isolated = ranges(own ?? [], 0);
      return ranges(through ?? [], 1).map((range) => {
        const inside = isolated.find((one) => one.overlaps(range));
        if (inside !== undefined || range.prefix === 0)
          throw invalid(
            `addresses outside ${isolated.map(String).join(", ")}, which mail is isolated from`,
            range.toString(),
            "give the public addresses of the conferencing gateways",
          );
        return range.toString();
      });
    },
    reason: () => {
      if (typeof reason !== "string" || !/^[^"\n\\]{3,200}$/.test(reason.trim()))
        throw invalid("a reason on one line without quotes", reason, "say why conferencing may reach the relay");
      return reason;
    },
  });
}

/** @throws RangeError for relays that nobody is said to need, or for a door that no relay is behind. */
export function relays({
  relays: values = {},
  conferencing: door,
  domains,
  mailboxes: boxes,
}: Pick<MailPlanArgs, "relays" | "conferencing" | "domains" | "mailboxes">): MailPlan["relays"] {
  const example = '{ cloud: { from: "cloud@crisis.example.ch" } }';
  const entries = Object.entries(record(values, "relays by name", example));
  if (entries.length > 0 && door === undefined)
    throw invalid(
      "conferencing with ranges, addresses and a reason beside relays",
      undefined,
      "say for which networks the relay's door is, and why",
    );
  if (entries.length === 0 && door !== undefined)
    throw invalid("a relay beside conferencing", values, "name the services that send, or leave conferencing out");
  validate(
    Object.fromEntries(
      entries.map(([name, relay]) => [
        `["${name}"]`,
        () => {
          dnsLabel(name, 20);
          const { from, perHour = relayPerHour } = record(relay, "a relay with its sender", example);
          countInRange(perHour, "messages in an hour", 1, 100_000);
          mailbox(from, domains);
          const others = entries.filter(([, other]) => other?.from === from).length;
          if (others > 1 || items(boxes).includes(from ?? ""))
            throw invalid("a sender of its own", from, "give each relay an address that is no mailbox and no other's");
        },
      ]),
    ),
  );
  return Object.fromEntries(
    entries.map(([name, relay]) => [name, { from: relay?.from ?? "", perHour: relay?.perHour ?? relayPerHour }]),
  );
}

export function readNext(value: NextHop): NextHop {
  const given = record(
    value,
    "a way to other domains",
    '{ host: "smtp.example.ch", port: 465, senders: ["192.0.2.25/32"], issuer: "ca.example.ch" }',
  );
  const valid = validate({
    host: () => domainName(given.host),
    port: () => integerInRange(given.port, "a port", 1, 65_535),
    senders: () => ranges(given.senders ?? [], 1).map(String),
    issuer: () => domainName(given.issuer),
  });
  return { ...valid, ...(given.addresses === undefined ? {} : { addresses: given.addresses }) };
}

/**
 * Checks that mail stands apart from the conferencing networks, in both directions: its hosts are in none of their ranges, and its network drops all of them.
 *
 * @throws RangeError for anything else.
 */
export function apart(
  { conferencing: door }: MailPlan,
  hosts: readonly string[],
  isolatedFrom: readonly Isolated[] | undefined,
): void {
  if (door === undefined) return;
  const dropped = readableRanges(isolatedFrom ?? []);
  for (const range of door.ranges.map((one) => Cidr.parse(one))) {
    const inside = hosts.find((address) => range.contains(address));
    if (inside !== undefined)
      throw invalid(
        `hosts outside the conferencing network ${range.toString()}`,
        inside,
        "give mail a platform with a network of its own: whoever takes a conference must not stand beside the mail",
      );
    if (!dropped.some((one) => one.contains(range)))
      throw invalid(
        `a network that is isolated from ${range.toString()}`,
        dropped.map(String).join(", ") || "nothing",
        'add { name: "conferencing", kind: "other", ranges: […] } to isolatedFrom of its network',
      );
  }
}

import { type Capacity, replicasFor } from "../../core/capacity";
import { relayOutlets } from "../../core/connections";
import { each, invalid, type Keys, knownKeys, validate } from "../../core/errors";
import { dmarcPolicies, mailRecords, stsHost, stsModes } from "../../core/mail-records";
import { domainName, dnsLabel } from "../../core/names";
import { countInRange } from "../../core/numbers";
import type { Route, TcpRoute } from "../../core/route";
import { oneOf, record } from "../../core/shapes";
import type { Resources } from "../../kubernetes/container";
import { conferencing, mailbox, mailboxes, mailDomains, readNext, relays } from "./reads";
import type { Conferencing, MailPlan, MailPlanArgs, NextHop, PlannedRelay } from "./plan-args";
import { databaseConnections, doorPorts, readyPath, serverTier, settleTier, stsPath } from "./settings";

const conferencingKeys: Keys<Conferencing> = { ranges: true, through: true, reason: true };
const relayKeys: Keys<PlannedRelay> = { from: true, perHour: true };
const nextKeys: Keys<NextHop> = { host: true, port: true, addresses: true, senders: true, issuer: true };

const mailPlanArgsKeys: Keys<MailPlanArgs> = {
  name: true,
  host: true,
  domains: true,
  people: true,
  mailboxes: true,
  dmarc: { policy: true, reports: true },
  relays: each(relayKeys),
  conferencing: conferencingKeys,
  next: nextKeys,
  sts: true,
};

/** Requests of one server, the copy of its program included. An assumption until measured under load; 0.16.18 at rest took less. */
export const serverResources = { cpu: 0.5, memoryMib: 1_024 } as const satisfies Resources;

/** Requests of the task that tells settings: a server that does nothing else. */
export const settleResources = { cpu: 0.2, memoryMib: 768 } as const satisfies Resources;

/** Connections of one person at once: two devices with two folders each (IDLE), and one that sends. */
const connectionsPerPerson = 5;

const capacityFor = (people: number): Capacity => ({
  load: people,
  perReplica: 1_000,
  unit: "people",
  source: `8,192 connections of a listener (stalwartlabs/stalwart v0.16.18, NetworkListener maxConnections) at ${connectionsPerPerson} each would be 1,638; an assumption with room until measured`,
});

/**
 * Plans a mail service: servers that share a database, a bucket and a cache; domains with their records; a door for services of the conferencing networks.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const post = planMail({
 *   name: "mail",
 *   host: "mail.crisis.example.ch",
 *   domains: ["crisis.example.ch"],
 *   people: 300,
 *   mailboxes: ["postmaster@crisis.example.ch", "duty@crisis.example.ch"],
 *   dmarc: { policy: "reject", reports: "postmaster@crisis.example.ch" },
 *   relays: { cloud: { from: "cloud@crisis.example.ch" } },
 *   conferencing: { ranges: ["10.20.0.0/16"], through: ["192.0.2.10/32"], reason: "invitations of meetings" },
 * });
 */
export function planMail(args: MailPlanArgs): MailPlan {
  const given = knownKeys(args, mailPlanArgsKeys);
  const valid = validate({
    name: () => dnsLabel(given.name, 30),
    host: () => domainName(given.host),
    domains: () => mailDomains(given.domains),
    people: () => countInRange(given.people, "people", 1, 100_000),
    mailboxes: () => mailboxes(given.mailboxes, given.domains),
    dmarc: () => dmarcOf(given),
    relays: () => relays(given),
    conferencing: () => (given.conferencing === undefined ? undefined : conferencing(given.conferencing)),
    next: () => (given.next === undefined ? undefined : readNext(given.next)),
    sts: () => oneOf(given.sts ?? "enforce", "a mode of MTA-STS", stsModes),
  });
  const { name, host, domains, people, dmarc, conferencing: door, next, sts } = valid;
  const capacity = capacityFor(people);
  const replicas = replicasFor(capacity);
  return {
    service: "mail",
    ...{ name, host, domains, people, dmarc, sts, capacity },
    mailboxes: valid.mailboxes,
    relays: valid.relays,
    ...(door === undefined ? {} : { conferencing: door }),
    ...(next === undefined ? {} : { next }),
    server: serverTier(name),
    routes: routes(valid),
    connections: people * connectionsPerPerson,
    requests: [
      { tier: serverTier(name).name, replicas, ...serverResources },
      { tier: settleTier(name).name, replicas: 1, ...settleResources },
    ],
    databases: [
      // One more server than there are, while an update replaces them, and the task.
      { name: name.replaceAll("-", "_"), connections: (replicas + 2) * databaseConnections },
    ],
    egress: [],
    ...relayOutlets(next?.addresses === undefined ? undefined : { port: next.port, addresses: next.addresses }, name),
    records: domains
      .flatMap((domain) =>
        mailRecords({
          ...{ domain, host, sts },
          senders: next?.senders ?? [],
          world: next !== undefined,
          dmarc: dmarc.policy,
          reports: dmarc.reports,
          ...(next === undefined ? {} : { issuer: next.issuer }),
        }),
      )
      .filter(
        ({ name: own, type, value }, i, all) =>
          // What is about the host stands once, for all domains.
          i === all.findIndex((other) => other.name === own && other.type === type && other.value === value),
      ),
  };
}

/** @throws RangeError without a policy: anybody could write in the domain's name. */
function dmarcOf({ dmarc, domains }: Pick<MailPlanArgs, "dmarc" | "domains">): MailPlan["dmarc"] {
  const { policy, reports } = record(dmarc, "a DMARC policy", '{ policy: "reject", reports: "postmaster@example.ch" }');
  return validate({
    policy: () => {
      if (policy !== undefined && !dmarcPolicies.includes(policy))
        throw invalid(
          `a policy out of ${dmarcPolicies.join(", ")}`,
          policy,
          "choose one: with any other, messages that somebody forged in the domain's name are delivered",
        );
      return oneOf(policy, "a policy", dmarcPolicies);
    },
    reports: () => mailbox(reports, domains),
  });
}

/** Doors of the service: TLS passes through to the servers, which are told the client's address. */
function routes(valid: {
  readonly name: string;
  readonly host: string;
  readonly domains: readonly string[];
  readonly people: number;
  readonly next: NextHop | undefined;
  readonly relays: MailPlan["relays"];
}): readonly Route[] {
  const { name, host, domains, people, next } = valid;
  const tier = serverTier(name);
  const door = (port: keyof typeof doorPorts, tls: TcpRoute["tls"], more: Partial<TcpRoute> = {}): TcpRoute => ({
    kind: "tcp",
    name: `${name}-${port}`,
    port: doorPorts[port],
    tls,
    proxyProtocol: true,
    upstreams: [{ name: "servers", tier, port }],
    ...more,
  });
  return [
    ...(next === undefined ? [] : [door("smtp", "none", { connections: 2_000 })]),
    door("submissions", "passes-through", { sni: host, connections: Math.max(200, people) }),
    door("imaps", "passes-through", {
      sni: host,
      connections: Math.max(200, people * connectionsPerPerson),
      connectionsPerSource: Math.max(100, Math.ceil(people / 2)),
      // Clients wait for new mail for half an hour at a time (RFC 2177).
      idleMinutes: 31,
    }),
    ...(Object.keys(valid.relays).length === 0
      ? []
      : [door("relay", "passes-through", { sni: host, connections: 1_000 })]),
    ...(next === undefined
      ? []
      : domains.map((domain, i): Route => ({
          kind: "web",
          name: `${name}-sts-${i + 1}`,
          host: stsHost(domain),
          upstreams: [{ name: "servers", tier, port: "http" }],
          health: [readyPath, stsPath],
          closedPaths: ["/healthz"],
          bodyMib: 1,
        }))),
  ];
}

/** A plan of this service, and nothing else in its place. @throws RangeError */
export function mailPlan(value: MailPlan): MailPlan {
  if ((value as MailPlan | undefined)?.service !== "mail")
    throw invalid("a plan of a mail service", value, "give what planMail(…) returns, also to the platform");
  return value;
}

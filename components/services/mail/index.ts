import * as pulumi from "@pulumi/pulumi";
import { linkTo, type SmtpRelay } from "../../core/connections";
import { givenArgs, invalid, validateArgs } from "../../core/errors";
import { link, type Link } from "../../core/link";
import type { PlannedRecord } from "../../core/planned-records";
import { planName } from "../../core/plan";
import { type Secret, usedAfter } from "../../core/secret";
import { record } from "../../core/shapes";
import { readGeneration, readGenerations } from "../../infrastructure/secrets";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import { servicePlatform } from "../../service-base";
import { type MailArgs, mailArgsKeys } from "./args";
import { certified, keyGenerations, plainHost, relayDoors, standsApart, wayOut } from "./checks";
import { mailPlan } from "./plan";
import type { MailPlan } from "./plan-args";
import { serverPods, settleTask } from "./pods";
import { mailboxSecret, mailSecrets, passwordRoles } from "./secrets";
import { doorPorts, serverTier, settleTier } from "./settings";

export type { MailArgs, MailSecret } from "./args";
export { mailData } from "./data";
export { planMail } from "./plan";
export type { Conferencing, MailPlan, MailPlanArgs, NextHop, PlannedRelay } from "./plan-args";
export { mailboxSecret } from "./secrets";

/**
 * Mail of an organisation: Stalwart, as servers with nothing of their own, over a database, a bucket and a cache. People read by IMAP and send by SMTP, with TLS from the
 * first byte; services of the conferencing networks send through one door, by which they can do nothing else.
 *
 * It stands on a platform with a network of its own. Conferencing does not need it: where it is gone, invitations wait at the services that send them.
 *
 * A message is acknowledged once it is in the database and its content in the bucket. When a server dies, the others deliver what it had acknowledged, but what it was just
 * delivering only once its lock has run out and they have looked again: it came after 14 minutes where it was measured (upstream's lock has 10, and it looks every 5), and
 * nothing can be set. Clients sign in again elsewhere. By upstream's sources, and not seen at work here: while the database or the bucket fails over, nothing is acknowledged
 * and senders try again; the cache's fail-over forgets counters and locks, so a message that was being delivered may come twice.
 *
 * When the host of the database's primary dies, the servers' connections to it fall silent, and upstream sets no limit there. Each server that waits at one is started anew
 * once the database takes connections again: within two minutes after that, by its probe, and people's programs connect again.
 *
 * Who signed in is the sender and the author, and there is one author. A session takes ten messages; a client with more connects again.
 *
 * Mail for other domains leaves by one way that is named, or not at all. Nothing is fetched: no pages, no rules for spam, no lists of addresses, no certificates; what
 * upstream would fetch ends at a closed port of its own pod. A server that starts asks the cluster's resolver for the root's keys, which nothing can switch off. Messages are judged by SPF, DKIM and DMARC, not by their content.
 *
 * Its settings are the plan's: a task tells them before servers start, and undoes what was changed by hand. Nobody can sign in as administrator.
 *
 * @example
 * const post = planMail({
 *   name: "mail",
 *   host: "mail.crisis.example.ch",
 *   domains: ["crisis.example.ch"],
 *   people: 300,
 *   mailboxes: ["postmaster@crisis.example.ch", "duty@crisis.example.ch"],
 *   dmarc: { policy: "reject", reports: "postmaster@crisis.example.ch" },
 * });
 * const mail = new Mail("mail", { on: platform, plan: post, database, bucket, cache });
 */
export class Mail extends pulumi.ComponentResource {
  /** Name that people's programs connect to: IMAP at 993, SMTP at 465. */
  readonly host: string;
  /** First passwords of the mailboxes by address; a secret. Empty where people sign in at a provider. */
  readonly passwords: pulumi.Output<Record<string, string>>;
  /** Every record of the domains, those of the signing keys included. */
  readonly records: pulumi.Output<readonly PlannedRecord[]>;

  private readonly relays: Readonly<Record<string, SmtpRelay>>;

  constructor(name: string, args: MailArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, mailArgsKeys, { on: "new Platform(…)" });
    const { on, plan, database, bucket, cache, login, secretsGeneration = "1", secretsGenerations = {} } = args;
    super(
      "sovereign-uc:index:Mail",
      name,
      { host: plan?.host, domains: plan?.domains, people: plan?.people, dmarc: plan?.dmarc, next: plan?.next?.host },
      opts,
    );
    const valid = validateArgs(this, name, {
      name: () => planName(name, plan),
      plan: () => mailPlan(plan),
      on: () => servicePlatform(on),
      network: () => standsApart(args),
      database: () => plainHost(database, "a database", 'postgres.database("mail", { from: plan.server })'),
      bucket: () => record(bucket, "a bucket", 'storage.bucket("mail", { from: plan.server })'),
      cache: () => plainHost(cache, "a cache", "cache.connection({ from: plan.server })"),
      certificate: () => certified(args),
      next: () => wayOut(args),
      doors: () => relayDoors(args),
      keyGeneration: () => keyGenerations(args.keyGeneration),
      secretsGeneration: () => readGeneration(secretsGeneration),
      secretsGenerations: () => readGenerations(secretsGenerations, passwordRoles(mailPlan(plan), login !== undefined)),
    });
    this.host = valid.plan.host;

    const own = { parent: this };
    const secrets = mailSecrets({ name, args, plan: valid.plan, generations: valid.keyGeneration }, this);
    this.passwords = pulumi.secret(
      pulumi.all(
        Object.fromEntries(
          (login === undefined ? valid.plan.mailboxes : []).map((one) => [
            one,
            secrets.password(mailboxSecret(one)).value,
          ]),
        ),
      ),
    );
    this.records = secrets.records.apply((keys) => [...valid.plan.records, ...keys]);

    const namespace = new Namespace(name, { cluster: on.cluster }, own);
    const tiers = [serverTier(name), settleTier(name)];
    const policies = new Policies(name, { namespace, tiers, links: links(name, args) }, own);
    const parts = { name, args, plan: valid.plan, policies, secrets, databaseHost: valid.database };
    const settled = settleTask(parts, own);
    serverPods(parts, { ...own, dependsOn: [settled] });
    this.relays = Object.fromEntries(
      Object.entries(valid.plan.relays).map(([id, { from }]) => [
        id,
        relayOf(valid.plan, from, usedAfter(secrets.password(`relay-${id}`), settled.ready), valid.doors, secrets.ca),
      ]),
    );
    this.registerOutputs({ host: this.host, records: this.records });
  }

  /**
   * The relay of a service that was planned. It sends under its one address, from the conferencing networks' addresses, and so many messages in an hour.
   *
   * @throws RangeError for a relay that the plan does not name.
   */
  relay(name: string): SmtpRelay {
    const found = this.relays[name];
    if (found === undefined)
      throw invalid(
        `a relay of this service out of ${Object.keys(this.relays).join(", ") || "none"}`,
        name,
        "name it among the relays of the plan, with its sender",
      );
    return found;
  }
}

const relayOf = (
  { host }: MailPlan,
  from: string,
  password: Secret,
  doors: readonly string[],
  ca: pulumi.Output<string> | undefined,
): SmtpRelay => ({
  host,
  port: doorPorts.relay,
  user: from,
  password,
  from,
  peer: { name: "mail gateways", ranges: doors.map((address) => `${address}/${address.includes(":") ? 128 : 32}`) },
  ...(ca === undefined ? {} : { ca }),
});

/** Every connection of the service, each named once. */
function links(name: string, { on, plan, database, bucket, cache, login, next }: MailArgs): readonly Link[] {
  const [servers, settle] = [serverTier(name), settleTier(name)];
  const both = [servers, settle];
  return [
    link(on.edge, servers, "submissions", "messages of people"),
    link(on.edge, servers, "imaps", "people who read"),
    ...(plan.conferencing === undefined ? [] : [link(on.edge, servers, "relay", plan.conferencing.reason)]),
    ...(plan.next === undefined
      ? []
      : [
          link(on.edge, servers, "smtp", "mail from other domains"),
          link(on.edge, servers, "http", "the policy by which other domains encrypt"),
        ]),
    ...both.flatMap((tier) => [
      linkTo(tier, database, "accounts, folders, and what waits"),
      linkTo(tier, bucket, "messages"),
      linkTo(tier, cache, "locks, counters, and the word among servers"),
      ...(login === undefined ? [] : [linkTo(tier, login, "keys and people of the provider")]),
    ]),
    ...(next === undefined ? [] : [linkTo(servers, next, "mail for other domains")]),
  ];
}

import { linkTo } from "../../core/connections";
import { link, type Link, linkOut, type Outside } from "../../core/link";
import type { Tier } from "../../core/tier";
import type { NextcloudArgs } from "./args";
import type { TalkPlace } from "./calls";
import type { NextcloudPlan } from "./plan";
import { mediaPorts, nextcloudTiers, ports } from "./settings";

/**
 * Everything of a hub that connects to its database, its cache, its bucket and its relay: the web servers, the task and the periodic work. Each is a client of its own
 * for network policies.
 *
 * @example
 * const hub = planNextcloud({ name: "hub", domain: "hub.crisis.example.ch", people: 300 });
 * const [web, ...tasks] = nextcloudClients(hub);
 */
export const nextcloudClients = ({ name }: Pick<NextcloudPlan, "name">): readonly [Tier, Tier, Tier] => {
  const { web, keeper, cron } = nextcloudTiers(name);
  return [web, keeper, cron];
};

/** Tiers of the namespace with network policies: those that are not on the host network. */
export const podTiers = ({ name, talk }: NextcloudPlan): readonly Tier[] => {
  const { signaling, bus } = nextcloudTiers(name);
  return [...nextcloudClients({ name }), ...(talk === undefined ? [] : [signaling, bus])];
};

/** Every connection of the service, each named once. */
export function hubLinks(
  { on, plan, database, cache, bucket, login, relay, mailboxes }: NextcloudArgs,
  talk: TalkPlace | undefined,
): readonly Link[] {
  const { web, keeper, cron, signaling, bus } = nextcloudTiers(plan.name);
  const gateways: Outside = { name: "gateways", ranges: on.cluster.gatewayAddresses.map((address) => `${address}/32`) };
  const all = [web, keeper, cron];
  const own: readonly Link[] = [
    link(on.edge, web, "http", "people and their programs, through the edge"),
    ...all.flatMap((tier) => [
      linkTo(tier, database, "accounts, names of files, settings"),
      linkTo(tier, cache, "locks and sessions"),
      linkTo(tier, bucket, "content of files"),
    ]),
    ...[web, cron].flatMap((tier) => [
      linkTo(tier, login, "sign-ins, and their end"),
      ...(relay === undefined ? [] : [linkTo(tier, relay, "invitations, shares and notifications")]),
      ...(mailboxes === undefined
        ? []
        : [
            linkTo(tier, mailboxes, "mailboxes that people read"),
            linkTo(tier, { ...mailboxes, port: mailboxes.submissionPort ?? 465 }, "messages that people send"),
          ]),
    ]),
  ];
  if (talk === undefined) return own;
  const hosts = (place: TalkPlace["media"]): Outside => ({
    name: `${plan.name}-media`,
    ranges: place.hosts.map(({ address }) => `${address}/32`),
  });
  const unlessLogin = (tier: Tier): readonly Link[] => {
    const made = linkOut(tier, gateways, 443, "signaling servers, at the name that browsers know");
    return own.some(
      (one) => one.from === tier && JSON.stringify(one.to) === JSON.stringify(made.to) && one.port === 443,
    )
      ? []
      : [made];
  };
  return [
    ...own,
    ...[web, cron].flatMap(unlessLogin),
    link(on.edge, signaling, "http", "browsers in calls, through the edge"),
    linkOut(signaling, gateways, 443, "the hub, which says who somebody is"),
    link(signaling, signaling, "grpc", "sessions that another server has"),
    link(signaling, bus, "nats", "news of calls"),
    link(bus, bus, "cluster", "news of calls, to every server of the bus"),
    linkOut(signaling, hosts(talk.media), mediaPorts.proxy, "streams of calls"),
    ...(talk.recorder === undefined
      ? []
      : [
          linkOut(
            web,
            { ...hosts(talk.recorder), name: `${plan.name}-recorder` },
            ports.recorder,
            "begin and end of recordings",
          ),
        ]),
  ];
}

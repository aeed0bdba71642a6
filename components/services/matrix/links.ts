import { linkTo } from "../../core/connections";
import { link, type Link, linkOut } from "../../core/link";
import type { Tier } from "../../core/tier";
import type { MatrixArgs } from "./args";
import { federatedServers } from "./federation";
import type { MatrixPlan } from "./plan";

/** All tiers of a plan. */
export const tiersOf = ({ processes, workers, authentication, app, calls }: MatrixPlan): readonly Tier[] => [
  ...processes,
  ...(workers === undefined ? [] : [workers.router]),
  ...[authentication, app, calls].flatMap((one) => (one === undefined ? [] : [one.tier])),
];

/** Every connection of the service, each named once. */
export function linksOf(args: MatrixArgs, plan: MatrixPlan): readonly Link[] {
  const { on, database, login, bucket, cache, calls, authentication } = args;
  const { homeserver, processes, workers } = plan;
  const files = workers?.media ?? homeserver;
  const outward = workers === undefined ? homeserver : workers.sender;
  const signing = plan.authentication?.tier;
  return [
    link(on.edge, workers?.router ?? homeserver, "http", "clients, through the edge"),
    ...processes.map((tier) => linkTo(tier, database, "rooms")),
    linkTo(signing ?? homeserver, login, "logins"),
    ...(bucket === undefined ? [] : [linkTo(files, bucket, "files")]),
    ...(cache === undefined ? [] : processes.map((tier) => linkTo(tier, cache, "talk between processes"))),
    ...(workers === undefined ? [] : betweenProcesses(plan, workers)),
    ...(outward === undefined || federatedServers(plan.federation).length === 0
      ? []
      : [linkTo(outward, on.proxy, "other homeservers, through the gateways' proxy")]),
    ...(signing === undefined || authentication === undefined
      ? []
      : [
          link(on.edge, signing, "http", "people who sign in, through the edge"),
          linkTo(signing, authentication.database, "people and their sessions"),
          link(signing, homeserver, "http", "people and devices at the homeserver"),
          // Every process that answers clients asks whose token it is.
          ...[homeserver, ...(workers === undefined ? [] : [workers.reader, workers.media])].map((tier) =>
            link(tier, signing, "http", "tokens of people"),
          ),
        ]),
    ...(plan.app === undefined ? [] : [link(on.edge, plan.app.tier, "http", "files of Element, through the edge")]),
    ...(plan.calls === undefined || calls === undefined
      ? []
      : [
          link(on.edge, plan.calls.tier, "http", "tickets for calls, through the edge"),
          linkTo(plan.calls.tier, calls, "rooms of calls"),
          linkOut(
            plan.calls.tier,
            { name: "gateways", ranges: on.cluster.gatewayAddresses.map((address) => `${address}/32`) },
            443,
            "the homeserver under its own name: who a person is",
          ),
        ]),
  ];
}

/** Connections between main process, workers and the proxies before them. */
function betweenProcesses(
  { homeserver, processes }: MatrixPlan,
  workers: NonNullable<MatrixPlan["workers"]>,
): readonly Link[] {
  const { router, reader, media, writer, sender } = workers;
  const asked = [homeserver as Tier, writer, ...(sender === undefined ? [] : [sender])];
  return [
    ...[homeserver, reader, media].map((tier) =>
      link(router, tier, "http", "requests and health checks of the router"),
    ),
    ...asked.flatMap((to) =>
      processes
        .filter((from) => from.name !== to.name)
        .map((from) => link(from, to, "replication", "work of one process for another")),
    ),
  ];
}

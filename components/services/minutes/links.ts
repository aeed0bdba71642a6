import { linkTo, type Reachable } from "../../core/connections";
import { type Link, linkOut, type Outside, sameEnd } from "../../core/link";
import { proxyPort } from "../../recipe/parts/private-host";
import type { MinutesArgs } from "./args";

/** Every connection of the workers: those that they are given, and the gateways' proxy, by which their program comes. Nobody connects to them but who collects figures. */
export function minutesLinks(args: MinutesArgs): readonly Link[] {
  const { on, plan, recordings, database, speech, language, hub, people, chat, relay } = args;
  const gateways: Outside = { name: "gateways", ranges: on.cluster.gatewayAddresses.map((address) => `${address}/32`) };
  const to = (end: Reachable | undefined, reason: string): readonly Link[] =>
    end === undefined ? [] : [linkTo(plan.worker, end, reason)];
  return once([
    linkOut(plan.worker, gateways, proxyPort, "program of the worker, through the gateways' proxy"),
    ...to(recordings.bucket, "recordings"),
    ...to(database, "state of every meeting"),
    ...to(speech, "transcription"),
    ...to(language, "summaries"),
    ...to(hub, "documents and shares"),
    ...to(people, "participants, looked up"),
    ...to(chat, "notices by chat"),
    ...to(relay, "notices by mail"),
  ]);
}

/** Links to the same end and port in one, which gives every reason. */
function once(links: readonly Link[]): readonly Link[] {
  const same = (one: Link, other: Link): boolean => sameEnd(one.to, other.to) && one.port === other.port;
  return links
    .filter((one, i) => links.findIndex((other) => same(one, other)) === i)
    .map((one) => ({
      ...one,
      reason: links
        .filter((other) => same(one, other))
        .map(({ reason }) => reason)
        .join("; "),
    }));
}

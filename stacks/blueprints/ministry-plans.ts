import {
  openViduCacheClients,
  planIdentity,
  planJitsi,
  planMatrix,
  planNextcloud,
  planOpenVidu,
  planPostgres,
  planStorage,
  planValkey,
  type ServicePlan,
} from "../../components";
import { data, number, type Values } from "../keys";
import { minutesBuckets, minutesKeys, minutesPlans } from "./ministry-minutes";
import { type bucketKeys, type relayKeys, relayWay } from "./outside";

/** Keys of the figures that a ministry's plans are made from. */
export const ministrySizes = {
  people: number(),
  participants: number(),
  callers: number(),
  recordsGib: number(),
  filesGib: number(),
  mediaGib: number(),
  accounts: data<readonly string[]>(),
  ...minutesKeys,
};

type Given = Values<
  typeof ministrySizes & typeof relayKeys & Pick<ReturnType<typeof bucketKeys<"archive">>, "archiveStore">
>;

/** A pool of media hosts for each service that has any: all of them want port 443 for their relays. */
export const poolEach = (plans: Readonly<Record<string, ServicePlan>>) =>
  Object.fromEntries(
    Object.entries(plans).map(([pool, { name, media = {} }]) => [
      pool,
      { carries: Object.keys(media).map((tier) => `${name}/${tier}`) },
    ]),
  );

/** Plans of everything that a ministry works with, by the names that its services have. */
export function ministryPlans(domain: string, given: Given) {
  const { people, participants, callers } = given;
  const at = (host: string): string => `${host}.${domain}`;
  const embeddedBy = [at("app"), at("hub")];
  const recordings = { atOnce: given.recordingsAtOnce };
  const meetings = planJitsi({ name: "meetings", domain: at("meet"), participants, embeddedBy, recordings });
  const calls = planOpenVidu({ name: "calls", domain: at("media"), participants: callers, portals: ["chat"] });
  const chat = planMatrix({
    name: "chat",
    domain: at("chat"),
    users: people,
    mediaGib: given.mediaGib,
    workers: true,
    app: at("app"),
    authentication: at("auth"),
    jitsi: meetings.domain,
    calls: { domain: at("calls"), livekit: `wss://${calls.domain}` },
  });
  const talk = { domain: at("talk"), participants: callers };
  const hub = planNextcloud({
    name: "hub",
    domain: at("hub"),
    people,
    apps: ["calendar", "contacts", "jitsi"],
    talk,
    accounts: ["minutes"],
    ...relayWay(given),
  });
  const minutes = minutesPlans(given);
  const login = planIdentity({
    name: "login",
    domain: at("login"),
    people,
    breakGlass: given.accounts,
    readers: { notes: minutes.notes.worker },
    clients: {
      meetings: { redirects: [meetings.callback] },
      chat: { redirects: [chat.callback], signOut: chat.signOut },
      hub: { redirects: [hub.callback] },
    },
  });
  const buckets = [{ name: "chat" }, { name: "hub" }, ...minutesBuckets];
  const store = planStorage({ name: "store", gib: given.filesGib, buckets });
  const serves = [login, chat, hub, store, minutes.notes];
  const { endpoint } = given.archiveStore;
  const records = planPostgres({ name: "records", serves, gib: given.recordsGib, archive: endpoint });
  const found = planValkey({ name: "found", memoryMib: 128, clients: openViduCacheClients(calls) });
  const talks = planValkey({ name: "talks", memoryMib: 64, clients: 200 });
  const locks = planValkey({ name: "locks", memoryMib: 512, clients: 1_000 });
  return { meetings, calls, login, chat, hub, store, records, found, talks, locks, ...minutes };
}

import { plannedRelay, type Reachable, throughProxy } from "../../core/connections";
import { invalid } from "../../core/errors";
import { httpsUrl } from "../../core/names";
import { plannedEgress } from "../../core/plan";
import type { HubAccount, PeopleClient } from "../../core/service-accounts";
import { record } from "../../core/shapes";
import { type OnCluster, onCluster } from "../../kubernetes/target";
import type { ChatAccount, MinutesArgs, RecordedRooms } from "./args";
import { isProxied, places } from "./env";
import type { MinutesPlan } from "./plan";

/** Recordings of rooms without end-to-end encryption; the type says the same. @throws RangeError for others. */
export function recordedRooms(value: RecordedRooms): RecordedRooms {
  const example = '{ confidentiality: "transport", bucket }';
  const { confidentiality, bucket } = record(value, "recordings", example);
  if (confidentiality !== "transport")
    throw invalid(
      'recordings of rooms with confidentiality "transport"',
      confidentiality,
      "leave out rooms that are encrypted from end to end: nobody but their members may hear them",
    );
  record(bucket, "a bucket with recordings", 'storage.bucket("recordings", { from: plan.worker })');
  return value;
}

/** A server of speech or language inside. @throws RangeError for none, and for one that is reached through the gateways' proxy: what was said would leave. */
export function inside<T extends Reachable & { readonly url: string }>(value: T, what: string, example: string): T {
  const { url, peer, port } = record<T>(value, what, example);
  if (typeof url === "string" && peer !== undefined && port !== undefined && throughProxy({ peer, port }, url))
    throw invalid(
      `${what} inside the network`,
      `${url} through the gateways' proxy`,
      "run it in the network: what people said would leave it",
    );
  return value;
}

/** @throws RangeError for a hub without an address and an account. */
export function hubAccount(value: HubAccount): HubAccount {
  const { url, user, folder = "Minutes" } = record(value, "a hub", "{ url, user, password, peer, port }");
  plainUrl(url, "an HTTPS address of the hub without a final slash", "https://hub.example.ch");
  if (typeof user !== "string" || !/^[\w.@-]{1,64}$/.test(user))
    throw invalid("an account of the hub", user, 'give its name, as "minutes"');
  if (typeof folder !== "string" || !/^[\w -]{1,60}$/.test(folder))
    throw invalid("a folder's name of letters, digits, spaces, hyphens and underscores", folder, "rename it");
  return value;
}

/** @throws RangeError for what is no client. */
export function peopleClient(value: PeopleClient): PeopleClient {
  const { server } = record(value, "a client of the identity service", "givenOidcClient({ … })");
  if (server !== undefined && (!URL.canParse(server) || server.endsWith("/")))
    throw invalid(
      "an address of the identity service's server without a final slash",
      server,
      'give one like "http://login-server.login.svc.cluster.local:8080"',
    );
  return value;
}

/** At least one way to tell people. @throws RangeError for none, and for a relay behind the gateways that the plan has no way to. */
export function notices({ chat, relay, plan }: MinutesArgs): void {
  if (chat === undefined && relay === undefined)
    throw invalid("a chat or a mail relay", "neither", "give one: nobody would learn of their minutes");
  if (chat !== undefined) chatAccount(chat);
  if (relay !== undefined)
    plannedRelay(relay, plan, `planMinutes({ …, relay: { port: ${relay.port}, addresses: […] } })`);
}

function chatAccount(value: ChatAccount): void {
  const { url, serverName } = record(value, "a chat", "{ url, serverName, token, peer, port }");
  plainUrl(url, "an HTTPS address of the chat without a final slash", "https://chat.example.ch");
  if (typeof serverName !== "string" || !/^[a-z0-9.-]+(:\d{1,5})?$/.test(serverName))
    throw invalid("the name of a homeserver", serverName, 'give the end of people\'s names, as "example.ch"');
}

function plainUrl(value: unknown, what: string, example: string): void {
  httpsUrl(value, what, `give one like ${example}`);
  if (String(value).endsWith("/")) throw invalid(what, value, `give one like ${example}`);
}

/** A platform with gateways inside its network. @throws RangeError without: no worker could fetch its program. */
export function withGateways(on: OnCluster): OnCluster {
  if (onCluster(on).cluster.gatewayAddresses.length === 0)
    throw invalid(
      "a platform with gateways inside its network",
      "none",
      "give the cluster gatewayAddresses: the program of the workers comes through their proxy",
    );
  return on;
}

/** @throws RangeError for a place that is reached through the gateways' proxy and that the plan does not name. */
export function plannedPlaces(args: MinutesArgs, plan: MinutesPlan): void {
  for (const [key, place] of Object.entries(places(args)))
    if (isProxied(place)) plannedEgress(plan, place.address, key);
}

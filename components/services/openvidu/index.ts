import * as pulumi from "@pulumi/pulumi";
import type { LiveKitServers } from "../../core/connections";
import { givenArgs, invalid, validateArgs } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import type { Secret } from "../../core/secret";
import { fields, items, record } from "../../core/shapes";
import { type Generation, readGeneration, readGenerations, Secrets } from "../../infrastructure/secrets";
import { Namespace } from "../../kubernetes/namespace";
import { servicePlatform, type ServicePlatform } from "../../service-base";
import { relayPlace } from "../../service-media";
import { type OpenViduArgs, openViduArgsKeys, type OpenViduSecret, type PortalAccess } from "./args";
import { generationNames, secretRoles, validKeys } from "./keys";
import { apiKeyOf, eventsKey, recorderKeyOf } from "./livekit";
import { media } from "./media";
import { type OpenViduPlan, openViduPlan } from "./plan";
import { placedRecording, recorders } from "./recorders";

export type { OpenViduArgs, OpenViduSecret, PortalAccess, RoomRecording } from "./args";
export {
  type OpenViduPlan,
  type OpenViduPlanArgs,
  openViduCacheClients,
  openViduRecorders,
  planOpenVidu,
} from "./plan";
export type { RoomRecorders } from "./recording";
export type { RoomEvents } from "./settings";
export { openViduServers } from "./tiers";

/**
 * Rooms for portals, as OpenVidu 3 has them: media servers (LiveKit) and relays on media hosts, each with one more than the load needs. A portal's back end opens rooms and
 * gives tokens over the API, with a key of its own; browsers join with these tokens, and nobody else does.
 *
 * OpenVidu's community edition is a single node, so this stands on the open server that it is built on. What OpenVidu adds to it (its meeting page, its own API, its
 * dashboard and database) is not part of it: pages are the portals'.
 *
 * A room is on one host. When that host is lost, its participants are without media until their browsers have joined again, through another host, which takes the room:
 * two browsers with LiveKit's own client had pictures of each other again 19 to 21 seconds after the host of their call was powered off, in three runs of five. In one
 * both were back and had none for as long as it was watched, for a reason that is not known; the fifth began before the other host was back for good
 * (test/live/proof/openvidu-death.test.ts).
 *
 * No third party is contacted, by servers or browsers: relays and STUN are here, and no address is asked for. Media is DTLS-SRTP between each browser and its host; the server has
 * no setting for its profile, and Chromium sends with AES-CM and HMAC-SHA1-80 and receives with AES-GCM. A server cannot force encryption from end to end: a portal's page
 * switches it on.
 *
 * Nothing is recorded unless the plan has recorders (LiveKit's egress); then a portal's back end starts a recording, and its MP4 is in the bucket some minutes after its
 * end. Recorders have no key of a room that its page encrypts from end to end. With recorders, browsers are told the private addresses of media hosts as well, which lead nowhere for
 * them.
 *
 * Each key opens every room of the deployment: portals that must not see each other's rooms have deployments of their own.
 *
 * @example
 * const rooms = planOpenVidu({ name: "rooms", domain: "rooms.example.ch", participants: 200, portals: ["citizens"] });
 * const store = planValkey({ name: "portal-cache", memoryMib: 128 });
 * const platform = new Platform("portal", { ...place, plans: [rooms, store] });
 * const cache = new Valkey("portal-cache", { on: platform, plan: store });
 * const openvidu = new OpenVidu("rooms", {
 *   on: platform,
 *   plan: rooms,
 *   cache: cache.access({ from: openViduServers(platform, rooms) }),
 * });
 */
export class OpenVidu extends pulumi.ComponentResource {
  /** Address of the API. */
  readonly url: string;
  /** Access of each portal's back end, by the portal's name. */
  readonly portals: Readonly<Record<string, PortalAccess>>;

  /** Private addresses of the gateways, which lead to the API. */
  private readonly gateways: readonly string[];

  constructor(name: string, args: OpenViduArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, openViduArgsKeys, { on: "new Platform(…)" });
    const { on, plan, cache, drainSeconds = 3_600, secretsGeneration = "1", secretGenerations = {} } = args;
    const { domain, participants, portals, sizes, recorders: planned } = fields(plan);
    super(
      "sovereign-uc:index:OpenVidu",
      name,
      {
        domain,
        participants,
        portals,
        ...(sizes === undefined ? {} : { servers: sizes.hosts }),
        recording: planned !== undefined,
        recordingDays: fields(args.recording).keepDays,
      },
      opts,
    );
    const valid = validateArgs(this, name, {
      plan: () => ownPlan(name, plan),
      cache: () => record(cache, "a cache", "valkey.access({ from: openViduServers(platform, plan) })"),
      recording: () => placedRecording(openViduPlan(plan), args.recording),
      drainSeconds: () => countInRange(drainSeconds, "seconds to drain", 31, 86_400),
      secretsGeneration: () => readGeneration(secretsGeneration),
      secretGenerations: () =>
        readGenerations(secretGenerations, secretRoles({ portals: items(portals), recorders: planned })),
      on: () => places(on, openViduPlan(plan)),
    });
    this.url = `https://${valid.plan.domain}`;
    this.gateways = on.cluster.gatewayAddresses;

    const secrets = new Secrets<OpenViduSecret>(
      name,
      { roles: secretRoles(valid.plan), generation: secretsGeneration, generations: secretGenerations },
      { parent: this },
    );
    const generationOf = (role: OpenViduSecret): Generation => secretGenerations[role] ?? secretsGeneration;
    const present = (role: OpenViduSecret): string => generationNames(generationOf(role))[0] ?? "";
    const secretOf = (role: OpenViduSecret): Secret => secrets.password(role, { length: 48 });
    this.portals = Object.fromEntries(
      valid.plan.portals.map((portal): [string, PortalAccess] => [
        portal,
        {
          url: this.url,
          webSocketUrl: `wss://${valid.plan.domain}`,
          apiKey: apiKeyOf(portal, present(`portal-${portal}`)),
          apiSecret: secretOf(`portal-${portal}`),
        },
      ]),
    );
    const { events } = valid.plan;
    const own = { parent: this };
    const servers = media(
      {
        plan: valid.plan,
        namespace: new Namespace(`${name}-media`, { cluster: on.cluster, podSecurity: "privileged" }, own),
        cache,
        keys: validKeys(valid.plan, generationOf, secretOf),
        relaySecret: secrets.password("relay"),
        ...(events === undefined ? {} : { events: eventsKey(events, (portal) => present(`portal-${portal}`)) }),
        ...valid.on,
        drainSeconds,
      },
      own,
    );
    const { recording } = valid;
    if (recording !== undefined)
      recorders(
        {
          plan: valid.plan,
          recording,
          namespace: new Namespace(recording.recorders.tier.namespace, { cluster: on.cluster }, own),
          hosts: valid.on.server.hosts,
          key: { id: recorderKeyOf(present("recorder")), secret: secretOf("recorder") },
        },
        // Its key is valid by then.
        { ...own, dependsOn: [servers] },
      );
    this.registerOutputs({ url: this.url });
  }

  /**
   * The media servers for a service on the same platform that opens rooms as one of the planned portals, at the name that browsers know, through the gateways inside the
   * network: Element Call of a Matrix homeserver.
   *
   * @throws RangeError for a portal that the plan does not name.
   */
  servers(portal: string): LiveKitServers {
    const found = this.portals[portal];
    if (found === undefined)
      throw invalid(
        `a portal of this deployment out of ${Object.keys(this.portals).join(", ")}`,
        portal,
        "name it among the portals of the plan",
      );
    return {
      url: found.webSocketUrl,
      key: found.apiKey,
      secret: found.apiSecret,
      ...(this.gateways.length === 0 ? {} : { addresses: this.gateways }),
      peer: { name: "gateways", ranges: this.gateways.map((address) => `${address}/32`) },
      port: 443,
    };
  }
}

/** @throws RangeError for what is no plan of an OpenVidu, and for a plan of another name: names of tiers come from the plan. */
function ownPlan(name: string, value: OpenViduPlan): OpenViduPlan {
  const plan = openViduPlan(value);
  if (plan.name !== name) throw invalid(`a plan named "${name}"`, plan.name, "give the component the plan's name");
  return plan;
}

/** The hosts of servers and of relays. @throws RangeError for what is no platform of this plan. */
function places(on: ServicePlatform, plan: OpenViduPlan) {
  const { media: place } = servicePlatform(on);
  return { server: place(plan, "server"), relay: relayPlace(place(plan, "relay")) };
}

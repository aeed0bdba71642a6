import type { Outside } from "../../core/link";
import type { ServicePlan } from "../../core/plan";
import { type Tier, tier } from "../../core/tier";
import type { ServicePlatform } from "../../service-base";
import { relayLimits } from "../../kubernetes/relay/coturn";
import { mediaPorts } from "./settings";

/** All tiers of an OpenVidu: on the host network, in a namespace of their own. */
export interface OpenViduTiers {
  readonly media: Tier<"api" | "media-tcp">;
  readonly relay: Tier<"turns">;
}

/** The tiers of an OpenVidu by its name. */
export const openViduTiers = (name: string): OpenViduTiers => ({
  media: tier(`${name}-media`, `${name}-server`, { api: mediaPorts.api, "media-tcp": mediaPorts.tcp }),
  relay: tier(`${name}-media`, `${name}-relay`, { turns: relayLimits.tls }),
});

/**
 * The media servers as others' policies know them: by addresses, since they are on the host network. Behind a service, a host's own address becomes the one that it has in
 * the pod range.
 *
 * @throws RangeError when no pool of the platform carries them.
 *
 * @example
 * const rooms = planOpenVidu({ name: "rooms", domain: "rooms.example.ch", participants: 200, portals: ["citizens"] });
 * const store = planValkey({ name: "portal-cache", memoryMib: 128 });
 * const cache = new Valkey("portal-cache", { on: platform, plan: store });
 * const access = cache.access({ from: openViduServers(platform, rooms) });
 */
export const openViduServers = (on: ServicePlatform, plan: ServicePlan): Outside => ({
  name: openViduTiers(plan.name).media.name,
  ranges: [on.cluster.podRange, ...on.media(plan, "server").hosts.map(({ address }) => `${address}/32`)],
});

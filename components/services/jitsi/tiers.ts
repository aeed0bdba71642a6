import { link, Link, Outside } from "../../core/link";
import { tier, Tier } from "../../core/tier";
import { relayLimits } from "../../kubernetes/relay/coturn";
import { accessTier } from "./access-settings";
import { signallingPorts } from "./prosody";
import { regionTiers } from "./regions";

import { webPort } from "./web";

/** Port of the focus for questions about its health. */
export const focusPort = 8888;

/** The tiers of one shard. They know only each other. */
export interface ShardTiers {
  readonly number: number;
  readonly signalling: Tier<"xmpp" | "web">;
  readonly focus: Tier<"health">;
  readonly web: Tier<"http">;
}

/** All tiers of a Jitsi. */
export interface JitsiTiers {
  readonly shards: readonly ShardTiers[];
  /** The service that signs people in. */
  readonly access: Tier<"http">;
  /** On the host network, in a namespace of their own. */
  readonly bridge: Tier<"media">;
  readonly relay: Tier<"turns">;
  /** The same in other regions, by location. */
  readonly regions: Readonly<Record<string, Pick<JitsiTiers, "bridge" | "relay">>>;
}

/** Bridges and relays of one region. */
const mediaTiers = (name: string, { bridge, relay }: { readonly bridge: string; readonly relay: string }) => ({
  bridge: tier(`${name}-media`, `${name}-${bridge}`, { media: { port: 10_000, protocol: "udp" } }),
  relay: tier(`${name}-media`, `${name}-${relay}`, { turns: relayLimits.tls }),
});

/** The tiers of a Jitsi by its name and number of shards. @param locations of the regions beside the platform's own. */
export const jitsiTiers = (name: string, shards: number, locations: readonly string[] = []): JitsiTiers => ({
  shards: Array.from({ length: shards }, (_, i) => ({
    number: i + 1,
    signalling: tier(name, `${name}-signalling-${i + 1}`, { xmpp: signallingPorts.xmpp, web: signallingPorts.web }),
    focus: tier(name, `${name}-focus-${i + 1}`, { health: focusPort }),
    web: tier(name, `${name}-web-${i + 1}`, { http: webPort }),
  })),
  access: accessTier(name),
  ...mediaTiers(name, { bridge: "bridge", relay: "relay" }),
  regions: Object.fromEntries(locations.map((location) => [location, mediaTiers(name, regionTiers(location))])),
});

/** The tiers of a Jitsi that have network policies. */
export const policedTiers = ({ shards, access }: JitsiTiers): readonly Tier[] => [
  ...shards.flatMap(({ signalling, focus, web }) => [signalling, focus, web]),
  access,
];

/**
 * Every connection between the tiers of a Jitsi, each named once.
 *
 * @param edge the tier that browsers come through.
 * @param bridges ranges that bridges come from: behind a service, a host's own address becomes the one that it has in the pod range.
 */
export const jitsiLinks = ({ shards, access }: JitsiTiers, edge: Tier, bridges: readonly string[]): readonly Link[] => {
  const hosts: Outside = { name: "bridges", ranges: bridges };
  const inShards = shards.flatMap(({ signalling, focus, web }) => [
    link(focus, signalling, "xmpp", "signalling between the focus and the server of this shard"),
    link(hosts, signalling, "xmpp", "bridges, which are on the host network"),
    link(web, signalling, "web", "signalling of browsers, through the web servers of this shard"),
    link(web, focus, "health", "health of the shard, for the edge"),
    link(edge, web, "http", "browsers, through the edge"),
  ]);
  return [...inShards, link(edge, access, "http", "people who sign in, through the edge")];
};

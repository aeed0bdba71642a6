import { replicasFor } from "../../core/capacity";
import type { PodRequest } from "../../core/plan";
import type { Route } from "../../core/route";
import { type Tier, tier } from "../../core/tier";
import {
  bodyMib,
  closedPaths,
  greenlightCapacity,
  healthPath,
  importerCapacity,
  playbackCapacity,
  playbackPort,
  podResources,
  pollerCapacity,
  readerCapacity,
  rubyPort,
  scaleliteCapacity,
} from "./settings";

/** All tiers of a BigBlueButton on the cluster, in one namespace. The servers themselves are hosts. */
export interface BigBlueButtonTiers {
  /** Spreads meetings over servers, and answers for recordings. */
  readonly scalelite: Tier<"http">;
  /** Asks servers how they are. */
  readonly poller: Tier;
  /** Page of rooms and sign-in. */
  readonly greenlight: Tier<"http">;
  /** Stands before Scalelite, and hands out what it lets people see. Only with recordings. */
  readonly playback: Tier<"http">;
  /** Reads recordings from their bucket. Only with recordings. */
  readonly reader: Tier<"http">;
  /** Takes recordings from the spool into their bucket. Only with recordings. */
  readonly importer: Tier;
  /** Asks for recordings of which Greenlight was not told. Only with recordings. */
  readonly greenlightSync: Tier;
  /** Tasks that bring the databases to the present version. */
  readonly scaleliteSchema: Tier;
  readonly greenlightSchema: Tier;
}

/** The tiers of a BigBlueButton by its name. */
export const bigBlueButtonTiers = (name: string): BigBlueButtonTiers => ({
  scalelite: tier(name, `${name}-scalelite`, { http: rubyPort }),
  poller: tier(name, `${name}-poller`, {}),
  greenlight: tier(name, `${name}-greenlight`, { http: rubyPort }),
  playback: tier(name, `${name}-playback`, { http: playbackPort }),
  reader: tier(name, `${name}-reader`, { http: playbackPort }),
  importer: tier(name, `${name}-importer`, {}),
  greenlightSync: tier(name, `${name}-greenlight-sync`, {}),
  scaleliteSchema: tier(name, `${name}-scalelite-schema`, {}),
  greenlightSchema: tier(name, `${name}-greenlight-schema`, {}),
});

/** Tiers that are made: with recordings, all of them. */
export const madeTiers = (name: string, recordings: boolean): readonly Tier[] => {
  const { playback, reader, importer, greenlightSync, ...always } = bigBlueButtonTiers(name);
  return [
    ...Object.values(always as Readonly<Record<string, Tier>>),
    ...(recordings ? [playback, reader, importer, greenlightSync] : []),
  ];
};

/** Tiers that Scalelite's database and cache are opened to. */
export const scaleliteClients = (name: string, recordings: boolean): readonly Tier[] => {
  const { scalelite, poller, importer, scaleliteSchema } = bigBlueButtonTiers(name);
  return [scalelite, poller, scaleliteSchema, ...(recordings ? [importer] : [])];
};

/** Tiers that Greenlight's database and cache are opened to. */
export const greenlightClients = (name: string, recordings: boolean): readonly Tier[] => {
  const { greenlight, greenlightSchema, greenlightSync } = bigBlueButtonTiers(name);
  return [greenlight, greenlightSchema, ...(recordings ? [greenlightSync] : [])];
};

/** Host name of a tenant of Scalelite, which takes the first label of the name that it is asked by for the tenant. */
export const tenantHost = (tenant: string, scaleliteHost: string): string => `${tenant}.${scaleliteHost}`;

/**
 * The tenant that Greenlight itself is where there are others: the first label of Scalelite's own name, so that its address stays the same.
 */
export const ownTenant = (scaleliteHost: string): string => scaleliteHost.split(".")[0] ?? "";

/**
 * A route to Scalelite, for its own host name or for that of a tenant. With recordings nginx stands before it, as upstream has it (systemd/scalelite-nginx.service,
 * blindsidenetworks/scalelite 7498a81): Scalelite decides who may see a file, and nginx hands it out.
 */
export function scaleliteRoute(
  name: string,
  host: string,
  { recordings, tenant }: { readonly recordings: boolean; readonly tenant?: string },
): Route {
  const { scalelite, playback } = bigBlueButtonTiers(name);
  return {
    kind: "web",
    name: `${name}-${tenant === undefined ? "scalelite" : `tenant-${tenant}`}`,
    host: tenant === undefined ? host : tenantHost(tenant, host),
    upstreams: [{ name: "scalelite", tier: recordings ? playback : scalelite, port: "http" }],
    health: [healthPath],
    closedPaths: [...closedPaths],
    bodyMib,
  };
}

/** The route to Greenlight. A browser before a meeting keeps a WebSocket, by which it is told that the meeting begins. */
export const greenlightRoute = (name: string, host: string): Route => ({
  kind: "web",
  name: `${name}-greenlight`,
  host,
  upstreams: [{ name: "greenlight", tier: bigBlueButtonTiers(name).greenlight, port: "http" }],
  health: [healthPath],
  bodyMib,
});

/** Pool of private hosts with the importers' volume, and the volume's name. */
export const importVolume = (name: string): string => `${name}-imp`;

/** Pods of all tiers. @throws RangeError for what is no positive number of participants. */
export function requests(
  name: string,
  participants: number,
  { recordings }: { readonly recordings: boolean },
): readonly PodRequest[] {
  const tiers = bigBlueButtonTiers(name);
  const one = (key: "scalelite" | "poller" | "greenlight" | "playback" | "reader", replicas: number): PodRequest => ({
    tier: tiers[key].name,
    replicas,
    ...podResources[key],
  });
  return [
    one("scalelite", replicasFor(scaleliteCapacity(participants))),
    one("poller", replicasFor(pollerCapacity)),
    one("greenlight", replicasFor(greenlightCapacity(participants))),
    // The migrations run at updates only, one after the other.
    { tier: tiers.greenlightSchema.name, replicas: 1, ...podResources.task },
    ...(recordings
      ? [
          one("playback", replicasFor(playbackCapacity(participants))),
          one("reader", replicasFor(readerCapacity(participants))),
          {
            tier: tiers.importer.name,
            replicas: replicasFor(importerCapacity),
            hosts: "data" as const,
            ...podResources.importer,
          },
        ]
      : []),
  ];
}

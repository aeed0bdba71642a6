import { invalid, type Keys, validate } from "./errors";
import { dnsLabel } from "./names";
import { hostNames, mediaHosts, type MediaNeed } from "./plan";

/** A pool of hosts in the network. */
export interface PlacedPool {
  /** Number of its first host in the network; the others follow. */
  readonly firstHost: number;
  readonly count: number;
}

/** A pool of hosts with public addresses, and the media tiers of plans that it carries. */
export interface PlacedMediaPool extends PlacedPool {
  /** Tiers as `<plan>/<tier>`. */
  readonly tiers: readonly string[];
  readonly needs: readonly MediaNeed[];
  readonly machineType?: string;
  /** @default - the platform's location */
  readonly location?: string;
}

/** A media pool as a blueprint names it. */
export interface MediaPoolChoice {
  /** Media tiers that its hosts carry, as `<plan>/<tier>`: `meetings/bridge`. */
  readonly carries: readonly string[];
  /** @default - the platform's machine type for media */
  readonly machineType?: string;
  /** Location of its hosts, where the cloud lets them share the platform's network. @default - the platform's */
  readonly location?: string;
}

export const mediaPoolChoiceKeys: Keys<MediaPoolChoice> = {
  carries: true,
  machineType: true,
  location: true,
};

/** The pools of a blueprint, or one for everything in a location. */
export function mediaChoices(
  asked: Readonly<Record<string, MediaPoolChoice>> | undefined,
  tiers: Readonly<Record<string, MediaNeed>>,
): Readonly<Record<string, MediaPoolChoice>> {
  if (asked !== undefined) return asked;
  const places = [...new Set(Object.values(tiers).map(({ elsewhere }) => elsewhere?.location))];
  return Object.fromEntries(
    places.map((location) => [
      location === undefined ? "media" : `media-${location}`,
      {
        carries: Object.keys(tiers).filter((tier) => tiers[tier]?.elsewhere?.location === location),
        ...(location === undefined ? {} : { location }),
      },
    ]),
  );
}

/** The location that the tiers of a pool ask for. */
export function placeOf(
  { carries }: MediaPoolChoice,
  tiers: Readonly<Record<string, MediaNeed>>,
): Pick<MediaPoolChoice, "location"> {
  const location = carries.map((tier) => tiers[tier]?.elsewhere?.location).find((one) => one !== undefined);
  return location === undefined ? {} : { location };
}

/**
 * Media pools whose hosts exchange media with those of a pool: itself, and those that carry the same tiers in other locations.
 *
 * @returns their names.
 */
export function kindred(media: Readonly<Record<string, PlacedMediaPool>>, pool: string): readonly string[] {
  const kinds = ({ tiers, needs }: PlacedMediaPool): readonly string[] =>
    tiers.map((tier, i) => {
      const of = needs[i]?.elsewhere?.of;
      return of === undefined ? tier : tier.replace(/[^/]*$/, of);
    });
  const own = media[pool] === undefined ? [] : kinds(media[pool]);
  return Object.entries(media).flatMap(([name, other]) =>
    name === pool || kinds(other).some((kind) => own.includes(kind)) ? [name] : [],
  );
}

/** @throws RangeError with every tier that is carried by no pool or by two, and every pool that names what no plan has. */
export function carried(
  asked: Readonly<Record<string, MediaPoolChoice>>,
  tiers: Readonly<Record<string, MediaNeed>>,
): Readonly<Record<string, Omit<PlacedMediaPool, "firstHost">>> {
  const carriers = (tier: string): readonly string[] =>
    Object.entries(asked).flatMap(([pool, { carries }]) => (carries.includes(tier) ? [pool] : []));
  validate({
    ...Object.fromEntries(
      Object.entries(asked).map(([pool, { carries, location }]) => [
        `["${pool}"]`,
        () => {
          dnsLabel(pool, 15);
          const unknown = carries.find((tier) => tiers[tier] === undefined);
          if (unknown !== undefined || carries.length === 0)
            throw invalid(
              `media tiers out of ${Object.keys(tiers).join(", ") || "none, as no plan has any"}`,
              unknown ?? carries,
              "correct what the pool carries, or remove it",
            );
          for (const tier of carries) inPlace(tier, tiers[tier]?.elsewhere?.location, location);
        },
      ]),
    ),
    tiers: () => {
      for (const tier of Object.keys(tiers))
        if (carriers(tier).length !== 1)
          throw invalid(
            `one media pool that carries ${tier}`,
            carriers(tier).join(", ") || "none",
            "name it under `carries` of one pool",
          );
    },
  });
  return Object.fromEntries(
    Object.entries(asked).map(([pool, { carries, machineType, location }]) => {
      const needs = carries.flatMap((tier) => tiers[tier] ?? []);
      return [
        pool,
        {
          tiers: carries,
          needs,
          count: mediaHosts(needs),
          ...(machineType === undefined ? {} : { machineType }),
          ...(location === undefined ? {} : { location }),
        },
      ];
    }),
  );
}

/** @throws RangeError when a tier is planned for another location than its pool has. */
function inPlace(tier: string, planned: string | undefined, location: string | undefined): void {
  if (planned !== undefined && planned !== location)
    throw invalid(
      `a pool in ${planned} for ${tier}`,
      location ?? "one in the platform's own location",
      `give ${tier} a pool with location: "${planned}"`,
    );
}

/** Names in DNS of the hosts of a media pool, in their order, for the one tier that has names. */
export const poolNames = ({ needs, count }: PlacedMediaPool): readonly string[] =>
  needs.flatMap((need) => hostNames(need, count));

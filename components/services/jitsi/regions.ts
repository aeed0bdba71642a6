import { type Capacity, replicasFor } from "../../core/capacity";
import { Cidr } from "../../core/cidr";
import { invalid, type Keys, validate } from "../../core/errors";
import { dnsLabel } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { list, record } from "../../core/shapes";

/** Bridges and relays in another location than the platform's, and the people who are near them. */
export interface JitsiRegion {
  /** Of all participants, those who are near: for so many there are bridges, and one more. */
  readonly participants: number;
  /**
   * Public IPv4 ranges that these people come from: their browsers are told the region, and get a bridge there. Everybody else gets one in the platform's location.
   */
  readonly users: readonly string[];
}

export const regionKeys: Keys<JitsiRegion> = { participants: true, users: true };

/** A region as a plan has it. */
export interface PlannedRegion {
  /** Location code, by which bridges, focus and browsers name it. */
  readonly location: string;
  readonly participants: number;
  readonly users: readonly string[];
}

/**
 * Region of the platform's own location. All shards are there: of the bridges in a participant's region that a room has, the one with the least load is chosen, then
 * another one of the region, and those elsewhere once there is none (`RegionBasedBridgeSelectionStrategy`: jitsi/jicofo a595d0b,
 * jicofo-selector/…/RegionBasedBridgeSelectionStrategy.kt). A browser that says no region is in this one.
 *
 * Bridges of a room send to each other encrypted. Each offers the others its private and its public address with one priority, and takes the pair that answers
 * first (jitsi/ice4j 6da2b08, Candidate.java getLocalPreference, DefaultNominator.java). With real bridges, both ways open and alike, all of nine took the private
 * one, from a port of its own at one end to 10000 at the other. On hosts that carry bridges only, filters let them out to private addresses alone; a host with a
 * relay besides lets UDP out to every bridge, so there it can be either.
 *
 * Failure domains are no regions: a browser says none, so every room would begin in the focus's own, and the bridges of the others would stay empty until those are
 * full.
 */
export const homeRegion = "main";

const example = '{ hel1: { participants: 50, users: ["203.0.113.0/24"] } }';

/** @throws RangeError with everything that no region can be. */
export function readRegions(
  values: Readonly<Record<string, JitsiRegion>>,
  participants: number,
): readonly PlannedRegion[] {
  const given = Object.entries(record(values, "regions by location", example) as Readonly<Record<string, JitsiRegion>>);
  validate(
    Object.fromEntries(
      given.map(([location, value]) => [
        `["${location}"]`,
        () => {
          dnsLabel(location);
          if (location === homeRegion)
            throw invalid("the code of a location", location, "it is the name of the platform's own region");
          const { participants: near, users } = record(value, "a region", example);
          validate({
            participants: () => countInRange(near ?? NaN, "participants", 1, 100_000),
            users: () => {
              if (list(users ?? [], "ranges", '["203.0.113.0/24"]', (one) => Cidr.parse(one)).length === 0)
                throw invalid("at least one range", users, "without, nobody is told that the region is near");
            },
          });
        },
      ]),
    ),
  );
  const regions = given.map(([location, { participants: near, users }]) => ({ location, participants: near, users }));
  const elsewhere = participantsOf(regions);
  if (elsewhere > 0 && elsewhere > participants - 1)
    throw invalid(
      `fewer than the ${participants} participants in other regions`,
      elsewhere,
      "participants are those of all regions together: the rest is in the platform's own location",
    );
  const ranges = regions.flatMap(({ location, users }) => users.map((one) => ({ location, range: Cidr.parse(one) })));
  ranges.forEach(({ location, range }, i) => {
    const other = ranges.slice(0, i).find((one) => one.range.overlaps(range));
    if (other !== undefined)
      throw invalid(
        `ranges of ${location} apart from ${other.range.toString()} of ${other.location}`,
        range.toString(),
        "a browser is in one region",
      );
  });
  return regions;
}

/** Participants of all regions but the platform's own. */
export const participantsOf = (regions: readonly PlannedRegion[]): number =>
  regions.reduce((sum, { participants }) => sum + participants, 0);

/** Capacity of the bridges of a region. @param bridge that of those in the platform's own. */
export const regionCapacity = (bridge: Capacity, { participants }: PlannedRegion): Capacity => ({
  ...bridge,
  load: participants,
});

/** Number of bridges of a region. */
export const regionBridges = (bridge: Capacity, region: PlannedRegion): number =>
  replicasFor(regionCapacity(bridge, region));

/** Names of media tiers of a region in its plan. */
export const regionTiers = (location: string) =>
  ({ bridge: `bridge-${location}`, relay: `relay-${location}` }) as const;

/**
 * Part of the web server's configuration that knows a browser's region by the address that it comes from. The image includes every file of this folder where maps may
 * stand (`web/rootfs/defaults/nginx.conf`).
 */
export const regionMap = (regions: readonly PlannedRegion[]): string =>
  [
    "geo $user_region {",
    `    default ${homeRegion};`,
    ...regions.flatMap(({ location, users }) => users.map((range) => `    ${range} ${location};`)),
    "}",
    "",
  ].join("\n");

/** A line of the client's configuration: the web server puts the region in when it hands it out (`ssi on` in `web/rootfs/defaults/meet.conf`). */
export const regionLine = `config.deploymentInfo.userRegion = '<!--# echo var="user_region" default="${homeRegion}" -->';\n`;

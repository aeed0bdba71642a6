import type { Cloud } from "../clouds/cloud";
import { exoscale, exoscaleZones } from "../clouds/exoscale";
import { exoscalePrices, exoscaleTypes } from "../clouds/exoscale/prices";
import { hetzner } from "../clouds/hetzner";
import { locations } from "../clouds/hetzner/facts";
import { hetznerPrices, hetznerTypes, ownProcessors } from "../clouds/hetzner/prices";
import { type MachineTypes, machineTypesKeys } from "../clouds/machine-types";
import type { PriceList } from "../clouds/prices";
import { invalid, tryParse, validate, type Keys, knownKeys } from "../core/errors";
import { countInRange } from "../core/numbers";
import type { HostSize } from "../core/plan";
import { fields, list, oneOf, record } from "../core/shapes";
import { allowedParticipants } from "../services/jitsi/checks";
import { type ConferenceService, conferenceServices } from "./conference";
import { type City, places } from "./places";

/** The most participants that a plan is made for, as `planJitsi` has it. */
export const mostParticipants = 100_000;

export interface CapacityArgs {
  /** Participants at once, over all rooms. */
  readonly participants: number;
  /** Rooms at once; participants spread evenly over them. */
  readonly rooms: number;
  /** Location code of a cloud: `fsn1`, `ch-gva-2`. */
  readonly region: string;
  /**
   * Participants in further locations that have media hosts of their own in the same network, by location code: `{ hel1: 150 }`. They are among `participants`.
   * Jitsi alone has such. @default {}
   */
  readonly regions?: Readonly<Record<string, number>>;
  /** Cities that users are in. @default - the region's own */
  readonly users?: readonly string[];
  /** Service that they are on. @default "jitsi" */
  readonly service?: ConferenceService;
  /** Jitsi alone has "end-to-end". @default "transport" */
  readonly confidentiality?: "transport" | "end-to-end";
  /** Recordings by servers at once, over all rooms. @default 0 */
  readonly recordings?: number;
  /** Participants that one media host carries: a bridge, a meeting server, a media server. @default - 100; 200 for BigBlueButton */
  readonly participantsPerHost?: number;
  /** Machine types by role. @default - those of a blueprint in this cloud */
  readonly machineTypes?: Partial<MachineTypes>;
  /** Hours of a month in which all participants are there: what leaves the cloud is paid. @default 160 */
  readonly hoursPerMonth?: number;
}

const capacityArgsKeys: Keys<CapacityArgs> = {
  participants: true,
  rooms: true,
  region: true,
  regions: true,
  users: true,
  service: true,
  confidentiality: true,
  recordings: true,
  participantsPerHost: true,
  machineTypes: machineTypesKeys,
  hoursPerMonth: true,
};

/** A region with what its cloud offers there. */
export interface Region {
  readonly code: string;
  readonly cloud: Cloud;
  readonly city: City;
  /** Undefined where no price of this location is known. */
  readonly prices: PriceList | undefined;
  readonly types: MachineTypes;
  /** True for machine types that may be recommended for media. */
  readonly forMedia: (type: string) => boolean;
}

// A region is only asked for what it takes, and makes nothing: the template of its hosts does not matter.
const anyTemplate = "00000000-0000-4000-8000-000000000000";

/** Every region with a cloud of its own, by its code. */
const regions: Readonly<Record<string, () => Region>> = {
  ...Object.fromEntries(
    Object.entries(locations).map(([code, { city, networkZone }]) => [
      code,
      (): Region => ({
        code,
        cloud: hetzner(),
        city: cityOf(city),
        prices: networkZone === "eu-central" ? hetznerPrices : undefined,
        types: hetznerTypes,
        forMedia: ownProcessors,
      }),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(exoscaleZones).map(([code, { city }]) => [
      code,
      (): Region => ({
        code,
        cloud: exoscale({ templateId: anyTemplate }),
        city: cityOf(city),
        prices: exoscalePrices,
        types: exoscaleTypes,
        forMedia: () => true,
      }),
    ]),
  ),
};

/** @throws RangeError for one that is in no table. */
function cityOf(value: unknown): City {
  const name = typeof value === "string" ? value.trim().toLowerCase().replaceAll(" ", "-") : "";
  if (!Object.hasOwn(places, name))
    throw invalid("a city with known coordinates", value, `choose the nearest of ${Object.keys(places).join(", ")}`);
  return name as City;
}

/** @throws RangeError for a code that no cloud here has. */
function regionOf(value: unknown): Region {
  const found = typeof value === "string" && Object.hasOwn(regions, value) ? regions[value] : undefined;
  if (found === undefined)
    throw invalid(
      "a region of Hetzner or Exoscale",
      value,
      `choose one of ${Object.keys(regions).join(", ")}; sites of your own have no list prices`,
    );
  return found();
}

/** Machine types of a region. @throws RangeError with every one that the region lacks, or whose size nobody knows. */
function typesOf(given: Partial<MachineTypes>, region: Region): MachineTypes {
  const asked = { ...region.types, ...given };
  const type = (role: keyof MachineTypes) => (): string => {
    const found = region.cloud.hostType(asked[role], region.code);
    sizeOf(region, found);
    return found;
  };
  const parsers = {
    gateway: type("gateway"),
    controlPlane: type("controlPlane"),
    application: type("application"),
    media: type("media"),
    data: type("data"),
  };
  return validate(parsers);
}

/** Size of a machine type. @throws RangeError where no table has it. */
export function sizeOf({ cloud }: Region, type: string): HostSize {
  const size = cloud.hostSize?.(type);
  if (size === undefined)
    throw invalid("a machine type whose size is known", type, "take another one, or add its size to the cloud's table");
  return size;
}

/** A further location with media hosts. */
export interface FurtherRegion {
  readonly code: string;
  readonly city: City;
  readonly participants: number;
}

/** @throws RangeError with every one that cannot share a network with the region, and everything that is no number of participants. */
function furtherRegions(given: CapacityArgs, service: ConferenceService | undefined): readonly FurtherRegion[] {
  const { regions = {}, participants } = given;
  const all = Object.entries(record(regions, "participants by location", "{ hel1: 150 }"));
  if (all.length > 0 && service !== "jitsi")
    throw invalid("no further regions for every service but Jitsi", regions, "leave them out, or plan for Jitsi");
  const home = tryParse(() => regionOf(given.region));
  const read = Object.entries(
    validate(
      Object.fromEntries(
        all.map(([code, many]) => [
          code,
          (): FurtherRegion => {
            const { city } = regionOf(code);
            home?.cloud.sharing(code, home.code);
            if (code === home?.code) throw invalid("another location than the region", code, "leave it out");
            return { code, city, participants: countInRange(many, "participants", 1, mostParticipants) };
          },
        ]),
      ),
    ),
  ).map(([, region]) => region);
  const elsewhere = read.reduce((sum, one) => sum + one.participants, 0);
  if (elsewhere > 0 && elsewhere >= participants)
    throw invalid(`fewer than the ${participants} participants in further regions`, elsewhere, "some are in the first");
  return read;
}

/** Arguments of a plan, read. */
export type ReadArgs = ReturnType<typeof readArgs>;

/** @throws RangeError with every problem. */
export function readArgs(args: CapacityArgs) {
  const given = knownKeys(fields(args), capacityArgsKeys);
  const place = tryParse(() => regionOf(given.region));
  const serviceOf = (): ConferenceService =>
    oneOf(given.service ?? conferenceServices[0], "a service with conferences", conferenceServices);
  return validate({
    participants: () => {
      const many = countInRange(given.participants, "participants", 2, mostParticipants);
      return allowedParticipants(many, { confidentiality: confidentialityOf(given.confidentiality) });
    },
    rooms: () => countInRange(given.rooms, "rooms", 1, 50_000),
    region: () => regionOf(given.region),
    regions: () => furtherRegions(given as CapacityArgs, tryParse(serviceOf)),
    users: () =>
      given.users === undefined
        ? // Without a region there is none, which is said under its own name.
          [place?.city ?? "zurich"]
        : list(given.users, "cities", '["zurich", "berlin"]', (city) => cityOf(city)).filter(
            (city, i, all) => all.indexOf(city) === i,
          ),
    service: serviceOf,
    confidentiality: () => {
      const level = confidentialityOf(given.confidentiality);
      if (level === "end-to-end" && tryParse(serviceOf) !== "jitsi")
        throw invalid('"transport" for every service but Jitsi', level, "leave it out, or plan for Jitsi");
      return level;
    },
    recordings: () => {
      const many = countInRange(given.recordings ?? 0, "recordings at once", 0, 10_000);
      if (many > 0 && given.confidentiality === "end-to-end")
        throw invalid("no recordings with end-to-end encryption", many, "leave them out, or take transport");
      if (typeof given.rooms === "number" && many > given.rooms)
        throw invalid(`at most ${given.rooms} recordings, one of each room`, many, "plan for fewer");
      return many;
    },
    participantsPerHost: () =>
      given.participantsPerHost === undefined
        ? undefined
        : countInRange(given.participantsPerHost, "participants per media host", 2, 10_000),
    machineTypes: () => (place === undefined ? exoscaleTypes : typesOf(fields(given.machineTypes), place)),
    hoursPerMonth: () => countInRange(given.hoursPerMonth ?? 160, "hours of a month", 1, 730),
  });
}

const confidentialityOf = (value: unknown): "transport" | "end-to-end" =>
  oneOf(value ?? "transport", "a level of confidentiality", ["transport", "end-to-end"]);

/** A city by degrees north and east, at a tenth of a degree: 8 km at most, less than 0.3 ms there and back. */
type Place = readonly [north: number, east: number];

/** Cities that users or bridges are in. */
export const places = {
  zurich: [47.4, 8.5],
  geneva: [46.2, 6.1],
  bern: [46.9, 7.4],
  basel: [47.6, 7.6],
  lausanne: [46.5, 6.6],
  lugano: [46.0, 9.0],
  berlin: [52.5, 13.4],
  munich: [48.1, 11.6],
  frankfurt: [50.1, 8.7],
  hamburg: [53.6, 10.0],
  cologne: [50.9, 7.0],
  nuremberg: [49.5, 11.1],
  falkenstein: [50.5, 12.4],
  vienna: [48.2, 16.4],
  salzburg: [47.8, 13.0],
  paris: [48.9, 2.4],
  lyon: [45.8, 4.8],
  milan: [45.5, 9.2],
  rome: [41.9, 12.5],
  madrid: [40.4, -3.7],
  barcelona: [41.4, 2.2],
  lisbon: [38.7, -9.1],
  brussels: [50.9, 4.4],
  amsterdam: [52.4, 4.9],
  luxembourg: [49.6, 6.1],
  london: [51.5, -0.1],
  dublin: [53.3, -6.3],
  copenhagen: [55.7, 12.6],
  stockholm: [59.3, 18.1],
  oslo: [59.9, 10.8],
  helsinki: [60.2, 24.9],
  tallinn: [59.4, 24.8],
  riga: [56.9, 24.1],
  vilnius: [54.7, 25.3],
  warsaw: [52.2, 21.0],
  prague: [50.1, 14.4],
  bratislava: [48.1, 17.1],
  budapest: [47.5, 19.0],
  ljubljana: [46.1, 14.5],
  zagreb: [45.8, 16.0],
  sofia: [42.7, 23.3],
  bucharest: [44.4, 26.1],
  athens: [38.0, 23.7],
  nicosia: [35.2, 33.4],
  valletta: [35.9, 14.5],
  reykjavik: [64.1, -21.9],
  ashburn: [39.0, -77.5],
  hillsboro: [45.5, -123.0],
  "new-york": [40.7, -74.0],
  nairobi: [-1.3, 36.8],
  singapore: [1.4, 103.8],
  tokyo: [35.7, 139.7],
  sydney: [-33.9, 151.2],
} as const satisfies Readonly<Record<string, Place>>;

export type City = keyof typeof places;

/** A measured round trip between two cities, in milliseconds. */
export interface RoundTrip {
  readonly between: readonly [City, City];
  readonly ms: number;
  readonly source: string;
  readonly seen: string;
}

const ibm = "ibm-cloud-docs/vpc, network-latency.md: averages of a month between data centres";

/** Measured round trips. Between data centres, so without the last mile of a user. */
export const roundTrips: readonly RoundTrip[] = [
  { between: ["frankfurt", "london"], ms: 13, source: ibm, seen: "2024-09-29" },
  { between: ["frankfurt", "madrid"], ms: 29, source: ibm, seen: "2024-09-29" },
  { between: ["frankfurt", "ashburn"], ms: 91, source: ibm, seen: "2024-09-29" },
  { between: ["frankfurt", "tokyo"], ms: 230, source: ibm, seen: "2024-09-29" },
  { between: ["frankfurt", "sydney"], ms: 250, source: ibm, seen: "2024-09-29" },
  {
    between: ["falkenstein", "frankfurt"],
    ms: 5,
    source: "pastebin.com/W4nfdRZr: a trace of 101 packets; the day is not said",
    seen: "unknown",
  },
  {
    between: ["falkenstein", "zurich"],
    ms: 11.1,
    source: "pastebin.com/6SCG5PWL: a trace of 3 packets; the day is not said",
    seen: "unknown",
  },
];

/** Kilometres that light travels in fibre in a millisecond: 5 µs per km. */
const fibreKmPerMs = 200;

/**
 * Length of a real path, by time, over the straight one. With it the estimate is no lower than any round trip that was measured above; those are 1.4 to 2.5 times
 * the straight one. An estimate: routers' queues and detours of one's own provider are unknown.
 */
export const detour = 2.6;

/** Kilometres of the great circle between two cities. */
export function distanceKm(from: City, to: City): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const [[north, east], [otherNorth, otherEast]] = [places[from], places[to]];
  const [dLat, dLon] = [radians(otherNorth - north), radians(otherEast - east)];
  const half =
    Math.sin(dLat / 2) ** 2 + Math.cos(radians(north)) * Math.cos(radians(otherNorth)) * Math.sin(dLon / 2) ** 2;
  return 2 * 6_371 * Math.asin(Math.sqrt(half));
}

/** Round trip that the distance alone makes likely, in milliseconds. */
export const estimatedRoundTripMs = (from: City, to: City): number =>
  ((2 * distanceKm(from, to)) / fibreKmPerMs) * detour;

/** A round trip between two cities: measured where somebody has, else from the distance. */
export function roundTrip(from: City, to: City): { readonly ms: number; readonly from: "measured" | "estimated" } {
  const found = roundTrips.find(({ between }) => between.includes(from) && between.includes(to));
  return found === undefined || from === to
    ? { ms: estimatedRoundTripMs(from, to), from: "estimated" }
    : { ms: found.ms, from: "measured" };
}

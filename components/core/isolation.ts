import { Cidr, ipAddress, ranges } from "./cidr";
import { validate, invalid, tryParse, type Keys } from "./errors";

/** Kind of system in an isolated range: decides which of its ports reports name, never whether it is dropped. */
export const isolatedKinds = ["directory", "mail", "files", "other"] as const;

/** A system that must not reach us and that we must not reach: the directory, the mail server, the file shares under attack. */
export interface Isolated {
  /** Name for people: "head office directory". */
  readonly name: string;
  readonly kind: (typeof isolatedKinds)[number];
  /** Its ranges, IPv4 or IPv6. */
  readonly ranges: readonly string[];
}

export const isolatedKeys: Keys<Isolated> = {
  name: true,
  kind: true,
  ranges: true,
};

/**
 * Reads isolated systems and refuses every one that touches a range of ours: a network that contains its attacker is not isolated.
 *
 * @param own our ranges (hosts, pods, services), already parsed.
 * @throws RangeError with every problem.
 */
export function isolatedSystems(values: unknown, own: Readonly<Record<string, Cidr>>): readonly Isolated[] {
  if (!Array.isArray(values))
    throw invalid(
      "a list of isolated systems",
      values,
      'give [] or [{ name: "directory", kind: "directory", ranges: ["10.0.0.0/16"] }]',
    );
  validate(
    Object.fromEntries(
      values.map((value: Partial<Isolated> | undefined, i) => [
        `[${i}]`,
        () => {
          if (typeof value?.name !== "string" || !/^[^"\n\\]{1,60}$/.test(value.name))
            throw invalid("a name of 1 to 60 characters without quotes", value?.name, "name the isolated system");
          if (!isolatedKinds.some((kind) => kind === value.kind))
            throw invalid(`a kind out of ${isolatedKinds.join(", ")}`, value.kind, `say what "${value.name}" is`);
          for (const range of ranges(value.ranges ?? [], 1))
            for (const [what, ours] of Object.entries(own))
              if (ours.overlaps(range))
                throw invalid(
                  `ranges of "${value.name}" outside the ${what} ${ours.toString()}`,
                  range.toString(),
                  `choose another ${what}`,
                );
        },
      ]),
    ),
  );
  return values as readonly Isolated[];
}

/** Every isolated range, in order. */
export const isolatedRanges = (systems: readonly Isolated[]): readonly Cidr[] =>
  systems.flatMap((system) => system.ranges.map((range) => Cidr.parse(range)));

/** The same of systems that are still to be checked; none where they are malformed, which is said under their own argument. */
export const readableRanges = (systems: unknown): readonly Cidr[] =>
  tryParse(() => isolatedRanges(isolatedSystems(systems, {}))) ?? [];

/** An address that lies in no isolated range. @throws RangeError for any other. */
export function outside(value: unknown, isolated: readonly Cidr[], advice: string): string {
  const address = ipAddress(value);
  const range = isolated.find((one) => one.contains(address));
  if (range) throw invalid(`an address outside the isolated range ${range.toString()}`, value, advice);
  return address;
}

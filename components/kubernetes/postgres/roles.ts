import type * as pulumi from "@pulumi/pulumi";
import { invalid, validate } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import { flag, oneOf, record } from "../../core/shapes";

/** A database that services ask for by its name. */
export interface DatabaseSettings {
  /**
   * Number of its password, which counts up. Each has a login role of its own (`<database>_<generation>`); what either makes belongs to the database's owner, so one
   * follows the other without a pause.
   *
   * @default 1
   */
  readonly generation?: number;
  /** True while the role of the generation before is still let in. Turn it off once everybody has the new one: then its connections end. @default true */
  readonly previous?: boolean;
  /** Locale of its texts; Synapse asks for "C". @default "C.UTF-8" */
  readonly locale?: "C.UTF-8" | "C";
}

/** One way to log in to a database. */
export interface Login {
  readonly database: string;
  readonly generation: number;
  readonly user: string;
}

const reserved = ["postgres", "template0", "template1", "standby", "rewind"];

/** Reads databases by name. @throws RangeError with every problem. */
export function databases(values: unknown): Readonly<Record<string, Required<DatabaseSettings>>> {
  const given = record(
    values as Readonly<Record<string, DatabaseSettings>>,
    "databases by their names",
    '{ synapse: { locale: "C" } }',
  );
  const read = validate(
    Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        `["${name}"]`,
        () => {
          if (!/^[a-z][a-z0-9_]{0,39}$/.test(name) || reserved.includes(name) || name.startsWith("pg_"))
            throw invalid(
              `a name of at most 40 lower-case letters, digits and underscores, none of ${reserved.join(", ")}`,
              name,
              'name it after its service, like "synapse"',
            );
          const { generation = 1, previous = true, locale = "C.UTF-8" } = record(value, "a database", "{}");
          return {
            generation: countInRange(generation, "generations", 1, 9_999),
            previous: flag(previous, "say whether the generation before is still let in"),
            locale: oneOf(locale, "a locale", ["C.UTF-8", "C"]),
          };
        },
      ]),
    ),
  );
  return Object.fromEntries(Object.keys(given).map((name) => [name, read[`["${name}"]`]])) as Record<
    string,
    Required<DatabaseSettings>
  >;
}

const login = (database: string, generation: number): Login => ({
  database,
  generation,
  user: `${database}_${generation}`,
});

/** The logins of a database, the current one first. */
export const logins = (
  name: string,
  { generation, previous }: Required<DatabaseSettings>,
): readonly [Login, ...Login[]] => [
  login(name, generation),
  ...(previous && generation > 1 ? [login(name, generation - 1)] : []),
];

/** Input of `look-after.py`: databases with who may log in. */
export const rolesFile = (
  all: readonly {
    readonly name: string;
    readonly locale: string;
    readonly logins: readonly { readonly user: string; readonly password: string }[];
  }[],
): string => `${JSON.stringify({ databases: all })}\n`;

export type Password = (login: Login) => pulumi.Output<string>;

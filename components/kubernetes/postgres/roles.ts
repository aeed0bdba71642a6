import type * as pulumi from "@pulumi/pulumi";
import { invalid, validate } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import type { DatabaseNeed } from "../../core/plan";
import { list, oneOf, record } from "../../core/shapes";
import type { Generation } from "../../infrastructure/secrets";

/** One way to log in to a database. */
export interface Login {
  readonly database: string;
  readonly generation: string;
  readonly user: string;
}

const reserved = ["postgres", "template0", "template1", "standby", "rewind"];

/** Reads the databases that a cluster holds. @throws RangeError with every problem: none, malformed ones, two of one name. */
export function databaseNeeds(needs: readonly DatabaseNeed[]): readonly DatabaseNeed[] {
  const read = list(needs, "databases", '[{ name: "chat", connections: 10 }]', (need, place) => {
    const { name } = databaseNeed(need);
    if (needs.findIndex((other) => other.name === name) !== place)
      throw invalid("databases with names of their own", name, "rename one of them");
    return need;
  });
  if (read.length === 0) throw invalid("at least one database", undefined, "name those of the services that it is for");
  return read;
}

/** Reads a database of a plan. @throws RangeError with every problem. */
function databaseNeed(value: DatabaseNeed): DatabaseNeed {
  const { name, connections, locale = "C.UTF-8" } = record(value, "a database", '{ name: "chat", connections: 10 }');
  validate({
    name: () => {
      if (
        typeof name !== "string" ||
        !/^[a-z][a-z0-9_]{0,39}$/.test(name) ||
        reserved.includes(name) ||
        name.startsWith("pg_")
      )
        throw invalid(
          `a name of at most 40 lower-case letters, digits and underscores, none of ${reserved.join(", ")}`,
          name,
          'name it after its service, like "synapse"',
        );
    },
    connections: () => countInRange(connections, "connections", 1, 5_000),
    locale: () => oneOf(locale, "a locale", ["C.UTF-8", "C"]),
  });
  return value;
}

/** Longest name of a role that PostgreSQL keeps whole: NAMEDATALEN - 1, src/include/pg_config_manual.h. */
const longestRole = 63;

/**
 * The logins of a database, the current one first. Each generation has a role of its own (`<database>_<generation>`), and what either makes belongs to the database's
 * owner, so one follows the other without a pause.
 *
 * @throws RangeError for a generation that makes the role's name too long.
 */
export function logins(database: string, generation: Generation): readonly [Login, ...Login[]] {
  const [current = "1", ...previous] = [generation].flat();
  return [login(database, current), ...previous.map((one) => login(database, one))];
}

function login(database: string, generation: string): Login {
  const user = `${database}_${generation}`;
  if (user.length > longestRole)
    throw invalid(
      `a generation of at most ${longestRole - database.length - 1} characters`,
      generation,
      "take a shorter one: it is part of the role's name",
    );
  return { database, generation, user };
}

/** Input of `look-after.py`: databases with who may log in. */
export const rolesFile = (
  all: readonly {
    readonly name: string;
    readonly locale: string;
    readonly logins: readonly { readonly user: string; readonly password: string }[];
  }[],
): string => `${JSON.stringify({ databases: all })}\n`;

export type Password = (login: Login) => pulumi.Output<string>;

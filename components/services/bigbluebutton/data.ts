import type { Cache, Database } from "../../core/connections";
import type { LinkEnd } from "../../core/link";
import type { Tier } from "../../core/tier";
import type { BigBlueButtonArgs } from "./args";
import { bigBlueButtonPlan, type BigBlueButtonPlan, databaseNames } from "./plan";
import { greenlightClients, scaleliteClients } from "./tiers";

/** A PostgreSQL cluster, and a cache, as they hand out access: `Postgres` and `Valkey`. */
export interface DataServers {
  readonly postgres: { readonly database: (name: string, from: { readonly from: Tier }) => Database };
  readonly cache: { readonly access: (from: { readonly from: LinkEnd }) => Cache };
}

/**
 * Databases and caches of a plan, opened to every tier that asks them.
 *
 * @example
 * const hearing = planBigBlueButton({ name: "hearing", domain: "hearing.example.ch", participants: 400 });
 * const records = planPostgres({ name: "records", serves: [hearing], gib: 50, archive: "https://sos-ch-dk-2.exo.io" });
 * const state = planValkey({ name: "state", memoryMib: 256 });
 * const postgres = new Postgres("records", { on: platform, plan: records, archive: { bucket } });
 * const cache = new Valkey("state", { on: platform, plan: state });
 * const { databases, caches } = bigBlueButtonData(hearing, { postgres, cache });
 */
export function bigBlueButtonData(
  plan: BigBlueButtonPlan,
  { postgres, cache }: DataServers,
): Pick<BigBlueButtonArgs, "databases" | "caches"> {
  const { name, recordings } = bigBlueButtonPlan(plan);
  const names = databaseNames(name);
  const of = (database: string, [first, ...others]: readonly [Tier, ...Tier[]]) => {
    for (const from of others) {
      postgres.database(database, { from });
      cache.access({ from });
    }
    return { database: postgres.database(database, { from: first }), cache: cache.access({ from: first }) };
  };
  const scalelite = of(names.scalelite, scaleliteClients(name, recordings !== undefined) as [Tier, ...Tier[]]);
  const greenlight = of(names.greenlight, greenlightClients(name, recordings !== undefined) as [Tier, ...Tier[]]);
  return {
    databases: { scalelite: scalelite.database, greenlight: greenlight.database },
    caches: { scalelite: scalelite.cache, greenlight: greenlight.cache },
  };
}

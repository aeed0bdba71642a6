import { type DataServers, openedTo } from "../../core/connections";
import type { Tier } from "../../core/tier";
import type { BigBlueButtonArgs } from "./args";
import { bigBlueButtonPlan, type BigBlueButtonPlan, databaseNames } from "./plan";
import { greenlightClients, scaleliteClients } from "./tiers";

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
  const of = (database: string, clients: readonly Tier[]) => ({
    database: openedTo(clients, (client) => postgres.database(database, client)),
    cache: openedTo(clients, (client) => cache.access(client)),
  });
  const scalelite = of(names.scalelite, scaleliteClients(name, recordings !== undefined));
  const greenlight = of(names.greenlight, greenlightClients(name, recordings !== undefined));
  return {
    databases: { scalelite: scalelite.database, greenlight: greenlight.database },
    caches: { scalelite: scalelite.cache, greenlight: greenlight.cache },
  };
}

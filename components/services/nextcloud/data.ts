import { type BucketServer, type DataServers, openedTo } from "../../core/connections";
import type { NextcloudArgs } from "./args";
import { nextcloudClients } from "./links";
import { nextcloudPlan, type NextcloudPlan } from "./plan";

/**
 * Everything that a hub keeps its data in, opened to its web servers and its tasks.
 *
 * @param servers a PostgreSQL cluster that was planned for the plan, a cache, and an object store with a bucket of the plan's name.
 *
 * @example
 * const hub = planNextcloud({ name: "hub", domain: "hub.example.ch", people: 300 });
 * const store = planStorage({ name: "store", gib: 500, buckets: [{ name: "hub" }] });
 * const records = planPostgres({ name: "records", serves: [hub, store], gib: 50, archive: "https://sos-ch-dk-2.exo.io" });
 * const locks = planValkey({ name: "locks", memoryMib: 256 });
 * const postgres = new Postgres("records", { on: platform, plan: records, archive: { bucket } });
 * const cache = new Valkey("locks", { on: platform, plan: locks });
 * const names = postgres.database("store", { from: store.gateways });
 * const storage = new Storage("store", { on: platform, plan: store, database: names });
 * const data = nextcloudData(hub, { postgres, cache, storage });
 */
export function nextcloudData(
  plan: NextcloudPlan,
  { postgres, cache, storage }: DataServers & { readonly storage: BucketServer },
): Pick<NextcloudArgs, "database" | "cache" | "bucket"> {
  const { name, databases } = nextcloudPlan(plan);
  const clients = nextcloudClients({ name });
  const [records] = databases;
  return {
    database: openedTo(clients, (client) => postgres.database(records.name, client)),
    cache: openedTo(clients, (client) => cache.access(client)),
    bucket: openedTo(clients, (client) => storage.bucket(name, client)),
  };
}

import { type BucketServer, type DataServers, openedTo } from "../../core/connections";
import type { MatrixArgs } from "./args";
import { matrixPlan, type MatrixPlan } from "./plan";

/**
 * Everything that a homeserver keeps its data in, opened to each of its processes that asks for it.
 *
 * @param servers a PostgreSQL cluster that was planned for the plan, a cache, and an object store with a bucket of the plan's name, where files have a second place.
 *
 * @example
 * const chat = planMatrix({ name: "chat", domain: "chat.example.ch", users: 2_000, mediaGib: 100 });
 * const records = planPostgres({ name: "records", serves: [chat], gib: 50, archive: "https://sos-ch-dk-2.exo.io" });
 * const state = planValkey({ name: "state", memoryMib: 64 });
 * const postgres = new Postgres("records", { on: platform, plan: records, archive: { bucket } });
 * const cache = new Valkey("state", { on: platform, plan: state });
 * new Matrix("chat", { on: platform, plan: chat, login, ...matrixData(chat, { postgres, cache }) });
 */
export function matrixData(
  plan: MatrixPlan,
  { postgres, cache, storage }: DataServers & { readonly storage?: BucketServer },
): Pick<MatrixArgs, "database" | "authentication" | "cache" | "bucket"> {
  const { name, processes, homeserver, workers, authentication, databases } = matrixPlan(plan);
  const [rooms, people] = databases.map((database) => database.name);
  return {
    database: openedTo(processes, (client) => postgres.database(rooms ?? name, client)),
    cache: openedTo(processes, (client) => cache.access(client)),
    ...(authentication === undefined || people === undefined
      ? {}
      : { authentication: { database: postgres.database(people, { from: authentication.tier }) } }),
    ...(storage === undefined ? {} : { bucket: storage.bucket(name, { from: workers?.media ?? homeserver }) }),
  };
}

import { type BucketServer, type DataServers, openedTo } from "../../core/connections";
import type { MailArgs } from "./args";
import { mailPlan } from "./plan";
import type { MailPlan } from "./plan-args";
import { serverTier, settleTier } from "./settings";

/**
 * Everything that a mail service keeps its data in, opened to its servers and to the task that tells them their settings.
 *
 * @param servers a PostgreSQL cluster that was planned for the plan, a cache, and an object store with a bucket of the plan's name.
 *
 * @example
 * const post = planMail({
 *   name: "mail",
 *   host: "mail.crisis.example.ch",
 *   domains: ["crisis.example.ch"],
 *   people: 300,
 *   mailboxes: ["postmaster@crisis.example.ch"],
 *   dmarc: { policy: "reject", reports: "postmaster@crisis.example.ch" },
 * });
 * const store = planStorage({ name: "store", gib: 500, buckets: [{ name: "mail" }] });
 * const records = planPostgres({ name: "records", serves: [post, store], gib: 50, archive: "https://sos-ch-dk-2.exo.io" });
 * const locks = planValkey({ name: "locks", memoryMib: 128 });
 * const postgres = new Postgres("records", { on: platform, plan: records, archive: { bucket } });
 * const cache = new Valkey("locks", { on: platform, plan: locks });
 * const names = postgres.database("store", { from: store.gateways });
 * const storage = new Storage("store", { on: platform, plan: store, database: names });
 * new Mail("mail", { on: platform, plan: post, ...mailData(post, { postgres, cache, storage }) });
 */
export function mailData(
  plan: MailPlan,
  { postgres, cache, storage }: DataServers & { readonly storage: BucketServer },
): Pick<MailArgs, "database" | "cache" | "bucket"> {
  const { name, databases } = mailPlan(plan);
  const clients = [serverTier(name), settleTier(name)];
  const [records] = databases;
  return {
    database: openedTo(clients, (client) => postgres.database(records.name, client)),
    cache: openedTo(clients, (client) => cache.access(client)),
    bucket: openedTo(clients, (client) => storage.bucket(name, client)),
  };
}

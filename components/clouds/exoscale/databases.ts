import { invalid } from "../../core/errors";
import type { ManagedDatabases } from "../managed-databases";
import { Dbaas, DbaasPgDatabase } from "./database-resources";

/** Login of the service's owner, whom every database belongs to. */
const administrator = "avnadmin";

/**
 * Exoscale's managed PostgreSQL. Nothing of it was seen on a real account:
 *
 * | claim | where | state |
 * |---|---|---|
 * | names and types of the resources' properties | the plugin's published package, version 0.66.1 | compared by a test |
 * | plans "business-N" have a standby, "premium-N" two; the others one node | Exoscale's documentation, "DBaaS plans" | unverified |
 * | `ipFilters` leave everybody else out; without any, nobody gets in | Exoscale's documentation of DBaaS | unverified |
 * | the owner is `avnadmin`, whose password may be given | the plugin's `adminUsername`, `adminPassword` | unverified |
 * | version, owner's name and password are sent when the service is made, and never again: another one is planned as an update that sends nothing | exoscale/terraform-provider-exoscale v0.66.0, which the plugin carries, `pkg/resources/database/resource_service_pg.go` (updatePg) | seen: planned as an update; read: nothing sent |
 * | of a database's locale only LC_COLLATE is sent, so LC_CTYPE stays the service's own | the same, `resource_db_pg.go` (CreateResource); v0.70.0 has it, too | seen at an interface of our own |
 * | two of one name are refused, and the plugin makes the new one first | unverified; the resources are of Terraform's plugin framework (`pkg/provider/provider.go`) | read |
 * | host and port are known after the service is made: `exo dbaas show NAME --uri`. Only an invoke (`getDatabaseUri`) would give them to a program | the plugin's published package | seen |
 */
export const managedDatabases: ManagedDatabases = {
  plan: (plan) => {
    if (typeof plan !== "string" || !/^(business|premium)-\d{1,4}$/.test(plan))
      throw invalid(
        "a plan with a standby",
        plan,
        'take a business or premium one, like "business-8": the others have one node',
      );
    return plan;
  },
  locale: (database, locale) => {
    if (locale === "C")
      throw invalid(
        `a database in C.UTF-8 for "${database}"`,
        locale,
        "make a Postgres on hosts: Exoscale's plugin asks for C when texts are sorted, but not for their kinds of letters (LC_CTYPE), and services like Synapse refuse half of it",
      );
    return locale;
  },
  make: (name, { location: zone, plan, version, from, password, databases, keepData }, opts) => {
    const service = new Dbaas(
      name,
      {
        name,
        zone,
        type: "pg",
        plan,
        terminationProtection: keepData,
        maintenanceDow: "sunday",
        maintenanceTime: "03:00:00",
        pg: {
          version,
          ipFilters: [...from],
          adminUsername: administrator,
          adminPassword: password,
          backupSchedule: "01:00",
        },
      },
      { ...opts, protect: keepData, deleteBeforeReplace: true },
    );
    const made = Object.entries(databases).map(
      ([database, { locale }]) =>
        new DbaasPgDatabase(
          `${name}-${database}`,
          { service: name, zone, databaseName: database, lcCollate: locale, lcCtype: locale },
          { ...opts, protect: keepData, deleteBeforeReplace: true, dependsOn: [service] },
        ),
    );
    return { ca: service.caCertificate, user: administrator, ready: [service, ...made] };
  },
};

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
      { ...opts, protect: keepData },
    );
    const made = Object.entries(databases).map(
      ([database, { locale }]) =>
        new DbaasPgDatabase(
          `${name}-${database}`,
          { service: name, zone, databaseName: database, lcCollate: locale, lcCtype: locale },
          { ...opts, protect: keepData, dependsOn: [service] },
        ),
    );
    return { ca: service.caCertificate, user: administrator, ready: [service, ...made] };
  },
};

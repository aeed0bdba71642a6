import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type Cloud, givenCloud } from "../clouds/cloud";
import { ranges } from "../core/cidr";
import type { Database } from "../core/connections";
import { invalid, validateArgs, givenArgs, type Keys, each } from "../core/errors";
import { dnsLabel, domainName } from "../core/names";
import { integerInRange } from "../core/numbers";
import { type DatabaseNeed, databaseNeedKeys } from "../core/plan";
import { fields, flag, items, record } from "../core/shapes";
import { databaseNeeds } from "./postgres/roles";

export interface ManagedPostgresArgs {
  /** A cloud that runs databases: `exoscale(…)`. */
  readonly cloud: Cloud;
  /** Location code of the cloud. */
  readonly location: string;
  /** The provider's plan, with a standby: `business-8`. */
  readonly plan: string;
  /**
   * Major version of PostgreSQL. The provider's plugin sends it when the service is made and never again: upgrade the service at the provider first, then state the new one here.
   *
   * @default "17"
   */
  readonly version?: string;
  /** Ranges that may connect: public addresses of the clients' way out. */
  readonly from: readonly string[];
  /**
   * Databases, those of services' plans for instance. All have the owner's login, and generations are not to be had. Exoscale's plugin cannot ask for the locale `C`, which
   * Synapse and the file list of `Storage` need: those stand on a `Postgres` of hosts.
   */
  readonly databases: readonly DatabaseNeed[];
  /**
   * Address of the service. The provider says so once the service is made, so the first update is done without, and services ask in the second.
   *
   * @default - not known yet
   */
  readonly address?: { readonly host: string; readonly port: number };
  /** Protection of the service and its databases. @default true */
  readonly keepData?: boolean;
}

const defaultLocale = "C.UTF-8";

const managedPostgresArgsKeys: Keys<ManagedPostgresArgs> = {
  cloud: true,
  location: true,
  plan: true,
  version: true,
  from: true,
  databases: each(databaseNeedKeys),
  address: { host: true, port: true },
  keepData: true,
};

/**
 * PostgreSQL that the cloud's provider runs: the declared exception, with the outputs of `Postgres`. Beside it, these guarantees are weaker or absent:
 *
 * - the provider operates the database and its backups: it can read every row, and its backups stay in its own place;
 * - whether what is acknowledged is on two machines is the plan's business, and nothing here can make it strict;
 * - it answers at a public address; who may connect is a list of ranges, and hosts without a way out of their own cannot reach it: PostgreSQL's clients know no proxy;
 * - every database has the same login, the owner's, and a new password of it cuts everybody off for a moment;
 * - its name belongs to a domain that the provider does not run itself.
 *
 * @example
 * const portalRecords = new ManagedPostgres("portal-records", {
 *   cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
 *   location: "ch-gva-2",
 *   plan: "business-8",
 *   from: ["198.51.100.7/32"],
 *   databases: [{ name: "rooms", connections: 10 }],
 * });
 */
export class ManagedPostgres extends pulumi.ComponentResource {
  /** PEM of the authority by which clients verify it. */
  readonly ca: pulumi.Output<string>;
  /** Resources that a service which uses it depends on. */
  readonly ready: readonly pulumi.Resource[];
  private readonly user: string;
  private readonly password: pulumi.Output<string>;
  private readonly names: readonly string[];
  private readonly address: ManagedPostgresArgs["address"];

  constructor(name: string, args: ManagedPostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, managedPostgresArgsKeys);
    const { cloud, location, plan, version = "17", from, databases: given, address, keepData = true } = args;
    super(
      "sovereign-uc:index:ManagedPostgres",
      name,
      {
        cloud: fields(cloud).id,
        location,
        plan,
        version,
        from,
        databases: items(given).map((one) => fields(one).name),
        keepData,
      },
      opts,
    );
    validateArgs(this, name, { cloud: () => givenCloud(cloud) });
    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name, 40),
      cloud: () => {
        if (cloud.managedDatabases === undefined)
          throw invalid("a cloud that runs databases", cloud.id, "make a Postgres on hosts of this cloud");
        return cloud.managedDatabases;
      },
      location: () => cloud.location(location),
      plan: () => cloud.managedDatabases?.plan(plan) ?? "",
      version: () => {
        if (!/^1[5-9]$/.test(version))
          throw invalid("a major version of PostgreSQL from 15", version, 'give one like "17"');
      },
      from: () => {
        if (items(from).some((range) => /\/0$/.test(range)))
          throw invalid("ranges that are not everybody", from, "name the addresses that clients come from");
        return ranges(from, 1);
      },
      databases: () => {
        const needs = databaseNeeds(given);
        for (const { name: one, locale = defaultLocale } of needs) cloud.managedDatabases?.locale(one, locale);
        return needs;
      },
      address: () => address && at(address),
      keepData: () => flag(keepData, "say whether the service is protected"),
    });
    const own = { parent: this };
    this.password = new random.RandomPassword(`${name}-owner`, { length: 40, special: false }, own).result;
    const made = valid.cloud.make(
      name,
      {
        location: valid.location,
        plan: valid.plan,
        version,
        from,
        password: this.password,
        databases: Object.fromEntries(
          valid.databases.map(({ name: one, locale = defaultLocale }) => [one, { locale }]),
        ),
        keepData,
      },
      own,
    );
    this.ca = made.ca;
    this.user = made.user;
    this.ready = made.ready;
    this.names = valid.databases.map((one) => one.name);
    this.address = address;
    this.registerOutputs({});
  }

  /**
   * A database of this service.
   *
   * @throws RangeError for one that it was not given, and before its address is known.
   */
  database(name: string): Database {
    if (!this.names.includes(name))
      throw invalid(`a database of this service: ${this.names.join(", ") || "none"}`, name, "add it to databases");
    if (this.address === undefined)
      throw invalid(
        "the address of the service",
        undefined,
        "update once without whoever asks for it, and give what the provider shows of the service as address",
      );
    const { host, port } = this.address;
    return {
      host,
      port,
      name,
      user: this.user,
      password: { value: this.password, version: "1" },
      ca: this.ca,
      // Its addresses change: the name is the provider's, the port is the service's own.
      peer: { name: host, ranges: ["0.0.0.0/0"] },
    };
  }
}

function at(value: NonNullable<ManagedPostgresArgs["address"]>): void {
  const { host, port } = record(value, "a host and a port", '{ host: "records.example.ch", port: 21699 }');
  domainName(host);
  integerInRange(port, "a port", 1, 65_535);
}

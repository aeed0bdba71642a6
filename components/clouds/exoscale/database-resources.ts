/** Managed databases, in the manner of resources.ts. */
import * as pulumi from "@pulumi/pulumi";
import { options } from "./plugin";

type Text = pulumi.Input<string>;

export interface DbaasPgArgs {
  readonly adminPassword?: Text;
  readonly adminUsername?: Text;
  readonly backupSchedule?: Text;
  readonly ipFilters?: pulumi.Input<Text[]>;
  readonly pgSettings?: Text;
  readonly pgbouncerSettings?: Text;
  readonly pglookoutSettings?: Text;
  readonly version?: Text;
}

export interface DbaasArgs {
  readonly grafana?: pulumi.Input<object>;
  readonly kafka?: pulumi.Input<object>;
  readonly maintenanceDow?: Text;
  readonly maintenanceTime?: Text;
  readonly mysql?: pulumi.Input<object>;
  readonly name?: Text;
  readonly opensearch?: pulumi.Input<object>;
  readonly pg?: pulumi.Input<DbaasPgArgs>;
  readonly plan: Text;
  readonly terminationProtection?: pulumi.Input<boolean>;
  readonly timeouts?: pulumi.Input<object>;
  readonly type: Text;
  readonly valkey?: pulumi.Input<object>;
  readonly zone: Text;
}

export class Dbaas extends pulumi.CustomResource {
  static readonly type = "exoscale:index/dbaas:Dbaas";
  declare readonly caCertificate: pulumi.Output<string>;
  constructor(name: string, args: DbaasArgs, opts?: pulumi.CustomResourceOptions) {
    super(Dbaas.type, name, { ...args, caCertificate: undefined }, options(opts));
  }
}

export interface DbaasPgDatabaseArgs {
  readonly databaseName: Text;
  readonly lcCollate?: Text;
  readonly lcCtype?: Text;
  readonly service: Text;
  readonly timeouts?: pulumi.Input<object>;
  readonly zone: Text;
}

export class DbaasPgDatabase extends pulumi.CustomResource {
  static readonly type = "exoscale:index/dbaasPgDatabase:DbaasPgDatabase";
  constructor(name: string, args: DbaasPgDatabaseArgs, opts?: pulumi.CustomResourceOptions) {
    super(DbaasPgDatabase.type, name, { ...args }, options(opts));
  }
}

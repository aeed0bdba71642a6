import type * as pulumi from "@pulumi/pulumi";

/** A PostgreSQL service that a provider runs. */
export interface ManagedDatabaseSpec {
  readonly location: string;
  readonly plan: string;
  /** Major version. */
  readonly version: string;
  /** Ranges that may connect. */
  readonly from: readonly string[];
  readonly password: pulumi.Input<string>;
  readonly databases: Readonly<Record<string, { readonly locale: string }>>;
  readonly keepData: boolean;
}

export interface ManagedDatabases {
  /** A plan of the provider. @throws RangeError for one without a standby. */
  plan(value: unknown): string;
  /** A locale that a database can have. @throws RangeError for one that the provider's plugin cannot ask for. */
  locale(database: string, locale: string): string;
  make(
    name: string,
    spec: ManagedDatabaseSpec,
    opts: pulumi.CustomResourceOptions,
  ): {
    /** PEM. */
    readonly ca: pulumi.Output<string>;
    readonly user: string;
    readonly ready: readonly pulumi.Resource[];
  };
}

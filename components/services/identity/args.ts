import type * as pulumi from "@pulumi/pulumi";
import { type Database, databaseKeys } from "../../core/connections";
import type { Keys } from "../../core/errors";
import { type CatalogueImage, catalogueImageKeys } from "../../core/images";
import { type Secret, secretKeys } from "../../core/secret";
import type { Generation } from "../../infrastructure/secrets";
import type { ServicePlatform } from "../../service-base";
import type { IdentityPlan } from "./plan";

/** Secrets of the service's own: of the task that keeps the realm, of a client by its name, of an account by its name. */
export type IdentitySecret = "keeper" | `client-${string}` | `account-${string}`;

/** A directory of people inside the network, which is read and never written. */
export interface Directory {
  /** Host name in its certificate. */
  readonly host: string;
  /** Private addresses of it. */
  readonly addresses: readonly string[];
  /** Port for LDAP over TLS. @default 636 */
  readonly port?: number;
  /** Name that the service reads it under: `cn=reader,dc=crisis,dc=example,dc=ch`. */
  readonly bindDn: string;
  readonly bindPassword: Secret;
  /** Part of the tree with the people: `ou=people,dc=crisis,dc=example,dc=ch`. */
  readonly usersDn: string;
  /** Attribute by which people sign in. @default "uid" */
  readonly usernameAttribute?: string;
  /** Attribute that never changes. @default "entryUUID" */
  readonly idAttribute?: string;
  /** Classes of a person's entry. @default ["inetOrgPerson"] */
  readonly objectClasses?: readonly string[];
  /** PEM of the authority that it is verified against. */
  readonly ca: pulumi.Input<string>;
}

export interface IdentityArgs {
  /** The platform that it stands on. */
  readonly on: ServicePlatform;
  /** Plan from `planIdentity`; the platform has it, too. */
  readonly plan: IdentityPlan;
  /** Its database, with people, sessions and everything that the realm is. */
  readonly database: Database;
  /**
   * A directory whose people sign in here with its passwords, and with a second factor that is enrolled here. One of a system that the network is isolated from is
   * refused: what the directory's attacker can do, they could do here. The rules refuse the ports of every directory (UC-NET-001): whoever wants one anyway says so in
   * the pack's configuration.
   *
   * @default - people are accounts of the realm alone
   */
  readonly directory?: Directory;
  /**
   * An image of one's own with the same server at the same place. @default - upstream's
   */
  readonly image?: CatalogueImage;
  /**
   * Generation of its own secrets. The task's own takes two updates: with `["2", "1"]` it is let in by either and given the new one. A client's is changed at the server
   * and then at the service, which sign nobody in for the seconds between. An account's lets its holder enrol anew. @default "1"
   */
  readonly secretsGeneration?: Generation;
  /** Generations of single secrets: `{ "client-meetings": "2" }`. @default {} */
  readonly secretsGenerations?: Readonly<Partial<Record<IdentitySecret, Generation>>>;
}

const directoryKeys: Keys<Directory> = {
  host: true,
  addresses: true,
  port: true,
  bindDn: true,
  bindPassword: secretKeys,
  usersDn: true,
  usernameAttribute: true,
  idAttribute: true,
  objectClasses: true,
  ca: true,
};

export const identityArgsKeys: Keys<IdentityArgs> = {
  on: true,
  plan: "elsewhere",
  database: databaseKeys,
  directory: directoryKeys,
  image: catalogueImageKeys,
  secretsGeneration: true,
  secretsGenerations: "elsewhere",
};

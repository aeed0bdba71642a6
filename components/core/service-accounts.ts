import type * as pulumi from "@pulumi/pulumi";
import { type OidcClient, oidcClientKeys, type Reachable, reachableKeys } from "./connections";
import type { Keys } from "./errors";
import { type Secret, secretKeys } from "./secret";

/** A client of the identity service that may look people up: in Keycloak, one with a service account that has the role `view-users` of `realm-management`. */
export interface PeopleClient extends OidcClient {
  /**
   * Address of the service's own server, where administration is shut at the issuer's: `http://login-server.login.svc.cluster.local:8080`; peer and port are this
   * server's then. @default - the issuer's
   */
  readonly server?: string;
}

export const peopleClientKeys: Keys<PeopleClient> = { ...oidcClientKeys, server: true };

/** An account of a hub (Nextcloud) that a service puts files under: nobody signs in with it. */
export interface HubAccount extends Reachable {
  /** Address of the hub: `https://hub.crisis.example.ch`. */
  readonly url: string;
  /** Name of the account. */
  readonly user: string;
  /** Its password, or one for programs (`occ user:auth-tokens:add`, nextcloud/server ab08781 core/Command/User/AuthTokens/Add.php). */
  readonly password: Secret;
  /** Folder of the account that everything goes into. @default "Minutes" */
  readonly folder?: string;
  /** PEM. @default - an authority that Node knows */
  readonly ca?: pulumi.Input<string>;
  /** Addresses at which pods find the hub's name, where it is on the same platform: the gateways'. @default - the resolver's */
  readonly addresses?: readonly string[];
}

export const hubAccountKeys: Keys<HubAccount> = {
  ...reachableKeys,
  url: true,
  user: true,
  password: secretKeys,
  folder: true,
  ca: true,
  addresses: true,
};

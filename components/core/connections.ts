import type * as pulumi from "@pulumi/pulumi";
import { invalid, type Keys } from "./errors";
import { isTier, Link, link, linkEndKeys, linkOut, Outside } from "./link";
import { Secret, secretKeys } from "./secret";
import { Tier, tierText } from "./tier";

/*
 * Small values that connect services: plain records that one component makes when it is asked, or that a program gives for something outside. `peer` is the
 * other end for network policies, so whoever gets a value can also open the way to it: `linkTo(tier, database, "…")`.
 */

/** The network end of a connection. */
export interface Reachable {
  /** The tier, or addresses outside, that the connection leads to. */
  readonly peer: Tier | Outside;
  /** Port at the peer. */
  readonly port: number;
}

export const reachableKeys: Keys<Reachable> = {
  peer: linkEndKeys,
  port: true,
};

/** A PostgreSQL database and the role that owns it. Connections are TLS only, verified against `ca`. */
export interface Database extends Reachable {
  readonly host: pulumi.Input<string>;
  readonly name: string;
  readonly user: string;
  readonly password: Secret;
  /** PEM. */
  readonly ca: pulumi.Input<string>;
}

export const databaseKeys: Keys<Database> = {
  ...reachableKeys,
  host: true,
  name: true,
  user: true,
  password: secretKeys,
  ca: true,
};

/** A Redis-compatible server. TLS only, verified against `ca`; nothing in it outlives a restart. */
export interface Cache extends Reachable {
  readonly host: pulumi.Input<string>;
  readonly password: Secret;
  /** PEM. */
  readonly ca: pulumi.Input<string>;
  readonly tls: true;
}

export const cacheKeys: Keys<Cache> = {
  ...reachableKeys,
  host: true,
  password: secretKeys,
  ca: true,
  tls: true,
};

/** A client of an OpenID Connect provider. */
export interface OidcClient extends Reachable {
  /** URL without a final slash: `https://login.crisis.example.ch/realms/crisis`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** PEM. @default - an authority that the client's image knows */
  readonly ca?: pulumi.Input<string>;
  /** Addresses at which pods find the issuer's name, where it is on the same platform. @default - the resolver's, or the gateways' proxy's */
  readonly addresses?: readonly string[];
}

export const oidcClientKeys: Keys<OidcClient> = {
  ...reachableKeys,
  issuer: true,
  clientId: true,
  clientSecret: secretKeys,
  ca: true,
  addresses: true,
};

/** The issuer's name with its addresses, for the pods of a client; none where the resolver knows it. */
export const issuerNames = ({ issuer, addresses = [] }: Pick<OidcClient, "issuer" | "addresses">) =>
  addresses.length === 0 ? {} : { [new URL(issuer).hostname]: addresses };

/** Access to one S3 bucket. */
export interface BucketAccess extends Reachable {
  /** URL: `https://sos-ch-gva-2.exo.io`. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: Secret;
  readonly secretKey: Secret;
  /** PEM. @default - an authority that the client's image knows */
  readonly ca?: pulumi.Input<string>;
}

export const bucketAccessKeys: Keys<BucketAccess> = {
  ...reachableKeys,
  endpoint: true,
  bucket: true,
  region: true,
  accessKey: secretKeys,
  secretKey: secretKeys,
  ca: true,
};

/** A mail relay that accepts messages of services. */
export interface SmtpRelay extends Reachable {
  readonly host: string;
  /** @default - none: the relay knows its clients by their addresses */
  readonly user?: string;
  readonly password?: Secret;
  /** Sender address of the messages. */
  readonly from: string;
  /** PEM. @default - an authority that the client's image knows */
  readonly ca?: pulumi.Input<string>;
}

export const smtpRelayKeys: Keys<SmtpRelay> = {
  ...reachableKeys,
  host: true,
  user: true,
  password: secretKeys,
  from: true,
  ca: true,
};

/** TURN relays that browsers use. Their servers and the service that makes credentials share one secret (TURN REST API). */
export interface TurnServers {
  /** `turns:relay-1.crisis.example.ch:443?transport=tcp` */
  readonly urls: readonly string[];
  readonly secret: Secret;
  /** Validity of a credential in seconds. */
  readonly credentialSeconds: number;
  readonly realm: string;
}

export const turnServersKeys: Keys<TurnServers> = {
  urls: true,
  secret: secretKeys,
  credentialSeconds: true,
  realm: true,
};

/** A server that turns speech into text. */
export interface SpeechEndpoint extends Reachable {
  readonly url: string;
  readonly model: string;
  readonly token?: Secret;
  /** PEM. @default - an authority that the client's image knows */
  readonly ca?: pulumi.Input<string>;
}

export const modelEndpointKeys: Keys<SpeechEndpoint & LanguageEndpoint> = {
  ...reachableKeys,
  url: true,
  model: true,
  token: secretKeys,
  ca: true,
};

/** A server that runs a language model. */
export interface LanguageEndpoint extends Reachable {
  readonly url: string;
  readonly model: string;
  readonly token?: Secret;
  /** PEM. @default - an authority that the client's image knows */
  readonly ca?: pulumi.Input<string>;
}

/**
 * The link from a tier to the network end of a connection: policies at both ends where the peer is a tier, at the near end where it is outside.
 *
 * @throws RangeError when a peer that is a tier has no such port.
 *
 * @example
 * const notes = tier("notes", "notes-web", { http: 9001 });
 * const relay = givenSmtpRelay({
 *   host: "mail.example.ch",
 *   port: 587,
 *   from: "notes@example.ch",
 *   peer: { name: "mail relay", ranges: ["192.0.2.25/32"] },
 * });
 * const links = [linkTo(notes, relay, "invitations")];
 */
export function linkTo(from: Tier, { peer, port }: Reachable, reason: string): Link {
  if (!isTier(peer)) return linkOut(from, peer, port, reason);
  const name = Object.entries(peer.ports).find(
    ([, one]) => one.port === port && (one.protocol ?? "tcp") === "tcp",
  )?.[0];
  if (name === undefined)
    throw invalid(`a TCP port of "${tierText(peer)}"`, port, "give the port that its pods listen on");
  return link(from, peer, name, reason);
}

import type * as pulumi from "@pulumi/pulumi";
import { invalid, type Keys } from "./errors";
import { items } from "./shapes";
import type { ServicePlan } from "./plan";
import { isTier, Link, link, type LinkEnd, linkEndKeys, linkOut, Outside } from "./link";
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

/** True for a place outside that is reached through the gateways' proxy: the port at its peer is not that of its address. */
export const throughProxy = ({ peer, port }: Reachable, address: string): boolean =>
  !isTier(peer) && port !== Number(new URL(address).port || 443);

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

/**
 * Limits of a client by libpq, by its own names, on a database that falls silent, as when its host has died. What was sent and not answered for 20 seconds ends the
 * connection; who only waits for an answer asks for a sign of life after ten seconds, and gives up after 10 + 3 * 5. Without them the kernel goes on for a quarter of an
 * hour, or for two hours (postgres/postgres 0028b55 src/interfaces/libpq/fe-connect.c, PQconninfoOptions).
 */
export const databaseLimits = {
  connect_timeout: 5,
  keepalives_idle: 10,
  keepalives_interval: 5,
  keepalives_count: 3,
  tcp_user_timeout: 20_000,
} as const;

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
  /** Addresses at which pods find the host: the gateways' private ones, where the plan has an outlet to it. @default - the resolver's */
  readonly addresses?: readonly string[];
}

export const smtpRelayKeys: Keys<SmtpRelay> = {
  ...reachableKeys,
  host: true,
  user: true,
  password: secretKeys,
  from: true,
  ca: true,
  addresses: true,
};

/** A mail relay outside, as a plan knows it: the gateways lead to it, since mail knows no proxy. */
export interface OutsideRelay {
  readonly port: number;
  /** Public addresses of the relay. */
  readonly addresses: readonly string[];
}

export const outsideRelayKeys: Keys<OutsideRelay> = { port: true, addresses: true };

/** Ways out of a plan for messages of a service. What is wrong with a relay, the gateways say. */
export const relayOutlets = (relay: OutsideRelay | undefined, name: string): Pick<ServicePlan, "outlets"> =>
  relay === undefined ? {} : { outlets: [{ ...relay, reason: `messages of ${name}` }] };

/**
 * @param planned the plan with such a way, as the message shows it.
 * @throws RangeError for a relay that pods find at the gateways while the plan has no way to it.
 */
export function plannedRelay(
  { port, addresses }: Pick<SmtpRelay, "port" | "addresses">,
  { outlets }: Pick<ServicePlan, "outlets">,
  planned: string,
): void {
  if (addresses === undefined || items(outlets).some((outlet) => outlet.port === port)) return;
  throw invalid(
    `a plan with a way to the relay at port ${port}`,
    items(outlets)
      .map((outlet) => outlet.port)
      .join(", ") || "none",
    `plan it: ${planned}; the gateways lead nowhere otherwise`,
  );
}

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

/** A relay's name with its addresses, for the pods of a client; none where the resolver knows it. */
export const relayNames = ({ host, addresses = [] }: Pick<SmtpRelay, "host" | "addresses">) =>
  addresses.length === 0 ? {} : { [host]: addresses };

/** LiveKit servers that carry calls, and the key that tickets are signed with. Rooms are made on them, so they have to be in reach of pods. */
export interface LiveKitServers extends Reachable {
  /** Address that people are sent to and that pods know: `wss://media.crisis.example.ch`. */
  readonly url: string;
  readonly key: string;
  readonly secret: Secret;
  /** Addresses at which pods find the name, where it is on the same platform. @default - the resolver's */
  readonly addresses?: readonly string[];
}

export const liveKitKeys: Keys<LiveKitServers> = {
  ...reachableKeys,
  url: true,
  key: true,
  secret: secretKeys,
  addresses: true,
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

/** A PostgreSQL cluster, and a cache, as they hand out access: `Postgres` and `Valkey`. */
export interface DataServers {
  readonly postgres: { readonly database: (name: string, from: { readonly from: Tier }) => Database };
  readonly cache: { readonly access: (from: { readonly from: LinkEnd }) => Cache };
}

/** An object store, as it hands out access: `Storage`. */
export interface BucketServer {
  readonly bucket: (name: string, from: { readonly from: LinkEnd }) => BucketAccess;
}

/**
 * A value for all pods of a service that connect to the same place: each tier asks, so that each is let in, and what the first gets stands for all.
 *
 * @throws RangeError for a service without tiers.
 */
export function openedTo<T>(clients: readonly Tier[], ask: (client: { readonly from: Tier }) => T): T {
  const [given] = clients.map((from) => ask({ from }));
  if (given === undefined) throw invalid("at least one tier that connects", clients, "name the service's tiers");
  return given;
}

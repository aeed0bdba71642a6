import type * as pulumi from "@pulumi/pulumi";
import {
  type BucketAccess,
  givenBucket,
  givenOidcClient,
  givenSecret,
  givenSmtpRelay,
  type OidcClient,
  type Platform,
  type SmtpRelay,
} from "../../components";
import { invalid } from "../../components/core/errors";
import { data, type Key, optionalData, optionalSecret, secret } from "../keys";

/** A bucket as a stack's configuration names it, without its keys. */
type Store = Pick<BucketAccess, "endpoint" | "bucket" | "region" | "ca">;

type Named<N extends string, T> = Readonly<Record<N, T>>;
type StoreName<N extends string> = `${N}Store`;
type AccessName<N extends string> = `${N}AccessKey` | `${N}SecretKey`;
type BucketKeys<N extends string> = Named<StoreName<N>, Key<Store>> & Named<AccessName<N>, Key<pulumi.Output<string>>>;

/** Keys of a bucket that is there already: `filesStore`, `filesAccessKey` and `filesSecretKey`. */
export const bucketKeys = <N extends string>(name: N): BucketKeys<N> =>
  ({
    [`${name}Store`]: data<Store>(),
    [`${name}AccessKey`]: secret(),
    [`${name}SecretKey`]: secret(),
  }) as BucketKeys<N>;

/** That bucket, reached through the platform's proxy. */
export function bucketOf<N extends string>(
  name: N,
  values: Named<StoreName<N>, Store> & Named<AccessName<N>, pulumi.Output<string>>,
  { proxy }: Pick<Platform, "proxy">,
): BucketAccess {
  const stores: Named<StoreName<N>, Store> = values;
  const access: Named<AccessName<N>, pulumi.Output<string>> = values;
  return givenBucket({
    ...stores[`${name}Store`],
    ...proxy,
    accessKey: givenSecret(access[`${name}AccessKey`]),
    secretKey: givenSecret(access[`${name}SecretKey`]),
  });
}

/** Keys of an identity provider that is there already. */
export const loginKeys = { login: data<Pick<OidcClient, "issuer" | "clientId" | "ca">>(), loginSecret: secret() };

/** Its client, reached through the platform's proxy. */
export const loginOf = (
  values: { readonly [N in keyof typeof loginKeys]: ReturnType<(typeof loginKeys)[N]["read"]> },
  { proxy }: Pick<Platform, "proxy">,
): OidcClient => givenOidcClient({ ...values.login, ...proxy, clientSecret: givenSecret(values.loginSecret) });

/** A relay of a mail stack as a stack's configuration names it, without its password: its output `relays` has all of it. */
interface Relay extends Pick<SmtpRelay, "host" | "port" | "from"> {
  /** Public addresses of the mail's gateways. */
  readonly addresses: readonly string[];
  readonly ca?: string;
}

/** Keys of a mail relay that is there already. @default - no mail is sent */
export const relayKeys = {
  relay: optionalData<Relay>(),
  // A rehearsal makes one up: the relay cannot do without it.
  relayPassword: { ...optionalSecret(), required: true },
};

type RelayValues = { readonly [N in keyof typeof relayKeys]: ReturnType<(typeof relayKeys)[N]["read"]> };

/** The way to that relay, for the plan of the service that sends. */
export const relayWay = ({ relay }: RelayValues) =>
  relay === undefined ? {} : { relay: { port: relay.port, addresses: relay.addresses } };

/** That relay, reached through the gateways. */
export function relayOf(
  { relay, relayPassword }: RelayValues,
  { cluster: { gatewayAddresses: addresses } }: Pick<Platform, "cluster">,
): { readonly relay?: SmtpRelay } {
  if (relay === undefined) return {};
  if (relayPassword === undefined)
    throw invalid(
      "relayPassword beside relay",
      undefined,
      "set it: pulumi config set --secret sovereign-uc:relayPassword",
    );
  const peer = { name: "gateways", ranges: addresses.map((address) => `${address}/32`) };
  const password = givenSecret(relayPassword);
  return { relay: givenSmtpRelay({ ...relay, user: relay.from, password, addresses, peer }) };
}

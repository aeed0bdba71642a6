import type * as pulumi from "@pulumi/pulumi";
import {
  type BucketAccess,
  givenBucket,
  givenOidcClient,
  givenSecret,
  type OidcClient,
  type Platform,
} from "../../components";
import { data, type Key, secret } from "../keys";

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

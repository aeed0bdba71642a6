import { throughProxy } from "../../core/connections";
import type { NextcloudArgs } from "./args";

/** True for each place outside that is reached through the gateways' proxy. */
export const proxied = ({
  bucket,
  login,
}: Pick<NextcloudArgs, "bucket" | "login">): Readonly<Record<"bucket" | "login", boolean>> => ({
  bucket: throughProxy(bucket, bucket.endpoint),
  login: throughProxy(login, login.issuer),
});

/** Host and port of a store's address. */
export const storePlace = (endpoint: string): { readonly host: string; readonly port: number } => {
  const { hostname, port } = new URL(endpoint);
  return { host: hostname, port: Number(port || 443) };
};

import type * as pulumi from "@pulumi/pulumi";
import { ipAddress } from "./cidr";
import { validate, invalid, type Keys, knownKeys } from "./errors";
import { httpsUrl } from "./names";
import { integerInRange } from "./numbers";
import { linkEnd } from "./link";
import { readSecret, Secret } from "./secret";
import { list, record, text } from "./shapes";
import {
  type BucketAccess,
  bucketAccessKeys,
  type Cache,
  cacheKeys,
  type Database,
  databaseKeys,
  type LanguageEndpoint,
  modelEndpointKeys,
  type OidcClient,
  oidcClientKeys,
  type Reachable,
  type SmtpRelay,
  smtpRelayKeys,
  type SpeechEndpoint,
  type TurnServers,
  turnServersKeys,
} from "./connections";

type Given<T> = { readonly [K in keyof T]: T[K] };

/** A database outside. @throws RangeError with every problem. */
export const givenDatabase = (given: Given<Database>): Database => ({
  ...read(given, databaseKeys, ["host", "ca"], ["name", "user"], ["password"]),
});

/** A Redis-compatible server outside. @throws RangeError with every problem. */
export const givenCache = (given: Given<Omit<Cache, "tls">>): Cache => ({
  ...read(given, cacheKeys, ["host", "ca"], [], ["password"]),
  tls: true,
});

/** A client at an OpenID Connect provider outside. @throws RangeError with every problem. */
export function givenOidcClient(given: Given<OidcClient>): OidcClient {
  const client = read(given, oidcClientKeys, [], ["issuer", "clientId"], ["clientSecret"], "issuer");
  if (client.addresses === undefined) return client;
  return {
    ...client,
    ...validate({ addresses: () => list(client.addresses, "addresses", '["10.20.0.2"]', ipAddress) }),
  };
}

/** A bucket outside. @throws RangeError with every problem. */
export const givenBucket = (given: Given<BucketAccess>): BucketAccess =>
  read(given, bucketAccessKeys, [], ["endpoint", "bucket", "region"], ["accessKey", "secretKey"], "endpoint");

/** A mail relay outside. @throws RangeError with every problem; also for a user without a password. */
export function givenSmtpRelay(given: Given<SmtpRelay>): SmtpRelay {
  const { user, password } = record(given, "a mail relay", "{ host, port: 587, from, peer }");
  const relay = read(given, smtpRelayKeys, [], ["host", "from"], password === undefined ? [] : ["password"]);
  if ((user === undefined) !== (password === undefined))
    throw invalid("a user with a password, or neither", user === undefined ? "a password" : "a user", "give both");
  if (relay.addresses === undefined) return relay;
  return {
    ...relay,
    ...validate({ addresses: () => list(relay.addresses, "addresses", '["10.20.0.10"]', ipAddress) }),
  };
}

/** A speech server outside. @throws RangeError with every problem. */
export const givenSpeech = (given: Given<SpeechEndpoint>): SpeechEndpoint =>
  read(given, modelEndpointKeys, [], ["url", "model"], given?.token === undefined ? [] : ["token"], "url");

/** A server of a language model outside. @throws RangeError with every problem. */
export const givenLanguage = (given: Given<LanguageEndpoint>): LanguageEndpoint =>
  read(given, modelEndpointKeys, [], ["url", "model"], given?.token === undefined ? [] : ["token"], "url");

/** TURN relays outside. @throws RangeError with every problem. */
export function givenTurnServers(given: Given<TurnServers>): TurnServers {
  const example =
    '{ urls: ["turns:relay.example.ch:443?transport=tcp"], secret, credentialSeconds: 3600, realm: "example.ch" }';
  const { urls, secret, credentialSeconds, realm } = record(given, "TURN servers", example);
  knownKeys(given, turnServersKeys);
  const valid = validate({
    urls: () => {
      const all = list(urls, "TURN URLs", '["turns:relay.example.ch:443?transport=tcp"]', (url) => {
        if (typeof url !== "string" || !/^turns?:[^\s:?]+(:\d{1,5})?(\?transport=(tcp|udp))?$/.test(url))
          throw invalid("a TURN URL (RFC 7065)", url, 'give one like "turns:relay.example.ch:443?transport=tcp"');
        return url;
      });
      if (all.length === 0) throw invalid("at least one TURN URL", urls, "name the relays");
      return all;
    },
    secret: () => readSecret(secret),
    credentialSeconds: () => integerInRange(credentialSeconds, "seconds that a credential is valid", 60, 86_400),
    realm: () => word(realm),
  });
  return valid;
}

/** Reads a record: inputs, plain words, secrets, the peer and its port, and a URL where there is one. */
function read<T extends Reachable>(
  given: T,
  keys: Keys<NoInfer<T>>,
  inputs: readonly (keyof T)[],
  words: readonly (keyof T)[],
  secrets: readonly (keyof T)[],
  url?: keyof T,
): T {
  const value = knownKeys(record(given, "a connection", "{ host, port, peer, … }") as T, keys);
  const read = validate({
    ...Object.fromEntries([
      ...inputs.map((key) => [
        key,
        () => text(value[key] as pulumi.Input<string> | undefined, "a text", "give it, or an output of a resource"),
      ]),
      ...words.map((key) => [key, () => (key === url ? webAddress(value[key]) : word(value[key]))]),
      ...secrets.map((key) => [key, () => readSecret(value[key] as Secret | undefined)]),
    ]),
    port: () => integerInRange(value.port, "a port", 1, 65_535),
    peer: () => linkEnd(value.peer),
  });
  return { ...value, ...read };
}

function word(value: unknown): string {
  if (typeof value !== "string" || value === "" || /[\r\n]/.test(value))
    throw invalid("a text on one line", value, "give it as a plain value");
  return value;
}

/** A URL, HTTPS only: everything that services say to each other outside the pod network is encrypted. */
function webAddress(value: unknown): string {
  const what = "an HTTPS URL without credentials, query and final slash";
  const advice = "give one like https://login.example.ch";
  httpsUrl(value, what, advice);
  if (/\/$/.test(String(value))) throw invalid(what, value, advice);
  return String(value);
}

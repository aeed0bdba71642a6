import { type Reachable, throughProxy } from "../../core/connections";
import { type Secret, secretText, trusted } from "../../core/secret";
import { proxyUrl } from "../../recipe/parts/private-host";
import type { MinutesArgs } from "./args";
import { folders, httpPort, trustFile } from "./settings";

/** Address without the version of OpenAI's API at its end: the worker writes that itself. */
const apiOf = (url: string): string => url.replace(/\/v1$/, "");

/** Every place that the worker asks by HTTP, with its network end. */
export const places = ({
  recordings,
  speech,
  language,
  hub,
  people,
  chat,
}: MinutesArgs): Readonly<Record<string, { readonly address: string; readonly reached: Reachable }>> => ({
  recordings: { address: recordings.bucket.endpoint, reached: recordings.bucket },
  speech: { address: speech.url, reached: speech },
  language: { address: language.url, reached: language },
  hub: { address: hub.url, reached: hub },
  people: { address: people.server ?? people.issuer, reached: people },
  ...(chat === undefined ? {} : { chat: { address: chat.url, reached: chat } }),
});

/** True for a place that is reached through the gateways' proxy. */
export const isProxied = ({ address, reached }: { readonly address: string; readonly reached: Reachable }): boolean =>
  throughProxy(reached, address);

/** Variables by which Node trusts every authority of the deployment's own, and goes through the gateways' proxy to places outside, and to them alone. */
export function nodeEnv(args: MinutesArgs): Readonly<Record<string, string>> {
  const direct = Object.values(places(args)).filter((place) => !isProxied(place));
  return {
    ...(authorities(args) === undefined ? {} : { NODE_EXTRA_CA_CERTS: `${folders.trust}/${trustFile}` }),
    NODE_USE_ENV_PROXY: "1",
    HTTPS_PROXY: proxyUrl,
    NO_PROXY: [...new Set(direct.map(({ address }) => new URL(address).hostname))].join(","),
  };
}

/** Authorities that Node does not know, in one file; undefined for none. */
export function authorities(args: MinutesArgs): Secret | undefined {
  const { recordings, speech, language, hub, people, chat, relay, programCa } = args;
  const all = Object.entries({
    recordings: recordings.bucket.ca,
    speech: speech.ca,
    language: language.ca,
    hub: hub.ca,
    people: people.ca,
    chat: chat?.ca,
    relay: relay?.ca,
    program: programCa,
  }).flatMap(([name, ca]) => (ca === undefined ? [] : [[name, trusted(ca)] as const]));
  if (all.length === 0) return undefined;
  return secretText<string>(Object.fromEntries(all), (texts) =>
    [...new Set(Object.values(texts).map((text) => text.trim()))].map((text) => `${text}\n`).join(""),
  );
}

/** Settings of the worker; `worker/settings.ts` reads them. */
export function workerEnv(args: MinutesArgs): Readonly<Record<string, MinutesArgs["database"]["host"]>> {
  const { plan, recordings, database, speech, language, hub, people, chat, relay } = args;
  return {
    MINUTES_SECRETS: folders.secrets,
    MINUTES_PORT: `${httpPort}`,
    MINUTES_PIECES: `${plan.piecesAtOnce}`,
    MINUTES_KEEP_DAYS: `${plan.keepDays}`,
    ...(plan.unrecordedDays === undefined ? {} : { MINUTES_UNRECORDED_DAYS: `${plan.unrecordedDays}` }),
    MINUTES_BUCKET_ENDPOINT: recordings.bucket.endpoint,
    MINUTES_BUCKET: recordings.bucket.bucket,
    MINUTES_BUCKET_REGION: recordings.bucket.region,
    MINUTES_DATABASE_HOST: database.host,
    MINUTES_DATABASE_PORT: `${database.port}`,
    MINUTES_DATABASE: database.name,
    MINUTES_DATABASE_USER: database.user,
    MINUTES_SPEECH_URL: apiOf(speech.url),
    MINUTES_SPEECH_MODEL: speech.model,
    MINUTES_LANGUAGE_URL: apiOf(language.url),
    MINUTES_LANGUAGE_MODEL: language.model,
    MINUTES_NEXTCLOUD_URL: hub.url,
    MINUTES_NEXTCLOUD_USER: hub.user,
    ...(hub.folder === undefined ? {} : { MINUTES_NEXTCLOUD_FOLDER: hub.folder }),
    MINUTES_ISSUER: people.issuer,
    MINUTES_CLIENT: people.clientId,
    ...(people.server === undefined ? {} : { MINUTES_IDENTITY_URL: people.server }),
    ...(chat === undefined ? {} : { MINUTES_CHAT_URL: chat.url, MINUTES_CHAT_SERVER: chat.serverName }),
    ...(relay === undefined
      ? {}
      : {
          MINUTES_MAIL_HOST: relay.host,
          MINUTES_MAIL_PORT: `${relay.port}`,
          MINUTES_MAIL_FROM: relay.from,
          ...(relay.user === undefined ? {} : { MINUTES_MAIL_USER: relay.user }),
        }),
  };
}

/** Secrets of the worker, each a file. */
export const workerSecrets = (args: MinutesArgs): Readonly<Record<string, Secret>> => {
  const { recordings, database, speech, language, hub, people, chat, relay } = args;
  const { accessKey, secretKey } = recordings.bucket;
  return {
    "bucket-access-key": accessKey,
    "bucket-secret-key": secretKey,
    "database-password": database.password,
    "database-ca": trusted(database.ca),
    ...(speech.token === undefined ? {} : { "transcription-token": speech.token }),
    ...(language.token === undefined ? {} : { "language-token": language.token }),
    "nextcloud-password": hub.password,
    "client-secret": people.clientSecret,
    ...(chat === undefined ? {} : { "chat-token": chat.token }),
    ...(relay?.password === undefined ? {} : { "mail-password": relay.password }),
  };
};

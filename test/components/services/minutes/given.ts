import {
  givenBucket,
  givenDatabase,
  givenLanguage,
  givenOidcClient,
  givenSmtpRelay,
  givenSpeech,
} from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import type { OnCluster } from "../../../../components/kubernetes/target";
import type { MinutesArgs, MinutesPlan } from "../../../../components/services/minutes";

const pem = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

const gateways = { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] };
const addresses = ["10.20.0.10", "10.20.0.11"];

/** Address of the store with the recordings, outside. */
export const recordingsStore = "https://store.crisis.example.ch";

/** Everything that it can be connected to: recordings in a store outside, servers of speech and language inside, the others at the gateways. `word` begins each of its secrets. */
export function minutesArgs(on: OnCluster, plan: MinutesPlan, word = "secret"): MinutesArgs {
  const { name } = plan;
  const server = (of: string) => tier(`${name}-models`, `${name}-${of}`, { api: 8443 });
  return {
    on,
    plan,
    recordings: {
      confidentiality: "transport",
      bucket: givenBucket({
        endpoint: recordingsStore,
        bucket: "recordings",
        region: "ch-dk-2",
        accessKey: givenSecret(`${word} of the bucket, 1`),
        secretKey: givenSecret(`${word} of the bucket, 2`),
        ca: pem("bucket"),
        port: 3128,
        peer: gateways,
      }),
    },
    database: givenDatabase({
      host: `${name}-records.${name}-data.svc.cluster.local`,
      port: 5432,
      name: "notes",
      user: "notes",
      password: givenSecret(`${word} of the database`),
      ca: pem("database"),
      peer: tier(`${name}-data`, `${name}-records`, { postgres: 5432 }),
    }),
    speech: givenSpeech({
      url: `https://${name}-speech.${name}-models.svc.cluster.local:8443/v1`,
      model: "whisper-large-v3",
      token: givenSecret(`${word} of the speech`),
      ca: pem("speech"),
      port: 8443,
      peer: server("speech"),
    }),
    language: givenLanguage({
      url: `https://${name}-words.${name}-models.svc.cluster.local:8443/v1`,
      model: "mistral-small-24b",
      token: givenSecret(`${word} of the language`),
      ca: pem("language"),
      port: 8443,
      peer: server("words"),
    }),
    hub: {
      url: "https://hub.crisis.example.ch",
      user: "minutes",
      password: givenSecret(`${word} of the hub`),
      folder: "Meeting minutes",
      ca: pem("hub"),
      addresses,
      peer: gateways,
      port: 443,
    },
    people: {
      ...givenOidcClient({
        issuer: "https://login.crisis.example.ch/realms/crisis",
        clientId: "minutes",
        clientSecret: givenSecret(`${word} of the people`),
        port: 8080,
        peer: tier(`${name}-login`, `${name}-login-server`, { http: 8080 }),
      }),
      server: `http://${name}-login-server.${name}-login.svc.cluster.local:8080`,
    },
    chat: {
      url: "https://chat.crisis.example.ch",
      serverName: "crisis.example.ch",
      token: givenSecret(`${word} of the chat`),
      ca: pem("chat"),
      addresses,
      peer: gateways,
      port: 443,
    },
    relay: givenSmtpRelay({
      host: "mail.crisis.example.ch",
      // Not the usual one: rules shut that, as a way to mail that is under attack.
      port: 2465,
      user: "minutes@crisis.example.ch",
      password: givenSecret(`${word} of the relay`),
      from: "minutes@crisis.example.ch",
      ca: pem("relay"),
      peer: { name: "mail relay", ranges: ["10.21.0.25/32"] },
    }),
    programCa: pem("artefacts"),
  };
}

import { type BucketAccess, type OidcClient } from "../../../../components/core/connections";
import {
  givenBucket,
  givenCache,
  givenDatabase,
  givenOidcClient,
  givenSmtpRelay,
} from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { BigBlueButton, planBigBlueButton } from "../../../../components/services/bigbluebutton";
import { clusterUpstream } from "../../../../components/services/bigbluebutton/upstream";
import type { ServicePlatform } from "../../../../components/service-base";
import { givenWord, type ServiceDescription } from "../described";

const authority = (of: string): string => `-----BEGIN CERTIFICATE-----\n${of}\n-----END CERTIFICATE-----\n`;
const given = (of: string) => givenSecret(`${givenWord} of the ${of}`);
const key = (of: string): string =>
  `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nof ${of}\n-----END PGP PUBLIC KEY BLOCK-----\n`;

/** Public keys of package repositories, signed by nobody. */
export const repositoryKeys = {
  bigbluebutton: key("bigbluebutton"),
  nodesource: key("nodesource"),
  "bigbluebutton-support": key("support"),
  yq: key("yq"),
} as const;

const store = "https://store.crisis.example.ch";
const login = "https://login.crisis.example.ch/realms/crisis";

const bucket = (on: ServicePlatform, name: string): BucketAccess =>
  givenBucket({
    endpoint: store,
    bucket: name,
    region: "ch-gva-2",
    accessKey: given(`${name}, access key`),
    secretKey: given(`${name}, secret key`),
    ca: authority("store"),
    ...on.proxy,
  });

const client = (on: ServicePlatform, name: string): OidcClient =>
  givenOidcClient({ issuer: login, clientId: name, clientSecret: given("login"), ca: authority("login"), ...on.proxy });

export const service: ServiceDescription = {
  upstream: clusterUpstream,
  component: "BigBlueButton",
  planned: (name, domain) => {
    const plan = planBigBlueButton({
      name,
      domain,
      participants: 200,
      tenants: ["moodle"],
      recordings: { store },
      login,
      files: store,
      mail: { port: 2525, addresses: ["192.0.3.25"] },
    });
    const data = `${name}-data`;
    const database = (of: string) =>
      givenDatabase({
        host: `${name}-records.${data}.svc.cluster.local`,
        port: 5432,
        name: `${name}_${of}`,
        user: `${name}_${of}`,
        password: given(`database of ${of}`),
        ca: authority("database"),
        peer: tier(data, `${name}-records`, { postgres: 5432 }),
      });
    const cache = givenCache({
      host: `${name}-cache.${data}.svc.cluster.local`,
      port: 6379,
      password: given("cache"),
      ca: authority("cache"),
      peer: tier(data, `${name}-cache-proxy`, { data: 6379 }),
    });
    return {
      plan,
      make: (on) => {
        const { url, records } = new BigBlueButton(name, {
          on,
          plan,
          repositoryKeys,
          databases: { scalelite: database("scalelite"), greenlight: database("greenlight") },
          caches: { scalelite: cache, greenlight: cache },
          login: client(on, name),
          files: bucket(on, `${name}-files`),
          recordings: {
            bucket: bucket(on, `${name}-recordings`),
            spool: bucket(on, `${name}-spool`),
            keepDays: 90,
          },
          mail: givenSmtpRelay({
            host: "mail.crisis.example.ch",
            // Not the usual one: rules shut that, as a way to mail that is under attack.
            port: 2525,
            from: "hearings@crisis.example.ch",
            user: "hearings",
            password: given("mail"),
            ca: authority("mail"),
            addresses: on.cluster.gatewayAddresses,
            peer: { name: "gateways", ranges: on.cluster.gatewayAddresses.map((address) => `${address}/32`) },
          }),
        });
        return { url, records };
      },
    };
  },
};

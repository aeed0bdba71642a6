import {
  givenBucket,
  givenCache,
  givenDatabase,
  givenOidcClient,
  givenSmtpRelay,
} from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { Nextcloud, planNextcloud } from "../../../../components/services/nextcloud";
import { upstream } from "../../../../components/services/nextcloud/upstream";
import { givenWord, type ServiceDescription } from "../described";

const pem = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

export const service: ServiceDescription = {
  upstream,
  component: "Nextcloud",
  planned: (name, domain) => {
    const bucket = "https://store.crisis.example.ch";
    const plan = planNextcloud({
      name,
      domain,
      people: 300,
      apps: ["calendar", "contacts", "mail", "jitsi", "bbb"],
      accounts: ["minutes"],
      talk: { domain: `talk-${domain}`, participants: 150, recordings: 2 },
      bucket,
    });
    return {
      plan,
      make: (on) => {
        const { url } = new Nextcloud(name, {
          on,
          plan,
          recordingDays: 90,
          image: { path: "hub/library/nextcloud", upstream: "registry.example.ch/hub", version: "34.0.2-1" },
          database: givenDatabase({
            host: `${name}-records.${name}-data.svc.cluster.local`,
            port: 5432,
            name: "hub",
            user: "hub",
            password: givenSecret(`${givenWord} of the database`),
            ca: pem("database"),
            peer: tier(`${name}-data`, `${name}-records`, { postgres: 5432 }),
          }),
          cache: givenCache({
            host: `${name}-cache.${name}-data.svc.cluster.local`,
            port: 6379,
            password: givenSecret(`${givenWord} of the cache`),
            ca: pem("cache"),
            peer: tier(`${name}-data`, `${name}-cache-proxy`, { data: 6379 }),
          }),
          bucket: givenBucket({
            endpoint: bucket,
            bucket: "files",
            region: "ch-gva-2",
            accessKey: givenSecret(`${givenWord} of the bucket, 1`),
            secretKey: givenSecret(`${givenWord} of the bucket, 2`),
            ca: pem("bucket"),
            ...on.proxy,
          }),
          bucketEncryption: "key",
          login: givenOidcClient({
            issuer: "https://login.crisis.example.ch/realms/crisis",
            clientId: "hub",
            clientSecret: givenSecret(`${givenWord} of the login`),
            ca: pem("login"),
            addresses: ["10.20.0.10"],
            peer: { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] },
            port: 443,
          }),
          relay: givenSmtpRelay({
            host: "mail.crisis.example.ch",
            // Not the usual one: rules shut that, as a way to mail that is under attack.
            port: 2465,
            user: "hub",
            password: givenSecret(`${givenWord} of the relay`),
            from: "hub@crisis.example.ch",
            ca: pem("relay"),
            peer: { name: "mail relay", ranges: ["10.21.0.25/32"] },
          }),
          mailboxes: {
            host: `${name}-mail.${name}-data.svc.cluster.local`,
            port: 10_993,
            submissionPort: 10_465,
            ca: pem("relay"),
            peer: tier(`${name}-data`, `${name}-mail`, { imaps: 10_993, submissions: 10_465 }),
          },
          integrations: [
            {
              app: "jitsi",
              settings: { jitsi_server_url: "https://meet.crisis.example.ch/", display_join_using_the_jitsi_app: "0" },
            },
            {
              app: "bbb",
              settings: { "api.url": "https://rooms.crisis.example.ch/bigbluebutton/" },
              secrets: { "api.secret": givenSecret(`${givenWord} of BigBlueButton`) },
            },
          ],
        });
        return { url };
      },
    };
  },
};

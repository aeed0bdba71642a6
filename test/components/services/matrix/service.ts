import { type TurnServers } from "../../../../components/core/connections";
import { givenBucket, givenCache, givenDatabase, givenOidcClient } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { Matrix, planMatrix } from "../../../../components/services/matrix";
import { upstream } from "../../../../components/services/matrix/upstream";
import { givenWord, type ServiceDescription } from "../described";

const outside = (name: string, address: string) => ({ name, ranges: [`${address}/32`] });
const authority = (of: string): string => `-----BEGIN CERTIFICATE-----\n${of}\n-----END CERTIFICATE-----\n`;
const given = (of: string) => givenSecret(`${givenWord} of the ${of}`);

const turn: TurnServers = {
  urls: ["turns:relay-1.crisis.example.ch:443?transport=tcp"],
  secret: given("relays"),
  credentialSeconds: 3_600,
  realm: "crisis.example.ch",
};

const data = (name: string) =>
  givenDatabase({
    host: "db.crisis.example.ch",
    port: 5432,
    name,
    user: name,
    password: given(`database ${name}`),
    ca: authority("database"),
    peer: outside("database", "192.0.3.10"),
  });

export const service: ServiceDescription = {
  upstream,
  component: "Matrix",
  planned: (name, domain) => {
    const plan = planMatrix({
      name,
      domain,
      users: 300,
      mediaGib: 100,
      bucket: "https://store.crisis.example.ch",
      workers: true,
      federation: { "partner.example.ch": "https://matrix.partner.example.ch" },
      authentication: `auth.${domain}`,
      app: `app.${domain}`,
      calls: { domain: `calls.${domain}`, livekit: "wss://media.crisis.example.ch" },
      jitsi: "meet.crisis.example.ch",
      keepDays: 365,
    });
    return {
      plan,
      make: (on) => {
        const { url } = new Matrix(name, {
          on,
          plan,
          turn,
          database: data(name),
          authentication: { database: data(`${name}_auth`) },
          calls: {
            url: "wss://media.crisis.example.ch",
            key: "chat",
            secret: given("calls"),
            port: 443,
            peer: outside("media", "192.0.3.12"),
          },
          federationCa: authority("partners"),
          login: givenOidcClient({
            issuer: "https://login.crisis.example.ch/realms/crisis",
            clientId: name,
            clientSecret: given("login"),
            ca: authority("login"),
            port: 443,
            peer: outside("login", "192.0.3.11"),
          }),
          // Outside, so it is reached through the gateways' proxy.
          bucket: givenBucket({
            endpoint: "https://store.crisis.example.ch",
            bucket: `${name}-media`,
            region: "ch-gva-2",
            accessKey: given("store, access key"),
            secretKey: given("store, secret key"),
            ca: authority("store"),
            port: 3128,
            peer: { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] },
          }),
          // An operator's own, with the S3 storage provider.
          image: {
            path: "intranet/matrixdotorg/synapse",
            upstream: "registry.crisis.example.ch/synapse",
            version: "v1.162.0-s3",
          },
          cache: givenCache({
            host: `${name}-cache.${name}-data.svc.cluster.local`,
            port: 6379,
            password: given("cache"),
            ca: authority("cache"),
            peer: tier(`${name}-data`, `${name}-cache-proxy`, { data: 6379 }),
          }),
        });
        return { url };
      },
    };
  },
};

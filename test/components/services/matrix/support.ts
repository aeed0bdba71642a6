import { type BucketAccess, type Database, type OidcClient } from "../../../../components/core/connections";
import { givenBucket, givenCache, givenDatabase, givenOidcClient } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { edgeNamespace, tier } from "../../../../components/core/tier";
import { offered } from "../../../../components/kubernetes/volume";
import { Matrix, type MatrixArgs, type MatrixPlanArgs, planMatrix } from "../../../../components/services/matrix";
import { type Deployment, deploy } from "../../../support/mocks";
import { target } from "../../kubernetes/target";

export const domain = "chat.crisis.example.ch";

const outside = (name: string, address: string) => ({ name, ranges: [`${address}/32`] });

export const database = (): Database =>
  givenDatabase({
    host: "db.crisis.example.ch",
    port: 5432,
    name: "chat",
    user: "chat",
    password: givenSecret("secret of the database"),
    ca: "-----BEGIN CERTIFICATE-----\ndatabase\n-----END CERTIFICATE-----\n",
    peer: outside("database", "192.0.3.10"),
  });

export const login = (change: Partial<OidcClient> = {}): OidcClient => ({
  ...givenOidcClient({
    issuer: "https://login.crisis.example.ch/realms/crisis",
    clientId: "chat",
    clientSecret: givenSecret("secret of the login"),
    ca: "-----BEGIN CERTIFICATE-----\nlogin\n-----END CERTIFICATE-----\n",
    port: 443,
    peer: outside("login", "192.0.3.11"),
  }),
  ...change,
});

export const bucket = (): BucketAccess =>
  givenBucket({
    endpoint: "https://store.crisis.example.ch",
    bucket: "chat-media",
    region: "ch-gva-2",
    accessKey: givenSecret("secret access key"),
    secretKey: givenSecret("secret key of the store"),
    port: 443,
    peer: outside("object store", "192.0.3.12"),
  });

export const cache = () =>
  givenCache({
    host: "chat-cache.chat-data.svc.cluster.local",
    port: 6379,
    password: givenSecret("secret of the cache"),
    ca: "-----BEGIN CERTIFICATE-----\ncache\n-----END CERTIFICATE-----\n",
    peer: tier("chat-data", "chat-cache-proxy", { data: 6379 }),
  });

/** An operator's own image with the S3 storage provider. */
export const storing = { path: "intranet/synapse", upstream: "registry.example.ch/synapse", version: "v1.162.0-s3" };

/** A target whose hosts carry the volume of a plan. */
export const targetFor = (gib = 100) =>
  target({
    hostAddresses: {
      ...target().hostAddresses,
      pools: { data: ["10.20.0.140"] },
    },
    volumes: { data: offered(["crisis-data-1"], { "chat-media": { gib } }) },
  });

/** Resources of a homeserver for 300 people; arguments can be changed, also against their type. */
export const matrix = (
  change: Partial<Record<keyof MatrixArgs, unknown>> = {},
  plan: Partial<MatrixPlanArgs> = {},
  options: { readonly name?: string; readonly preview?: boolean } = {},
): Promise<Deployment> =>
  deploy(
    () => {
      const made = new Matrix(options.name ?? "chat", {
        on: {
          cluster: targetFor(),
          edge: tier(edgeNamespace, "crisis-edge", { web: 8443 }),
          proxy: { port: 3128, peer: { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] } },
          media: () => {
            throw new Error("expected no question for media hosts, got one");
          },
        },
        plan: planMatrix({ name: "chat", domain, users: 300, mediaGib: 100, ...plan }),
        database: database(),
        login: login(),
        ...change,
      } as MatrixArgs);
      return { url: made.url };
    },
    { preview: options.preview ?? false },
  );

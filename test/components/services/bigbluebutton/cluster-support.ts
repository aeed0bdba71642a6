import { type BucketAccess } from "../../../../components/core/connections";
import {
  givenBucket,
  givenCache,
  givenDatabase,
  givenOidcClient,
  givenSmtpRelay,
} from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { edgeNamespace, tier } from "../../../../components/core/tier";
import { Namespace } from "../../../../components/kubernetes/namespace";
import { Policies } from "../../../../components/kubernetes/policies";
import { offered } from "../../../../components/kubernetes/volume";
import { cluster, clusterLinks } from "../../../../components/services/bigbluebutton/cluster";
import type { ClusterParts } from "../../../../components/services/bigbluebutton/rails";
import { importVolume, madeTiers } from "../../../../components/services/bigbluebutton/tiers";
import { type Deployment, deploy } from "../../../support/mocks";
import { target } from "../../kubernetes/target";

export const domain = "meet.crisis.example.ch";

const certificate = (of: string): string => `-----BEGIN CERTIFICATE-----\n${of}\n-----END CERTIFICATE-----\n`;

/** A bucket outside, behind the gateways' proxy unless it is told another port. */
export const bucket = (name: string, port = 3_128): BucketAccess =>
  givenBucket({
    endpoint: "https://store.crisis.example.ch",
    bucket: name,
    region: "ch-gva-2",
    accessKey: givenSecret(`secret access key of ${name}`),
    secretKey: givenSecret(`secret key of ${name}`),
    ca: certificate(`store of ${name}`),
    peer: { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] },
    port,
  });

const database = (of: string) =>
  givenDatabase({
    host: "records.data.svc.cluster.local",
    port: 5432,
    name: `hearing_${of}`,
    user: `hearing_${of}`,
    password: givenSecret(`secret password of the database ${of}`),
    ca: certificate("database"),
    peer: tier("data", "records", { postgres: 5432 }),
  });

const cache = (of: string) =>
  givenCache({
    host: "kept.kept.svc.cluster.local",
    port: 6379,
    // A slash would end the host of the address that it is put into.
    password: givenSecret(`secret/of@the:cache ${of}`),
    ca: certificate("cache"),
    peer: tier("kept", "kept-proxy", { data: 6379 }),
  });

/** Everything but the policies. */
export const parts = (change: Partial<ClusterParts> = {}): Omit<ClusterParts, "policies"> => ({
  name: "hearing",
  domain,
  scaleliteDomain: `scalelite.${domain}`,
  participants: 400,
  tenants: [],
  databases: { scalelite: database("scalelite"), greenlight: database("greenlight") },
  caches: { scalelite: cache("scalelite"), greenlight: cache("greenlight") },
  servers: [1, 2].map((n) => ({ name: `server-${n}`, domain: `server-${n}.${domain}`, address: `10.20.0.6${n}` })),
  files: bucket("files"),
  login: givenOidcClient({
    issuer: "https://login.crisis.example.ch/realms/crisis",
    clientId: "hearing",
    clientSecret: givenSecret("secret of the login"),
    ca: certificate("login"),
    peer: { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] },
    port: 3_128,
  }),
  smtp: givenSmtpRelay({
    host: "mail.crisis.example.ch",
    port: 587,
    from: "hearing@crisis.example.ch",
    user: "hearing",
    password: givenSecret("secret of the relay"),
    peer: { name: "mail relay", ranges: ["192.0.3.25/32"] },
  }),
  webAuthority: certificate("web"),
  secrets: {
    scaleliteKey: givenSecret("secret key of scalelite"),
    greenlightKey: givenSecret("secret key of greenlight"),
    loadBalancer: {
      ...givenSecret("secret of frontends, new", "2"),
      previous: givenSecret("secret of frontends, old"),
    },
    servers: givenSecret("secret of servers"),
    tenants: {},
  },
  ...change,
});

export const recordings = {
  bucket: bucket("recordings"),
  spool: bucket("spool"),
  gib: 60,
  pool: "data",
};

/** Resources of everything that a BigBlueButton has on the cluster. */
export const made = (change: Partial<ClusterParts> = {}): Promise<Deployment> =>
  deploy(() => {
    const given = parts(change);
    const to = target({
      hostAddresses: { ...target().hostAddresses, pools: { data: ["10.20.0.140", "10.20.0.141"] } },
      mediaPools: {},
      volumes: { data: offered(["crisis-data-1", "crisis-data-2"], { [importVolume(given.name)]: { gib: 60 } }) },
    });
    const namespace = new Namespace(given.name, { cluster: to });
    const edge = tier(edgeNamespace, "edge", { web: 8443 });
    const policies = new Policies(given.name, {
      namespace,
      tiers: madeTiers(given.name, given.recordings !== undefined),
      links: clusterLinks(given, { edge, gateways: to.gatewayAddresses }),
    });
    cluster({ ...given, policies }, {});
    return {};
  });

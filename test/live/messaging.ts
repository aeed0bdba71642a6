import { outsideAuthority } from "./outside";
import type { LiveOptions } from "./start-live";

/** The S3 store outside, with its buckets and its key. */
export const store = {
  host: "store.example.ch",
  media: "media",
  archive: "archive",
  access: "access",
  secret: "secret",
};

/** The client at the identity provider outside. */
const login = { host: "login.example.ch", id: "chat", secret: "secret of the client" };

const { certificate: ca } = outsideAuthority();
const bucket = (name: string): string =>
  JSON.stringify({ endpoint: `https://${store.host}`, bucket: name, region: "live", ca });

/** The blueprint `messaging` on live nodes: what its configuration names outside, and few people. */
export const messaging = {
  stack: "messaging-hetzner",
  change: {
    "sovereign-uc:users": "50",
    "sovereign-uc:mediaGib": "8",
    "sovereign-uc:recordsGib": "8",
    "sovereign-uc:synapseImage": JSON.stringify({
      path: "live/synapse-with-store",
      upstream: "registry.example.ch/synapse",
      version: "1",
    }),
    "sovereign-uc:login": JSON.stringify({ issuer: `https://${login.host}`, clientId: login.id, ca }),
    "sovereign-uc:loginSecret": login.secret,
    "sovereign-uc:mediaStore": bucket(store.media),
    "sovereign-uc:mediaAccessKey": store.access,
    "sovereign-uc:mediaSecretKey": store.secret,
    "sovereign-uc:archiveStore": bucket(store.archive),
    "sovereign-uc:archiveAccessKey": store.access,
    "sovereign-uc:archiveSecretKey": store.secret,
  },
  store: store.host,
  login: login.host,
  prepare: async ({ outside }) => {
    await outside.startStore(store.host, [store.media, store.archive], store);
    await outside.startLogin(login.host, login);
  },
} satisfies LiveOptions;

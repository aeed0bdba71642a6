import {
  type BucketAccess,
  type CatalogueImage,
  givenBucket,
  givenOidcClient,
  givenSecret,
  Matrix,
  type OidcClient,
  planMatrix,
  planPostgres,
  planValkey,
  Platform,
  Postgres,
  Valkey,
} from "../../components";
import { data, generation, number, secret } from "../keys";
import { blueprint } from "./blueprint";

/**
 * Chat for one organisation: a Matrix homeserver that federates with nobody, its rooms in PostgreSQL on three hosts, its files on a volume and in a bucket, and an
 * encrypted archive in another place. People log in at an identity provider that is there already, and so are the buckets: they outlive the stack.
 */
export const messaging = blueprint({
  settings: {
    users: number(),
    mediaGib: number(),
    recordsGib: number(),
    synapseImage: data<CatalogueImage>(),
    login: data<Pick<OidcClient, "issuer" | "clientId" | "ca">>(),
    loginSecret: secret(),
    mediaStore: data<Pick<BucketAccess, "endpoint" | "bucket" | "region" | "ca">>(),
    mediaAccessKey: secret(),
    mediaSecretKey: secret(),
    archiveStore: data<Pick<BucketAccess, "endpoint" | "bucket" | "region" | "ca">>(),
    archiveAccessKey: secret(),
    archiveSecretKey: secret(),
    secretsGeneration: generation(),
  },
  deploy: ({ name, ...place }, { users, mediaGib, recordsGib, login, mediaStore, archiveStore, ...given }) => {
    const { secretsGeneration, synapseImage: image } = given;
    const outside = { login: login.issuer, bucket: mediaStore.endpoint };
    const chat = planMatrix({ name: "chat", domain: place.domain, users, mediaGib, ...outside });
    const archive = archiveStore.endpoint;
    const records = planPostgres({ name: "records", serves: [chat], gib: recordsGib, archive });
    // One process talks over it, by a few connections, and keeps nothing in it.
    const cache = planValkey({ name: "cache", memoryMib: 64, clients: 100 });
    const platform = new Platform(name, { ...place, plans: [chat, records, cache] });
    const { proxy } = platform;

    const postgres = new Postgres("records", {
      on: platform,
      plan: records,
      archive: {
        bucket: givenBucket({ ...archiveStore, ...proxy, ...keys(given.archiveAccessKey, given.archiveSecretKey) }),
      },
      secretsGeneration,
      keepData: place.keepData,
    });
    const valkey = new Valkey("cache", { on: platform, plan: cache, secretsGeneration });
    const matrix = new Matrix("chat", {
      on: platform,
      plan: chat,
      image,
      database: postgres.database("chat", { from: chat.homeserver }),
      cache: valkey.access({ from: chat.homeserver }),
      bucket: givenBucket({ ...mediaStore, ...proxy, ...keys(given.mediaAccessKey, given.mediaSecretKey) }),
      login: givenOidcClient({ ...login, ...proxy, clientSecret: givenSecret(given.loginSecret) }),
      secretsGeneration,
    });
    return { chat: matrix.url, records: platform.records, kubeconfig: platform.kubeconfig };
  },
});

const keys = (access: Parameters<typeof givenSecret>[0], key: typeof access) => ({
  accessKey: givenSecret(access),
  secretKey: givenSecret(key),
});

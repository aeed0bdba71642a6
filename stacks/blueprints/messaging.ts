import {
  type CatalogueImage,
  Matrix,
  planMatrix,
  planPostgres,
  planValkey,
  Platform,
  Postgres,
  Valkey,
} from "../../components";
import { data, generation, number } from "../keys";
import { blueprint } from "./blueprint";
import { bucketKeys, bucketOf, loginKeys, loginOf } from "./outside";

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
    ...loginKeys,
    ...bucketKeys("media"),
    ...bucketKeys("archive"),
    secretsGeneration: generation(),
  },
  deploy: ({ name, ...place }, { users, mediaGib, recordsGib: gib, synapseImage, secretsGeneration, ...given }) => {
    const { login, mediaStore, archiveStore } = given;
    const outside = { login: login.issuer, bucket: mediaStore.endpoint };
    const chat = planMatrix({ name: "chat", domain: place.domain, users, mediaGib, ...outside });
    const records = planPostgres({ name: "records", serves: [chat], gib, archive: archiveStore.endpoint });
    // Processes talk over it, by a few connections each, and keep nothing in it.
    const cache = planValkey({ name: "cache", memoryMib: 64, clients: 100 });
    const platform = new Platform(name, { ...place, plans: [chat, records, cache] });

    const own = { on: platform, secretsGeneration };
    const archive = { bucket: bucketOf("archive", given, platform) };
    const postgres = new Postgres("records", { ...own, plan: records, archive, keepData: place.keepData });
    const valkey = new Valkey("cache", { ...own, plan: cache });
    // Workers, where there are any, talk to the same two.
    for (const from of chat.processes.slice(1)) {
      postgres.database("chat", { from });
      valkey.access({ from });
    }
    const matrix = new Matrix("chat", {
      ...own,
      plan: chat,
      image: synapseImage,
      database: postgres.database("chat", { from: chat.homeserver }),
      cache: valkey.access({ from: chat.homeserver }),
      bucket: bucketOf("media", given, platform),
      login: loginOf(given, platform),
    });
    return { chat: matrix.url, records: platform.records, kubeconfig: platform.kubeconfig };
  },
});

import * as pulumi from "@pulumi/pulumi";
import {
  BigBlueButton,
  bigBlueButtonData,
  type CatalogueImage,
  Nextcloud,
  nextcloudClients,
  planBigBlueButton,
  planNextcloud,
  planPostgres,
  planValkey,
  Platform,
  Postgres,
  type RepositoryName,
  type TalkNeed,
  Valkey,
} from "../../components";
import { data, generation, number, oneWord, optionalData, secret, text } from "../keys";
import { blueprint } from "./blueprint";
import { bucketKeys, bucketOf, loginKeys, loginOf } from "./outside";

/**
 * Hearings of an authority: BigBlueButton on servers of its own, a load balancer before them and a page of rooms; beside it a hub (Nextcloud) with the files and the
 * calendar of a hearing. Records of both are in PostgreSQL, the hub's files in a bucket. People sign in to both at an identity provider that is there already, guests wait
 * until a moderator lets them in, and nothing is recorded.
 *
 * Hearings are held in BigBlueButton. The hub has calls of its own (Talk) where `talk` asks for them: they stand on media hosts and relays of their own.
 */
export const hearing = blueprint({
  settings: {
    participants: number(),
    recordsGib: number(),
    repositoryKeys: data<Readonly<Record<RepositoryName, string>>>(),
    ...loginKeys,
    ...bucketKeys("files"),
    ...bucketKeys("archive"),
    hubDomain: text(),
    hubImage: data<CatalogueImage>(),
    hubApps: optionalData<readonly string[]>(),
    talk: optionalData<TalkNeed>(),
    hubClientId: text(),
    hubClientSecret: secret(),
    ...bucketKeys("hub"),
    hubEncryption: oneWord<"key" | "store">(
      ["key", "store"],
      "who holds the key of the hub's files in the bucket: this deployment, or the store",
    ),
    secretsGeneration: generation(),
  },
  deploy: ({ name, ...place }, { participants, recordsGib: gib, repositoryKeys, secretsGeneration, ...given }) => {
    const { login, filesStore, archiveStore, hubStore, hubDomain, hubApps: apps = [], talk } = given;
    const outside = { login: login.issuer, files: filesStore.endpoint };
    const rooms = planBigBlueButton({ name: "hearing", domain: place.domain, participants, ...outside });
    const store = { login: login.issuer, bucket: hubStore.endpoint };
    const calls = talk === undefined ? {} : { talk };
    const hub = planNextcloud({ name: "hub", domain: hubDomain, people: participants, apps, ...store, ...calls });
    const records = planPostgres({ name: "records", serves: [rooms, hub], gib, archive: archiveStore.endpoint });
    const cache = planValkey({ name: "cache", memoryMib: 256, clients: 500 });
    const locks = planValkey({ name: "hub-cache", memoryMib: 256 });
    const platform = new Platform(name, { ...place, plans: [rooms, hub, records, cache, locks] });

    const own = { on: platform, secretsGeneration };
    const archive = { bucket: bucketOf("archive", given, platform) };
    const postgres = new Postgres("records", { ...own, plan: records, archive, keepData: place.keepData });
    const valkey = new Valkey("cache", { ...own, plan: cache });
    const bigbluebutton = new BigBlueButton("hearing", {
      ...own,
      plan: rooms,
      repositoryKeys,
      ...bigBlueButtonData(rooms, { postgres, cache: valkey }),
      login: loginOf(given, platform),
      files: bucketOf("files", given, platform),
    });
    const locking = new Valkey("hub-cache", { ...own, plan: locks });
    const [web, ...tasks] = nextcloudClients(hub);
    for (const from of tasks) {
      postgres.database("hub", { from });
      locking.access({ from });
    }
    const nextcloud = new Nextcloud("hub", {
      ...own,
      plan: hub,
      image: given.hubImage,
      database: postgres.database("hub", { from: web }),
      cache: locking.access({ from: web }),
      bucket: bucketOf("hub", given, platform),
      bucketEncryption: given.hubEncryption,
      login: loginOf(
        { login: { ...login, clientId: given.hubClientId }, loginSecret: given.hubClientSecret },
        platform,
      ),
    });
    const all = pulumi.all([platform.records, bigbluebutton.records]).apply((parts) => parts.flat());
    return {
      rooms: bigbluebutton.url,
      hub: nextcloud.url,
      hubPassword: nextcloud.administratorPassword,
      records: all,
      kubeconfig: platform.kubeconfig,
    };
  },
});

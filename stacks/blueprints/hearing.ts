import * as pulumi from "@pulumi/pulumi";
import {
  BigBlueButton,
  bigBlueButtonData,
  planBigBlueButton,
  planPostgres,
  planValkey,
  Platform,
  Postgres,
  type RepositoryName,
  Valkey,
} from "../../components";
import { data, generation, number } from "../keys";
import { blueprint } from "./blueprint";
import { bucketKeys, bucketOf, loginKeys, loginOf } from "./outside";

/**
 * Hearings of an authority: BigBlueButton on servers of its own, a load balancer before them and a page of rooms, whose records are in PostgreSQL. People sign in at an
 * identity provider that is there already, guests wait until a moderator lets them in, and nothing is recorded.
 */
export const hearing = blueprint({
  settings: {
    participants: number(),
    recordsGib: number(),
    repositoryKeys: data<Readonly<Record<RepositoryName, string>>>(),
    ...loginKeys,
    ...bucketKeys("files"),
    ...bucketKeys("archive"),
    secretsGeneration: generation(),
  },
  deploy: ({ name, ...place }, { participants, recordsGib: gib, repositoryKeys, secretsGeneration, ...given }) => {
    const { login, filesStore, archiveStore } = given;
    const outside = { login: login.issuer, files: filesStore.endpoint };
    const rooms = planBigBlueButton({ name: "hearing", domain: place.domain, participants, ...outside });
    const records = planPostgres({ name: "records", serves: [rooms], gib, archive: archiveStore.endpoint });
    const cache = planValkey({ name: "cache", memoryMib: 256, clients: 500 });
    const platform = new Platform(name, { ...place, plans: [rooms, records, cache] });

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
    const all = pulumi.all([platform.records, bigbluebutton.records]).apply((parts) => parts.flat());
    return { rooms: bigbluebutton.url, records: all, kubeconfig: platform.kubeconfig };
  },
});

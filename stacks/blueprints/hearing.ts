import * as pulumi from "@pulumi/pulumi";
import {
  BigBlueButton,
  bigBlueButtonData,
  type BucketAccess,
  givenBucket,
  givenOidcClient,
  givenSecret,
  type OidcClient,
  planBigBlueButton,
  planPostgres,
  planValkey,
  Platform,
  Postgres,
  type RepositoryName,
  Valkey,
} from "../../components";
import { data, generation, number, secret } from "../keys";
import { blueprint } from "./blueprint";

type Store = Pick<BucketAccess, "endpoint" | "bucket" | "region" | "ca">;

/**
 * Hearings of an authority: BigBlueButton on servers of its own, a load balancer before them and a page of rooms, whose records are in PostgreSQL. People sign in at an
 * identity provider that is there already, guests wait until a moderator lets them in, and nothing is recorded.
 */
export const hearing = blueprint({
  settings: {
    participants: number(),
    recordsGib: number(),
    repositoryKeys: data<Readonly<Record<RepositoryName, string>>>(),
    login: data<Pick<OidcClient, "issuer" | "clientId" | "ca">>(),
    loginSecret: secret(),
    filesStore: data<Store>(),
    filesAccessKey: secret(),
    filesSecretKey: secret(),
    archiveStore: data<Store>(),
    archiveAccessKey: secret(),
    archiveSecretKey: secret(),
    secretsGeneration: generation(),
  },
  deploy: (
    { name, ...place },
    { participants, recordsGib, repositoryKeys, login, filesStore, archiveStore, ...given },
  ) => {
    const { secretsGeneration } = given;
    const { domain, keepData } = place;
    const outside = { login: login.issuer, files: filesStore.endpoint };
    const rooms = planBigBlueButton({ name: "hearing", domain, participants, ...outside });
    const records = planPostgres({ name: "records", serves: [rooms], gib: recordsGib, archive: archiveStore.endpoint });
    const cache = planValkey({ name: "cache", memoryMib: 256, clients: 500 });
    const platform = new Platform(name, { ...place, plans: [rooms, records, cache] });
    const bucket = (store: Store, accessKey: pulumi.Output<string>, secretKey: pulumi.Output<string>): BucketAccess =>
      givenBucket({
        ...store,
        ...platform.proxy,
        accessKey: givenSecret(accessKey),
        secretKey: givenSecret(secretKey),
      });

    const archive = { bucket: bucket(archiveStore, given.archiveAccessKey, given.archiveSecretKey) };
    const postgres = new Postgres("records", { on: platform, plan: records, archive, secretsGeneration, keepData });
    const valkey = new Valkey("cache", { on: platform, plan: cache, secretsGeneration });
    const bigbluebutton = new BigBlueButton("hearing", {
      on: platform,
      plan: rooms,
      repositoryKeys,
      ...bigBlueButtonData(rooms, { postgres, cache: valkey }),
      login: givenOidcClient({ ...login, ...platform.proxy, clientSecret: givenSecret(given.loginSecret) }),
      files: bucket(filesStore, given.filesAccessKey, given.filesSecretKey),
      secretsGeneration,
    });
    const all = pulumi.all([platform.records, bigbluebutton.records]).apply((parts) => parts.flat());
    return { rooms: bigbluebutton.url, records: all, kubeconfig: platform.kubeconfig };
  },
});

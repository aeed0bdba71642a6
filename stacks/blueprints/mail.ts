import * as pulumi from "@pulumi/pulumi";
import {
  type Conferencing,
  Mail,
  mailData,
  planMail,
  type PlannedRelay,
  planPostgres,
  planStorage,
  planValkey,
  Platform,
  Postgres,
  Storage,
  Valkey,
} from "../../components";
import { data, generation, number, optionalData } from "../keys";
import { blueprint } from "./blueprint";
import { bucketKeys, bucketOf } from "./outside";

/**
 * Mail of a ministry, on a network of its own: neither it nor the conferences reach the other, but for one door through which services send. Conferencing works without
 * it. Mail stays inside: there is no way to other domains.
 *
 * People have passwords of its own: a sign-in elsewhere would take the relays away (see `MailArgs.login`), and mail would hang on the conferences' network.
 *
 * Its ports are those of mail, which the rules refuse to every stack; the packs' configuration of this one says which are its own, and why (`stacks/packs/`).
 */
export const mail = blueprint({
  settings: {
    people: number(),
    mailboxes: data<readonly string[]>(),
    messagesGib: number(),
    recordsGib: number(),
    relays: optionalData<Readonly<Record<string, PlannedRelay>>>(),
    conferencing: optionalData<Conferencing>(),
    doors: optionalData<readonly string[]>(),
    ...bucketKeys("archive"),
    secretsGeneration: generation(),
  },
  deploy: ({ name, ...place }, { people, mailboxes, relays = {}, conferencing, doors = [], ...given }) => {
    const { domain, keepData } = place;
    const post = planMail({
      name: "mail",
      host: `mail.${domain}`,
      domains: [domain],
      people,
      mailboxes,
      relays,
      dmarc: { policy: "reject", reports: `postmaster@${domain}` },
      ...(conferencing === undefined ? {} : { conferencing }),
    });
    const store = planStorage({ name: "store", gib: given.messagesGib, buckets: [{ name: "mail" }] });
    const { endpoint } = given.archiveStore;
    const records = planPostgres({ name: "records", serves: [post, store], gib: given.recordsGib, archive: endpoint });
    const locks = planValkey({ name: "locks", memoryMib: 256, clients: 500 });
    const platform = new Platform(name, { ...place, plans: [post, store, records, locks] });

    const own = { on: platform, secretsGeneration: given.secretsGeneration };
    const archive = { bucket: bucketOf("archive", given, platform) };
    const postgres = new Postgres("records", { ...own, plan: records, archive, keepData });
    const names = postgres.database("store", { from: store.gateways });
    const storage = new Storage("store", { ...own, plan: store, database: names });
    const cache = new Valkey("locks", { ...own, plan: locks });
    const server = new Mail("mail", { ...own, plan: post, doors, ...mailData(post, { postgres, cache, storage }) });
    const access = Object.keys(relays).map((id) => {
      const { host, port, from, ca, password } = server.relay(id);
      return [id, { host, port, from, ca, addresses: doors, password: password?.value }] as const;
    });
    return {
      host: server.host,
      passwords: server.passwords,
      relays: Object.fromEntries(access),
      records: pulumi
        .all([platform.records, server.records])
        .apply(([own, all]) => [
          ...new Set([...own, ...all.map(({ name: of, type, value }) => `${of} ${type} ${value}`)]),
        ]),
      kubeconfig: platform.kubeconfig,
    };
  },
});

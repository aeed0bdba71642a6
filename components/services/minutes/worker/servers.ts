import { databaseConnections } from "../limits";
import { Bucket } from "./bucket";
import { Chat } from "./chat";
import type { Servers } from "./context";
import { Identities } from "./identities";
import { Nextcloud } from "./nextcloud";
import { Mail } from "./notices";
import { Records } from "./records";
import type { Settings } from "./settings";

/** Clients of all servers. Nothing is connected yet. */
export function serversFor({ bucket, database, nextcloud, identity, chat, mail }: Settings): Servers {
  const { name, ca, ...place } = database;
  return {
    bucket: new Bucket(bucket),
    records: new Records({
      max: databaseConnections,
      ...place,
      database: name,
      ...(ca === undefined ? {} : { ssl: { ca, rejectUnauthorized: true } }),
    }),
    nextcloud: new Nextcloud(nextcloud),
    identities: new Identities(identity),
    ...(chat === undefined ? {} : { chat: new Chat(chat) }),
    ...(mail === undefined ? {} : { mail: new Mail(mail) }),
  };
}

import {
  Identity,
  Jitsi,
  type JitsiRegion,
  Matrix,
  planIdentity,
  planJitsi,
  planMatrix,
  planPostgres,
  planValkey,
  Platform,
  Postgres,
  Valkey,
} from "../../components";
import { generation, number, optionalData, text } from "../keys";
import { blueprint } from "./blueprint";
import { bucketKeys, bucketOf } from "./outside";

/**
 * Meetings and chat for a crisis team that share nothing with what is under attack: a network, gateways, keys, certificates and people's accounts of their own.
 *
 * Meetings have local accounts at Jitsi itself, and need neither the database nor the sign-in of the chat: with those gone people still meet. Chat signs people in at an
 * identity service that stands here, too, and asks no directory. Those whom `accounts` names have both: a password for meetings, and a one-time password by which they
 * enrol a second factor and then let others in.
 *
 * Media are encrypted in transport (DTLS-SRTP), not end to end: Jitsi's end-to-end rooms stop at about 20 participants, and a crisis meeting has more. Chat rooms are
 * encrypted end to end. The one place outside is the archive: while it is away everything goes on, and the database's log waits on its volumes until they are full.
 */
export const crisis = blueprint({
  settings: {
    participants: number(),
    regions: optionalData<Readonly<Record<string, JitsiRegion>>>(),
    accounts: optionalData<readonly string[]>(),
    chatDomain: text(),
    appDomain: text(),
    loginDomain: text(),
    mediaGib: number(),
    recordsGib: number(),
    ...bucketKeys("archive"),
    secretsGeneration: generation(),
  },
  deploy: ({ name, ...place }, { participants, regions = {}, accounts = ["moderator"], ...given }) => {
    const {
      chatDomain,
      appDomain: app,
      loginDomain,
      mediaGib,
      recordsGib: gib,
      archiveStore,
      secretsGeneration,
    } = given;
    const { domain } = place;
    const meetings = planJitsi({ name: "meetings", domain, participants, regions, embeddedBy: [app] });
    const rooms = { users: participants, mediaGib, workers: true, app, jitsi: domain };
    const chat = planMatrix({ name: "chat", domain: chatDomain, ...rooms });
    const people = {
      people: participants,
      breakGlass: accounts,
      clients: { chat: { redirects: [chat.callback], signOut: chat.signOut } },
    };
    const login = planIdentity({ name: "login", domain: loginDomain, ...people });
    const records = planPostgres({ name: "records", serves: [chat, login], gib, archive: archiveStore.endpoint });
    const cache = planValkey({ name: "cache", memoryMib: 64, clients: 100 });
    const platform = new Platform(name, { ...place, plans: [meetings, chat, login, records, cache] });

    const jitsi = new Jitsi("meetings", {
      on: platform,
      plan: meetings,
      privacy: { confidentiality: "transport" },
      access: { accounts },
    });
    const own = { on: platform, secretsGeneration };
    const archive = { bucket: bucketOf("archive", given, platform) };
    const postgres = new Postgres("records", { ...own, plan: records, archive, keepData: place.keepData });
    const valkey = new Valkey("cache", { ...own, plan: cache });
    const identity = new Identity("login", {
      on: platform,
      plan: login,
      database: postgres.database("login", { from: login.server }),
      // Accounts keep the passwords and second factors that their holders chose.
      secretsGenerations: { keeper: secretsGeneration, "client-chat": secretsGeneration },
    });
    for (const from of chat.processes.slice(1)) {
      postgres.database("chat", { from });
      valkey.access({ from });
    }
    const matrix = new Matrix("chat", {
      ...own,
      plan: chat,
      database: postgres.database("chat", { from: chat.homeserver }),
      cache: valkey.access({ from: chat.homeserver }),
      login: identity.client("chat"),
    });
    return {
      meetings: jitsi.url,
      accounts: jitsi.accounts,
      chat: matrix.app,
      login: identity.url,
      logins: identity.accounts,
      records: platform.records,
      kubeconfig: platform.kubeconfig,
    };
  },
});

import {
  type CatalogueImage,
  Identity,
  Jitsi,
  jitsiWidget,
  Matrix,
  matrixData,
  Nextcloud,
  nextcloudData,
  OpenVidu,
  openViduServers,
  Platform,
  Postgres,
  Storage,
  Valkey,
} from "../../components";
import { data, generation } from "../keys";
import { blueprint } from "./blueprint";
import { makeMinutes, recordedIn } from "./ministry-minutes";
import { ministryPlans, ministrySizes, poolEach } from "./ministry-plans";
import { bucketKeys, bucketOf, relayKeys, relayOf } from "./outside";

/**
 * The workplace of a ministry: meetings, chat with calls, files and calendars, one sign-in for all of them, and the database, the caches and the object store behind
 * them. Only the archive of the database is in another place. Recorded meetings become minutes here, by servers of speech and language of its own.
 *
 * Its mail is a stack of its own (the blueprint `mail`), since neither may reach the other: invitations go to its one door for services, and people read their mail with
 * programs of their own. Without mail everything else works, and invitations wait. BigBlueButton is left to `hearing`: its hosts have another system and other
 * packages, and here Jitsi has the meetings. OpenVidu's servers carry the calls that people start from a chat.
 */
export const ministry = blueprint({
  settings: {
    ...ministrySizes,
    synapseImage: data<CatalogueImage>(),
    hubImage: data<CatalogueImage>(),
    ...bucketKeys("archive"),
    ...relayKeys,
    secretsGeneration: generation(),
  },
  deploy: ({ name, ...place }, given) => {
    const plans = ministryPlans(place.domain, given);
    const { meetings, calls, chat, hub, login, store, records, found, talks, locks } = plans;
    const mediaPools = poolEach({ meetings, calls, talk: hub });
    const platform = new Platform(name, { ...place, plans: Object.values(plans), mediaPools });

    const own = { on: platform, secretsGeneration: given.secretsGeneration };
    const archive = { bucket: bucketOf("archive", given, platform) };
    const postgres = new Postgres("records", { ...own, plan: records, archive, keepData: place.keepData });
    const names = postgres.database("store", { from: store.gateways });
    const storage = new Storage("store", { ...own, plan: store, database: names });
    const accountsOf = postgres.database("login", { from: login.server });
    const identity = new Identity("login", { ...own, plan: login, database: accountsOf });
    const jitsi = new Jitsi("meetings", {
      ...own,
      plan: meetings,
      privacy: { confidentiality: "transport", recording: recordedIn(storage, meetings, given.recordingDays) },
      access: { oidc: identity.client("meetings"), moderators: identity.moderators },
    });
    const openvidu = new OpenVidu("calls", {
      ...own,
      plan: calls,
      cache: new Valkey("found", { ...own, plan: found }).access({ from: openViduServers(platform, calls) }),
    });
    const matrix = new Matrix("chat", {
      ...own,
      plan: chat,
      image: given.synapseImage,
      login: identity.client("chat"),
      calls: openvidu.servers("chat"),
      ...matrixData(chat, { postgres, storage, cache: new Valkey("talks", { ...own, plan: talks }) }),
    });
    const nextcloud = new Nextcloud("hub", {
      ...own,
      plan: hub,
      image: given.hubImage,
      login: identity.client("hub"),
      bucketEncryption: "store",
      integrations: [jitsiWidget(meetings).nextcloud],
      ...relayOf(given, platform),
      ...nextcloudData(hub, { postgres, storage, cache: new Valkey("locks", { ...own, plan: locks }) }),
    });
    makeMinutes({ platform, plans, postgres, storage, identity, nextcloud }, given);
    return {
      meetings: jitsi.url,
      chat: `https://app.${place.domain}`,
      homeserver: matrix.url,
      hub: nextcloud.url,
      login: identity.url,
      accounts: identity.accounts,
      records: platform.records,
      kubeconfig: platform.kubeconfig,
    };
  },
});

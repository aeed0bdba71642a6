import type * as pulumi from "@pulumi/pulumi";
import {
  type BucketAccess,
  bucketAccessKeys,
  type Database,
  databaseKeys,
  type LanguageEndpoint,
  modelEndpointKeys,
  type Reachable,
  reachableKeys,
  type SmtpRelay,
  smtpRelayKeys,
  type SpeechEndpoint,
} from "../../core/connections";
import type { Keys } from "../../core/errors";
import { type Secret, secretKeys } from "../../core/secret";
import { type HubAccount, hubAccountKeys, type PeopleClient, peopleClientKeys } from "../../core/service-accounts";
import type { OnCluster } from "../../kubernetes/target";
import type { MinutesPlan } from "./plan";

/** Recordings that minutes are made of. A room that is encrypted from end to end has none, so there is no way to name one here. */
export interface RecordedRooms {
  /** Encryption of the rooms that were recorded: between each participant and the servers. Each recording says the same of itself, or is set aside. */
  readonly confidentiality: "transport";
  /** Bucket that recorders write to: the worker reads it, and deletes what was kept for long enough. */
  readonly bucket: BucketAccess;
}

/** The account of a chat (Matrix) that tells people of their minutes. */
export interface ChatAccount extends Reachable {
  /** Address of the homeserver: `https://chat.crisis.example.ch`. */
  readonly url: string;
  /** Name of the homeserver: the end of everybody's name, and of the account's. */
  readonly serverName: string;
  /** Access token of the account. */
  readonly token: Secret;
  /** PEM. @default - an authority that Node knows */
  readonly ca?: pulumi.Input<string>;
  /** Addresses at which pods find the homeserver's name, where it is on the same platform: the gateways'. @default - the resolver's */
  readonly addresses?: readonly string[];
}

export interface MinutesArgs {
  /** The platform that it stands on. */
  readonly on: OnCluster;
  /** Plan from `planMinutes`; the platform has it, too. */
  readonly plan: MinutesPlan;
  readonly recordings: RecordedRooms;
  /** Database for the state of every meeting: `postgres.database("notes", { from: plan.worker })`. */
  readonly database: Database;
  /** Server that hears what was said, inside the network. */
  readonly speech: SpeechEndpoint;
  /** Server that sums it up, inside the network: `language.endpoint({ from: plan.worker })`. */
  readonly language: LanguageEndpoint;
  /** Hub that minutes are delivered to: `hub.account("minutes")`. */
  readonly hub: HubAccount;
  /** Client by which participants are looked up: `identity.reader("minutes")`. */
  readonly people: PeopleClient;
  /** Chat that tells people; who has no account there is told by mail. @default - by mail alone */
  readonly chat?: ChatAccount;
  /** Mail relay that tells people. @default - by chat alone */
  readonly relay?: SmtpRelay;
  /** PEM of the authority of the store with the worker's program. @default - an authority that Node knows */
  readonly programCa?: string;
}

const chatKeys: Keys<ChatAccount> = {
  ...reachableKeys,
  url: true,
  serverName: true,
  token: secretKeys,
  ca: true,
  addresses: true,
};

export const minutesArgsKeys: Keys<MinutesArgs> = {
  on: "elsewhere",
  plan: "elsewhere",
  recordings: { confidentiality: true, bucket: bucketAccessKeys },
  database: databaseKeys,
  speech: modelEndpointKeys,
  language: modelEndpointKeys,
  hub: hubAccountKeys,
  people: peopleClientKeys,
  chat: chatKeys,
  relay: smtpRelayKeys,
  programCa: true,
};

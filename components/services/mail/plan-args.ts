import type { Capacity } from "../../core/capacity";
import type { DmarcPolicy, StsMode } from "../../core/mail-records";
import type { PlannedRecord } from "../../core/planned-records";
import type { DatabaseNeed, ServicePlan } from "../../core/plan";
import type { serverTier } from "./settings";

/** The conferencing networks that mail is isolated from, and the one door that their services have to it. */
export interface Conferencing {
  /** Their ranges. The mail's own network has them among what it is isolated from. */
  readonly ranges: readonly string[];
  /** Addresses that their services come from, as the mail's gateways see them: outside `ranges`. */
  readonly through: readonly string[];
  /** Why the door is open: "invitations of meetings". */
  readonly reason: string;
}

/** A service that sends messages through the relay. */
export interface PlannedRelay {
  /** Its sender: `cloud@crisis.example.ch`. It can send as nobody else. */
  readonly from: string;
  /** Messages in an hour. @default 1000 */
  readonly perHour?: number;
}

/** The way to other domains: the organisation's own mail exchanger, or one whose operator is answered for. */
export interface NextHop {
  readonly host: string;
  /** Its public addresses, where the gateways lead to it. @default - the mail's hosts reach it without them */
  readonly addresses?: readonly string[];
  /** 465 is TLS from the start, at any other port STARTTLS is demanded. */
  readonly port: number;
  /** Ranges that it sends from: they go into the domains' SPF records. */
  readonly senders: readonly string[];
  /** Name of the authority that issued the certificates of the server and of the policy's host, as CAA has it. */
  readonly issuer: string;
}

export interface MailPlanArgs {
  /** Its namespace and resources begin with it. */
  readonly name: string;
  /** Name of the servers for people, services and other domains. */
  readonly host: string;
  /** Domains whose mail is here, the one for reports first. */
  readonly domains: readonly string[];
  /** People who read and send. */
  readonly people: number;
  /** Addresses of all mailboxes. Mail to any other address of the domains is refused. `postmaster` of the first domain is among them. */
  readonly mailboxes: readonly string[];
  /** Rule for messages in the domains' names that do not verify, and the mailbox for others' reports. */
  readonly dmarc: { readonly policy: DmarcPolicy; readonly reports: string };
  /** Services that send messages, by the name under which each asks for its relay. @default {} */
  readonly relays?: Readonly<Record<string, PlannedRelay>>;
  /** The networks that relays are for. @default - there is no relay */
  readonly conferencing?: Conferencing;
  /** Way to other domains, which makes this a place that takes mail from them, too. @default - mail stays inside */
  readonly next?: NextHop;
  /** Mode of MTA-STS for mail from other domains. @default "enforce" */
  readonly sts?: StsMode;
}

/** Needs of a mail service, and the figures that it is built from. */
export interface MailPlan extends ServicePlan {
  readonly service: "mail";
  readonly host: string;
  readonly domains: readonly string[];
  readonly people: number;
  readonly mailboxes: readonly string[];
  readonly dmarc: { readonly policy: DmarcPolicy; readonly reports: string };
  readonly relays: Readonly<Record<string, Required<PlannedRelay>>>;
  readonly conferencing?: Conferencing;
  readonly next?: NextHop;
  readonly sts: StsMode;
  readonly databases: readonly [DatabaseNeed];
  readonly capacity: Capacity;
  /** Records of the domains but those of their keys, which the component has. Names of routes lead to the gateways; so does `host`. */
  readonly records: readonly PlannedRecord[];
  /** The servers, as databases, stores and caches see them. The task that tells settings connects to the same ones: `mailData` opens them to both. */
  readonly server: ReturnType<typeof serverTier>;
}

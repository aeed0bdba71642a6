import * as pulumi from "@pulumi/pulumi";
import { givenArgs, invalid, validateArgs } from "../../core/errors";
import { countInRange, keptDays } from "../../core/numbers";
import { planName, plannedEgress } from "../../core/plan";
import { type Secret, usedAfter } from "../../core/secret";
import type { HubAccount } from "../../core/service-accounts";
import { oneOf, record } from "../../core/shapes";
import { readGeneration, readGenerations, Secrets } from "../../infrastructure/secrets";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import { servicePlatform, type ServicePlatform } from "../../service-base";
import { type NextcloudArgs, nextcloudArgsKeys, type NextcloudSecret } from "./args";
import { integrationsOf, mailboxesOf, ownImage, relayOf } from "./checks";
import { proxied } from "./connections";
import { hubLinks, podTiers } from "./links";
import { type NextcloudPlan, nextcloudPlan } from "./plan";
import { cronTask, type HubParts, keeperTask, webPods } from "./pods";
import { callPods, integrationValues, keptTalk, type TalkPlace, talkPlaces } from "./calls";

export type { AppSettings, Mailboxes, NextcloudArgs, NextcloudSecret } from "./args";
export { nextcloudData } from "./data";
export { nextcloudClients } from "./links";
export { type NextcloudPlan, type NextcloudPlanArgs, type PlannedTalk, planNextcloud, type TalkNeed } from "./plan";

/** Secrets that can be changed. */
const changeable = ({ accounts }: Pick<NextcloudPlan, "accounts">): readonly NextcloudSecret[] => [
  "administrator",
  "backend",
  "hash",
  "block",
  "internal",
  "bus",
  "relay",
  "recorder",
  ...accounts.map((name) => `account-${name}` as const),
];

/** Secrets that what is stored is encrypted with: made once. */
const kept = ["salt", "secret", "store"] as const;

type HubSecret = NextcloudSecret | (typeof kept)[number];

/**
 * A hub where an organisation keeps files, calendars and contacts, and calls each other: Nextcloud, with Talk and its high-performance back end where its plan has calls.
 *
 * Files are in the bucket alone, and everything else is in the database: pods keep nothing, their root file system is read only, and the code is served from the image.
 * Nobody fetches an app or an update: apps are baked into the image, and a task installs, upgrades and keeps settings while the stack is updated, before the web servers
 * start. While an upgrade of the database runs, web servers of the release before still answer, with errors where they meet the new tables.
 *
 * People sign in at the identity provider. One account, `keeper`, has a password of its own for when that is away, and is an administrator.
 *
 * When a web server dies, its requests fail once. When the database or the cache fails over, requests fail for as long as that takes; what was acknowledged is there.
 * A request that waits at a database whose host has died fails after 20 seconds.
 * With all of the cache lost people sign in again. When a signaling server dies, its participants' pages connect to another and join again; when a media host dies, streams
 * on it stop until they have. When a server of the bus ends, signaling servers go to another at once; when its host dies without a word, those that were connected to it hear
 * nothing of the others until they notice, which takes minutes (222 seconds in a test, without traffic): their client's own pings, every two minutes, cannot be set
 * (nats.go at v1.52.0; strukturag/nextcloud-spreed-signaling 6046e47, nats/client.go).
 *
 * Signaling servers know each other by gRPC with certificates both ways, of an authority of their own, and share news over a bus (NATS) by TLS: neither can be left out.
 * Between signaling servers and media hosts requests are signed, and run as HTTP in the network of the hosts, as between edge and web servers. Janus takes orders from its own host alone, where the
 * proxy is: it could lead media elsewhere in plain RTP if a program there asked it to, and has no lock for that which leaves Talk its rooms. STUN and TURN are here, and no other list is given to browsers. Everybody is asked for consent to a recording.
 *
 * Not had: pushes to telephones, which go through the makers of the app and of the telephone; the push server for web pages (`notify_push`), so pages ask every half a minute;
 * federation with other hubs; end-to-end encryption of calls, which locks out Android's clients in the releases that were read.
 *
 * @example
 * const hub = planNextcloud({ name: "hub", domain: "hub.crisis.example.ch", people: 300 });
 * const store = planValkey({ name: "hub-cache", memoryMib: 256 });
 * const valkey = new Valkey("hub-cache", { on: platform, plan: store });
 * const [web, ...tasks] = nextcloudClients(hub);
 * for (const from of tasks) valkey.access({ from });
 * const nextcloud = new Nextcloud("hub", {
 *   on: platform,
 *   plan: hub,
 *   image: { path: "intranet/hub", upstream: "registry.example.ch/hub", version: "34.0.2-1" },
 *   database,
 *   cache: valkey.access({ from: web }),
 *   bucket,
 *   bucketEncryption: "store",
 *   login,
 * });
 */
export class Nextcloud extends pulumi.ComponentResource {
  /** Address of the hub. */
  readonly url: string;
  /** Password of the account `keeper`; a secret. */
  readonly administratorPassword: pulumi.Output<string>;

  private readonly accounts: Readonly<Record<string, HubAccount>>;

  constructor(name: string, args: NextcloudArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, nextcloudArgsKeys, { on: "new Platform(…)" });
    const { on, plan, bucketEncryption, integrations = [], drainSeconds = 3_600 } = args;
    const { secretsGeneration = "1", secretsGenerations = {} } = args;
    super(
      "sovereign-uc:index:Nextcloud",
      name,
      {
        domain: plan?.domain,
        people: plan?.people,
        talk: plan?.talk?.domain,
        apps: plan?.apps,
        bucketEncryption,
        recording: (plan?.talk?.recordings ?? 0) > 0,
        recordingDays: args.recordingDays,
      },
      opts,
    );
    const valid = validateArgs(this, name, {
      name: () => planName(name, plan),
      plan: () => nextcloudPlan(plan),
      on: () => reachedInside(servicePlatform(on)),
      image: () => ownImage(args.image, nextcloudPlan(plan)),
      database: () => record(args.database, "a database", 'postgres.database("hub", { from: plan.web })'),
      cache: () => record(args.cache, "a cache", "valkey.access({ from: … })"),
      bucket: () => record(args.bucket, "a bucket for all files", 'storage.bucket("files", { from: … })'),
      bucketEncryption: () => oneOf(bucketEncryption, "how the bucket is encrypted at rest", ["store", "key"] as const),
      login: () => record(args.login, "a client at the identity provider", 'identity.client("hub")'),
      places: () => places(args, nextcloudPlan(plan)),
      relay: () => relayOf(args.relay, nextcloudPlan(plan)),
      mailboxes: () => mailboxesOf(args.mailboxes, nextcloudPlan(plan)),
      integrations: () => integrationsOf(integrations, nextcloudPlan(plan)),
      drainSeconds: () => countInRange(drainSeconds, "seconds to drain", 31, 86_400),
      recordingDays: () => keptDays(args.recordingDays),
      secretsGeneration: () => readGeneration(secretsGeneration),
      secretsGenerations: () => readGenerations(secretsGenerations, changeable(nextcloudPlan(plan))),
      talk: () => talkPlaces(servicePlatform(on), nextcloudPlan(plan)),
    });
    this.url = `https://${valid.plan.domain}`;

    const own = { parent: this };
    const secrets = new Secrets<HubSecret>(
      name,
      {
        roles: [...changeable(valid.plan), ...kept],
        generation: secretsGeneration,
        generations: { ...secretsGenerations, salt: "1", secret: "1", store: "1" },
      },
      own,
    );
    this.administratorPassword = pulumi.secret(pulumi.output(secrets.password("administrator").value));
    const namespace = new Namespace(name, { cluster: on.cluster }, own);
    const policies = new Policies(
      name,
      { namespace, tiers: podTiers(valid.plan), links: hubLinks(args, valid.talk) },
      own,
    );
    const parts = hubParts(args, valid.plan, valid.talk, policies, secrets);
    const keeper = keeperTask(parts, own);
    const after = { ...own, dependsOn: [keeper] };
    webPods(parts, after);
    cronTask(parts, after);
    if (valid.talk !== undefined)
      callPods(
        {
          args,
          plan: valid.plan,
          place: valid.talk,
          policies,
          password: (role, length = 32) => secrets.password(role, { length }),
          drainSeconds: valid.drainSeconds,
        },
        own,
      );
    this.accounts = Object.fromEntries(
      Object.entries(parts.secrets.accounts).map(([user, password]) => [
        user,
        accountOf(on, this.url, user, usedAfter(password, keeper.ready)),
      ]),
    );
    this.registerOutputs({ url: this.url });
  }

  /**
   * An account of a service that was planned. Its pods reach the hub at the address that browsers know, through the gateways inside the network; whoever uses it opens
   * their policy to those.
   *
   * @throws RangeError for an account that the plan does not name.
   */
  account(name: string): HubAccount {
    const found = this.accounts[name];
    if (found === undefined)
      throw invalid(
        `an account of a service out of ${Object.keys(this.accounts).join(", ") || "none"}`,
        name,
        "name it among the accounts of the plan",
      );
    return found;
  }
}

const accountOf = (on: ServicePlatform, url: string, user: string, password: Secret): HubAccount => {
  const { gatewayAddresses: addresses } = on.cluster;
  return {
    ...{ url, user, password, addresses, port: 443 },
    peer: { name: "gateways", ranges: addresses.map((address) => `${address}/32`) },
    ...(on.webAuthority === undefined ? {} : { ca: on.webAuthority }),
  };
};

/** Everything that the web servers and the tasks are made of. */
function hubParts(
  args: NextcloudArgs,
  plan: NextcloudPlan,
  place: TalkPlace | undefined,
  policies: Policies,
  secrets: Secrets<HubSecret>,
): HubParts {
  const { values, files } = integrationValues(args.integrations ?? []);
  const talk = keptTalk(plan, place);
  const calls = (): Readonly<Record<string, Secret>> => ({
    backend: secrets.password("backend"),
    turn: secrets.password("relay"),
    recorder: secrets.password("recorder"),
  });
  return {
    ...{ args, plan, policies },
    secrets: {
      administrator: secrets.password("administrator"),
      salt: secrets.password("salt"),
      secret: secrets.password("secret", { length: 48 }),
      accounts: Object.fromEntries(plan.accounts.map((who) => [who, secrets.password(`account-${who}`)])),
      store: args.bucketEncryption === "key" ? secrets.password("store") : undefined,
    },
    kept: { integrations: values, ...(talk === undefined ? {} : { talk }) },
    keptSecrets: { ...files, ...(talk === undefined ? {} : calls()) },
  };
}

/** @throws RangeError without gateways inside the network: no pod could reach the provider of sign-ins, or the hub itself. */
function reachedInside(platform: ServicePlatform): ServicePlatform {
  if (platform.cluster.gatewayAddresses.length === 0)
    throw invalid(
      "a platform with gateways inside its network",
      "none",
      "give the cluster gatewayAddresses: the identity provider and the signaling servers are reached through them",
    );
  return platform;
}

/** @throws RangeError for a place outside that the plan does not name. */
function places(args: NextcloudArgs, plan: NextcloudPlan): void {
  const through = proxied(args);
  if (through.bucket) plannedEgress(plan, args.bucket.endpoint, "bucket");
  if (through.login) plannedEgress(plan, args.login.issuer, "login");
}

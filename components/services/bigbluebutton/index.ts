import * as pulumi from "@pulumi/pulumi";
import { plannedRelay } from "../../core/connections";
import { givenArgs, invalid, validate, validateArgs } from "../../core/errors";
import { countInRange, keptDays } from "../../core/numbers";
import { planName, plannedEgress } from "../../core/plan";
import type { Secret } from "../../core/secret";
import { fields, record } from "../../core/shapes";
import { readGeneration, readGenerations, Secrets } from "../../infrastructure/secrets";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import { carrier } from "../../kubernetes/volume";
import { type DnsName, printed } from "../../dns-names";
import { servicePlatform } from "../../service-base";
import { type BigBlueButtonArgs, bigBlueButtonArgsKeys, type BigBlueButtonSecret, type MeetingAccess } from "./args";
import { cluster, clusterLinks } from "./cluster";
import { repositoryKeys, serverId, servers } from "./hosts";
import { importGib } from "./importer";
import { bigBlueButtonPlan } from "./plan";
import { type RecordingStores, secretRoles } from "./rails";
import { madeTiers, tenantHost } from "./tiers";

export type { BigBlueButtonArgs, BigBlueButtonSecret, MeetingAccess, MeetingRecordings } from "./args";
export type { RepositoryName } from "../../recipe/parts/bigbluebutton/host";
export { bigBlueButtonData } from "./data";
export { type BigBlueButtonPlan, type BigBlueButtonPlanArgs, planBigBlueButton, type RecordedMeetings } from "./plan";

/**
 * Hearings, lessons and meetings with a shared board: BigBlueButton 3.0 on n+1 servers of its own, with its load balancer (Scalelite) and its page of rooms (Greenlight) on
 * the cluster. People sign in at the identity provider; guests wait until a moderator lets them in.
 *
 * A meeting is on one server. When that is lost, the meeting is over: whoever opens its room again has it on another one, once the load balancer has noticed, within
 * two minutes. A request of the page of rooms, or of the load balancer, that waits at a database whose host has died fails after 20 seconds; meetings go on. Servers
 * are changed one after the other, each when its meetings have ended. Upstream advises against meetings of more than 200.
 *
 * No third party is contacted, by servers or browsers: packages come from the mirror, STUN and TURN are on each server, nobody transcribes, no outside video is played,
 * and no telephone calls in. Media are DTLS-SRTP between browser and server, and between the parts of the server that mix and forward them; the server can read them.
 * Presentations are PDF: what converts office documents would come from a public registry.
 *
 * @example
 * const hearing = planBigBlueButton({ name: "hearing", domain: "hearing.example.ch", participants: 400 });
 * const on = platform;
 * const files = bucket;
 * new BigBlueButton("hearing", { on, plan: hearing, repositoryKeys, databases, caches, login, files });
 */
export class BigBlueButton extends pulumi.ComponentResource {
  /** Address of the page of rooms. */
  readonly url: string;
  /** Access of each tenant, by its name. */
  readonly tenants: Readonly<Record<string, MeetingAccess>>;
  /** Records of the servers to put into DNS, as `name A address`. */
  readonly records: pulumi.Output<readonly string[]>;
  /** The same as data, for a `Zone`: `zoneRecords("example.ch", hearing.names)`. */
  readonly names: readonly DnsName[];

  constructor(name: string, args: BigBlueButtonArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, bigBlueButtonArgsKeys, { on: "new Platform(…)" });
    const { on, plan, databases, caches, login, files, mail, welcome = "", drainMinutes = 240 } = args;
    const { secretsGeneration = "1", secretGenerations = {} } = args;
    const { domain, participants, tenants, recordings } = fields(plan);
    super(
      "sovereign-uc:index:BigBlueButton",
      name,
      {
        domain,
        participants,
        tenants,
        recording: recordings !== undefined,
        recordingDays: fields(args.recordings).keepDays,
        guests: "ASK_MODERATOR",
      },
      opts,
    );
    const roles = [...secretRoles(tenants ?? []), "switch", "relay"] as BigBlueButtonSecret[];
    const valid = validateArgs(this, name, {
      name: () => planName(name, plan),
      plan: () => bigBlueButtonPlan(plan),
      on: () => servicePlatform(on).hosts(bigBlueButtonPlan(plan), "server"),
      repositoryKeys: () => repositoryKeys(args.repositoryKeys),
      databases: () => both(databases, "databases", "postgres.database(…)"),
      caches: () => both(caches, "caches", "valkey.access(…)"),
      login: () => record(login, "a client of the identity provider", "givenOidcClient({ … })"),
      files: () => record(files, "a bucket", "givenBucket({ … })"),
      recordings: () => stores(args),
      egress: () => planned(args),
      mail: () => {
        if (mail !== undefined)
          plannedRelay(
            mail,
            bigBlueButtonPlan(plan),
            `planBigBlueButton({ …, mail: { port: ${mail.port}, addresses: […] } })`,
          );
      },
      welcome: () => {
        if (typeof welcome !== "string") throw invalid("a message in HTML", welcome, "leave it out for none");
        return welcome;
      },
      drainMinutes: () => countInRange(drainMinutes, "minutes", 1, 1_440),
      secretsGeneration: () => readGeneration(secretsGeneration),
      secretGenerations: () => readGenerations(secretGenerations, roles),
    });
    this.url = `https://${valid.plan.domain}`;

    const own = { parent: this };
    const secrets = new Secrets<BigBlueButtonSecret>(
      name,
      { roles, generation: secretsGeneration, generations: secretGenerations },
      own,
    );
    const secret = (role: BigBlueButtonSecret): Secret => secrets.password(role, { length: 48 });
    const ofTenants = Object.fromEntries(
      valid.plan.tenants.map((tenant): [string, Secret] => [tenant, secret(`tenant-${tenant}`)]),
    );
    this.tenants = Object.fromEntries(
      Object.entries(ofTenants).map(([tenant, one]) => [
        tenant,
        { url: `https://${tenantHost(tenant, valid.plan.scaleliteDomain)}/bigbluebutton/`, secret: one },
      ]),
    );
    const parts = {
      name,
      domain: valid.plan.domain,
      scaleliteDomain: valid.plan.scaleliteDomain,
      participants: valid.plan.participants,
      tenants: valid.plan.tenants,
      databases,
      caches,
      servers: valid.on.names.map((host, index) => ({
        name: serverId(index),
        domain: host,
        address: valid.on.addresses[index] ?? "",
      })),
      files,
      login,
      ...(mail === undefined ? {} : { smtp: mail }),
      ...(valid.recordings === undefined ? {} : { recordings: valid.recordings }),
      webAuthority: on.webAuthority,
    };
    const policies = new Policies(
      name,
      {
        namespace: new Namespace(name, { cluster: on.cluster }, own),
        tiers: madeTiers(name, valid.recordings !== undefined),
        links: clusterLinks(parts, { edge: on.edge, gateways: on.cluster.gatewayAddresses }),
      },
      own,
    );
    const made = cluster(
      {
        ...parts,
        policies,
        secrets: {
          scaleliteKey: secret("scalelite-key"),
          greenlightKey: secret("greenlight-key"),
          loadBalancer: secret("load-balancer"),
          servers: secret("servers"),
          tenants: ofTenants,
        },
      },
      own,
    );
    const pool = servers(
      {
        plan: valid.plan,
        hosts: valid.on,
        repositoryKeys: valid.repositoryKeys,
        secrets: { servers: secret("servers"), switch: secret("switch"), relay: secret("relay") },
        welcome: valid.welcome,
        spool: valid.recordings?.spool,
        drainMinutes: valid.drainMinutes,
        cluster: on.cluster,
        after: made,
      },
      own,
    );
    this.names = pool.hosts.flatMap(({ publicAddress }, i) => {
      const own = valid.on.names[i];
      return own === undefined || publicAddress === undefined
        ? []
        : [{ name: own, type: "A" as const, values: [publicAddress] }];
    });
    this.records = printed(this.names);
    this.registerOutputs({ url: this.url, records: this.records });
  }
}

/** One for each of the two programs. @throws RangeError for a missing one. */
function both<T>(value: { readonly scalelite: T; readonly greenlight: T }, what: string, advice: string): void {
  const given: Partial<typeof value> = record(value, what, `{ scalelite: ${advice}, greenlight: ${advice} }`);
  validate({
    scalelite: () => record(given.scalelite as object, `one of the ${what}`, advice),
    greenlight: () => record(given.greenlight as object, `one of the ${what}`, advice),
  });
}

/** Buckets of recordings, and the hosts that import them. @throws RangeError for buckets without a plan for them, and the other way round. */
function stores({ on, plan, recordings }: BigBlueButtonArgs): RecordingStores | undefined {
  const wanted = bigBlueButtonPlan(plan).recordings;
  if ((wanted === undefined) !== (recordings === undefined))
    throw invalid(
      wanted === undefined ? "no buckets, as the plan records nothing" : "buckets of the plan's recordings",
      recordings,
      "give the plan `recordings` and the component the buckets, or neither",
    );
  if (wanted === undefined || recordings === undefined) return undefined;
  keptDays(recordings.keepDays);
  const { bucket, spool } = record(recordings, "buckets of recordings", "{ bucket, spool }");
  const [volume] = plan.volumes ?? [];
  if (bucket === undefined || spool === undefined || volume === undefined)
    throw invalid("both buckets", recordings, "give { bucket, spool }");
  return {
    bucket,
    spool,
    gib: importGib(wanted.largestGib),
    pool: carrier(volume, fields(fields(on).cluster).volumes),
  };
}

/** @throws RangeError for a place behind the gateways' proxy that the plan does not name. */
function planned({ plan, on, login, files, recordings }: BigBlueButtonArgs): void {
  const through = fields(on).proxy;
  const places = {
    login: { peer: fields(login).peer, address: fields(login).issuer },
    files: { peer: fields(files).peer, address: fields(files).endpoint },
    "recordings.bucket": { peer: fields(recordings?.bucket).peer, address: fields(recordings?.bucket).endpoint },
    "recordings.spool": { peer: fields(recordings?.spool).peer, address: fields(recordings?.spool).endpoint },
  };
  for (const [key, { peer, address }] of Object.entries(places))
    if (address !== undefined && peer !== undefined && peer === fields(through).peer)
      plannedEgress(bigBlueButtonPlan(plan), address, key);
}

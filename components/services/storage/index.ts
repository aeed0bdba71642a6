import { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import { type BucketAccess, type Database, linkTo } from "../../core/connections";
import { givenArgs, invalid, validateArgs } from "../../core/errors";
import { endText, link, type Link, type LinkEnd } from "../../core/link";
import { dnsLabel } from "../../core/names";
import { planName } from "../../core/plan";
import { usedAfter } from "../../core/secret";
import { fields, record } from "../../core/shapes";
import type { Tier } from "../../core/tier";
import { readGeneration } from "../../infrastructure/secrets";
import { letIn } from "../../kubernetes/clients";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import { onCluster } from "../../kubernetes/target";
import { carrier } from "../../kubernetes/volume";
import { type StorageArgs, storageArgsKeys } from "./args";
import { type PlannedBucket, storagePlan } from "./plan";
import { expire, gateways, makeBuckets, masters, type StorageParts, volumeServers } from "./pods";
import { storageSecrets, type StorageSecrets } from "./secrets";
import { ports, region, storageHost, type StorageTiers, storageTiers } from "./settings";

export type { StorageArgs } from "./args";
export { type BucketNeed, type PlannedBucket, planStorage, type StoragePlan, type StoragePlanArgs } from "./plan";

/**
 * An object store (SeaweedFS) on the hosts' own volumes, with the S3 interface: versions, object lock, one key per bucket.
 *
 * An acknowledged write has its name in the database, on two hosts, and its content on the disks of two hosts: both were told to flush it. It survives the death or the
 * power loss of any one host, and of all hosts at once as far as their disks do what they say. It does not survive the loss of two hosts' volumes, nor of the database: what
 * is on the volumes cannot be read without the keys in it. Copy evidence to another place, and archive the database.
 *
 * When a host dies, reads go on from the other copy, by upstream's sources after half a minute at most where a connection led to the dead one
 * (weed/util/http/client/http_client.go, responseHeaderTimeout); a write that was on its way to it may fail and is sent again by its client, and new ones go to the
 * hosts that are left, once the programs know. A program that ends is missed at once: writes waited for half a minute where it was the leading master (22 to 29 seconds
 * in six runs on two busy cores). A host that falls silent is missed after 80 seconds: connections are asked for a sign of life after 60 seconds, and given up 20
 * later, neither of which can be set (weed/pb/grpc_client_server.go, GrpcKeepAliveTime and GrpcKeepAliveTimeout). Until then writes to volumes with a copy on it fail,
 * and those of the third of all objects whose turns a gateway on it gives out (31 to 81 seconds on live nodes; nothing acknowledged was lost where everything was read
 * again). The masters make second copies again of what it held, every quarter of an hour, if the other hosts have room. With two hosts away, files with copies on both
 * cannot be read until one is back, and nothing can be written. The database's fail-over stops writes and reads for as long as it takes; each gateway that was
 * connected to the host that died is started anew, since it would wait for that host for a quarter of an hour and let nobody else write the same object
 * (start-gateway.sh). When the host of the primary died with a master and a volume server on it, writes waited for 60 and 72 seconds (two runs on two busy cores; in
 * the first the database was back after 29).
 *
 * Content is encrypted before it leaves a gateway (AES-256-GCM, a key for each piece, in the database), under the hosts' own encrypted volumes. Everything speaks TLS
 * with certificates of the store's own authority, and its programs show one each other. Nothing is told to anybody: statistics to the makers are on by default, and off here.
 *
 * A bucket for evidence locks what is written for its days, in compliance mode: no key of the store's can delete it before, not even the one that made the bucket.
 * Whoever can write to the hosts' disks or to the database can.
 *
 * @example
 * const store = planStorage({ name: "store", gib: 500, buckets: [{ name: "media" }] });
 * const chat = planMatrix({ name: "chat", domain: "chat.crisis.example.ch", users: 300, mediaGib: 100 });
 * const records = planPostgres({ name: "records", serves: [chat, store], gib: 50, archive: "https://sos-ch-dk-2.exo.io" });
 * const storage = new Storage("store", { on: platform, plan: store, database });
 * const media = storage.bucket("media", { from: chat.homeserver });
 */
export class Storage extends pulumi.ComponentResource {
  /** The gateways, as other tiers see them. */
  readonly tier: StorageTiers["gateway"];
  /** Address of the S3 interface. */
  readonly endpoint: string;
  /** PEM of the authority by which clients verify it. */
  readonly ca: pulumi.Output<string>;
  /** Resources that a service which uses it depends on. */
  readonly ready: readonly pulumi.Resource[];

  private readonly namespace: Namespace;
  private readonly buckets: readonly PlannedBucket[];
  private readonly key: StorageSecrets["key"];
  private readonly clients = new Set<string>();

  constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, storageArgsKeys, { on: "new Platform(…)" });
    const { on, plan, database, secretsGeneration = "1" } = args;
    super(
      "sovereign-uc:index:Storage",
      name,
      { gib: plan?.gib, hosts: plan?.serverCount, buckets: plan?.buckets, secretsGeneration },
      opts,
    );
    const valid = validateArgs(this, name, {
      name: () => planName(dnsLabel(name, 9), plan),
      plan: () => storagePlan(plan),
      on: () => onCluster(on),
      pools: () => poolsOf(args),
      database: () => record(database, "a database", 'postgres.database("store", { from: plan.gateways })'),
      secretsGeneration: () => readGeneration(secretsGeneration),
    });
    const tiers = storageTiers(name);
    this.tier = tiers.gateway;
    this.endpoint = `https://${storageHost(name)}:${ports.gateway.s3}`;
    this.buckets = valid.plan.buckets;

    const own = { parent: this };
    const namespace = new Namespace(name, { cluster: valid.on.cluster }, own);
    this.namespace = namespace;
    const secrets = storageSecrets(valid.plan, database, valid.secretsGeneration, this);
    this.ca = secrets.ca;
    this.key = secrets.key;
    const policies = new Policies(
      name,
      { namespace, tiers: Object.values(tiers), links: storageLinks(tiers, database) },
      own,
    );
    const parts: StorageParts = {
      plan: valid.plan,
      database,
      tiers,
      policies,
      secrets,
      pools: valid.pools,
      rotated: Array.isArray(valid.secretsGeneration),
    };
    const service = gatewayService(name, tiers.gateway, namespace, this);
    const servers = [masters, volumeServers, gateways].map((make) => make(parts, own));
    const made = makeBuckets(parts, { ...own, dependsOn: [service, ...servers] });
    expire(parts, { ...own, dependsOn: [made] });
    this.ready = [made];
    this.registerOutputs({ endpoint: this.endpoint });
  }

  /**
   * A bucket of this store, for one who asks: its policy is opened to them. What they get is the bucket's own key, which no other bucket knows.
   *
   * @param from tier that will connect, or pods on the host network by the addresses of their hosts.
   * @throws RangeError for a bucket that the store was not planned with.
   */
  bucket(name: string, { from }: { readonly from: LinkEnd }): BucketAccess {
    if (!this.buckets.some((bucket) => bucket.name === name))
      throw invalid(
        `a bucket of this store: ${this.buckets.map((bucket) => bucket.name).join(", ")}`,
        name,
        "add it to the plan's buckets",
      );
    if (!this.clients.has(endText(from)))
      letIn({ to: this.tier, namespace: this.namespace, from, port: ports.gateway.s3, reason: "objects" }, this);
    this.clients.add(endText(from));
    const { access, secret } = this.key(name);
    return {
      endpoint: this.endpoint,
      bucket: name,
      region,
      accessKey: usedAfter(access, this.ready),
      secretKey: usedAfter(secret, this.ready),
      ca: this.ca,
      port: ports.gateway.s3,
      peer: this.tier,
    };
  }
}

/** Pools whose hosts carry the plan's volumes. @throws RangeError where there is none. */
function poolsOf({ on, plan }: StorageArgs): StorageParts["pools"] {
  const offers = fields(fields(on).cluster).volumes;
  const [objects, raft] = storagePlan(plan).volumes ?? [];
  if (objects === undefined || raft === undefined)
    throw invalid("a plan with volumes", plan, "give what planStorage(…) returns");
  return { objects: carrier(objects, offers), raft: carrier(raft, offers) };
}

/** The service that leads clients to a gateway that is ready. */
const gatewayService = (
  name: string,
  gateway: Tier,
  { cluster, ready, name: namespace }: Namespace,
  parent: pulumi.Resource,
): Service =>
  new Service(
    name,
    {
      metadata: { name, namespace },
      spec: {
        selector: { "app.kubernetes.io/name": gateway.name },
        ports: [{ name: "s3", port: ports.gateway.s3, targetPort: "s3", protocol: "TCP" }],
      },
    },
    { parent, provider: cluster.provider, dependsOn: [...ready] },
  );

function storageLinks(tiers: StorageTiers, database: Database): readonly Link[] {
  const { master, volume, gateway, buckets, expire: nightly } = tiers;
  return [
    link(master, master, "grpc", "Raft among the masters"),
    link(master, master, "http", "questions handed to the leading master"),
    link(volume, master, "grpc", "signs of life, and which files there are"),
    link(volume, master, "http", "where the other copy is"),
    link(master, volume, "grpc", "new files, and their upkeep"),
    link(master, volume, "http", "state of a server"),
    link(volume, volume, "http", "the other copy of a write"),
    link(volume, volume, "grpc", "copies of files that lost one"),
    link(gateway, master, "grpc", "where to write"),
    link(gateway, master, "http", "where to read"),
    link(gateway, volume, "http", "content of objects"),
    link(gateway, volume, "grpc", "deletions"),
    link(gateway, gateway, "filer-grpc", "changes of names, and whose turn it is to write one"),
    link(gateway, gateway, "filer", "content through the gateway that has it"),
    link(gateway, gateway, "s3", "whether another gateway serves already"),
    link(gateway, gateway, "s3-grpc", "changes of buckets"),
    link(master, gateway, "filer-grpc", "upkeep: unfinished uploads"),
    linkTo(gateway, database, "names, versions, locks and keys of objects"),
    link(buckets, gateway, "s3", "buckets and their rules"),
    link(buckets, gateway, "filer-grpc", "the rule that writes are flushed"),
    link(buckets, master, "grpc", "names of the gateways"),
    link(nightly, gateway, "filer-grpc", "versions that are due"),
    link(nightly, gateway, "s3-grpc", "their deletion, which asks their lock"),
    link(nightly, master, "grpc", "names of the gateways"),
  ];
}

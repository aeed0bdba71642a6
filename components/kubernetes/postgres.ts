import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import * as pulumi from "@pulumi/pulumi";
import type { Database } from "../core/connections";
import { invalid, validateArgs, givenArgs } from "../core/errors";
import { image } from "../core/images";
import { usedAfter } from "../core/secret";
import { serviceHost, type Tier, tier, tierText } from "../core/tier";
import { blockImages } from "./images";
import { Namespace } from "./namespace";
import { workloadLabel } from "./peers";
import { type Archive, type PostgresArgs, postgresArgs, postgresArgsKeys } from "./postgres/args";
import { configurationFiles } from "./postgres/configuration";
import { scripts } from "./postgres/files";
import { amongMembers, claimed, governed, metadataOf, mounted, outgoing, policy } from "./postgres/objects";
import { ports } from "./postgres/paths";
import { instance } from "./postgres/pods";
import { clusterSecrets } from "./postgres/secrets";
import { digest } from "./postgres/text";
import { claimTemplates } from "./volume";
import { takeVolumes } from "./volume-ledger";

export type { Archive, ArchiveSettings, PostgresArgs, RestoreSettings } from "./postgres/args";
export { planPostgres, type PostgresPlan, type PostgresPlanArgs } from "./postgres/plan";

/**
 * PostgreSQL as a cluster of instances on the hosts' own volumes: one primary, one strictly synchronous standby on another host, one more that takes its place. What
 * is acknowledged is on two hosts, or it is not acknowledged. Clients find the primary at one host name, over TLS only.
 *
 * When the primary's host dies, another is primary after about half a minute: Patroni waits 20 seconds for a sign of life, and less is not to be had. When the
 * standby's host dies, commits wait until the third has taken its place. A client that was connected to a dead host learns it from its own keepalives only: set
 * `tcp_user_timeout` or `keepalives_idle`, and connect anew.
 *
 * Patroni decides who is primary, with Kubernetes as its store: the primary's address changes in the same write as its lock. Everything goes into an archive in
 * another place, encrypted before it leaves, from which any moment can be restored. The namespace is the cluster's own: what Patroni may do there, it may do to every
 * pod in it.
 *
 * @example
 * const chat = planMatrix({ name: "chat", domain: "chat.crisis.example.ch", users: 300, mediaGib: 100 });
 * const records = planPostgres({ name: "records", serves: [chat], gib: 50, archive: "https://sos-ch-dk-2.exo.io" });
 * const messaging = new Platform("messaging", { ...place, plans: [chat, records] });
 * const postgres = new Postgres("records", {
 *   on: messaging,
 *   plan: records,
 *   archive: {
 *     bucket: givenBucket({
 *       endpoint: "https://sos-ch-dk-2.exo.io",
 *       bucket: "crisis-archive",
 *       region: "ch-dk-2",
 *       accessKey: givenSecret(new pulumi.Config().requireSecret("archiveKey")),
 *       secretKey: givenSecret(new pulumi.Config().requireSecret("archiveSecret")),
 *       ...messaging.proxy,
 *     }),
 *   },
 * });
 * const rooms = postgres.database("chat", { from: chat.homeserver });
 */
export class Postgres extends pulumi.ComponentResource {
  /** The instances, as other tiers see them. */
  readonly tier: Tier<keyof typeof ports>;
  /** Host name that follows the primary. */
  readonly host: string;
  /** PEM of the authority by which clients verify it. */
  readonly ca: pulumi.Output<string>;
  /** For a cluster that is to be restored from this one's archive. */
  readonly archive: Archive;
  /** Resources that a service which uses it depends on. */
  readonly ready: readonly pulumi.Resource[];

  private readonly databases: Readonly<
    Record<string, { readonly user: string; readonly generation: string; readonly password: pulumi.Output<string> }>
  >;
  private readonly clients = new Set<string>();
  private readonly opened: (database: string, from: Tier) => void;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, postgresArgsKeys, { on: "new Platform(…)" });
    super("sovereign-uc:index:Postgres", name, postgresArgs.shown(name, args), opts);
    const valid = validateArgs(this, name, postgresArgs.parsers(name, args));
    const { cluster } = args.on;
    const { archive, store, restore, keepData, databases } = valid;
    const { gib, instances, resources, mostConnections } = valid.plan;
    const { volume, use } = valid.volume;
    takeVolumes(cluster, [volume], use);

    this.tier = tier(name, name, ports);
    this.host = serviceHost(this.tier);
    const secrets = clusterSecrets(name, { host: this.host, databases, archive, restore, keepData }, this);
    this.ca = secrets.ca;
    this.archive = { folder: name, passphrase: secrets.passphrase };
    this.databases = Object.fromEntries(
      databases.map(({ name: database, logins: [current] }) => [
        database,
        { ...current, password: secrets.password(current) },
      ]),
    );

    const namespace = new Namespace(name, { cluster }, { parent: this });
    const inside = { parent: this, provider: cluster.provider, dependsOn: [...namespace.ready] };
    const configuration = configurationFiles({
      name,
      cluster,
      connections: mostConnections,
      memoryMib: resources.memoryMib,
      volumeGib: gib,
      archive,
      storeHost: store.host,
      restore,
    });
    const made = [
      ...mounted(name, configuration, secrets, inside),
      ...governed(name, inside),
      policy(name, this.tier, namespace, amongMembers(this.tier), outgoing(this.tier, cluster, store.host), inside),
      ...claimed(volume, use, namespace, inside),
    ];
    const metadata = metadataOf(name);
    const annotations = {
      "sovereign-uc/configuration": digest({ ...configuration, ...scripts }),
      "sovereign-uc/secrets": secrets.version,
    };
    const set = new StatefulSet(
      name,
      {
        // Each may take as long to hand over and to come back as it takes to copy what it missed.
        metadata: { ...metadata, annotations: { "pulumi.com/timeoutSeconds": `${600 * instances}` } },
        spec: {
          replicas: instances,
          serviceName: `${name}-pods`,
          podManagementPolicy: "Parallel",
          minReadySeconds: 10,
          revisionHistoryLimit: 3,
          selector: { matchLabels: { [workloadLabel]: name } },
          template: {
            metadata: { labels: { ...metadata.labels, "app.kubernetes.io/component": "database" }, annotations },
            spec: instance({
              name,
              cluster,
              pool: use.pool,
              image: valid.image ?? image(cluster.registry, blockImages.postgres),
              volume,
              resources,
              store,
              ...(restore === undefined ? {} : { restore: restore.at }),
            }),
          },
          volumeClaimTemplates: claimTemplates([volume]),
        },
      },
      { ...inside, dependsOn: [...namespace.ready, ...made] },
    );
    this.ready = [set];
    this.opened = (database, from) => {
      const peer = { workload: from.name, namespace: from.namespace };
      const allowed = [{ peer, port: ports.postgres, reason: `database ${database} of ${tierText(from)}` }];
      policy(`${name}-from-${from.namespace}-${from.name}`, this.tier, namespace, allowed, [], inside);
    };
    this.registerOutputs({ host: this.host });
  }

  /**
   * A database of this cluster, for one who asks: its policy is opened to them. What they get is the current generation's login.
   *
   * @throws RangeError for a database that the cluster was not given.
   */
  database(name: string, { from }: { readonly from: Tier }): Database {
    const found = this.databases[name];
    if (found === undefined)
      throw invalid(
        `a database of this cluster: ${Object.keys(this.databases).join(", ") || "none"}`,
        name,
        "plan the cluster for the service that asks, or add it to the plan's databases",
      );
    const { user, generation, password } = found;
    if (!this.clients.has(tierText(from))) this.opened(name, from);
    this.clients.add(tierText(from));
    return {
      host: this.host,
      port: ports.postgres,
      name,
      user,
      password: usedAfter({ value: password, version: generation }, this.ready),
      ca: this.ca,
      peer: this.tier,
    };
  }
}

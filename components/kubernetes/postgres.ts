import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { PersistentVolume } from "@pulumi/kubernetes/core/v1/persistentVolume";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { Secret as KubernetesSecret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Database } from "../core/connections";
import { invalid, validateArgs } from "../core/errors";
import { image } from "../core/images";
import { dnsLabel } from "../core/names";
import { serviceHost, type Tier, tier, tierText } from "../core/tier";
import { authorityIn } from "../infrastructure/certificate-authority";
import { proxyPort } from "../recipe/parts/private-host";
import { blockImages } from "./images";
import { Namespace } from "./namespace";
import { type Allowed, policySpec, reasons, workloadLabel } from "./peers";
import { type Archive, type PostgresArgs, postgresArgs } from "./postgres/args";
import { memberLabels, rules, services } from "./postgres/access";
import { scripts } from "./postgres/files";
import { dynamicConfiguration, patroniConfig } from "./postgres/patroni";
import { paths, ports } from "./postgres/paths";
import { archiveVariables, pgbackrestConfig } from "./postgres/pgbackrest";
import { instance, mountedNames } from "./postgres/pods";
import { type DatabaseSettings, type Login, logins, rolesFile } from "./postgres/roles";
import { digest, settled } from "./postgres/text";
import { claimTemplates, takeVolumes, volumeClaims } from "./volume";

export type { Archive, ArchiveSettings, PostgresArgs, RestoreSettings } from "./postgres/args";
export type { DatabaseSettings } from "./postgres/roles";

type Ports = "postgres" | "patroni";

/**
 * PostgreSQL as a cluster of instances on the hosts' own volumes: one primary, one strictly synchronous standby on another host, one more that takes its place. What
 * is acknowledged is on two hosts, or it is not acknowledged. Clients find the primary at one host name, over TLS only.
 *
 * Patroni decides who is primary, with Kubernetes as its store: the primary's address changes in the same write as its lock. Everything goes into an archive in
 * another place, encrypted before it leaves, from which any moment can be restored. The namespace is the cluster's own: what Patroni may do there, it may do to every
 * pod in it.
 *
 * @example
 * const postgres = new Postgres("records", {
 *   cluster,
 *   pool: "data",
 *   volume: { from: "postgres", gib: 100 },
 *   resources: { cpu: 2, memoryMib: 8192 },
 *   databases: { synapse: { locale: "C" } },
 *   archive: { bucket },
 * });
 * const database = postgres.database("synapse", { from: homeserver });
 */
export class Postgres extends pulumi.ComponentResource {
  /** The instances, as other tiers see them. */
  readonly tier: Tier<Ports>;
  /** Host name that follows the primary. */
  readonly host: string;
  /** PEM of the authority by which clients verify it. */
  readonly ca: pulumi.Output<string>;
  /** For a cluster that is to be restored from this one's archive. */
  readonly archive: Archive;
  /** What a service that uses it depends on. */
  readonly ready: readonly pulumi.Resource[];

  private readonly databases: Readonly<Record<string, Required<DatabaseSettings>>>;
  private readonly passwords = new Map<string, pulumi.Output<string>>();
  private readonly clients = new Set<string>();
  private readonly opened: (name: string, from: Tier) => void;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    const shown = postgresArgs.shown(name, args);
    super("sovereign-uc:index:Postgres", name, shown, opts);
    const valid = validateArgs(this, name, { ...postgresArgs.parsers(name, args), name: () => dnsLabel(name, 40) });
    const { cluster, keepData = true } = args;
    const own = { parent: this };
    const kept = { ...own, protect: keepData };

    this.tier = tier(name, name, ports);
    this.host = serviceHost(this.tier);
    this.databases = valid.databases;
    const namespace = new Namespace(name, { cluster }, own);
    const inside = { ...own, provider: cluster.provider, dependsOn: [...namespace.ready] };
    const metadata = { name, namespace: name, labels: { [workloadLabel]: name, ...memberLabels(name) } };
    const named = (full: string): typeof metadata => ({ ...metadata, name: full });

    const authority = authorityIn(this, `${name}-authority`, { commonName: `${name}-authority` });
    this.ca = authority.certificate;
    const server = authority.issue("server", {
      commonName: this.host,
      dnsNames: [this.host, `${name}.${name}`, `${name}.${name}.svc`],
      usage: "server",
    });
    const standby = authority.issue("standby", { commonName: "standby", usage: "client" });
    const rewind = authority.issue("rewind", { commonName: "rewind", usage: "client" });

    // Without it, the archive is nothing but bytes.
    const passphrase = new random.RandomPassword(`${name}-passphrase`, { length: 48, special: false }, kept).result;
    this.archive = { folder: name, passphrase: { value: passphrase, version: "1" } };
    const password = (login: Login): pulumi.Output<string> => {
      const made =
        this.passwords.get(login.user) ??
        new random.RandomPassword(`${name}-${login.user}`, { length: 40, special: false }, own).result;
      this.passwords.set(login.user, made);
      return made;
    };
    const all = Object.entries(this.databases).map(([database, settings]) => ({
      name: database,
      locale: settings.locale,
      logins: pulumi.all(
        logins(database, settings).map((login) =>
          password(login).apply((text) => ({ user: login.user, password: text })),
        ),
      ),
    }));

    const { store, archive, restore } = valid;
    const repository = {
      host: store.host,
      bucket: archive.bucket.bucket,
      region: archive.bucket.region,
      keepFull: archive.keepFull,
      ownAuthority: archive.bucket.ca !== undefined,
    };
    const settings = {
      scope: name,
      podRange: cluster.podRange,
      connections: valid.connections,
      memoryMib: args.resources.memoryMib,
      volumeGib: valid.volume.gib,
      restore: restore !== undefined,
    };
    const configuration = {
      "patroni.yml": patroniConfig(settings),
      "pgbackrest.conf": pgbackrestConfig({ ...repository, folder: name }),
      "keeper.json": keeperConfig(settings, archive),
      ...(restore === undefined
        ? {}
        : { "restore.conf": pgbackrestConfig({ ...repository, folder: restore.archive.folder }) }),
    };
    const certificates = {
      "ca.crt": authority.certificate,
      "server.crt": server.certificate,
      "server.key": server.privateKey,
      "standby.crt": standby.certificate,
      "standby.key": standby.privateKey,
      "rewind.crt": rewind.certificate,
      "rewind.key": rewind.privateKey,
      ...(archive.bucket.ca === undefined ? {} : { "archive.crt": archive.bucket.ca }),
    };
    const variables = {
      [archiveVariables.accessKey]: archive.bucket.accessKey,
      [archiveVariables.secretKey]: archive.bucket.secretKey,
      [archiveVariables.passphrase]: this.archive.passphrase,
      ...(restore === undefined ? {} : { RESTORE_PASSPHRASE: restore.archive.passphrase }),
    };

    const objects = mountedNames(name);
    const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, inside);
    const role = new Role(name, { metadata, rules: rules(name) }, inside);
    const made: pulumi.Resource[] = [
      new ConfigMap(objects.configuration, { metadata: named(objects.configuration), data: configuration }, inside),
      new ConfigMap(objects.scripts, { metadata: named(objects.scripts), data: scripts }, inside),
      new KubernetesSecret(objects.tls, { metadata: named(objects.tls), stringData: certificates }, inside),
      new KubernetesSecret(
        objects.variables,
        {
          metadata: named(objects.variables),
          stringData: Object.fromEntries(
            Object.entries(variables).map(([key, { value }]) => [key, pulumi.secret(value)]),
          ),
        },
        inside,
      ),
      new KubernetesSecret(
        objects.roles,
        {
          metadata: named(objects.roles),
          stringData: { "roles.json": pulumi.secret(pulumi.output(all).apply(rolesFile)) },
        },
        inside,
      ),
      account,
      role,
      new RoleBinding(
        name,
        {
          metadata,
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
          subjects: [{ kind: "ServiceAccount", name, namespace: name }],
        },
        { ...inside, dependsOn: [account, role] },
      ),
      ...services(name, ports.postgres).map(
        ({ name: service, spec }) => new Service(service, { metadata: named(service), spec }, inside),
      ),
      new Service(
        `${name}-pods`,
        {
          metadata: named(`${name}-pods`),
          spec: {
            clusterIP: "None",
            publishNotReadyAddresses: true,
            selector: { [workloadLabel]: name },
            ports: [{ name: "postgres", port: ports.postgres, targetPort: "postgres", protocol: "TCP" }],
          },
        },
        inside,
      ),
      this.policy(name, namespace, members(this.tier), outgoing(this.tier, cluster, store.host), inside),
      new PodDisruptionBudget(
        name,
        {
          metadata,
          spec: {
            maxUnavailable: 1,
            unhealthyPodEvictionPolicy: "AlwaysAllow",
            selector: { matchLabels: { [workloadLabel]: name } },
          },
        },
        inside,
      ),
    ];
    const use = valid.volume.use;
    takeVolumes(cluster, [valid.volume.volume], use);
    for (const { persistentVolume, claim } of volumeClaims([valid.volume.volume], use)) {
      const volume = new PersistentVolume(persistentVolume.metadata.name, persistentVolume, { ...inside, ...kept });
      made.push(
        new PersistentVolumeClaim(claim.metadata.name, claim, {
          ...inside,
          ...kept,
          dependsOn: [...namespace.ready, volume],
        }),
      );
    }
    const template = {
      metadata: {
        labels: { ...metadata.labels, "app.kubernetes.io/component": "database" },
        annotations: {
          "sovereign-uc/configuration": digest({ ...configuration, ...scripts }),
          "sovereign-uc/secrets": settled([
            ...Object.values(certificates).filter((_, i) => i % 2 === 1 || i === 0),
            ...Object.values(variables).map(({ version }) => version),
          ]),
        },
      },
      spec: instance({
        name,
        cluster,
        pool: valid.pool,
        image: valid.image ?? image(cluster.registry, blockImages.postgres),
        volume: valid.volume.volume,
        resources: args.resources,
        store,
        ...(restore === undefined ? {} : { restore: restore.at }),
      }),
    };
    const set = new StatefulSet(
      name,
      {
        // Each may take as long to hand over and to come back as it takes to copy what it missed.
        metadata: { ...metadata, annotations: { "pulumi.com/timeoutSeconds": `${600 * valid.instances}` } },
        spec: {
          replicas: valid.instances,
          serviceName: `${name}-pods`,
          podManagementPolicy: "Parallel",
          minReadySeconds: 10,
          revisionHistoryLimit: 3,
          selector: { matchLabels: { [workloadLabel]: name } },
          template,
          volumeClaimTemplates: claimTemplates([valid.volume.volume]),
        },
      },
      { ...inside, dependsOn: [...namespace.ready, ...made] },
    );
    this.ready = [set];
    this.opened = (database, from) => {
      const key = `${name}-from-${from.namespace}-${from.name}`;
      if (this.clients.has(key)) return;
      this.clients.add(key);
      const peer = { workload: from.name, namespace: from.namespace };
      const allowed = [{ peer, port: ports.postgres, reason: `database ${database} of ${tierText(from)}` }];
      this.policy(key, namespace, allowed, [], inside);
    };
    this.registerOutputs({ host: this.host });
  }

  /**
   * A database of this cluster, for one who asks: its policy is opened to them. What they get is the current generation's login.
   *
   * @throws RangeError for a database that the cluster was not given.
   */
  database(name: string, { from }: { readonly from: Tier }): Database {
    const settings = this.databases[name];
    if (settings === undefined)
      throw invalid(
        `a database of this cluster: ${Object.keys(this.databases).join(", ") || "none"}`,
        name,
        "add it to databases",
      );
    const [{ user, generation }] = logins(name, settings);
    this.opened(name, from);
    return {
      host: this.host,
      port: ports.postgres,
      name,
      user,
      password: { value: this.passwords.get(user) ?? "", version: `${generation}` },
      ca: this.ca,
      peer: this.tier,
    };
  }

  /** A policy for the instances; policies of one pod add up. */
  private policy(
    name: string,
    { name: namespace, isolatedFrom }: Namespace,
    incoming: readonly Allowed[],
    out: readonly Allowed[],
    opts: pulumi.CustomResourceOptions,
  ): NetworkPolicy {
    const why = [...reasons("in", incoming), ...reasons("out", out)].join("\n");
    return new NetworkPolicy(
      name,
      {
        metadata: { name, namespace, annotations: { "sovereign-uc/reasons": why } },
        spec: policySpec(this.tier.name, incoming, out, isolatedFrom),
      },
      opts,
    );
  }
}

/** What the keeper reads: Patroni's dynamic configuration, and when backups are due. */
const keeperConfig = (
  settings: Parameters<typeof dynamicConfiguration>[0],
  archive: { readonly fullEveryDays: number; readonly incrementalEveryHours: number },
): string =>
  `${JSON.stringify(
    {
      socket: paths.socket,
      api: `https://127.0.0.1:${ports.patroni}`,
      authority: `${paths.tls}/ca.crt`,
      certificate: `${paths.tls}/standby.crt`,
      key: `${paths.tls}/standby.key`,
      fullSeconds: archive.fullEveryDays * 86_400,
      incrementalSeconds: archive.incrementalEveryHours * 3_600,
      dynamic: dynamicConfiguration(settings),
    },
    null,
    2,
  )}\n`;

/** The instances among each other: replication, and what Patroni asks. */
const members = ({ name, namespace }: Tier): readonly Allowed[] => [
  { peer: { workload: name, namespace }, port: ports.postgres, reason: "replication" },
  { peer: { workload: name, namespace }, port: ports.patroni, reason: "Patroni asks the other members" },
];

const outgoing = (own: Tier, cluster: PostgresArgs["cluster"], store: string): readonly Allowed[] => [
  ...members(own),
  {
    peer: { ranges: cluster.hostAddresses.controlPlane.map((address) => `${address}/32`) },
    port: 6443,
    reason: "Kubernetes API: Patroni's lock and records",
  },
  {
    peer: { ranges: cluster.gatewayAddresses.map((address) => `${address}/32`) },
    port: proxyPort,
    reason: `the gateways' proxy, which leads to ${store}`,
  },
];

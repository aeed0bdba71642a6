import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../core/capacity";
import { connectionsPerReplica, edgeCapacity, edgeResources } from "../core/edge-load";
import { givenArgs, type Keys, tryParse, validateArgs, each } from "../core/errors";
import { image } from "../core/images";
import { dnsLabel } from "../core/names";
import { countInRange } from "../core/numbers";
import { edgeLinks, edgeTier, Route, routeKeys } from "../core/route";
import { readRoutes } from "../core/route-checks";
import { edgeNamespace } from "../core/tier";
import { authorityIn } from "../infrastructure/certificate-authority";
import { Acme, AcmeArgs, acmeKeys, readAcme } from "./acme";
import { certificateFiles, EdgeCertificate, edgeCertificateKeys, readCertificates } from "./edge-certificates";
import { edgeFolders, edgePorts, haproxy } from "./haproxy";
import { hasShards } from "./haproxy-tcp";
import { nodePorts, peerNames, peerServices, published, stackNames } from "./edge-services";
import { blockImages } from "./images";
import type { Mount } from "./mounts";
import { Namespace } from "./namespace";
import type { Allowed } from "./peers";
import type { KubernetesTarget } from "./target";
import { Workload } from "./workload";

export interface EdgeArgs {
  readonly cluster: KubernetesTarget;
  /** Routes of all services, from their plans. */
  readonly routes: readonly Route[];
  /** Certificates by name. Every host name of a route is in one of them; names that must not share a key are in different ones. */
  readonly certificates: Readonly<Record<string, EdgeCertificate>>;
  /** Directory that issues the certificates whose source is "acme". @default - none */
  readonly acme?: AcmeArgs;
  /** Connections at once, of all routes. */
  readonly connections: number;
  /**
   * Connections at once that one replica takes from one source, and new ones in ten seconds: an IPv4 address, or the 64 leading bits of an IPv6 address. A whole
   * ministry can come from one address. At half of a replica's places, all that a source can take is less than the replica that is spare.
   *
   * @default - `connections`, at most 2000
   */
  readonly connectionsPerSource?: number;
}

const edgeArgsKeys: Keys<EdgeArgs> = {
  cluster: "elsewhere",
  routes: each(routeKeys),
  certificates: each(edgeCertificateKeys),
  acme: acmeKeys,
  connections: true,
  connectionsPerSource: true,
};

const script = (name: string): Record<string, string> => ({
  [name]: readFileSync(join(__dirname, "files", name), "utf8"),
});

/**
 * The one place where web and TCP traffic enters a cluster, in a namespace of its own: HAProxy ends TLS, at two replicas at least that share one table, so whoever
 * asks for the same room reaches the same shard through either. Made from routes: no service has to exist.
 *
 * Only the gateways may connect; they say who the client is by PROXY protocol version 2. Pods are addressed one by one and checked one by one. A handshake for a name
 * that no route has is refused. A certificate that changes is handed to the running process: no connection is lost and no pod is replaced.
 *
 * @example
 * const pad = tier("pad", "pad", { http: 9001 });
 * new Edge("edge", {
 *   cluster,
 *   routes: [
 *     {
 *       kind: "web",
 *       name: "pad",
 *       host: "pad.crisis.example.ch",
 *       upstreams: [{ name: "pad", tier: pad, port: "http" }],
 *       health: ["/health"],
 *     },
 *   ],
 *   certificates: { web: { hosts: ["pad.crisis.example.ch"], source: { kind: "acme" } } },
 *   acme: { directory: "https://ca.example.ch/acme/directory" },
 *   connections: 1600,
 * });
 */
export class Edge extends pulumi.ComponentResource {
  readonly replicas: number;
  readonly namespace: Namespace;

  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, edgeArgsKeys, { cluster: "new Cluster(…)" });
    const { cluster, routes, certificates, acme, connections } = args;
    super(
      "sovereign-uc:index:Edge",
      name,
      { connections, routes: (tryParse(() => readRoutes(routes)) ?? []).map((route) => route.name) },
      opts,
    );

    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name, 40),
      routes: () => readRoutes(routes),
      certificates: () => readCertificates(certificates, tryParse(() => readRoutes(routes)) ?? [], acme !== undefined),
      acme: () => (acme === undefined ? undefined : readAcme(acme)),
      connections: () => countInRange(connections, "connections", 1),
      connectionsPerSource: () => countInRange(perSource(args), "connections of one source", 1, connectionsPerReplica),
    });
    const capacity = edgeCapacity(valid.connections);
    this.replicas = replicasFor(capacity);
    const names = stackNames(name);
    const whole = names("");
    this.namespace = new Namespace(
      whole.name,
      { cluster, kubernetesName: edgeNamespace },
      { parent: this, aliases: whole.aliases },
    );
    const own = { parent: this, provider: cluster.provider, dependsOn: [...this.namespace.ready] };

    const made: pulumi.Resource[] = [
      ...peerServices(this.replicas, names, own),
      new Secret(
        names("-certificates").name,
        {
          metadata: { name: "edge-certificates", namespace: edgeNamespace },
          stringData: certificateFiles(valid.certificates, () =>
            authorityIn(this, names("-placeholder").name, { commonName: "edge placeholder" }, "edge-placeholder"),
          ),
        },
        { ...own, aliases: names("-certificates").aliases },
      ),
    ];
    const directory =
      acme === undefined
        ? undefined
        : new Acme(
            names("-acme").name,
            {
              ...acme,
              kubernetesName: "edge-acme",
              namespace: this.namespace,
              certificates: acmeNames(certificates),
            },
            { parent: this, aliases: names("-acme").aliases },
          );
    new Workload(
      whole.name,
      {
        namespace: this.namespace,
        tier: edgeTier,
        role: "edge",
        kind: "StatefulSet",
        // The gateways lead to hosts that are there when the stack is made.
        stableHostsOnly: true,
        image: image(cluster.registry, blockImages.haproxy),
        replicas: this.replicas,
        capacity,
        // The image's own user.
        user: 99,
        command: ["sh", "/scripts/edge.sh"],
        mounts: mounts(args, this.replicas, directory),
        env: directory === undefined ? {} : { ACME_THUMBPRINT: directory.thumbprint },
        probes: {
          ready: { get: "/healthz", port: edgePorts.health, everySeconds: 5, failures: 2 },
          alive: { get: "/healthz", port: edgePorts.health, failures: 6 },
        },
        resources: edgeResources,
        drain: { command: ["sh", "/scripts/drain-edge.sh"], seconds: 80 },
        links: edgeLinks(routes, cluster.hostAddresses.media),
        ingress: [...fromGateways(args), ...itself(routes)],
        egress: itself(routes),
      },
      {
        parent: this,
        dependsOn: [...made, ...(directory === undefined ? [] : [directory.secret])],
        aliases: whole.aliases,
      },
    );
    nodePorts(args, names, own);
    this.registerOutputs({});
  }
}

const perSource = ({ connections, connectionsPerSource }: EdgeArgs): number =>
  connectionsPerSource ?? Math.min(connections, connectionsPerReplica / 2);

/** Host names of the certificates that come from a directory, by name. */
const acmeNames = (certificates: EdgeArgs["certificates"]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(certificates).flatMap(([name, { hosts, source }]) =>
      source.kind === "acme" ? [[name, hosts]] : [],
    ),
  );

function mounts(args: EdgeArgs, replicas: number, directory: Acme | undefined): readonly Mount[] {
  const { routes, certificates } = args;
  const files = haproxy({
    routes,
    certificates: Object.fromEntries(Object.entries(certificates).map(([name, { hosts }]) => [name, hosts])),
    challenged: Object.values(acmeNames(certificates)).flat(),
    connections: connectionsPerReplica,
    connectionsPerSource: perSource(args),
    peers: peerNames(replicas).map((peer) => ({
      name: peer,
      address: `${peer}.${edgeNamespace}.svc.cluster.local`,
    })),
  });
  return [
    { name: "config", path: edgeFolders.config, files },
    { name: "scripts", path: "/scripts", files: { ...script("edge.sh"), ...script("drain-edge.sh") } },
    { name: "certificates", path: "/certificates", keptSecret: "edge-certificates" },
    ...(directory === undefined ? [] : [{ name: "acme", path: "/acme", keptSecret: directory.secretName }]),
    { name: "run", path: edgeFolders.certificates, memoryMib: 16 },
  ];
}

const itself = (routes: readonly Route[]): readonly Allowed[] => [
  { peer: { workload: edgeTier.name }, port: edgePorts.peers, reason: "the table that replicas share" },
  ...(routes.some(hasShards)
    ? [{ peer: { workload: edgeTier.name }, port: edgePorts.views, reason: "the shards that another replica has lost" }]
    : []),
];

const fromGateways = (args: EdgeArgs): readonly Allowed[] =>
  published(args).map(({ port, reason }) => ({
    peer: { ranges: args.cluster.gatewayAddresses.map((address) => `${address}/32`) },
    port,
    reason,
  }));

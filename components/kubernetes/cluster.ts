import { createHash } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { authorityIn, type Issuer } from "../infrastructure/certificate-authority";
import { Cidr } from "../core/cidr";
import { validateArgs, invalid } from "../core/errors";
import { HostPorts } from "../core/ledger";
import { checkedElastic, ElasticHosts, elasticPool, ElasticPool } from "./elastic-pool";
import { kubeconfig } from "../core/kubeconfig";
import { dnsLabel, domainName } from "../core/names";
import { integerInRange, countInRange } from "../core/numbers";
import { Opening } from "../core/openings";
import { mediaTaint, poolLabel } from "../core/taints";
import { Gateway, Published } from "../infrastructure/gateway";
import { Host, HostPool } from "../infrastructure/host";
import { KubernetesTarget } from "./target";
import { givenNetwork, isolatedFrom, Network } from "../infrastructure/network";
import { ApplicationPool, checkedPools, GpuPool, MediaPool, MemberPool, toolkitKey } from "./pools";
import { ownLabels } from "../recipe/admission";
import { dataVolume, recoveryKeyPath } from "../recipe/parts/data-volume";
import { gpu as gpuDriver } from "../recipe/parts/gpu";
import { agent, paths, podForwards, server, snapshotKeys } from "../recipe/parts/k3s";
import { privateHost } from "../recipe/parts/private-host";
import { combine, Recipe } from "../recipe/recipe";
import { scripts } from "../recipe/scripts";
import { checkedSnapshots, Snapshots } from "./snapshots";

export interface ClusterArgs {
  readonly network: Network;
  readonly gateway: Gateway;
  /** Domain of the deployment; the API answers as `api.<domain>`. */
  readonly domain: string;
  /** Hosts of the control plane: 3, 5 or 7, each with a protected volume for etcd, encrypted and opened at boot by any of the gateways. */
  readonly controlPlane: MemberPool & { readonly dataGib?: number };
  /** Private hosts for everything but media. */
  readonly application: MemberPool;
  /** Doors for media: public addresses, host-network ports. @default - none */
  readonly media?: MediaPool;
  /**
   * Private hosts with graphics processors, for speech and language models: pool `gpu`, taint `sovereign-uc/gpu=true:NoSchedule`, runtime class
   * `nvidia`. Sharing them out by `nvidia.com/gpu` takes a device plugin on the cluster. @default - none
   */
  readonly gpu?: GpuPool;
  /**
   * More pools of private hosts, by name: role and label of their pool are the name, which workloads take as their `pool`. At most 15
   * characters, and none of "gateway", "control", "control-plane", "application", "media", "gpu". @default - none
   */
  readonly pools?: Readonly<Record<string, ApplicationPool>>;
  /**
   * Hosts that come and go with the load, where the cloud has that: a network with an `elasticRange`, and an `Autoscaler` on this cluster, which asks the
   * cloud for them. The control plane takes each in with a token of its own that lives minutes. They carry pods of the pool `application`. @default - none
   */
  readonly elastic?: ElasticPool;
  /** @default "10.42.0.0/16" */
  readonly podRange?: string;
  /** @default "10.43.0.0/16" */
  readonly serviceRange?: string;
  /**
   * Where snapshots of etcd go every six hours, beside the members' own disks. They hold every Secret encrypted, and the keys to them encrypted with
   * the members' join token: restoring one takes that token, which only the stack's state has. @default - nowhere else
   */
  readonly snapshots?: Snapshots;
  /** Whether data volumes and the keys to them are protected. @default true */
  readonly keepData?: boolean;
  /** Which gateway leads to the API: another one while the first is down. @default 0 */
  readonly apiGateway?: number;
}

/** The port of the gateways that leads to a cluster's API: administrators only, by client certificate. */
export const apiPort = (controlPlane: readonly string[], administrators: readonly string[]): Published => ({
  port: 6443,
  targets: controlPlane,
  targetPort: 6443,
  proxyProtocol: false,
  from: administrators,
  reason: "Kubernetes API for administrators",
  // Administrators come from few places, and what they use has one connection or a few.
  connections: 1_000,
  connectionsPerSource: 250,
});

/**
 * Kubernetes (k3s) on hosts of any cloud: a control plane with embedded etcd whose certificate authorities are made beforehand, private hosts for
 * applications, doors for media.
 *
 * @example
 * const cluster = new Cluster("crisis", {
 *   network,
 *   gateway,
 *   domain: "crisis.example.ch",
 *   controlPlane: { type: "cpx32", firstHost: 20 },
 *   application: { type: "cpx42", firstHost: 30, count: 3 },
 * });
 */
export class Cluster extends pulumi.ComponentResource implements KubernetesTarget {
  readonly provider: pulumi.ProviderResource;
  readonly registry: string;
  readonly podRange: string;
  readonly serviceRange: string;
  readonly hostAddresses: KubernetesTarget["hostAddresses"];
  readonly taints: NonNullable<KubernetesTarget["taints"]>;
  readonly gatewayAddresses: readonly string[];
  readonly mediaHosts: KubernetesTarget["mediaHosts"];
  readonly hostPorts = new HostPorts();
  readonly isolatedFrom: KubernetesTarget["isolatedFrom"];
  readonly ready: readonly pulumi.Resource[];
  /** What an `Autoscaler` makes by load; undefined where the cluster has no such hosts. */
  readonly elastic: ElasticHosts | undefined;
  /** For `kubectl`; a secret. */
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const network = givenNetwork(name, args.network);
    const { gateway, domain, controlPlane, application, media, gpu, pools = {}, snapshots, keepData = true } = args;
    const { podRange = "10.42.0.0/16", serviceRange = "10.43.0.0/16", apiGateway = 0, elastic } = args;
    const members = controlPlane.count ?? 3;
    const endpoint = `api.${domain}`;
    const bucket =
      snapshots === undefined
        ? undefined
        : { endpoint: snapshots.endpoint, bucket: snapshots.bucket, region: snapshots.region, folder: name };
    super(
      "sovereign-uc:index:Cluster",
      name,
      {
        endpoint: `${endpoint}:6443`,
        kind: "k3s",
        network: network.name,
        podRange,
        serviceRange,
        members,
        pools: [
          "control-plane",
          "application",
          ...(media === undefined ? [] : ["media"]),
          ...(gpu === undefined ? [] : ["gpu"]),
          ...Object.keys(pools),
        ],
        ...(elastic === undefined ? {} : { elastic }),
        ...(bucket === undefined ? {} : { snapshots: bucket }),
      },
      opts,
    );

    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name, 24),
      domain: () => domainName(domain),
      "controlPlane.count": () => {
        countInRange(members, "hosts", 3, 7);
        if (members % 2 === 0)
          throw invalid(
            "an odd number of control-plane hosts",
            members,
            "take 3, 5 or 7: an even one survives no more losses",
          );
      },
      "controlPlane.firstHost": () => opened(network.addresses(controlPlane.firstHost, members), gateway),
      ranges: () =>
        apart(
          { "host range": network.range, podRange: Cidr.parse(podRange), serviceRange: Cidr.parse(serviceRange) },
          isolatedFrom(network),
        ),
      "gpu.type": () => gpu && network.cloud.graphics(gpu.type),
      "gpu.toolkitKey": () => gpu && toolkitKey(gpu.toolkitKey),
      pools: () => checkedPools(pools),
      snapshots: () => snapshots && checkedSnapshots(snapshots, gateway.egress),
      elastic: () => elastic && checkedElastic(`${name}-elastic`, elastic, network, gateway),
      apiGateway: () => integerInRange(apiGateway, "the number of a gateway", 0, gateway.paths.length - 1),
    });

    const own = { parent: this };
    const authorities = Object.fromEntries(
      ["server-ca", "client-ca", "request-header-ca", "etcd/server-ca", "etcd/peer-ca"].map((role) => {
        const plain = role.replace("/", "-");
        return [role, authorityIn(this, `${name}-${plain}`, { commonName: `${name}-${plain}` })] as const;
      }),
    );
    const authority = (role: string): Issuer => authorities[role] as Issuer;
    const signing = new tls.PrivateKey(`${name}-service-accounts`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, own);
    const password = (role: string): pulumi.Output<string> =>
      new random.RandomPassword(`${name}-${role}`, { length: 48, special: false }, own).result;
    const token = (secret: pulumi.Input<string>): pulumi.Output<string> =>
      pulumi
        .all([authority("server-ca").certificate, secret])
        .apply(([certificate, word]) => `K10${sha256(certificate)}::${word}\n`);
    // Kept as long as the volume: without its key, data is no data.
    const recoveryKey = (host: string): pulumi.Output<string> =>
      new random.RandomPassword(`${host}-data-key`, { length: 48, special: false }, { ...own, protect: keepData })
        .result;
    const serverToken = token(pulumi.interpolate`server:${password("token")}`);
    // Nobody joins with it: without one of its own, k3s would take the servers' token for it.
    const agentToken = token(pulumi.interpolate`node:${password("agent-token")}`);
    const joining = password("join");
    const certificates = Object.entries(authorities).flatMap(([role, { certificate, privateKey }]) => [
      { path: `${paths.certificates}/${role}.crt`, content: certificate, mode: "0600" as const },
      { path: `${paths.certificates}/${role}.key`, content: privateKey, mode: "0600" as const },
    ]);

    const addresses = valid["controlPlane.firstHost"];
    const common = {
      network,
      sshFrom: gateway.addresses.map((address) => `${address}/32`),
      jumpHosts: gateway.paths,
      keepData,
    };
    const surroundings = { gateways: gateway.addresses, mirror: gateway.mirror, routes: gateway.siteRoutes };
    const forwards = podForwards(network.range.toString(), podRange);
    // The zone is the host's own word, and spreads replicas as far as that goes; the pool decides.
    const zone = { "topology.kubernetes.io/zone": network.location };
    const labels = (pool: string): Record<string, string> => ({ [poolLabel]: pool, ...zone });
    const member = {
      mirror: gateway.mirror,
      range: network.range.toString(),
      podRange,
      serviceRange,
      controlPlane: addresses,
      ...(network.cloud.mtu === undefined ? {} : { mtu: network.cloud.mtu }),
    };

    const welcoming =
      elastic === undefined || valid.elastic === undefined
        ? undefined
        : elasticPool(
            `${name}-elastic`,
            elastic,
            valid.elastic,
            { network, gateway, member, labels: labels("application"), surroundings, forwards },
            this,
          );
    this.elastic = welcoming?.hosts;

    const control = new HostPool(
      `${name}-control`,
      {
        ...common,
        ...controlPlane,
        role: "control-plane",
        count: members,
        dataGib: controlPlane.dataGib ?? 20,
        forwards,
        recipe: ({ address, ...place }) =>
          combine(
            privateHost(surroundings),
            welcoming?.recipe({ ...place, address }) ?? {},
            dataVolume({
              device: network.cloud.dataDevice(address),
              path: "/var/lib/rancher/k3s/server/db",
              before: "k3s.service",
              gateways: gateway.addresses,
            }),
            server({
              ...member,
              address,
              endpoint,
              labels: zone,
              taints: ["node-role.kubernetes.io/control-plane:NoSchedule"],
              ...(bucket === undefined ? {} : { snapshots: bucket }),
            }),
          ),
        secrets: ({ name: host, address }) => [
          ...gateway.journalFilesOf({ name: host, address }),
          ...(welcoming?.secrets ?? []),
          { path: recoveryKeyPath, content: recoveryKey(host), mode: "0600" },
          ...certificates,
          { path: `${paths.certificates}/service.key`, content: signing.privateKeyPem, mode: "0600" },
          { path: paths.token, content: serverToken, mode: "0600" },
          { path: paths.agentToken, content: agentToken, mode: "0600" },
          ...(snapshots === undefined
            ? []
            : [
                {
                  path: paths.snapshots,
                  content: pulumi
                    .all([snapshots.accessKey, snapshots.secretKey])
                    .apply(([accessKey, secretKey]) => snapshotKeys(accessKey, secretKey)),
                  mode: "0600" as const,
                },
              ]),
        ],
        leaveThrough: () => "itself",
        foundBy: scripts.bootstrap,
      },
      own,
    );
    const memberFor = (index: number): Host => control.hosts[index % control.hosts.length] as Host;
    const joiners = (
      pool: MemberPool,
      role: string,
      taints: readonly string[],
      openings: readonly Opening[],
      more: Recipe = {},
      further: Readonly<Record<string, string>> = {},
    ): HostPool =>
      new HostPool(
        `${name}-${role}`,
        {
          ...common,
          ...pool,
          role,
          door: role === "media",
          openings,
          forwards,
          recipe: ({ address, index }) =>
            combine(
              privateHost(surroundings),
              more,
              agent(
                { ...member, address, labels: ownLabels({ ...further, ...zone }), taints, door: role === "media" },
                index,
              ),
            ),
          secrets: (place) => gateway.journalFilesOf(place),
          leaveThrough: ({ index }) => memberFor(index),
          joins: ({ index }) => ({
            through: memberFor(index),
            labels: { ...further, ...labels(role) },
            taints,
            secret: joining,
            file: (word) => ({ path: paths.token, content: token(word), mode: "0600" }),
          }),
        },
        { ...own, dependsOn: control.hosts.map((host) => host.ready) },
      );
    const applicationHosts = joiners(application, "application", [], []);
    const mediaHosts = media === undefined ? undefined : joiners(media, "media", [mediaTaint], media.openings);
    const gpuHosts =
      gpu === undefined
        ? undefined
        : joiners(
            gpu,
            "gpu",
            ["sovereign-uc/gpu=true:NoSchedule"],
            [],
            gpuDriver({ mirror: gateway.mirror, toolkitKey: gpu.toolkitKey }),
          );
    const furtherHosts = Object.entries(pools).map(
      ([role, { taints = [], labels: own = {}, ...pool }]) => [role, joiners(pool, role, taints, [], {}, own)] as const,
    );

    const administrator = authority("client-ca").issue("administrator", {
      commonName: "administrator",
      organization: "system:masters",
      usage: "client",
    });
    this.kubeconfig = pulumi.secret(
      pulumi
        .all([
          gateway.publicAddresses[valid.apiGateway] ?? "",
          authority("server-ca").certificate,
          administrator.certificate,
          administrator.privateKey,
        ])
        .apply(([address, ...files]) => kubeconfig(name, endpoint, address, files)),
    );
    this.provider = new kubernetes.Provider(
      name,
      // Changed Secrets and ConfigMaps would be replaced, and pods be without them meanwhile. Without the identifier, a new gateway address would count as another cluster and replace every object.
      {
        kubeconfig: this.kubeconfig,
        clusterIdentifier: endpoint,
        enableSecretMutable: true,
        enableConfigMapMutable: true,
      },
      own,
    );
    this.registry = gateway.mirror.registry;
    this.podRange = podRange;
    this.serviceRange = serviceRange;
    this.hostAddresses = {
      controlPlane: control.addresses,
      application: applicationHosts.addresses,
      media: mediaHosts?.addresses ?? [],
      gpu: gpuHosts?.addresses ?? [],
      pools: Object.fromEntries(furtherHosts.map(([role, pool]) => [role, pool.addresses])),
    };
    this.taints = Object.fromEntries(Object.entries(pools).map(([role, { taints = [] }]) => [role, taints]));
    this.gatewayAddresses = gateway.addresses;
    this.mediaHosts = (mediaHosts?.hosts ?? []).flatMap(({ name: host, address, publicAddress }) =>
      publicAddress === undefined ? [] : [{ name: host, address, publicAddress }],
    );
    this.isolatedFrom = network.isolatedFrom;
    this.ready = [control, applicationHosts, mediaHosts, gpuHosts, ...furtherHosts.map(([, pool]) => pool)]
      .filter((pool) => pool !== undefined)
      .flatMap((pool) => pool.hosts.map((host) => host.ready));
    this.registerOutputs({
      endpoint,
      ...(welcoming === undefined ? {} : { rendered: { [`${name}-elastic`]: welcoming.rendered } }),
    });
  }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** @throws RangeError when the gateways do not open the volume of one of the hosts: it would wait for ever at its next boot. */
function opened(hosts: readonly string[], { volumeHosts }: Gateway): readonly string[] {
  const left = hosts.filter((host) => !volumeHosts.includes(host));
  if (left.length > 0)
    throw invalid(
      `gateways that open the volumes of ${hosts.join(", ")}`,
      volumeHosts,
      "publish the API with apiPort, or name the control plane in the gateway's volumeHosts",
    );
  return hosts;
}

function apart(own: Readonly<Record<string, Cidr>>, isolated: readonly Cidr[]): void {
  const all = Object.entries(own);
  all.forEach(([what, range], i) => {
    for (const [other, second] of all.slice(i + 1))
      if (range.overlaps(second))
        throw invalid(
          `${what} apart from ${other} ${second.toString()}`,
          range.toString(),
          "choose ranges that do not overlap",
        );
    const touched = isolated.find((one) => one.overlaps(range));
    if (touched)
      throw invalid(`${what} outside the isolated range ${touched.toString()}`, range.toString(), "choose another");
  });
}

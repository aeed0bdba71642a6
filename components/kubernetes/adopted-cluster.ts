import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { Cidr, ipv4Address } from "../core/cidr";
import { givenArgs, type Keys, validate, validateArgs, invalid, tryParse, each } from "../core/errors";
import { HostPorts } from "../core/ledger";
import { Isolated, isolatedKeys, isolatedSystems, outside, readableRanges } from "../core/isolation";
import { leadingTo } from "../core/kubeconfig";
import { registryHost } from "../core/mirror";
import { dnsLabel, domainName, httpsUrl } from "../core/names";
import { fields, items, list, record } from "../core/shapes";
import { mediaPoolParsers } from "./pools";
import { KubernetesTarget } from "./target";

export interface AdoptedClusterArgs {
  /**
   * Kubeconfig with one cluster and one user, as `kubectl config view --raw --minify --flatten --output json` prints them. It is kept as a secret; what
   * is said of the cluster elsewhere is not read out of it, since it may not be known before the update.
   */
  readonly kubeconfig: pulumi.Input<string>;
  /** HTTPS address of the API, as it stands in the kubeconfig: what the packs judge. */
  readonly server: string;
  /** Country where the hosts stand, as an ISO 3166-1 code: `CH`. */
  readonly country: string;
  /** Operator's name of the location: `Bern`. */
  readonly location: string;
  /** Host of the operator's registry, which mirrors every image. */
  readonly registry: string;
  readonly podRange: string;
  readonly serviceRange: string;
  /** Private IPv4 addresses of its hosts; at least two for applications. */
  readonly hostAddresses: {
    /** @default [] */
    readonly controlPlane?: readonly string[];
    readonly application: readonly string[];
  };
  /** Private IPv4 addresses from which published traffic comes. */
  readonly gatewayAddresses: readonly string[];
  /** Hosts with public addresses and host-network ports, by pool, under their node names. Their administrator labels and taints them. @default {} */
  readonly mediaPools?: Readonly<Record<string, readonly AdoptedMediaHost[]>>;
  /** Systems that the cluster must not reach. Give an empty list only where there are none. */
  readonly isolatedFrom: readonly Isolated[];
}

const adoptedClusterArgsKeys: Keys<AdoptedClusterArgs> = {
  kubeconfig: true,
  server: true,
  country: true,
  location: true,
  registry: true,
  podRange: true,
  serviceRange: true,
  hostAddresses: { controlPlane: true, application: true },
  gatewayAddresses: true,
  mediaPools: each(each({ name: true, address: true, publicAddress: true })),
  isolatedFrom: each(isolatedKeys),
};

export interface AdoptedMediaHost {
  readonly name: string;
  readonly address: string;
  readonly publicAddress: string;
}

/**
 * A Kubernetes cluster that somebody else made, as services see it. Its facts are plain and stated, so that the packs judge at preview where it stands
 * and who runs it; at deployment, a kubeconfig that leads to another server is refused.
 *
 * Weaker than a cluster of ours: its hosts' filters, its control plane's audit log, its encryption at rest and the way between its hosts are whatever
 * its maker chose; of the isolation, only the network policies are carried out here, by a network plugin that has to enforce them. Its administrator says
 * what each host is for: `kubectl label node NAME sovereign-uc.node-restriction.kubernetes.io/pool=application`, or the name of
 * a media pool (with `kubectl taint node NAME sovereign-uc/media=true:NoSchedule`); no pod runs on a host without.
 *
 * @example
 * const adopted = new AdoptedCluster("ministry", {
 *   kubeconfig: new pulumi.Config().requireSecret("kubeconfig"),
 *   server: "https://api.ministry.example.ch:6443",
 *   country: "CH",
 *   location: "Bern",
 *   registry: "registry.example.ch",
 *   podRange: "10.42.0.0/16",
 *   serviceRange: "10.43.0.0/16",
 *   hostAddresses: { application: ["10.30.0.10", "10.30.0.11"] },
 *   gatewayAddresses: ["10.30.0.2", "10.30.0.3"],
 *   isolatedFrom: [{ name: "head office directory", kind: "directory", ranges: ["10.0.0.0/16"] }],
 * });
 */
export class AdoptedCluster extends pulumi.ComponentResource implements KubernetesTarget {
  readonly provider: pulumi.ProviderResource;
  readonly registry: string;
  readonly podRange: string;
  readonly serviceRange: string;
  readonly hostAddresses: KubernetesTarget["hostAddresses"];
  readonly gatewayAddresses: readonly string[];
  readonly mediaPools: KubernetesTarget["mediaPools"];
  readonly hostPorts = new HostPorts();
  readonly isolatedFrom: readonly Isolated[];
  readonly ready: readonly pulumi.Resource[] = [];

  constructor(name: string, args: AdoptedClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, adoptedClusterArgsKeys);
    const { server, country, location, registry, podRange, serviceRange, gatewayAddresses, isolatedFrom } = args;
    const { mediaPools = {} } = args;
    const { controlPlane = [], application = [] } = fields(args.hostAddresses);
    const media = Object.values(fields(mediaPools)).flatMap((hosts) =>
      items(hosts).flatMap((host) => fields(host).address ?? []),
    );
    super(
      "sovereign-uc:index:AdoptedCluster",
      name,
      {
        kind: "adopted",
        server,
        country,
        location,
        registry,
        podRange,
        serviceRange,
        hostAddresses: { controlPlane, application, media },
        gatewayAddresses,
        mediaPools,
        isolatedFrom,
      },
      opts,
    );

    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name),
      server: () => serverAddress(server),
      country: () => countryCode(country),
      location: () => {
        if (typeof location !== "string" || !/^[^"\n\\]{1,60}$/.test(location))
          throw invalid("a place of 1 to 60 characters without quotes", location, 'name it, like "Bern"');
      },
      registry: () => registryHost(registry),
      podRange: () => Cidr.parse(podRange),
      serviceRange: () => {
        const services = Cidr.parse(serviceRange);
        if (services.overlaps(Cidr.parse(podRange)))
          throw invalid(`a range apart from podRange ${podRange}`, serviceRange, "give the cluster's own ranges");
      },
      "hostAddresses.controlPlane": () => addresses(controlPlane, 0),
      "hostAddresses.application": () => addresses(application, 2),
      gatewayAddresses: () => {
        const isolated = readableRanges(isolatedFrom);
        for (const address of addresses(gatewayAddresses, 1))
          outside(address, isolated, "publish through a host outside it");
      },
      mediaPools: () => adoptedMedia(mediaPools, media, readableRanges(isolatedFrom)),
      isolatedFrom: () =>
        isolatedSystems(
          isolatedFrom,
          ours({ podRange, serviceRange }, [...items(controlPlane), ...items(application), ...media]),
        ),
    });
    this.provider = new kubernetes.Provider(
      name,
      {
        kubeconfig: pulumi.secret(
          pulumi.output(args.kubeconfig).apply((text) => {
            try {
              return leadingTo(valid.server, text);
            } catch (error) {
              throw error instanceof RangeError
                ? new pulumi.RunError(`"${name}": kubeconfig: ${error.message}`)
                : error;
            }
          }),
        ),
        // A renewed client certificate must not count as another cluster, which would replace every object.
        clusterIdentifier: valid.server,
        enableSecretMutable: true,
        enableConfigMapMutable: true,
      },
      { parent: this },
    );
    this.registry = registry;
    this.podRange = podRange;
    this.serviceRange = serviceRange;
    this.hostAddresses = { controlPlane, application, media };
    this.gatewayAddresses = gatewayAddresses;
    this.mediaPools = Object.fromEntries(
      Object.entries(mediaPools).map(([pool, hosts]) => [
        pool,
        hosts.map((host) => ({ ...host, publicAddress: pulumi.output(host.publicAddress) })),
      ]),
    );
    this.isolatedFrom = valid.isolatedFrom;
    this.registerOutputs({ server });
  }
}

function adoptedMedia(pools: unknown, all: readonly string[], isolated: readonly Cidr[]): void {
  const example = '{ name: "media-1", address: "10.30.0.20", publicAddress: "198.51.100.20" }';
  validate(
    mediaPoolParsers(pools, (hosts: readonly AdoptedMediaHost[]) => {
      list(hosts, "media hosts", `hosts like [${example}]`, (value) => {
        const { name: host, address, publicAddress } = record(value, "a media host", example);
        validate({
          name: () => (typeof host === "string" && host.includes(".") ? domainName(host) : dnsLabel(host, 63)),
          address: () => ipv4Address(address),
          publicAddress: () => outside(ipv4Address(publicAddress), isolated, "choose another"),
        });
      });
    }),
  );
  addresses(all, 0);
}

function serverAddress(value: unknown): string {
  httpsUrl(
    value,
    "the https address of an API",
    'give the server of the kubeconfig as a plain string, like "https://api.example.ch:6443"',
  );
  return value as string;
}

/** A country code. The packs judge whether the country is allowed. */
function countryCode(value: unknown): string {
  if (typeof value !== "string" || !/^[A-Z]{2}$/.test(value))
    throw invalid("a country as an ISO 3166-1 code of two capitals", value, 'give one like "CH"');
  return value;
}

/** Addresses that network policies name by `/32`. */
function addresses(values: unknown, least: number): readonly string[] {
  if (!Array.isArray(values) || values.length < least)
    throw invalid(`a list of at least ${least} addresses`, values, "give the private addresses of the hosts");
  const read = values.map(ipv4Address);
  const twice = read.find((address, i) => read.indexOf(address) !== i);
  if (twice !== undefined) throw invalid("each address once", twice, "remove one of them");
  return read;
}

/** Addresses that must not overlap an isolated range, as far as they can be parsed; other problems are reported under their own argument. */
function ours(ranges: Readonly<Record<string, string>>, hosts: readonly string[]): Readonly<Record<string, Cidr>> {
  const named = [...Object.entries(ranges), ...hosts.map((address) => [`host ${address}`, `${address}/32`] as const)];
  return Object.fromEntries(
    named.flatMap(([what, text]) => {
      const range = tryParse(() => Cidr.parse(text));
      return range === undefined ? [] : [[what, range]];
    }),
  );
}

import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type * as pulumi from "@pulumi/pulumi";
import { invalid } from "../../core/errors";
import { image } from "../../core/images";
import { keyPair, Secret, trusted } from "../../core/secret";
import type { Resources } from "../../kubernetes/container";
import type { Mount } from "../../kubernetes/mounts";
import type { Namespace } from "../../kubernetes/namespace";
import type { KeyPair, MediaPlace } from "../../service-base";
import { Workload } from "../../kubernetes/workload";
import { turnserver } from "./coturn";
import { scripts } from "./files";
import { jitsiImages } from "./images";
import { customJvb, jvbEnv, managementPort } from "./jvb";
import { JitsiSettings, podResources, relayLimits, Sizes } from "./settings";
import { jitsiUser, scratch, supervised } from "./shard";
import type { JitsiTiers } from "./tiers";
import type { Scale } from "../../kubernetes/scale";

export interface MediaArgs {
  readonly settings: JitsiSettings;
  readonly sizes: Sizes;
  readonly tiers: JitsiTiers;
  /** On the host network, so it is privileged. */
  readonly namespace: Namespace;
  /** Host names of the signalling servers of all shards. */
  readonly signalling: readonly string[];
  readonly authority: pulumi.Input<string>;
  readonly passwords: { readonly bridge: Secret; readonly relay: Secret };
  readonly resources: Resources;
  /** Media hosts of the bridges. */
  readonly bridge: MediaPlace;
  /** Media hosts of the relays: the same ones, or others. */
  readonly relay: MediaPlace & { readonly certificate: KeyPair };
  readonly drainSeconds: number;
  /** Participants at all times, for which its bridges are never too few. */
  readonly participants: number;
  /** @default - as many bridges at all times */
  readonly scale: Scale | undefined;
}

/** Bridges and relays: on media hosts, one of each per host at most, since they take the host's own ports. */
export interface Media {
  readonly bridge: Workload;
  readonly relay: Workload;
}

/** Makes the bridges and the relays, with the public addresses of their hosts. */
export function media(name: string, args: MediaArgs, opts: pulumi.ComponentResourceOptions): Media {
  const { namespace, bridge, relay } = args;
  const { provider } = namespace.cluster;
  const hosts = [...new Map([...bridge.hosts, ...relay.hosts].map((host) => [host.name, host])).values()];
  // Public addresses are known only once the hosts exist. They stand here and nowhere else, so that everything else can be judged before.
  const addresses = `${name}-addresses`;
  const known = new ConfigMap(
    addresses,
    {
      metadata: { name: addresses, namespace: namespace.name },
      data: Object.fromEntries(hosts.map((host) => [host.name, host.publicAddress])),
    },
    { ...opts, provider, dependsOn: [...namespace.ready] },
  );
  const own = { ...opts, dependsOn: [known] };
  const told: Mount = {
    name: "addresses",
    path: "/addresses",
    configMap: addresses,
    keys: hosts.map((host) => host.name),
  };
  return { bridge: bridges(args, told, own), relay: relays(args, told, own) };
}

function bridges(args: MediaArgs, told: Mount, opts: pulumi.ComponentResourceOptions): Workload {
  const { settings, sizes, tiers, namespace, passwords, drainSeconds } = args;
  const heapMib = Math.min(8_192, Math.floor(args.resources.memoryMib / 2));
  return new Workload(
    tiers.bridge.name,
    {
      namespace,
      tier: tiers.bridge,
      role: "bridge",
      image: image(namespace.cluster.registry, jitsiImages.jvb),
      capacity: { ...sizes.bridge, load: args.participants },
      ...(args.scale === undefined ? {} : { scale: args.scale }),
      pool: args.bridge.pool,
      hostNetwork: true,
      hostPorts: [{ port: managementPort, protocol: "tcp" }],
      user: jitsiUser,
      command: ["/bin/bash", "/scripts/start-java.sh"],
      podFields: { NODE_NAME: "spec.nodeName", HOST_ADDRESS: "status.hostIP" },
      env: {
        ...jvbEnv(settings, args.signalling, heapMib),
        ...supervised,
        // Time to start and to be stopped stays.
        DRAIN_SECONDS: `${Math.max(0, drainSeconds - 30)}`,
      },
      secretEnv: { JVB_AUTH_PASSWORD: passwords.bridge },
      mounts: [
        ...scratch(128),
        told,
        { name: "config", path: "/config", files: { "custom-jvb.conf": customJvb(args.signalling.length) } },
        { name: "scripts", path: "/scripts", files: scripts.bridge, executable: true },
        { name: "authority", path: "/authority", secrets: { "ca.crt": trusted(args.authority) } },
      ],
      probes: {
        ready: { command: ["/bin/bash", "/scripts/bridge-health.sh"] },
        alive: { command: ["/bin/bash", "/scripts/bridge-health.sh"], failures: 6 },
      },
      resources: args.resources,
      drain: { command: ["/bin/bash", "/scripts/drain-bridge.sh"], seconds: drainSeconds },
    },
    opts,
  );
}

function relays(args: MediaArgs, told: Mount, opts: pulumi.ComponentResourceOptions): Workload {
  const { settings, sizes, tiers, namespace, passwords } = args;
  const pair = keyPair(args.relay.certificate);
  const { previous } = passwords.relay;
  return new Workload(
    tiers.relay.name,
    {
      namespace,
      tier: tiers.relay,
      role: "relay",
      image: image(namespace.cluster.registry, jitsiImages.coturn),
      // One on every media host: each has a name of its own, and clients try them all.
      replicas: args.relay.hosts.length,
      capacity: sizes.relay,
      pool: args.relay.pool,
      hostNetwork: true,
      hostPorts: [{ port: relayLimits.ports, protocol: "udp" }],
      lowPorts: true,
      // nobody, as in the image.
      user: 65_534,
      command: ["/bin/bash", "/scripts/start-relay.sh"],
      podFields: { NODE_NAME: "spec.nodeName" },
      mounts: [
        { name: "relay", path: "/relay", memoryMib: 16 },
        told,
        {
          name: "config",
          path: "/etc/relay",
          files: {
            "turnserver.conf": turnserver({
              domain: settings.domain,
              paths: { certificate: "/tls/site.pem", key: "/tls/site.pem.key", pid: "/relay/turnserver.pid" },
            }),
          },
        },
        { name: "scripts", path: "/scripts", files: scripts.relay, executable: true },
        { name: "tls", path: "/tls", secrets: { "site.pem": pair.certificate, "site.pem.key": pair.privateKey } },
        {
          name: "credentials",
          path: "/credentials",
          // coturn accepts credentials of either.
          secrets: {
            "static-auth-secret": passwords.relay,
            ...(previous === undefined ? {} : { "static-auth-secret.previous": previous }),
          },
        },
      ],
      probes: {
        ready: { command: ["/bin/bash", "/scripts/relay-ready.sh"] },
        alive: { command: ["/bin/bash", "/scripts/relay-alive.sh"], failures: 6 },
      },
      resources: podResources.relay,
      drain: { seconds: 60 },
    },
    opts,
  );
}

/** The hosts of the relays. @throws RangeError when they have no certificate: TURN over TLS needs one. */
export function relayPlace(place: MediaPlace): MediaPlace & { readonly certificate: KeyPair } {
  const { certificate } = place;
  if (certificate === undefined)
    throw invalid("a platform with a certificate for its relays", undefined, "give the platform this plan unchanged");
  return { ...place, certificate };
}

import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type * as pulumi from "@pulumi/pulumi";
import { image } from "../../core/images";
import { keyPair, Secret, trusted } from "../../core/secret";
import type { Resources } from "../../kubernetes/container";
import type { Mount } from "../../kubernetes/mounts";
import type { Namespace } from "../../kubernetes/namespace";
import { Workload } from "../../kubernetes/workload";
import { turnserver } from "./coturn";
import { scripts } from "./files";
import { jitsiImages } from "./images";
import { customJvb, jvbEnv, managementPort } from "./jvb";
import { JitsiSettings, relayLimits, Sizes } from "./settings";
import { jitsiUser, scratch, supervised } from "./shard";
import type { JitsiTiers } from "./tiers";

export interface MediaArgs {
  readonly settings: JitsiSettings;
  readonly sizes: Sizes;
  readonly tiers: JitsiTiers;
  /** On the host network, so it is privileged. */
  readonly namespace: Namespace;
  /** Host names of the signalling servers of all shards. */
  readonly signalling: readonly string[];
  readonly authority: pulumi.Input<string>;
  readonly certificate: pulumi.Input<string>;
  readonly privateKey: pulumi.Input<string>;
  readonly passwords: { readonly bridge: Secret; readonly relay: Secret };
  readonly bridge: Resources;
  readonly drainSeconds: number;
}

/** The pool of media hosts that bridges and relays share. */
const mediaPool = "media";

/** Bridges and relays: on media hosts, one of each per host at most, since they take the host's own ports. */
export interface Media {
  readonly bridge: Workload;
  readonly relay: Workload;
}

/** Makes the bridges and the relays, with the public addresses of their hosts. */
export function media(name: string, args: MediaArgs, opts: pulumi.ComponentResourceOptions): Media {
  const { namespace } = args;
  const { mediaPools, provider } = namespace.cluster;
  const mediaHosts = mediaPools[mediaPool] ?? [];
  // Public addresses are known only once the hosts exist. They stand here and nowhere else, so that everything else can be judged before.
  const addresses = `${name}-addresses`;
  const known = new ConfigMap(
    addresses,
    {
      metadata: { name: addresses, namespace: namespace.name },
      data: Object.fromEntries(mediaHosts.map((host) => [host.name, host.publicAddress])),
    },
    { ...opts, provider, dependsOn: [...namespace.ready] },
  );
  const own = { ...opts, dependsOn: [known] };
  const told: Mount = {
    name: "addresses",
    path: "/addresses",
    configMap: addresses,
    keys: mediaHosts.map((host) => host.name),
  };
  return { bridge: bridges(args, told, own), relay: relays(args, told, own) };
}

function bridges(args: MediaArgs, told: Mount, opts: pulumi.ComponentResourceOptions): Workload {
  const { settings, sizes, tiers, namespace, passwords, drainSeconds } = args;
  const heapMib = Math.min(8_192, Math.floor(args.bridge.memoryMib / 2));
  return new Workload(
    tiers.bridge.name,
    {
      namespace,
      tier: tiers.bridge,
      role: "bridge",
      image: image(namespace.cluster.registry, jitsiImages.jvb),
      capacity: sizes.bridge,
      pool: mediaPool,
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
        ready: { command: ["/usr/local/bin/healthcheck.sh"] },
        alive: { command: ["/usr/local/bin/healthcheck.sh"], failures: 6 },
      },
      resources: args.bridge,
      drain: { command: ["/bin/bash", "/scripts/drain-bridge.sh"], seconds: drainSeconds },
    },
    opts,
  );
}

function relays(args: MediaArgs, told: Mount, opts: pulumi.ComponentResourceOptions): Workload {
  const { settings, sizes, tiers, namespace, passwords } = args;
  const pair = keyPair(args);
  const { previous } = passwords.relay;
  return new Workload(
    tiers.relay.name,
    {
      namespace,
      tier: tiers.relay,
      role: "relay",
      image: image(namespace.cluster.registry, jitsiImages.coturn),
      // One on every media host: each has a name of its own, and clients try them all.
      replicas: namespace.cluster.mediaPools[mediaPool]?.length ?? 0,
      capacity: sizes.relay,
      pool: mediaPool,
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
      resources: { cpu: 1, memoryMib: 512 },
      drain: { seconds: 60 },
    },
    opts,
  );
}

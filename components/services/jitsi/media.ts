import type * as pulumi from "@pulumi/pulumi";
import { invalid } from "../../core/errors";
import { image } from "../../core/images";
import { Secret, trusted } from "../../core/secret";
import type { Resources } from "../../kubernetes/container";
import { hostAddresses } from "../../kubernetes/host-addresses";
import type { Mount } from "../../kubernetes/mounts";
import type { Namespace } from "../../kubernetes/namespace";
import { relays } from "../../kubernetes/relay";
import type { MediaPlace, RelayPlace } from "../../service-media";
import { Workload } from "../../kubernetes/workload";
import { scripts } from "./files";
import { jitsiImages } from "./images";
import { customJvb, jvbEnv, managementPort } from "./jvb";
import { JitsiSettings, Sizes } from "./settings";
import { jitsiUser, scratch, supervised } from "./shard";
import type { JitsiTiers } from "./tiers";
import type { Scale } from "../../kubernetes/scale";

export interface MediaArgs {
  readonly settings: JitsiSettings;
  readonly sizes: Sizes;
  /** On the host network, so it is privileged. */
  readonly namespace: Namespace;
  /** Host names of the signalling servers of all shards. */
  readonly signalling: readonly string[];
  readonly authority: pulumi.Input<string>;
  readonly passwords: { readonly bridge: Secret; readonly relay: Secret };
  readonly resources: Resources;
  readonly drainSeconds: number;
  /** Regions, that of the platform first. */
  readonly regions: readonly MediaRegion[];
}

/** Bridges and relays of one region. */
export interface MediaRegion {
  /** Name of the region for bridges and focus. */
  readonly region: string;
  readonly tiers: Pick<JitsiTiers, "bridge" | "relay">;
  /** Media hosts of the bridges. */
  readonly bridge: MediaPlace;
  /** Media hosts of the relays: the same ones, or others. */
  readonly relay: RelayPlace;
  /** Participants at all times, for which its bridges are never too few. */
  readonly participants: number;
  /** @default - as many bridges at all times */
  readonly scale: Scale | undefined;
}

/** Bridges and relays: on media hosts, one of each per host at most, since they take the host's own ports. */
export interface Media {
  /** Bridges of the first region. */
  readonly bridge: Workload;
  readonly relays: readonly Workload[];
}

/** Makes the bridges and the relays, with the public addresses of their hosts. */
export function media(name: string, args: MediaArgs, opts: pulumi.ComponentResourceOptions): Media {
  const { namespace, regions } = args;
  const hosts = regions.flatMap(({ bridge, relay }) => [...bridge.hosts, ...relay.hosts]);
  const addresses = hostAddresses(`${name}-addresses`, namespace, hosts, opts);
  const own = { ...opts, dependsOn: [addresses.object] };
  const [bridge] = regions.map((region) => bridges(args, region, addresses.mount, own));
  if (bridge === undefined) throw invalid("at least one region", regions.length, "give the platform's own");
  return { bridge, relays: regions.map((region) => relaysIn(args, region, addresses.mount, own)) };
}

function bridges(args: MediaArgs, place: MediaRegion, told: Mount, opts: pulumi.ComponentResourceOptions): Workload {
  const { settings, sizes, namespace, passwords, drainSeconds } = args;
  const { tiers, scale } = place;
  const heapMib = Math.min(8_192, Math.floor(args.resources.memoryMib / 2));
  return new Workload(
    tiers.bridge.name,
    {
      namespace,
      tier: tiers.bridge,
      role: "bridge",
      image: image(namespace.cluster.registry, jitsiImages.jvb),
      capacity: { ...sizes.bridge, load: place.participants },
      ...(scale === undefined ? {} : { scale }),
      pool: place.bridge.pool,
      hostNetwork: true,
      hostPorts: [{ port: managementPort, protocol: "tcp" }],
      user: jitsiUser,
      command: ["/bin/bash", "/scripts/start-java.sh"],
      podFields: { NODE_NAME: "spec.nodeName", HOST_ADDRESS: "status.hostIP" },
      env: {
        ...jvbEnv(settings, args.signalling, heapMib, place.region),
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

function relaysIn(args: MediaArgs, place: MediaRegion, told: Mount, opts: pulumi.ComponentResourceOptions): Workload {
  const { tiers, relay } = place;
  return relays(
    {
      namespace: args.namespace,
      tier: tiers.relay,
      capacity: args.sizes.relay,
      pool: relay.pool,
      hosts: relay.hosts.length,
      domain: args.settings.domain,
      certificate: relay.certificate,
      secret: args.passwords.relay,
      addresses: told,
      // TURN over TLS only: the client library leaves out STUN and TURN over UDP for bridges, and a network that lets UDP out reaches the bridge without a relay.
      stun: false,
    },
    opts,
  );
}

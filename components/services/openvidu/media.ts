import { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import type { Cache } from "../../core/connections";
import { image } from "../../core/images";
import { type Secret, secretText, trusted } from "../../core/secret";
import { hostAddresses } from "../../kubernetes/host-addresses";
import type { Mount } from "../../kubernetes/mounts";
import type { Namespace } from "../../kubernetes/namespace";
import { workloadLabel } from "../../kubernetes/peers";
import { relays } from "../../kubernetes/relay";
import { Workload } from "../../kubernetes/workload";
import { podsServices } from "../../kubernetes/workload-objects";
import { gatewayName, proxyUrl } from "../../recipe/parts/private-host";
import type { MediaPlace, RelayPlace } from "../../service-media";
import { scripts } from "./files";
import { openViduImages } from "./images";
import { livekit, relaysOf } from "./livekit";
import type { OpenViduPlan } from "./plan";
import { folders, mediaPorts, secretFiles, trustFiles } from "./settings";
import { openViduTiers } from "./tiers";

export interface MediaArgs {
  readonly plan: OpenViduPlan;
  /** On the host network, so it is privileged. */
  readonly namespace: Namespace;
  readonly cache: Cache;
  /** API keys by their identifiers: all that are valid. */
  readonly keys: Readonly<Record<string, Secret>>;
  readonly relaySecret: Secret;
  /** Key that signs events, and their destination. */
  readonly events?: { readonly apiKey: string; readonly url: string };
  /** Media hosts of the servers. */
  readonly server: MediaPlace;
  /** Media hosts of the relays: the same ones, or others. */
  readonly relay: RelayPlace;
  readonly drainSeconds: number;
}

/** Makes the media servers and the relays, with the public addresses of their hosts, and returns the servers. */
export function media(args: MediaArgs, opts: pulumi.ComponentResourceOptions): Workload {
  const { plan, namespace, server, relay } = args;
  const { provider } = namespace.cluster;
  const { object, mount } = hostAddresses(`${plan.name}-addresses`, namespace, [...server.hosts, ...relay.hosts], opts);
  // A relay accepts a new secret, beside the one before it, earlier than servers hand out credentials made with it.
  const turns = relaysOn(args, mount, { ...opts, dependsOn: [object] });
  const found = addressesOfServers(args, { ...opts, provider, dependsOn: [...namespace.ready] });
  return servers(args, mount, { ...opts, dependsOn: [object, turns, ...found] });
}

/** Names that resolve to the addresses of hosts with a server: for the edge, which asks each by itself. */
function addressesOfServers({ plan, namespace }: MediaArgs, opts: pulumi.CustomResourceOptions): readonly Service[] {
  const { media: tier } = openViduTiers(plan.name);
  const asked = { ...tier, ports: { api: tier.ports.api } };
  return podsServices(asked, "", { namespace: namespace.name }, { [workloadLabel]: tier.name }, opts);
}

function servers(args: MediaArgs, told: Mount, opts: pulumi.ComponentResourceOptions): Workload {
  const { plan, namespace, cache, keys, relaySecret, events, drainSeconds } = args;
  const { cluster } = namespace;
  const { media: tier } = openViduTiers(plan.name);
  return new Workload(
    tier.name,
    {
      namespace,
      tier,
      role: "media-server",
      image: image(cluster.registry, openViduImages.livekit),
      capacity: plan.sizes.media,
      pool: args.server.pool,
      hostNetwork: true,
      // The image is Alpine's, and its probe has a time limit.
      shareProcessNamespace: true,
      hostPorts: [{ port: mediaPorts.udp, protocol: "udp" }],
      // nobody: the image has no user of its own, and the program needs no file outside its mounts.
      user: 65_534,
      command: ["/bin/sh", "/scripts/start-media.sh"],
      podFields: { NODE_NAME: "spec.nodeName", HOST_ADDRESS: "status.hostIP" },
      env: {
        REDIS_HOST: pulumi.interpolate`${cache.host}:${cache.port}`,
        ...(events === undefined ? {} : { HTTPS_PROXY: proxyUrl }),
      },
      secretEnv: { REDIS_PASSWORD: cache.password },
      ...(events === undefined ? {} : { names: { [gatewayName]: cluster.gatewayAddresses } }),
      mounts: [
        { name: "media", path: "/media", memoryMib: 8 },
        told,
        {
          name: "config",
          path: "/etc/livekit",
          files: {
            "livekit.yaml": livekit({
              relays: args.relay.names,
              participantsPerHost: plan.participantsPerHost,
              folders,
              recorded: plan.recorders !== undefined,
              ...(events === undefined ? {} : { events }),
            }),
            ...Object.fromEntries(
              args.server.hosts.map(({ name }, place) => [
                `relays/${name}.yaml`,
                relaysOf(args.relay.names, place, folders),
              ]),
            ),
          },
        },
        { name: "scripts", path: "/scripts", files: scripts.media, executable: true },
        {
          name: "secrets",
          path: folders.secrets,
          secrets: { [secretFiles.keys]: keyFile(keys), [secretFiles.relay]: relaySecret },
        },
        { name: "trust", path: folders.trust, secrets: { [trustFiles.cache]: trusted(cache.ca) } },
      ],
      probes: {
        ready: { get: "/", port: tier.ports.api.port, everySeconds: 5, failures: 2 },
        alive: { command: ["/bin/sh", "/scripts/media-alive.sh"], failures: 6 },
      },
      resources: plan.server,
      // Told to stop, it takes no new rooms and ends when its last participant has left (Stop, pkg/service/server.go).
      drain: { seconds: drainSeconds },
    },
    opts,
  );
}

/** The file of keys: identifiers and secrets, as the server reads it. */
const keyFile = (keys: Readonly<Record<string, Secret>>): Secret =>
  secretText(keys, (texts) => `${JSON.stringify(texts)}\n`);

function relaysOn(args: MediaArgs, told: Mount, opts: pulumi.ComponentResourceOptions): Workload {
  const { plan, namespace, relay } = args;
  return relays(
    {
      namespace,
      tier: openViduTiers(plan.name).relay,
      capacity: plan.sizes.relay,
      pool: relay.pool,
      hosts: relay.hosts.length,
      domain: plan.domain,
      certificate: relay.certificate,
      secret: args.relaySecret,
      addresses: told,
      stun: true,
    },
    opts,
  );
}

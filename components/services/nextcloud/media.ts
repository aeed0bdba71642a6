import type * as pulumi from "@pulumi/pulumi";
import { image } from "../../core/images";
import type { Secret } from "../../core/secret";
import { hostAddresses } from "../../kubernetes/host-addresses";
import type { Mount } from "../../kubernetes/mounts";
import type { Namespace } from "../../kubernetes/namespace";
import { relays } from "../../kubernetes/relay";
import { Workload } from "../../kubernetes/workload";
import type { MediaPlace, RelayPlace } from "../../service-media";
import { scripts } from "./files";
import { nextcloudImages } from "./images";
import { janusFiles } from "./janus";
import { nextcloudResources, type PlannedTalk } from "./plan";
import { mediaPorts, nextcloudTiers } from "./settings";
import { proxyConf } from "./signaling";

/** User of the image (Containers/talk/Dockerfile of nextcloud/all-in-one 50636f2). */
const janusUser = 1_000;
/** User of the image (docker/proxy/Dockerfile of the signaling server). */
const proxyUser = 850;

export interface TalkMediaParts {
  readonly name: string;
  readonly talk: PlannedTalk;
  /** On the host network, so it is privileged. */
  readonly namespace: Namespace;
  readonly media: MediaPlace;
  readonly relay: RelayPlace;
  /** Public half of the signaling servers' key. */
  readonly tokenKey: Secret;
  readonly relaySecret: Secret;
  readonly drainSeconds: number;
}

/** Makes Janus and its proxy on media hosts, and the relays, with the public addresses of their hosts. */
export function talkMediaPods(parts: TalkMediaParts, opts: pulumi.ComponentResourceOptions): readonly Workload[] {
  const { name, namespace, media, relay } = parts;
  const { object, mount } = hostAddresses(`${name}-addresses`, namespace, [...media.hosts, ...relay.hosts], opts);
  const after = { ...opts, dependsOn: [object] };
  const janus = janusPods(parts, mount, after);
  return [janus, proxyPods(parts, { ...opts, dependsOn: [janus] }), relayPods(parts, mount, after)];
}

function janusPods(
  { name, talk, namespace, media, drainSeconds }: TalkMediaParts,
  told: Mount,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const { janus: tier } = nextcloudTiers(name);
  return new Workload(
    tier.name,
    {
      namespace,
      tier,
      role: "janus",
      image: image(namespace.cluster.registry, nextcloudImages.janus),
      capacity: talk.media,
      replicas: media.hosts.length,
      pool: media.pool,
      hostNetwork: true,
      hostPorts: [{ port: mediaPorts.media, protocol: "udp" }],
      user: janusUser,
      command: ["/bin/sh", "/scripts/start-janus.sh"],
      podFields: { NODE_NAME: "spec.nodeName" },
      mounts: [
        { name: "run", path: "/run/janus", memoryMib: 8 },
        told,
        {
          name: "config",
          path: "/etc/janus",
          files: janusFiles({ port: mediaPorts.janus, media: mediaPorts.media }),
        },
        { name: "scripts", path: "/scripts", files: scripts.janus, executable: true },
      ],
      // It listens on the loopback address of its host, where the kubelet does not ask.
      probes: {
        ready: { command: ["nc", "-z", "127.0.0.1", `${mediaPorts.janus}`], everySeconds: 5 },
        alive: { command: ["nc", "-z", "127.0.0.1", `${mediaPorts.janus}`], failures: 6 },
      },
      // On a host that drains, the proxy takes no new streams and ends after its last one; Janus carries them until then.
      drain: { command: ["/bin/sh", "/scripts/drain-janus.sh", `${mediaPorts.proxy}`], seconds: drainSeconds },
      resources: nextcloudResources.media,
    },
    opts,
  );
}

function proxyPods(
  { name, talk, namespace, media, tokenKey, drainSeconds }: TalkMediaParts,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const { media: tier } = nextcloudTiers(name);
  return new Workload(
    tier.name,
    {
      namespace,
      tier,
      role: "proxy",
      image: image(namespace.cluster.registry, nextcloudImages.proxy),
      capacity: talk.media,
      replicas: media.hosts.length,
      pool: media.pool,
      hostNetwork: true,
      user: proxyUser,
      command: ["/usr/bin/nextcloud-spreed-signaling-proxy", "-config", "/config/proxy.conf"],
      mounts: [
        {
          name: "config",
          path: "/config",
          files: {
            // All addresses of its host: the host's filter lets application hosts in.
            "proxy.conf": proxyConf({
              listen: `0.0.0.0:${mediaPorts.proxy}`,
              tokenKey: "/keys/token.pub",
              janus: mediaPorts.janus,
            }),
          },
        },
        { name: "keys", path: "/keys", secrets: { "token.pub": tokenKey } },
      ],
      probes: {
        ready: { get: "/welcome", port: mediaPorts.proxy, everySeconds: 5 },
        alive: { get: "/welcome", port: mediaPorts.proxy, failures: 6 },
      },
      // Told so, it takes no new streams and ends after its last one (cmd/proxy/main.go).
      drain: {
        command: [
          "/bin/sh",
          "-c",
          "killall -USR1 nextcloud-spreed-signaling-proxy; while pgrep nextcloud-spreed >/dev/null; do sleep 1; done",
        ],
        seconds: drainSeconds,
      },
      resources: nextcloudResources.proxy,
    },
    opts,
  );
}

function relayPods(parts: TalkMediaParts, told: Mount, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, talk, namespace, relay, relaySecret } = parts;
  return relays(
    {
      namespace,
      tier: nextcloudTiers(name).relay,
      capacity: talk.relay,
      pool: relay.pool,
      hosts: relay.hosts.length,
      domain: talk.domain,
      certificate: relay.certificate,
      secret: relaySecret,
      addresses: told,
      stun: true,
    },
    opts,
  );
}

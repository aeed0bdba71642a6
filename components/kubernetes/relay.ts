import type * as pulumi from "@pulumi/pulumi";
import type { Capacity } from "../core/capacity";
import { image } from "../core/images";
import { keyPair, type Secret } from "../core/secret";
import type { Tier } from "../core/tier";
import { relayImage, relayLimits, relayResources, relayScripts, turnserver } from "./relay/coturn";
import type { Mount } from "./mounts";
import type { Namespace } from "./namespace";
import { Workload } from "./workload";

export interface RelayArgs {
  /** On the host network, so it is privileged. */
  readonly namespace: Namespace;
  readonly tier: Tier<"turns">;
  readonly capacity: Capacity;
  /** Pool of media hosts: a relay on each. */
  readonly pool: string;
  /** Number of hosts in the pool. */
  readonly hosts: number;
  /** Realm of the credentials. */
  readonly domain: string;
  /** Certificate for the names of all hosts, and its key, both PEM. */
  readonly certificate: Parameters<typeof keyPair>[0];
  /** Secret of the credentials; while it is rotated, credentials of the one before count too. */
  readonly secret: Secret;
  /** Addresses of the hosts: the relays lead to these and to nothing else. */
  readonly addresses: Mount;
  /** True where browsers ask for STUN, over UDP. */
  readonly stun: boolean;
}

/** Makes TURN relays (coturn): one on every host of a pool. Each host has a name of its own, and browsers are given them all. */
export function relays(args: RelayArgs, opts: pulumi.ComponentResourceOptions): Workload {
  const { namespace, tier, stun } = args;
  const pair = keyPair(args.certificate);
  const { previous } = args.secret;
  return new Workload(
    tier.name,
    {
      namespace,
      tier,
      role: "relay",
      image: image(namespace.cluster.registry, relayImage),
      replicas: args.hosts,
      capacity: args.capacity,
      pool: args.pool,
      hostNetwork: true,
      hostPorts: [
        ...(stun ? [{ port: relayLimits.stun, protocol: "udp" } as const] : []),
        { port: relayLimits.ports, protocol: "udp" },
      ],
      lowPorts: true,
      // nobody, as in the image.
      user: 65_534,
      command: ["/bin/bash", "/scripts/start-relay.sh"],
      podFields: { NODE_NAME: "spec.nodeName" },
      mounts: [
        { name: "relay", path: "/relay", memoryMib: 16 },
        args.addresses,
        {
          name: "config",
          path: "/etc/relay",
          files: {
            "turnserver.conf": turnserver({
              domain: args.domain,
              paths: { certificate: "/tls/site.pem", key: "/tls/site.pem.key", pid: "/relay/turnserver.pid" },
              ports: stun ? relayLimits : { tls: relayLimits.tls },
            }),
          },
        },
        { name: "scripts", path: "/scripts", files: relayScripts, executable: true },
        { name: "tls", path: "/tls", secrets: { "site.pem": pair.certificate, "site.pem.key": pair.privateKey } },
        {
          name: "credentials",
          path: "/credentials",
          // coturn accepts credentials of either.
          secrets: {
            "static-auth-secret": args.secret,
            ...(previous === undefined ? {} : { "static-auth-secret.previous": previous }),
          },
        },
      ],
      probes: {
        ready: { command: ["/bin/bash", "/scripts/relay-ready.sh"] },
        alive: { command: ["/bin/bash", "/scripts/relay-alive.sh"], failures: 6 },
      },
      resources: relayResources,
      drain: { seconds: 60 },
    },
    opts,
  );
}

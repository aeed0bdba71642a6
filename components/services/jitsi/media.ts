import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import * as pulumi from "@pulumi/pulumi";
import { image } from "../../core/images";
import { fingerprint } from "../../kubernetes/edge";
import { Mount } from "../../kubernetes/mounts";
import { Namespace } from "../../kubernetes/namespace";
import { Resources } from "../../kubernetes/pod";
import { Workload } from "../../kubernetes/workload";
import { jitsiImages } from "./images";
import { turnserver } from "./coturn";
import { scripts } from "./files";
import { customJvb, jvbEnv } from "./jvb";
import { JitsiSettings, relayLimits, Sizes } from "./settings";
import { jitsiUser, scratch, supervised } from "./shard";

export interface MediaArgs {
  readonly settings: JitsiSettings;
  readonly sizes: Sizes;
  /** On the host network, so it is privileged. */
  readonly namespace: Namespace;
  /** Names of the signalling servers of all shards. */
  readonly signalling: readonly string[];
  readonly authority: pulumi.Input<string>;
  readonly certificate: pulumi.Input<string>;
  readonly privateKey: pulumi.Input<string>;
  readonly passwords: { readonly bridge: pulumi.Input<string>; readonly relay: pulumi.Input<string> };
  readonly secretsGeneration: string;
  readonly bridge: Resources;
  readonly drainSeconds: number;
}

/** Bridges and relays: on media hosts, one of each per host at most, since they take the host's own ports. */
export function media(name: string, args: MediaArgs, opts: pulumi.ComponentResourceOptions): void {
  const { settings, sizes, namespace, passwords, secretsGeneration, bridge, drainSeconds } = args;
  const { registry, mediaPools, provider } = namespace.cluster;
  const mediaHosts = mediaPools["media"] ?? [];
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
  const heapMib = Math.min(8_192, Math.floor(bridge.memoryMib / 2));
  new Workload(
    `${name}-bridge`,
    {
      namespace,
      tier: "bridge",
      image: image(registry, jitsiImages.jvb),
      replicas: sizes.bridges,
      capacity: sizes.bridge,
      pool: "media",
      hostNetwork: true,
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
      secretsVersion: secretsGeneration,
      mounts: [
        ...scratch(128),
        told,
        { name: "config", path: "/config", files: { "custom-jvb.conf": customJvb(args.signalling.length) } },
        { name: "scripts", path: "/scripts", files: scripts.bridge, executable: true },
        { name: "authority", path: "/authority", secrets: { "ca.crt": args.authority } },
      ],
      ports: [{ name: "media", port: 10_000, protocol: "udp" }],
      probes: {
        ready: { command: ["/usr/local/bin/healthcheck.sh"] },
        alive: { command: ["/usr/local/bin/healthcheck.sh"], failures: 6 },
      },
      resources: bridge,
      drain: { command: ["/bin/bash", "/scripts/drain-bridge.sh"], seconds: drainSeconds },
    },
    own,
  );
  new Workload(
    `${name}-relay`,
    {
      namespace,
      tier: "relay",
      image: image(registry, jitsiImages.coturn),
      // One on every media host: each has a name of its own, and clients try them all.
      replicas: mediaHosts.length,
      capacity: sizes.relay,
      pool: "media",
      hostNetwork: true,
      lowPorts: true,
      // nobody, as in the image.
      user: 65_534,
      command: ["/bin/bash", "/scripts/start-relay.sh"],
      podFields: { NODE_NAME: "spec.nodeName" },
      secretsVersion: pulumi.interpolate`${secretsGeneration}-${fingerprint(args.certificate)}`,
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
        { name: "tls", path: "/tls", secrets: { "site.pem": args.certificate, "site.pem.key": args.privateKey } },
        { name: "credentials", path: "/credentials", secrets: { "static-auth-secret": passwords.relay } },
      ],
      ports: [{ name: "turns", port: relayLimits.port }],
      probes: {
        ready: { command: ["/bin/bash", "/scripts/relay-ready.sh"] },
        alive: { command: ["/bin/bash", "/scripts/relay-alive.sh"], failures: 6 },
      },
      resources: { cpu: 1, memoryMib: 512 },
      drain: { seconds: 60 },
    },
    own,
  );
}

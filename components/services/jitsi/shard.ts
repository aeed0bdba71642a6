import * as pulumi from "@pulumi/pulumi";
import { Issued } from "../../infrastructure/certificate-authority";
import { image } from "../../core/images";
import { replicasFor } from "../../core/capacity";
import { fingerprint } from "../../kubernetes/edge";
import { Mount } from "../../kubernetes/mounts";
import { Namespace } from "../../kubernetes/namespace";
import { Workload } from "../../kubernetes/workload";
import { scripts, signallingModules } from "./files";
import { jitsiImages } from "./images";
import { customJicofo, jicofoEnv } from "./jicofo";
import { prosodyEnv, signallingPorts } from "./prosody";
import { JitsiSettings, Sizes, xmppDomains } from "./settings";
import { customConfig, customInterface, nginxAdditions, webEnv, webPort } from "./web";

/** User of the images of Jitsi. */
export const jitsiUser = 1000;

/** Kubernetes owns the volume that their supervisor writes to; this tells it to accept that. */
export const supervised = { S6_YES_I_WANT_A_WORLD_WRITABLE_RUN_BECAUSE_KUBERNETES: "1" } as const;

/** What the images of Jitsi write to, in memory: rendered configuration holds secrets. */
export const scratch = (runMib: number): readonly Mount[] => [
  { name: "run", path: "/run", memoryMib: runMib },
  { name: "tmp", path: "/tmp", memoryMib: 16 },
];

const focusPort = 8888;

export interface ShardArgs {
  readonly settings: JitsiSettings;
  readonly sizes: Sizes;
  readonly namespace: Namespace;
  /** Name of the workload that browsers come through. */
  readonly edge: string;
  readonly certificate: Issued;
  /** Certificate of the authority that the focus trusts. */
  readonly authority: pulumi.Input<string>;
  readonly passwords: {
    readonly focus: pulumi.Input<string>;
    readonly bridge: pulumi.Input<string>;
    readonly relay: pulumi.Input<string>;
  };
  /** Accounts of the moderators, a line each. */
  readonly accounts: pulumi.Input<string>;
  /** Another word rolls what holds passwords. */
  readonly secretsGeneration: string;
  /** Ranges that the focus and the bridges come from: behind a service, a host's own address becomes the one that it has in the pod range. */
  readonly bridges: readonly string[];
}

/** Name of a shard's signalling server inside the cluster. */
export const signallingHost = (name: string, number: number, namespace: string): string =>
  `${name}-signalling-${number}.${namespace}.svc.cluster.local`;

/** One shard: a signalling server, a focus and web servers that know only each other. The signalling server and the focus are single; another shard takes over. */
export function shard(
  name: string,
  number: number,
  args: ShardArgs,
  opts: pulumi.ComponentResourceOptions,
): readonly Workload[] {
  const { settings, sizes, namespace, certificate, passwords, secretsGeneration } = args;
  const registry = namespace.cluster.registry;
  const names = {
    signalling: `${name}-signalling-${number}`,
    focus: `${name}-focus-${number}`,
    web: `${name}-web-${number}`,
  };
  const signalling = signallingHost(name, number, namespace.name);
  const elsewhere =
    "rooms of this shard are opened again on another, where the edge sends everybody as soon as its health check fails";
  const hosts = namespace.cluster.hostAddresses.application.length;
  const part = { of: name, name: `${number}`, strict: hosts > sizes.shards };
  const { users, services } = xmppDomains(settings.domain);
  return [
    new Workload(
      names.signalling,
      {
        namespace,
        tier: "signalling",
        image: image(registry, jitsiImages.prosody),
        replicas: 1,
        capacity: sizes.shard,
        singleton: elsewhere,
        shard: part,
        user: jitsiUser,
        env: { ...prosodyEnv(settings, args.bridges), ...supervised },
        secretEnv: {
          JICOFO_AUTH_PASSWORD: passwords.focus,
          JVB_AUTH_PASSWORD: passwords.bridge,
          TURN_CREDENTIALS: passwords.relay,
        },
        secretsVersion: pulumi.interpolate`${secretsGeneration}-${fingerprint(certificate.certificate)}`,
        mounts: [
          ...scratch(64),
          // Rooms live in memory and accounts are made at every start: nothing here has to outlive the pod.
          { name: "data", path: "/var/lib/prosody", memoryMib: 128 },
          {
            name: "certificates",
            path: "/config/certs",
            secrets: Object.fromEntries(
              [users, services].flatMap((host) => [
                [`${host}.crt`, certificate.certificate],
                [`${host}.key`, certificate.privateKey],
              ]),
            ),
          },
          { name: "accounts", path: "/moderators", secrets: { accounts: args.accounts } },
          { name: "modules", path: "/prosody-plugins-custom", files: signallingModules },
        ],
        ports: [
          { name: "xmpp", port: signallingPorts.xmpp },
          { name: "web", port: signallingPorts.web },
        ],
        probes: {
          ready: { command: ["/usr/local/bin/healthcheck.sh"] },
          alive: { command: ["/usr/local/bin/healthcheck.sh"], failures: 6 },
        },
        resources: { cpu: 1, memoryMib: 1024 },
        ingress: [
          { peer: { workload: names.focus }, port: signallingPorts.xmpp, reason: "the focus of this shard" },
          {
            // Behind a service, a host's own address becomes the one that it has in the pod range.
            peer: { ranges: args.bridges },
            port: signallingPorts.xmpp,
            reason: "bridges, which are on the host network",
          },
          {
            peer: { workload: names.web },
            port: signallingPorts.web,
            reason: "browsers, through the web servers of this shard",
          },
        ],
      },
      opts,
    ),
    new Workload(
      names.focus,
      {
        namespace,
        tier: "focus",
        image: image(registry, jitsiImages.jicofo),
        replicas: 1,
        capacity: sizes.shard,
        singleton: elsewhere,
        shard: part,
        user: jitsiUser,
        command: ["/bin/bash", "/scripts/start-java.sh"],
        env: { ...jicofoEnv(settings, signalling), ...supervised },
        secretEnv: { JICOFO_AUTH_PASSWORD: passwords.focus },
        secretsVersion: secretsGeneration,
        mounts: [
          ...scratch(64),
          { name: "config", path: "/config", files: { "custom-jicofo.conf": customJicofo() } },
          { name: "scripts", path: "/scripts", files: scripts.focus, executable: true },
          { name: "authority", path: "/authority", secrets: { "ca.crt": args.authority } },
        ],
        ports: [{ name: "health", port: focusPort }],
        // Its own health fails as soon as no bridge is there, which a restart does not change: the edge asks that question. A restart is for a focus that has had
        // none for minutes, see the script.
        probes: {
          ready: { get: "/about/version", port: focusPort },
          alive: { command: ["/bin/bash", "/scripts/focus-alive.sh"], failures: 6 },
        },
        resources: { cpu: 0.5, memoryMib: 1536 },
        ingress: [{ peer: { workload: names.web }, port: focusPort, reason: "health of the shard, for the edge" }],
        egress: [
          {
            peer: { workload: names.signalling },
            port: signallingPorts.xmpp,
            reason: "the signalling server of this shard",
          },
        ],
      },
      opts,
    ),
    new Workload(
      names.web,
      {
        namespace,
        tier: "web",
        image: image(registry, jitsiImages.web),
        replicas: replicasFor(sizes.web),
        capacity: sizes.web,
        user: jitsiUser,
        env: { ...webEnv(settings, `${name}-${number}`, `${signalling}:${signallingPorts.web}`), ...supervised },
        mounts: [
          ...scratch(64),
          {
            name: "config",
            path: "/config",
            files: {
              "custom-config.js": customConfig(settings),
              "custom-interface_config.js": customInterface(settings),
              "nginx-custom/sovereign-uc.conf": nginxAdditions(settings, {
                focus: `${names.focus}.${namespace.name}.svc.cluster.local:${focusPort}`,
                signalling: `${signalling}:${signallingPorts.web}`,
              }),
            },
          },
        ],
        ports: [{ name: "http", port: webPort }],
        probes: { ready: { get: "/", port: webPort }, alive: { get: "/", port: webPort, failures: 6 } },
        resources: { cpu: 0.25, memoryMib: 256 },
        ingress: [{ peer: { workload: args.edge }, port: webPort, reason: "browsers, through the edge" }],
        egress: [
          { peer: { workload: names.signalling }, port: signallingPorts.web, reason: "signalling of browsers" },
          { peer: { workload: names.focus }, port: focusPort, reason: "health of the shard, for the edge" },
        ],
      },
      opts,
    ),
  ];
}

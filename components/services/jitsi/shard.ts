import type * as pulumi from "@pulumi/pulumi";
import { image } from "../../core/images";
import { keyPair, Secret, trusted } from "../../core/secret";
import { serviceHost } from "../../core/tier";
import type { Issued } from "../../infrastructure/certificate-authority";
import type { Mount } from "../../kubernetes/mounts";
import type { Namespace } from "../../kubernetes/namespace";
import type { Shard } from "../../kubernetes/pod";
import type { Policies } from "../../kubernetes/policies";
import { Workload } from "../../kubernetes/workload";
import type { TokenKeys } from "./access-keys";
import { brandingMounts } from "./branding";
import { scripts, signallingModules } from "./files";
import { jitsiImages } from "./images";
import { captionsKey, customJicofo, jicofoEnv } from "./jicofo";
import { accessKeysFolder, prosodyEnv } from "./prosody";
import { regionMap } from "./regions";
import { JitsiSettings, podResources, Sizes, xmppDomains } from "./settings";
import type { ShardTiers } from "./tiers";
import { customConfig, customInterface, nginxAdditions, webEnv } from "./web";

/** User of the images of Jitsi. */
export const jitsiUser = 1000;

/** Kubernetes owns the volume that their supervisor writes to; this tells it to accept that. */
export const supervised = { S6_YES_I_WANT_A_WORLD_WRITABLE_RUN_BECAUSE_KUBERNETES: "1" } as const;

/** Folders that the images of Jitsi write to, in memory: rendered configuration holds secrets. */
export const scratch = (runMib: number): readonly Mount[] => [
  { name: "run", path: "/run", memoryMib: runMib },
  { name: "tmp", path: "/tmp", memoryMib: 16 },
];

/** Arguments of all shards. */
export interface ShardArgs {
  readonly settings: JitsiSettings;
  readonly sizes: Sizes;
  readonly policies: Policies;
  readonly certificate: Issued;
  /** Certificate of the authority that the focus trusts. */
  readonly authority: pulumi.Input<string>;
  readonly passwords: { readonly focus: Secret; readonly bridge: Secret; readonly relay: Secret };
  /** Passwords of recorders. @default - there are none */
  readonly recorders?: { readonly control: Secret; readonly browser: Secret };
  /** Key that bridges show transcribers. @default - there are none */
  readonly captions?: Secret;
  /** Keys that verify tokens. */
  readonly tokens: TokenKeys;
  /** Ranges that the focus and the bridges come from: behind a service, a host's own address becomes the one that it has in the pod range. */
  readonly bridges: readonly string[];
}

/** Settings that the workloads of one shard share. */
interface Shared {
  readonly policies: Policies;
  readonly namespace: Namespace;
  readonly user: number;
  readonly shard: Shard;
}

/** Fail-over of the service while a single server of a shard is away. */
const elsewhere =
  "rooms of this shard are opened again on another, where the edge sends everybody as soon as its health check fails; " +
  "people are back within half a minute to a minute, and hear and see each other until their browser loads again";

/** One shard: a signalling server, a focus and web servers that know only each other. The signalling server and the focus are single; another shard takes over. */
export function shard(
  name: string,
  tiers: ShardTiers,
  args: ShardArgs,
  opts: pulumi.ComponentResourceOptions,
): readonly Workload[] {
  const { namespace } = args.policies;
  const hosts = namespace.cluster.hostAddresses.application.length;
  const shared: Shared = {
    policies: args.policies,
    namespace,
    user: jitsiUser,
    shard: { of: name, name: `${tiers.number}`, strict: hosts > args.sizes.shards },
  };
  const { shard: part, ...apart } = shared;
  const known = `${name}-${part.name}`;
  return [
    signallingServer(known, tiers, args, shared, opts),
    focusServer(tiers, args, shared, opts),
    webServers(known, tiers, args, apart, opts),
  ];
}

/** @param shard name of the shard, which browsers are told. */
function signallingServer(
  shard: string,
  { signalling }: ShardTiers,
  { settings, sizes, certificate, passwords, recorders, tokens, bridges }: ShardArgs,
  shared: Shared,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const { users, services } = xmppDomains(settings.domain);
  const pair = keyPair(certificate);
  return new Workload(
    signalling.name,
    {
      ...shared,
      tier: signalling,
      role: "signalling",
      image: image(shared.namespace.cluster.registry, jitsiImages.prosody),
      capacity: sizes.shard,
      singleton: elsewhere,
      env: { ...prosodyEnv(settings, bridges, shard), ...supervised },
      secretEnv: {
        JICOFO_AUTH_PASSWORD: passwords.focus,
        JVB_AUTH_PASSWORD: passwords.bridge,
        TURN_CREDENTIALS: passwords.relay,
        ...(recorders === undefined
          ? {}
          : { JIBRI_XMPP_PASSWORD: recorders.control, JIBRI_RECORDER_PASSWORD: recorders.browser }),
        // The verifier of tokens wants one; which key counts is said by the folder.
        JWT_APP_SECRET: tokens.oneLine,
      },
      mounts: [
        ...scratch(64),
        // Rooms live in memory and services' accounts are made at every start: nothing here has to outlive the pod.
        { name: "data", path: "/var/lib/prosody", memoryMib: 128 },
        {
          name: "certificates",
          path: "/config/certs",
          secrets: Object.fromEntries(
            [users, services].flatMap((host) => [
              [`${host}.crt`, pair.certificate],
              [`${host}.key`, pair.privateKey],
            ]),
          ),
        },
        { name: "access-keys", path: accessKeysFolder, secrets: tokens.verifying },
        { name: "modules", path: "/prosody-plugins-custom", files: signallingModules },
      ],
      probes: {
        // Soon: while a kubelet that starts has not asked, the whole shard is out of reach.
        ready: { command: ["/usr/local/bin/healthcheck.sh"], everySeconds: 2 },
        alive: { command: ["/usr/local/bin/healthcheck.sh"], failures: 6 },
      },
      resources: podResources.signalling,
    },
    opts,
  );
}

function focusServer(
  { signalling, focus }: ShardTiers,
  { settings, sizes, passwords, authority, captions }: ShardArgs,
  shared: Shared,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  return new Workload(
    focus.name,
    {
      ...shared,
      tier: focus,
      role: "focus",
      image: image(shared.namespace.cluster.registry, jitsiImages.jicofo),
      capacity: sizes.shard,
      singleton: elsewhere,
      command: ["/bin/bash", "/scripts/start-java.sh"],
      env: { ...jicofoEnv(settings, serviceHost(signalling)), ...supervised },
      secretEnv: {
        JICOFO_AUTH_PASSWORD: passwords.focus,
        ...(captions === undefined ? {} : { [captionsKey]: captions }),
      },
      mounts: [
        ...scratch(64),
        { name: "config", path: "/config", files: { "custom-jicofo.conf": customJicofo(settings) } },
        { name: "scripts", path: "/scripts", files: scripts.focus, executable: true },
        { name: "authority", path: "/authority", secrets: { "ca.crt": trusted(authority) } },
      ],
      // Its own health fails as soon as no bridge is there, which a restart does not change: the edge asks that question. A restart is for a focus that has had
      // none for minutes, see the script.
      probes: {
        ready: { get: "/about/version", port: focus.ports.health.port, everySeconds: 2 },
        alive: { command: ["/bin/bash", "/scripts/focus-alive.sh"], failures: 6 },
      },
      resources: podResources.focus,
    },
    opts,
  );
}

/** @param shard the same name. */
function webServers(
  shard: string,
  { signalling, focus, web }: ShardTiers,
  { settings, sizes }: ShardArgs,
  shared: Omit<Shared, "shard">,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const upstreams = {
    focus: `${serviceHost(focus)}:${focus.ports.health.port}`,
    signalling: `${serviceHost(signalling)}:${signalling.ports.web.port}`,
  };
  const { port } = web.ports.http;
  const { regions = [] } = settings;
  return new Workload(
    web.name,
    {
      ...shared,
      tier: web,
      role: "web",
      image: image(shared.namespace.cluster.registry, jitsiImages.web),
      capacity: sizes.web,
      env: { ...webEnv(settings, shard, upstreams.signalling), ...supervised },
      mounts: [
        ...scratch(64),
        {
          name: "config",
          path: "/config",
          files: {
            "custom-config.js": customConfig(settings),
            "custom-interface_config.js": customInterface(settings),
            "nginx-custom/sovereign-uc.conf": nginxAdditions(settings, upstreams),
            ...(regions.length === 0 ? {} : { "nginx/site-confs/regions.conf": regionMap(regions) }),
          },
        },
        ...brandingMounts(settings.domain, settings.branding, settings.captions),
      ],
      probes: { ready: { get: "/", port }, alive: { get: "/", port, failures: 6 } },
      resources: podResources.web,
    },
    opts,
  );
}

import * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../../core/capacity";
import { image } from "../../core/images";
import { keyPair, type Secret, secretText, trusted } from "../../core/secret";
import { allPodsHost, serviceHost } from "../../core/tier";
import { CertificateAuthority } from "../../infrastructure/certificate-authority";
import type { Policies } from "../../kubernetes/policies";
import { Workload } from "../../kubernetes/workload";
import { busFiles, busPassword, nats } from "./bus";
import { nextcloudImages } from "./images";
import { nextcloudResources, type PlannedTalk } from "./plan";
import { nextcloudTiers, ports } from "./settings";
import { serverConf, signalingFiles, type SignalingSecrets } from "./signaling";

/** User of upstream's image (docker/server/Dockerfile). */
const signalingUser = 850;

/** Nobody: the images have no user of their own, and the programs need no file outside their mounts. */
const nobody = 65_534;

/** Folders inside the pods. */
const folders = { config: "/config", certificates: "/certificates", trust: "/trust" } as const;

/** Authority of the bundle by which a signaling server knows the web servers and the bus. */
const bundle = "authorities.crt";

export interface TalkParts {
  readonly name: string;
  readonly domain: string;
  readonly talk: PlannedTalk;
  readonly policies: Policies;
  readonly secrets: Readonly<Record<keyof SignalingSecrets, Secret>>;
  /** Addresses of the media hosts in the network. */
  readonly media: readonly string[];
  /** Key that signs what signaling servers say to media hosts. */
  readonly tokenKey: Secret;
  /** PEM of the authority that the edge's certificates are of. @default - one that everybody knows */
  readonly webAuthority: pulumi.Output<string> | undefined;
  readonly drainSeconds: number;
}

/** Host names of the servers of the bus, each by its place in the set. */
const busHosts = (name: string, talk: PlannedTalk): readonly string[] => {
  const { bus } = nextcloudTiers(name);
  return Array.from({ length: replicasFor(talk.bus) }, (_, i) => `${bus.name}-${i}.${serviceHost(bus)}`);
};

/** The signaling servers and their bus, with certificates of an authority of their own. */
export function talkPods(parts: TalkParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, talk } = parts;
  const { bus, signaling } = nextcloudTiers(name);
  const authority = new CertificateAuthority(`${name}-talk`, { commonName: `${name} talk` }, opts);
  const pair = (tier: string, dnsNames: readonly string[]) =>
    keyPair(authority.issue(tier, { commonName: `${name}-${tier}`, dnsNames: [...dnsNames], usage: "peer" }));
  const busPair = pair("bus", busHosts(name, talk));
  const signalingPair = pair("signaling", [allPodsHost(signaling)]);
  const own = trusted(authority.certificate);
  const servers = new Workload(
    bus.name,
    {
      namespace: parts.policies.namespace,
      policies: parts.policies,
      tier: bus,
      role: "bus",
      kind: "StatefulSet",
      image: image(parts.policies.namespace.cluster.registry, nextcloudImages.nats),
      capacity: talk.bus,
      replicas: replicasFor(talk.bus),
      user: nobody,
      command: ["nats-server", "-c", `${folders.config}/nats.conf`],
      podFields: { BUS_NAME: "metadata.name" },
      secretEnv: { BUS_PASSWORD: busPassword(parts.secrets.bus) },
      mounts: [
        {
          name: "config",
          path: folders.config,
          files: {
            "nats.conf": nats({
              name,
              servers: busHosts(name, talk),
              ports: { nats: ports.nats, cluster: ports.natsCluster, monitor: ports.natsMonitor },
              certificates: folders.certificates,
            }),
          },
        },
        {
          name: "certificates",
          path: folders.certificates,
          secrets: {
            [busFiles.certificate]: busPair.certificate,
            [busFiles.key]: busPair.privateKey,
            [busFiles.authority]: own,
          },
        },
      ],
      probes: {
        ready: { get: "/healthz", port: ports.natsMonitor, everySeconds: 5 },
        alive: { get: "/healthz", port: ports.natsMonitor, failures: 6 },
      },
      resources: nextcloudResources.bus,
    },
    opts,
  );
  return signalingPods(
    parts,
    { ...signalingPair, own, authority: authority.certificate },
    { ...opts, dependsOn: [servers] },
  );
}

interface Identity {
  readonly certificate: Secret;
  readonly privateKey: Secret;
  readonly own: Secret;
  readonly authority: pulumi.Output<string>;
}

function signalingPods(parts: TalkParts, identity: Identity, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, domain, talk, policies, secrets, tokenKey, webAuthority, drainSeconds } = parts;
  const { cluster } = policies.namespace;
  const { signaling } = nextcloudTiers(name);
  const conf = (values: SignalingSecrets): string =>
    serverConf(values, {
      backend: `https://${domain}`,
      proxies: cluster.podRange,
      bus: busHosts(name, talk),
      peers: allPodsHost(signaling),
      media: parts.media,
      certificates: folders.certificates,
    });
  return new Workload(
    signaling.name,
    {
      namespace: policies.namespace,
      policies,
      tier: signaling,
      role: "signaling",
      image: image(cluster.registry, nextcloudImages.signaling),
      capacity: talk.signaling,
      replicas: replicasFor(talk.signaling),
      user: signalingUser,
      command: ["/usr/bin/nextcloud-spreed-signaling", "-config", `${folders.config}/server.conf`],
      env: { SSL_CERT_FILE: `${folders.trust}/${bundle}` },
      names: { [domain]: cluster.gatewayAddresses },
      mounts: [
        {
          name: "config",
          path: folders.config,
          // The configuration is made of secrets; another text of it is another version.
          secrets: { "server.conf": secretText(secrets, conf, conf(hidden)) },
        },
        {
          name: "certificates",
          path: folders.certificates,
          secrets: {
            [signalingFiles.certificate]: identity.certificate,
            [signalingFiles.key]: identity.privateKey,
            [signalingFiles.authority]: identity.own,
            [signalingFiles.tokenKey]: tokenKey,
          },
        },
        {
          name: "trust",
          path: folders.trust,
          secrets: { [bundle]: bundleOf(identity.authority, webAuthority) },
        },
      ],
      probes: {
        ready: { get: "/api/v1/welcome", port: ports.signaling, everySeconds: 5 },
        alive: { get: "/api/v1/welcome", port: ports.signaling, failures: 6 },
      },
      // Told so, it takes nobody new and ends when the last has left (ScheduleShutdown, server/hub.go).
      drain: {
        command: [
          "/bin/sh",
          "-c",
          "killall -USR1 nextcloud-spreed-signaling; while pgrep nextcloud-spreed >/dev/null; do sleep 1; done",
        ],
        seconds: drainSeconds,
      },
      resources: nextcloudResources.signaling,
    },
    opts,
  );
}

/** Names in place of secrets, to tell one text of the configuration from another. */
const hidden: SignalingSecrets = { backend: "", hash: "", block: "", internal: "", bus: "" };

/** Authorities that a signaling server believes: of the bus, and of the web servers' certificate. */
const bundleOf = (own: pulumi.Output<string>, web: pulumi.Output<string> | undefined): Secret =>
  trusted(web === undefined ? own : pulumi.all([own, web]).apply((pems) => pems.join("")));

import * as pulumi from "@pulumi/pulumi";
import {
  apiPort,
  CertificateAuthority,
  Cluster,
  Gateway,
  Jitsi,
  jitsiNames,
  jitsiOpenings,
  jitsiSizes,
  Network,
} from "../../components";
import { Settings } from "../settings";

/** Host numbers: pools far apart, so that each can grow in place. */
const hosts = { gateway: 10, controlPlane: 20, application: 30, media: 60 } as const;

/** Hosts of the control plane; with three, one may be lost. */
const members = 3;

/**
 * Meetings for a crisis team that share nothing with what is under attack: a network of their own, doors of their own, keys and certificates of their own.
 *
 * Media are encrypted in transport (DTLS-SRTP), not end to end: Jitsi's end-to-end rooms stop at about 20 participants, and a crisis meeting has more.
 */
export function crisis(settings: Settings): Record<string, unknown> {
  const {
    name,
    cloud,
    location,
    machineTypes,
    domain,
    participants,
    administrators,
    administratorAccess,
    administratorKeys,
    isolatedFrom,
    mirror,
  } = settings;
  const { birthSecret } = settings;
  const network = new Network(name, {
    cloud,
    location,
    isolatedFrom,
    ...(birthSecret === undefined ? {} : { birthSecret }),
  });
  const frozen = { administratorKeys };
  const sizes = jitsiSizes(participants);
  const media = network.addresses(hosts.media, sizes.bridges);
  const podRange = "10.42.0.0/16";
  const application = network.addresses(hosts.application, 3);

  const gateway = new Gateway(`${name}-gateway`, {
    network,
    type: machineTypes.gateway,
    firstHost: hosts.gateway,
    administrators,
    administratorAccess,
    published: [
      {
        port: 443,
        targets: application,
        targetPort: 30443,
        proxyProtocol: true,
        from: ["0.0.0.0/0"],
        reason: "meetings",
        // Everybody may be behind one address, up to a quarter of what a gateway carries.
        connectionsPerSource: Math.min(10 * participants, 5_000),
      },
      apiPort(network.addresses(hosts.controlPlane, members), administrators),
    ],
    site: { mirror, resolvers: settings.resolvers, timeServers: settings.timeServers },
    capacity: {
      load: participants,
      perReplica: 2000,
      unit: "participants",
      source: "HAProxy: 20,000 connections a gateway, ten a participant",
    },
    frozen,
  });

  const cluster = new Cluster(name, {
    network,
    gateway,
    domain,
    keepData: settings.keepData,
    controlPlane: { type: machineTypes.controlPlane, firstHost: hosts.controlPlane, count: members, frozen },
    application: { type: machineTypes.application, firstHost: hosts.application, count: application.length, frozen },
    media: {
      media: {
        type: machineTypes.media,
        firstHost: hosts.media,
        capacity: sizes.bridge,
        openings: jitsiOpenings({ podRange, mediaHosts: media }),
        frozen,
      },
    },
    podRange,
  });

  const tls =
    settings.certificate ??
    new CertificateAuthority(`${name}-web`, { commonName: `${name} web` }).issue("meetings", {
      commonName: domain,
      dnsNames: jitsiNames(domain, sizes.bridges),
      usage: "server",
    });
  const jitsi = new Jitsi("meetings", {
    cluster,
    domain,
    participants,
    tls,
    privacy: { confidentiality: "transport" },
  });

  return {
    meetings: jitsi.url,
    moderators: jitsi.moderators,
    records: pulumi
      .all([pulumi.all([...gateway.publicAddresses]), pulumi.all([...jitsi.records])])
      .apply(([doors, relays]) => [
        ...[domain, `api.${domain}`].flatMap((record) => doors.map((address) => `${record} A ${address}`)),
        ...relays.map((relay) => `${relay.name} A ${relay.address}`),
      ]),
    kubeconfig: cluster.kubeconfig,
  };
}

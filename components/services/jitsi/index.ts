import * as pulumi from "@pulumi/pulumi";
import { authorityIn } from "../../infrastructure/certificate-authority";
import { tryParse, validateArgs } from "../../core/errors";
import { secretText } from "../../core/secret";
import { serviceHost, tier } from "../../core/tier";
import { readGeneration, readGenerations, Secrets } from "../../infrastructure/secrets";
import { items } from "../../core/shapes";
import { dnsLabel, domainName } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { Edge, pem } from "../../kubernetes/edge";
import { Namespace } from "../../kubernetes/namespace";
import { resources } from "../../kubernetes/container";
import { Policies } from "../../kubernetes/policies";
import { Workload } from "../../kubernetes/workload";
import type { JitsiArgs, SecretRole } from "./args";
import { accountNames, allowedParticipants, attempt, covering, enoughHosts, privacyOf } from "./checks";
import { media } from "./media";
import { JitsiSettings, jitsiNames, relayNames, sizes } from "./settings";
import { shard } from "./shard";
import { jitsiLinks, jitsiTiers, policedTiers } from "./tiers";
import { shardHealth, siteHeaders } from "./web";

export type { JitsiArgs, Privacy, SecretRole } from "./args";
export { jitsiOpenings, type JitsiOpeningsArgs } from "./openings";
export { endToEndLimit, jitsiNames, sizes as jitsiSizes } from "./settings";

/**
 * Jitsi Meet for people who must be able to talk while everything else is under attack.
 *
 * Shards (web servers, a signalling server and a focus each) behind an edge that keeps a room on one shard; bridges on media hosts, which every shard uses and a
 * room may span; a relay for TURN over TLS on every media host. Each tier has one more than its load needs. Inside a shard, the signalling server and the focus
 * are single: another shard takes over.
 *
 * No third party is contacted, by servers or browsers. Media is DTLS-SRTP with AES-GCM only; control links are verified against an authority of the deployment's
 * own. Rooms are opened by moderators who log in; everybody else waits in the lobby. Nothing is kept on a disk.
 *
 * Between the edge and the signalling servers, signalling runs as HTTP inside the pod range: it is as private as the cluster's pod network.
 *
 * @example
 * const jitsi = new Jitsi("meet", {
 *   cluster,
 *   domain: "meet.crisis.example.ch",
 *   participants: 200,
 *   tls: { certificate, privateKey },
 *   moderators: ["duty-officer", "deputy"],
 * });
 */
export class Jitsi extends pulumi.ComponentResource {
  readonly url: string;
  /** Passwords of the moderators by name; a secret. */
  readonly moderators: pulumi.Output<Record<string, string>>;
  /** Names that have to lead to the relays' public addresses, beside the domain, which leads to the gateways. */
  readonly records: readonly { readonly name: string; readonly address: pulumi.Output<string> }[];

  constructor(name: string, args: JitsiArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cluster, domain, participants, tls, privacy = { confidentiality: "transport" } } = args;
    const {
      moderators = ["moderator"],
      participantsPerBridge = 100,
      drainSeconds = 600,
      secretsGeneration = "1",
      secretGenerations = {},
    } = args;
    const { bridge = { cpu: 12, memoryMib: 20_480 } } = args;
    const kept = tryParse(() => privacyOf(privacy));
    const planned = attempt(() => sizes(participants, participantsPerBridge));
    const hosts = cluster.mediaPools["media"] ?? [];
    super(
      "sovereign-uc:index:Jitsi",
      name,
      {
        domain,
        participants,
        ...kept,
        relays: hosts.length,
        ...(planned === undefined ? {} : { shards: planned.shards, bridges: planned.bridges }),
      },
      opts,
    );

    const names = jitsiNames(domain, hosts.length);
    const valid = validateArgs(this, name, {
      // Names of workloads are made of it.
      name: () => dnsLabel(name, 24),
      domain: () => domainName(domain),
      participants: () => allowedParticipants(participants, kept),
      participantsPerBridge: () => countInRange(participantsPerBridge, "participants per bridge", 1),
      privacy: () => privacyOf(privacy),
      "tls.certificate": () => {
        pem(tls?.certificate, "a certificate in PEM");
        return covering(tls.certificate, names);
      },
      "tls.privateKey": () => pem(tls?.privateKey, "a private key in PEM"),
      moderators: () => accountNames(moderators),
      bridge: () => resources(bridge),
      drainSeconds: () => countInRange(drainSeconds, "seconds to drain", 31, 86_400),
      secretsGeneration: () => readGeneration(secretsGeneration),
      secretGenerations: () => readGenerations(secretGenerations, secretRoles(items(moderators))),
      "cluster.mediaPools": () => enoughHosts(planned, hosts.length),
    });
    const plan = valid["cluster.mediaPools"];
    this.url = `https://${domain}`;

    const own = { parent: this };
    const secrets = new Secrets<SecretRole>(
      name,
      {
        roles: secretRoles(valid.moderators),
        generation: secretsGeneration,
        generations: secretGenerations,
      },
      own,
    );
    const passwords = {
      focus: secrets.password("focus"),
      bridge: secrets.password("bridge"),
      relay: secrets.password("relay"),
    };
    const words = Object.fromEntries(valid.moderators.map((who) => [who, secrets.password(`moderator-${who}`)]));
    this.moderators = pulumi.secret(
      pulumi.all(Object.fromEntries(Object.entries(words).map(([who, { value }]) => [who, value]))),
    );
    const accounts = secretText(words, (all) =>
      Object.entries(all)
        .map(([who, word]) => `${who} ${word}\n`)
        .join(""),
    );
    const authority = authorityIn(this, `${name}-authority`, { commonName: `${name} signalling` });
    const settings: JitsiSettings = {
      domain: valid.domain,
      participants: valid.participants,
      participantsPerBridge: valid.participantsPerBridge,
      confidentiality: valid.privacy.confidentiality,
      recording: valid.privacy.recording,
      relays: relayNames(domain, hosts.length),
      podRange: cluster.podRange,
    };
    const namespace = new Namespace(name, { cluster }, own);
    const mediaNamespace = new Namespace(`${name}-media`, { cluster, podSecurity: "privileged" }, own);

    const tiers = jitsiTiers(name, plan.shards);
    const edge = tier(name, `${name}-edge`, {});
    const bridges = [cluster.podRange, ...hosts.map((host) => `${host.address}/32`)];
    const policies = new Policies(
      name,
      { namespace, tiers: policedTiers(tiers), links: jitsiLinks(tiers, edge, bridges), elsewhere: [edge] },
      own,
    );
    const { relay } = media(
      name,
      {
        settings,
        sizes: plan,
        tiers,
        namespace: mediaNamespace,
        signalling: tiers.shards.map(({ signalling }) => serviceHost(signalling)),
        authority: authority.certificate,
        certificate: valid["tls.certificate"],
        privateKey: tls.privateKey,
        passwords,
        bridge: valid.bridge,
        drainSeconds,
      },
      own,
    );
    // A relay accepts a new secret, beside the one before it, earlier than signalling servers hand out credentials made with it.
    let before: readonly Workload[] = [relay];
    for (const one of tiers.shards)
      // One shard after the other, so that an update never takes all signalling servers at once.
      before = shard(
        name,
        one,
        {
          settings,
          sizes: plan,
          policies,
          certificate: authority.issue(`signalling-${one.number}`, {
            commonName: one.signalling.name,
            dnsNames: [`auth.${domain}`, domain, serviceHost(one.signalling)],
            usage: "server",
          }),
          authority: authority.certificate,
          passwords,
          accounts,
          bridges,
        },
        { ...own, dependsOn: [...before] },
      );
    new Edge(
      `${name}-edge`,
      {
        namespace,
        certificate: valid["tls.certificate"],
        privateKey: tls.privateKey,
        // A browser holds some while it loads the page, and one for signalling.
        connections: participants * 8,
        backends: [
          {
            name,
            domain,
            stickOn: "room",
            headers: siteHeaders(domain),
            health: [shardHealth.focus, shardHealth.signalling],
            workloads: tiers.shards.map(({ web }) => web.name),
            servers: tiers.shards.map(({ number, web }) => ({
              name: `shard-${number}`,
              host: serviceHost(web),
              port: web.ports.http.port,
            })),
          },
        ],
      },
      own,
    );
    this.records = hosts.map((host, i) => ({ name: settings.relays[i] ?? host.name, address: host.publicAddress }));
    this.registerOutputs({ url: this.url });
  }
}

/** Roles of all passwords. */
const secretRoles = (moderators: readonly string[]): readonly SecretRole[] => [
  "focus",
  "bridge",
  "relay",
  ...moderators.map((who) => `moderator-${who}` as const),
];

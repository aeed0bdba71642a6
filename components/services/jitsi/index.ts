import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { authorityIn } from "../../infrastructure/certificate-authority";
import { tryParse, validateArgs, invalid } from "../../core/errors";
import { dnsLabel, domainName } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { Edge, pem } from "../../kubernetes/edge";
import { Namespace } from "../../kubernetes/namespace";
import { resources } from "../../kubernetes/pod";
import { Workload } from "../../kubernetes/workload";
import { JitsiArgs } from "./args";
import { accountNames, allowedParticipants, attempt, covering, enoughHosts, privacyOf } from "./checks";
import { media } from "./media";
import { JitsiSettings, jitsiNames, relayNames, sizes } from "./settings";
import { shard, signallingHost } from "./shard";
import { shardHealth, siteHeaders, webPort } from "./web";

export type { JitsiArgs, Privacy } from "./args";
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
    } = args;
    const { bridge = { cpu: 12, memoryMib: 20_480 } } = args;
    const kept = tryParse(() => privacyOf(privacy));
    const planned = attempt(() => sizes(participants, participantsPerBridge));
    const hosts = cluster.mediaHosts;
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
      secretsGeneration: () => {
        if (typeof secretsGeneration !== "string" || !/^[A-Za-z0-9._-]{1,40}$/.test(secretsGeneration))
          throw invalid(
            "a word of at most 40 letters, digits, dots, underscores and hyphens",
            secretsGeneration,
            'give one like "2026-01"',
          );
      },
      "cluster.mediaHosts": () => enoughHosts(planned, hosts.length),
    });
    const plan = valid["cluster.mediaHosts"];
    this.url = `https://${domain}`;

    const own = { parent: this };
    const password = (role: string): pulumi.Output<string> =>
      new RandomPassword(
        `${name}-${role}`,
        { length: 32, special: false, keepers: { rotation: secretsGeneration } },
        own,
      ).result;
    const passwords = { focus: password("focus"), bridge: password("bridge"), relay: password("relay") };
    const people = valid.moderators.map((who) => ({ who, password: password(`moderator-${who}`) }));
    this.moderators = pulumi.secret(
      pulumi
        .all(people.map((one) => one.password))
        .apply((all) => Object.fromEntries(people.map(({ who }, i) => [who, all[i] ?? ""]))),
    );
    const accounts = this.moderators.apply((all) =>
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

    const numbers = Array.from({ length: plan.shards }, (_, i) => i + 1);
    let before: readonly Workload[] = [];
    for (const number of numbers)
      // One shard after the other, so that an update never takes all signalling servers at once.
      before = shard(
        name,
        number,
        {
          settings,
          sizes: plan,
          namespace,
          edge: `${name}-edge`,
          certificate: authority.issue(`signalling-${number}`, {
            commonName: `${name}-signalling-${number}`,
            dnsNames: [`auth.${domain}`, domain, signallingHost(name, number, namespace.name)],
            usage: "server",
          }),
          authority: authority.certificate,
          passwords,
          accounts,
          secretsGeneration,
          bridges: [cluster.podRange, ...hosts.map((host) => `${host.address}/32`)],
        },
        { ...own, dependsOn: [...before] },
      );
    media(
      name,
      {
        settings,
        sizes: plan,
        namespace: mediaNamespace,
        signalling: numbers.map((number) => signallingHost(name, number, namespace.name)),
        authority: authority.certificate,
        certificate: valid["tls.certificate"],
        privateKey: tls.privateKey,
        passwords,
        secretsGeneration,
        bridge: valid.bridge,
        drainSeconds,
      },
      own,
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
            workloads: numbers.map((number) => `${name}-web-${number}`),
            servers: numbers.map((number) => ({
              name: `shard-${number}`,
              host: `${name}-web-${number}.${namespace.name}.svc.cluster.local`,
              port: webPort,
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

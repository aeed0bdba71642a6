import * as pulumi from "@pulumi/pulumi";
import { authorityIn } from "../../infrastructure/certificate-authority";
import { invalid, tryParse, validateArgs, givenArgs } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import { type Secret, secretText } from "../../core/secret";
import { fields, items } from "../../core/shapes";
import { serviceHost } from "../../core/tier";
import { readGeneration, readGenerations, Secrets } from "../../infrastructure/secrets";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import { Workload } from "../../kubernetes/workload";
import { type MediaPlace, servicePlatform, type ServicePlatform } from "../../service-base";
import type { JitsiArgs, SecretRole } from "./args";
import { accountNames, allowedParticipants, privacyOf } from "./checks";
import { media, relayPlace } from "./media";
import { type JitsiPlan, jitsiPlan } from "./plan";
import { recorderRoles } from "./recording";
import { type RecordedBy, recordedBy, recorders, recordingLinks, recordingTiers } from "./recorders";
import type { JitsiSettings } from "./settings";
import { shard } from "./shard";
import { jitsiLinks, jitsiTiers, policedTiers } from "./tiers";
import { jitsiArgsKeys } from "./args";

export type { JitsiArgs, Privacy, SecretRole } from "./args";
export { type JitsiPlan, type JitsiPlanArgs, planJitsi } from "./plan";
export type { PlannedRecordings, RecorderRole, Recording, RecordingNeed } from "./recording";
export { endToEndLimit } from "./settings";

/**
 * Jitsi Meet for people who must be able to talk while everything else is under attack.
 *
 * Shards (web servers, a signalling server and a focus each) behind an edge that keeps a room on one shard; bridges on media hosts, which every shard uses and a
 * room may span; a relay for TURN over TLS on every media host. Each tier has one more than its load needs. Inside a shard, the signalling server and the focus
 * are single: another shard takes over.
 *
 * No third party is contacted, by servers or browsers. Media is DTLS-SRTP with AES-GCM only; control links are verified against an authority of the deployment's
 * own. Rooms are opened by moderators who log in; everybody else waits in the lobby. Nothing but recordings is kept on a disk.
 *
 * Recording is off. Browsers may record where `privacy.recording` is true; with a bucket there, recorders do, on hosts of their own: one recording each, kept on an
 * encrypted volume until the bucket has it.
 *
 * Between the edge and the signalling servers, signalling runs as HTTP inside the pod range: it is as private as the cluster's pod network.
 *
 * @example
 * const meetings = planJitsi({ name: "meetings", domain: "meet.crisis.example.ch", participants: 200 });
 * const platform = new Platform("crisis", { ...place, plans: [meetings] });
 * const jitsi = new Jitsi("meetings", { on: platform, plan: meetings, moderators: ["duty-officer", "deputy"] });
 */
export class Jitsi extends pulumi.ComponentResource {
  readonly url: string;
  /** Passwords of the moderators by name; a secret. */
  readonly moderators: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: JitsiArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, jitsiArgsKeys, { on: "new Platform(…)" });
    const { on, plan, privacy = { confidentiality: "transport" }, moderators = ["moderator"] } = args;
    const { drainSeconds = 600, secretsGeneration = "1", secretGenerations = {} } = args;
    const kept = tryParse(() => privacyOf(privacy));
    const { domain, participants, sizes } = fields(plan);
    const roles = (names: readonly string[]): readonly SecretRole[] => [
      ...secretRoles(names),
      ...(typeof kept?.recording === "object" ? recorderRoles : []),
    ];
    const relays = tryParse(() => servicePlatform(on).media(jitsiPlan(plan), "relay"));
    super(
      "sovereign-uc:index:Jitsi",
      name,
      {
        domain,
        participants,
        ...(kept === undefined ? {} : { ...kept, recording: kept.recording !== false }),
        relays: relays?.hosts.length ?? 0,
        ...(sizes === undefined ? {} : { shards: sizes.shards, bridges: sizes.bridges }),
      },
      opts,
    );

    const valid = validateArgs(this, name, {
      plan: () => ownPlan(name, plan),
      participants: () => allowedParticipants(jitsiPlan(plan).participants, kept),
      privacy: () => privacyOf(privacy),
      moderators: () => accountNames(moderators),
      drainSeconds: () => countInRange(drainSeconds, "seconds to drain", 31, 86_400),
      secretsGeneration: () => readGeneration(secretsGeneration),
      secretGenerations: () => readGenerations(secretGenerations, roles(items(moderators))),
      on: () => {
        const { media: place } = servicePlatform(on);
        return { bridge: place(jitsiPlan(plan), "bridge"), relay: relayPlace(place(jitsiPlan(plan), "relay")) };
      },
      recording: () => recordedBy(on, jitsiPlan(plan), kept?.recording),
    });
    this.url = `https://${valid.plan.domain}`;

    const secrets = new Secrets<SecretRole>(
      name,
      { roles: roles(valid.moderators), generation: secretsGeneration, generations: secretGenerations },
      { parent: this },
    );
    const words = Object.fromEntries(valid.moderators.map((who) => [who, secrets.password(`moderator-${who}`)]));
    this.moderators = pulumi.secret(
      pulumi.all(Object.fromEntries(Object.entries(words).map(([who, { value }]) => [who, value]))),
    );
    const { recording } = valid;
    tiers(this, name, on, valid.plan, { ...valid.on, privacy: valid.privacy, recording, drainSeconds, secrets, words });
    this.registerOutputs({ url: this.url });
  }
}

interface Made {
  readonly bridge: MediaPlace;
  readonly relay: ReturnType<typeof relayPlace>;
  readonly privacy: ReturnType<typeof privacyOf>;
  readonly recording: RecordedBy | undefined;
  readonly drainSeconds: number;
  readonly secrets: Secrets<SecretRole>;
  /** Passwords of moderators by name. */
  readonly words: Readonly<Record<string, Secret>>;
}

/** All tiers: policies first, then bridges and relays, then one shard after the other. */
function tiers(parent: pulumi.ComponentResource, name: string, on: ServicePlatform, plan: JitsiPlan, made: Made): void {
  const { cluster } = on;
  const { bridge, relay, secrets } = made;
  const { domain } = plan;
  const own = { parent };
  const passwords = {
    focus: secrets.password("focus"),
    bridge: secrets.password("bridge"),
    relay: secrets.password("relay"),
  };
  const recorded = made.recording && {
    ...made.recording,
    passwords: { control: secrets.password("recorder"), browser: secrets.password("recorder-browser") },
  };
  const authority = authorityIn(parent, `${name}-authority`, { commonName: `${name} signalling` });
  const settings: JitsiSettings = {
    domain,
    participants: plan.participants,
    participantsPerBridge: plan.participantsPerBridge,
    confidentiality: made.privacy.confidentiality,
    recording: made.privacy.recording === true,
    recorders: recorded !== undefined,
    relays: relay.names,
    podRange: cluster.podRange,
  };
  const namespace = new Namespace(name, { cluster }, own);
  const mediaNamespace = new Namespace(`${name}-media`, { cluster, podSecurity: "privileged" }, own);
  const all = jitsiTiers(name, plan.sizes.shards);
  const bridges = [cluster.podRange, ...bridge.hosts.map((host) => `${host.address}/32`)];
  const policies = new Policies(
    name,
    {
      namespace,
      tiers: [...policedTiers(all), ...(recorded === undefined ? [] : Object.values(recordingTiers(name)))],
      links: [
        ...jitsiLinks(all, on.edge, bridges),
        ...(recorded === undefined
          ? []
          : recordingLinks(name, { on, tiers: all, bucket: recorded.recording.bucket }, bridges.slice(1))),
      ],
    },
    own,
  );
  const onMedia = media(
    name,
    {
      settings,
      sizes: plan.sizes,
      tiers: all,
      namespace: mediaNamespace,
      signalling: all.shards.map(({ signalling }) => serviceHost(signalling)),
      authority: authority.certificate,
      passwords,
      resources: plan.bridge,
      bridge,
      relay,
      drainSeconds: made.drainSeconds,
    },
    own,
  );
  const shared = {
    settings,
    sizes: plan.sizes,
    policies,
    authority: authority.certificate,
    passwords,
    ...(recorded === undefined ? {} : { recorders: recorded.passwords }),
    accounts: secretText(made.words, (texts) =>
      Object.entries(texts)
        .map(([who, word]) => `${who} ${word}\n`)
        .join(""),
    ),
    bridges,
  };
  // A relay accepts a new secret, beside the one before it, earlier than signalling servers hand out credentials made with it.
  let before: readonly Workload[] = [onMedia.relay];
  for (const one of all.shards) {
    const certificate = authority.issue(`signalling-${one.number}`, {
      commonName: one.signalling.name,
      dnsNames: [`auth.${domain}`, domain, serviceHost(one.signalling)],
      usage: "server",
    });
    // One shard after the other, so that an update never takes all signalling servers at once.
    before = shard(name, one, { ...shared, certificate }, { ...own, dependsOn: [...before] });
  }
  if (recorded === undefined) return;
  recorders(
    name,
    { ...recorded, on, settings, tiers: all, policies, authority: authority.certificate },
    { ...own, dependsOn: [...before] },
  );
}

/** @throws RangeError for what is no plan of a Jitsi, and for a plan of another name: names of tiers come from the plan. */
function ownPlan(name: string, value: JitsiPlan): JitsiPlan {
  const plan = jitsiPlan(value);
  if (plan.name !== name) throw invalid(`a plan named "${name}"`, plan.name, "give the component the plan's name");
  return plan;
}

/** Roles of all passwords. */
const secretRoles = (moderators: readonly string[]): readonly SecretRole[] => [
  "focus",
  "bridge",
  "relay",
  ...moderators.map((who) => `moderator-${who}` as const),
];

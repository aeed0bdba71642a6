import * as pulumi from "@pulumi/pulumi";
import { authorityIn } from "../../infrastructure/certificate-authority";
import { invalid, tryParse, validateArgs, givenArgs } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import { linkTo } from "../../core/connections";
import type { Secret } from "../../core/secret";
import { fields } from "../../core/shapes";
import type { Link } from "../../core/link";
import { serviceHost, type Tier } from "../../core/tier";
import { type Generation, readGeneration, readGenerations, Secrets } from "../../infrastructure/secrets";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import type { Scale } from "../../kubernetes/scale";
import { Workload } from "../../kubernetes/workload";
import { type MediaPlace, servicePlatform, type ServicePlatform } from "../../service-base";
import type { JitsiArgs, SecretRole } from "./args";
import { type ReadAccess, readAccess } from "./access";
import { accountHashes, sealSecrets, tokenKeys } from "./access-keys";
import { accessPods } from "./access-pods";
import { type Branding, readBranding } from "./branding";
import { allowedParticipants, privacyOf } from "./checks";
import { jitsiWidget, type JitsiWidget } from "./integrations";
import { media, relayPlace } from "./media";
import { type JitsiPlan, jitsiPlan } from "./plan";
import { recorderRoles } from "./recording";
import { type RecordedBy, recordedBy, recorders, recordingLinks, recordingTiers } from "./recorders";
import type { JitsiSettings } from "./settings";
import { shard } from "./shard";
import { bridgeScale, followsStress } from "./scaling";
import { schedule } from "./schedule";
import { jitsiLinks, jitsiTiers, policedTiers } from "./tiers";
import { jitsiArgsKeys } from "./args";

export type { Access, Guests, ModeratorClaim } from "./access";
export type { JitsiArgs, Privacy, SecretRole } from "./args";
export type { Branding } from "./branding";
export { type Invitation, invitation, type JitsiWidget, jitsiWidget } from "./integrations";
export type { BridgeScaling, Day, Floor, Peak } from "./scaling";
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
 * own. Rooms are opened by people who sign in, with a local account or at an identity service, and get a token for one room; everybody else waits in the lobby.
 * Owners of a room are those whose token says so, whoever comes first. Nothing but recordings is kept on a disk.
 *
 * Recording is off. Browsers may record where `privacy.recording` is true; with a bucket there, recorders do, on hosts of their own: one recording each, kept on an
 * encrypted volume until the bucket has it.
 *
 * Between the edge and the signalling servers, signalling runs as HTTP inside the pod range: it is as private as the cluster's pod network.
 *
 * @example
 * const meetings = planJitsi({ name: "meetings", domain: "meet.crisis.example.ch", participants: 200 });
 * const platform = new Platform("crisis", { ...place, plans: [meetings] });
 * const jitsi = new Jitsi("meetings", { on: platform, plan: meetings, access: { accounts: ["duty-officer", "deputy"] } });
 */
export class Jitsi extends pulumi.ComponentResource {
  readonly url: string;
  /** Values for services that use it for their calls: Element, Nextcloud. */
  readonly widget: JitsiWidget;
  /** Passwords of the local accounts by name; a secret. */
  readonly accounts: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: JitsiArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, jitsiArgsKeys, { on: "new Platform(…)" });
    const { on, plan, privacy = { confidentiality: "transport" }, access = { accounts: ["moderator"] } } = args;
    const { drainSeconds = 600, secretsGeneration = "1", secretGenerations = {}, branding, followStress } = args;
    const kept = tryParse(() => privacyOf(privacy));
    const { domain, participants, sizes } = fields(plan);
    const way = tryParse(() => readAccess(access, undefined));
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
        access: way?.kind,
        guests: way?.guests,
        relays: relays?.hosts.length ?? 0,
        ...(sizes === undefined ? {} : { shards: sizes.shards, bridges: sizes.bridges }),
      },
      opts,
    );

    const valid = validateArgs(this, name, {
      plan: () => ownPlan(name, plan),
      participants: () => allowedParticipants(jitsiPlan(plan).most, kept),
      privacy: () => privacyOf(privacy),
      access: () =>
        readAccess(
          access,
          tryParse(() => jitsiPlan(plan)),
        ),
      moderators: () => noModerators(args.moderators),
      branding: () => readBranding(branding),
      followStress: () => {
        const stress = followsStress(followStress);
        return {
          stress,
          scale: bridgeScale(jitsiPlan(plan).bridges, servicePlatform(on).media(plan, "bridge").hosts.length, stress),
        };
      },
      drainSeconds: () => countInRange(drainSeconds, "seconds to drain", 31, 86_400),
      secretsGeneration: () => readGeneration(secretsGeneration),
      secretGenerations: () => readGenerations(secretGenerations, roles(accountsOf(way))),
      on: () => {
        const { media: place } = servicePlatform(on);
        return { bridge: place(jitsiPlan(plan), "bridge"), relay: relayPlace(place(jitsiPlan(plan), "relay")) };
      },
      recording: () => recordedBy(on, jitsiPlan(plan), kept?.recording),
    });
    this.url = `https://${valid.plan.domain}`;
    this.widget = jitsiWidget(valid.plan);

    const secrets = new Secrets<SecretRole>(
      name,
      { roles: roles(accountsOf(valid.access)), generation: secretsGeneration, generations: secretGenerations },
      { parent: this },
    );
    const words = Object.fromEntries(
      accountsOf(valid.access).map((who) => [who, secrets.password(`moderator-${who}`)]),
    );
    this.accounts = pulumi.secret(
      pulumi.all(Object.fromEntries(Object.entries(words).map(([who, { value }]) => [who, value]))),
    );
    const tokens = secretGenerations.token ?? secretsGeneration;
    const { privacy: level, access: into, recording } = valid;
    tiers(this, name, on, valid.plan, {
      ...valid.on,
      ...valid.followStress,
      branding: valid.branding,
      privacy: level,
      access: into,
      recording,
      drainSeconds,
      secrets,
      words,
      tokens,
    });
    this.registerOutputs({ url: this.url });
  }
}

interface Made {
  readonly branding: Branding | undefined;
  readonly stress: boolean;
  readonly scale: Scale | undefined;
  readonly bridge: MediaPlace;
  readonly relay: ReturnType<typeof relayPlace>;
  readonly privacy: ReturnType<typeof privacyOf>;
  readonly recording: RecordedBy | undefined;
  readonly access: ReadAccess;
  readonly drainSeconds: number;
  readonly secrets: Secrets<SecretRole>;
  /** Passwords of accounts by name. */
  readonly words: Readonly<Record<string, Secret>>;
  /** Generation of the key that signs tokens. */
  readonly tokens: Generation;
}

/** All tiers: policies first, then bridges and relays, then one shard after the other. */
function tiers(parent: pulumi.ComponentResource, name: string, on: ServicePlatform, plan: JitsiPlan, made: Made): void {
  const { cluster } = on;
  const { bridge, relay, secrets, access } = made;
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
  const tokens = tokenKeys(name, made.tokens, own);
  const authority = authorityIn(parent, `${name}-authority`, { commonName: `${name} signalling` });
  const settings: JitsiSettings = {
    domain,
    participants: plan.most,
    participantsPerBridge: plan.participantsPerBridge,
    confidentiality: made.privacy.confidentiality,
    recording: made.privacy.recording === true,
    recorders: recorded !== undefined,
    guests: access.guests,
    relays: relay.names,
    podRange: cluster.podRange,
    ...(made.branding === undefined ? {} : { branding: made.branding }),
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
        ...signInLinks(all.access, access),
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
      participants: plan.participants,
      scale: made.scale,
    },
    own,
  );
  if (made.scale?.scheduled === true)
    schedule(
      name,
      { namespace, bridge: onMedia.bridge, scaling: plan.bridges, most: made.scale.most, followStress: made.stress },
      own,
    );
  const shared = {
    settings,
    sizes: plan.sizes,
    policies,
    authority: authority.certificate,
    passwords,
    ...(recorded === undefined ? {} : { recorders: recorded.passwords }),
    tokens,
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
  if (recorded !== undefined)
    recorders(
      name,
      { ...recorded, on, settings, tiers: all, policies, authority: authority.certificate },
      { ...own, dependsOn: [...before] },
    );
  // A new key signs once every shard knows it.
  const signIn = {
    domain,
    participants: plan.participants,
    access,
    tier: all.access,
    policies,
    keys: tokens,
    seals: sealSecrets(secrets.password("cookies")),
    accounts: accountHashes(domain, made.words),
  };
  accessPods(signIn, { ...own, dependsOn: [...before] });
}

/** @throws RangeError for what is no plan of a Jitsi, and for a plan of another name: names of tiers come from the plan. */
function ownPlan(name: string, value: JitsiPlan): JitsiPlan {
  const plan = jitsiPlan(value);
  if (plan.name !== name) throw invalid(`a plan named "${name}"`, plan.name, "give the component the plan's name");
  return plan;
}

/** Names of the local accounts; none with an identity service. */
const accountsOf = (access: ReadAccess | undefined): readonly string[] =>
  access?.kind === "accounts" ? access.accounts : [];

/** The way from the sign-in to the identity service. */
const signInLinks = (tier: Tier, access: ReadAccess): readonly Link[] =>
  access.kind === "oidc" ? [linkTo(tier, access.oidc, "people who sign in")] : [];

/** @throws RangeError for the argument that `access` has taken the place of. */
function noModerators(value: unknown): void {
  if (value !== undefined)
    throw invalid("moderators inside access", value, 'write access: { accounts: ["duty-officer"] }');
}

/** Roles of all secrets. */
const secretRoles = (accounts: readonly string[]): readonly SecretRole[] => [
  "focus",
  "bridge",
  "relay",
  "token",
  "cookies",
  ...accounts.map((who) => `moderator-${who}` as const),
];

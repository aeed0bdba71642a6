import * as pulumi from "@pulumi/pulumi";
import { invalid, tryParse, validateArgs, givenArgs } from "../../core/errors";
import { countInRange } from "../../core/numbers";
import { fields } from "../../core/shapes";
import { readGeneration, readGenerations, Secrets } from "../../infrastructure/secrets";
import { servicePlatform } from "../../service-base";
import { relayPlace } from "../../service-media";
import { type JitsiArgs, jitsiArgsKeys, type SecretRole } from "./args";
import { accessFacts, type ReadAccess, readAccess } from "./access";
import { readBranding } from "./branding";
import { allowedParticipants, privacyOf } from "./checks";
import { jitsiWidget, type JitsiWidget } from "./integrations";
import { makeTiers } from "./make-tiers";
import { type JitsiPlan, jitsiPlan } from "./plan";
import { recorderRoles, recordingFacts } from "./recording";
import { regionBridges, regionTiers } from "./regions";
import { recordedBy } from "./recorders";
import { bridgeScale, followsStress } from "./scaling";
import { captioned } from "./transcribers";

export type { Access, Guests, ModeratorClaim } from "./access";
export type { Homeserver } from "./homeserver";
export type { JitsiArgs, Privacy, SecretRole } from "./args";
export type { Branding } from "./branding";
export { type Invitation, invitation, type JitsiWidget, jitsiWidget } from "./integrations";
export type { BridgeScaling, Day, Floor, Peak } from "./scaling";
export { type JitsiPlan, type JitsiPlanArgs, planJitsi } from "./plan";
export type { JitsiRegion, PlannedRegion } from "./regions";
export type { PlannedRecordings, RecorderRole, Recording, RecordingNeed } from "./recording";
export { jitsiKeepers } from "./recorders";
export type { CaptionsNeed, Transcription } from "./captions";
export { jitsiTranscribers } from "./transcribers";
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
 * encrypted volume until the bucket has it. Upstream's client mutes everybody but the one who began it until they agree, and tells no server that they did.
 *
 * Captions are off. Where `privacy.transcription` names a server of the deployment's own that writes along, a moderator switches them on for the whole room, and off again: local
 * accounts moderate, and so does whom the identity service says it of. Everybody else in the room, guests too, is told by the page, sees a sign as long as they are on, and can open them;
 * there is no question for consent, as upstream has none for captions, so who does not agree stays muted or leaves. They say that a machine makes them (EU AI Act, Art. 50).
 * Nothing of them is kept by a server; whoever is in the room can copy what the page shows. Breakout rooms have none.
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
      ...(typeof kept?.transcription === "object" ? (["captions"] as const) : []),
    ];
    const relays = tryParse(() => servicePlatform(on).media(jitsiPlan(plan), "relay"));
    super(
      "sovereign-uc:index:Jitsi",
      name,
      {
        domain,
        participants,
        ...(kept === undefined
          ? {}
          : { ...kept, ...recordingFacts(kept.recording), transcription: kept.transcription !== false }),
        ...accessFacts(way),
        relays: relays?.hosts.length ?? 0,
        ...(sizes === undefined ? {} : { shards: sizes.shards, bridges: sizes.bridges }),
        ...regionFacts(plan),
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
        return {
          bridge: place(jitsiPlan(plan), "bridge"),
          relay: relayPlace(place(jitsiPlan(plan), "relay")),
          regions: jitsiPlan(plan).regions.map(({ location }) => {
            const tiers = regionTiers(location);
            return { bridge: place(plan, tiers.bridge), relay: relayPlace(place(plan, tiers.relay)) };
          }),
        };
      },
      recording: () => recordedBy(on, jitsiPlan(plan), kept?.recording),
      captions: () => captioned(jitsiPlan(plan), kept?.transcription),
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
    const { privacy: level, access: into, recording, captions } = valid;
    makeTiers(this, name, on, valid.plan, {
      ...valid.on,
      ...valid.followStress,
      branding: valid.branding,
      privacy: level,
      access: into,
      recording,
      captions,
      drainSeconds,
      secrets,
      words,
      tokens,
    });
    this.registerOutputs({ url: this.url });
  }
}

/** @throws RangeError for what is no plan of a Jitsi, and for a plan of another name: names of tiers come from the plan. */
function ownPlan(name: string, value: JitsiPlan): JitsiPlan {
  const plan = jitsiPlan(value);
  if (plan.name !== name) throw invalid(`a plan named "${name}"`, plan.name, "give the component the plan's name");
  return plan;
}

/** Participants and bridges of further regions by location, where there are any. */
function regionFacts(plan: JitsiPlan) {
  const { regions = [], sizes } = fields(plan);
  if (sizes === undefined || regions.length === 0) return {};
  return {
    regions: Object.fromEntries(
      regions.map((region) => [
        region.location,
        { participants: region.participants, bridges: regionBridges(sizes.bridge, region) },
      ]),
    ),
  };
}

/** Names of the local accounts; none with an identity service. */
const accountsOf = (access: ReadAccess | undefined): readonly string[] =>
  access?.kind === "accounts" ? access.accounts : [];

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

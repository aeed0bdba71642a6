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
import type { Scale } from "../../kubernetes/scale";
import { Workload } from "../../kubernetes/workload";
import { type MediaPlace, servicePlatform, type ServicePlatform } from "../../service-base";
import type { JitsiArgs, SecretRole } from "./args";
import { type Branding, readBranding } from "./branding";
import { accountNames, allowedParticipants, privacyOf } from "./checks";
import { jitsiWidget, type JitsiWidget } from "./integrations";
import { media, relayPlace } from "./media";
import { type JitsiPlan, jitsiPlan } from "./plan";
import type { JitsiSettings } from "./settings";
import { shard } from "./shard";
import { bridgeScale, followsStress } from "./scaling";
import { schedule } from "./schedule";
import { jitsiLinks, jitsiTiers, policedTiers } from "./tiers";
import { jitsiArgsKeys } from "./args";

export type { JitsiArgs, Privacy, SecretRole } from "./args";
export type { Branding } from "./branding";
export { type Invitation, invitation, type JitsiWidget, jitsiWidget } from "./integrations";
export type { BridgeScaling, Day, Floor, Peak } from "./scaling";
export { type JitsiPlan, type JitsiPlanArgs, planJitsi } from "./plan";
export { endToEndLimit } from "./settings";

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
 * const meetings = planJitsi({ name: "meetings", domain: "meet.crisis.example.ch", participants: 200 });
 * const platform = new Platform("crisis", { ...place, plans: [meetings] });
 * const jitsi = new Jitsi("meetings", { on: platform, plan: meetings, moderators: ["duty-officer", "deputy"] });
 */
export class Jitsi extends pulumi.ComponentResource {
  readonly url: string;
  /** Values for services that use it for their calls: Element, Nextcloud. */
  readonly widget: JitsiWidget;
  /** Passwords of the moderators by name; a secret. */
  readonly moderators: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: JitsiArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, jitsiArgsKeys, { on: "new Platform(…)" });
    const { on, plan, privacy = { confidentiality: "transport" }, moderators = ["moderator"] } = args;
    const { drainSeconds = 600, secretsGeneration = "1", secretGenerations = {}, branding, followStress } = args;
    const kept = tryParse(() => privacyOf(privacy));
    const { domain, participants, sizes } = fields(plan);
    const relays = tryParse(() => servicePlatform(on).media(jitsiPlan(plan), "relay"));
    super(
      "sovereign-uc:index:Jitsi",
      name,
      {
        domain,
        participants,
        ...kept,
        relays: relays?.hosts.length ?? 0,
        ...(sizes === undefined ? {} : { shards: sizes.shards, bridges: sizes.bridges }),
      },
      opts,
    );

    const valid = validateArgs(this, name, {
      plan: () => ownPlan(name, plan),
      participants: () => allowedParticipants(jitsiPlan(plan).most, kept),
      privacy: () => privacyOf(privacy),
      moderators: () => accountNames(moderators),
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
      secretGenerations: () => readGenerations(secretGenerations, secretRoles(items(moderators))),
      on: () => {
        const { media: place } = servicePlatform(on);
        return { bridge: place(jitsiPlan(plan), "bridge"), relay: relayPlace(place(jitsiPlan(plan), "relay")) };
      },
    });
    this.url = `https://${valid.plan.domain}`;
    this.widget = jitsiWidget(valid.plan);

    const secrets = new Secrets<SecretRole>(
      name,
      { roles: secretRoles(valid.moderators), generation: secretsGeneration, generations: secretGenerations },
      { parent: this },
    );
    const words = Object.fromEntries(valid.moderators.map((who) => [who, secrets.password(`moderator-${who}`)]));
    this.moderators = pulumi.secret(
      pulumi.all(Object.fromEntries(Object.entries(words).map(([who, { value }]) => [who, value]))),
    );
    tiers(this, name, on, valid.plan, {
      ...valid.on,
      ...valid.followStress,
      branding: valid.branding,
      privacy: valid.privacy,
      drainSeconds,
      secrets,
      words,
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
  const authority = authorityIn(parent, `${name}-authority`, { commonName: `${name} signalling` });
  const settings: JitsiSettings = {
    domain,
    participants: plan.most,
    participantsPerBridge: plan.participantsPerBridge,
    confidentiality: made.privacy.confidentiality,
    recording: made.privacy.recording,
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
    { namespace, tiers: policedTiers(all), links: jitsiLinks(all, on.edge, bridges) },
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

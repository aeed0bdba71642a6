import type * as pulumi from "@pulumi/pulumi";
import { authorityIn } from "../../infrastructure/certificate-authority";
import { linkTo } from "../../core/connections";
import type { Secret } from "../../core/secret";
import type { Link } from "../../core/link";
import { serviceHost, type Tier } from "../../core/tier";
import type { Generation, Secrets } from "../../infrastructure/secrets";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import type { Scale } from "../../kubernetes/scale";
import type { Workload } from "../../kubernetes/workload";
import type { ServicePlatform } from "../../service-base";
import type { MediaPlace, RelayPlace } from "../../service-media";
import type { ReadAccess } from "./access";
import { accountHashes, sealSecrets, tokenKeys } from "./access-keys";
import { accessPods } from "./access-pods";
import type { SecretRole } from "./args";
import type { Branding } from "./branding";
import { transcriberAddress, transcriberTier } from "./captions";
import type { privacyOf } from "./checks";
import { media, type MediaRegion } from "./media";
import type { JitsiPlan } from "./plan";
import { type RecordedBy, recorders, recordingLinks, recordingTiers } from "./recorders";
import { homeRegion, participantsOf } from "./regions";
import { schedule } from "./schedule";
import type { JitsiSettings } from "./settings";
import { shard } from "./shard";
import { type Captioned, captionsLinks, transcriberNames, transcribers } from "./transcribers";
import { jitsiLinks, type JitsiTiers, jitsiTiers, policedTiers } from "./tiers";

/** Arguments of a Jitsi, read, and what is made of them before its tiers. */
export interface Made {
  readonly branding: Branding | undefined;
  readonly stress: boolean;
  readonly scale: Scale | undefined;
  readonly bridge: MediaPlace;
  readonly relay: RelayPlace;
  /** Bridges and relays of further regions, in the order of the plan. */
  readonly regions: readonly Pick<Made, "bridge" | "relay">[];
  readonly privacy: ReturnType<typeof privacyOf>;
  readonly recording: RecordedBy | undefined;
  readonly captions: Captioned | undefined;
  readonly access: ReadAccess;
  readonly drainSeconds: number;
  readonly secrets: Secrets<SecretRole>;
  /** Passwords of accounts by name. */
  readonly words: Readonly<Record<string, Secret>>;
  /** Generation of the key that signs tokens. */
  readonly tokens: Generation;
}

/** Makes all tiers: policies first, then bridges and relays, then one shard after the other. */
export function makeTiers(
  parent: pulumi.ComponentResource,
  name: string,
  on: ServicePlatform,
  plan: JitsiPlan,
  made: Made,
): void {
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
    relays: [relay, ...made.regions.map((one) => one.relay)].flatMap(({ names }) => names),
    podRange: cluster.podRange,
    ...(made.captions === undefined ? {} : { captions: transcriberAddress(name) }),
    ...(made.branding === undefined ? {} : { branding: made.branding }),
    ...(plan.regions.length === 0 ? {} : { regions: plan.regions }),
  };
  const namespace = new Namespace(name, { cluster }, own);
  const mediaNamespace = new Namespace(`${name}-media`, { cluster, podSecurity: "privileged" }, own);
  const all = jitsiTiers(
    name,
    plan.sizes.shards,
    plan.regions.map(({ location }) => location),
  );
  const bridgeHosts = [bridge, ...made.regions.map((one) => one.bridge)].flatMap(({ hosts }) => hosts);
  const bridges = [cluster.podRange, ...bridgeHosts.map((host) => `${host.address}/32`)];
  const policies = new Policies(
    name,
    {
      namespace,
      tiers: [
        ...policedTiers(all),
        ...(recorded === undefined ? [] : Object.values(recordingTiers(name))),
        ...(made.captions === undefined ? [] : [transcriberTier(name)]),
      ],
      links: [
        ...jitsiLinks(all, on.edge, bridges),
        ...signInLinks(all.access, access),
        ...(recorded === undefined
          ? []
          : recordingLinks(name, { on, tiers: all, bucket: recorded.recording.bucket }, bridges.slice(1))),
        ...(made.captions === undefined ? [] : captionsLinks(name, made.captions.transcription, bridges)),
      ],
    },
    own,
  );
  const onMedia = media(
    name,
    {
      settings,
      sizes: plan.sizes,
      namespace: mediaNamespace,
      signalling: all.shards.map(({ signalling }) => serviceHost(signalling)),
      authority: authority.certificate,
      passwords,
      resources: plan.bridge,
      drainSeconds: made.drainSeconds,
      regions: mediaRegions(plan, all, made),
    },
    own,
  );
  if (made.scale?.scheduled === true)
    schedule(
      name,
      { namespace, bridge: onMedia.bridge, scaling: plan.bridges, most: made.scale.most, followStress: made.stress },
      own,
    );
  const key = made.captions && secrets.password("captions");
  // Transcribers know a new key before focuses give it to bridges.
  const along =
    made.captions === undefined || key === undefined
      ? []
      : [
          transcribers(
            name,
            {
              ...made.captions,
              policies,
              key,
              certificate: authority.issue("transcriber", {
                commonName: transcriberTier(name).name,
                dnsNames: [...transcriberNames(name)],
                usage: "server",
              }),
            },
            own,
          ),
        ];
  const shared = {
    settings,
    sizes: plan.sizes,
    policies,
    authority: authority.certificate,
    passwords,
    ...(recorded === undefined ? {} : { recorders: recorded.passwords }),
    ...(key === undefined ? {} : { captions: key }),
    tokens,
    bridges,
  };
  // A relay accepts a new secret, beside the one before it, earlier than signalling servers hand out credentials made with it.
  let before: readonly Workload[] = [...onMedia.relays, ...along];
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

/** Bridges and relays of every region, with those of the platform's own location first. */
function mediaRegions(plan: JitsiPlan, { bridge, relay, regions }: JitsiTiers, made: Made): readonly MediaRegion[] {
  const home: MediaRegion = {
    region: homeRegion,
    tiers: { bridge, relay },
    bridge: made.bridge,
    relay: made.relay,
    participants: plan.participants - participantsOf(plan.regions),
    scale: made.scale,
  };
  const others = plan.regions.flatMap(({ location, participants }, i): readonly MediaRegion[] => {
    const [place, tiers] = [made.regions[i], regions[location]];
    return place === undefined || tiers === undefined
      ? []
      : [{ region: location, tiers, ...place, participants, scale: undefined }];
  });
  return [home, ...others];
}

/** The way from the sign-in to the identity service. */
const signInLinks = (tier: Tier, access: ReadAccess): readonly Link[] => [
  ...(access.kind === "oidc" ? [linkTo(tier, access.oidc, "people who sign in")] : []),
  ...(access.matrix === undefined ? [] : [linkTo(tier, access.matrix, "people who come from Element")]),
];

import * as tls from "@pulumi/tls";
import type * as pulumi from "@pulumi/pulumi";
import { fingerprint, type Secret } from "../../core/secret";
import { podsHost } from "../../core/tier";
import { Namespace } from "../../kubernetes/namespace";
import type { Policies } from "../../kubernetes/policies";
import { type ServicePlatform } from "../../service-base";
import { relayPlace, type MediaPlace, type RelayPlace } from "../../service-media";
import { relayLimits } from "../../kubernetes/relay/coturn";
import type { AppSettings, NextcloudArgs, NextcloudSecret } from "./args";
import type { Kept, KeptValue } from "./keep";
import { talkMediaPods } from "./media";
import type { NextcloudPlan } from "./plan";
import { recorderPod } from "./recorder";
import { nextcloudTiers, ports } from "./settings";
import { talkPods } from "./talk";

/** The media hosts of a hub's calls. */
export interface TalkPlace {
  readonly media: MediaPlace;
  readonly relay: RelayPlace;
  readonly recorder: MediaPlace | undefined;
}

/** @throws RangeError for a platform that does not carry the plan's media, or has no certificate for its relays. */
export function talkPlaces(on: ServicePlatform, plan: NextcloudPlan): TalkPlace | undefined {
  if (plan.talk === undefined) return undefined;
  return {
    media: on.media(plan, "media"),
    relay: relayPlace(on.media(plan, "relay")),
    recorder: plan.talk.recordings === 0 ? undefined : on.media(plan, "recorder"),
  };
}

/** Settings of calls that the task keeps. STUN and TURN are the relays of this deployment, and no others. */
export function keptTalk({ name, talk }: NextcloudPlan, place: TalkPlace | undefined): Kept["talk"] | undefined {
  if (talk === undefined || place === undefined) return undefined;
  return {
    stun: place.relay.names.map((host) => `${host}:${relayLimits.stun}`),
    turn: place.relay.names.map((host) => `${host}:${relayLimits.tls}`),
    turnSecret: "turn",
    signaling: `https://${talk.domain}`,
    signalingSecret: "backend",
    ...(talk.recordings === 0
      ? {}
      : {
          recorder: {
            address: `http://${podsHost(nextcloudTiers(name).recorder)}:${ports.recorder}`,
            secret: "recorder",
          },
        }),
  };
}

/** Settings of apps as the task keeps them, and their secrets as files. */
export function integrationValues(given: readonly AppSettings[]): {
  readonly values: readonly KeptValue[];
  readonly files: Readonly<Record<string, Secret>>;
} {
  const secrets = given.flatMap(({ app, secrets: own = {} }) =>
    Object.entries(own).map(([key, secret]) => ({ app, key, secret, file: `app-${app}-${key}` })),
  );
  return {
    values: [
      ...given.flatMap(({ app, settings = {} }) =>
        Object.entries(settings).map(([key, value]): KeptValue => ({ app, key, value })),
      ),
      ...secrets.map(({ app, key, file }): KeptValue => ({ app, key, secret: file })),
    ],
    files: Object.fromEntries(secrets.map(({ file, secret }) => [file, secret])),
  };
}

export interface CallParts {
  readonly args: NextcloudArgs;
  readonly plan: NextcloudPlan;
  readonly place: TalkPlace;
  readonly policies: Policies;
  readonly password: (role: NextcloudSecret, length?: number) => Secret;
  readonly drainSeconds: number;
}

/** Signaling servers, their bus, media hosts, relays, and the recorder where there is one. */
export function callPods(parts: CallParts, opts: pulumi.ComponentResourceOptions): void {
  const { args, plan, place, policies, password, drainSeconds } = parts;
  const { name, domain, talk } = plan;
  if (talk === undefined) return;
  const { cluster, webAuthority } = args.on;
  const namespace = new Namespace(`${name}-media`, { cluster, podSecurity: "privileged" }, opts);
  const { privateKeyPem, publicKeyPem } = new tls.PrivateKey(
    `${name}-token`,
    { algorithm: "RSA", rsaBits: 2_048 },
    opts,
  );
  const version = fingerprint(publicKeyPem);
  const media = talkMediaPods(
    {
      ...{ name, talk, namespace, drainSeconds },
      media: place.media,
      relay: place.relay,
      tokenKey: { value: publicKeyPem, version },
      relaySecret: password("relay"),
    },
    opts,
  );
  talkPods(
    {
      ...{ name, domain, talk, policies, webAuthority, drainSeconds },
      secrets: {
        backend: password("backend"),
        hash: password("hash"),
        block: password("block"),
        internal: password("internal"),
        bus: password("bus"),
      },
      media: place.media.hosts.map(({ address }) => address),
      tokenKey: { value: privateKeyPem, version },
    },
    { ...opts, dependsOn: [...media] },
  );
  if (place.recorder !== undefined)
    recorderPod(
      {
        ...{ name, domain, talk, namespace, webAuthority, place: place.recorder },
        secrets: { recorder: password("recorder"), internal: password("internal") },
      },
      opts,
    );
}

import type * as pulumi from "@pulumi/pulumi";
import { invalid } from "./core/errors";
import type { KubernetesTarget } from "./kubernetes/target";

/** A certificate with its key, both PEM. */
export interface KeyPair {
  readonly certificate: pulumi.Input<string>;
  /** A secret. */
  readonly privateKey: pulumi.Input<string>;
}

/** The media hosts that carry one media tier of a plan. */
export interface MediaPlace {
  /** Name of the pool, for workloads. */
  readonly pool: string;
  readonly hosts: KubernetesTarget["mediaPools"][string];
  /** Names of the hosts in DNS, in their order; empty where the tier has none. */
  readonly names: readonly string[];
  /** Certificate for all these names; undefined where there are none. */
  readonly certificate: KeyPair | undefined;
}

/** The media hosts that carry the relays of a plan. */
export type RelayPlace = MediaPlace & { readonly certificate: KeyPair };

/** The hosts of relays. @throws RangeError when they have no certificate: TURN over TLS needs one. */
export function relayPlace(place: MediaPlace): RelayPlace {
  const { certificate } = place;
  if (certificate === undefined)
    throw invalid("a platform with a certificate for its relays", undefined, "give the platform this plan unchanged");
  return { ...place, certificate };
}

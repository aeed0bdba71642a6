import { type Entity, entity, type Party } from "./facts/entities";
import { providerFact } from "./facts/providers";
import type { Tables } from "./tables";
import { countriesText, type Profile, type ProfileName, profiles } from "./profiles";

/** Reason why a profile does not accept a party; undefined when it does. */
export function objection(profile: Profile, party: Party): string | undefined {
  const { nexus, confidence, europeanControl, stands } = entity(party);
  // Somebody whom nobody has looked at is no party whose exposure a profile could accept.
  if (party === "unreviewed") return "nobody has reviewed who operates it";
  if (stands !== undefined && !profile.countries.includes(stands))
    return `it stands in ${stands}, outside ${countriesText(profile)}`;
  if (nexus === "undetermined") return profile.undetermined ? undefined : "its US nexus is undetermined";
  if (!profile.nexus.includes(nexus)) return `its US nexus is "${nexus}"`;
  if (profile.undetermined) return undefined;
  if (confidence === "assumed") return "its facts are assumed, not reviewed";
  return europeanControl === true ? undefined : "owners outside Europe hold more than 24 % of it, or that is not known";
}

/** Grades that a profile accepts, as text for messages. */
export const acceptedText = ({ name, nexus, undetermined }: Profile): string =>
  `a US nexus of ${nexus.map((grade) => `"${grade}"`).join(" or ")}${undetermined ? "" : ", nothing undetermined"} (profile ${name})`;

/** A party that a profile accepts although US law can reach it in part. */
export interface ResidualExposure {
  readonly party: string;
  readonly country: string;
  readonly nexus: Entity["nexus"];
  readonly europeanControl: Entity["europeanControl"];
  readonly why: string;
  readonly confidence: Entity["confidence"];
  readonly source: string;
  readonly reviewed: string;
}

/**
 * Exposure that remains when a profile has accepted providers: each party with a nexus that is not `none`, or of which something is undetermined or assumed. A
 * provider that the profile refuses does not appear: the rules say that.
 *
 * @param providers package names: `hcloud`, `exoscale`.
 * @param provider facts about a package. @default those of the tables
 */
export function residualExposure(
  profile: ProfileName,
  providers: readonly string[],
  provider: Tables["provider"] = providerFact,
): readonly ResidualExposure[] {
  const parties = new Set(providers.flatMap((name) => provider(name)?.party ?? []));
  return [...parties]
    .filter((id) => objection(profiles[profile], id) === undefined)
    .map(entity)
    .filter(
      ({ nexus, europeanControl, confidence }) =>
        nexus !== "none" || europeanControl !== true || confidence === "assumed",
    )
    .map(({ name, ...rest }) => ({ party: name, ...rest }));
}

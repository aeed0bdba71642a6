import type { Secret } from "../../core/secret";
import type { Generation } from "../../infrastructure/secrets";
import type { OpenViduSecret } from "./args";
import { apiKeyOf, recorderKeyOf } from "./livekit";
import type { OpenViduPlan } from "./plan";

/** Names of the generations of a secret: the present one, and the one before while both are valid. */
export const generationNames = (value: Generation): readonly string[] => [value].flat();

/** Roles of all secrets. */
export const secretRoles = ({
  portals,
  recorders,
}: {
  readonly portals: readonly string[];
  readonly recorders?: OpenViduPlan["recorders"] | undefined;
}): readonly OpenViduSecret[] => [
  "relay",
  ...(recorders === undefined ? [] : (["recorder"] as const)),
  ...portals.map((portal) => `portal-${portal}` as const),
];

/** Keys of a deployment by their identifiers: those of all portals, and the recorders'. */
export function validKeys(
  { portals, recorders }: OpenViduPlan,
  generationOf: (role: OpenViduSecret) => Generation,
  secretOf: (role: OpenViduSecret) => Secret,
): Readonly<Record<string, Secret>> {
  const keys = (
    role: OpenViduSecret,
    nameOf: (generation: string) => string,
  ): readonly (readonly [string, Secret])[] => {
    const [current = "", before] = generationNames(generationOf(role));
    const secret = secretOf(role);
    return [
      [nameOf(current), secret],
      ...(before === undefined || secret.previous === undefined ? [] : [[nameOf(before), secret.previous] as const]),
    ];
  };
  return Object.fromEntries([
    ...portals.flatMap((portal) => keys(`portal-${portal}`, (generation) => apiKeyOf(portal, generation))),
    ...(recorders === undefined ? [] : keys("recorder", recorderKeyOf)),
  ]);
}

import { PolicyPack } from "@pulumi/policy";
import { isPreview, operation, printsEach, stackConfiguration } from "./configuration";
import { crossguard, settingsName } from "./crossguard";
import { sayWeakened } from "./levels";
import type { Rule } from "./rule";

/** Name of the pack that holds all rules. */
const complete = "sovereign-uc";

/** Starts a pack of rules, which answers the engine until it ends. */
export function serve(
  name: string,
  rules: readonly Rule[],
  { displayName, description }: { readonly displayName: string; readonly description: string },
): void {
  const weakened = sayWeakened(rules, { name, policy: settingsName });
  new PolicyPack(name, {
    displayName,
    description,
    enforcementLevel: "mandatory",
    policies: crossguard(rules, stackConfiguration, {
      preview: isPreview,
      each: printsEach,
      operation,
      partial: name !== complete,
      weakened,
    }),
  });
}

import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hasKey } from "./extract/value";

/** Type of the resource in which a program's guard stores a value. */
const stash = "pulumi:index:Stash";

/** Key under which the value says who judges: the component PolicyGuard writes "nobody" there. */
export const guardKey = "sovereignUcPolicies";

/**
 * The policy that answers a program's guard: it replaces "nobody" by the pack's name, and says which rules are weakened. It judges nothing.
 *
 * @param weakened the rules that the pack's configuration has weakened, as one line.
 */
export const guardPolicy = (
  name: string,
  pack: string,
  weakened: () => string | undefined,
): ResourceValidationPolicy => ({
  name,
  description: "Tells a program that asked for it that this pack judges its operation.",
  enforcementLevel: "remediate",
  severity: "low",
  validateResource: (args) => args.notApplicable("answers a guard, and judges nothing"),
  remediateResource: (args) => {
    if (args.type !== stash) return undefined;
    const input = (args.props as { readonly input?: unknown }).input;
    if (typeof input !== "object" || input === null || !hasKey(input, guardKey)) return undefined;
    const weak = weakened();
    return { input: { [guardKey]: pack, ...(weak === undefined ? {} : { weakened: weak }) } };
  },
});

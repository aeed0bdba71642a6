import * as pulumi from "@pulumi/pulumi";
import { invalid } from "../core/errors";

/** Key under which a pack says that it judges: `policies/guard.ts` knows it, too. */
const key = "sovereignUcPolicies";

/** Value that stands there until a pack replaces it. */
const nobody = "nobody";

/**
 * A guard: it makes every preview and every update fail that no policy pack of sovereign-uc judges, or in which the pack's configuration weakens a rule.
 *
 * Nothing tells a program which packs an operation has. So the guard stores a value in the state that says "nobody", and the packs replace it while they judge: what the
 * engine answers shows whether they did, in a preview as in an update. The complete pack is needed; a pack for one subject does not do.
 *
 * It keeps mistakes away, not an attacker: whoever writes the program can leave the guard out. A pipeline that runs the packs itself does more.
 *
 * @example
 * const guard = new PolicyGuard("policies");
 * const judgedBy = guard.judgedBy;
 */
export class PolicyGuard extends pulumi.ComponentResource {
  /** Name of the pack that judges; it fails where none does. */
  readonly judgedBy: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("sovereign-uc:index:PolicyGuard", name, { pack: "sovereign-uc" }, opts);
    // Older SDKs have no such resource, though their types are not known here.
    if (typeof pulumi.Stash !== "function")
      throw new pulumi.ResourceError(
        `"${name}": ${invalid("@pulumi/pulumi with the resource Stash", undefined, "update it, or leave the guard out").message}`,
        this,
        true,
      );
    const stored = new pulumi.Stash(`${name}-judged`, { input: { [key]: nobody } }, { parent: this });
    this.judgedBy = stored.input.apply((value: unknown) => judge(this, name, value));
    this.registerOutputs({ judgedBy: this.judgedBy });
  }
}

/** @throws pulumi.ResourceError if no pack judges, or a weakened one does. */
function judge(resource: pulumi.Resource, name: string, value: unknown): string {
  const given = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const { [key]: pack, weakened } = given;
  if (typeof pack !== "string" || pack === nobody)
    throw new pulumi.ResourceError(
      `"${name}": ${invalid("the policy pack sovereign-uc to judge this operation", undefined, "run it with --policy-pack policies (the folder of the pack)").message}`,
      resource,
      true,
    );
  if (typeof weakened === "string")
    throw new pulumi.ResourceError(
      `"${name}": ${invalid("the policy pack with all its rules", weakened, "remove the levels from the pack's configuration; exempt single resources instead").message}`,
      resource,
      true,
    );
  return pack;
}

/**
 * Lets nothing be deployed that the packs do not judge: makes a guard, on which everything depends that is registered after it. So it holds for an update without a preview, too.
 *
 * Call it first in a program, once.
 */
export function requirePolicies(name = "policies"): PolicyGuard {
  const guard = new PolicyGuard(name);
  // An output that fails lets none of those begin that wait for it.
  const judged = guard.judgedBy.apply(() => guard as pulumi.Resource);
  pulumi.runtime.registerStackTransformation(({ props, opts }) => ({
    props: props as Record<string, unknown>,
    opts: pulumi.mergeOptions(opts, { dependsOn: judged }),
  }));
  return guard;
}

import type { CapacityPlan, PlannedTier } from "../../components";

/** A tier of a plan by its name. */
export function tier(plan: CapacityPlan, name: string): PlannedTier {
  const found = plan.tiers.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(`expected a tier "${name}", got ${plan.tiers.map((one) => one.name).join(", ")}`);
  return found;
}

export type { Confidence } from "../clouds/prices";
export type { CapacityArgs } from "./arguments";
export type { MonthlyCost, CostLine, PlannedHosts } from "./cost";
export { type UserDelay, delayBounds } from "./delay";
export type { CheckedFigure } from "./figures";
export type { MediaPath } from "./media-paths";
export { type City, places } from "./places";
export { type CapacityPlan, planCapacity } from "./plan";
export type { PlannedTier } from "./tiers";

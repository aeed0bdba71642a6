import { governance } from "./governance";
import { owners } from "./owners";
import { losses, openings } from "./states";
import type { Variant } from "./variant";

/** A variant for each rule. */
export const variants: readonly Variant[] = [...owners, ...openings, ...losses, ...governance];

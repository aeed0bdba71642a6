import { governance } from "./governance";
import { late } from "./late";
import { owners } from "./owners";
import { losses, openings } from "./states";
import type { Variant } from "./variant";

/** A variant for each rule. */
export const variants: readonly Variant[] = [...owners, ...openings, ...losses, ...governance];

/** The same, and those of rules whose value only the update knows. */
export const everyVariant: readonly Variant[] = [...variants, ...late];

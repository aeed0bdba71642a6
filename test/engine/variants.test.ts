/** Blueprints that break one rule, stopped by just it: a few of those that `npm run proof` has for every rule. */
import { rules } from "../../policies/pack";
import { variants } from "./variants";
import { expectBlocked } from "./variants/judged";

jest.setTimeout(600_000);

test("every rule of the pack has one variant, and no two variants have the same words", () => {
  expect(variants.map(({ rule }) => rule).sort()).toEqual(rules.map(({ id }) => id).sort());
  expect(new Set(variants.map(({ change }) => change)).size).toBe(variants.length);
});

// One that a resource breaks, one that the whole stack breaks, and one that the pack is told.
const few = variants.filter(({ rule }) => ["UC-SEC-001", "UC-DNS-001", "UC-GOV-002"].includes(rule));

test.each(few)("$rule alone stops $change", expectBlocked);

/** For every rule of the pack a blueprint that breaks just it: the engine ends with just that rule, and has made nothing where a preview knows enough. */
import { variants } from "../variants";
import { broken, expectBlocked, judged } from "../variants/judged";
import { usualStack } from "../variants/variant";

jest.setTimeout(1_200_000);

const stacks = [...new Set(variants.map(({ stack = usualStack }) => stack))];

test.each(stacks)("%s as it is breaks no rule", async (stack) => {
  const answer = await judged({ stack, change: "none" });
  expect({ code: answer.code, ...broken(answer), changed: answer.changed }).toEqual({
    code: 0,
    stopped: [],
    found: [],
    changed: [],
  });
});

test.each(variants)("$rule alone stops $change", expectBlocked);

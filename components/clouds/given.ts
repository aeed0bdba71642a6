import { invalid } from "../core/errors";
import { fields } from "../core/shapes";
import type { Cloud } from "./cloud";

/** A cloud, and nothing else in its place. @throws RangeError */
export function givenCloud(value: Cloud): Cloud {
  if (typeof fields(value).location !== "function")
    throw invalid("a cloud", value, "give hetzner(…), exoscale(…) or metal(…)");
  return value;
}

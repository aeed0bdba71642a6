import { invalid } from "../../core/errors";
import { gpuFamilies, gpuZones } from "./facts";

/**
 * Families and sizes of instance types. Those with graphics processors come and go (two families and a size between the two sources), so there anything of
 * the right form is taken; the others have been the same since 2024. All are x86; which of them a zone or an account has, its API alone knows
 * (`exo compute instance-type list`): they need authorization one by one.
 *
 * | fact | source |
 * |---|---|
 * | families, sizes | exoscale/egoscale v3.1.27 and v3.1.42, `v3/schemas.go`, InstanceTypeFamily and InstanceTypeSize; terraform-provider-exoscale v0.59.0 of 2024, the same file |
 * | authorization per type | the same, InstanceType.Authorized |
 * | none is of another processor | no such property in the same file: unverified |
 */
const families: readonly string[] = ["standard", "cpu", "memory", "storage", "colossus"];

const sizes: readonly string[] = [
  "micro",
  "tiny",
  "small",
  "medium",
  "large",
  "extra-large",
  "huge",
  "mega",
  "titan",
  "titan48c",
  "jumbo",
  "colossus",
];

/** @throws RangeError for a type that is malformed, that Exoscale does not have, or that the zone is known not to have. */
export function instanceType(value: unknown, zone?: string): string {
  if (typeof value !== "string" || !/^[a-z0-9-]+\.[a-z0-9-]+$/.test(value))
    throw invalid("an Exoscale type as family.size", value, 'give one like "standard.large"');
  const [family = "", size = ""] = value.split(".");
  if (!family.startsWith(gpuFamilies)) {
    if (!families.includes(family))
      throw invalid("a family that Exoscale has", value, `choose one of ${families.join(", ")}, ${gpuFamilies}…`);
    if (!sizes.includes(size)) throw invalid("a size that Exoscale has", value, `choose one of ${sizes.join(", ")}`);
  }
  const homes: readonly string[] | undefined = Object.hasOwn(gpuZones, family) ? gpuZones[family] : undefined;
  if (zone !== undefined && homes !== undefined && !homes.includes(zone))
    throw invalid(
      `a type that zone ${zone} has`,
      value,
      `take another type, or a zone that has it: ${homes.join(", ")}`,
    );
  return value;
}

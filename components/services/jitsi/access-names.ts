import { validate, invalid } from "../../core/errors";
import { dnsLabel } from "../../core/names";

/** Names of accounts. @throws RangeError unless there is at least one, each a name of its own. */
export function accountNames(values: unknown): readonly string[] {
  if (!Array.isArray(values) || values.length === 0)
    throw invalid("at least one account", values, "nobody else can open a room");
  validate(Object.fromEntries(values.map((value, i) => [`[${i}]`, () => dnsLabel(value, 30)])));
  const twice = values.filter((value, i) => values.indexOf(value) !== i);
  if (twice.length > 0) throw invalid("accounts with names of their own", twice[0], "rename one of them");
  // Accounts of services live elsewhere, but a person by their name would mislead.
  if (values.some((value) => value === "focus" || value === "jvb"))
    throw invalid("names of people", values, "rename the account");
  return values as readonly string[];
}

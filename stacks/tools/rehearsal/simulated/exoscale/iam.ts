import { randomBytes, randomUUID } from "node:crypto";
import type { Problem } from "../checks";
import { Kind, ProviderError } from "../kind";
import { all } from "../property-checks";
import { flag, object, objects, own, Properties, text } from "../values";
import { inUse } from "./answers";
import { timeouts } from "./checks";
import { types } from "./instance";

/** Values that one word out of a few may have. Source: `stringvalidator.OneOf` in the role's schema. */
const word = (value: Properties, name: string, words: readonly string[], path: string): readonly Problem[] => {
  const given = text(value, name);
  return given === undefined || words.includes(given)
    ? []
    : [{ property: path, reason: `expected one of ${words.join(", ")}, got ${given}; choose one` }];
};

function policy(inputs: Properties): readonly Problem[] {
  const given = object(inputs, "policy");
  const services = object(given, "services");
  return [
    ...word(given, "defaultServiceStrategy", ["allow", "deny"], "policy.defaultServiceStrategy"),
    ...Object.keys(services).flatMap((name) => {
      const service = object(services, name);
      const path = `policy.services.${name}`;
      return [
        ...word(service, "type", ["allow", "deny", "rules"], `${path}.type`),
        ...objects(service, "rules").flatMap((rule, i) =>
          word(rule, "action", ["allow", "deny"], `${path}.rules[${i}].action`),
        ),
      ];
    }),
  ];
}

/**
 * A role that cannot be edited takes no other policy: the interface refuses it (unverified; said of `editable` in the schema). Another `editable` is planned as a change of
 * the role and never sent, so it stays as it was; from v0.69.0 on it makes another role.
 */
const role: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["name"],
  keeps: [
    "description",
    "editable",
    "labels",
    "permissions",
    "policy",
    "policy.defaultServiceStrategy",
    "policy.services",
  ],
  computed: ["description", "editable", "labels", "permissions", "policy"],
  check: all(policy, timeouts),
  create: ({ inputs }) => ({
    id: randomUUID(),
    outputs: Object.fromEntries(
      Object.entries({ description: "", editable: true, labels: {}, permissions: [], policy: {} }).filter(
        ([name]) => own(inputs, name) === undefined,
      ),
    ),
  }),
  update: ({ inputs, state }) => {
    if (
      flag(state, "editable") === false &&
      JSON.stringify(own(inputs, "policy")) !== JSON.stringify(own(state, "policy"))
    )
      throw new ProviderError("Bad Request: the role is not editable");
    return { editable: flag(state, "editable") };
  },
  remove: ({ store, id }) =>
    inUse(
      "IAM role",
      id,
      store.of(types.apiKey).filter(({ properties }) => text(properties, "roleId") === id),
    ),
};

/** A key has its id as its name for the interface, and tells its secret once. */
const apiKey: Kind = {
  autonamed: true,
  replaces: ["name", "roleId"],
  computed: ["key", "secret"],
  secretOutputs: ["secret"],
  check: timeouts,
  create: ({ inputs, store }) => {
    const of = text(inputs, "roleId") ?? "";
    if (store.get(types.role, of) === undefined) throw new ProviderError(`Not Found: role ${of}`);
    const key = `EXO${randomBytes(12).toString("hex")}`;
    return { id: key, outputs: { key, secret: randomBytes(32).toString("base64url") } };
  },
};

/**
 * Roles and keys.
 *
 * | facts | source |
 * |---|---|
 * | what replaces, what may be left out, words of a policy, a key's id | exoscale/terraform-provider-exoscale v0.66.0, which the plugin 0.66.1 carries, `pkg/resources/iam/resource_{role,api_key}.go` |
 * | a role with keys is not deleted; two roles of one name | unverified |
 */
export const iam: Readonly<Record<string, Kind>> = { [types.role]: role, [types.apiKey]: apiKey };

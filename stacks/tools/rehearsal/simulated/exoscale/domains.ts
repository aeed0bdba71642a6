import { randomUUID } from "node:crypto";
import { Kind, Operation, ProviderError } from "../kind";
import { all, between, oneOf } from "../property-checks";
import { Properties, text } from "../values";
import { filled, inUse } from "./answers";
import { recordTypes } from "./facts";
import { types } from "./instance";

const domain: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["name"],
  computed: ["autoRenew", "expiresOn", "state", "token"],
  create: () => ({ id: randomUUID(), outputs: { autoRenew: false, expiresOn: "", state: "", token: "" } }),
  remove: ({ store, id }) =>
    inUse(
      "domain",
      id,
      store.of(types.domainRecord).filter(({ properties }) => properties["domain"] === id),
    ),
};

const domainRecord: Kind = {
  autonamed: true,
  replaces: ["domain", "recordType"],
  keeps: ["prio", "ttl"],
  computed: ["contentNormalized", "hostname", "prio", "ttl"],
  check: all((inputs) => oneOf("recordType", recordTypes)(upper(inputs)), between("ttl", 0), between("prio", 0)),
  create: (operation) => ({ id: randomUUID(), outputs: recorded(operation) }),
  update: recorded,
};

/** The plugin accepts record types in upper and lower case. */
const upper = (inputs: Properties): Properties => {
  const recordType = text(inputs, "recordType");
  return recordType === undefined ? {} : { recordType: recordType.toUpperCase() };
};

function recorded({ inputs, store }: Operation): Properties {
  const owner = store.get(types.domain, text(inputs, "domain") ?? "");
  if (owner === undefined) throw new ProviderError(`Not Found: domain ${text(inputs, "domain") ?? ""}`);
  const [name, parent] = [text(inputs, "name") ?? "", text(owner.properties, "name") ?? ""];
  return filled(inputs, {
    contentNormalized: text(inputs, "content") ?? "",
    hostname: name === "" ? parent : `${name}.${parent}`,
    prio: 0,
    ttl: 3600,
  });
}

/** Domains and their records. */
export const domains: Readonly<Record<string, Kind>> = {
  [types.domain]: domain,
  [types.domainRecord]: domainRecord,
};

import { shown } from "../checks";
import type { Kind, Operation } from "../kind";
import { all, between, Check, oneOf } from "../property-checks";
import type { Stored } from "../store";
import { flag, hasUnknown, isList, list, objects, own, text } from "../values";
import { labels } from "./checks";
import { limits, recordTypes } from "./facts";
import { protect, refuse } from "./refuse";
import { types } from "./server";

/** A zone by its id or its name. */
const zoneOf = (store: Operation["store"], zone: string | undefined): Stored | undefined =>
  store.of(types.zone).find(({ id, properties }) => id === zone || properties["name"] === zone);

const nameservers: Check = (inputs) => {
  const mode = text(inputs, "mode");
  const given = own(inputs, "primaryNameservers") !== undefined;
  if (mode === "primary" && given)
    return [{ property: "primaryNameservers", reason: "expected none in a primary zone, got some; remove them" }];
  const listed = own(inputs, "primaryNameservers");
  const none = !given || (isList(listed) && listed.length === 0);
  return mode === "secondary" && none
    ? [{ property: "primaryNameservers", reason: "expected them in a secondary zone, got none; name its primaries" }]
    : [];
};

export const zone: Kind = {
  autonamed: true,
  uniqueName: true,
  replaces: ["mode", "name"],
  defaults: { ttl: 3600 },
  keeps: ["deleteProtection"],
  plans: { labels: {}, "primaryNameservers[*].port": 53 },
  computed: ["deleteProtection", "labels", "primaryNameservers"],
  check: all(
    labels,
    oneOf("mode", ["primary", "secondary"]),
    nameservers,
    (inputs) =>
      objects(inputs, "primaryNameservers").flatMap((server, i) =>
        between(
          "port",
          1,
          65_535,
        )(server).map(({ property, reason }) => ({
          property: `primaryNameservers[${i}].${property}`,
          reason,
        })),
      ),
    between("ttl", limits.ttl.least, limits.ttl.most),
  ),
  create: ({ inputs, store }) => {
    const name = text(inputs, "name") ?? "";
    if (!/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+$/.test(name))
      refuse("invalid_input", `invalid input in field 'name': ["${name}" is no domain]`);
    return {
      id: String(store.nextId()),
      outputs: {
        deleteProtection: flag(inputs, "deleteProtection"),
        labels: own(inputs, "labels") ?? {},
        primaryNameservers: list(inputs, "primaryNameservers"),
        authoritativeNameservers: {
          assigneds: ["hydrogen.ns.hetzner.com.", "oxygen.ns.hetzner.com.", "helium.ns.hetzner.de."],
        },
        registrar: "other",
      },
    };
  },
  remove: ({ store, id }) => {
    const stored = store.get(types.zone, id);
    protect(stored, "zone");
    // Its records are deleted with it.
    for (const set of store.of(types.recordSet))
      if (zoneOf(store, text(set.properties, "zone"))?.id === id) store.remove(set.type, set.id);
  },
};

/** A check of the API, not of the plan. */
const texts: Check = (inputs) =>
  text(inputs, "type") !== "TXT"
    ? []
    : objects(inputs, "records").flatMap((record, i) => {
        const value = text(record, "value");
        return value === undefined || /^"([^"\\]|\\.){0,255}"( "([^"\\]|\\.){0,255}")*$/.test(value)
          ? []
          : [
              {
                property: `records[${i}].value`,
                reason: `expected quoted strings of at most 255 characters, got ${shown(value)}; quote it`,
              },
            ];
      });

const oneRecord: Check = (inputs) =>
  hasUnknown(own(inputs, "records")) || list(inputs, "records").length > 0
    ? []
    : [{ property: "records", reason: "expected at least one record, got none; add one or remove the set" }];

export const recordSet: Kind = {
  replaces: ["name", "type", "zone"],
  sets: ["records"],
  keeps: ["changeProtection"],
  plans: { labels: {} },
  computed: ["changeProtection", "labels"],
  check: all(
    labels,
    oneOf("type", recordTypes),
    oneRecord,
    texts,
    between("ttl", limits.ttl.least, limits.ttl.most),
    (inputs) =>
      own(inputs, "name") === undefined
        ? [{ property: "name", reason: 'expected a name, got nothing; set "@" for the zone itself' }]
        : [],
  ),
  create: ({ inputs, store }) => {
    const parent = zoneOf(store, text(inputs, "zone"));
    if (parent === undefined) return refuse("not_found", `zone "${text(inputs, "zone") ?? ""}" not found`);
    const [name, type] = [text(inputs, "name") ?? "", text(inputs, "type") ?? ""];
    const sets = store
      .of(types.recordSet)
      .filter(
        ({ properties }) => zoneOf(store, text(properties, "zone"))?.id === parent.id && properties["name"] === name,
      );
    if (sets.some(({ properties }) => properties["type"] === type))
      refuse("uniqueness_error", `zone ${parent.id} has records of type ${type} at "${name}" already`);
    if (type === "CNAME" ? sets.length > 0 : sets.some(({ properties }) => properties["type"] === "CNAME"))
      refuse("invalid_input", `a CNAME has to be alone at "${name}"`);
    return {
      // The real id is "name/type", which two zones would share in one file.
      id: `${parent.id}/${name}/${type}`,
      outputs: { changeProtection: flag(inputs, "changeProtection"), labels: own(inputs, "labels") ?? {} },
    };
  },
  remove: ({ store, id }) => {
    if (flag(store.get(types.recordSet, id)?.properties, "changeProtection"))
      refuse("protected", `record set "${id}" is protected from being changed`);
  },
};

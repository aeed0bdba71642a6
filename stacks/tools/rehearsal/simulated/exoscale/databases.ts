import { all, oneOf, range } from "../property-checks";
import { Kind, Operation, ProviderError } from "../kind";
import { list, object, own, Properties, text } from "../values";
import { inUse } from "./answers";
import { authorityOf } from "./certificates";
import { timeouts, zone } from "./checks";
import { types } from "./instance";

const kinds = ["kafka", "mysql", "pg", "valkey", "opensearch", "grafana"];
const days = ["never", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** The block of a service, which has the name of its type. */
const block = (inputs: Properties) => {
  const kind = text(inputs, "type");
  return kind === undefined || !kinds.includes(kind) || own(inputs, kind) !== undefined
    ? []
    : [{ property: kind, reason: `expected "${kind}" in a service of this type, got none; set "${kind}"` }];
};

const maintenance = (inputs: Properties) => {
  const [given, ...more] = ["maintenanceDow", "maintenanceTime"].filter((name) => own(inputs, name) !== undefined);
  return given === undefined || more.length > 0
    ? []
    : [{ property: given, reason: `expected day and time of maintenance together, got only "${given}"; set both` }];
};

const filters = (inputs: Properties) =>
  list(object(inputs, "pg"), "ipFilters").flatMap((filter, i) =>
    range("one")({ one: filter }).map(({ reason }) => ({ property: `pg.ipFilters[${i}]`, reason })),
  );

/** The plugin parses it once it makes or changes the service. */
function scheduled({ inputs }: Operation): void {
  const schedule = text(object(inputs, "pg"), "backupSchedule");
  if (schedule !== undefined && !/^[-+]?\d+:[-+]?\d+$/.test(schedule))
    throw new ProviderError(`invalid value "${schedule}" for backup schedule, expecting HH:MM`);
}

const service: Kind = {
  uniqueName: true,
  replaces: ["name", "type", "zone"],
  sets: ["ipFilters"],
  keeps: [
    "maintenanceDow",
    "maintenanceTime",
    ...["backupSchedule", "ipFilters", "pgSettings", "pgbouncerSettings", "pglookoutSettings", "version"].map(
      (name) => `pg.${name}`,
    ),
  ],
  defaults: { terminationProtection: true },
  computed: [
    "caCertificate",
    "createdAt",
    "diskSize",
    "nodeCpus",
    "nodeMemory",
    "nodes",
    "state",
    "updatedAt",
    "maintenanceDow",
    "maintenanceTime",
  ],
  volatile: ["nodeCpus", "nodeMemory", "nodes", "state", "updatedAt"],
  check: all(zone, timeouts, oneOf("type", kinds), oneOf("maintenanceDow", days), maintenance, block, filters),
  create: (operation) => {
    scheduled(operation);
    const { inputs } = operation;
    const now = new Date().toISOString();
    const outputs: Properties = {
      caCertificate: authorityOf(text(inputs, "name") ?? "", "control-plane"),
      createdAt: now,
      updatedAt: now,
      diskSize: 0,
      nodeCpus: 2,
      nodeMemory: 0,
      nodes: 2,
      state: "running",
    };
    const times: Properties = own(inputs, "maintenanceDow") === undefined ? unsaid : {};
    return { id: text(inputs, "name") ?? "", outputs: { ...outputs, ...times } };
  },
  update: (operation) => {
    scheduled(operation);
    const { inputs, state } = operation;
    const version = own(object(state, "pg"), "version");
    // It is not sent, and read again; login and password are not sent, either, but nothing reads them.
    return own(inputs, "pg") === undefined || version === undefined ? {} : { pg: { ...object(inputs, "pg"), version } };
  },
  remove: ({ store, id, state }) => {
    if (state["terminationProtection"] === true)
      throw new ProviderError(`Forbidden: service ${id} is protected against termination`);
    inUse(
      "database service",
      id,
      store.of(types.pgDatabase).filter(({ properties }) => properties["service"] === id),
    );
  },
};

const unsaid: Properties = { maintenanceDow: "monday", maintenanceTime: "00:00:00" };

const database: Kind = {
  replaces: ["databaseName", "lcCollate", "lcCtype", "service", "zone"],
  check: all(zone, timeouts),
  create: ({ inputs, store }) => {
    const [of, name] = ["service", "databaseName"].map((property) => text(inputs, property) ?? "") as [string, string];
    if (store.get(types.databaseService, of) === undefined) throw new ProviderError(`Not Found: service ${of}`);
    const id = `${of}/${name}`;
    if (store.get(types.pgDatabase, id) !== undefined) throw new ProviderError(`Conflict: database ${id} exists`);
    return { id, outputs: {} };
  },
};

/**
 * Managed databases.
 *
 * | facts | source |
 * |---|---|
 * | words, what goes together, the block of a type, ranges, what replaces, what stays where the program says nothing, what is sent only once | exoscale/terraform-provider-exoscale v0.66.0, which the plugin 0.66.1 carries, `pkg/resources/database/{resource_service,resource_service_pg,resource_db_pg,utils,common}.go`, `pkg/validators/`; checks and plans seen at the plugin |
 * | of a locale only `lc-collate` is sent: the state says what the program says all the same | the same, `resource_db_pg.go`, CreateResource; seen at an interface of our own |
 * | a protected service is not deleted, nor one with databases, of which none has the name of another; nodes of a plan, hour of maintenance | unverified |
 */
export const databases: Readonly<Record<string, Kind>> = {
  [types.databaseService]: service,
  [types.pgDatabase]: database,
};

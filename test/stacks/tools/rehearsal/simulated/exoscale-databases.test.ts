/** Managed databases of the simulated Exoscale: checks and plans as seen at the plugin pulumi-exoscale ad8c24f. */
import { type Properties, Secret } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { seen, types, World } from "./world";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.end());

const pg: Properties = {
  version: "17",
  adminUsername: "avnadmin",
  adminPassword: "first",
  backupSchedule: "01:00",
  ipFilters: ["198.51.100.7/32", "192.0.2.0/24"],
};
const service: Properties = {
  name: "records",
  zone: "ch-gva-2",
  type: "pg",
  plan: "business-8",
  maintenanceDow: "sunday",
  maintenanceTime: "03:00:00",
  terminationProtection: false,
  pg,
};
const database: Properties = { service: "records", zone: "ch-gva-2", databaseName: "rooms" };

type Outcome = "nothing" | "update" | "replace";

test.each<[string, Properties, Outcome]>([
  ["no change", {}, "nothing"],
  ["ranges in another order", { pg: { ...pg, ipFilters: ["192.0.2.0/24", "198.51.100.7/32"] } }, "nothing"],
  ["no ranges", { pg: { ...pg, ipFilters: [] } }, "update"],
  ["another version", { pg: { ...pg, version: "18" } }, "update"],
  ["another password", { pg: { ...pg, adminPassword: "second" } }, "update"],
  ["another plan", { plan: "business-16" }, "update"],
  ["another zone", { zone: "ch-dk-2" }, "replace"],
  ["another name", { name: "other" }, "replace"],
])("%s of a service plans this", async (_, change, outcome) => {
  const made = await world.make(types.databaseService, "records", service);
  const { changes, replaces } = world.diff(made, { ...service, ...change });
  expect(replaces.length > 0 ? "replace" : changes.size > 0 ? "update" : "nothing").toBe(outcome);
});

test("a version and times of maintenance that are no longer stated stay as they are", async () => {
  const made = await world.make(types.databaseService, "records", service);
  const { maintenanceDow: _day, maintenanceTime: _time, ...rest } = service;
  const { version: _version, ...settings } = pg;
  expect(world.diff(made, { ...rest, pg: settings }).changes.size).toBe(0);
});

test("a version is sent once: a service keeps the one that it was made with", async () => {
  const made = await world.make(types.databaseService, "records", { ...service, pg: new Secret(pg) });
  const wanted: Properties = { ...service, pg: new Secret({ ...pg, version: "18", backupSchedule: "02:00" }) };
  const updated = await world.update(made, wanted);
  expect(updated.state["pg"]).toBeInstanceOf(Secret);
  expect(seen(updated)).toMatchObject({ pg: { version: "17", backupSchedule: "02:00" } });
});

test("a database belongs to a service, and nothing of it changes in place", async () => {
  await expect(world.make(types.pgDatabase, "d", database)).rejects.toThrow(/Not Found: service records/);
  const made = await world.make(types.databaseService, "records", service);
  const rooms = await world.make(types.pgDatabase, "d", database);
  expect(rooms.id).toBe("records/rooms");
  expect(world.replaces(rooms, { ...database, lcCollate: "C" })).toEqual(["lcCollate"]);
  await expect(world.make(types.pgDatabase, "e", database)).rejects.toThrow(/Conflict: database records\/rooms/);
  await expect(world.remove(made)).rejects.toThrow(/in use by records\/rooms/);
  await world.remove(rooms);
  await world.remove(made);
});

test("a service is protected against its end where the program says nothing", async () => {
  const { terminationProtection: _protection, ...silent } = service;
  await expect(world.remove(await world.make(types.databaseService, "r", silent))).rejects.toThrow(/is protected/);
});

test.each<[string, Properties, string]>([
  ["a type without its block", { pg: undefined as never }, "pg"],
  ["a type that there is not", { type: "oracle" }, "type"],
  ["a day that there is not", { maintenanceDow: "today" }, "maintenanceDow"],
  ["a day without a time", { maintenanceTime: undefined as never }, "maintenanceDow"],
  ["a zone that there is not", { zone: "ch-zrh-1" }, "zone"],
  ["a range with host bits", { pg: { ...pg, ipFilters: ["198.51.100.7/24"] } }, "pg.ipFilters[0]"],
])("%s is refused", (_, change, property) => {
  const inputs = Object.fromEntries(
    Object.entries({ ...service, ...change }).filter(([, value]) => value !== undefined),
  );
  expect(world.check(types.databaseService, inputs).map((problem) => problem.property)).toEqual([property]);
});

test("a backup's hour is parsed when the service is made", async () => {
  const inputs: Properties = { ...service, pg: { ...pg, backupSchedule: "at night" } };
  await expect(world.make(types.databaseService, "r", inputs)).rejects.toThrow(/expecting HH:MM/);
});

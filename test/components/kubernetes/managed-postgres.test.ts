import { exoscale, hetzner, ManagedPostgres, type ManagedPostgresArgs } from "../../../components";
import { deploy } from "../../support/mocks";

const good = (): ManagedPostgresArgs => ({
  cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
  location: "ch-gva-2",
  plan: "business-8",
  from: ["198.51.100.7/32"],
  databases: [
    { name: "rooms", connections: 10 },
    { name: "nextcloud", connections: 80 },
  ],
  address: { host: "records.example.ch", port: 21699 },
});
const made = (change: Partial<Record<keyof ManagedPostgresArgs, unknown>> = {}, database = "rooms") =>
  deploy(() => {
    const { host, port, user, password } = new ManagedPostgres("records", {
      ...good(),
      ...change,
    } as ManagedPostgresArgs).database(database);
    return { host, port, user, password: password.value };
  });

describe("PostgreSQL that the provider runs", () => {
  it("is a protected service that lets in the given ranges only, with its databases", async () => {
    const deployment = await made();
    const service = deployment.one("exoscale:index/dbaas:Dbaas", "records");
    expect(service.inputs).toMatchObject({
      zone: "ch-gva-2",
      type: "pg",
      plan: "business-8",
      terminationProtection: true,
      pg: { version: "17", ipFilters: ["198.51.100.7/32"] },
    });
    expect(service.secrets).toEqual(["pg"]);
    expect(service.opts.protect).toBe(true);
    expect(
      deployment.all("DbaasPgDatabase").map(({ inputs }) => [inputs["databaseName"], inputs["lcCollate"]]),
    ).toEqual([
      ["rooms", "C.UTF-8"],
      ["nextcloud", "C.UTF-8"],
    ]);
  });

  it("gives what Postgres gives", async () => {
    const { outputs } = await made();
    expect(outputs).toEqual({
      host: "records.example.ch",
      port: 21699,
      user: "avnadmin",
      password: "secret of records-owner",
    });
  });

  it.each<[string, Partial<Record<keyof ManagedPostgresArgs, unknown>>, RegExp]>([
    ["a plan without a standby", { plan: "startup-4" }, /plan: expected a plan with a standby, got "startup-4"/],
    ["everybody", { from: ["0.0.0.0/0"] }, /from: expected ranges that are not everybody/],
    ["nobody", { from: [] }, /from: expected/],
    [
      "a cloud that runs none",
      { cloud: hetzner(), location: "fsn1" },
      /cloud: expected a cloud that runs databases, got "hetzner"/,
    ],
    ["an old version", { version: "9.6" }, /version: expected a major version of PostgreSQL from 15, got "9.6"/],
    [
      "a database in C, of which the plugin asks only half",
      { databases: [{ name: "synapse", connections: 10, locale: "C" }] },
      /databases: expected a database in C\.UTF-8 for "synapse", got "C"; make a Postgres on hosts/,
    ],
    ["an address without a port", { address: { host: "records.example.ch" } }, /address: expected a port/],
    [
      "a question before its address is known",
      { address: undefined },
      /expected the address of the service, got nothing; update once/,
    ],
  ])("refuses %s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });

  it("refuses a database that it was not given", async () => {
    await expect(made({}, "mail")).rejects.toThrow('expected a database of this service: rooms, nextcloud, got "mail"');
  });
});

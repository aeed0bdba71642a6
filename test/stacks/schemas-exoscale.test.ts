/** The resources of Exoscale that no blueprint has yet, against the schema of the real plugin (where it is at hand) and the simulated one. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { exoscale, Network } from "../../components";
import { ElasticIp, InstancePool } from "../../components/clouds/exoscale/reach";
import { SksCluster, SksKubeconfig, SksNodepool } from "../../components/clouds/exoscale/sks";
import type { Properties } from "../../stacks/tools/rehearsal/simulated/values";
import { isolatedFrom } from "../support/infrastructure";
import { deploy } from "../support/mocks";
import { World } from "./tools/rehearsal/simulated/world";

const zone = "ch-gva-2";
const templateId = "00000000-0000-4000-8000-000000000012";

function program(): void {
  const cloud = exoscale({ templateId, managedNetworks: false });
  const network = new Network("net", { cloud, location: zone, isolatedFrom });
  const address = new ElasticIp("address", { zone, healthcheck: { mode: "tcp", port: 443 } });
  const pool = new InstancePool("web", { zone, size: 2, templateId, elasticIpIds: [address.id] });
  const port = { port: 443, targetPort: 30_443, proxyProtocol: false };
  const targets = [{ name: "web", id: pool.id }];
  const shared = { location: zone, network: network.handle, labels: {}, address: undefined };
  cloud.balancers?.make("front", { ...shared, ports: [port], targets }, {});
  const mail = { name: "@", type: "MX", values: [pulumi.output("10 mail.example.ch")], ttl: 60 } as const;
  cloud.zones?.make("names", { domain: "example.ch", records: [mail], labels: {} }, {});
  const cluster = new SksCluster("uc", { zone, audit: { enabled: true, endpoint: "https://audit.example.ch" } });
  new SksNodepool("pool", { zone, clusterId: cluster.id, instanceType: "standard.large", size: 2 });
  new SksKubeconfig("admin", { zone, clusterId: cluster.id, user: "admin", groups: ["system:masters"] });
}

const made = () =>
  deploy(program).then(({ resources }) => resources.filter(({ type }) => type.startsWith("exoscale:")));

test("the simulated plugin accepts all of them", async () => {
  const world = new World();
  const resources = await made();
  expect(new Set(resources.map(({ type }) => type)).size).toBe(11);
  for (const { type, name, inputs } of resources)
    expect([name, world.check(type, inputs as Properties, name)]).toEqual([name, []]);
  world.end();
});

interface Schema {
  readonly resources: Readonly<
    Record<string, { readonly inputProperties: object; readonly requiredInputs?: readonly string[] }>
  >;
}

const file = join(
  process.env["SOVEREIGN_UC_SCHEMAS"] ?? join(__dirname, "../../../shared/reference/schemas"),
  "exoscale.json",
);
const at = existsSync(file);
(at ? test : test.skip)(
  `the real plugin knows every input${at ? "" : " (skipped: its schema is not at hand)"}`,
  async () => {
    const { resources: schema } = JSON.parse(readFileSync(file, "utf8")) as Schema;
    for (const { type, name, inputs } of await made()) {
      const { inputProperties = {}, requiredInputs = [] } = schema[type] ?? {};
      expect([name, Object.keys(inputProperties)]).toEqual([name, expect.arrayContaining(Object.keys(inputs))]);
      expect([name, Object.keys(inputs)]).toEqual([name, expect.arrayContaining([...requiredInputs])]);
    }
  },
);

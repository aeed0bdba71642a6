/** Every resource that a blueprint registers, against the schemas of the real plugins, where these are at hand. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Balancer, hetzner, Network, Zone } from "../../components";
import { program as blueprint } from "../../stacks/blueprints";
import { stackConfig } from "../../stacks/tools/rehearsal/stack-files";
import { isolatedFrom, outputs, proven, webHosts } from "../support/infrastructure";
import { deploy, type Deployment } from "../support/mocks";
import * as pulumi from "@pulumi/pulumi";

const folder = process.env["SOVEREIGN_UC_SCHEMAS"] ?? join(__dirname, "../../../shared/reference/schemas");

interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
}
interface Shape {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}
interface Schema {
  readonly resources: Readonly<
    Record<
      string,
      { readonly inputProperties: Readonly<Record<string, Property>>; readonly requiredInputs?: readonly string[] }
    >
  >;
  readonly types: Readonly<Record<string, Shape>>;
}

/** Problems with a value, by path. */
function complaints(schema: Schema, property: Property, value: unknown, path: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (property.$ref !== undefined) {
    const { properties = {}, required = [] } = schema.types[property.$ref.replace("#/types/", "")] ?? {};
    return fields(schema, properties, required, value as Record<string, unknown>, path);
  }
  switch (property.type ?? "anything") {
    case "array":
      return Array.isArray(value)
        ? value.flatMap((item, i) => complaints(schema, property.items ?? {}, item, `${path}[${i}]`))
        : [`${path} is no list`];
    case "object":
      return typeof value === "object" ? [] : [`${path} is no object`];
    case "integer":
      // Ids of the mocks are words, which as numbers are none.
      return Number.isInteger(value) || Number.isNaN(value) ? [] : [`${path} is no whole number`];
    default:
      return property.type === undefined || typeof value === property.type ? [] : [`${path} is no ${property.type}`];
  }
}

const fields = (
  schema: Schema,
  known: Readonly<Record<string, Property>>,
  required: readonly string[],
  value: Readonly<Record<string, unknown>>,
  path: string,
): readonly string[] => [
  ...required.filter((name) => value[name] === undefined).map((name) => `${path}.${name} is missing`),
  ...Object.entries(value).flatMap(([name, inner]) => {
    const property = known[name];
    return property === undefined
      ? [`${path}.${name} is unknown`]
      : complaints(schema, property, inner, `${path}.${name}`);
  }),
];

const birthSecret = "a secret of the test's";

/** Runs the program of a stack file. */
const program = (stack: string): Record<string, unknown> => {
  const accepted = {
    "sovereign-uc:unlockedMirror": "accepted",
    "sovereign-uc:birthSecret": birthSecret,
    "sovereign-uc:archiveAccessKey": "a key of the archive",
    "sovereign-uc:archiveSecretKey": "a secret of the archive",
    ...stackConfig(join(__dirname, "../../stacks"), stack),
  };
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(accepted).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  );
  return blueprint();
};

/** Comparison with the real schemas, for each resource that they have. */
function judged(made: Deployment): readonly { readonly type: string; readonly complaints: readonly string[] }[] {
  const schemas = ["hcloud", "exoscale", "random"].map(
    (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Schema,
  );
  return made.resources.flatMap(({ type, name, inputs }) => {
    const schema = schemas.find(({ resources }) => type in resources);
    const shape = schema?.resources[type];
    return schema === undefined || shape === undefined
      ? []
      : [{ type, complaints: fields(schema, shape.inputProperties, shape.requiredInputs ?? [], inputs, name) }];
  });
}

const at = existsSync(folder);
(at ? describe : describe.skip)(
  `every resource of crisis${at ? "" : " (skipped: the schemas are not at hand)"}`,
  () => {
    test.each(["crisis-hetzner", "crisis-exoscale"])("is as the real plugins want it in %s", async (stack) => {
      const made = await deploy(() => program(stack), {
        outputs: (one) => ({ ...outputs(one), ...proven(birthSecret)(one) }),
      });
      const verdicts = judged(made);
      expect(verdicts.length).toBeGreaterThan(30);
      expect(verdicts.flatMap(({ complaints }) => complaints)).toEqual([]);
    });
  },
);

(at ? describe : describe.skip)(
  `every resource beside hosts${at ? "" : " (skipped: the schemas are not at hand)"}`,
  () => {
    test("is as the real plugin of hcloud wants it", async () => {
      const program = () => {
        const cloud = hetzner({
          vswitch: { id: 4711, range: "10.20.0.128/25" },
          routes: [{ destination: "10.30.0.0/24", gateway: "10.20.0.10" }],
          protection: true,
        });
        const network = new Network("net", { cloud, location: "fsn1", isolatedFrom });
        const { hosts } = webHosts(network, { sshFrom: ["10.20.0.10/32"] });
        const ports = [{ port: 443, targetPort: 8443, proxyProtocol: true }];
        const { address } = new Balancer("front", { network, number: 99, hosts, ports });
        new Zone("public", {
          cloud,
          domain: "crisis.example.ch",
          records: [{ name: "meet", type: "A", values: [address], ttl: 300 }],
        });
      };
      const made = await deploy(program, {
        outputs: (resource) => ({
          ...outputs(resource),
          ...(/:LoadBalancer$/.test(resource.type) ? { ipv4: "198.51.100.7" } : {}),
        }),
      });
      const verdicts = judged(made);
      expect([...new Set(verdicts.map(({ type }) => type.replace(/.*:/, "")))].sort()).toEqual(
        [
          ...["LoadBalancer", "LoadBalancerNetwork", "LoadBalancerService", "LoadBalancerTarget"],
          ...["Network", "NetworkRoute", "NetworkSubnet", "PlacementGroup", "Server", "SshKey", "Zone", "ZoneRrset"],
        ].sort(),
      );
      expect(verdicts.flatMap(({ complaints }) => complaints)).toEqual([]);
    });
  },
);

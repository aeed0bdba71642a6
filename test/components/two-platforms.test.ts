/** Two platforms in one stack: nothing of the one has a name that something of the other has. */
import { generateKeyPairSync } from "node:crypto";
import {
  type Cloud,
  exoscale,
  givenBucket,
  givenSecret,
  hetzner,
  type MachineTypes,
  planPostgres,
  planValkey,
  Platform,
  Postgres,
  type ServicePlan,
  Valkey,
} from "../../components";
import { isolatedFrom, site as debianSite } from "../support/arguments";
import { ubuntuMirror } from "../support/ubuntu";
import { outputs } from "../support/infrastructure";
import { deploy, type Deployment, type Registered } from "../support/mocks";
import { described, poolsApart } from "./services/described";

jest.setTimeout(300_000);

const publicKeyPem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();

const site = { ...debianSite, mirror: ubuntuMirror };

const archive = "https://archive.example.ch";

interface Place {
  readonly cloud: () => Cloud;
  readonly location: string;
  readonly machineTypes: MachineTypes;
}

const places: Readonly<Record<string, Place>> = {
  hetzner: {
    cloud: () => hetzner({ floating: true }),
    location: "fsn1",
    machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx62", media: "ccx43", data: "ccx43" },
  },
  exoscale: {
    cloud: () =>
      exoscale({
        templateId: "00000000-0000-4000-8000-000000000012",
        ubuntuTemplateId: "00000000-0000-4000-8000-000000002204",
      }),
    location: "ch-gva-2",
    machineTypes: {
      gateway: "standard.medium",
      controlPlane: "standard.medium",
      application: "standard.mega",
      media: "standard.huge",
      data: "standard.huge",
    },
  },
};

/** A platform with every service of the list, whose certificates come from a directory where `acme` says so. */
function deployed(name: string, { cloud, location, machineTypes }: Place, acme: boolean): Promise<Deployment> {
  return deploy(
    () => {
      const domain = `${name}.example.ch`;
      // Mail stands on a platform of its own, which is isolated from this one.
      const together = described.filter(({ kind }) => kind.name !== "mail");
      const services = together.map(({ kind, planned, plannedInOnePlace = planned }) =>
        (location === "fsn1" ? planned : plannedInOnePlace)(
          `${name}-${kind.name.slice(0, 6)}`,
          `${kind.name}.${domain}`,
        ),
      );
      const plans: readonly ServicePlan[] = services.map(({ plan }) => plan);
      const records = planPostgres({ name: `${name}-records`, serves: plans, gib: 20, archive });
      const cache = planValkey({ name: `${name}-cache`, memoryMib: 64 });
      const platform = new Platform(name, {
        cloud: cloud(),
        location,
        machineTypes,
        isolatedFrom,
        domain,
        administrators: ["203.0.113.0/24"],
        site,
        plans: [...plans, records, cache],
        mediaPools: Object.fromEntries(
          Object.entries(poolsApart(plans)).map(([pool, choice]) => [
            pool,
            pool.endsWith("-hel1") ? { ...choice, location: "hel1" } : choice,
          ]),
        ),
        ...(acme ? { acme: { directory: "https://ca.example.ch/acme/directory" } } : {}),
      });
      for (const { make } of services) make(platform);
      const bucket = givenBucket({
        endpoint: archive,
        bucket: `${name}-archive`,
        region: "ch",
        accessKey: givenSecret("key"),
        secretKey: givenSecret("secret"),
        ...platform.proxy,
      });
      new Postgres(records.name, { on: platform, plan: records, archive: { bucket } });
      new Valkey(cache.name, { on: platform, plan: cache });
    },
    {
      outputs: (resource) => ({
        ...outputs(resource),
        ...(resource.type.endsWith(":PrivateKey") ? { publicKeyPem } : {}),
      }),
    },
  );
}

/** Types and names, by which the engine tells resources apart. It also knows the types of their parents, which say nothing about a platform. */
const logical = ({ resources }: Deployment): readonly string[] => resources.map(({ type, name }) => `${type} ${name}`);

/** Names at a provider; Kubernetes' are a cluster's own. */
const physical = ({ resources }: Deployment): readonly string[] =>
  resources.flatMap(({ type, inputs }: Registered) =>
    typeof inputs.name === "string" && !/^(kubernetes|sovereign-uc|pulumi):/.test(type)
      ? [`${type} ${inputs.name}`]
      : [],
  );

const shared = (one: readonly string[], other: readonly string[]): readonly string[] =>
  one.filter((name) => other.includes(name));

/** Everything that is written to a host, as one text. */
const filesOf = (made: Deployment, host: string): string =>
  String(made.one("command:remote:Command", `${host}-converge`).inputs["stdin"])
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap(([kind, , , , content = ""]) => (kind === "file" ? [Buffer.from(content, "base64").toString()] : []))
    .join("\n");

test.each([
  ["hetzner", "a directory", true],
  ["exoscale", "an authority of their own", false],
])("two platforms at %s with certificates of %s share no name", async (cloud, _, acme) => {
  const place = places[cloud];
  if (place === undefined) throw new Error(`expected a place, got ${cloud}`);
  const a = await deployed("a", place, acme);
  const b = await deployed("b", place, acme);
  expect(logical(a).length).toBeGreaterThan(300);
  expect(physical(a).length).toBeGreaterThan(20);
  expect(shared(logical(a), logical(b))).toEqual([]);
  expect(shared(physical(a), physical(b))).toEqual([]);
  // Gateways lead to the directory, since the edge fetches certificates through them.
  expect(filesOf(a, "a-gateway-1").includes("ca.example.ch")).toBe(acme);
});

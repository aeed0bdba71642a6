import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as command from "@pulumi/command/remote";
import * as hcloud from "@pulumi/hcloud";
import { Namespace, Secret } from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { engineEnvironment, findEngine, pulumiCommand } from "../../../../../stacks/tools/rehearsal/engine";
import {
  type Fault,
  type SimulatedClouds,
  startSimulatedClouds,
} from "../../../../../stacks/tools/rehearsal/simulated";

const number = (id: pulumi.Output<string>): pulumi.Output<number> => id.apply(Number);

interface Site {
  readonly image?: string;
  readonly label?: string;
  readonly servers?: number;
  readonly cluster?: boolean;
  /** Id under which the first door exists already. */
  readonly adopt?: string;
}

/** A network, doors in a placement group, a first contact with each, and a cluster on the first. */
const site =
  ({ image = "debian-12", label = "a", servers = 1, cluster = false, adopt }: Site = {}): PulumiFn =>
  () => {
    const network = new hcloud.Network("net", { name: "net", ipRange: "10.0.0.0/24" });
    const subnet = new hcloud.NetworkSubnet("subnet", {
      networkId: number(network.id),
      type: "cloud",
      networkZone: "eu-central",
      ipRange: "10.0.0.0/24",
    });
    const key = new tls.PrivateKey("key", { algorithm: "ED25519" });
    const group = new hcloud.PlacementGroup("group", { name: "group", type: "spread" });
    const password = new random.RandomPassword("password", { length: 40, special: false });
    const doors = Array.from({ length: servers }, (_, i) => {
      const door = new hcloud.Server(
        `door-${i}`,
        {
          name: `door-${i}`,
          serverType: "cpx22",
          image,
          location: "fsn1",
          labels: { label },
          placementGroupId: number(group.id),
          networks: [{ networkId: number(network.id), ip: `10.0.0.${10 + i}` }],
        },
        { dependsOn: [subnet], ...(adopt === undefined || i > 0 ? {} : { import: adopt }) },
      );
      new command.Command(
        `contact-${i}`,
        {
          connection: { host: door.ipv4Address, privateKey: key.privateKeyOpenssh },
          create: "# answers: host-key\n",
          stdin: password.result,
          triggers: [door.id],
        },
        { deleteBeforeReplace: true },
      );
      return door;
    });
    if (cluster) addObjects(doors[0]?.ipv4Address ?? pulumi.output(""), password.result);
    // Outputs that wait for a resource which fails are rejected once the engine is gone, where only Jest would hear it.
    return Promise.resolve(
      cluster ? { password: password.result, key: key.privateKeyPem, address: doors[0]?.ipv4Address } : {},
    );
  };

/** Two providers of one package: each has its own connection and its own configuration. */
function addObjects(address: pulumi.Output<string>, token: pulumi.Output<string>): void {
  for (const name of ["one", "two"]) {
    const kubeconfig = address.apply((host) =>
      JSON.stringify({
        clusters: [{ name, cluster: { server: `https://${host}:6443` } }],
        contexts: [{ name, context: { cluster: name, namespace: name } }],
        "current-context": name,
      }),
    );
    const provider = new Provider(name, { kubeconfig, clusterIdentifier: name });
    const namespace = new Namespace(name, { metadata: { name } }, { provider });
    new Secret(name, { metadata: { name }, stringData: { token } }, { provider, dependsOn: [namespace] });
  }
}

class Rehearsal {
  private constructor(
    readonly folder: string,
    private clouds: SimulatedClouds,
    private readonly environment: Record<string, string>,
    readonly stack: Stack,
  ) {}

  static async start(faults: readonly Fault[] = []): Promise<Rehearsal> {
    const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-engine-"));
    const clouds = await startSimulatedClouds({ folder: join(folder, "clouds"), faults });
    const engine = await findEngine();
    const environment = {
      ...(await engineEnvironment(engine)),
      ...clouds.environment,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "of no worth",
    };
    const stack = await LocalWorkspace.createStack(
      { stackName: "test", projectName: "simulated", program: site() },
      { pulumiCommand: await pulumiCommand(engine), workDir: folder, envVars: environment },
    );
    return new Rehearsal(folder, clouds, environment, stack);
  }

  async up(program: PulumiFn): Promise<pulumi.automation.OpMap> {
    return (await this.stack.up({ program, onOutput: () => undefined })).summary.resourceChanges ?? {};
  }

  /** Error output of the engine. */
  async refusal(program: PulumiFn): Promise<string> {
    return this.up(program).then(
      () => "",
      (error: Error) => error.message,
    );
  }

  file(name: string): string {
    return readFileSync(join(this.folder, "clouds", `${name}.json`), "utf8");
  }

  edit(name: string, change: (content: string) => string): void {
    writeFileSync(join(this.folder, "clouds", `${name}.json`), change(this.file(name)));
  }

  async end(): Promise<void> {
    await this.clouds.close();
    rmSync(this.folder, { recursive: true, force: true });
    expect(this.environment["PULUMI_DEBUG_PROVIDERS"]).toMatch(/^hcloud:\d+,/);
  }
}

jest.setTimeout(600_000);

let rehearsal: Rehearsal | undefined;
const start = async (faults: readonly Fault[] = []): Promise<Rehearsal> => (rehearsal = await Rehearsal.start(faults));
afterEach(async () => {
  await rehearsal?.end();
  rehearsal = undefined;
});

test("the engine previews, deploys, finds nothing to do, finds drift, corrects it and destroys", async () => {
  const { stack, ...one } = await start();
  const preview = await stack.preview({ program: site({ cluster: true }) });
  expect(preview.changeSummary).toEqual({ create: 14 });
  const up = await stack.up({ program: site({ cluster: true }) });
  expect(up.summary.resourceChanges).toEqual({ create: 14 });
  expect(up.outputs["address"]?.value).toMatch(/^198\.18\./);
  expect((await stack.up({ program: site({ cluster: true }) })).summary.resourceChanges).toEqual({ same: 14 });

  const secrets = ["password", "key"].map((name) => String(up.outputs[name]?.value));
  const files = ["hcloud", "command", "kubernetes", "random", "tls"]
    .map((name) => readFileSync(join(one.folder, "clouds", `${name}.json`), "utf8"))
    .join();
  for (const value of secrets) {
    expect(value.length).toBeGreaterThan(30);
    expect(files).not.toContain(value.split("\n")[1] ?? value);
    expect(files).not.toContain(Buffer.from(value).toString("base64"));
  }
  expect(JSON.parse(readFileSync(join(one.folder, "clouds", "kubernetes.json"), "utf8"))).toMatchObject({
    objects: { "kubernetes:core/v1:Secret": { "one one/one": {}, "two two/two": {} } },
  });

  rehearsal?.edit("hcloud", (content) => content.replace('"label": "a"', '"label": "by hand"'));
  expect((await stack.refresh()).summary.resourceChanges).toMatchObject({ update: 1, same: 13 });
  expect((await stack.up({ program: site({ cluster: true }) })).summary.resourceChanges).toMatchObject({
    update: 1,
    same: 13,
  });

  await stack.destroy();
  expect(JSON.parse(rehearsal?.file("hcloud") ?? "")).toMatchObject({ objects: {} });
});

test("an object that was removed by hand is found missing and made again", async () => {
  const one = await start();
  await one.up(site());
  one.edit("hcloud", (content) => {
    const state = JSON.parse(content) as { readonly objects: Record<string, unknown> };
    delete state.objects["hcloud:index/server:Server"];
    return JSON.stringify(state);
  });
  expect((await one.stack.refresh()).summary.resourceChanges).toMatchObject({ delete: 1 });
  expect(await one.up(site())).toMatchObject({ create: 1, replace: 1 });
});

test("bad inputs stop the preview, with the resource and the property", async () => {
  const one = await start();
  const message = await one.refusal(site({ label: "not a label" }));
  expect(message).toMatch(/hcloud:index:Server \(door-0\)/);
  expect(message).toMatch(/labels\.label.*|door-0\.labels/);
  expect(message).toContain('got "not a label"');
});

test("a frozen change replaces the machine, which then has another key and is contacted anew", async () => {
  const one = await start();
  await one.up(site());
  expect(await one.up(site({ image: "debian-13" }))).toMatchObject({ replace: 2 });
  const { journal } = JSON.parse(one.file("command")) as { readonly journal: readonly { readonly machine: string }[] };
  expect(new Set(journal.map(({ machine }) => machine)).size).toBe(2);
});

test("a delete that would pull away what is in use fails in the provider's words", async () => {
  const one = await start();
  await one.up(site());
  const { deployment } = (await one.stack.exportStack()) as { readonly deployment: Deployment };
  const orphaned = deployment.resources.filter(({ type }) => !/:(Server|Command)$/.test(type));
  await one.stack.importStack({ version: 3, deployment: { ...deployment, resources: orphaned } });
  await expect(one.stack.destroy()).rejects.toThrow(/\((resource_in_use|service_error)\)/);
});

interface Deployment {
  readonly resources: readonly { readonly type: string; readonly urn: string; readonly id?: string }[];
}

test("after a create that failed, the next run makes what is missing and nothing twice", async () => {
  const one = await start([{ type: "hcloud:index/server:Server", operation: "create", nth: 2, kind: "quota" }]);
  expect(await one.refusal(site({ servers: 2 }))).toMatch(/resource_limit_exceeded/);
  await one.up(site({ servers: 2 }));
  expect(machinesIn(one)).toEqual(["door-0", "door-1"]);
});

test("after a time-out with an id, the next run goes on with the same machine", async () => {
  const one = await start([
    { type: "hcloud:index/server:Server", operation: "create", nth: 1, kind: "timeout-with-id" },
  ]);
  expect(await one.refusal(site())).toMatch(/context deadline exceeded/);
  const [before] = ids(one);
  await one.up(site());
  expect(ids(one)).toEqual([before]);
});

test("after a time-out without an id, the next run stops, and the import that it prints adopts the machine", async () => {
  const one = await start([
    { type: "hcloud:index/server:Server", operation: "create", nth: 1, kind: "timeout-after-made" },
  ]);
  expect(await one.refusal(site())).toMatch(/it may exist all the same/);
  const [orphan] = ids(one);
  const message = await one.refusal(site());
  const [, type = "", name = "", id = ""] = /run: pulumi import (\S+) (\S+) (\S+)/.exec(message) ?? [];
  expect([type, name, id]).toEqual(["hcloud:index/server:Server", "door-0", orphan]);
  // The option does what the command does, without a language host.
  expect(await one.up(site({ adopt: id }))).toMatchObject({ import: 1 });
  expect(ids(one)).toEqual([orphan]);
});

interface File {
  readonly objects: Readonly<Record<string, Readonly<Record<string, { readonly name: string }>>>>;
}

const servers = (one: Rehearsal): readonly (readonly [string, { readonly name: string }])[] =>
  Object.entries((JSON.parse(one.file("hcloud")) as File).objects["hcloud:index/server:Server"] ?? {});
const ids = (one: Rehearsal): readonly string[] => servers(one).map(([id]) => id);
const machinesIn = (one: Rehearsal): readonly string[] =>
  servers(one)
    .map(([, { name }]) => name)
    .sort();

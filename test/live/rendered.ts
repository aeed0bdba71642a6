import { createHash } from "node:crypto";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { birthWord, proofOf } from "../../components/recipe/birth-word";
import { program as blueprint } from "../../stacks/blueprints";
import { madeUpSecrets } from "../../stacks/keys";
import { stackKeys } from "../../stacks/tools/rehearsal/config-keys";
import { random } from "../../stacks/tools/rehearsal/simulated/random";
import { tls } from "../../stacks/tools/rehearsal/simulated/tls";
import type { Operation, SimulatedPackage } from "../../stacks/tools/rehearsal/simulated/kind";
import { stackConfig } from "../../stacks/tools/rehearsal/stack-files";
import type { KubernetesObject } from "../support/programs/apply";
import { manifests } from "../components/kubernetes/target";
import { deploy, type Outputs, type Registered } from "../support/mocks";

/** One file on a host, secrets included. */
export interface LiveFile {
  readonly path: string;
  readonly content: string;
  readonly mode: string;
  /** `root:root` */
  readonly owner: string;
}

/** A host of the stack with everything that convergence would bring to it. */
export interface LiveHost {
  readonly name: string;
  /** `gateway`, `control-plane`, `application`, `media` … */
  readonly role: string;
  readonly address: string;
  /** Doors only. */
  readonly publicAddress: string | undefined;
  readonly files: readonly LiveFile[];
  /** Its `/etc/machine-id`. */
  readonly machineId: string;
  /** Input of the control plane's admission of the host; undefined for its own members and for gateways. */
  readonly admission: string | undefined;
}

/** A blueprint with every value made: what the clouds, the hosts and the cluster would be given. */
export interface Rendered {
  readonly hosts: readonly LiveHost[];
  readonly objects: readonly KubernetesObject[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly domain: string;
  /** Certificate of the authority that signed the web's certificate. */
  readonly webAuthority: string;
  /** Host of the operator's registry. */
  readonly registry: string;
  readonly resolvers: readonly { readonly address: string; readonly name: string }[];
}

const folder = join(__dirname, "..", "..", "stacks");

const birthSecret = "protects nothing here";

/**
 * Runs the program of a stack file with real keys, certificates and passwords. No engine and no cloud takes part: the hosts' public addresses are
 * `198.51.100.N` with the number of their private one.
 *
 * @param change configuration laid over the stack file, by full key.
 * @param program runs in the place of the stack file's blueprint.
 */
export async function render(
  stack: string,
  change: Readonly<Record<string, string>> = {},
  program: () => Record<string, unknown> = blueprint,
): Promise<Rendered> {
  // What a rehearsal says, too: nothing is fetched that a lock could name, and nobody is met over the internet.
  const harmless = { "sovereign-uc:unlockedMirror": "accepted", "sovereign-uc:birthSecret": birthSecret };
  const file = stackConfig(folder, stack);
  const config: Readonly<Record<string, unknown>> = {
    ...harmless,
    ...madeUpSecrets(stackKeys(file), file["sovereign-uc:cloud"]),
    ...file,
    ...change,
  };
  const texts = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const made = await deploy(
    () => {
      pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
      return program();
    },
    { outputs: keptOutputs() },
  );
  return {
    hosts: hosts(made.resources),
    objects: manifests(made.resources),
    outputs: made.outputs,
    domain: String(config["sovereign-uc:domain"]),
    webAuthority: String(
      made.resources.find(({ type, name }) => type.endsWith(":LocallySignedCert") && /-web-/.test(name))?.inputs[
        "caCertPem"
      ],
    ),
    registry: String((config["sovereign-uc:mirror"] as { readonly registry?: string }).registry),
    resolvers: config["sovereign-uc:resolvers"] as Rendered["resolvers"],
  };
}

const kept = new Map<string, Record<string, unknown>>();

/** Values of one rendering. What an earlier one of this process made of the same inputs stays, as it would in a stack's state. */
function keptOutputs(): Outputs {
  const seen = new Map<string, number>();
  return (resource) => {
    const same = JSON.stringify([resource.type, resource.name, resource.inputs]);
    const count = (seen.get(same) ?? 0) + 1;
    seen.set(same, count);
    const key = `${count} ${same}`;
    const outputs = kept.get(key) ?? realOutputs(resource);
    kept.set(key, outputs);
    return outputs;
  };
}

/** Values that only providers know. Keys and passwords are made by the code of the simulated providers: they are real. */
export const realOutputs: Outputs = ({ type, name, inputs }) => {
  const made = [tls(), random()].flatMap((one) => madeBy(one, type, name, inputs));
  if (made[0] !== undefined) return made[0];
  if (type === "command:remote:Command") return { stdout: contacted(name.replace(/-[^-]+$/, "")) };
  if (/(PrimaryIp|FloatingIp|ElasticIp)$/.test(type)) return { ipAddress: publicAddress(name) };
  if (/ComputeInstance$/.test(type)) return { publicIpAddress: publicAddress(name) };
  return {};
};

function madeBy(
  { name: packageName, kind }: SimulatedPackage,
  type: string,
  urnName: string,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown>[] {
  const found = type.startsWith(`${packageName}:`) ? kind(type) : undefined;
  if (found === undefined) return [];
  const inputs = { ...found.defaults, ...(given as Operation["inputs"]) };
  // Neither of the two packages looks at anything but the inputs.
  return [found.create({ type, urnName, inputs } as Operation).outputs as Record<string, unknown>];
}

const addresses = new Map<string, string>();

/** Public addresses by the name of their resource, which begins with the host's. */
function publicAddress(resource: string): string {
  const address = addresses.get(resource) ?? `198.51.100.${101 + addresses.size}`;
  addresses.set(resource, address);
  return address;
}

/** Output of a host at first contact, with its proof, as `contact.sh` prints it. */
function contacted(host: string): string {
  const lines = [`ssh-ed25519 key-of-${host}`, machineId(host)];
  return [...lines, `proof ${proofOf(birthWord(birthSecret, host), lines)}`, ""].join("\n");
}

const machineId = (host: string): string => createHash("sha256").update(host).digest("hex").slice(0, 32);

function hosts(resources: readonly Registered[]): readonly LiveHost[] {
  const pools = resources.filter(({ type }) => type === "sovereign-uc:index:HostPool");
  return pools.flatMap(({ inputs }) => {
    const { role, hosts: places } = inputs as { role: string; hosts: readonly { name: string; address: string }[] };
    return places.map(({ name, address }) => {
      const step = (role: string): Registered | undefined =>
        resources.find((one) => one.type === "command:remote:Command" && one.name === `${name}-${role}`);
      const [converge, admit] = [step("converge"), step("admit")];
      if (converge === undefined) throw new Error(`expected a step that converges ${name}, got none`);
      return {
        name,
        role,
        address,
        publicAddress: [...addresses].find(([resource]) => resource === name || resource.startsWith(`${name}-`))?.[1],
        files: [
          ...payloadFiles(String(converge.inputs["stdin"])),
          { path: "/etc/machine-id", content: `${machineId(name)}\n`, mode: "0444", owner: "root:root" },
        ],
        machineId: machineId(name),
        admission: admit === undefined ? undefined : String(admit.inputs["stdin"]),
      };
    });
  });
}

/** The files in what `converge.sh` reads: `file MODE OWNER PATH CONTENT`, the last two in base64. */
function payloadFiles(payload: string): readonly LiveFile[] {
  const plain = (text: string): string => Buffer.from(text, "base64").toString("utf8");
  return payload
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([word]) => word === "file")
    .map(([, mode = "", owner = "", path = "", content = ""]) => ({
      mode,
      owner,
      path: plain(path),
      content: plain(content),
    }));
}

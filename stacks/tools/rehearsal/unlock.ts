import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

/** Locks that providers keep on objects of their own, as properties: hcloud's on volumes and servers, Exoscale's on instances and databases. */
const locks = ["deleteProtection", "rebuildProtection", "destroyProtected", "terminationProtection"] as const;

const mark = "4dabf18193072939515e22adb298388d";

/** A resource as `pulumi stack export --show-secrets` prints it. */
interface Exported {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly provider?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/**
 * A program that registers the protected resources again as they are in the state, without protection: an update with it lifts the protection, at the provider
 * too, without the program that made it and without touching anything else. To be run with the protected resources as targets.
 *
 * Resources of an explicit provider keep the provider's own lock: their destroy fails and says so.
 */
export function unlocking(exported: unknown): { readonly targets: readonly string[]; readonly program: PulumiFn } {
  const all = resources(exported);
  const data = all.filter(
    ({ protect, custom, type }) => protect === true && custom && !type.startsWith("pulumi:providers:"),
  );
  const program: PulumiFn = async () => {
    const made = new Map<string, pulumi.Resource>();
    const register = ({ urn, type, custom, parent: above, provider = "", inputs = {} }: Exported): pulumi.Resource => {
      const known = made.get(urn);
      if (known !== undefined) return known;
      const owner = all.find((resource) => resource.urn === above && resource.type !== "pulumi:pulumi:Stack");
      const parent = owner === undefined ? {} : { parent: register(owner) };
      const name = urn.slice(urn.lastIndexOf("::") + 2);
      const resource = custom
        ? new Raw(type, name, opened(inputs), { ...parent, ...versionOf(all, provider), protect: false })
        : new pulumi.ComponentResource(type, name, plainInputs(inputs), { ...parent, protect: false });
      made.set(urn, resource);
      return resource;
    };
    data.forEach(register);
  };
  return { targets: data.map(({ urn }) => urn), program };
}

class Raw extends pulumi.CustomResource {}

function resources(exported: unknown): readonly Exported[] {
  const deployment =
    typeof exported === "object" && exported !== null && "deployment" in exported ? exported.deployment : undefined;
  const list: unknown =
    typeof deployment === "object" && deployment !== null && "resources" in deployment
      ? deployment.resources
      : undefined;
  return Array.isArray(list) ? (list as readonly Exported[]) : [];
}

/** Inputs without the provider's locks. */
const opened = (inputs: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(plainInputs(inputs)).map(([key, value]) => [
      key,
      locks.some((lock) => lock === key) ? false : value,
    ]),
  );

/** Inputs as a program gives them: without the `__defaults` of bridged providers, secrets as secrets. */
const plainInputs = (inputs: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(inputs).flatMap(([key, value]) => (key === "__defaults" ? [] : [[key, revived(value)]])),
  );

function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== "object" || value === null) return value;
  if (mark in value && "plaintext" in value && typeof value.plaintext === "string")
    return pulumi.secret(JSON.parse(value.plaintext) as unknown);
  return plainInputs(value as Readonly<Record<string, unknown>>);
}

/** The version by which the engine finds the resource's default provider: `urn:…::pulumi:providers:hcloud::default_1_41_0::id`. */
function versionOf(all: readonly Exported[], reference: string): { readonly version?: string } {
  const urn = reference.slice(0, reference.lastIndexOf("::"));
  const version = all.find((resource) => resource.urn === urn)?.inputs?.["version"];
  return typeof version === "string" ? { version } : {};
}

import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

const mark = "4dabf18193072939515e22adb298388d";

/** A resource as `pulumi stack export --show-secrets` prints it. */
interface Exported {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly provider?: string;
  readonly parent?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
}

class Raw extends pulumi.CustomResource {}

/**
 * A program that registers the custom resources of a stack by hand: no components, no rendering, no checks, the same inputs and the same dependencies.
 * The cost of a component library is the extra time of its program over this one's.
 *
 * @param components number of empty components that it registers too: what the engine takes for as many as the library has.
 */
export function flat(
  exported: { readonly deployment: { readonly resources: readonly Exported[] } },
  components = 0,
): PulumiFn {
  const all = exported.deployment.resources;
  const wanted = all.filter(
    ({ type, custom }) => custom && (!type.startsWith("pulumi:") || type === "pulumi:providers:kubernetes"),
  );
  const byUrn = new Map(wanted.map((resource) => [resource.urn, resource]));
  const anything = new Map(all.map((resource) => [resource.urn, resource]));
  /** Dependencies of a resource: its own and those of the components around it, which the engine makes before what is in them. */
  const waited = ({ dependencies = [], parent = "" }: Exported): readonly string[] => {
    const around = anything.get(parent);
    return around === undefined ? dependencies : [...dependencies, ...waited(around)];
  };
  const versions = new Map<string, Exported["inputs"]>(
    all.map(({ urn, id, inputs }) => [`${urn}::${id ?? ""}`, inputs]),
  );
  return async () => {
    for (let number = 1; number <= components; number++)
      new pulumi.ComponentResource("bench:index:Empty", `empty-${number}`);
    const made = new Map<string, pulumi.CustomResource>();
    for (const resource of wanted) {
      const { urn, type, provider = "", inputs = {}, outputs = {}, propertyDependencies = {} } = resource;
      const name = urn.slice(urn.lastIndexOf("::") + 2);
      const linked = Object.fromEntries(
        Object.entries(inputs)
          .filter(([key]) => key !== "__defaults")
          .map(([key, value]) => {
            const sources = (propertyDependencies[key] ?? []).flatMap((source) => {
              const known = byUrn.get(source);
              const object = made.get(source);
              return known === undefined || object === undefined ? [] : [{ known, object }];
            });
            return [key, relinked(opened(value), sources)];
          }),
      );
      const waits = [...new Set(waited(resource))].flatMap((source) => made.get(source) ?? []);
      const parent = [...made].find(([source]) => provider.startsWith(source))?.[1];
      const { version, pluginDownloadURL } = (versions.get(provider) ?? {}) as {
        version?: string;
        pluginDownloadURL?: string;
      };
      const opts: pulumi.CustomResourceOptions = {
        dependsOn: waits,
        ...(parent === undefined
          ? {
              ...(version === undefined ? {} : { version }),
              ...(pluginDownloadURL === undefined ? {} : { pluginDownloadURL }),
            }
          : { provider: parent as unknown as pulumi.ProviderResource }),
      };
      made.set(
        urn,
        type === "pulumi:providers:kubernetes"
          ? new kubernetes.Provider(name, linked, opts)
          : new Raw(
              type,
              name,
              { ...Object.fromEntries(Object.keys(outputs).map((key) => [key, undefined])), ...linked },
              opts,
            ),
      );
    }
  };
}

/** Replaces recorded values by references to their sources: an id, or an output: whole, trimmed, or some words of it. */
function relinked(
  value: unknown,
  sources: readonly { readonly known: Exported; readonly object: pulumi.CustomResource }[],
): unknown {
  if (Array.isArray(value)) return value.map((item) => relinked(item, sources));
  if (typeof value === "object" && value !== null && !pulumi.Output.isInstance(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, relinked(inner, sources)]));
  if (typeof value !== "string" && typeof value !== "number") return value;
  for (const { known, object } of sources) {
    if (String(value) === known.id) return typeof value === "number" ? object.id.apply(Number) : object.id;
    if (typeof value !== "string") continue;
    for (const [key, output] of Object.entries(known.outputs ?? {})) {
      const plain = opened(output);
      if (typeof plain !== "string" || plain.length < 7) continue;
      const whole = pulumi.output((object as unknown as Record<string, pulumi.Output<string>>)[key]);
      if (plain === value) return whole;
      if (plain.trim() === value) return whole.apply((text) => String(text).trim());
      // A key in what a command said: the words at the same place.
      const place = wordsIn(plain, value);
      if (place !== undefined)
        return whole.apply((text) =>
          words(String(text))
            .slice(...place)
            .join(" "),
        );
      // The address in a kubeconfig.
      if (key === "ipAddress" && value.includes(plain))
        return whole.apply((text) => value.replaceAll(plain, String(text)));
    }
  }
  return value;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Place of some words in a text, as the bounds of a slice of its words; undefined for words that are short or not there. */
function wordsIn(text: string, some: string): readonly [start: number, end: number] | undefined {
  if (some.length < 40) return undefined;
  const [all, wanted] = [words(text), words(some)];
  const start = all.findIndex((_, i) => wanted.every((word, k) => all[i + k] === word));
  return start < 0 ? undefined : [start, start + wanted.length];
}

/** Plain values, secrets opened. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  if (mark in value) return "plaintext" in value ? opened(JSON.parse(String(value.plaintext))) : undefined;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
}

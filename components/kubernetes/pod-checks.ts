import * as pulumi from "@pulumi/pulumi";
import { invalid, tryParse, validate } from "../core/errors";
import { dnsLabel } from "../core/names";
import { countInRange } from "../core/numbers";
import { readSecret, Secret } from "../core/secret";
import { fields, items, list, record } from "../core/shapes";
import { tier, Tier, tierText } from "../core/tier";
import { InitContainer, resources as readResources } from "./container";
import { Mount, mounts as readMounts } from "./mounts";
import { connections, readLinks } from "./peers";
import { hasPolicy, readConnections } from "./policies";
import type { PodArgs } from "./workload-args";

/**
 * Parsers of the arguments that everything with pods has, for `validateArgs`.
 *
 * @param name name of the objects, from `objectsName`.
 */
export const podParsers = (name: string, args: PodArgs) => {
  const { namespace, env = {}, secretEnv = {}, podFields = {}, mounts = [], init = [] } = args;
  const registry = namespace.cluster.registry;
  return {
    // Kubernetes appends up to 11 characters to the names of pods, and a label has 63.
    name: () => dnsLabel(name, 52),
    tier: () => ownTier(args.tier, name, namespace.name),
    role: () => roleName(args.role ?? name),
    image: () => withinRegistry(args.image, registry),
    user: () => unprivilegedUser(args.user),
    env: () => variables(env, plainOrKnown),
    secretEnv: () => variables(secretEnv, readSecret),
    podFields: () => variables(podFields, (value, key) => fieldPath(value, key)),
    variables: () => saidOnce({ env, secretEnv, podFields }),
    mounts: () => readMounts(mounts),
    init: () => initContainers(init, name, registry),
    secretNames: () => secretNames(secretEnv, mounts, init),
    resources: () => readResources(args.resources),
    command: () => words(args.command),
    args: () => words(args.args),
    policies: () => namedOnce(args),
    ...connectionParsers(args),
  };
};

const connectionParsers = (args: PodArgs) => {
  const { namespace, policies, links = [], ingress = [], egress = [] } = args;
  const own = tryParse(() => readConnections(args.tier, readLinks(policies?.links ?? links), namespace));
  return {
    links: () => void (own ?? readConnections(args.tier, readLinks(policies?.links ?? links), namespace)),
    ingress: () => [...(own?.ingress ?? []), ...connections(ingress, namespace.isolatedFrom)],
    egress: () => [...(own?.egress ?? []), ...connections(egress, namespace.isolatedFrom)],
  };
};

/** Name of a component's objects in Kubernetes: its tier's, with which its own name ends. */
export const objectsName = (name: string, tier: Tier): string => {
  const { name: given } = fields(tier);
  return typeof given === "string" && name.endsWith(`-${given}`) ? given : name;
};

/** @throws RangeError unless it is a tier of that name and namespace: objects, policies and links find each other by them. */
function ownTier(given: Tier, name: string, namespace: string): Tier {
  const one = record(given, "a tier", `tier("${namespace}", "${name}", { http: 8000 })`) as Tier;
  const valid = tier(one.namespace, one.name, one.ports);
  if (valid.name !== name || valid.namespace !== namespace)
    throw invalid(
      `the tier "${namespace}/${name}"`,
      tierText(valid),
      "give the component the name and the namespace of its tier",
    );
  return valid;
}

/** @throws RangeError when policies were made beforehand, and connections are given that these do not have. */
function namedOnce({ policies, tier: own, links = [], ingress = [], egress = [] }: PodArgs): void {
  if (policies === undefined) return;
  hasPolicy(policies, own);
  const others = items(links).length + items(ingress).length + items(egress).length;
  if (others > 0)
    throw invalid("no connections beside those of its policies", others, "give the policies a link for each");
}

/** @throws RangeError unless it is one to 40 characters of words. */
function roleName(value: unknown): string {
  if (typeof value !== "string" || !/^[a-z][a-z0-9-]{0,50}[a-z0-9]$/.test(value))
    throw invalid("a role of 2 to 52 lower-case letters, digits and inner hyphens", value, 'name it like "signalling"');
  return value;
}

/** An image that the operator's registry mirrors, with a tag or a digest. @throws RangeError for any other: hosts reach no other registry. */
export function withinRegistry(value: unknown, registry: string): string {
  if (typeof value !== "string" || !value.startsWith(`${registry}/`))
    throw invalid(
      `an image in ${registry}`,
      value,
      "mirror it there and name it by image(registry, { path, upstream, version })",
    );
  const reference = value.slice(registry.length + 1);
  if (
    !/^[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?(@sha256:[0-9a-f]{64})?$/.test(reference) ||
    !/[:@]/.test(reference)
  )
    throw invalid("an image with a tag or a digest", value, "name the version");
  if (/:latest(@|$)/.test(reference)) throw invalid("a version that does not move", value, "name the version");
  return value;
}

/** @throws RangeError for root, and for what is no user number. */
function unprivilegedUser(value: unknown): number {
  if (value === 0) throw invalid("a user other than root", value, "take the image's own user");
  return countInRange(value, "a user number", 1, 2 ** 31 - 1);
}

/** Environment variables. @throws RangeError for every name that is none, and every value that is refused. */
function variables<T>(
  values: Readonly<Record<string, T>>,
  read: (value: T, key: string) => unknown,
): Readonly<Record<string, T>> {
  const given = record(values, "variables by name", '{ LOG_LEVEL: "info" }') as Readonly<Record<string, T>>;
  const problems = Object.entries(given).flatMap(([key, value]): string[] => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
      return [invalid("the name of a variable", key, "use letters, digits and underscores").message];
    try {
      read(value, key);
      return [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return error.message.split("\n").map((line) => `${key}: ${line}`);
    }
  });
  if (problems.length > 0) throw new RangeError(problems.join("\n"));
  return given;
}

function plainOrKnown(value: pulumi.Input<string>): void {
  if (typeof value !== "string" && !pulumi.Output.isInstance(value) && !(value instanceof Promise))
    throw invalid("a text", value, "give one, or leave the variable out");
}

function fieldPath(value: unknown, key: string): void {
  if (typeof value !== "string" || value === "")
    throw invalid(`a value of ${key}`, value, 'give a field of the pod like "spec.nodeName"');
}

/** @throws RangeError for variables that stand in two places: which one the program sees is Kubernetes' choice. */
function saidOnce(places: Readonly<Record<string, Readonly<Record<string, unknown>>>>): void {
  const all = Object.entries(places).flatMap(([place, values]) =>
    Object.keys(fields(values)).map((key) => ({ place, key })),
  );
  const twice = all.flatMap(({ place, key }, i) => {
    const other = all.slice(0, i).find((one) => one.key === key);
    return other === undefined
      ? []
      : [invalid("each variable once", `${key} in ${other.place} and in ${place}`, "remove one of them").message];
  });
  if (twice.length > 0) throw new RangeError(twice.join("\n"));
}

function initContainers(values: readonly InitContainer[], name: string, registry: string): readonly InitContainer[] {
  const names = [name, ...items(values).map((one) => fields(one).name)];
  return list(values, "init containers", "[] for none", (one) => {
    const {
      name: own,
      image,
      command,
      args,
      env = {},
      secretEnv = {},
      resources,
    } = record(one, "an init container", '{ name: "migrate", image, command: ["/migrate"] }');
    validate({
      name: () => {
        if (names.filter((other) => other === dnsLabel(own, 30)).length > 1)
          throw invalid("a container name of its own", own, "rename the init container");
      },
      image: () => withinRegistry(image, registry),
      command: () => words(command),
      args: () => words(args),
      env: () => variables(env, plainOrKnown),
      secretEnv: () => variables(secretEnv, readSecret),
      variables: () => saidOnce({ env, secretEnv }),
      resources: () => (resources === undefined ? undefined : readResources(resources)),
    });
    return one;
  });
}

/** @throws RangeError for mounts whose Secret has the name of one with variables. */
function secretNames(
  secretEnv: Readonly<Record<string, Secret>>,
  mounts: readonly Mount[],
  init: readonly InitContainer[],
): void {
  const taken = [
    ...(Object.keys(fields(secretEnv)).length > 0 ? ["env"] : []),
    ...items(init).flatMap(({ name, secretEnv: values = {} }) =>
      Object.keys(values).length > 0 ? [`${name}-env`] : [],
    ),
  ];
  for (const mount of items(mounts))
    if ("secrets" in mount && taken.includes(mount.name))
      throw invalid("a mount whose Secret has a name of its own", mount.name, "rename the mount");
}

/** Words of a command. @throws RangeError for an empty list and for what is no text. */
export function words(value: readonly string[] | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0 || value.some((word) => typeof word !== "string"))
    throw invalid("words of a command", value, "give a list of texts, or leave it out");
  return value;
}

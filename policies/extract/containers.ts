import { having } from "./keys";
import { attached } from "./memo";
import { at, entries, isList, isObject, items, type Properties, unknown, type Value, worded } from "./value";

/** A container as Kubernetes, compose or Docker describes it. */
export interface Container {
  /** Path in the resource: `spec.template.spec.containers[0]`. */
  readonly path: string;
  readonly image: string | typeof unknown | undefined;
  /** Its environment; unknown for a variable that is set from another object. */
  readonly environment: ReadonlyMap<string, string | typeof unknown>;
  /** Objects or files whose entire content goes into the environment. */
  readonly sources: readonly EnvironmentSource[];
  /** Command line, one string. */
  readonly command: string;
  /** Ports of the host that lead to it. */
  readonly hostPorts: readonly HostPort[];
}

/** A port of a host that leads to a container, whatever filter stands before its pod. */
export interface HostPort {
  readonly port: number;
  /** The last one of a range. @default the same */
  readonly last?: number;
  readonly protocol: "tcp" | "udp";
}

/** An object whose keys become variables. */
export interface EnvironmentSource {
  readonly kind: "ConfigMap" | "Secret" | "file";
  readonly name: string | undefined;
  /** Put before every key. @default nothing */
  readonly prefix?: string;
}

const containerKeys = new Set(["containers", "initContainers", "ephemeralContainers"]);

const holdsContainers = having((key) => containerKeys.has(key) || key === "services");

/** Every container in a value, at any depth: pods, their templates, lists of manifests, compose files. */
export const containersIn = (value: Value): readonly Container[] =>
  holdsContainers(value) && (isObject(value) || isList(value)) ? allIn(value) : [];

const allIn = attached((value: Properties | readonly Value[]): readonly Container[] => {
  const found: Container[] = [];
  walk(value, "", found);
  return found;
});

function walk(value: Value, path: string, found: Container[]): void {
  if (isList(value)) return value.forEach((item, i) => walk(item, `${path}[${i}]`, found));
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (typeof item !== "object" || item === null) continue;
    const here = path === "" ? key : `${path}.${key}`;
    if (containerKeys.has(key) && isList(item))
      item.forEach((entry, i) => {
        if (isObject(entry) && "image" in entry) found.push(container(entry, `${here}[${i}]`));
      });
    else if (key === "services" && isObject(item))
      for (const service of Object.keys(item)) {
        const entry = item[service];
        if (isObject(entry) && "image" in entry) found.push(container(entry, `${here}.${service}`));
        else walk(entry, `${here}.${service}`, found);
      }
    else walk(item, here, found);
  }
}

/** Reads one container. */
export function container(entry: Value, path: string): Container {
  const image = at(entry, "image");
  const sources = [
    ...items(at(entry, "envFrom")).flatMap((source): EnvironmentSource[] => {
      const kind = isObject(source) && "secretRef" in source ? "Secret" : "ConfigMap";
      const name = at(source, kind === "Secret" ? "secretRef" : "configMapRef", "name");
      const prefix = at(source, "prefix");
      return [
        { kind, name: typeof name === "string" ? name : undefined, ...(typeof prefix === "string" ? { prefix } : {}) },
      ];
    }),
    ...(at(entry, "env_file") === undefined && !passesOn(entry) ? [] : [{ kind: "file" as const, name: undefined }]),
    ...(at(entry, "envFrom") === unknown || at(entry, "env") === unknown
      ? [{ kind: "file" as const, name: undefined }]
      : []),
  ];
  const lines: readonly Value[] = [at(entry, "command"), at(entry, "args"), at(entry, "entrypoint")];
  const words = lines.flatMap((line): Value | readonly Value[] => line);
  return {
    path,
    image: typeof image === "string" || image === unknown ? image : undefined,
    environment: environment(entry),
    sources,
    command: words.filter((word) => typeof word === "string").join(" "),
    hostPorts: items(at(entry, "ports")).flatMap((port): readonly HostPort[] => {
      if (typeof port === "string") return published(port);
      const given = at(port, "hostPort") ?? at(port, "published");
      const number = typeof given === "string" && /^\d{1,5}$/.test(given) ? Number(given) : given;
      return typeof number === "number"
        ? [{ port: number, protocol: worded(at(port, "protocol")).toLowerCase() === "udp" ? "udp" : "tcp" }]
        : [];
    }),
  };
}

/** A port of compose in its short form, `[address:]published:target[/protocol]`. One that is bound to the machine itself leads nowhere. */
function published(text: string): readonly HostPort[] {
  const [, address = "", first, last, protocol] =
    /^(?:(\[[0-9a-f:]+\]|[\d.]+):)?(\d{1,5})(?:-(\d{1,5}))?:\d{1,5}(?:-\d{1,5})?(?:\/(tcp|udp))?$/i.exec(text) ?? [];
  if (first === undefined || /^(127\.|\[::1\])/.test(address)) return [];
  return [
    {
      port: Number(first),
      ...(last === undefined ? {} : { last: Number(last) }),
      protocol: protocol?.toLowerCase() === "udp" ? "udp" : "tcp",
    },
  ];
}

/** True if compose hands variables of its own shell to a container. */
const passesOn = (entry: Value): boolean =>
  items(at(entry, "environment")).some((pair) => typeof pair === "string" && pair !== "" && !pair.includes("="));

function environment(entry: Value): ReadonlyMap<string, string | typeof unknown> {
  const result = new Map<string, string | typeof unknown>();
  for (const variable of items(at(entry, "env"))) {
    const name = at(variable, "name");
    const value = at(variable, "value");
    if (typeof name !== "string") continue;
    const elsewhere = value === unknown || at(variable, "valueFrom") !== undefined;
    result.set(name, elsewhere ? unknown : text(value));
  }
  const lists: readonly Value[] = [at(entry, "environment"), at(entry, "envs")];
  for (const list of lists) {
    for (const [name, value] of entries(list)) result.set(name, value === unknown ? unknown : text(value));
    for (const pair of items(list)) {
      // A name alone is passed on from a shell that nobody sees.
      if (typeof pair !== "string" || !pair.includes("=")) continue;
      const [name = "", ...rest] = pair.split("=");
      result.set(name, rest.join("="));
    }
  }
  return result;
}

const text = (value: Value): string => (value === undefined || value === null ? "" : worded(value));

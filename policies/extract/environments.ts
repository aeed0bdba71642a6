import type { Item, Subject, Verdict } from "../rule";
import type { Container } from "./containers";
import { containers, reading } from "./scan";
import { at, entries, unknown } from "./value";

/** Variables of a container; the unknown stands for what is set from elsewhere. */
export type Environment = ReadonlyMap<string, string | typeof unknown>;

/**
 * Judges containers whose environment comes from ConfigMaps and Secrets together with these. An object that nobody in the stack made may hold anything: what
 * is asked of it is undetermined.
 */
export function judgeResolved(
  subjects: readonly Subject[],
  judge: (container: Container, environment: Environment) => readonly Item[],
): Verdict {
  const objects = new Map(
    subjects
      .filter(({ type }) => type === "kubernetes:core/v1:ConfigMap" || type === "kubernetes:core/v1:Secret")
      .map(({ type, properties }) => [
        key(type.endsWith("Secret") ? "Secret" : "ConfigMap", properties, at(properties, "metadata", "name")),
        properties,
      ]),
  );
  const sourced = subjects
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .flatMap((subject) => containers(reading(subject)).map((container) => ({ subject, container })))
    .filter(({ container }) => container.sources.length > 0);
  if (sourced.length === 0) return undefined;
  return sourced.flatMap(({ subject, container }) => {
    const { environment, missing } = resolve(container, subject, objects);
    return judge(container, environment).map((item): Item => {
      // What a missing object may hold is no finding yet.
      if ("found" in item && missing !== undefined)
        return {
          undetermined: `the environment of ${container.path} comes from ${missing}, which this stack does not make`,
          action: "make it in this stack, or set the variables at the container",
          urn: subject.urn,
        };
      return { ...item, urn: subject.urn };
    });
  });
}

function resolve(
  container: Container,
  subject: Subject,
  objects: ReadonlyMap<string, Subject["properties"]>,
): { readonly environment: Environment; readonly missing: string | undefined } {
  const environment = new Map<string, string | typeof unknown>();
  let missing: string | undefined;
  for (const { kind, name, prefix = "" } of container.sources) {
    const object = objects.get(key(kind, subject.properties, name));
    if (object === undefined) missing = `${kind} ${name ?? ""}`.trim();
    for (const part of ["data", "stringData"])
      for (const [variable, value] of entries(at(object, part)))
        environment.set(`${prefix}${variable}`, typeof value === "string" && kind === "ConfigMap" ? value : unknown);
  }
  for (const [name, value] of container.environment) environment.set(name, value);
  return { environment, missing };
}

const key = (kind: string, properties: Subject["properties"], name: unknown): string => {
  const namespace = at(properties, "metadata", "namespace");
  return `${kind}/${typeof namespace === "string" ? namespace : "default"}/${typeof name === "string" ? name : ""}`;
};

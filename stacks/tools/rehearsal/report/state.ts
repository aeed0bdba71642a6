import { fields, flag, Plain, plain, text } from "./plain";

/** One resource of a stack from the engine's state; secrets are hidden. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  /** Its id at the provider; undefined for components and before it is made. */
  readonly id?: string;
  readonly parent?: string;
  /** URN of its provider; undefined for components, and if the engine did not say. */
  readonly provider?: string;
  readonly protect: boolean;
  readonly inputs: Readonly<Record<string, Plain>>;
  readonly outputs: Readonly<Record<string, Plain>>;
}

/** Reads the output of `pulumi stack export`. Resources that are pending deletion are left out. */
export function resourcesOfState(exported: unknown): readonly StateResource[] {
  const deployment = fields(fields(plain(exported))["deployment"]);
  const resources = deployment["resources"];
  return Array.isArray(resources)
    ? resources.filter((resource: Plain) => !flag(fields(resource)["delete"])).flatMap(resource)
    : [];
}

/** Reads the resources that a preview planned, from the engine's events, for a run that was blocked. */
export function resourcesOfEvents(events: readonly unknown[]): readonly StateResource[] {
  const found = new Map<string, StateResource>();
  for (const event of events) {
    const metadata = pick(event, "resOutputsEvent") ?? pick(event, "resourcePreEvent");
    for (const planned of metadata === undefined ? [] : resource(plain(metadata))) found.set(planned.urn, planned);
  }
  return [...found.values()];
}

function pick(event: unknown, kind: string): unknown {
  const metadata = fields(fields(fields(event as Plain)[kind])["metadata"]);
  return metadata["new"] ?? undefined;
}

function resource(value: Plain): StateResource[] {
  const { urn, type, id, parent, protect, provider, inputs, outputs } = fields(value);
  const [where, kind] = [text(urn), text(type)];
  if (where === undefined || kind === undefined || kind === "pulumi:pulumi:Stack") return [];
  const known = { id: text(id) || undefined, parent: text(parent) || undefined };
  // A reference to a provider is its URN and its id.
  const [, answering] = /^(.+)::[^:]+$/.exec(text(provider) ?? "") ?? [];
  return [
    {
      urn: where,
      type: kind,
      name: where.slice(where.lastIndexOf("::") + 2),
      ...(known.id === undefined ? {} : { id: known.id }),
      ...(known.parent === undefined ? {} : { parent: known.parent }),
      ...(answering === undefined ? {} : { provider: answering }),
      protect: flag(protect),
      inputs: fields(inputs),
      outputs: fields(outputs),
    },
  ];
}

/** Resources of a type, ours by their short name: `ofType(all, "HostPool")`. */
export const ofType = (resources: readonly StateResource[], ...types: readonly string[]): readonly StateResource[] =>
  resources.filter(({ type }) =>
    types.some((wanted) => type === (wanted.includes(":") ? wanted : `sovereign-uc:index:${wanted}`)),
  );

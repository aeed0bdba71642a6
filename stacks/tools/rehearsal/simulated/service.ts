import { createHash } from "node:crypto";
import { refuseSameName } from "./adoption";
import { checkShape, Demands, Problem } from "./checks";
import { unknownKeys } from "./configuration";
import { Declared, mapsOf } from "./declarations";
import { Change, difference } from "./diff";
import { FaultPlan } from "./faults";
import {
  CheckContext,
  ExistingOperation,
  Kind,
  Operation,
  PartiallyMade,
  ProviderError,
  SimulatedPackage,
  Stores,
} from "./kind";
import { sealed, unsealed } from "./sealed";
import { echoed, finished, inputsOf, previewed, statesName } from "./outcome";
import type { Store } from "./store";
import { Tables } from "./tables";
import { concealLike, isProperties, own, type Properties, revealAll, text, Unknown } from "./values";

/** Resource of a request. */
export interface Subject {
  readonly urn: string;
  readonly type: string;
}

export interface Difference {
  readonly changes: ReadonlyMap<string, Change>;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** One simulated package: the life cycle of its resources, independent of the transport. */
export class PackageService {
  constructor(
    readonly simulated: SimulatedPackage,
    private readonly tables: Tables,
    private readonly stores: Stores,
    private readonly faults: FaultPlan,
    private readonly report: (line: string) => void,
  ) {}

  get version(): string {
    return this.simulated.version;
  }

  checkConfig(config: Properties, urn = ""): readonly Problem[] {
    return [
      ...unknownKeys(this.simulated.name, config, urn),
      ...(this.simulated.checkConfig?.(revealAll(config)) ?? []),
    ];
  }

  diffConfig(
    old: Properties,
    fresh: Properties,
  ): { readonly changed: readonly string[]; readonly replaces: readonly string[] } {
    const changed = [...difference(old, fresh, { tellsEmpty: true }).keys()];
    return { changed, replaces: changed.length === 0 ? [] : (this.simulated.replacesProvider?.(old, fresh) ?? []) };
  }

  check(
    { urn, type }: Subject,
    olds: Properties,
    news: Properties,
    seed: Uint8Array,
    config: Properties,
    nulls: readonly string[] = [],
  ): { readonly inputs: Properties; readonly problems: readonly Problem[] } {
    const { kind, declared } = this.describe(type);
    this.refresh();
    // The framework's bridge treats null as given by the program, and generates no name. Source: pulumi/pulumi-terraform-bridge v3.137.0, `pkg/pf/tfbridge/provider_check.go`.
    if (kind.autonamed === true && this.isFramework(type) && nulls.includes("name"))
      return {
        inputs: news,
        problems: [{ property: "name", reason: "expected a name, got null; leave it out or state one" }],
      };
    const problems = declared === undefined ? [] : checkShape(news, declared, this.demands(type, kind));
    if (problems.length > 0) return { inputs: news, problems };
    const context: CheckContext = {
      urnName: nameOf(urn),
      olds,
      config,
      stores: this.stores,
      random: (digits) => createHash("sha256").update(urn).update(seed).digest("hex").slice(0, digits),
    };
    const completed = this.completed(kind, news, context);
    return { inputs: completed, problems: kind.check?.(revealAll(completed), context) ?? [] };
  }

  /** Demands of a resource's Terraform SDK on its values, beyond their shape. */
  private demands(type: string, kind: Kind): Demands {
    const { bridged = false } = this.simulated;
    return {
      fractions: bridged ? (kind.fractions ?? []) : undefined,
      sets: this.isFramework(type) ? (kind.sets ?? []) : [],
      wholeObjects: this.isFramework(type),
    };
  }

  private isFramework(type: string): boolean {
    return this.simulated.framework?.includes(type) === true;
  }

  private completed(kind: Kind, news: Properties, context: CheckContext): Properties {
    const defaults: Record<string, Properties[string]> = {};
    for (const [name, value] of Object.entries(kind.defaults ?? {}))
      if (own(news, name) === undefined) defaults[name] = value;
    // A name that the program no longer states is kept. Source: pulumi/pulumi-terraform-bridge v3.137.0, `pkg/tfbridge/info/autonaming.go` (ComputeAutoNameDefault).
    if (kind.autonamed === true && own(news, "name") === undefined)
      defaults["name"] = text(context.olds, "name") ?? `${context.urnName}-${context.random(7)}`;
    const noted = this.simulated.bridged === true ? { __defaults: Object.keys(defaults).sort() } : {};
    const inputs = { ...news, ...defaults, ...noted };
    return kind.complete === undefined ? inputs : kind.complete(inputs, context);
  }

  diff(
    { type }: Subject,
    oldInputs: Properties,
    news: Properties,
    config: Properties,
    state: Properties = {},
  ): Difference {
    const { kind, declared } = this.describe(type);
    const tellsEmpty = this.simulated.bridged !== true || this.isFramework(type);
    const maps = declared === undefined ? [] : mapsOf(declared);
    const rules = { tellsEmpty, maps, ...kind, ...kind.rules?.(revealAll(news), config) };
    const changes = new Map(difference(oldInputs, news, rules, state));
    if (kind.due?.(revealAll(state), revealAll(news)) === true)
      changes.set("readyForRenewal", { kind: "update", replace: true });
    const replaces = [...changes].filter(([, { replace }]) => replace).map(([path]) => path);
    return {
      changes,
      replaces,
      deleteBeforeReplace: replaces.length > 0 && this.deletesFirst(type, kind, oldInputs, news),
    };
  }

  private deletesFirst(type: string, kind: Kind, old: Properties, fresh: Properties): boolean {
    if (kind.deletesFirst !== undefined) return kind.deletesFirst(old, fresh);
    const { bridged = false, framework = [] } = this.simulated;
    return bridged && !framework.includes(type) && kind.autonamed === true && statesName(fresh);
  }

  async create(
    { urn, type }: Subject,
    inputs: Properties,
    preview: boolean,
    config: Properties,
  ): Promise<{ readonly id: string; readonly properties: Properties }> {
    const { kind, declared } = this.describe(type);
    if (preview) return { id: "", properties: previewed(kind, declared, inputs) };
    const store = this.refresh();
    this.simulated.reach?.(config, this.stores, "create");
    const known = revealAll(inputs);
    const name = text(known, "name") ?? nameOf(urn);
    const fault = this.faults.next(type, "create", nameOf(urn));
    if (fault !== undefined && !fault.startsWith("timeout"))
      throw new ProviderError(this.simulated.faultText(fault, type, name));
    if (kind.uniqueName === true) refuseSameName(store, kind, type, name, known);
    const { id, outputs } = kind.create({
      type,
      urnName: nameOf(urn),
      inputs: known,
      config,
      store,
      stores: this.stores,
    });
    const properties = finished(kind, inputs, outputs);
    const key = keyOf(kind, id, config);
    if (store.get(type, key) !== undefined) throw new Error(`two objects of type ${type} have the key "${key}"`);
    store.put(type, key, sealed(properties, kind.hidden));
    await store.flush();
    this.report(`${this.simulated.name}: made ${brief(type)} "${name}" (${id})`);
    if (fault === "timeout-after-made") throw new ProviderError(this.simulated.faultText(fault, type, name));
    if (fault === "timeout-with-id")
      throw new PartiallyMade(this.simulated.faultText(fault, type, name), id, properties, inputs);
    return { id, properties };
  }

  async read(
    { type }: Subject,
    id: string,
    state: Properties,
    oldInputs: Properties,
    config: Properties,
  ): Promise<{ readonly id: string; readonly properties: Properties; readonly inputs: Properties }> {
    const { kind, declared } = this.describe(type);
    const store = this.refresh();
    this.failIfPlanned(type, "read", id);
    if (this.simulated.reach?.(config, this.stores, "read") === false) return { id: "", properties: {}, inputs: {} };
    const plainId = kind.parsedId?.(id) ?? id;
    const stored = store.get(type, keyOf(kind, plainId, config));
    if (stored === undefined) return { id: "", properties: {}, inputs: {} };
    const properties = unsealed(stored.properties, state);
    return { id: plainId, properties, inputs: inputsOf(kind, declared, properties, oldInputs) };
  }

  async update(
    { urn, type }: Subject,
    id: string,
    old: { readonly state: Properties; readonly inputs: Properties },
    inputs: Properties,
    preview: boolean,
    config: Properties,
  ): Promise<Properties> {
    const { kind } = this.describe(type);
    const silent = (name: string): boolean => own(inputs, name) === undefined;
    const keeps = (kind.keeps ?? []).filter(
      (name) => silent(name) && own(old.state, name) !== undefined && kind.volatile?.includes(name) !== true,
    );
    const dropped = Object.keys(old.inputs).filter((name) => silent(name) && !keeps.includes(name));
    const kept = Object.fromEntries(Object.entries(old.state).filter(([name]) => !dropped.includes(name)));
    if (preview) {
      const unknown = Object.fromEntries((kind.volatile ?? []).map((name) => [name, Unknown.value]));
      return { ...kept, ...echoed(kind, inputs), ...unknown };
    }
    const store = this.refresh();
    this.simulated.reach?.(config, this.stores, "update");
    this.failIfPlanned(type, "update", nameOf(urn));
    const key = keyOf(kind, id, config);
    if (store.get(type, key) === undefined)
      throw new ProviderError(
        `${brief(type)} "${id}" not found (not_found): somebody else has removed it; run a refresh first`,
      );
    // Properties that the program leaves out and the provider computes keep their value in an update.
    const standing = Object.fromEntries(keeps.map((name) => [name, own(old.state, name) ?? null]));
    const operation = this.existing(urn, type, id, old.state, revealAll({ ...standing, ...inputs }), config);
    const outputs = kind.update?.(operation) ?? {};
    const properties = concealLike(finished(kind, inputs, { ...kept, ...inputs, ...outputs }), old.state);
    if (!isProperties(properties)) return {};
    store.put(type, key, sealed(properties, kind.hidden));
    await store.flush();
    this.report(`${this.simulated.name}: changed ${brief(type)} "${text(properties, "name") ?? nameOf(urn)}" (${id})`);
    return properties;
  }

  async remove({ urn, type }: Subject, id: string, state: Properties, config: Properties): Promise<void> {
    const { kind } = this.describe(type);
    const store = this.refresh();
    this.failIfPlanned(type, "delete", nameOf(urn));
    const key = keyOf(kind, id, config);
    const gone = this.simulated.reach?.(config, this.stores, "delete") === false;
    if (gone || store.get(type, key) === undefined) return;
    kind.remove?.(this.existing(urn, type, id, state, revealAll(state), config));
    store.remove(type, key);
    await store.flush();
    this.report(`${this.simulated.name}: removed ${brief(type)} "${text(state, "name") ?? nameOf(urn)}" (${id})`);
  }

  private existing(
    urn: string,
    type: string,
    id: string,
    state: Properties,
    inputs: Properties,
    config: Properties,
  ): ExistingOperation {
    const operation: Operation = { type, urnName: nameOf(urn), inputs, config, store: this.store, stores: this.stores };
    return { ...operation, id, state: revealAll(state) };
  }

  private get store(): Store {
    const store = this.stores[this.simulated.name];
    if (store === undefined)
      throw new RangeError(`expected a store for the package "${this.simulated.name}", got none; open one first`);
    return store;
  }

  /** Every request sees changes that a person made in the files meanwhile. */
  private refresh(): Store {
    for (const store of Object.values(this.stores)) store.refresh();
    return this.store;
  }

  private describe(type: string): { readonly kind: Kind; readonly declared: Declared | undefined } {
    const kind = this.simulated.kind(type);
    if (kind === undefined)
      throw new ProviderError(
        `expected a resource type that the simulated "${this.simulated.name}" has, got "${type}"; add it to its facts`,
      );
    return { kind, declared: this.tables.get(type) };
  }

  private failIfPlanned(type: string, operation: "read" | "update" | "delete", name: string): void {
    const fault = this.faults.next(type, operation, operation === "read" ? undefined : name);
    if (fault !== undefined) throw new ProviderError(this.simulated.faultText(fault, type, name));
  }
}

const keyOf = (kind: Kind, id: string, config: Properties): string => kind.key?.(id, config) ?? id;

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

const brief = (type: string): string => type.slice(type.lastIndexOf(":") + 1);

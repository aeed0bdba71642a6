import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { compileFunction } from "node:vm";
import { transformSync } from "@swc/core";
import { jest as config } from "../../../package.json";
import { root } from "./mutants";
import { Collector, type Test } from "./tests";

type Loaded = (...values: readonly unknown[]) => void;

/** A mutant: the file that is broken, and its code. */
export interface Changed {
  readonly file: string;
  readonly code: Loaded;
}

const collector = new Collector();
const own = ["exports", "require", "module", "__filename", "__dirname", "siteMarks"];
const names = [...own, ...Object.keys(collector.globals)];

/** Compiles a source as the project's Jest does. */
export function compiled(file: string, source: string): Loaded {
  const [, options] = config.transform["\\.ts$"];
  const { code } = transformSync(source, { ...(options as object), filename: join(root, file), sourceMaps: false });
  return compileFunction(code, names, { filename: join(root, file) }) as Loaded;
}

/** Tests that deploy components of ours on mocks of Jest's: the packs are not what they are about. */
const deploying = new Set(["test/policies/ubuntu.test.ts"]);

/** Variable that names the tests that are used, for the processes that this one starts. */
const chosen = "SOVEREIGN_UC_MUTATION_TESTS";

/** Words of which one stands in the path of every test that is used; all tests are used where there is none. */
export const chosenTests = (): readonly string[] =>
  (process.env[chosen] ?? "").split(",").filter((word) => word !== "");

export const chooseTests = (words: string): void => void (process.env[chosen] = words);

/** Files of the tests of the packs. */
export const testFiles = (): readonly string[] =>
  ["test/policies", "test/policies/rules"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => `${folder}/${name}`)
      .filter((file) => !deploying.has(file))
      .filter((file) => chosenTests().length === 0 || chosenTests().some((word) => file.includes(word))),
  );

/** One set of modules, with the tests that they define. */
interface World {
  readonly modules: Map<string, { exports: unknown }>;
  readonly tests: Map<string, readonly Test[]>;
  readonly changed: Changed | undefined;
}

const empty = (changed?: Changed): World => ({ modules: new Map(), tests: new Map(), changed });

/**
 * Modules of the project, compiled once. A mutant gets anew what imports the file that it breaks, by whatever way; everything else is the same for all, since
 * nothing in it can tell. Modules of others are those of this process.
 */
export class Modules {
  private readonly files = new Map<string, Loaded>();
  private readonly importers = new Map<string, Set<string>>();
  private readonly whole = empty();

  /**
   * @param sites marks that sources set where they are come by.
   * @param source text of a file, if it is another than the one on the disk.
   */
  constructor(
    private readonly sites = new Uint8Array(0),
    private readonly source: (file: string) => string | undefined = () => undefined,
  ) {}

  /** Tests of a file without a mutant. */
  tests(file: string): readonly Test[] {
    return this.testsIn(this.whole, file);
  }

  /** Exports of a module without a mutant. */
  exports(file: string): unknown {
    return this.load(this.whole, file);
  }

  /** Tests by their file with a mutant. The files have to have been loaded without one before. */
  with(changed: Changed): (file: string) => readonly Test[] {
    const world = empty(changed);
    const anew = this.dependents(changed.file);
    for (const [file, module] of this.whole.modules) if (!anew.has(file)) world.modules.set(file, module);
    return (file) => this.testsIn(world, file);
  }

  private testsIn(world: World, file: string): readonly Test[] {
    const known = world.tests.get(file);
    if (known !== undefined) return known;
    const tests = collector.collect(() => void this.load(world, file));
    world.tests.set(file, tests);
    return tests;
  }

  private load(world: World, file: string): unknown {
    const known = world.modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as unknown };
    world.modules.set(file, module);
    const outside = createRequire(join(root, file));
    const inside = (target: string): unknown => {
      const path = relative(root, join(root, dirname(file), target));
      const found = target.startsWith(".")
        ? [`${path}.ts`, `${path}/index.ts`].find((name) => this.files.has(name) || existsSync(join(root, name)))
        : undefined;
      if (found === undefined) return outside(target);
      this.importers.set(found, (this.importers.get(found) ?? new Set()).add(file));
      return this.load(world, found);
    };
    (world.changed?.file === file ? world.changed.code : this.code(file))(
      module.exports,
      Object.assign(inside, { resolve: outside.resolve }),
      module,
      join(root, file),
      join(root, dirname(file)),
      this.sites,
      ...Object.values(collector.globals),
    );
    return module.exports;
  }

  /** A file and everything that imports it, itself or by way of others. */
  private dependents(file: string, found = new Set<string>()): ReadonlySet<string> {
    if (!found.has(file)) {
      found.add(file);
      for (const importer of this.importers.get(file) ?? []) this.dependents(importer, found);
    }
    return found;
  }

  private code(file: string): Loaded {
    const known = this.files.get(file);
    if (known !== undefined) return known;
    const made = compiled(file, this.source(file) ?? readFileSync(join(root, file), "utf8"));
    this.files.set(file, made);
    return made;
  }
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { compileFunction } from "node:vm";
import { transformSync } from "@swc/core";
import { jest as config } from "../../../package.json";
import { root } from "./mutants";
import { Collector, type Test } from "./tests";

type Loaded = (...values: readonly unknown[]) => void;

/** Called whenever a test, or a module while it is loaded, comes by a site. */
export type Reached = (file: string, site: number) => void;

const collector = new Collector();
const own = ["exports", "require", "module", "__filename", "__dirname", "siteReached"];
const names = [...own, ...Object.keys(collector.globals)];

/** Compiles a source as the project's Jest does. */
export function compiled(file: string, source: string): Loaded {
  const [, options] = config.transform["\\.ts$"];
  const { code } = transformSync(source, { ...(options as object), filename: join(root, file), sourceMaps: false });
  return compileFunction(code, names, { filename: join(root, file) }) as Loaded;
}

/** Files of the tests of the packs. */
export const testFiles = (): readonly string[] =>
  ["test/policies", "test/policies/rules"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => `${folder}/${name}`),
  );

/**
 * Modules of the project, compiled once and run as often as wanted: each set of modules starts from nothing, as in a process of its own, within milliseconds.
 * Modules of others are those of this process.
 */
export class Modules {
  private readonly files = new Map<string, Loaded>();

  /** @param source text of a file, if it is another than the one on the disk. */
  constructor(
    private readonly reached: Reached = () => undefined,
    private readonly source: (file: string) => string | undefined = () => undefined,
  ) {}

  /** Tests of some files, on modules that are all new. */
  tests(
    files: readonly string[],
    other?: { readonly file: string; readonly code: Loaded },
  ): ReadonlyMap<string, readonly Test[]> {
    const modules = new Map<string, { exports: unknown }>();
    const load = (file: string): unknown => {
      const known = modules.get(file);
      if (known !== undefined) return known.exports;
      const module = { exports: {} as unknown };
      modules.set(file, module);
      const outside = createRequire(join(root, file));
      const inside = (target: string): unknown => {
        const path = relative(root, join(root, dirname(file), target));
        const found = target.startsWith(".")
          ? [`${path}.ts`, `${path}/index.ts`].find((name) => existsSync(join(root, name)))
          : undefined;
        return found === undefined ? outside(target) : load(found);
      };
      (other?.file === file ? other.code : this.code(file))(
        module.exports,
        Object.assign(inside, { resolve: outside.resolve }),
        module,
        join(root, file),
        join(root, dirname(file)),
        this.reached,
        ...Object.values(collector.globals),
      );
      return module.exports;
    };
    return new Map(files.map((file) => [file, collector.collect(() => void load(file))] as const));
  }

  private code(file: string): Loaded {
    const known = this.files.get(file);
    if (known !== undefined) return known;
    const made = compiled(file, this.source(file) ?? readFileSync(join(root, file), "utf8"));
    this.files.set(file, made);
    return made;
  }
}

import { createRequire } from "node:module";
import { format } from "node:util";

/** One test of a file, as Jest would run it. */
export interface Test {
  /** Title with those of the blocks around it, and its number where a title stands there twice. */
  readonly title: string;
  readonly run: () => unknown;
}

type Body = (...values: readonly unknown[]) => unknown;
type Row = readonly unknown[];

interface Define {
  (title: string, body: Body): void;
  readonly each: (rows: readonly unknown[]) => (title: string, body: Body) => void;
  readonly skip: (title: string, body: Body) => void;
}

/** Jest's own `expect`, by way of the declarations that stand for it: it is no dependency of ours. */
const { expect } = createRequire(require.resolve("@types/jest/package.json"))("expect") as { readonly expect: unknown };

interface Block {
  readonly title: string;
  hooked: boolean;
}

/**
 * The part of Jest that the tables of the packs use: blocks, tests, rows. Jest itself takes more than a second to start the files anew, which times thousands
 * of mutants is hours.
 *
 * Blocks with hooks are left out: they start packs in processes of their own, from the disk, where no mutant is.
 */
export class Collector {
  private tests: Test[] = [];
  private blocks: Block[] = [];
  private titles = new Map<string, number>();

  /** Globals of every module, by name. */
  readonly globals: Readonly<Record<string, unknown>>;

  constructor() {
    const block = define((title, body) => {
      this.blocks.push({ title, hooked: false });
      body();
      this.blocks.pop();
    });
    const one = define((title, body) => this.add(title, body));
    const hook = (): void => {
      const block = this.blocks.at(-1);
      if (block !== undefined) block.hooked = true;
    };
    const hooks = Object.fromEntries(["beforeAll", "beforeEach", "afterAll", "afterEach"].map((name) => [name, hook]));
    this.globals = {
      describe: block,
      test: one,
      it: one,
      expect,
      jest: { requireActual: require, setTimeout: () => undefined },
      ...hooks,
    };
  }

  /** Tests that a file defines while it is loaded. */
  collect(load: () => void): readonly Test[] {
    this.tests = [];
    this.titles = new Map();
    this.blocks = [{ title: "", hooked: false }];
    load();
    return this.tests;
  }

  private add(title: string, run: Body): void {
    if (this.blocks.some(({ hooked }) => hooked)) return;
    const whole = [...this.blocks.slice(1).map((block) => block.title), title].join(" › ");
    const count = (this.titles.get(whole) ?? 0) + 1;
    this.titles.set(whole, count);
    this.tests.push({ title: count === 1 ? whole : `${whole} (${count})`, run: () => run() });
  }
}

function define(use: (title: string, body: Body) => void): Define {
  const each =
    (rows: readonly unknown[]) =>
    (title: string, body: Body): void => {
      const list: readonly Row[] = rows.every(Array.isArray) ? (rows as readonly Row[]) : rows.map((row) => [row]);
      for (const row of list) use(filled(title, row), () => body(...row));
    };
  return Object.assign((title: string, body: Body) => use(title, body), { each, skip: () => undefined });
}

/** Title of a row: as many values as there are places for them. */
const filled = (title: string, row: Row): string =>
  format(title, ...row.slice(0, [...title.matchAll(/%[sdijoOp]/g)].length));

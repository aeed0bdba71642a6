import { createHash } from "node:crypto";
import { Opening } from "../core/openings";

/** A file on a host. */
export interface RecipeFile {
  readonly path: string;
  readonly content: string;
  /** @default "0644" */
  readonly mode?: `0${number}`;
  /** @default "root:root" */
  readonly owner?: string;
}

/** A systemd unit that runs, and is restarted when one of its files changed. */
export interface Unit {
  readonly name: string;
  /** Paths of files that it reads. */
  readonly files: readonly string[];
  /** Action for changed files. @default "restart" */
  readonly onChange?: "restart" | "reload";
  /** True if convergence does not wait until it runs, because it may need things that come only after convergence; the health check judges it. @default false */
  readonly later?: boolean;
}

/**
 * The converged part of what is inside a host, as plain data: applied in place over SSH, and again whenever it changes. No cloud, no Pulumi, no
 * side effects: the same settings give the same bytes.
 */
export interface Recipe {
  readonly packages?: readonly string[];
  readonly files?: readonly RecipeFile[];
  readonly units?: readonly Unit[];
  readonly openings?: readonly Opening[];
}

/**
 * Joins recipes in order.
 *
 * @throws RangeError when two of them write one path or run one unit: a host has one owner for each.
 */
export function combine(...recipes: readonly Recipe[]): Required<Recipe> {
  const all = {
    packages: [...new Set(recipes.flatMap((recipe) => recipe.packages ?? []))].sort(),
    files: recipes.flatMap((recipe) => recipe.files ?? []),
    units: recipes.flatMap((recipe) => recipe.units ?? []),
    openings: recipes.flatMap((recipe) => recipe.openings ?? []),
  };
  for (const [what, names] of [
    ["path", all.files.map((file) => file.path)],
    ["unit", all.units.map((unit) => unit.name)],
  ] as const) {
    const twice = names.filter((name, i) => names.indexOf(name) !== i);
    if (twice.length > 0)
      throw new RangeError(`expected one recipe per ${what}, got two for ${twice.join(", ")}; remove one of them`);
  }
  return all;
}

/** SHA-256 of a recipe: what triggers convergence. Secrets are not part of it; they have triggers of their own. */
export const recipeDigest = (recipe: Recipe): string =>
  createHash("sha256").update(JSON.stringify(recipe)).digest("hex");

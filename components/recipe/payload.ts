import { Recipe, RecipeFile } from "./recipe";

/** A file whose content is a secret; in memory only, between the engine and the host. */
export type SecretFile = RecipeFile;

const encoded = (text: string): string => Buffer.from(text, "utf8").toString("base64");

/**
 * Standard input of `converge.sh`: one word per line for what to do, arguments in base64 so that no content can be taken for an
 * instruction. `package NAME`, `file MODE OWNER PATH CONTENT`, `unit ACTION NAME PATH…`, `later NAME` of a unit that is not waited for; the last line is `end`, without which nothing is changed
 * (a cut connection leaves the old state).
 */
export function payload(recipe: Recipe, secrets: readonly SecretFile[] = []): string {
  return [
    ...(recipe.packages ?? []).map((name) => `package ${name}`),
    ...[...(recipe.files ?? []), ...secrets].map(
      ({ path, content, mode = "0644", owner = "root:root" }) =>
        `file ${mode} ${owner} ${encoded(path)} ${encoded(content)}`,
    ),
    ...(recipe.units ?? []).map(({ name, files, onChange = "restart" }) =>
      ["unit", onChange, name, ...files.map(encoded)].join(" "),
    ),
    ...(recipe.units ?? []).filter(({ later }) => later).map(({ name }) => `later ${name}`),
    "end",
    "",
  ].join("\n");
}

import type { Value } from "./value";

/** A file that a recipe puts on a host. */
export interface RecipeFile {
  readonly mode: string;
  readonly path: string;
  readonly content: string;
}

/**
 * The files of a recipe as `converge.sh` reads it on standard input: `package NAME`, `file MODE OWNER PATH CONTENT` with path and content in base64, `unit ACTION
 * NAME PATH…`, `later NAME`, and `end` as the last line. Undefined when the text is anything else.
 *
 * Source: components/recipe/payload.ts and components/recipe/files/converge.sh.
 */
export function recipeFiles(text: Value): readonly RecipeFile[] | undefined {
  if (typeof text !== "string" || !text.endsWith("end\n")) return undefined;
  const files: RecipeFile[] = [];
  for (const line of text.trimEnd().split("\n").slice(0, -1)) {
    const [word, ...rest] = line.split(" ");
    const [mode, , path, content = ""] = rest;
    if (word === "file" && mode !== undefined && path !== undefined && rest.length <= 4)
      files.push({ mode, path: plain(path), content: plain(content) });
    else if (word !== "package" && word !== "unit" && word !== "later") return undefined;
  }
  return files;
}

const plain = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

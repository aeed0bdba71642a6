import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type * as typescript from "typescript";
import { cacheFolder } from "../engine/cache";
import { Declarations, Declared, ObjectShape, Reader, Sources } from "./declarations";

/** Location of the declarations of a package's resource types. */
export interface DeclarationSource {
  /** Cache key: the tables are read again when it changes. */
  readonly version: string;
  /** The file of declarations of a type token, and the class in it; undefined if there is none. */
  locate(token: string): { readonly file: string; readonly name: string } | undefined;
  /** The folder with `input.d.ts` and `enums/`. @default - the declarations refer to nothing outside their file */
  readonly types?: string;
}

/** Version of the parser's output format. */
const format = 1;

interface Cached {
  readonly resources: Readonly<Record<string, Omit<Declared, "objects"> | null>>;
  readonly objects: Readonly<Record<string, ObjectShape>>;
}

/**
 * The property tables of one package: the declarations of each resource type, read with the TypeScript compiler when a type is first needed
 * (the declarations of Kubernetes alone take half a second) and later from a file in the cache folder.
 */
export class Tables {
  private cached: Cached | undefined;
  private readonly parsed = new Map<string, Declarations>();

  constructor(
    private readonly packageName: string,
    private readonly source: DeclarationSource,
    private readonly folder: string = join(cacheFolder(), "tables"),
  ) {}

  /** Undefined if the package declares no such type. */
  get(token: string): Declared | undefined {
    const cached = (this.cached ??= this.load());
    const known = cached.resources[token];
    if (known === null) return undefined;
    if (known !== undefined) return { ...known, objects: cached.objects };
    const { objects = {}, ...resource } = this.read(token) ?? {};
    const found = "inputs" in resource ? (resource as Omit<Declared, "objects">) : null;
    this.cached = { resources: { ...cached.resources, [token]: found }, objects: { ...cached.objects, ...objects } };
    this.save(this.cached);
    return found === null ? undefined : { ...found, objects: this.cached.objects };
  }

  private read(token: string): Declared | undefined {
    const place = this.source.locate(token);
    if (place === undefined) return undefined;
    const ts = compiler();
    const { types } = this.source;
    const sources: Sources =
      types === undefined
        ? {}
        : {
            inputs: () => this.declarations(join(types, "input.d.ts")),
            enums: (namespace) => {
              const file = join(types, "enums", ...namespace.split("."), "index.d.ts");
              return existsSync(file) ? this.declarations(file) : undefined;
            },
          };
    return new Reader(ts, this.declarations(place.file), sources).resource(place.name);
  }

  private declarations(file: string): Declarations {
    const known = this.parsed.get(file);
    if (known !== undefined) return known;
    const declarations = new Declarations(compiler(), file, readFileSync(file, "utf8"));
    this.parsed.set(file, declarations);
    return declarations;
  }

  private get cacheFile(): string {
    return join(this.folder, `${this.packageName}-${this.source.version}-${format}.json`);
  }

  private load(): Cached {
    try {
      const { resources, objects } = JSON.parse(readFileSync(this.cacheFile, "utf8")) as Partial<Cached>;
      if (resources !== undefined && objects !== undefined) return { resources, objects };
    } catch {
      // Missing or damaged: it is only a cache.
    }
    return { resources: {}, objects: {} };
  }

  private save(cached: Cached): void {
    try {
      mkdirSync(this.folder, { recursive: true });
      const next = `${this.cacheFile}.${process.pid}`;
      writeFileSync(next, JSON.stringify(cached));
      renameSync(next, this.cacheFile);
    } catch {
      // A cache folder that cannot be written costs only time.
    }
  }
}

let loaded: typeof typescript | undefined;

/** The compiler takes a quarter of a second to load, and with a filled cache it is not needed. */
function compiler(): typeof typescript {
  loaded ??= require("typescript") as typeof typescript;
  return loaded;
}

/** The declarations of a published SDK, as Pulumi's generators lay them out: `package:module/…:Name` in a file named after the type. */
export function sdkDeclarations(packageName: string): DeclarationSource {
  const manifest = require.resolve(`${packageName}/package.json`);
  const root = dirname(manifest);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string };
  return { version, types: join(root, "types"), locate: (token) => located(root, token) };
}

function located(root: string, token: string): { readonly file: string; readonly name: string } | undefined {
  const [, module = "", name = ""] = token.split(":");
  // `index/server` stands for the root; `networking.k8s.io/v1` for the folder networking/v1.
  const [first = "", second] = module.split("/");
  const folder =
    first === "index" ? root : join(root, first.split(".")[0] ?? first, ...(second === undefined ? [] : [second]));
  const wanted = `${name.toLowerCase()}.d.ts`;
  const file = (existsSync(folder) ? readdirSync(folder) : []).find((entry) => entry.toLowerCase() === wanted);
  return file === undefined ? undefined : { file: join(folder, file), name };
}

/** Declarations in our own source: files with classes that each state their token as a constant `type`. */
export function sourceDeclarations(...files: readonly string[]): DeclarationSource {
  const contents = files.map((file) => ({ file, content: readFileSync(file, "utf8") }));
  const places = new Map(
    contents.flatMap(({ file, content }) =>
      [...content.matchAll(/class (\w+) extends[^{]*\{\s*static readonly type = "([^"]+)"/g)].map(
        ([, name = "", token = ""]) => [token, { file, name }] as const,
      ),
    ),
  );
  const digest = createHash("sha256");
  for (const { content } of contents) digest.update(content);
  return { version: digest.digest("hex").slice(0, 12), locate: (token) => places.get(token) };
}

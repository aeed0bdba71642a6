import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { once } from "../../../stacks/tools/rehearsal/engine/cache";
import { imageFolder, runs } from "./folders";
import type { Layer } from "./layers";
import { closure, digest, download, type Package, unpack } from "./packages";
import type { StandIn } from "./stand-in";

/** Name of the image inside its OCI layout. */
const tag = "image";

/** A layer with its packages resolved. */
interface Resolved {
  readonly layer: Layer;
  readonly parent?: Resolved;
  /** Its own, without those of its parents. */
  readonly packages: readonly Package[];
  /** Everything that it is made of. */
  readonly key: string;
}

/** Path in PATH's order, as Docker gives it to every image. */
const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Builds the stand-ins that the cache folder lacks, with Debian's packages and umoci: no daemon, no container is started.
 *
 * @param note hears what takes long.
 * @returns skopeo's names of the images, which are OCI layouts: `oci:/…:image`.
 */
export async function build<Name extends string>(
  standIns: ReadonlyMap<Name, StandIn>,
  note: (progress: string) => void,
): Promise<ReadonlyMap<Name, string>> {
  const recipe = await recipeDigest();
  const planned = async (): Promise<readonly { name: Name; standIn: StandIn; base: Resolved; folder: string }[]> => {
    const resolved = new Map<Layer, Promise<Resolved>>();
    return Promise.all(
      [...standIns].map(async ([name, standIn]) => {
        const base = await resolve(standIn.layer, recipe.layers, resolved);
        const key = digest(`${base.key}\n${recipe.images}\n${name}`).slice(0, 24);
        return { name, standIn, base, folder: join(imageFolder(), "images", key) };
      }),
    );
  };
  const ready = async (): Promise<Awaited<ReturnType<typeof planned>>> => {
    const plan = await planned();
    const needed = [...new Set(plan.filter(({ folder }) => !existsSync(folder)).flatMap(({ base }) => missing(base)))];
    if (needed.length > 0) {
      note(`downloading Debian packages for images: ${needed.join(" ")}`);
      await download(needed);
    }
    return plan;
  };
  const plan = await ready().catch(async () => {
    // There are no lists, or they are older than what the source has.
    await runs("apt-get", ["update", "-qq"]);
    return ready();
  });
  const built = new Map<Name, string>();
  for (const { name, standIn, base, folder } of plan) {
    if (!existsSync(folder)) {
      const below = await layerLayout(base, note);
      await made(folder, async (draft) => {
        note(`building the image ${name}`);
        await grown(draft, below, (root) => standIn.fill(root));
        await runs("umoci", ["config", "--image", `${draft}:${tag}`, ...configuration(standIn)]);
      });
    }
    built.set(name, `oci:${folder}:${tag}`);
  }
  return built;
}

/** Packages of layers that are not built yet. */
const missing = (resolved: Resolved | undefined): readonly string[] =>
  resolved === undefined || existsSync(layerFolder(resolved))
    ? []
    : [...missing(resolved.parent), ...resolved.layer.packages];

const layerFolder = ({ layer, key }: Resolved): string => join(imageFolder(), "layers", `${layer.name}-${key}`);

async function layerLayout(resolved: Resolved, note: (progress: string) => void): Promise<string> {
  const folder = layerFolder(resolved);
  if (existsSync(folder)) return folder;
  const below = resolved.parent === undefined ? undefined : await layerLayout(resolved.parent, note);
  await made(folder, async (draft) => {
    note(`unpacking ${resolved.packages.length} packages for the layer ${resolved.layer.name}`);
    await grown(draft, below, async (root) => {
      await unpack(resolved.packages, root);
      await resolved.layer.finish?.(root);
    });
  });
  return folder;
}

/** Makes a folder once, whoever else wants it. */
async function made(folder: string, work: (draft: string) => Promise<void>): Promise<void> {
  await once(
    `${folder}.lock`,
    async () => (existsSync(folder) ? folder : undefined),
    async () => {
      const draft = `${folder}.${process.pid}`;
      try {
        await work(draft);
        await rename(draft, folder);
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
      return folder;
    },
  );
}

/** A new OCI layout: that of `below`, and one layer above it with what `fill` writes. */
async function grown(layout: string, below: string | undefined, fill: (root: string) => Promise<void>): Promise<void> {
  await rm(layout, { recursive: true, force: true });
  const work = await mkdtemp(join(imageFolder(), "work-"));
  try {
    const root = join(work, "root");
    await mkdir(root, { mode: 0o755 });
    await fill(root);
    if (below === undefined) {
      await runs("umoci", ["init", "--layout", layout]);
      await runs("umoci", ["new", "--image", `${layout}:${tag}`]);
    } else {
      // umoci replaces files and never writes into them, so blobs may be shared.
      await runs("cp", ["-al", below, layout]);
    }
    // Not `umoci insert`: in 0.4.7 it leaves the end of the archive out.
    await runs("tar", [
      "--sort=name",
      "--numeric-owner",
      "--mtime=@0",
      "--format=posix",
      "--pax-option=delete=atime,delete=ctime",
      "--xattrs",
      "--xattrs-include=security.capability",
      "-C",
      root,
      "-cf",
      join(work, "layer.tar"),
      ".",
    ]);
    await runs("umoci", ["raw", "add-layer", "--image", `${layout}:${tag}`, join(work, "layer.tar")]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function configuration(standIn: StandIn): readonly string[] {
  const option = (name: string, values: readonly string[]): readonly string[] =>
    values.map((value) => `--config.${name}=${value}`);
  const environment = Object.entries({ PATH: path, ...standIn.environment }).map(([name, value]) => `${name}=${value}`);
  return [
    ...option("user", standIn.user === "" ? [] : [standIn.user]),
    ...option("entrypoint", standIn.entrypoint),
    ...option("cmd", standIn.command),
    ...option("env", environment),
    ...option("workingdir", standIn.workingDirectory === undefined ? [] : [standIn.workingDirectory]),
    ...option("stopsignal", standIn.stopSignal === undefined ? [] : [standIn.stopSignal]),
  ];
}

function resolve(layer: Layer, recipe: string, known: Map<Layer, Promise<Resolved>>): Promise<Resolved> {
  const work = async (): Promise<Resolved> => {
    const parent = layer.parent === undefined ? undefined : await resolve(layer.parent, recipe, known);
    const below = new Set<string>();
    for (let at = parent; at !== undefined; at = at.parent) for (const { name } of at.packages) below.add(name);
    const packages = (await closure(layer.packages)).filter(
      ({ name }) => !below.has(name) && layer.without?.test(name) !== true,
    );
    const text = JSON.stringify([layer.name, parent?.key, packages.map(({ file }) => file), recipe]);
    return { layer, ...(parent === undefined ? {} : { parent }), packages, key: digest(text).slice(0, 24) };
  };
  const found = known.get(layer) ?? work();
  known.set(layer, found);
  return found;
}

/** Digests of what layers and images are made with: these very files. */
async function recipeDigest(): Promise<{ readonly layers: string; readonly images: string }> {
  await mkdir(imageFolder(), { recursive: true });
  const entries = await readdir(__dirname, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const digests = await Promise.all(
    files.sort().map(async (file) => ({ file: file.slice(__dirname.length), digest: digest(await readFile(file)) })),
  );
  const of = (all: typeof digests): string => digest(JSON.stringify(all));
  return {
    layers: of(
      digests.filter(
        ({ file }) => ["/build.ts", "/layers.ts", "/packages.ts"].includes(file) || file.startsWith("/rows/"),
      ),
    ),
    images: of(digests),
  };
}

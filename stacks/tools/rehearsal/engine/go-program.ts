import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder, type Environment, isExecutable, onPath, once } from "./cache";
import { type Terminal, withProgress } from "./progress";
import { run } from "./run";

/** A program that is built once from a pinned Go module and kept in the cache folder. */
export interface GoProgram {
  /** File name: `pulumi`. */
  readonly name: string;
  readonly version: string;
  /** Folder inside the cache folder, shared by programs of one module: `engine`. */
  readonly family: string;
  /** Folder with the `go.mod` that pins the version and the `go.sum` that every download is checked against. */
  readonly module: string;
  /** Go package with the program's `main`. */
  readonly package: string;
  /** Variables that the linker sets, mostly versions. */
  readonly variables: Readonly<Record<string, string>>;
  /** Duration of a build on two cores with an empty cache: "3 to 8 minutes". */
  readonly duration: string;
}

export interface GoOptions {
  /** @default this process's own */
  readonly environment?: Environment;
  /** @default standard error */
  readonly terminal?: Terminal;
}

/** Path of a program after its build. */
export const goProgramPath = (program: GoProgram, environment: Environment = process.env): string =>
  join(cacheFolder(environment), program.family, program.version, "bin", program.name);

/**
 * The path of a program, which is built first if it is not there yet.
 *
 * @throws Error when Go is missing or the build fails.
 */
export function goProgram(program: GoProgram, options: GoOptions = {}): Promise<string> {
  const environment = options.environment ?? process.env;
  const terminal = options.terminal ?? process.stderr;
  const path = goProgramPath(program, environment);
  return once(
    `${dirname(dirname(path))}/${program.name}.lock`,
    async () => ((await isExecutable(path)) ? path : undefined),
    () => built(program, path, environment, terminal),
    () => terminal.write(`waiting for another run that builds ${program.name} ${program.version}\n`),
  );
}

async function built(program: GoProgram, path: string, environment: Environment, terminal: Terminal): Promise<string> {
  const go = await onPath("go", environment);
  if (go === undefined)
    throw new Error(
      `expected Go on PATH to build ${program.name} ${program.version}, got none; install Go (https://go.dev/dl)`,
    );
  await mkdir(dirname(path), { recursive: true });
  await sweep(dirname(path));
  const folder = await mkdtemp(join(dirname(path), "building-"));
  try {
    await withProgress(
      `building ${program.name} ${program.version} from its Go module (happens once, ${program.duration} on two cores)`,
      (note) => compile(program, go, join(folder, program.name), environment, note),
      terminal,
    );
    // Renamed within one file system, so that no run finds half a program.
    await rename(join(folder, program.name), path);
    return path;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compile(
  program: GoProgram,
  go: string,
  target: string,
  environment: Environment,
  note: (detail: string) => void,
): Promise<void> {
  const variables = Object.entries(program.variables).map(([name, value]) => `-X ${name}=${value}`);
  // -mod=readonly refuses modules that go.sum does not have; no workspace, and no version stamp of a surrounding repository.
  const flags = [
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    "-v",
    "-ldflags",
    ["-s", "-w", ...variables].join(" "),
  ];
  const complaints: string[] = [];
  let packages = 0;
  // With -v every compiled package is a line of its own, without a space; any line with spaces is an error.
  const hear = (line: string): void => {
    if (line.startsWith("go: downloading")) return note(line.slice(4));
    if (/\s/.test(line)) complaints.push(line.trim());
    else note(`${(packages += 1)} packages compiled`);
  };
  const ended = await run(go, ["build", ...flags, "-o", target, program.package], {
    folder: program.module,
    environment: { ...environment, GOWORK: "off" },
    onLine: hear,
    milliseconds: 3_600_000,
  });
  if (ended.code === 0) return;
  const why = complaints.slice(-3).join("; ");
  throw new Error(
    `expected \`go build\` to make ${program.name} ${program.version}, got exit ${ended.code} (${why}); ${advice(why)}`,
  );
}

function advice(complaint: string): string {
  if (/requires go >=/.test(complaint)) return "install that Go version or a later one";
  if (/checksum mismatch|SECURITY ERROR/.test(complaint)) return "the download does not match go.sum: do not use it";
  return "check that the Go module proxy can be reached and that the disk has 3 GiB free";
}

/** Removes leftovers of killed builds; an hour is longer than any build. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name.startsWith("building-") && Date.now() - (await stat(path)).mtimeMs > 3_600_000)
      await rm(path, { recursive: true, force: true });
  }
}

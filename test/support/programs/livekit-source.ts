import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { goProgramPath } from "../../../stacks/tools/rehearsal/engine";

const version = "1.13.11";
const released = `github.com/livekit/livekit-server@v${version}`;
/** Of the module's files, as the Go checksum database has it. */
const sum = "h1:fEdl4ckEaALzraIYwGstHPmGbUcypPrWH0qNiHADC9A=";
const here = join(__dirname, "go", "livekit");

/** Lines that only a changed pion understands: an experiment (`rtc.enable_warp`), which is off unless it is asked for. */
const experiment = ["\t\tse.EnableSped(true)\n", "\t\tse.EnableSctpSnap(true)\n"] as const;

/** Folder of the module that LiveKit is built as a dependency of: in the cache, beside the program. */
export const livekitFolder = (): string =>
  join(dirname(dirname(goProgramPath({ name: "livekit-server", version, family: "livekit" }))), "module");

/**
 * Puts LiveKit's source into the cache, without an experiment of its own: the release replaces pion's modules by changed ones for it, which are not to be had. Everything
 * else is upstream's, on pion's own modules of the versions that upstream's go.mod names.
 *
 * @throws Error for another source than the one that this was written for.
 */
export function prepareLivekit(): void {
  const folder = livekitFolder();
  if (existsSync(folder)) return;
  const draft = `${folder}-${process.pid}`;
  mkdirSync(draft, { recursive: true });
  for (const name of ["go.mod", "go.sum", "tools.go"]) cpSync(join(here, name), join(draft, name));
  const { Dir, Sum } = JSON.parse(
    execFileSync("go", ["mod", "download", "-json", released], { cwd: dirname(draft), encoding: "utf8" }),
  ) as { readonly Dir: string; readonly Sum: string };
  if (Sum !== sum) throw new Error(`expected ${released} with the sum ${sum}, got ${Sum}; do not use it`);
  cpSync(Dir, join(draft, "source"), { recursive: true, filter: (path) => !path.endsWith("_test.go") });
  execFileSync("chmod", ["-R", "u+w", draft]);
  const file = join(draft, "source", "pkg", "rtc", "transport.go");
  let text = readFileSync(file, "utf8");
  for (const line of experiment) {
    if (text.split(line).length !== 2) throw new Error(`expected ${line.trim()} once in ${file}; read it again`);
    text = text.replace(line, "");
  }
  writeFileSync(file, text);
  renameSync(draft, folder);
}

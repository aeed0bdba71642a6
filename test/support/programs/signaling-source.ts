import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { goProgramPath } from "../../../stacks/tools/rehearsal/engine";

/** The last release of Nextcloud's signaling server that is a Go module; the catalogue's 2.1.1 is not to be had as one. */
export const signalingVersion = "1.3.2";
const released = `github.com/strukturag/nextcloud-spreed-signaling@v${signalingVersion}`;
/** Of the module's files, as the Go checksum database has it. */
const sum = "h1:jH1lKlYTicXZNps+OtKTGQVzDboFJ4IlzK/Zx/+vuSc=";

/** Generators of upstream's Makefile, in the versions of its go.mod. */
const generators = [
  "github.com/mailru/easyjson/easyjson",
  "google.golang.org/protobuf/cmd/protoc-gen-go",
  "google.golang.org/grpc/cmd/protoc-gen-go-grpc",
];
const messages = ["api_async.go", "api_backend.go", "api_grpc.go", "api_proxy.go", "api_signaling.go"];

/** Folder of the module, in the cache, beside the programs. */
export const signalingFolder = (): string =>
  join(
    dirname(dirname(goProgramPath({ name: "signaling-server", version: signalingVersion, family: "signaling" }))),
    "module",
  );

/**
 * Puts the signaling server's source into the cache, with the files that its release has not: upstream's Makefile generates them from the others (easyjson, protoc).
 *
 * @throws Error for another source than the one that this was written for, and without Debian's protoc.
 */
export function prepareSignaling(): void {
  const folder = signalingFolder();
  if (existsSync(folder)) return;
  if (spawnSync("protoc", ["--version"]).status !== 0)
    throw new Error("expected protoc for the signaling server, got none; install protobuf-compiler");
  const draft = `${folder}-${process.pid}`;
  mkdirSync(dirname(draft), { recursive: true });
  const { Dir, Sum } = JSON.parse(
    execFileSync("go", ["mod", "download", "-json", released], { cwd: dirname(draft), encoding: "utf8" }),
  ) as { readonly Dir: string; readonly Sum: string };
  if (Sum !== sum) throw new Error(`expected ${released} with the sum ${sum}, got ${Sum}; do not use it`);
  cpSync(Dir, draft, { recursive: true, filter: (path) => !path.endsWith("_test.go") });
  execFileSync("chmod", ["-R", "u+w", draft]);
  const tools = join(draft, "tools");
  const env = { ...process.env, GOBIN: tools, PATH: [tools, process.env["PATH"] ?? ""].join(delimiter) };
  const run = (program: string, args: readonly string[]): void =>
    void execFileSync(program, args, { cwd: draft, env, stdio: ["ignore", "ignore", "pipe"] });
  run("go", ["install", ...generators]);
  for (const file of readdirSync(draft).filter((name) => name.endsWith(".proto")))
    for (const kind of ["go", "go-grpc"])
      run("protoc", [`--${kind}_out=.`, `--${kind}_opt=paths=source_relative`, file]);
  for (const file of messages) run(join(tools, "easyjson"), ["-all", file]);
  renameSync(draft, folder);
}

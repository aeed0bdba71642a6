import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chosenTests } from "./modules";
import { root, sources } from "./mutants";
import type { Result } from "./pool";
import type { Survey } from "./survey";

const folder = join(root, "out", "mutation");

/** Files of this tool on which no result hangs. */
const running = /[\\/]mutation[\\/](main|pool|store|worker|equivalent|rows)\.ts$/;

/** Everything on which a result hangs: the sources, the tests, what these read, and how faults are made. */
function state(): string {
  const hash = createHash("sha256").update(chosenTests().join());
  const tested = readdirSync(join(root, "test"), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /[\\/]test[\\/](policies|support|golden[\\/]policies)[\\/]/.test(path) && !running.test(path))
    .sort();
  for (const path of [...sources().map((file) => join(root, file)), ...tested])
    hash.update(path).update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
}

/** Results of earlier runs on the same sources and tests, under `out/mutation/`: a run that ends early goes on where it was. */
export class Store {
  private readonly survey: string;
  private readonly results: string;

  constructor() {
    const name = state();
    mkdirSync(folder, { recursive: true });
    this.survey = join(folder, `${name}-survey.json`);
    this.results = join(folder, `${name}-results.jsonl`);
  }

  surveyed(): Survey | undefined {
    return existsSync(this.survey) ? (JSON.parse(readFileSync(this.survey, "utf8")) as Survey) : undefined;
  }

  keepSurvey(survey: Survey): void {
    writeFileSync(this.survey, JSON.stringify(survey));
  }

  /** Results by the numbers of the mutants. A line that was cut off is none. */
  known(): ReadonlyMap<number, Result> {
    if (!existsSync(this.results)) return new Map();
    const lines = readFileSync(this.results, "utf8").split("\n").slice(0, -1);
    return new Map(lines.map((line) => JSON.parse(line) as Result).map((result) => [result.number, result]));
  }

  keep(result: Result): void {
    appendFileSync(this.results, `${JSON.stringify(result)}\n`);
  }
}

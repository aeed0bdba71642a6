import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import type { Folders } from "./folders";
import { html } from "./report/html";
import { json } from "./report/json";
import type { ReportModel } from "./report/model";
import { topologyFile } from "./report/picture/svg";
import { without } from "./secrets";

/** Writes the rendered files and the report, in place of those of the last run; no secret gets into any of them. */
export function writeReport(
  { rendered, report, picture, data }: Folders,
  model: ReportModel,
  secrets: readonly string[],
): void {
  rmSync(rendered, { recursive: true, force: true });
  for (const { path, content } of model.artefacts) {
    const file = join(rendered, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, without(secrets, typeof content === "string" ? content : stringify(content)), { mode: 0o600 });
  }
  whole(report, without(secrets, html(model)));
  whole(picture, without(secrets, topologyFile(model)));
  whole(data, without(secrets, json(model)));
}

/** Removes the files that describe a stack that was destroyed. */
export function removeReport({ rendered, report, picture, data }: Folders): void {
  for (const path of [rendered, report, picture, data]) rmSync(path, { recursive: true, force: true });
}

/** Replaced atomically: a reader finds the old file or the new one. */
function whole(path: string, content: string): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, path);
}

/**
 * Brings the worker's program from the operator's store into memory, before it starts. Another file than the planned one is thrown away: the program reads what people
 * said. A store that is away for a moment is asked again when Kubernetes starts this anew.
 */
import { createHash } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";

const { WORKER_URL: url, WORKER_SHA256: planned, WORKER_FILE: file } = process.env;
/** Largest file that is read: the program has a megabyte and a half. */
const mostBytes = 32 * 1024 * 1024;

async function fetched() {
  const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(120_000) });
  if (answer.status !== 200)
    throw new Error(`expected the worker's program at ${url}, got the answer ${answer.status}; put the file there`);
  const parts = [];
  let bytes = 0;
  for await (const part of answer.body) {
    bytes += part.length;
    if (bytes > mostBytes) throw new Error(`expected at most ${mostBytes} bytes at ${url}, got more`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

try {
  const program = await fetched();
  const found = createHash("sha256").update(program).digest("hex");
  if (found !== planned)
    throw new Error(
      `expected a program with the SHA-256 ${planned} at ${url}, got ${found}; put the planned file there, or its digest into the plan`,
    );
  writeFileSync(`${file}.part`, program);
  renameSync(`${file}.part`, file);
} catch (error) {
  console.error(error.cause?.message === undefined ? error.message : `${error.message}: ${error.cause.message}`);
  process.exitCode = 1;
}

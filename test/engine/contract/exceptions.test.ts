import { existsSync } from "node:fs";
import { join } from "node:path";
import { worlds } from "../../support/infrastructure";
import { clauses } from "./clauses";
import { exceptions } from "./clouds";

test("every declared exception is one of a clause that there is", () => {
  const sentences = clauses.map(({ sentence }) => sentence);
  expect(exceptions.filter(({ clause }) => !sentences.includes(clause))).toEqual([]);
});

test("every cloud has a test file of its own", () => {
  const files = worlds.map(({ id }) => `${id}.test.ts`);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(__dirname, file)))).toEqual([]);
});

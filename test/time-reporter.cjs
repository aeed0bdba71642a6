// Prints at the end how the time of Jest's workers divides over the folders of tests, and the slowest files.
const { sep } = require("node:path");

const seconds = (files) => Math.round(files.reduce((sum, { time }) => sum + time, 0) / 1000);

/** Files by their folder directly below test/. */
const byFolder = (files) => {
  const folders = new Map();
  for (const file of files) {
    const folder = file.name.includes("/") ? file.name.split("/")[0] : "test";
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return [...folders].sort(([, a], [, b]) => seconds(b) - seconds(a));
};

/** Lines for results as Jest gives them; none for a run of a few files. */
const lines = (results) => {
  const files = results
    .filter(({ skipped }) => !skipped)
    .map(({ testFilePath, perfStats }) => ({
      name: testFilePath.split(`${sep}test${sep}`).at(-1).replaceAll(sep, "/"),
      time: perfStats.runtime,
    }));
  if (files.length < 20) return [];
  const slowest = [...files].sort((a, b) => b.time - a.time).slice(0, 10);
  return [
    `Time of workers: ${seconds(files)} s. ${byFolder(files)
      .map(([folder, own]) => `${folder} ${seconds(own)}`)
      .join(", ")}.`,
    `Slowest: ${slowest.map((file) => `${file.name} ${seconds([file])}`).join(", ")}.`,
  ];
};

module.exports = class {
  static lines = lines;

  onRunComplete(_, { testResults }) {
    for (const line of lines(testResults)) process.stderr.write(`${line}\n`);
  }
};

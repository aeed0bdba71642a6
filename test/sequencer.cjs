// The order of test files: slowest first, so that Jest's workers end at about the same time. Jest knows how long a file takes only from an earlier run on
// the same machine; on a new one it goes by size, but the slowest files are short: they start engines, clusters and servers.
const { default: TestSequencer } = require("@jest/test-sequencer");

/** From the slowest to the fastest, as measured; a name that ends in a slash is every file below it. Files that are not listed come last. */
const slow = [
  "live/",
  "engine/crisis/",
  "engine/messaging/",
  "engine/portal/",
  "components/infrastructure/infrastructure.test.ts",
  "isolation/packets.test.ts",
  "engine/contract/",
  "engine/blocked.test.ts",
  "engine/fault-plan.test.ts",
  "engine/ordinary-cli.test.ts",
  "package.test.ts",
  "components/kubernetes/cluster.test.ts",
  "engine/metal.test.ts",
  "engine/access/",
  "engine/",
  "isolation/",
  "servers/",
  "components/kubernetes/pools.test.ts",
  "components/infrastructure/",
  "stacks/",
  "components/",
];

const rank = (path) => {
  const found = slow.findIndex((name) =>
    name.endsWith("/") ? path.includes(`/test/${name}`) : path.endsWith(`/test/${name}`),
  );
  return found < 0 ? slow.length : found;
};

module.exports = class SlowestFirst extends TestSequencer {
  static slow = slow;

  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a.path) - rank(b.path));
  }
};

import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Layer, ownFiles, slim, users } from "../layers";
import type { StandIn } from "../stand-in";

const layer: Layer = { name: "node", parent: slim, packages: ["libstdc++6", "ca-certificates"] };

/** The program that runs these tests, beside Debian's C and C++ libraries. */
export const node: StandIn = {
  user: "",
  entrypoint: ["docker-entrypoint.sh"],
  command: ["node"],
  environment: {},
  layer,
  fill: async (root) => {
    await users(root, "node:1000:/home/node:/bin/bash");
    await mkdir(join(root, "usr/local/bin"), { recursive: true });
    await copyFile(process.execPath, join(root, "usr/local/bin/node"));
    await chmod(join(root, "usr/local/bin/node"), 0o755);
    await ownFiles(root, "node");
  },
  proves: "the scripts of the sign-in run under the manifest's user, mounts, variables and probes, by a real Node",
  doesNotProve: "what differs between this machine's Node (20 or newer) and 24, between Debian bookworm and trixie",
  source: "nodejs/docker-node f27d936, 24/trixie-slim/Dockerfile and docker-entrypoint.sh",
};

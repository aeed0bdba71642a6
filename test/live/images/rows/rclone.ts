import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { busybox, type Layer } from "../layers";
import type { StandIn } from "../stand-in";

const layer: Layer = {
  name: "rclone",
  parent: busybox,
  packages: ["rclone", "ca-certificates"],
  // What its client for file systems of the kernel would take.
  without: /^(fuse3?|libfuse.*|mount|libmount1|libblkid1|libselinux1|openssl|libssl3)$/,
  finish: async (root) => {
    await mkdir(join(root, "usr/local/bin"), { recursive: true });
    await rename(join(root, "usr/bin/rclone"), join(root, "usr/local/bin/rclone"));
    await mkdir(join(root, "data"));
  },
};

/** A client of buckets, with BusyBox' shell beside it as upstream's Alpine has. */
export const rclone: StandIn = {
  user: "",
  entrypoint: ["rclone"],
  command: [],
  environment: { XDG_CONFIG_HOME: "/config" },
  workingDirectory: "/data",
  layer,
  fill: async () => {},
  proves:
    "models come from a bucket by the rendered scripts, variables, secrets and policies, with BusyBox and no bash",
  doesNotProve: "what differs between rclone 1.60 (Debian's) and 1.75 (deployed), glibc in the place of musl",
  source: "rclone/rclone 06fc21f, Dockerfile",
};

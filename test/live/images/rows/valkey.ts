import { rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { runs } from "../folders";
import { busybox, type Layer, ownFiles, users } from "../layers";
import type { StandIn } from "../stand-in";

const layer: Layer = {
  name: "valkey",
  parent: busybox,
  packages: ["redis-server", "redis-tools", "libc-bin"],
  // BusyBox has these.
  without: /^(libmd0|libacl1|libdb5.3|libaudit.*|libcap-ng0|libpam0g|libbz2-1.0|libselinux1)$/,
  finish: async (root) => {
    // Where `make install` puts them; the image's own links have these names, too.
    for (const name of ["server", "cli"]) {
      await runs("mkdir", ["-p", join(root, "usr/local/bin")]);
      const found = name === "server" ? "usr/bin/redis-check-rdb" : "usr/bin/redis-cli";
      await rename(join(root, found), join(root, `usr/local/bin/valkey-${name}`));
    }
    await symlink("valkey-server", join(root, "usr/local/bin/valkey-sentinel"));
    await runs("rm", ["-rf", join(root, "etc/redis"), join(root, "etc/init.d"), join(root, "usr/lib/systemd")]);
  },
};

export const valkey: StandIn = {
  user: "",
  entrypoint: ["docker-entrypoint.sh"],
  command: ["valkey-server"],
  environment: {},
  workingDirectory: "/data",
  layer,
  fill: async (root) => {
    await users(root, "valkey:999:/data:/sbin/nologin");
    await runs("mkdir", ["-p", join(root, "data")]);
    await ownFiles(root, "valkey");
  },
  proves:
    "the rendered configuration and scripts run in a real server and a real Sentinel under the manifest's user, with BusyBox and no bash beside them",
  doesNotProve: "what differs between Redis 7.0 (Debian's) and Valkey 8.1 (deployed), glibc in the place of musl",
  source: "valkey-io/valkey-container ae6141e, 8.0/alpine/Dockerfile and docker-entrypoint.sh",
};

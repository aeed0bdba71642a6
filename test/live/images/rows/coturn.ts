import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runs } from "../folders";
import { type Layer, ownFiles, slim } from "../layers";
import type { StandIn } from "../stand-in";

const turnserver = "usr/libexec/coturn/turnserver";

const layer: Layer = {
  name: "coturn",
  parent: slim,
  packages: ["coturn", "catatonit"],
  finish: async (root) => {
    // Debian's coturn has no handler of SIGTERM (upstream since 82646a90), which the first process of a container then never hears: catatonit passes it on.
    await mkdir(join(root, "usr/libexec/coturn"), { recursive: true });
    await rename(join(root, "usr/bin/turnserver"), join(root, turnserver));
    const script = `#!/bin/sh\nexec catatonit -- /${turnserver} "$@"\n`;
    await writeFile(join(root, "usr/bin/turnserver"), script, { mode: 0o755 });
    // An image's file capability: the only way for its user to bind ports below 1024.
    await runs("setcap", ["CAP_NET_BIND_SERVICE=+ep", join(root, turnserver)]);
    await runs("rm", ["-f", join(root, "etc/turnserver.conf"), join(root, "etc/init.d/coturn")]);
  },
};

export const coturn: StandIn = {
  user: "nobody:nogroup",
  entrypoint: ["docker-entrypoint.sh"],
  command: ["--log-file=stdout", "--external-ip=$(detect-external-ip)"],
  environment: {},
  layer,
  fill: async (root) => {
    await ownFiles(root, "coturn");
    await mkdir(join(root, "var/lib/coturn"), { recursive: true });
    await runs("chown", ["65534:65534", join(root, "var/lib/coturn")]);
  },
  proves:
    "the rendered configuration and start script run in a real coturn under the image's user, which binds port 443 by the capability of its program's file",
  doesNotProve:
    "what differs between coturn 4.6.1 (Debian's, which ends on SIGTERM only by a helper beside it) and 4.17 (deployed); detect-external-ip, which asks third parties, is left out",
  source: "coturn/coturn 8024aa6, docker/coturn/debian/Dockerfile and rootfs/usr/local/bin/docker-entrypoint.sh",
};

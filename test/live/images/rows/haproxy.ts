import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runs } from "../folders";
import { busybox, type Layer, ownFiles, users } from "../layers";
import type { StandIn } from "../stand-in";

/**
 * Wrapper of HAProxy. Where this machine lets nobody open as many files as k3s' unit does (`LimitNOFILE`), HAProxy would not start: the limit of connections is then lower than the
 * rendered one, which is no part of what is asked here. Each connection has two files.
 */
const fewerFiles = `#!/bin/sh
most=$(( $(ulimit -Hn) / 2 - 100 ))
for word; do configuration=$word; done
asked=$(awk '$1 == "maxconn" { print $2; exit }' "$configuration" 2>/dev/null)
if [ "\${asked:-0}" -gt "$most" ]; then set -- -n "$most" "$@"; fi
exec /usr/local/libexec/haproxy "$@"
`;

const layer: Layer = {
  name: "haproxy",
  parent: busybox,
  packages: ["haproxy", "socat"],
  // BusyBox has these.
  without: /^(libmd0|libacl1|libdb5.3|libaudit.*|libcap-ng0|libpam0g|libbz2-1.0|libselinux1)$/,
  finish: async (root) => {
    // Where `make install` puts it.
    await mkdir(join(root, "usr/local/sbin"), { recursive: true });
    await mkdir(join(root, "usr/local/libexec"), { recursive: true });
    await rename(join(root, "usr/sbin/haproxy"), join(root, "usr/local/libexec/haproxy"));
    await writeFile(join(root, "usr/local/sbin/haproxy"), fewerFiles, { mode: 0o755 });
    await runs("rm", ["-rf", join(root, "etc/haproxy"), join(root, "usr/lib/systemd"), join(root, "etc/init.d")]);
  },
};

export const haproxy: StandIn = {
  user: "haproxy",
  entrypoint: ["docker-entrypoint.sh"],
  command: ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"],
  environment: {},
  workingDirectory: "/var/lib/haproxy",
  stopSignal: "SIGUSR1",
  layer,
  fill: async (root) => {
    await users(root, "haproxy:99:/var/lib/haproxy:/sbin/nologin");
    for (const name of ["var/lib/haproxy", "usr/local/etc/haproxy/errors"])
      await mkdir(join(root, name), { recursive: true });
    await runs("chown", ["99:99", join(root, "var/lib/haproxy")]);
    await ownFiles(root, "haproxy");
  },
  proves:
    "the rendered configuration is served by a real HAProxy under the image's user, entry command and stop signal, with BusyBox and no bash beside it",
  doesNotProve:
    "the rendered limit of connections where the machine allows fewer open files; what differs between HAProxy 2.6 (Debian's) and 3.2 (deployed), glibc in the place of musl",
  source: "docker-library/haproxy ec437dd, 3.2/alpine/Dockerfile and docker-entrypoint.sh",
};

import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { keycloakDistribution } from "../../../support/programs/keycloak";
import { runs } from "../folders";
import { type Layer, slim, users } from "../layers";
import type { StandIn } from "../stand-in";

/** Java 17 without what only programs with windows, printers or sound use. */
const layer: Layer = {
  name: "keycloak",
  parent: slim,
  packages: ["openjdk-17-jre-headless", "ca-certificates"],
  without:
    /^(libcups2|libavahi.*|libasound2.*|libharfbuzz0b|libglib2.0-0|libgraphite2-3|libfreetype6|libfontconfig1|libpng16-16|libbrotli1|libdbus-1-3|libnss3|libnspr4|libpcsclite1|libgnutls30|util-linux-extra)$/,
  finish: async (root) => {
    const [home] = (await readdir(join(root, "usr/lib/jvm"))).filter((name) => /^java-17-openjdk-/.test(name));
    if (home === undefined)
      throw new Error("expected Java below /usr/lib/jvm, got none; look at openjdk-17-jre-headless");
    await mkdir(join(root, "usr/bin"), { recursive: true });
    await symlink(`/usr/lib/jvm/${home}/bin/java`, join(root, "usr/bin/java"));
    await users(root, "keycloak:1000:/opt/keycloak:/usr/sbin/nologin");
    await mkdir(join(root, "opt"), { recursive: true });
    const server = join(root, "opt/keycloak");
    await runs("cp", ["-a", keycloakDistribution(), server]);
    await mkdir(join(server, "data"), { recursive: true });
    await runs("chmod", ["-R", "g+rwX", server]);
    await runs("chown", ["-R", "1000:0", server]);
  },
};

export const keycloak: StandIn = {
  user: "1000",
  entrypoint: ["/opt/keycloak/bin/kc.sh"],
  command: [],
  environment: { LANG: "C.UTF-8" },
  layer,
  fill: async () => {},
  proves:
    "the rendered scripts, variables, probes, secrets and policies run a real Keycloak under the manifest's user with a read-only root file system: it builds itself, shares a database and finds its peers",
  doesNotProve:
    "what differs between Debian's Java 17 and that of upstream's image, between Debian's programs and Red Hat's",
  source: "keycloak/keycloak 0463815 (22.0.11), quarkus/container/Dockerfile",
};

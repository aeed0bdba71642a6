import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runs } from "../folders";
import { java, jitsi, type Layer, ownFiles } from "../layers";
import type { StandIn } from "../stand-in";

/** Content that all images of Jitsi have from their base. */
const base = {
  user: "s6",
  entrypoint: ["/init"],
  command: [],
  environment: { S6_BEHAVIOUR_IF_STAGE2_FAILS: "2", S6_READ_ONLY_ROOT: "1" },
} as const;

/** Files of an image above those that all have. */
const filled =
  (names: readonly string[], ...folders: readonly string[]): StandIn["fill"] =>
  async (root) => {
    await ownFiles(root, "jitsi");
    for (const name of names) await ownFiles(root, name);
    // Where upstream has a volume.
    for (const folder of ["config", ...folders]) await mkdir(join(root, folder), { recursive: true });
  };

/** Said of all of them. */
const supervisor =
  "upstream's templates and supervisor: s6 starts a program again inside the container, here the container ends with it";

const jitsiSource = "jitsi/docker-jitsi-meet 738058b (stable-11146-2), base/Dockerfile";

const prosodyLayer: Layer = {
  name: "prosody",
  parent: jitsi,
  packages: ["prosody", "lua-unbound"],
  finish: (root) => runs("rm", ["-rf", join(root, "etc/prosody"), join(root, "etc/init.d")]),
};

export const prosody: StandIn = {
  ...base,
  layer: prosodyLayer,
  fill: async (root) => {
    await filled(["jitsi-prosody"], "prosody-plugins-custom", "var/lib/prosody")(root);
    await runs("chown", ["1000:1000", join(root, "var/lib/prosody")]);
  },
  proves:
    "a real Prosody serves BOSH, WebSocket, rooms and relay credentials under the manifest's user, mounts, variables and probes; our own modules load; focus and bridges log in over verified TLS",
  doesNotProve: `Jitsi's own modules (rate limits, lobby, room limits, client proxy of the focus, breakout rooms), what differs between Prosody 0.12 (Debian's) and 13; ${supervisor}`,
  source: `${jitsiSource}, prosody/Dockerfile and prosody/rootfs`,
};

const webLayer: Layer = {
  name: "web",
  parent: jitsi,
  packages: ["nginx"],
  without: /^(iproute2|libelf1|libbpf1|libbsd0|libmnl0|libxtables12|libcap2-bin)$/,
  // As upstream: what nginx writes is below /run.
  finish: (root) => runs("rm", ["-rf", join(root, "var/lib/nginx"), join(root, "etc/init.d")]),
};

export const web: StandIn = {
  ...base,
  layer: webLayer,
  fill: filled(["jitsi-web"]),
  proves:
    "a real nginx with the mounted additions serves a page, the settings with ours appended, and passes signalling on to the signalling server by its name, under the manifest's user, mounts and probes",
  doesNotProve: `the client itself, and that upstream's server configuration and ours fit together; ${supervisor}`,
  source: `${jitsiSource}, web/Dockerfile and web/rootfs`,
};

export const jicofo: StandIn = {
  ...base,
  layer: java,
  fill: filled(["jitsi-java", "jitsi-jicofo"]),
  proves:
    "the manifest's user, start script, trust store, mounts, variables and probes; that the focus reaches its signalling server by name over TLS that it verifies, with its own password, and is well only while a bridge is in the bridges' room",
  doesNotProve: `Jicofo itself: no conference is ever made, no bridge chosen, no memory needed, and it returns to the bridges' room where Jicofo 11146 does not; Java 21 in the place of 17; ${supervisor}`,
  source: `${jitsiSource}, base-java/Dockerfile, jicofo/Dockerfile and jicofo/rootfs; jitsi/jicofo a595d0b`,
};

export const jvb: StandIn = {
  ...base,
  layer: java,
  fill: filled(["jitsi-java", "jitsi-jvb"]),
  proves:
    "the manifest's user, start and drain scripts, trust store, mounts, variables and probes on the host network; that a bridge reaches every shard by name over TLS that it verifies, and that packets to its media port arrive and come back",
  doesNotProve: `the bridge itself: no ICE, no encryption, no media is forwarded, no other bridge is met, nothing loads the processors; Java 21 in the place of 17; ${supervisor}`,
  source: `${jitsiSource}, base-java/Dockerfile, jvb/Dockerfile and jvb/rootfs; jitsi/jitsi-videobridge 4bb0aea`,
};

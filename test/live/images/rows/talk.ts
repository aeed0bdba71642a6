import { chmod, copyFile, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { program } from "../../../support/programs/programs";
import { runs } from "../folders";
import { busybox, busyboxLibc, type Layer, link, ownFiles, users } from "../layers";
import type { StandIn } from "../stand-in";

const signalingSource = (folder: string): string =>
  `strukturag/nextcloud-spreed-signaling 6046e47 (v2.1.1), docker/${folder}/Dockerfile`;

/** Said of both programs of the signaling server. */
const older =
  "what differs between 1.3.2, the last that the Go proxy has, and 2.1.1 (deployed); its entry script, which the manifests do not use; BusyBox' own pgrep, which Debian's lacks: a script matches as it does";

const signalingImage = (built: "signaling-server" | "signaling-proxy", name: string, proves: string): StandIn => ({
  // Upstream's entry script changes to `spreedbackend`; the manifests give that user and the program themselves.
  user: "",
  entrypoint: [`/usr/bin/${name}`],
  command: [],
  environment: {},
  stopSignal: "SIGUSR1",
  layer: busyboxLibc,
  fill: async (root) => {
    await users(root, "spreedbackend:850:/:/sbin/nologin");
    await ownFiles(root, "signaling");
    await copyFile(await program(built), join(root, "usr/bin", name));
    await chmod(join(root, "usr/bin", name), 0o755);
  },
  proves,
  doesNotProve: older,
  source: signalingSource(built.slice("signaling-".length)),
});

/** Talk's signaling server. */
export const signaling = signalingImage(
  "signaling-server",
  "nextcloud-spreed-signaling",
  "real servers find each other, the bus, the media hosts and the hub by the rendered names, certificates and policies, under the manifest's user with a read-only root; they drain by the manifest's command",
);

/** Its proxy in front of Janus. */
export const signalingProxy = signalingImage(
  "signaling-proxy",
  "nextcloud-spreed-signaling-proxy",
  "a real proxy lets in who signs with the rendered key, and drains by the manifest's command",
);

const natsLayer: Layer = {
  name: "nats",
  parent: busyboxLibc,
  packages: ["nats-server"],
  // What their scripts would have run.
  without: /^(?!nats-server$)/,
  finish: async (root) => {
    await mkdir(join(root, "usr/local/bin"), { recursive: true });
    await rename(join(root, "usr/sbin/nats-server"), join(root, "usr/local/bin/nats-server"));
    await runs("rm", ["-rf", join(root, "etc/init.d"), join(root, "etc/nats-server.conf"), join(root, "lib/systemd")]);
  },
};

/** The bus. */
export const nats: StandIn = {
  user: "",
  // Upstream's entry script runs what it is given; the manifests give the program.
  entrypoint: ["/usr/local/bin/nats-server"],
  command: [],
  environment: {},
  layer: natsLayer,
  fill: async () => {},
  proves:
    "servers of the bus know each other by the rendered names and certificates, under the manifest's user with a read-only root and no folder to write to",
  doesNotProve: "what differs between NATS 2.9.10 (Debian's) and 2.14.5 (deployed)",
  source: "nats-io/nats-docker aa0caa5, 2.14.x/alpine3.22/Dockerfile and docker-entrypoint.sh",
};

const janusLayer: Layer = {
  name: "janus",
  parent: busybox,
  packages: ["janus", "netcat-openbsd"],
  finish: async (root) => {
    // Where upstream's build installs it.
    await mkdir(join(root, "usr/local/lib"), { recursive: true });
    await mkdir(join(root, "usr/local/bin"), { recursive: true });
    const debian = join(root, "usr/lib/x86_64-linux-gnu/janus");
    await rename(debian, join(root, "usr/local/lib/janus"));
    await runs("mkdir", ["-p", ...["events", "loggers"].map((name) => join(root, "usr/local/lib/janus", name))]);
    await rename(join(root, "usr/bin/janus"), join(root, "usr/local/bin/janus"));
    // Alpine's package takes the place of BusyBox' own, and there is no debconf to choose between them.
    await link(root, "nc.openbsd", "bin/nc");
    await runs("rm", ["-rf", join(root, "etc/janus"), join(root, "etc/init.d"), join(root, "lib/systemd")]);
  },
};

/** Janus, of the image that has it beside programs which nobody starts here. */
export const janus: StandIn = {
  user: "1000",
  // Upstream's entry script starts all of its programs; the manifests give a script of their own.
  entrypoint: ["/usr/local/bin/janus"],
  command: [],
  environment: {},
  layer: janusLayer,
  fill: (root) => users(root, "eturnal:1000:/home/eturnal:/bin/sh"),
  proves:
    "the rendered configuration and scripts run in a real Janus under the image's user with a read-only root: it offers its host's public address and carries the media of real browsers",
  doesNotProve:
    "what differs between Janus 1.1.2 (Debian's, with its libraries) and 1.4.1 (deployed), glibc in the place of musl",
  source: "nextcloud/all-in-one 50636f2, Containers/talk/Dockerfile and start.sh",
};

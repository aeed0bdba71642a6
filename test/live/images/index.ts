import { matrixImages } from "../../../components/services/matrix/images";
import { speechImages } from "../../../components/services/speech/images";
import { catalogueImages } from "../../../components/services/registry";
import { build } from "./build";
import { kubectl, lego } from "./rows/acme";
import { coturn } from "./rows/coturn";
import { metricsServer } from "./rows/metrics-server";
import { haproxy } from "./rows/haproxy";
import { jicofo, jvb, prosody, web } from "./rows/jitsi";
import { coredns } from "./rows/coredns";
import { element, tickets } from "./rows/element";
import { keycloak } from "./rows/keycloak";
import { livekit } from "./rows/livekit";
import { llama } from "./rows/llama";
import { node } from "./rows/node";
import { postgres } from "./rows/postgres";
import { rclone } from "./rows/rclone";
import { seaweedfs } from "./rows/seaweedfs";
import { python, speech } from "./rows/speech";
import { synapse, synapseWithStore } from "./rows/synapse";
import { janus, nats, signaling, signalingProxy } from "./rows/talk";
import { pause, probe } from "./rows/tests";
import { valkey } from "./rows/valkey";
import type { StandIn } from "./stand-in";

export { registryPrograms, type Registry, type RegistryOptions, startRegistry } from "./registry";
export type { StandIn } from "./stand-in";

export type Row = { readonly runs: StandIn } | { /** Why it cannot run here. */ readonly absent: string };

/** Path of an image in the operator's registry. */
export type ImageName = string;

/** Every image of the catalogue: its stand-in, or why there is none. A test compares it with the catalogue. */
export const liveImages: Readonly<Record<ImageName, Row>> = {
  "library/haproxy": { runs: haproxy },
  "goacme/lego": { runs: lego },
  kubectl: { runs: kubectl },
  "coredns/coredns": { runs: coredns },
  "valkey/valkey": { runs: valkey },
  "matrixdotorg/synapse": { runs: synapse },
  "element-hq/matrix-authentication-service": {
    absent:
      "a Rust program that no registry here has built, and no live blueprint has it yet; its configuration is read by upstream's own crate, outside the repository",
  },
  "element-hq/element-web": { runs: element },
  "element-hq/lk-jwt-service": { runs: tickets },
  "coturn/coturn": { runs: coturn },
  "jitsi/prosody": { runs: prosody },
  "jitsi/web": { runs: web },
  "jitsi/jicofo": { runs: jicofo },
  "jitsi/jvb": { runs: jvb },
  "jitsi/jibri": {
    absent:
      "no registry that can be reached here has Jibri or Google's Chrome; no live blueprint records. Its scripts are run by test/servers/jitsi-recording.test.ts",
  },
  "jitsi/opus-transcriber-proxy": {
    absent:
      "no registry that can be reached here has it; no live blueprint has captions. Its door is run by test/servers/jitsi-captions.test.ts",
  },
  "rclone/rclone": { runs: rclone },
  "blindsidenetwks/scalelite": {
    absent:
      "a Ruby program, and no registry of its libraries can be reached here. Its importer's script is run by test/servers/bigbluebutton-import.test.ts, and its pollers' by test/servers/bigbluebutton-poll.test.ts",
  },
  "blindsidenetwks/scalelite-nginx": {
    absent:
      "its player is a package of BigBlueButton's own repository; test/servers/bigbluebutton-playback.test.ts runs its configuration in Debian's nginx",
  },
  "bigbluebutton/greenlight": {
    absent: "a Ruby program, and no registry of its libraries can be reached here",
  },
  "stalwartlabs/stalwart": {
    absent:
      "no registry that can be reached here has it, or its source; test/servers/mail.test.ts runs its task with a stand-in for the program, and nothing has run the program",
  },
  "keycloak/keycloak": { runs: keycloak },
  "library/node": { runs: node },
  "livekit/livekit-server": { runs: livekit },
  "livekit/egress": {
    absent:
      "its program is built with GStreamer 1.24 and a page of its own inside, and its image has Google Chrome; the Go proxy serves no release of its module (asked for its versions, it answered 403)",
  },
  "timescale/timescaledb-ha": { runs: postgres },
  "metrics-server/metrics-server": { runs: metricsServer },
  "ggml-org/llama.cpp": { runs: llama },
  "library/python": { runs: python },
  "ggml-org/llama.cpp-cuda": { absent: "no machine here has a graphics processor" },
  "chrislusf/seaweedfs": { runs: seaweedfs },
  "library/nextcloud": {
    absent:
      "no registry that can be reached here has its code, which is needed as a whole; test/servers/nextcloud-server.test.ts runs its configuration's script, and in test/live/talk.ts a stand-in answers in its pods",
  },
  "strukturag/nextcloud-spreed-signaling": { runs: signaling },
  "strukturag/nextcloud-spreed-signaling-proxy": { runs: signalingProxy },
  "library/nats": { runs: nats },
  "nextcloud-releases/aio-talk": { runs: janus },
  "nextcloud-releases/aio-talk-recording": {
    absent:
      "no registry that can be reached here has the recording server, which is on no registry of Python packages; its configuration is not run",
  },
  "autoscaling/cluster-autoscaler": {
    absent:
      "crisis has no elastic hosts; the Go proxy serves no release of its module (asked for its versions, it answered 403), and without a cloud's interface that makes machines it would only wait",
  },
};

interface OwnImage {
  readonly runs: StandIn;
  readonly version: string;
  readonly onDemand?: boolean;
  /** Image of the catalogue that it is built above, and which it shows at work, too. */
  readonly above?: string;
}

/** Images of the tests' own, under the paths that they have in the registry. */
export const ownImages = {
  "live/pause": { runs: pause, version: "1" },
  "live/probe": { runs: probe, version: "1" },
  /** Of the operator's own: only for who names it, since it is large. */
  "live/speech": { runs: speech, version: "1", onDemand: true, above: speechImages.python.path },
  /** Only for who names it: it is large. */
  "live/synapse-with-store": {
    runs: synapseWithStore,
    version: "1",
    onDemand: true,
    above: matrixImages.synapse.path,
  },
} as const satisfies Readonly<Record<string, OwnImage>>;

export type OwnImageName = keyof typeof ownImages;
export type LiveImageName = ImageName;

/** Path and tag of the image that holds a pod's namespaces: containerd's `sandbox_image`, below the registry's name. */
export const pauseImage = "live/pause:1";
/** Path and tag of the tests' client: sh, curl, nc, socat, ip, ss, host, openssl, turnutils_uclient, python3. */
export const probeImage = "live/probe:1";

const isOwn = (name: LiveImageName): name is OwnImageName => name in ownImages;

/** Tag under which an image is pushed: the catalogue's. */
export function versionOf(name: LiveImageName): string {
  const found = isOwn(name) ? ownImages[name] : catalogueImages.find(({ path }) => path === name);
  if (found === undefined) throw new Error(`expected an image of the catalogue, got ${name}`);
  return found.version;
}

/** Image of the catalogue that runs where this one does. */
export function catalogued(name: LiveImageName): ImageName {
  const own: OwnImage | undefined = isOwn(name) ? ownImages[name] : undefined;
  return own?.above ?? name;
}

/** Names of the catalogue that have something to run. */
export const runnable: readonly ImageName[] = Object.entries(liveImages).flatMap(([name, row]) =>
  "runs" in row ? [name] : [],
);

/**
 * Builds what is missing into the cache folder, as root on Debian.
 *
 * @param note hears what takes long.
 * @returns skopeo's names of the images: OCI layouts that share their lower layers.
 * @throws RangeError for a name that cannot run here. @throws Error when packages cannot be had.
 */
export function buildImages(
  names: readonly LiveImageName[],
  note: (progress: string) => void,
): Promise<ReadonlyMap<LiveImageName, string>> {
  const rows = names.map((name): readonly [LiveImageName, StandIn] => {
    const row: Row = (isOwn(name) ? ownImages[name] : liveImages[name]) ?? {
      absent: "it has no row in test/live/images",
    };
    if ("runs" in row) return [name, row.runs];
    throw new RangeError(`expected an image that runs here, got ${name}: ${row.absent}; leave it out`);
  });
  return build(new Map(rows), note);
}

import type { CatalogueImage } from "../../core/images";
import { rcloneImage } from "../../kubernetes/bucket-client";
import { relayImage } from "../../kubernetes/relay/coturn";

const stable = "stable-11146-2";

/** Images of Jitsi. Versions: jitsi/docker-jitsi-meet, tag stable-11146-2 (738058b); jitsi-contrib/jitsi-helm 3.4.0 (b849a05), values.yaml, options read in coturn/coturn 8024aa6 (4.17.1); nodejs/docker-node f27d936, 24/trixie-slim. Node 24 is supported until April 2028 (nodejs/Release e4bf922, schedule.json). */
export const jitsiImages = {
  web: { path: "jitsi/web", upstream: "ghcr.io/jitsi/web", version: stable },
  prosody: { path: "jitsi/prosody", upstream: "ghcr.io/jitsi/prosody", version: stable },
  jicofo: { path: "jitsi/jicofo", upstream: "ghcr.io/jitsi/jicofo", version: stable },
  jvb: { path: "jitsi/jvb", upstream: "ghcr.io/jitsi/jvb", version: stable },
  // Its browser is Google's Chrome 149 (jibri/Dockerfile, USE_CHROMIUM=0).
  jibri: { path: "jitsi/jibri", upstream: "ghcr.io/jitsi/jibri", version: stable },
  rclone: rcloneImage,
  node: { path: "library/node", upstream: "docker.io/library/node", version: "24.19.0-trixie-slim" },
  coturn: relayImage,
  // Published by the hash of a commit, of its main branch (.github/workflows/dh.yml); it has no releases.
  transcriber: {
    path: "jitsi/opus-transcriber-proxy",
    upstream: "docker.io/jitsi/opus-transcriber-proxy",
    version: "d413315eed4af6f8b4ced82df82bcc49501f9fad",
  },
} as const satisfies Readonly<Record<string, CatalogueImage>>;

import type { CatalogueImage } from "../../core/images";
import { relayImage } from "../../kubernetes/relay/coturn";

/**
 * Images of OpenVidu: the open LiveKit server that OpenVidu 3 is built on, and relays. The server's version is that of its Go module, in which every option was
 * read (its Dockerfile: Alpine with a shell, the program in the root); no registry could be asked for the tag from where this was written. Relays are those of Jitsi. Of
 * recorders every option was read in the sources of the release (build/egress/Dockerfile: Ubuntu with GStreamer, PulseAudio and Google Chrome, as the user 1001).
 */
export const openViduImages = {
  livekit: {
    path: "livekit/livekit-server",
    upstream: "docker.io/livekit/livekit-server",
    version: "v1.13.11",
  },
  egress: {
    path: "livekit/egress",
    upstream: "docker.io/livekit/egress",
    version: "v1.14.1",
  },
  coturn: relayImage,
} as const satisfies Readonly<Record<string, CatalogueImage>>;

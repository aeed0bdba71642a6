import type { CatalogueImage } from "../../core/images";
import { relayImage } from "../../kubernetes/relay/coturn";

const talk = "20260817_082005";

/**
 * Images of Nextcloud. The server's is upstream's with Apache (nextcloud/docker 4de1eed, 34/apache/Dockerfile), which a deployment builds upon: it has no app beside
 * those of the server. The signaling server and its proxy are built from one source (strukturag/nextcloud-spreed-signaling v2.1.1 6046e47,
 * .github/workflows/deploydocker.yml). Janus has no image of its makers'; the one of Nextcloud's all-in-one has 1.4.1 below /usr/local (nextcloud/all-in-one 50636f2,
 * Containers/talk/Dockerfile), and the recording server's is of the same place. Their tags are dates: nextcloud-aio-helm-chart/templates there names this one.
 */
export const nextcloudImages = {
  nextcloud: { path: "library/nextcloud", upstream: "docker.io/library/nextcloud", version: "34.0.2-apache" },
  signaling: {
    path: "strukturag/nextcloud-spreed-signaling",
    upstream: "docker.io/strukturag/nextcloud-spreed-signaling",
    version: "2.1.1",
  },
  proxy: {
    path: "strukturag/nextcloud-spreed-signaling-proxy",
    upstream: "docker.io/strukturag/nextcloud-spreed-signaling",
    version: "2.1.1-proxy",
  },
  nats: { path: "library/nats", upstream: "docker.io/library/nats", version: "2.14.5-alpine" },
  janus: { path: "nextcloud-releases/aio-talk", upstream: "ghcr.io/nextcloud-releases/aio-talk", version: talk },
  recorder: {
    path: "nextcloud-releases/aio-talk-recording",
    upstream: "ghcr.io/nextcloud-releases/aio-talk-recording",
    version: talk,
  },
  coturn: relayImage,
} as const satisfies Readonly<Record<string, CatalogueImage>>;

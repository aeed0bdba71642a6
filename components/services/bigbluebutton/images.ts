import type { CatalogueImage } from "../../core/images";
import { rcloneImage } from "../../kubernetes/bucket-client";

/**
 * Images of BigBlueButton on the cluster; its servers are hosts. Tags are formed by upstream's own releases (.github/workflows/ci.build.release.yml of both): no registry
 * could be asked for them from where this was written. Every option was read in the sources of the same releases: blindsidenetworks/scalelite v1.8.5 (7498a81),
 * bigbluebutton/greenlight release-3.8.2.4 (15db765). Scalelite's images for API, poller and importer are one program and start differently (Dockerfile), so one is enough; that for nginx has
 * the player of recordings. rclone as Jitsi has it.
 */
export const bigBlueButtonImages = {
  scalelite: {
    path: "blindsidenetwks/scalelite",
    upstream: "docker.io/blindsidenetwks/scalelite",
    version: "v1.8.5-api",
  },
  playback: {
    path: "blindsidenetwks/scalelite-nginx",
    upstream: "docker.io/blindsidenetwks/scalelite",
    version: "v1.8.5-nginx",
  },
  greenlight: { path: "bigbluebutton/greenlight", upstream: "docker.io/bigbluebutton/greenlight", version: "v3.8.2.4" },
  rclone: rcloneImage,
} as const satisfies Readonly<Record<string, CatalogueImage>>;

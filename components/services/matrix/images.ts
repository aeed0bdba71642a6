import type { CatalogueImage } from "../../core/images";

/**
 * Images of Matrix. The version was seen in public files of others who run it, in November 2026; configuration keys were read in the release 1.163.2 of PyPI's
 * matrix-synapse and in element-hq/synapse a58ad44 (1.157.1), the image in its docker/Dockerfile.
 */
export const matrixImages = {
  synapse: { path: "matrixdotorg/synapse", upstream: "docker.io/matrixdotorg/synapse", version: "v1.162.0" },
} as const satisfies Readonly<Record<string, CatalogueImage>>;

import type { CatalogueImage } from "../../core/images";

/**
 * Images of Matrix. The version was seen in public files of others who run it, in November 2026; configuration keys were read in the release 1.163.2 of PyPI's
 * matrix-synapse and in element-hq/synapse a58ad44 (1.157.1), the image in its docker/Dockerfile.
 */
export const matrixImages = {
  synapse: { path: "matrixdotorg/synapse", upstream: "docker.io/matrixdotorg/synapse", version: "v1.162.0" },
  // Versions of these three: element-hq/ess-helm 83c7981 charts/matrix-stack/values.yaml. Keys were read in sources beside each (authentication.ts, element.ts, calls.ts).
  authentication: {
    path: "element-hq/matrix-authentication-service",
    upstream: "ghcr.io/element-hq/matrix-authentication-service",
    version: "1.23.0",
  },
  element: { path: "element-hq/element-web", upstream: "ghcr.io/element-hq/element-web", version: "v1.12.26" },
  calls: { path: "element-hq/lk-jwt-service", upstream: "ghcr.io/element-hq/lk-jwt-service", version: "0.6.0" },
} as const satisfies Readonly<Record<string, CatalogueImage>>;

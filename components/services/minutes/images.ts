import type { CatalogueImage } from "../../core/images";

/** Image of the worker: Node, as other services run it. The worker's own program is no image: a file that comes from the operator's store by its digest. */
export const minutesImages = {
  node: { path: "library/node", upstream: "docker.io/library/node", version: "24.19.0-trixie-slim" },
} as const satisfies Readonly<Record<string, CatalogueImage>>;

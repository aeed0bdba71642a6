import type { CatalogueImage } from "../../core/images";

/**
 * Images of the identity service. Keycloak 26.7.3 is what was run and read: Maven's org.keycloak:keycloak-quarkus-dist, which upstream's image holds below
 * /opt/keycloak (keycloak/keycloak, quarkus/container/Dockerfile). Node runs the realm's convergence; it is the image that other services run, too.
 */
export const identityImages = {
  keycloak: { path: "keycloak/keycloak", upstream: "quay.io/keycloak/keycloak", version: "26.7.3" },
  node: { path: "library/node", upstream: "docker.io/library/node", version: "24.19.0-trixie-slim" },
} as const satisfies Readonly<Record<string, CatalogueImage>>;

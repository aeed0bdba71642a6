import type { CatalogueImage } from "../core/images";

/**
 * Images of the building blocks. No registry could be asked for a tag from where this was written: each was seen in public files of others who run it, in November
 * 2026. `npm run mirror -- --dry-run` asks.
 */
export const blockImages = {
  // The branch of HAProxy with long-term support.
  haproxy: { path: "library/haproxy", upstream: "docker.io/library/haproxy", version: "3.2.24-alpine" },
  // The version that k3s v1.34.2 packages as rancher/mirrored-coredns-coredns: k3s-io/k3s scripts/airgap/image-list.txt (7a8e519).
  coredns: { path: "coredns/coredns", upstream: "docker.io/coredns/coredns", version: "1.13.1" },
  // The release line of Valkey whose options the cache uses; the image: valkey-io/valkey-container, 8.0/alpine/Dockerfile at ae6141e.
  valkey: { path: "valkey/valkey", upstream: "docker.io/valkey/valkey", version: "8.1.4-alpine" },
  // kubernetes/autoscaler, tag cluster-autoscaler-1.35.2 (2d42588); why no earlier one: clouds/hetzner/autoscaling.ts.
  autoscaler: {
    path: "autoscaling/cluster-autoscaler",
    upstream: "registry.k8s.io/autoscaling/cluster-autoscaler",
    version: "v1.35.2",
  },
  // timescale/timescaledb-docker-ha ae77e28, Dockerfile: PostgreSQL, Patroni and pgBackRest as apt.postgresql.org packages them, user postgres (1000). The variant
  // without the extensions that are no free software; its tag is formed by the Makefile there and was not seen elsewhere: unverified.
  postgres: {
    path: "timescale/timescaledb-ha",
    upstream: "docker.io/timescale/timescaledb-ha",
    version: "pg17.10-ts2.28.2-oss",
  },
  // go-acme/lego, tag v5.6.0; its image is Alpine with a shell, and the program in the root (buildx.Dockerfile).
  lego: { path: "goacme/lego", upstream: "docker.io/goacme/lego", version: "v5.6.0" },
  // kubernetes/kubernetes, tag v1.34.2: build/server-image/kubectl.
  kubectl: { path: "kubectl", upstream: "registry.k8s.io/kubectl", version: "v1.34.2" },
  // The release line of Node with long-term support; the image: nodejs/docker-node f27d936, 24/trixie-slim/Dockerfile, user node (1000).
  node: { path: "library/node", upstream: "docker.io/library/node", version: "24.19.0-trixie-slim" },
  // kubernetes-sigs/metrics-server, tag v0.8.1 (9ce65a47); the place of its image as its manifests have it.
  metricsServer: {
    path: "metrics-server/metrics-server",
    upstream: "registry.k8s.io/metrics-server/metrics-server",
    version: "v0.8.1",
  },
} as const satisfies Readonly<Record<string, CatalogueImage>>;

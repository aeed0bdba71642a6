import type { CatalogueImage } from "../../core/images";
import { rcloneImage } from "../../kubernetes/bucket-client";

/**
 * Images of a language model's server. llama.cpp's are built by upstream from .devops/cpu.Dockerfile and cuda.Dockerfile (ggml-org/llama.cpp b11434: Ubuntu with curl, the
 * program in `/app`); no registry could be asked for the tags from where this was written. The other one brings weights from the bucket.
 */
export const languageImages = {
  server: { path: "ggml-org/llama.cpp", upstream: "ghcr.io/ggml-org/llama.cpp", version: "server-b11434" },
  graphics: { path: "ggml-org/llama.cpp-cuda", upstream: "ghcr.io/ggml-org/llama.cpp", version: "server-cuda-b11434" },
  rclone: rcloneImage,
} as const satisfies Readonly<Record<string, CatalogueImage>>;

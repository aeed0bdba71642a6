import type { Upstream } from "../../core/upstream";
import { bucketClientSources } from "../../kubernetes/bucket-client";
import { languageImages } from "./images";

const server = (path: string): string => `ggml-org/llama.cpp b11434 ${path}`;

/** Sources of everything that is written for a language model's servers. */
export const upstream: Upstream = {
  variables: {
    [languageImages.server.path]: { LLAMA_ARG_OFFLINE: server("common/arg.cpp, --offline") },
    [languageImages.rclone.path]: bucketClientSources,
  },
  files: {},
  behaviour: {
    server: {
      "every option of its command line": server("common/arg.cpp; tools/server/README.md"),
      "a key for everything but /health": server("tools/server/server-http.cpp, public_endpoints"),
      "prompts kept for later in memory, 8 GiB by default": server("common/arg.cpp, --cache-ram"),
      "questions under way shown at /slots, on by default": server("common/arg.cpp, --slots"),
      "its own default port, 9931 since this year": server("common/arg.cpp, --port"),
    },
  },
};

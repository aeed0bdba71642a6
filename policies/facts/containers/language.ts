import type { ContainerFact, ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

const source = "ggml-org/llama.cpp common/arg.cpp at b11434";

/** A variable by which the server downloads weights. */
const download = (variable: string, from: string): ContainerFact => ({
  image: "llama.cpp",
  without: variable,
  otherwise: `weights are downloaded from ${from} when it starts`,
  action: `remove ${variable}, and give the path of a file (LLAMA_ARG_MODEL)`,
  source,
  reviewed,
});

/** Facts about the containers of a language model's servers. */
export const language: ServiceFacts = {
  service: "language",
  folders: ["llama.cpp", "ggml-org", "ggerganov"],
  distinct: ["llama.cpp", "llama.cpp-cuda"],
  leaks: [
    {
      image: "llama.cpp",
      needs: { LLAMA_ARG_OFFLINE: "on" },
      otherwise: "a model that is named and not there is downloaded",
      action: 'set LLAMA_ARG_OFFLINE to "1"',
      source,
      reviewed,
    },
    download("LLAMA_ARG_HF_REPO", "Hugging Face, a company in the United States,"),
    download("LLAMA_ARG_DOCKER_REPO", "Docker Hub, of a company in the United States,"),
    download("LLAMA_ARG_MODEL_URL", "any address"),
  ],
  media: [],
  speech: [],
};

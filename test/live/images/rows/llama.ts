import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeLlama } from "../../../support/programs/llama";
import { type Layer, slim } from "../layers";
import type { StandIn } from "../stand-in";

const layer: Layer = { name: "llama", parent: slim, packages: ["curl", "libssl3", "libstdc++6"] };

/** The server of language models, of the deployed build. */
export const llama: StandIn = {
  user: "",
  entrypoint: ["/app/llama-server"],
  command: [],
  environment: { LLAMA_ARG_HOST: "0.0.0.0" },
  workingDirectory: "/app",
  layer,
  fill: async (root) => {
    await mkdir(join(root, "app"));
    await copyFile(makeLlama(), join(root, "app/llama-server"));
  },
  proves:
    "the real server runs by the rendered arguments, probes, mounts, secrets and policies under the manifest's user with a read-only root file system",
  doesNotProve:
    "what weights with a meaning would say; what differs between Debian and Ubuntu, and between one program and upstream's with a library for each kind of processor",
  source: "ggml-org/llama.cpp 1cad66d, .devops/cpu.Dockerfile",
};

import { apiPort, folders, secretFiles, weightsPath } from "./settings";

/** Settings of a server that runs a model. */
export interface ServerSettings {
  /** SHA-256 of the weights. */
  readonly sha256: string;
  /** Name by which clients ask for the model. */
  readonly model: string;
  /** Questions that it answers at once. */
  readonly questions: number;
  /** Tokens that it looks at for each of them. */
  readonly context: number;
  readonly graphics: boolean;
  /** Cores that it works with. */
  readonly cores: number;
  /** @default - the paths in its pod */
  readonly paths?: { readonly weights: string; readonly secrets: string };
  /** @default - all addresses, and the port in its pod */
  readonly listen?: { readonly host: string; readonly port: number };
}

/** Most tokens of one answer: minutes are shorter, and a model that repeats itself ends. */
export const answerTokens = 4_096;

/** Variables of a server: it downloads nothing, whatever a command line says. */
export const serverEnv = { LLAMA_ARG_OFFLINE: "1" } as const;

/**
 * Command line of llama.cpp's server. Options as in ggml-org/llama.cpp b11434, common/arg.cpp and tools/server/README.md.
 *
 * It answers to a key alone, over TLS. What people said is kept nowhere: no prompt outlives its answer in memory (upstream keeps up to 8 GiB of them for later), there is
 * no page, no list of questions under way, no prompt in the log, and no file or tool that a question could name. It looks for nothing outside.
 */
export const serverArgs = (settings: ServerSettings): readonly string[] => {
  const { sha256, model, questions, context, graphics, cores } = settings;
  const { weights, secrets } = settings.paths ?? { weights: weightsPath(sha256), secrets: folders.secrets };
  const { host, port } = settings.listen ?? { host: "0.0.0.0", port: apiPort };
  return [
    ...["--model", weights, "--alias", model],
    ...["--host", host, "--port", `${port}`],
    ...["--api-key-file", `${secrets}/${secretFiles.keys}`],
    ...["--ssl-cert-file", `${secrets}/${secretFiles.certificate}`, "--ssl-key-file", `${secrets}/${secretFiles.key}`],
    ...["--parallel", `${questions}`, "--ctx-size", `${questions * context}`, "--no-kv-unified"],
    ...["--predict", `${answerTokens}`],
    ...["--threads", `${cores}`, "--gpu-layers", graphics ? "all" : "0"],
    ...["--cache-ram", "0", "--no-cache-idle-slots", "--no-cache-prompt", "--no-slots"],
    ...["--no-ui", "--cors-origins", "localhost", "--no-cors-credentials"],
    ...["--log-verbosity", "2", "--log-colors", "off"],
    ...["--timeout", "900"],
  ];
};

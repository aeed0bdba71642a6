import { type Fact, lastReview as reviewed } from "./fact";
import type { Program, SettingLine, SwitchFact } from "./switch";

/** A server of models: where it is told which one to load. */
export interface ModelServer extends Fact {
  readonly name: string;
  readonly images: readonly string[];
  /** @default the images' names are nobody else's */
  readonly folders?: readonly string[];
  /** Variables that name the model. */
  readonly variables: readonly string[];
  /** Options of the command line that name it, without hyphens; an empty text stands for the word after `serve`. */
  readonly options: readonly string[];
  /** Variables of which one, switched on, keeps it from downloading. */
  readonly offline: readonly string[];
}

const hub = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"];

/** Servers that take the name of a model at Hugging Face where a path may stand, and download it when they start. */
export const modelServers: readonly ModelServer[] = [
  {
    name: "vLLM",
    images: ["vllm-openai", "vllm", "vllm-cpu", "vllm-openai-rocm", "vllm-cpu-release-repo"],
    variables: ["VLLM_MODEL", "MODEL_NAME", "MODEL"],
    options: ["model", "tokenizer", ""],
    offline: hub,
    source: "https://docs.vllm.ai/en/v0.8.3/_sources/design/huggingface_integration.md",
    reviewed,
  },
  {
    name: "text-generation-inference",
    images: ["text-generation-inference", "text-embeddings-inference"],
    variables: ["MODEL_ID", "TOKENIZER_NAME"],
    options: ["model-id"],
    offline: hub,
    source: "huggingface/text-generation-inference docs/source/reference/launcher.md at 032fc4c",
    reviewed,
  },
  {
    name: "SGLang",
    images: ["sglang"],
    variables: [],
    options: ["model-path", "model", "tokenizer-path"],
    offline: hub,
    source: "https://docs.sglang.ai/advanced_features/server_arguments.html (--model-path)",
    reviewed,
  },
  {
    name: "Speaches",
    images: ["speaches", "faster-whisper-server"],
    variables: ["WHISPER__MODEL", "PRELOAD_MODELS"],
    options: [],
    offline: hub,
    source: "https://speaches.ai/configuration/ (preload_models)",
    reviewed,
  },
];

/** The name of a model at Hugging Face: a maker and a model, and no path. Source: huggingface/huggingface_hub src/huggingface_hub/utils/_validators.py (validate_repo_id). */
export const hubName = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;

const language: Program = { name: "Language", types: ["sovereign-uc:index:Language"] };

/** Weights of our own component, which are named by their digest. */
export const weights: readonly SwitchFact[] = [
  {
    program: language,
    path: ["sha256"],
    refused: /^(?![0-9a-f]{64}$)/,
    absent: "refused",
    otherwise: "whoever writes into the bucket decides what answers",
    action: "give the plan the SHA-256 of the weights",
    source: "components/services/language/plan.ts",
    reviewed,
  },
];

/** Downloads of weights, by the command and the end of the file's name. */
export const weightsFetched =
  /\b(curl|wget|aria2c|rclone|s3cmd|mc|aws|rsync|scp)\s[^|;&]{0,400}\.(gguf|safetensors|ggml|onnx|nemo|pth|ckpt)\b/i;

/** Marks of a text that checks what it has fetched: a digest, or a program that compares one (aria2c(1) of aria2 1.36: `--checksum=sha-256=…`). */
export const weightsChecked =
  /\bsha(256|512)sum\b|\bshasum\b|\bb2sum\b|(^|\s)--checksum[= ]sha-(256|384|512)=|\b[0-9a-f]{64}\b|\bhash(lib|_file)\b/i;

/** Lines by which models come from somebody's hub, with no host in sight. */
export const weightLines: readonly SettingLine[] = [
  {
    word: "from_pretrained",
    pattern:
      /\bfrom_pretrained\(\s{0,8}["'][A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}["'](?!.{0,200}\blocal_files_only\s{0,4}=\s{0,4}True)/,
    what: "a program that downloads a model by its name at Hugging Face when it starts",
    action: "name the folder that your own store was copied to, with local_files_only=True",
    source:
      "huggingface/transformers src/transformers/modeling_utils.py at v5.24.0 (from_pretrained, local_files_only)",
    reviewed,
  },
  {
    word: "snapshot_download",
    pattern: /\bsnapshot_download\(/,
    what: "a program that downloads a model from Hugging Face when it starts",
    action: "copy the model from your own store, and check its digest",
    source: "huggingface/huggingface_hub src/huggingface_hub/_snapshot_download.py at ee0a4510",
    reviewed,
  },
];

/** Schemes of places that KServe loads a model from. Source: kserve/kserve docs of storage, https://kserve.github.io/website/docs/model-serving/storage/overview */
export const storageSchemes: readonly (Fact & { readonly scheme: RegExp; readonly what: string })[] = [
  { scheme: /^hf:\/\//i, what: "which downloads the model from Hugging Face when it starts" },
  { scheme: /^oci:\/\/(?!.*@sha256:[0-9a-f]{64}$)/i, what: "an image without a digest" },
  { scheme: /^https?:\/\//i, what: "a download without a digest" },
].map((row) => ({
  ...row,
  source: "https://kserve.github.io/website/docs/model-serving/storage/overview",
  reviewed,
}));

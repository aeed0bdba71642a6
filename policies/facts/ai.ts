import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** A public service that takes speech, text or pictures and runs a model on them. */
export interface AiFact extends Fact {
  /** Host, or domain above the hosts. */
  readonly host: string;
  /** Pattern for hosts that no suffix describes; `host` is then for messages only. */
  readonly pattern?: RegExp;
  readonly party: EntityId;
  /** Countries where content is processed. */
  readonly countries: readonly string[];
}

const service = (host: string, party: EntityId, countries: readonly string[] = ["US"], pattern?: RegExp): AiFact => ({
  host,
  party,
  countries,
  ...(pattern === undefined ? {} : { pattern }),
  source:
    pattern === undefined
      ? `https://${host}`
      : "https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html",
  reviewed,
});

export const aiServices: readonly AiFact[] = [
  service("openai.com", "openai"),
  service("openai.azure.com", "microsoft"),
  service("cognitiveservices.azure.com", "microsoft"),
  service("services.ai.azure.com", "microsoft"),
  service("speech.microsoft.com", "microsoft"),
  service("anthropic.com", "anthropic"),
  service("generativelanguage.googleapis.com", "google"),
  service("aiplatform.googleapis.com", "google"),
  {
    ...service("<region>-aiplatform.googleapis.com", "google"),
    pattern: /^[a-z0-9-]+-aiplatform\.googleapis\.com$/,
    source: "https://cloud.google.com/vertex-ai/docs",
  },
  service("speech.googleapis.com", "google"),
  service("translation.googleapis.com", "google"),
  service("bedrock-runtime.<region>.amazonaws.com", "amazon", ["US"], /^bedrock[a-z-]*\.[a-z0-9-]+\.amazonaws\.com$/),
  service(
    "transcribe.<region>.amazonaws.com",
    "amazon",
    ["US"],
    /^transcribe(streaming)?\.[a-z0-9-]+\.amazonaws\.com$/,
  ),
  service("api.groq.com", "groq"),
  service("api.together.xyz", "together"),
  service("deepgram.com", "deepgram"),
  service("assemblyai.com", "assemblyai"),
  service("openrouter.ai", "openrouter"),
  service("api.x.ai", "xai"),
  service("router.huggingface.co", "huggingface"),
  service("api-inference.huggingface.co", "huggingface"),
  service("integrate.api.nvidia.com", "nvidia"),
  service("api.cohere.com", "cohere", ["CA", "US"]),
  service("api.cohere.ai", "cohere", ["CA", "US"]),
  service("api.mistral.ai", "mistral", ["FR", "US"]),
  service("api.gladia.io", "gladia", ["FR"]),
  service("api.aleph-alpha.com", "alephalpha", ["DE"]),
  service("api.infomaniak.com", "infomaniak", ["CH"]),
  service("api.scaleway.ai", "scaleway", ["FR"]),
  service("endpoints.kepler.ai.cloud.ovh.net", "ovh", ["FR"]),
  service("openai.inference.de-txl.ionos.com", "ionos", ["DE"]),
];

/** A variable with which a client needs an OpenAI-compatible service, and the variables that name its address. */
export interface AiVariableFact extends Fact {
  readonly key: string;
  /** Variables of which one must name the operator's own service when `key` is set. */
  readonly addresses: readonly string[];
}

export const aiVariables: readonly AiVariableFact[] = [
  {
    key: "OPENAI_API_KEY",
    addresses: ["OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_API_BASE_URL", "OPENAI_API_HOST"],
    source: "openai/openai-python src/openai/_client.py (base_url defaults to the public service)",
    reviewed,
  },
];

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

const service = (host: string, party: EntityId, countries: readonly string[] = ["US"]): AiFact => ({
  host,
  party,
  countries,
  source: `https://${host}`,
  reviewed,
});

/** Hosts of Amazon's services, which have the region in their name. */
const regional = (host: string, pattern: RegExp, party: EntityId = "amazon", country = "US"): AiFact => ({
  ...service(host, party, [country]),
  pattern,
  source: "https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html",
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
  regional("bedrock-runtime.<region>.amazonaws.com", /^bedrock[a-z-]*\.[a-z0-9-]+\.amazonaws\.com$/),
  regional("transcribe.<region>.amazonaws.com", /^transcribe(streaming)?\.[a-z0-9-]+\.amazonaws\.com$/),
  service("api.cognitive.microsoft.com", "microsoft"),
  service("inference.ai.azure.com", "microsoft"),
  service("translator.azure.com", "microsoft"),
  service("translate.googleapis.com", "google"),
  service("texttospeech.googleapis.com", "google"),
  service("dialogflow.googleapis.com", "google"),
  service("ai.google.dev", "google"),
  regional("bedrock.<region>.api.aws", /^bedrock[a-z-]*\.[a-z0-9-]+\.api\.aws$/),
  regional(
    "<service>.<region>.amazonaws.com",
    /^(translate|comprehend|polly|rekognition|textract|sagemaker|runtime\.sagemaker|lex|runtime-v2-lex)\.[a-z0-9-]+\.amazonaws\.com$/,
  ),
  regional(
    "<service>.<region>.amazonaws.eu",
    /^(bedrock[a-z-]*|transcribe(streaming)?|translate|comprehend|polly|sagemaker)\.[a-z0-9-]+\.amazonaws\.eu$/,
    "amazonsovereign",
    "DE",
  ),
  service("models.github.ai", "github"),
  service("githubcopilot.com", "github"),
  service("elevenlabs.io", "elevenlabs"),
  service("deepseek.com", "deepseek", ["CN"]),
  service("perplexity.ai", "perplexity"),
  service("fireworks.ai", "fireworks"),
  service("replicate.com", "replicate"),
  service("workers-ai.cloudflare.com", "cloudflare"),
  service("gateway.ai.cloudflare.com", "cloudflare"),
  service("huggingface.cloud", "huggingface"),
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
  service("moonshot.ai", "moonshot", ["CN"]),
  service("moonshot.cn", "moonshot", ["CN"]),
  service("bigmodel.cn", "zhipu", ["CN"]),
  service("z.ai", "zhipu", ["CN"]),
  service("dashscope.aliyuncs.com", "alibaba", ["CN"]),
  service("dashscope-intl.aliyuncs.com", "alibaba", ["SG"]),
  service("api.cerebras.ai", "cerebras"),
  service("api.sambanova.ai", "sambanova"),
  service("api.voyageai.com", "voyage"),
  service("api.jina.ai", "elastic", ["DE", "US"]),
  service("api.ai21.com", "ai21", ["US"]),
  service("api.smith.langchain.com", "langchain"),
  service("api.deepl.com", "deepl", ["DE", "US"]),
  service("api-free.deepl.com", "deepl", ["DE", "US"]),
  service("api.rev.ai", "revai"),
  service("speechmatics.com", "speechmatics", ["GB", "US"]),
  service("api.stability.ai", "stability", ["US"]),
  service("api.aleph-alpha.com", "alephalpha", ["DE"]),
  service("api.infomaniak.com", "infomaniak", ["CH"]),
  service("api.scaleway.ai", "scaleway", ["FR"]),
  service("endpoints.kepler.ai.cloud.ovh.net", "ovh", ["FR"]),
  service("openai.inference.de-txl.ionos.com", "ionos", ["DE"]),
];

/** Variables by which clients of a public AI service are known, and those that lead them to another address. */
export interface AiVariableFact extends Fact {
  /** Beginning of the variables' names, in capitals; an underscore and the rest follow. */
  readonly prefix: string;
  readonly party: EntityId;
  /** Variables of which one must name a service of one's own. Empty: nothing leads the client elsewhere. */
  readonly addresses: readonly string[];
  /** True if the prefix is a word of the party's alone, so that it counts after another one, too: `APP_OPENAI_API_KEY`. */
  readonly anywhere: boolean;
}

const client = (prefix: string, party: EntityId, source: string, ...addresses: readonly string[]): AiVariableFact => ({
  prefix,
  party,
  addresses,
  anywhere: prefix.length > 4 && !common.has(prefix),
  source,
  reviewed,
});

/** Prefixes that are words of other things, too. */
const common = new Set([
  "SPEECH",
  "GOOGLE",
  "GOOGLE_APPLICATION",
  "TOGETHER",
  "REPLICATE",
  "ELEVEN",
  "TRANSLATOR",
  "STABILITY",
  "FIREWORKS",
]);

/** Further spellings, as programs and libraries have them: some name the model, some the maker, some the shop. */
const spellings: readonly AiVariableFact[] = (
  [
    ["CHATGPT", "openai", "https://platform.openai.com/docs/api-reference/authentication"],
    ["OPEN_AI", "openai", "https://platform.openai.com/docs/api-reference/authentication"],
    ["CLAUDE", "anthropic", "https://docs.claude.com/en/api/overview"],
    ["PPLX", "perplexity", "https://docs.perplexity.ai"],
    ["MISTRALAI", "mistral", "https://docs.mistral.ai"],
    ["MISTRAL_AI", "mistral", "https://docs.mistral.ai"],
    ["CODESTRAL", "mistral", "https://docs.mistral.ai"],
    ["GROK", "xai", "https://docs.x.ai"],
    ["X_AI", "xai", "https://docs.x.ai"],
    ["OPEN_ROUTER", "openrouter", "https://openrouter.ai/docs"],
    ["TOGETHERAI", "together", "https://docs.litellm.ai/docs/providers/togetherai"],
    ["TOGETHER_AI", "together", "https://docs.litellm.ai/docs/providers/togetherai"],
    ["FIREWORKS_AI", "fireworks", "https://docs.litellm.ai/docs/providers/fireworks_ai"],
    ["FIREWORKSAI", "fireworks", "https://docs.litellm.ai/docs/providers/fireworks_ai"],
    ["COHEREAI", "cohere", "https://docs.cohere.com"],
    ["DEEP_SEEK", "deepseek", "https://api-docs.deepseek.com"],
    ["GOOGLE_AI", "google", "https://ai.google.dev/gemini-api/docs/api-key"],
    ["GOOGLE_GENAI", "google", "https://ai.google.dev/gemini-api/docs/api-key"],
    ["GENERATIVE_AI", "google", "https://ai.google.dev/gemini-api/docs/api-key"],
    ["PALM", "google", "https://docs.litellm.ai/docs/providers/palm"],
    ["VERTEXAI", "google", "https://docs.litellm.ai/docs/providers/vertex"],
    ["VERTEX_AI", "google", "https://docs.litellm.ai/docs/providers/vertex"],
    ["AZURE_AI", "microsoft", "https://docs.litellm.ai/docs/providers/azure_ai"],
    ["AZUREAI", "microsoft", "https://docs.litellm.ai/docs/providers/azure_ai"],
    ["AZURE_INFERENCE", "microsoft", "https://learn.microsoft.com/en-us/azure/ai-foundry/"],
    [
      "AZURE_DOCUMENT_INTELLIGENCE",
      "microsoft",
      "https://learn.microsoft.com/en-us/azure/ai-services/document-intelligence/",
    ],
    ["COGNITIVE_SERVICES", "microsoft", "https://learn.microsoft.com/en-us/azure/ai-services/"],
    ["AWS_BEARER", "amazon", "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html"],
    ["SAGEMAKER", "amazon", "https://docs.aws.amazon.com/sagemaker/"],
    ["WORKERS_AI", "cloudflare", "https://developers.cloudflare.com/workers-ai/"],
    ["QWEN", "alibaba", "https://www.alibabacloud.com/help/en/model-studio/"],
    ["KIMI", "moonshot", "https://platform.moonshot.ai/docs"],
    ["ZHIPUAI", "zhipu", "https://docs.z.ai"],
    ["ZAI", "zhipu", "https://docs.z.ai"],
    ["VOYAGEAI", "voyage", "https://docs.voyageai.com"],
    ["JINAAI", "elastic", "https://jina.ai/embeddings/"],
    ["ASSEMBLY_AI", "assemblyai", "https://www.assemblyai.com/docs"],
    ["ELEVEN_LABS", "elevenlabs", "https://elevenlabs.io/docs"],
    ["XI", "elevenlabs", "https://elevenlabs.io/docs"],
    ["HUGGING_FACE", "huggingface", "https://huggingface.co/docs/hub/security-tokens"],
    ["DEEPINFRA", "unreviewed", "https://docs.litellm.ai/docs/providers/deepinfra"],
    ["ANYSCALE", "unreviewed", "https://docs.litellm.ai/docs/providers/anyscale"],
    ["NOVITA", "unreviewed", "https://docs.litellm.ai/docs/providers/novita"],
    ["SILICONFLOW", "unreviewed", "https://docs.siliconflow.com"],
    ["HYPERBOLIC", "unreviewed", "https://docs.litellm.ai/docs/providers/hyperbolic"],
    ["NEBIUS", "unreviewed", "https://docs.litellm.ai/docs/providers/nebius"],
    ["MINIMAX", "unreviewed", "https://docs.litellm.ai/docs/providers/minimax"],
    ["BASETEN", "unreviewed", "https://docs.litellm.ai/docs/providers/baseten"],
    ["FEATHERLESS", "unreviewed", "https://docs.litellm.ai/docs/providers/featherless_ai"],
    ["LAMBDA_AI", "unreviewed", "https://docs.litellm.ai/docs/providers/lambda_ai"],
    ["VOLCENGINE", "unreviewed", "https://docs.litellm.ai/docs/providers/volcano"],
    ["CLAUDE_CODE", "anthropic", "https://docs.claude.com/en/docs/claude-code/settings"],
    ["COPILOT", "github", "https://docs.github.com/en/copilot"],
    ["CARTESIA", "unreviewed", "https://docs.cartesia.ai"],
    ["SARVAM", "unreviewed", "https://docs.sarvam.ai"],
    ["FAL", "unreviewed", "https://docs.fal.ai"],
    ["RUNPOD", "unreviewed", "https://docs.runpod.io"],
    ["MODAL", "unreviewed", "https://modal.com/docs"],
    ["HELICONE", "unreviewed", "https://docs.helicone.ai"],
    ["TAVILY", "unreviewed", "https://docs.tavily.com"],
    ["SERPER", "unreviewed", "https://serper.dev"],
    ["PINECONE", "unreviewed", "https://docs.pinecone.io"],
    ["FIRECRAWL", "unreviewed", "https://docs.firecrawl.dev"],
    ["EXA", "unreviewed", "https://docs.exa.ai"],
    ["E2_B", "unreviewed", "https://e2b.dev/docs"],
    ["AZURE_WHISPER", "microsoft", "https://learn.microsoft.com/en-us/azure/ai-services/openai/"],
    ["RIME", "unreviewed", "https://docs.rime.ai"],
    ["HUME", "unreviewed", "https://dev.hume.ai/docs"],
    ["LMNT", "unreviewed", "https://docs.lmnt.com"],
    ["NLP_CLOUD", "unreviewed", "https://docs.litellm.ai/docs/providers/nlp_cloud"],
  ] as const
).map(([prefix, party, source]) => client(prefix, party, source));

/** Ends of the names that hold a key, or choose the service in another way. */
export const aiVariableEnds =
  /^_?((API|ACCESS|AUTH|OAUTH|SUBSCRIPTION|SECRET)_?)?(KEYS?|TOKENS?|CREDENTIALS|TOKEN_ID)(_(FILE|PATH|\d+))?$|^_(REGION|MODEL_ID|DEPLOYMENT(_NAME|_ID)?|API_VERSION|PROJECT(_ID)?|LOCATION|TOKEN_BEDROCK)$/;

/** Variables whose value chooses a model, or whose service answers: `LLM_PROVIDER`, `AUDIO_STT_ENGINE`, `SUMMARY_MODEL`. */
export const aiChoosing =
  /(^|_)(LLM|AI|GENAI|STT|TTS|ASR|VOICE|WHISPER|TRANSCRI\w{0,40}|SPEECH|EMBEDDINGS?|RAG|CHAT|AGENT|SUMMAR\w{0,40}|TRANSLAT\w{0,40}|COMPLETION|MODEL)(_\w{1,100})?_(PROVIDER|ENGINE|BACKEND|SERVICE|VENDOR)$|(^|_)MODELS?(_NAME|_ID)?$/;

/** A line of a program that asks somebody's service, unless a line of the same text leads it elsewhere. */
export interface AiLineFact extends Fact {
  /** Word that the text holds: other texts are not searched. */
  readonly word: string;
  readonly pattern: RegExp;
  readonly party: EntityId;
  readonly led?: RegExp | undefined;
}

const led = /base_?url|api_?base|azure_endpoint|endpoint_url/i;
const agents = "livekit/agents livekit-agents/livekit/agents/inference (model names) and livekit-plugins at da6af86a";

/** Clients of public services in programs. */
export const aiLines: readonly AiLineFact[] = (
  [
    [
      "OpenAI",
      /\b(Async)?OpenAI(::Client\.new)?\(/,
      "openai",
      "openai/openai-python src/openai/_client.py at e43b4224",
      led,
    ],
    [
      "openai",
      /\bopenai\.NewClient\(|["']@ai-sdk\/openai["']/,
      "openai",
      "https://ai-sdk.dev/providers and sashabaranov/go-openai client.go",
      led,
    ],
    ["OpenAI", /\bAzureOpenAI\(/, "microsoft", "openai/openai-python src/openai/lib/azure.py at e43b4224"],
    [
      "nthropic",
      /\b(Async)?Anthropic\(/,
      "anthropic",
      "anthropics/anthropic-sdk-python src/anthropic/_client.py at 009b0353",
      led,
    ],
    ["bedrock", /\bclient\(\s*["']bedrock/, "amazon", "https://docs.aws.amazon.com/bedrock/", led],
    ["transcribe", /\bclient\(\s*["']transcribe/, "amazon", "https://docs.aws.amazon.com/transcribe/", led],
    ["SpeechClient", /\bSpeechClient\(/, "google", "https://cloud.google.com/speech-to-text/docs", /api_endpoint/],
    [
      "SpeechConfig",
      /\bSpeechConfig\(\s*subscription/,
      "microsoft",
      "https://learn.microsoft.com/en-us/azure/ai-services/speech-service/",
    ],
    [
      "GoogleCloudTranscriptionService",
      /GoogleCloudTranscriptionService/,
      "google",
      "jitsi/jigasi src/main/java/org/jitsi/jigasi/transcription/GoogleCloudTranscriptionService.java at 6fbf4f27",
    ],
    ["deepgram", /\bdeepgram\.STT\(|["']deepgram\/[\w.-]+["']/, "deepgram", agents, led],
    [
      "openai",
      /\bopenai\.(STT|TTS|LLM|realtime\.RealtimeModel)\(|\b(llm|stt|tts)\s*=\s*["']openai\//,
      "openai",
      agents,
      led,
    ],
    ["cartesia", /\bcartesia\.TTS\(|["']cartesia\/[\w.-]+["']/, "unreviewed", agents, led],
    ["elevenlabs", /\belevenlabs\.TTS\(|["']elevenlabs\/[\w.-]+["']/, "elevenlabs", agents, led],
  ] as const
).map(([word, pattern, party, source, elsewhere]) => ({ word, pattern, party, source, reviewed, led: elsewhere }));

export const aiVariables: readonly AiVariableFact[] = [
  client(
    "OPENAI",
    "openai",
    "openai/openai-python src/openai/_client.py at e43b4224 (base_url defaults to the public service)",
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "OPENAI_API_BASE_URL",
    "OPENAI_API_BASE_URLS",
    "OPENAI_API_HOST",
  ),
  client(
    "AZURE_OPENAI",
    "microsoft",
    "openai/openai-python src/openai/lib/azure.py at e43b4224",
    "AZURE_OPENAI_ENDPOINT",
  ),
  client(
    "SPEECH",
    "microsoft",
    "https://learn.microsoft.com/en-us/azure/ai-services/speech-service/",
    "SPEECH_ENDPOINT",
  ),
  client("AZURE_SPEECH", "microsoft", "https://learn.microsoft.com/en-us/azure/ai-services/speech-service/"),
  client(
    "ANTHROPIC",
    "anthropic",
    "anthropics/anthropic-sdk-python src/anthropic/_client.py at 009b0353",
    "ANTHROPIC_BASE_URL",
  ),
  client("DEEPGRAM", "deepgram", "https://developers.deepgram.com", "DEEPGRAM_BASE_URL", "DEEPGRAM_API_URL"),
  client("ASSEMBLYAI", "assemblyai", "https://www.assemblyai.com/docs"),
  client("GEMINI", "google", "https://ai.google.dev/gemini-api/docs/api-key"),
  client("MISTRAL", "mistral", "https://docs.mistral.ai", "MISTRAL_BASE_URL", "MISTRAL_ENDPOINT"),
  client("GROQ", "groq", "https://console.groq.com/docs", "GROQ_BASE_URL"),
  client("COHERE", "cohere", "https://docs.cohere.com", "COHERE_BASE_URL", "CO_API_URL"),
  client("TOGETHER", "together", "https://docs.together.ai", "TOGETHER_BASE_URL"),
  client("OPENROUTER", "openrouter", "https://openrouter.ai/docs"),
  client("XAI", "xai", "https://docs.x.ai"),
  client("PERPLEXITY", "perplexity", "https://docs.perplexity.ai"),
  client("DEEPSEEK", "deepseek", "https://api-docs.deepseek.com"),
  client("FIREWORKS", "fireworks", "https://docs.fireworks.ai"),
  client("REPLICATE", "replicate", "https://replicate.com/docs"),
  client("ELEVENLABS", "elevenlabs", "https://elevenlabs.io/docs"),
  client("ELEVEN", "elevenlabs", "https://elevenlabs.io/docs"),
  client("BEDROCK", "amazon", "https://docs.aws.amazon.com/bedrock/"),
  client("HF", "huggingface", "huggingface/huggingface_hub constants.py at ee0a451", "HF_ENDPOINT"),
  client("HUGGINGFACE", "huggingface", "https://huggingface.co/docs/hub/security-tokens", "HF_ENDPOINT"),
  client("HUGGINGFACEHUB", "huggingface", "https://huggingface.co/docs/hub/security-tokens", "HF_ENDPOINT"),
  client("HUGGING_FACE_HUB", "huggingface", "https://huggingface.co/docs/hub/security-tokens", "HF_ENDPOINT"),
  client("CO", "cohere", "https://docs.cohere.com", "CO_API_URL"),
  client("GOOGLE", "google", "https://ai.google.dev/gemini-api/docs/api-key"),
  client(
    "GOOGLE_APPLICATION",
    "google",
    "https://cloud.google.com/docs/authentication/application-default-credentials",
  ),
  client("VERTEX", "google", "https://cloud.google.com/vertex-ai/docs"),
  client("AZURE_TRANSLATOR", "microsoft", "https://learn.microsoft.com/en-us/azure/ai-services/translator/"),
  client(
    "TRANSLATOR",
    "microsoft",
    "https://learn.microsoft.com/en-us/azure/ai-services/translator/",
    "TRANSLATOR_ENDPOINT",
  ),
  client("AZURE_COGNITIVE", "microsoft", "https://learn.microsoft.com/en-us/azure/ai-services/"),
  client("WATSONX", "ibm", "https://www.ibm.com/docs/en/watsonx"),
  client("WATSON", "ibm", "https://cloud.ibm.com/docs/speech-to-text"),
  client("CLOUDFLARE_AI", "cloudflare", "https://developers.cloudflare.com/workers-ai/"),
  client("DASHSCOPE", "alibaba", "https://www.alibabacloud.com/help/en/model-studio/"),
  client("MOONSHOT", "moonshot", "https://platform.moonshot.ai/docs"),
  client("ZHIPU", "zhipu", "https://docs.z.ai"),
  client("CEREBRAS", "cerebras", "https://inference-docs.cerebras.ai"),
  client("SAMBANOVA", "sambanova", "https://docs.sambanova.ai"),
  client("VOYAGE", "voyage", "https://docs.voyageai.com"),
  client("JINA", "elastic", "https://jina.ai/embeddings/"),
  client("AI21", "ai21", "https://docs.ai21.com"),
  client("PERPLEXITYAI", "perplexity", "https://docs.litellm.ai/docs/providers/perplexity"),
  client("LANGCHAIN", "langchain", "https://docs.langchain.com/langsmith/home", "LANGCHAIN_ENDPOINT"),
  client("LANGSMITH", "langchain", "https://docs.langchain.com/langsmith/home", "LANGSMITH_ENDPOINT"),
  client("DEEPL", "deepl", "https://developers.deepl.com/docs"),
  client("REV_AI", "revai", "https://docs.rev.ai"),
  client("REVAI", "revai", "https://docs.rev.ai"),
  client("SPEECHMATICS", "speechmatics", "https://docs.speechmatics.com"),
  client("GLADIA", "gladia", "https://docs.gladia.io"),
  client("STABILITY", "stability", "https://platform.stability.ai/docs"),
  client("NVIDIA", "nvidia", "https://docs.api.nvidia.com", "NVIDIA_BASE_URL"),
  ...spellings,
];

/** Beginnings of a model's name that choose whose service answers: `anthropic/claude-…`. */
export const aiModels: readonly (Fact & { readonly word: string; readonly party: EntityId })[] = (
  [
    ["anthropic", "anthropic"],
    ["azure", "microsoft"],
    ["azure_ai", "microsoft"],
    ["bedrock", "amazon"],
    ["sagemaker", "amazon"],
    ["vertex_ai", "google"],
    ["gemini", "google"],
    ["groq", "groq"],
    ["cohere", "cohere"],
    ["mistral", "mistral"],
    ["deepseek", "deepseek"],
    ["perplexity", "perplexity"],
    ["fireworks_ai", "fireworks"],
    ["together_ai", "together"],
    ["openrouter", "openrouter"],
    ["replicate", "replicate"],
    ["deepgram", "deepgram"],
    ["assemblyai", "assemblyai"],
    ["elevenlabs", "elevenlabs"],
    ["xai", "xai"],
  ] as const
).map(([word, party]) => ({ word, party, source: "https://docs.litellm.ai/docs/providers", reviewed }));

/** Names of models that mean their maker's service wherever a client of many is told no address. */
export const aiNames: readonly (Fact & { readonly pattern: RegExp; readonly party: EntityId })[] = (
  [
    [/^(gpt-|chatgpt|o[1345](-|$)|dall-e|whisper-1$|tts-1|text-embedding-(3|ada))/, "openai"],
    [/^claude-/, "anthropic"],
    [/^gemini-/, "google"],
    [/^command-(r|a|light)/, "cohere"],
    [/^grok-/, "xai"],
    [/^sonar/, "perplexity"],
  ] as const
).map(([pattern, party]) => ({ pattern, party, source: "https://docs.litellm.ai/docs/providers", reviewed }));

/** Values of `provider` beside a model, where they are no beginning of a model's name. */
export const aiProviders: readonly (Fact & { readonly word: string; readonly party: EntityId })[] = (
  [
    ["openai", "openai"],
    ["azure_openai", "microsoft"],
    ["azure-openai", "microsoft"],
    ["azureopenai", "microsoft"],
    ["google", "google"],
    ["googleai", "google"],
    ["vertexai", "google"],
    ["aws", "amazon"],
    ["huggingface", "huggingface"],
  ] as const
).map(([word, party]) => ({ word, party, source: "https://docs.litellm.ai/docs/providers", reviewed }));

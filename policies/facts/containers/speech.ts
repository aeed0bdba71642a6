import type { ContainerFact, ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

const proxy = "jitsi/opus-transcriber-proxy src/config.ts at d413315";

/** A variable with the key of a company that would hear what people say. */
const heardBy = (variable: string, company: string): ContainerFact => ({
  image: "opus-transcriber-proxy",
  without: variable,
  otherwise: `whoever opens a connection can have what people say sent to ${company}, a company in the United States`,
  action: `remove ${variable}`,
  source: proxy,
  reviewed,
});

/** A variable with an address that is told of meetings, or of what is said in them. */
const told = (variable: string, otherwise: string): ContainerFact => ({
  image: "opus-transcriber-proxy",
  without: variable,
  otherwise,
  action: `remove ${variable}`,
  source: proxy,
  reviewed,
});

/** Facts about containers that turn speech into text: others' servers, and the transcriber of Jitsi's bridges. */
export const speech: ServiceFacts = {
  service: "speech",
  folders: ["speaches-ai", "speaches"],
  distinct: ["speaches", "opus-transcriber-proxy"],
  leaks: [
    {
      image: "speaches",
      needs: { HF_HUB_OFFLINE: "on" },
      otherwise: "a model that is named and not there is looked for at Hugging Face, a company in the United States",
      action: 'set HF_HUB_OFFLINE to "1", and put the models into its cache',
      source: "speaches-ai/speaches src/speaches/hf_utils.py at 870e1e1; huggingface_hub constants.py at version 2.4.0",
      reviewed,
    },
    told("OTLP_ENDPOINT", "its log and its figures, with the numbers of meetings, go to another host"),
    told("DISPATCHER_WS_URL", "what people say goes, as text, to another host as well"),
    told("TRANSLATION_USAGE_URL", "another host is told how long people speak"),
  ],
  media: [],
  speech: [
    {
      image: "opus-transcriber-proxy",
      needs: { ENABLE_OPENAI_CUSTOM_PROVIDER: "on" },
      otherwise: "it knows servers of companies in the United States alone",
      action:
        'set ENABLE_OPENAI_CUSTOM_PROVIDER to "true", and name your own server in the address that the bridge calls',
      source: proxy,
      reviewed,
    },
    {
      image: "opus-transcriber-proxy",
      equals: ["PROVIDERS_PRIORITY", "openai_custom"],
      otherwise: "companies in the United States come first, as upstream's list has them",
      action: 'set PROVIDERS_PRIORITY to "openai_custom"',
      source: proxy,
      reviewed,
    },
    heardBy("OPENAI_API_KEY", "OpenAI"),
    heardBy("OPENAI_TRANSLATION_API_KEY", "OpenAI"),
    heardBy("DEEPGRAM_API_KEY", "Deepgram"),
    heardBy("GEMINI_API_KEY", "Google"),
    heardBy("XAI_API_KEY", "xAI"),
  ],
};

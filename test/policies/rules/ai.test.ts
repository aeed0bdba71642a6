import { noPublicAiEndpoint } from "../../../policies/rules/ai-001-no-public-ai-endpoint";
import { own, shape, table, under, unknownString } from "../support";
import { host, map, pod } from "./fixtures";

describe("UC-AI-001 no-public-ai-endpoint", () => {
  shape(noPublicAiEndpoint);
  table(noPublicAiEndpoint, [
    {
      title: "it accepts a model of the operator's own",
      ...own,
      resource: pod("a", [
        ["OPENAI_API_KEY", "a"],
        ["OPENAI_BASE_URL", "https://models.crisis.example.ch/v1"],
      ]),
      expect: "passes",
    },
    {
      title: "it accepts a model inside the cluster",
      resource: pod("a", [
        ["OPENAI_API_KEY", "a"],
        ["OPENAI_BASE_URL", "http://vllm.ai.svc:8000/v1"],
      ]),
      expect: "passes",
    },
    ...[
      "api.openai.com",
      "team.openai.azure.com",
      "api.deepgram.com",
      "europe-west3-aiplatform.googleapis.com",
      "bedrock-runtime.eu-central-1.amazonaws.com",
      "transcribe.eu-central-1.amazonaws.com",
    ].map((name) => ({
      title: `it refuses ${name} wherever it stands`,
      ...own,
      resource: map({ a: `url = https://${name}/v1` }),
      expect: /AI service .* US nexus: controlled/,
    })),
    {
      title: "it refuses a European service that also processes in the US",
      resource: map({ a: "https://api.mistral.ai" }),
      expect: /it processes in US/,
    },
    {
      title: "it accepts a Swiss service under every profile",
      ...under("strict"),
      resource: map({ a: "https://api.infomaniak.com/1/ai" }),
      expect: "passes",
    },
    {
      title: "it accepts a German service under european",
      resource: map({ a: "https://api.aleph-alpha.com" }),
      expect: "passes",
    },
    {
      title: "it refuses it under swiss",
      ...under("swiss"),
      resource: map({ a: "https://api.aleph-alpha.com" }),
      expect: /it processes in DE/,
    },
    {
      title: "it refuses a client that falls back on the public service",
      resource: pod("a", [["OPENAI_API_KEY", "elsewhere"]]),
      expect: /OPENAI_API_KEY without OPENAI_BASE_URL/,
    },
    {
      title: "it refuses a key that settings hold under no name of a service",
      ...own,
      resource: { type: "docker:values:File", props: { COHERE_API_KEY: "a" } },
      expect: /COHERE_API_KEY without COHERE_BASE_URL/,
    },
    {
      title: "it refuses a service in no table",
      resource: pod("a", [["OPENAI_BASE_URL", "https://models.example.org/v1"]]),
      expect: /models\.example\.org, which is in no table/,
    },
    {
      title: "it refuses Jigasi's default speech service",
      resource: pod("jitsi/jigasi", [["ENABLE_TRANSCRIPTIONS", "1"]]),
      expect: /speech goes to Google/,
    },
    {
      title: "it accepts Jigasi with a speech service of one's own",
      resource: pod("jitsi/jigasi", [
        ["ENABLE_TRANSCRIPTIONS", "1"],
        ["JIGASI_TRANSCRIBER_CUSTOM_SERVICE", "org.jitsi.jigasi.transcription.WhisperTranscriptionService"],
      ]),
      expect: "passes",
    },
    { title: "it asks nothing of Jigasi without transcription", resource: pod("jitsi/jigasi"), expect: "passes" },
    {
      title: "it does not read a word that only holds the name",
      resource: map({ a: "notapi.openai.com.example.ch" }),
      expect: "passes",
    },
    {
      title: "it cannot judge text that is not known",
      resource: host(unknownString),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about what holds no text",
      resource: { type: "hcloud:index/placementGroup:PlacementGroup" },
      expect: "says nothing",
    },
  ]);
});

/** Recordings, transcripts and summaries; models; and rooms that a homeserver shows to others. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transcriptionTransparency } from "../../../policies/rules/ai-002-transcription-transparency";
import { prohibitedAiFeatures } from "../../../policies/rules/ai-003-prohibited-ai-features";
import { modelProvenance } from "../../../policies/rules/ai-004-model-provenance";
import { matrixFederation } from "../../../policies/rules/fed-001-matrix-federation";
import { recordingGoverned } from "../../../policies/rules/rec-001-recording-governed";
import { type Resource, type Row, shape, stackTable, table, unknownString } from "../support";
import { host, map, pod } from "./fixtures";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const rendered = (path: string): string => readFileSync(join(__dirname, "../../golden", path), "utf8");
const sourced = { envFrom: [{ configMapRef: { name: "settings" } }] };

/** A pod with an annotation at its template. */
const annotated = (image: string, days: unknown): Resource => ({
  type: "kubernetes:apps/v1:StatefulSet",
  props: {
    spec: {
      template: {
        metadata: { annotations: { "sovereign-uc/recording-days": days } },
        spec: { containers: [{ image: `registry.crisis.example.ch/${image}` }] },
      },
    },
  },
});

const component = (name: string, props: Readonly<Record<string, unknown>>): Resource => ({
  type: `sovereign-uc:index:${name}`,
  props,
});

describe("UC-REC-001 recording-governed", () => {
  shape(recordingGoverned);
  table(recordingGoverned, [
    ...["1", "90", "199", "300", "359", "365"].map((days): Row => ({
      title: `it accepts ${days} days`,
      resource: annotated("jitsi/jibri:stable", days),
      expect: "passes",
    })),
    ...["0", "366", "400", "3650", "-1", "for ever", "90 days", ""].map((days): Row => ({
      title: `it refuses "${days}" days`,
      resource: annotated("jitsi/jibri:stable", days),
      expect: new RegExp(`keeps recordings for "${days}" days`),
    })),
    {
      title: "it judges the days of every recorder of a list, and not of the first alone",
      resource: {
        type: "kubernetes:core/v1:List",
        props: {
          kind: "List",
          items: ["90", "400"].map((days) => ({ kind: "StatefulSet", ...annotated("jitsi/jibri:stable", days).props })),
        },
      },
      expect: /keeps recordings for "400" days/,
    },
    {
      title: "it judges the days of an object and of its pods, where they are two",
      resource: {
        type: "kubernetes:apps/v1:StatefulSet",
        props: {
          annotations: { "sovereign-uc/recording-days": "90" },
          ...annotated("jitsi/jibri:stable", "400").props,
        },
      },
      expect: /keeps recordings for "400" days/,
    },
    {
      title: "it cannot judge days that are not known",
      resource: annotated("jitsi/jibri:stable", unknownString),
      expect: { undetermined: /recording-days/ },
    },
    { title: "it says nothing about a bridge", resource: pod("jitsi/jvb:stable"), expect: "says nothing" },
    { title: "it says nothing about egress of somebody else", resource: pod("team/egress:1"), expect: "says nothing" },
    {
      title: "it says nothing about an init container",
      resource: { type: "kubernetes:core/v1:Pod", props: { spec: { initContainers: [{ image: "a/jibri:1" }] } } },
      expect: "says nothing",
    },
    {
      title: "it says nothing about an init container of a recorder",
      resource: {
        type: "kubernetes:core/v1:Pod",
        props: { spec: { initContainers: [{ image: "registry.crisis.example.ch/jitsi/jibri:stable" }] } },
      },
      expect: "says nothing",
    },
    {
      title: "it says nothing about days beside an init container of a recorder",
      resource: {
        type: "kubernetes:core/v1:Pod",
        props: {
          metadata: { annotations: { "sovereign-uc/recording-days": "400" } },
          spec: { initContainers: [{ image: "registry.crisis.example.ch/jitsi/jibri:stable" }] },
        },
      },
      expect: "says nothing",
    },
    {
      title: "it cannot judge an image that is not known",
      resource: { type: "kubernetes:core/v1:Pod", props: { spec: { containers: [{ image: unknownString }] } } },
      expect: "is undetermined",
    },
    {
      title: "it leaves a recorder without days to the check of the stack",
      resource: pod("jitsi/jibri:stable"),
      expect: "says nothing",
    },
    {
      title: "it reads days behind other settings",
      resource: {
        type: "kubernetes:apps/v1:Deployment",
        props: {
          kind: "Deployment",
          replicas: 1,
          ...annotated("jitsi/jibri:stable", "400").props,
        },
      },
      expect: /keeps recordings for "400" days/,
    },
    {
      title: "it reads days in a list of objects",
      resource: {
        type: "kubernetes:core/v1:List",
        props: { kind: "List", items: [{ kind: "ConfigMap" }, annotated("jitsi/jibri:stable", "400").props] },
      },
      expect: /keeps recordings for "400" days/,
    },
    {
      title: "it refuses streams for everybody",
      resource: pod("jitsi/web:stable", [["ENABLE_LIVESTREAMING", "1"]]),
      expect: /ENABLE_LIVESTREAMING of Jitsi's web server/,
    },
    { title: "it accepts a web server without them", resource: pod("jitsi/web:stable"), expect: "passes" },
    {
      title: "it cannot judge streams that are not known",
      resource: pod("jitsi/web:stable", [["ENABLE_LIVESTREAMING", unknownString]]),
      expect: "is undetermined",
    },
    ...["v1.6-api", "v1.6-recording-importer"].map((tag): Row => ({
      title: `it refuses recordings for everybody with the link, with ${tag}`,
      resource: pod(`blindsidenetwks/scalelite:${tag}`),
      expect: /PROTECTED_RECORDINGS_ENABLED of Scalelite .*not set/,
    })),
    {
      title: "it says nothing about a program that sees no recording",
      resource: pod("blindsidenetwks/scalelite:v1.6-poller"),
      expect: "says nothing",
    },
    {
      title: "it judges an image without a tag",
      resource: pod(`a/scalelite@sha256:${"0".repeat(64)}`),
      expect: /PROTECTED_RECORDINGS_ENABLED/,
    },
    {
      title: "it accepts protected recordings",
      resource: pod("a/scalelite:v1.6-api", [["PROTECTED_RECORDINGS_ENABLED", "true"]]),
      expect: "passes",
    },
    {
      title: "it accepts no recordings",
      resource: pod("a/scalelite:v1.6-api", [["RECORDING_DISABLED", "true"]]),
      expect: "passes",
    },
    ...["autoStartRecording=true", "OVERRIDE_CREATE_PARAMS=record=true,autoStartRecording=true"].map((line): Row => ({
      title: `it refuses "${line}"`,
      resource: host(`#!/bin/sh\n${line}\n`),
      expect: /autoStartRecording, so that meetings/,
    })),
    {
      title: "it says nothing about a recording that somebody begins",
      resource: host("#!/bin/sh\necho autoStartRecording=false\n"),
      expect: "says nothing",
    },
    {
      title: "it refuses recording without consent",
      resource: map({ "keep.json": '{"values": [{"app": "spreed", "key": "recording_consent", "value": "0"}]}' }),
      expect: /value of Nextcloud Talk/,
    },
    {
      title: "it accepts consent",
      resource: map({ "keep.json": '{"values": [{"app": "spreed", "key": "recording_consent", "value": "1"}]}' }),
      expect: "passes",
    },
    {
      title: "it knows the key of another app from it",
      resource: map({
        "keep.json":
          '{"values": [{"app": "a", "key": "recording_consent", "value": "0"}, {"app": "spreed", "key": "b", "value": "0"}]}',
      }),
      expect: "passes",
    },
    {
      title: "it refuses a command that switches consent off",
      resource: host("#!/bin/sh\nocc config:app:set spreed recording_consent --value=0\n"),
      expect: /recording_consent of Nextcloud Talk switched off/,
    },
    {
      title: "it refuses it in base64",
      resource: { type: "kubernetes:core/v1:Secret", props: { data: { a: base64("autoStartRecording=true\nb=c\n") } } },
      expect: /autoStartRecording/,
    },
    {
      title: "it refuses our Jitsi whose recorders say nothing",
      resource: component("Jitsi", { recording: true, recorders: true }),
      expect: /recordingDays of Jitsi not set/,
    },
    {
      title: "it accepts our Jitsi with days",
      resource: component("Jitsi", { recording: true, recorders: true, recordingDays: 90 }),
      expect: "passes",
    },
    {
      title: "it accepts our Jitsi whose browsers record",
      resource: component("Jitsi", { recording: true, recorders: false }),
      expect: "passes",
    },
    {
      title: "it refuses too many days",
      resource: component("OpenVidu", { recording: true, recordingDays: 366 }),
      expect: /recordingDays of the component as it is set/,
    },
    {
      title: "it accepts an OpenVidu that records nothing",
      resource: component("OpenVidu", { recording: false }),
      expect: "passes",
    },
    {
      title: "it refuses a BigBlueButton that says nothing",
      resource: component("BigBlueButton", { recording: true }),
      expect: /recordingDays/,
    },
    {
      title: "it cannot judge days of a component that are not known",
      resource: component("BigBlueButton", { recording: true, recordingDays: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a network",
      resource: { type: "hcloud:index/network:Network" },
      expect: "says nothing",
    },
  ]);
  stackTable(recordingGoverned, [
    ...[
      "jitsi/jibri:stable",
      "livekit/egress:v1",
      "mirror/livekit-egress:v1",
      "nextcloud-releases/aio-talk-recording:1",
    ].map((image) => ({
      title: `it refuses the recorder ${image} that says nothing`,
      resources: [pod(image)],
      expect: / in spec\.template\.spec\.containers\[0\], and nothing says for how many days its recordings are kept/,
    })),
    {
      title: "it accepts a recorder that says it",
      resources: [annotated("jitsi/jibri:stable", "90")],
      expect: "says nothing",
    },
    {
      title: "it leaves the recorders of our component to the component's inputs",
      resources: [component("Jitsi", { recorders: true, recordingDays: 90 }), pod("jitsi/jibri:stable")],
      expect: "passes",
    },
    {
      title: "it refuses recorders beside a component that has none of the kind",
      resources: [component("OpenVidu", { recording: true, recordingDays: 90 }), pod("jitsi/jibri:stable")],
      expect: /Jibri in .*, and nothing says/,
    },
    {
      title: "it refuses streams that a ConfigMap sets",
      resources: [pod("jitsi/web:stable", [], sourced), map({ ENABLE_LIVESTREAMING: "true" })],
      expect: /ENABLE_LIVESTREAMING/,
    },
  ]);
});

describe("UC-AI-002 transcription-transparency", () => {
  shape(transcriptionTransparency);
  table(transcriptionTransparency, [
    {
      title: "it refuses recordings that become text by themselves",
      resource: pod("jitsi/web:stable", [["AUTO_CAPTION_ON_RECORD", "1"]]),
      expect: /AUTO_CAPTION_ON_RECORD of Jitsi's web server/,
    },
    { title: "it accepts a web server without that", resource: pod("jitsi/web:stable"), expect: "passes" },
    ...[
      "config.transcription.autoTranscribeOnRecord = true;",
      "config.transcription = { autoCaptionOnRecord: !0 };",
    ].map((line): Row => ({
      title: `it refuses "${line}"`,
      resource: map({ "custom-config.js": `${line}\n` }),
      expect: /a Jitsi that turns every recording into text/,
    })),
    {
      title: "it says nothing about one in a comment",
      resource: map({ "custom-config.js": "// config.transcription.autoTranscribeOnRecord = true;\nconfig.a = 1;\n" }),
      expect: "says nothing",
    },
    {
      title: "it refuses it in data",
      resource: map({ "a.yaml": "transcription:\n  autoTranscribeOnRecord: true\n" }),
      expect: /autoTranscribeOnRecord of Jitsi/,
    },
    {
      title: "it accepts it switched off",
      resource: map({ "a.yaml": "transcription:\n  autoTranscribeOnRecord: false\n" }),
      expect: "passes",
    },
    ...["call_recording_transcription", "call_recording_summary"].map((key): Row => ({
      title: `it refuses ${key} of Talk`,
      resource: map({ "keep.json": `{"values": [{"app": "spreed", "key": "${key}", "value": "yes"}]}` }),
      expect: /value of Nextcloud Talk/,
    })),
    {
      title: "it refuses a command that sets it",
      resource: host("#!/bin/sh\nphp occ config:app:set spreed call_recording_summary --value yes\n"),
      expect: /a Nextcloud Talk that turns/,
    },
    ...[
      "AUTO_TRANSCRIBE",
      "APP_ALWAYS_SUMMARIZE",
      "FORCE_CAPTIONS",
      "DISABLE_RECORDING_NOTICE",
      "HIDE_AI_LABEL",
      "SKIP_MEETING_BOT_ANNOUNCEMENT",
    ].map((name): Row => ({
      title: `it refuses ${name}`,
      resource: pod("team/notes:1", [[name, "true"]]),
      expect: new RegExp(`${name} in spec\\.template\\.spec\\.containers\\[0\\], `),
    })),
    ...["TRANSCRIPTION_NOTICE", "AI_DISCLOSURE_ENABLED", "RECORDING_CONSENT_REQUIRED"].map((name): Row => ({
      title: `it refuses ${name} switched off`,
      resource: pod("team/notes:1", [[name, "false"]]),
      expect: new RegExp(name),
    })),
    {
      title: "it accepts them the other way round",
      resource: pod("team/notes:1", [
        ["AUTO_TRANSCRIBE", "false"],
        ["AI_LABEL", "true"],
      ]),
      expect: "says nothing",
    },
    {
      title: "it says nothing about what only sounds like it",
      resource: pod("team/notes:1", [
        ["AUTO_SCALE", "true"],
        ["TRANSCRIPTION_ENABLED", "true"],
        ["DISABLE_BANNER", "true"],
      ]),
      expect: "says nothing",
    },
    {
      title: "it cannot judge one that another object holds",
      resource: pod("team/notes:1", [["AUTO_TRANSCRIBE", "elsewhere"]]),
      expect: { undetermined: /AUTO_TRANSCRIBE/ },
    },
    {
      title: "it reads keys in other spellings",
      resource: map({ "a.yaml": "meeting:\n  autoTranscribe: on\n  auto-summaries: 'yes'\n" }),
      expect: /autoTranscribe[^]*auto-summaries/,
    },
    {
      title: "it reads the values of a chart",
      resource: { type: "kubernetes:helm.sh/v4:Chart", props: { values: { notes: { autoTranscribe: true } } } },
      expect: /autoTranscribe/,
    },
    {
      title: "it cannot judge a file that is not known",
      resource: map({ a: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a network",
      resource: { type: "hcloud:index/network:Network" },
      expect: "says nothing",
    },
  ]);
  stackTable(transcriptionTransparency, [
    {
      title: "it refuses what a ConfigMap switches on",
      resources: [pod("jitsi/web:stable", [], sourced), map({ AUTO_CAPTION_ON_RECORD: "true" })],
      expect: /AUTO_CAPTION_ON_RECORD/,
    },
  ]);
});

describe("UC-AI-003 prohibited-ai-features", () => {
  const script = (line: string): Resource => host(`#!/bin/sh\n${line}\n`);
  shape(prohibitedAiFeatures);
  table(prohibitedAiFeatures, [
    ...[
      "config.faceLandmarks = { enableFaceExpressionsDetection: true };",
      "config.faceLandmarks.enableDisplayFaceExpressions=!0",
    ].map((line): Row => ({
      title: `it refuses "${line}"`,
      resource: map({ "config.js": `${line}\n` }),
      expect: /a Jitsi which reads feelings/,
    })),
    {
      title: "it says nothing about expressions that are off",
      resource: map({
        "config.js": 'config.faceLandmarks = {"enableFaceCentering":false,"enableFaceExpressionsDetection":false};\n',
      }),
      expect: "says nothing",
    },
    {
      title: "it says nothing about our Jitsi's page",
      resource: map({ "custom-config.js": rendered("jitsi/own/own-web-1-config/custom-config.js") }),
      expect: "says nothing",
    },
    ...[
      "SENTIMENT_ANALYSIS",
      "EMOTION_DETECTION",
      "ENABLE_SENTIMENT",
      "detectEmotions",
      "analyse_mood",
      "facial_expressions_tracking",
      "displayFaceExpressions",
    ].map((name): Row => ({
      title: `it refuses ${name}`,
      resource: pod("team/notes:1", [[name, "1"]]),
      expect: new RegExp(`${name} in .* which reads feelings`),
    })),
    ...["SPEAKER_VERIFICATION", "voicePrint", "SPEAKER_ENROLMENT", "face_recognition_enabled", "identify-speakers"].map(
      (name): Row => ({
        title: `it refuses ${name}`,
        resource: map({ "a.yaml": `b: 1\n${name}: true\n` }),
        expect: new RegExp(`${name} in .* which knows people`),
      }),
    ),
    ...["gender_detection", "inferEthnicity", "biometric_categorisation"].map((name): Row => ({
      title: `it refuses ${name}`,
      resource: map({ "a.yaml": `b: 1\n${name}: true\n` }),
      expect: new RegExp(`${name} in .* which sorts people`),
    })),
    {
      title: "it accepts them switched off, and what only sounds like it",
      resource: pod("team/notes:1", [
        ["SENTIMENT_ANALYSIS", "false"],
        ["RACE_DETECTION", "true"],
        ["SPEAKER_DIARIZATION", "true"],
        ["SPEAKER_LABELS", "true"],
      ]),
      expect: "says nothing",
    },
    {
      title: "it cannot judge a switch that another object holds",
      resource: pod("team/notes:1", [["EMOTION_DETECTION", "elsewhere"]]),
      expect: { undetermined: /EMOTION_DETECTION/ },
    },
    ...[
      "speechbrain/emotion-recognition-wav2vec2-IEMOCAP",
      "iic/emotion2vec_plus_large",
      "trpakov/vit-face-expression",
      "superb/wav2vec2-base-superb-er",
      "ehcalabres/wav2vec2-lg-xlsr-en-speech-emotion-recognition",
    ].map((name): Row => ({
      title: `it refuses the model ${name}`,
      resource: pod("team/notes:1", [["MODEL_NAME", name]]),
      expect: /a model which reads feelings/,
    })),
    ...[
      "speechbrain/spkrec-ecapa-voxceleb",
      "nvidia/speakerverification_en_titanet_large",
      "superb/wav2vec2-base-superb-sid",
    ].map((name): Row => ({
      title: `it refuses the model ${name}`,
      resource: script(`serve --model ${name}`),
      expect: /a model which knows people/,
    })),
    {
      title: "it says nothing about diarisation, speech and styles of pages",
      resource: script(
        "serve pyannote/speaker-diarization-3.1 openai/whisper-large-v3 /srv/node_modules/@emotion/react",
      ),
      expect: "says nothing",
    },
    ...["pip install deepface", "pip3 install --no-cache-dir numpy resemblyzer", "uv pip install 'insightface'"].map(
      (line): Row => ({
        title: `it refuses "${line}"`,
        resource: script(line),
        expect: /the installation of a library/,
      }),
    ),
    {
      title: "it says nothing about other packages",
      resource: script("pip install whisperx fernet"),
      expect: "says nothing",
    },
    {
      title: "it refuses a program with such a library",
      resource: map({ "a.py": "import os\nfrom deepface import DeepFace\n" }),
      expect: /a program with a library/,
    },
    {
      title: "it refuses a request for it",
      resource: script("curl -T a 'http://speech.models.svc/v1/listen?model=a&sentiment=true'"),
      expect: /a request for an analysis/,
    },
    ...[
      "serengil/deepface:latest",
      "team/speech-emotion:1",
      "exadel/compreface-core:1.2",
      "team/speaker-verification:1",
    ].map((image): Row => ({
      title: `it refuses the image ${image}`,
      resource: pod(image),
      expect: /a program in spec\.template\.spec\.containers\[0\] which/,
    })),
    {
      title: "it cannot judge an image that is not known",
      resource: { type: "kubernetes:core/v1:Pod", props: { spec: { containers: [{ image: unknownString }] } } },
      expect: "is undetermined",
    },
    {
      title: "it refuses one in an init container",
      resource: { type: "kubernetes:core/v1:Pod", props: { spec: { initContainers: [{ image: "a/deepface:1" }] } } },
      expect: /initContainers\[0\]/,
    },
    { title: "it says nothing about other images", resource: pod("team/emotional-support:1"), expect: "says nothing" },
    {
      title: "it refuses one in base64",
      resource: {
        type: "kubernetes:core/v1:Secret",
        props: { data: { a: base64("meeting:\n  emotion_detection: true\n") } },
      },
      expect: /emotion_detection/,
    },
    {
      title: "it cannot judge a file that is not known",
      resource: map({ a: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a network",
      resource: { type: "hcloud:index/network:Network" },
      expect: "says nothing",
    },
  ]);
});

describe("UC-AI-004 model-provenance", () => {
  const vllm = (...args: readonly string[]): Resource => pod("vllm/vllm-openai:v0.8", [], { args });
  shape(modelProvenance);
  table(modelProvenance, [
    { title: "it accepts a path", resource: vllm("--model", "/models/mistral-7b"), expect: "passes" },
    ...[
      ["--model", "mistralai/Mistral-7B-Instruct-v0.3"],
      ["--model=mistralai/Mistral-7B"],
      ["serve", "mistralai/Mistral-7B"],
      ["--model", "/models/a", "--tokenizer", "mistralai/Mistral-7B"],
      ["--model", '"mistralai/Mistral-7B"'],
    ].map((args): Row => ({
      title: `it refuses ${args.join(" ")}`,
      resource: vllm(...args),
      expect: /of vLLM in .* with the name of a model, which is downloaded from Hugging Face/,
    })),
    {
      title: "it refuses one whose option stands in quotes",
      resource: vllm("'--model'", "mistralai/Mistral-7B"),
      expect: /--model of vLLM/,
    },
    {
      title: "it takes a name that is only served for no model",
      resource: vllm("--model", "/models/a", "--served-model-name", "team/model"),
      expect: "passes",
    },
    { title: "it has nothing against an option without a value", resource: vllm("--model"), expect: "passes" },
    {
      title: "it cannot judge an image that is not known",
      resource: { type: "kubernetes:core/v1:Pod", props: { spec: { containers: [{ image: unknownString }] } } },
      expect: "is undetermined",
    },
    {
      title: "it leaves a server whose variables come from elsewhere to the stack",
      resource: pod("huggingface/text-generation-inference:3", [], sourced),
      expect: "says nothing",
    },
    {
      title: "it refuses a name beside such variables",
      resource: pod("huggingface/text-generation-inference:3", [["MODEL_ID", "mistralai/Mistral-7B"]], sourced),
      expect: /MODEL_ID of text-generation-inference/,
    },
    {
      title: "it reads a line of 10,000 characters",
      resource: host(
        `#!/bin/sh\n${": x;".repeat(2000)} curl -O https://models.crisis.example.ch/a.gguf ${"x".repeat(2000)}\n`,
      ),
      expect: /fetched in userData and compared with no digest/,
    },
    {
      title: "it accepts a name where nothing is downloaded",
      resource: pod("vllm/vllm-openai:v0.8", [["HF_HUB_OFFLINE", "1"]], { args: ["--model", "mistralai/Mistral-7B"] }),
      expect: "passes",
    },
    {
      title: "it refuses the name in a variable",
      resource: pod("huggingface/text-generation-inference:3", [["MODEL_ID", "mistralai/Mistral-7B"]]),
      expect: /MODEL_ID of text-generation-inference/,
    },
    {
      title: "it accepts a path in a variable",
      resource: pod("huggingface/text-generation-inference:3", [["MODEL_ID", "/data/model"]]),
      expect: "passes",
    },
    {
      title: "it refuses one of several names",
      resource: pod("speaches-ai/speaches:0.8", [["PRELOAD_MODELS", '["Systran/faster-whisper-small"]']]),
      expect: /PRELOAD_MODELS of Speaches/,
    },
    {
      title: "it cannot judge a variable that another object holds",
      resource: pod("huggingface/text-generation-inference:3", [["MODEL_ID", "elsewhere"]]),
      expect: { undetermined: /MODEL_ID/ },
    },
    {
      title: "it cannot judge a name that a shell puts in",
      resource: vllm("--model", "$MODEL"),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a model's name elsewhere",
      resource: pod("team/web:1", [["MODEL_ID", "mistralai/Mistral-7B"]]),
      expect: "says nothing",
    },
    ...[
      "curl -fLO https://models.crisis.example.ch/a.gguf",
      "rclone copy store:models/a.safetensors /models",
      "aws s3 cp s3://models/a.onnx .",
    ].map((line): Row => ({
      title: `it refuses "${line}" without a digest`,
      resource: host(`#!/bin/sh\n${line}\n`),
      expect: /weights that are fetched in userData and compared with no digest/,
    })),
    ...["sha256sum --check digests", `echo ${"0".repeat(64)}`].map((line): Row => ({
      title: `it accepts a download with "${line}"`,
      resource: host(`#!/bin/sh\ncurl -fLO https://models.crisis.example.ch/a.gguf\n${line}\n`),
      expect: "says nothing",
    })),
    {
      title: "it says nothing about weights that are there",
      resource: host("#!/bin/sh\nls /models/a.gguf\n"),
      expect: "says nothing",
    },
    {
      title: "it refuses a program that downloads by name",
      resource: map({ "a.py": 'm = A.from_pretrained("openai/whisper-small")\n' }),
      expect: /by its name at Hugging Face/,
    },
    {
      title: "it accepts one that reads what is there",
      resource: map({
        "a.py":
          'm = A.from_pretrained("openai/whisper-small", local_files_only=True)\nb = A.from_pretrained("/models/a")\n',
      }),
      expect: "says nothing",
    },
    {
      title: "it refuses a snapshot",
      resource: map({ "a.py": 'snapshot_download("a/b")\nprint(1)\n' }),
      expect: /downloads a model from Hugging Face/,
    },
    ...[
      "hf://mistralai/Mistral-7B",
      "HF://a/b",
      " hf://a/b ",
      "oci://registry.crisis.example.ch/models/a:1",
      "https://models.crisis.example.ch/a.tar.gz",
    ].map((uri): Row => ({
      title: `it refuses storageUri ${uri}`,
      resource: {
        type: "kubernetes:serving.kserve.io/v1beta1:InferenceService",
        props: { spec: { predictor: { model: { storageUri: uri } } } },
      },
      expect: /a model by storageUri: /,
    })),
    ...["pvc://models/a", "s3://models/a", `oci://registry.crisis.example.ch/models/a@sha256:${"0".repeat(64)}`].map(
      (uri): Row => ({
        title: `it accepts storageUri ${uri}`,
        resource: {
          type: "kubernetes:serving.kserve.io/v1beta1:InferenceService",
          props: { spec: { predictor: { model: { storageUri: uri } } } },
        },
        expect: "passes",
      }),
    ),
    {
      title: "it refuses one place of several",
      resource: {
        type: "kubernetes:serving.kserve.io/v1beta1:InferenceService",
        props: { spec: { storageUris: [{ uri: "pvc://a" }, { uri: "hf://a/b" }] } },
      },
      expect: /from Hugging Face/,
    },
    {
      title: "it has nothing against a place that is no text",
      resource: {
        type: "kubernetes:serving.kserve.io/v1beta1:InferenceService",
        props: { spec: { storageUri: 17 } },
      },
      expect: "passes",
    },
    {
      title: "it cannot judge a place that is not known",
      resource: {
        type: "kubernetes:serving.kserve.io/v1beta1:InferenceService",
        props: { spec: { storageUri: unknownString } },
      },
      expect: { undetermined: /storageUri, which is not known/ },
    },
    {
      title: "it cannot judge places that are not known",
      resource: {
        type: "kubernetes:serving.kserve.io/v1beta1:InferenceService",
        props: { spec: { storageUris: unknownString } },
      },
      expect: { undetermined: /storageUri, which is not known/ },
    },
    {
      title: "it accepts our language service with a digest",
      resource: component("Language", { model: "mistral-7b", sha256: "a".repeat(64) }),
      expect: "passes",
    },
    ...["", "latest", "A".repeat(64)].map((sha256): Row => ({
      title: `it refuses our language service with "${sha256.slice(0, 9)}"`,
      resource: component("Language", { model: "mistral-7b", sha256 }),
      expect: /sha256 of Language/,
    })),
    {
      title: "it cannot judge a digest that is not known",
      resource: component("Language", { sha256: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "it cannot judge a file that is not known",
      resource: map({ a: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a network",
      resource: { type: "hcloud:index/network:Network" },
      expect: "says nothing",
    },
  ]);
  stackTable(modelProvenance, [
    {
      title: "it refuses a name that a ConfigMap sets",
      resources: [
        pod("huggingface/text-generation-inference:3", [], sourced),
        map({ MODEL_ID: "mistralai/Mistral-7B" }),
      ],
      expect: /MODEL_ID/,
    },
    {
      title: "it accepts a path that a ConfigMap sets",
      resources: [pod("huggingface/text-generation-inference:3", [], sourced), map({ MODEL_ID: "/data/a" })],
      expect: "passes",
    },
    {
      title: "it says nothing about a stack without variables from elsewhere",
      resources: [vllm("--model", "/a")],
      expect: "says nothing",
    },
  ]);
});

describe("UC-FED-001 matrix-federation", () => {
  const homeserver = (...lines: readonly string[]): Resource =>
    map({ "homeserver.yaml": ["server_name: a.example.ch", "listeners: []", ...lines, ""].join("\n") });
  const element = (file: object): Resource =>
    map({ "config.json": JSON.stringify({ default_server_config: {}, ...file }) });
  const dendrite = (...lines: readonly string[]): Resource =>
    map({ "dendrite.yaml": ["client_api: {}", "global:", "  server_name: a", ...lines, ""].join("\n") });
  shape(matrixFederation);
  table(matrixFederation, [
    {
      title: "it accepts the homeserver that our component renders",
      resource: map({ "homeserver.yaml": rendered("matrix/own/own-synapse-config/homeserver.yaml") }),
      expect: "passes",
    },
    {
      title: "it accepts Element's file as the component renders it",
      resource: map({ "config.json": rendered("matrix/own/own-element-config/config.json") }),
      expect: "passes",
    },
    {
      title: "it refuses federation with everybody",
      resource: homeserver(),
      expect: /federation_domain_whitelist of Synapse in .*not set: rooms and people/,
    },
    ...["[]", "[partner.example.ch, 'other.example.ch:8448']"].map((list): Row => ({
      title: `it accepts ${list}`,
      resource: homeserver(`federation_domain_whitelist: ${list}`),
      expect: "passes",
    })),
    ...["['*.example.ch']", "['*']", "partner.example.ch", "[partner]", "[1]"].map((list): Row => ({
      title: `it refuses ${list}`,
      resource: homeserver(`federation_domain_whitelist: ${list}`),
      expect: /federation_domain_whitelist/,
    })),
    {
      title: "it refuses a list that is none",
      resource: homeserver("federation_domain_whitelist: null"),
      expect: /not set/,
    },
    ...[
      "allow_public_rooms_over_federation",
      "allow_public_rooms_without_auth",
      "allow_device_name_lookup_over_federation",
    ].map((key): Row => ({
      title: `it refuses ${key}`,
      resource: homeserver("federation_domain_whitelist: []", `${key}: true`),
      expect: new RegExp(key),
    })),
    {
      title: "it refuses figures of use at the first start",
      resource: pod("matrixdotorg/synapse:v1", [["SYNAPSE_REPORT_STATS", "yes"]]),
      expect: /SYNAPSE_REPORT_STATS of Synapse/,
    },
    {
      title: "it accepts a start without them",
      resource: pod("matrixdotorg/synapse:v1", [["SYNAPSE_REPORT_STATS", "no"]]),
      expect: "passes",
    },
    {
      title: "it refuses Dendrite's federation",
      resource: dendrite(),
      expect: /global\.disable_federation of Dendrite/,
    },
    { title: "it accepts Dendrite without it", resource: dendrite("  disable_federation: true"), expect: "passes" },
    {
      title: "it refuses Dendrite's figures of use",
      resource: dendrite("  disable_federation: true", "  report_stats:", "    enabled: true"),
      expect: /report_stats\.enabled/,
    },
    ...["matrix.org", "VECTOR.IM", "https://vector.im/", "id.matrix.org.:443"].map((server): Row => ({
      title: `it refuses the identity server ${server}`,
      resource: dendrite("  disable_federation: true", `  trusted_third_party_id_servers: [a.example.ch, "${server}"]`),
      expect: /trusted_third_party_id_servers/,
    })),
    {
      title: "it accepts an identity server of one's own",
      resource: dendrite(
        "  disable_federation: true",
        "  trusted_third_party_id_servers: [id.crisis.example.ch, notmatrix.org, matrix.org.example.ch]",
      ),
      expect: "passes",
    },
    {
      title: "it refuses Conduit's federation",
      resource: pod("matrixconduit/matrix-conduit:v0.9"),
      expect: /CONDUIT_ALLOW_FEDERATION of Conduit .*not set/,
    },
    {
      title: "it accepts Conduit without it",
      resource: pod("matrixconduit/matrix-conduit:v0.9", [["CONDUIT_ALLOW_FEDERATION", "false"]]),
      expect: "passes",
    },
    ...["CONTINUWUITY", "CONDUWUIT", "TUWUNEL"].map((name): Row => ({
      title: `it refuses ${name}_ALLOW_FEDERATION`,
      resource: pod(`a/${name.toLowerCase()}:1`, [[`${name}_ALLOW_FEDERATION`, "true"]]),
      expect: /ALLOW_FEDERATION of Continuwuity/,
    })),
    {
      title: "it refuses a directory of the makers",
      resource: element({ room_directory: { servers: ["a.example.ch", "matrix.org"] } }),
      expect: /room_directory\.servers\.\* of Element Web/,
    },
    {
      title: "it refuses an identity server of the makers",
      resource: element({ default_server_config: { "m.identity_server": { base_url: "https://vector.im" } } }),
      expect: /m\.identity_server\.base_url/,
    },
    ...["integrations_ui_url", "integrations_rest_url"].map((key): Row => ({
      title: `it refuses the makers' ${key}`,
      resource: element({ [key]: "https://scalar.vector.im/api" }),
      expect: new RegExp(key),
    })),
    {
      title: "it cannot judge a list that is not known",
      resource: {
        type: "kubernetes:helm.sh/v4:Chart",
        props: { values: { server_name: "a", listeners: [], federation_domain_whitelist: unknownString } },
      },
      expect: { undetermined: /federation_domain_whitelist/ },
    },
    {
      title: "it cannot judge a name that is not known",
      resource: {
        type: "kubernetes:helm.sh/v4:Chart",
        props: {
          values: { server_name: "a", listeners: [], federation_domain_whitelist: ["a.example.ch", unknownString] },
        },
      },
      expect: { undetermined: /federation_domain_whitelist/ },
    },
    {
      title: "it accepts our component with partners",
      resource: component("Matrix", { federation: ["partner.example.ch"] }),
      expect: "passes",
    },
    {
      title: "it refuses our component with everybody",
      resource: component("Matrix", { federation: ["*"] }),
      expect: /federation of Matrix/,
    },
    {
      title: "it refuses it inside user data",
      resource: host(
        "#cloud-config\nwrite_files:\n  - path: /etc/homeserver.yaml\n    content: |\n      server_name: a\n      listeners: []\n",
      ),
      expect: /federation_domain_whitelist/,
    },
    {
      title: "it cannot judge a file that is not known",
      resource: map({ a: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about another program's file",
      resource: map({ "a.yaml": "listeners: []\nname: a\n" }),
      expect: "says nothing",
    },
  ]);
  stackTable(matrixFederation, [
    {
      title: "it refuses federation that a ConfigMap switches on",
      resources: [pod("matrixconduit/matrix-conduit:v0.9", [], sourced), map({ CONDUIT_ALLOW_FEDERATION: "true" })],
      expect: /CONDUIT_ALLOW_FEDERATION of Conduit/,
    },
  ]);
});

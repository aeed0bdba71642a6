import type { Upstream } from "../../core/upstream";
import { bucketClientSources } from "../../kubernetes/bucket-client";
import { speechImages } from "./images";

const hub = (constant: string): string => `huggingface_hub 2.4.0 huggingface_hub/constants.py, ${constant}`;
const proxy = (path: string): string => `jitsi/opus-transcriber-proxy d413315 ${path}`;

/** Sources of everything that is written for the servers of speech. */
export const upstream: Upstream = {
  variables: {
    [speechImages.python.path]: {
      HF_HUB_OFFLINE: hub("HF_HUB_OFFLINE"),
      HF_HUB_DISABLE_TELEMETRY: hub("HF_HUB_DISABLE_TELEMETRY"),
      ORT_DISABLE_TELEMETRY:
        "onnxruntime 1.32.0 onnxruntime/core/platform/posix/telemetry_1ds.cc, as the wheel's library names both",
      OMP_WAIT_POLICY: "OpenMP 5.2, OMP_WAIT_POLICY; OpenNMT/CTranslate2 v4.8.5 links Intel's, which reads it",
      PYTHONDONTWRITEBYTECODE: "python/cpython 3.11 Doc/using/cmdline.rst",
    },
    [speechImages.rclone.path]: bucketClientSources,
  },
  files: {},
  behaviour: {
    whisper: {
      "a folder with a model, and local_files_only":
        "SYSTRAN/faster-whisper v1.2.1 faster_whisper/transcribe.py, WhisperModel",
      "the form and the answer in verbose_json":
        "openai/openai-python v2.7.1 src/openai/types/audio/transcription_verbose.py",
    },
    captions: {
      "key among the subprotocols, beside `realtime`": proxy("src/backends/OpenAIBackend.ts, connect"),
      "16-bit samples at 24 kHz, base64": proxy("src/backends/OpenAIBackend.ts, getDesiredAudioFormat"),
      "a commit of nothing is told by its code, and not taken amiss": proxy(
        "src/backends/OpenAIBackend.ts, handleMessage",
      ),
      "upstream's own server would let a client name any path as its model":
        "alphacep/vosk-server c2e82f0 websocket/asr_server.py, recognize",
    },
  },
};

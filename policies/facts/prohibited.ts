import { type Fact, lastReview as reviewed } from "./fact";
import type { NamedSwitch } from "./transcription";
import type { SettingLine } from "./switch";

const reads = "which reads feelings off faces or voices";
const knows = "which knows people by their voices or faces";
const sorts = "which sorts people by their bodies";
const off = "switch it off";

/** Names that programs of many makers have for what is prohibited. They are read as words: no single upstream defines them. */
export const prohibitedNames: readonly NamedSwitch[] = [
  {
    name: /(^|_)(emotions?|emotional|sentiments?|moods?|face_expressions?|facial_expressions?)_?(analysis|detection|recognition|inference|classification|tracking|scoring|enabled)?$/,
    refused: "on",
    what: reads,
    action: off,
  },
  {
    name: /(^|_)(detect|infer|analy[sz]e|recogni[sz]e|track|enable|classify|display)_(emotions?|sentiments?|moods?|face_expressions?|facial_expressions?)(_detection|_analysis|_recognition)?$/,
    refused: "on",
    what: reads,
    action: off,
  },
  {
    name: /(^|_)(voice_?prints?|speaker_(verification|identification|recognition|enrol?lment)|identify_speakers|face_(recognition|identification)|facial_recognition)(_enabled)?$/,
    refused: "on",
    what: knows,
    action: `${off}: tell voices apart without names (diarisation)`,
  },
  {
    name: /(^|_)((gender|ethnicity|religion)_(detection|recognition|estimation|classification|inference)|(detect|infer|estimate|classify)_(gender|ethnicity|religion)|biometric_categori[sz]ation)(_enabled)?$/,
    refused: "on",
    what: sorts,
    action: off,
  },
];

const model = (pattern: RegExp, word: string, what: string, source: string): SettingLine => ({
  word,
  pattern,
  what,
  action: "take a model that writes down what is said, and no more",
  source,
  reviewed,
});

/** Models and programs that do nothing else, wherever a text names them. */
export const prohibitedLines: readonly SettingLine[] = [
  {
    word: "faceexpressions",
    pattern: /\benable(Display)?FaceExpressions(Detection)?["']?\s{0,8}[:=]\s{0,8}["']?(true|!0)\b/,
    what: `a Jitsi ${reads}`,
    action: "set enableFaceExpressionsDetection and enableDisplayFaceExpressions to false",
    source: "jitsi/jitsi-meet react/features/face-landmarks/FaceLandmarksDetector.ts at 1c8216eb (faceLandmarks)",
    reviewed,
  },
  model(
    /(^|[\s"'=:,/([])[\w.-]{1,60}\/[\w.-]{0,80}(emotion[-_]?(recognition|detection|classif\w{0,8}|2vec)|(speech|voice|face|facial)[-_]emotions?|fac(e|ial)[-_]expression)/i,
    "/",
    `a model ${reads}`,
    "https://huggingface.co/models (names of models: speechbrain/emotion-recognition-wav2vec2-IEMOCAP, trpakov/vit-face-expression)",
  ),
  model(
    /(^|[\s"'=:,/([])(superb\/[\w-]{1,60}-er|ehcalabres\/[\w.-]{0,60}speech-emotion[\w.-]{0,40})($|[\s"',)\]])/i,
    "/",
    `a model ${reads}`,
    "https://huggingface.co/superb/wav2vec2-base-superb-er (model card)",
  ),
  model(
    /(^|[\s"'=:,/([])[\w.-]{1,60}\/(spkrec-[\w.-]{1,60}|[\w.-]{0,60}(speaker[-_]?(verification|recognition|identification)|titanet|voiceprint)[\w.-]{0,40}|[\w-]{1,60}-superb-sid)/i,
    "/",
    `a model ${knows}`,
    "https://huggingface.co/speechbrain/spkrec-ecapa-voxceleb (model card)",
  ),
  model(
    /\b(pip3?|uv|poetry|conda)\s.{0,200}\b(install|add)\s(.{0,200}\s)?["']?(deepface|fer|py-feat|resemblyzer|insightface|face[-_]recognition|hsemotion|speechemotionrecognition)\b/i,
    "install",
    "the installation of a library that reads feelings off faces or voices, or knows people by them",
    "https://pypi.org (deepface, fer, py-feat, resemblyzer, insightface, face-recognition: descriptions of the packages)",
  ),
  model(
    /^\s{0,40}(from|import)\s{1,4}(deepface|feat|resemblyzer|insightface|face_recognition|hsemotion)\b/,
    "import",
    "a program with a library that reads feelings off faces or voices, or knows people by them",
    "https://pypi.org (deepface, py-feat, resemblyzer, insightface, face-recognition: descriptions of the packages)",
  ),
  model(
    /[?&](sentiment|detect_?emotions?|emotion|speaker_identification)=(true|1)\b/i,
    "=",
    `a request for an analysis ${reads}`,
    "https://developers.deepgram.com/docs/sentiment-analysis (sentiment)",
  ),
];

/** Images of programs that do nothing else, by the last part of their names. */
export const prohibitedImages: readonly (Fact & { readonly image: RegExp; readonly what: string })[] = [
  {
    image: /(^|[-_.])(deepface|emotion|emotions|emonet|py-feat|sentiment)([-_.]|$)/,
    what: reads,
    source: "https://github.com/serengil/deepface (README)",
    reviewed,
  },
  {
    image:
      /(^|[-_.])(compreface|insightface|facenet|face-recognition|facerecognition|voiceprint|speaker-(verification|identification|recognition))([-_.]|$)/,
    what: knows,
    source: "https://github.com/exadel-inc/CompreFace (README)",
    reviewed,
  },
];

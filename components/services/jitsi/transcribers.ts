import { linkTo } from "../../core/connections";
import { invalid } from "../../core/errors";
import { image } from "../../core/images";
import { link, type Link } from "../../core/link";
import { keyPair, type Secret, secretText, trusted } from "../../core/secret";
import { serviceHost, type Tier } from "../../core/tier";
import type { Issued } from "../../infrastructure/certificate-authority";
import type { Policies } from "../../kubernetes/policies";
import { Workload } from "../../kubernetes/workload";
import type * as pulumi from "@pulumi/pulumi";
import {
  type CaptionsNeed,
  transcriberCapacity,
  transcriberPort,
  transcriberResources,
  transcriberTier,
  type Transcription,
} from "./captions";
import { scripts } from "./files";
import { jitsiImages } from "./images";
import type { JitsiPlan } from "./plan";
import { jitsiUser } from "./shard";

const folders = { scripts: "/scripts", secrets: "/secrets" } as const;

/** Upstream's program in its image, and the port that it has on the loopback address. */
const program = { file: "/usr/src/app/dist/bundle/server.js", port: 8_080 } as const;

/**
 * Environment of a transcriber: our door, and upstream's program behind it, which knows no server but the one that the door names.
 *
 * What would tell others of a meeting stays unset, and a rule of the packs finds it where it is set: OTLP_ENDPOINT, TRANSLATION_USAGE_URL, DISPATCHER_WS_URL, and the
 * keys of companies. Its log says less than upstream has it: at `info`, it has the beginning of everybody's sound.
 *
 * Only whole sentences are sent: what comes before them is told in pieces that do not contain each other, of which a page would show the last one alone.
 */
export function transcriberEnv({ speech, language }: Transcription): Record<string, string> {
  return {
    HOST: "127.0.0.1",
    PORT: `${program.port}`,
    PROVIDERS_PRIORITY: "openai_custom",
    ENABLE_OPENAI_CUSTOM_PROVIDER: "true",
    OPENAI_CUSTOM_REQUIRE_WSS: "true",
    OPENAI_MODEL: speech.model,
    OPUS_BACKEND: "native",
    ENABLE_TRANSLATE: "false",
    USE_DISPATCHER: "false",
    BROADCAST_TRANSCRIPTS: "false",
    DUMP_WEBSOCKET_MESSAGES: "false",
    DUMP_TRANSCRIPTS: "false",
    SESSION_RESUME_ENABLED: "false",
    LOG_LEVEL: "warn",
    CAPTIONS_HOST: "0.0.0.0",
    CAPTIONS_PORT: `${transcriberPort}`,
    CAPTIONS_SECRETS: folders.secrets,
    CAPTIONS_TRANSCRIBER: program.file,
    CAPTIONS_URL: speech.url,
    ...(language === undefined ? {} : { CAPTIONS_LANGUAGE: language }),
    ...(speech.ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: `${folders.secrets}/speech-ca.crt` }),
  };
}

/** Name of the certificate of the transcribers. */
export const transcriberNames = (name: string): readonly string[] => [serviceHost(transcriberTier(name))];

/**
 * The transcribers of a plan's captions, as servers that write along see them.
 *
 * @throws RangeError for a plan that has none.
 * @example
 * const meetings = planJitsi({
 *   name: "meetings",
 *   domain: "meet.crisis.example.ch",
 *   participants: 200,
 *   captions: { streams: 20 },
 * });
 * const from = jitsiTranscribers(meetings); // speech.captions({ from })
 */
export function jitsiTranscribers({ name, captions }: JitsiPlan): Tier<"bridges"> {
  if (captions === undefined)
    throw invalid("a plan with captions", undefined, "plan them: planJitsi({ …, captions: { streams: 20 } })");
  return transcriberTier(name);
}

/** Captions with the room that their plan has for them. */
export interface Captioned {
  readonly transcription: Transcription;
  readonly planned: CaptionsNeed;
}

/**
 * Captions, where there are any.
 *
 * @throws RangeError for a plan without room for captions, and for room that nobody uses.
 */
export function captioned(
  { captions: planned }: JitsiPlan,
  transcription: false | Transcription | undefined,
): Captioned | undefined {
  if (transcription === undefined || transcription === false) {
    if (planned !== undefined)
      throw invalid(
        "privacy.transcription with a speech server, as its plan has captions",
        transcription,
        'give privacy: { confidentiality: "transport", transcription: { speech } }, or plan without captions',
      );
    return undefined;
  }
  if (planned === undefined)
    throw invalid("a plan with captions", undefined, "give planJitsi captions: { streams: 20 }");
  return { transcription, planned };
}

/**
 * Every connection of the transcribers, each named once.
 *
 * @param bridges ranges that bridges come from: behind a service, a host's own address becomes the one that it has in the pod range.
 */
export const captionsLinks = (name: string, { speech }: Transcription, bridges: readonly string[]): readonly Link[] => [
  link(
    { name: "bridges", ranges: bridges },
    transcriberTier(name),
    "bridges",
    "voices of meetings with captions, from bridges, which are on the host network",
  ),
  linkTo(transcriberTier(name), speech, "voices that are written down while they speak"),
];

export interface TranscribersArgs extends Captioned {
  readonly policies: Policies;
  /** Certificate of the door. */
  readonly certificate: Issued;
  /** Key that bridges show, which the focus gives them. */
  readonly key: Secret;
}

/** Makes the transcribers. When one is gone, bridges connect to another and go on; sentences under way are lost. */
export function transcribers(name: string, args: TranscribersArgs, opts: pulumi.ComponentResourceOptions): Workload {
  const { transcription, planned, policies, certificate, key } = args;
  const { cluster } = policies.namespace;
  const { speech } = transcription;
  const pair = keyPair(certificate);
  const healthy = ["node", `${folders.scripts}/captions-healthy.mjs`];
  return new Workload(
    transcriberTier(name).name,
    {
      namespace: policies.namespace,
      policies,
      tier: transcriberTier(name),
      role: "transcriber",
      image: image(cluster.registry, jitsiImages.transcriber),
      capacity: transcriberCapacity(planned),
      user: jitsiUser,
      command: ["node", `${folders.scripts}/captions-front.mjs`],
      env: transcriberEnv(transcription),
      mounts: [
        { name: "tmp", path: "/tmp", memoryMib: 16 },
        { name: "scripts", path: folders.scripts, files: scripts.transcriber },
        {
          name: "secrets",
          path: folders.secrets,
          secrets: {
            "server.crt": pair.certificate,
            "server.key": pair.privateKey,
            "bridge-keys": bothKeys(key),
            ...(speech.token === undefined ? {} : { "captions-key": speech.token }),
            ...(speech.ca === undefined ? {} : { "speech-ca.crt": trusted(speech.ca) }),
          },
        },
      ],
      probes: { ready: { command: healthy }, alive: { command: healthy, failures: 6 } },
      resources: transcriberResources,
    },
    opts,
  );
}

/** The key and the one before it, one on each line. */
const bothKeys = (key: Secret): Secret =>
  secretText<string>({ key, ...(key.previous === undefined ? {} : { previous: key.previous }) }, (texts) =>
    Object.values(texts)
      .map((text) => `${text}\n`)
      .join(""),
  );

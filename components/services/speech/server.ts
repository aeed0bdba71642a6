import { apiPort, folders, weightsPath } from "./settings";

/** Settings that both kinds of servers have. */
interface PlaceSettings {
  /** @default - the folders of its pod */
  readonly paths?: { readonly scripts: string; readonly models: string; readonly secrets: string };
  /** @default - all addresses, and the port in its pod */
  readonly listen?: { readonly host: string; readonly port: number };
  /** Cores that it works with. */
  readonly cores: number;
}

/** Settings of a server that writes down recordings. */
export interface WhisperSettings extends PlaceSettings {
  /** SHA-256 of its model's list of digests. */
  readonly sha256: string;
  /** Name by which clients ask for the model: another one is refused. */
  readonly model: string;
  readonly graphics: boolean;
}

/** Settings of a server that writes along. */
export interface CaptionsSettings extends PlaceSettings {
  /** SHA-256 of each model's list of digests, by language. */
  readonly models: Readonly<Record<string, string>>;
  /** People whom it hears at once. */
  readonly streams: number;
}

/** Name by which clients ask for captions. */
export const captionsModel = "vosk";

/** Pieces of sound that wait for their turn at one server: whoever comes then is told to come again. */
export const mostWaiting = 4;

/** Longest piece of sound in seconds. */
export const mostSeconds = 1_900;

/**
 * Variables of the servers: nothing is downloaded, whatever a name looks like, and nothing is told to anybody: onnxruntime, which finds the parts with a voice in them, tells Microsoft that it runs in
 * later versions than the one that is used here. Threads of OpenMP sleep while they wait: where cores are shared
 * they would hold up each other.
 */
export const serverEnv = {
  HF_HUB_OFFLINE: "1",
  HF_HUB_DISABLE_TELEMETRY: "1",
  ORT_DISABLE_TELEMETRY: "1",
  OMP_WAIT_POLICY: "PASSIVE",
  PYTHONDONTWRITEBYTECODE: "1",
} as const;

const places = ({ paths, listen }: PlaceSettings) => ({
  ...{ scripts: folders.scripts, models: folders.models, secrets: folders.secrets, ...paths },
  ...{ host: "0.0.0.0", port: apiPort, ...listen },
});

/** Command line of a server that writes down recordings, for Python. */
export function whisperArgs(settings: WhisperSettings): readonly string[] {
  const { sha256, model, graphics, cores } = settings;
  const { scripts, models, secrets, host, port } = places(settings);
  return [
    `${scripts}/whisper-server.py`,
    ...["--model", weightsPath(sha256, models), "--name", model],
    ...["--secrets", secrets, "--host", host, "--port", `${port}`],
    ...["--cores", `${cores}`, "--waiting", `${mostWaiting}`, "--most-seconds", `${mostSeconds}`],
    ...(graphics ? ["--graphics"] : []),
  ];
}

/** Command line of a server that writes along, for Python. */
export function captionsArgs(settings: CaptionsSettings): readonly string[] {
  const { scripts, models, secrets, host, port } = places(settings);
  return [
    `${scripts}/captions-server.py`,
    ...Object.entries(settings.models).flatMap(([language, sha256]) => [
      "--model",
      `${language}=${weightsPath(sha256, models)}`,
    ]),
    ...["--name", captionsModel, "--secrets", secrets, "--host", host, "--port", `${port}`],
    ...["--cores", `${settings.cores}`, "--streams", `${settings.streams}`],
  ];
}

/** Asks a server in the same pod whether it is healthy. */
export const healthy: readonly string[] = ["python3", `${folders.scripts}/healthy.py`, `${apiPort}`];

import { readFileSync } from "node:fs";
import { join } from "node:path";

const script = (name: string): string => readFileSync(join(__dirname, "files", name), "utf8");

/** Brings models from the bucket. */
export const weightsScripts = { "fetch-weights.sh": script("fetch-weights.sh") } as const;

/** Programs of the servers that write down recordings, byte for byte as they stand in `files/`. */
export const whisperScripts = {
  "front.py": script("front.py"),
  "healthy.py": script("healthy.py"),
  "sound.py": script("sound.py"),
  "whisper-server.py": script("whisper-server.py"),
} as const;

/** Programs of the servers that write along with a meeting. */
export const captionsScripts = {
  "captions-server.py": script("captions-server.py"),
  "front.py": script("front.py"),
  "healthy.py": script("healthy.py"),
} as const;

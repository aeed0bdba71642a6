import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A file of `files/`, byte for byte as it stands there. */
const read = (name: string): Record<string, string> => ({
  [name]: readFileSync(join(__dirname, "files", name), "utf8"),
});

/** Scripts inside the pods, by where they are needed. */
export const scripts = {
  focus: { ...read("start-java.sh"), ...read("focus-alive.sh") },
  bridge: { ...read("start-java.sh"), ...read("drain-bridge.sh"), ...read("bridge-health.sh") },
  floor: { ...read("bridge-floor.sh") },
  recorder: {
    ...read("start-java.sh"),
    ...read("start-recorder.sh"),
    ...read("guard-disk.sh"),
    ...read("finalize-recording.sh"),
    ...read("recorder-health.sh"),
    ...read("drain-recorder.sh"),
  },
  keeper: read("keep-recordings.sh"),
  transcriber: { ...read("captions-front.mjs"), ...read("captions-healthy.mjs") },
  access: Object.fromEntries(
    ["accounts", "http", "limits", "matrix", "oidc", "page", "rooms", "seals", "server", "service", "tokens"].flatMap(
      (part) => Object.entries(read(`access-${part}.mjs`)),
    ),
  ),
} as const;

/** Modules of the signalling server. */
export const signallingModules = {
  ...read("mod_access_keys.lua"),
  ...read("mod_guests_wait.lua"),
  ...read("mod_moderator_tokens.lua"),
  ...read("mod_recorder_rights.lua"),
  ...read("mod_relay_users.lua"),
  ...read("mod_room_captions.lua"),
  ...read("mod_shard_name.lua"),
} as const;

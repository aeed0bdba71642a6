import { type Tier, tier } from "../../core/tier";

/** Port of the servers: questions and health. */
export const apiPort = 8443;

/** Any user will do: the programs write nothing. */
export const serverUser = 65_534;

/** Folders inside the pods. */
export const folders = { models: "/models", scripts: "/scripts", secrets: "/secrets" } as const;

/** Files below the folder of secrets. */
export const secretFiles = { keys: "keys", certificate: "server.crt", key: "server.key" } as const;

/** Place of a model, which is called by its digest: another one is another place. */
export const weightsPath = (sha256: string, models: string = folders.models): string => `${models}/${sha256}`;

/** The servers that write down recordings, as clients and the bucket with the models see them. */
export const whisperTier = (name: string): Tier<"api"> => tier(name, `${name}-whisper`, { api: apiPort });

/** The servers that write along with a meeting. */
export const captionsTier = (name: string): Tier<"api"> => tier(name, `${name}-captions`, { api: apiPort });

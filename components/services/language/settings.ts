import { type Tier, tier } from "../../core/tier";

/** Port of a server: questions, health and figures. Upstream's own default was 8080 and is 9931 now, so it is always said. */
export const apiPort = 8443;

/** Any user will do: upstream's image has root alone, and the program writes nothing. */
export const serverUser = 65_534;

/** Folders inside the pods. */
export const folders = { models: "/models", scripts: "/scripts", secrets: "/secrets" } as const;

/** Files below the folder of secrets. */
export const secretFiles = { keys: "keys", certificate: "server.crt", key: "server.key" } as const;

/** Place of a model's weights, which are called by their digest: another file is another place. */
export const weightsPath = (sha256: string): string => `${folders.models}/${sha256}.gguf`;

/** The servers, as clients and the bucket with the weights see them. */
export const serverTier = (name: string): Tier<"api"> => tier(name, `${name}-server`, { api: apiPort });

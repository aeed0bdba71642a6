import { type Tier, tier } from "../../core/tier";

/** Port of the worker: health, figures and the page of all meetings. */
export const httpPort = 8080;

/** User of the image. */
export const nodeUser = 1000;

/** Folders inside the pods. */
export const folders = {
  scripts: "/scripts",
  program: "/program",
  secrets: "/minutes-secrets",
  trust: "/minutes-trust",
} as const;

/** File of the worker below its folder. */
export const programPath = `${folders.program}/worker.cjs`;

/** File below the folder of trust with every authority that Node does not know. */
export const trustFile = "authorities.crt";

/** The workers, as databases, buckets and servers see them. */
export const workerTier = (name: string): Tier<"http"> => tier(name, `${name}-worker`, { http: httpPort });

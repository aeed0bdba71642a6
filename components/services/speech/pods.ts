import type * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../../core/capacity";
import type { BucketAccess } from "../../core/connections";
import { type CatalogueImage, image } from "../../core/images";
import type { keyPair, Secret } from "../../core/secret";
import type { InitContainer } from "../../kubernetes/container";
import { type BucketClient, bucketClient } from "../../kubernetes/bucket-client";
import type { Policies } from "../../kubernetes/policies";
import { Workload } from "../../kubernetes/workload";
import type { WorkloadArgs } from "../../kubernetes/workload-args";
import { captionsScripts, weightsScripts, whisperScripts } from "./files";
import { speechImages } from "./images";
import { speechModels } from "./models";
import type { SpeechPlan } from "./plan";
import type { CaptionsPlan, SpeechWeights } from "./plan-captions";
import { captionsArgs, healthy, serverEnv, whisperArgs } from "./server";
import { folders, secretFiles, serverUser } from "./settings";

export interface SpeechParts {
  readonly plan: SpeechPlan;
  readonly image: CatalogueImage;
  readonly models: BucketAccess;
  readonly policies: Policies;
  /** File of the keys that count. */
  readonly keys: Secret;
  /** Certificate with the names of both tiers. */
  readonly pair: ReturnType<typeof keyPair>;
}

type Own = Pick<WorkloadArgs, "tier" | "capacity" | "args" | "resources"> & {
  readonly role: string;
  readonly weights: Readonly<Record<string, SpeechWeights>>;
  readonly files: Readonly<Record<string, string>>;
  /** Room for the models in memory. */
  readonly modelsMib: number;
  readonly graphics: boolean;
  readonly drainSeconds: number;
};

/** The servers that write down recordings. A piece of sound that is under way may be finished before a pod goes. */
export function whisperPods(parts: SpeechParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { plan } = parts;
  const { server: tier, weights, model, graphics, cores, capacity, resources } = plan;
  const own: Own = {
    ...{ tier, capacity, resources, graphics },
    role: "speech",
    weights: { weights },
    files: whisperScripts,
    modelsMib: speechModels[model].folderMib,
    args: whisperArgs({ sha256: weights.sha256, model, graphics, cores }),
    drainSeconds: 300,
  };
  return pods(parts, own, opts);
}

/** The servers that write along. Whoever is heard when a pod goes is heard by another one after some seconds. */
export function captionsPods(
  parts: SpeechParts,
  { server: tier, models, cores, streams, capacity, resources }: CaptionsPlan,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const sums = Object.fromEntries(Object.entries(models).map(([language, { sha256 }]) => [language, sha256]));
  const own: Own = {
    ...{ tier, capacity, resources, graphics: false },
    role: "captions",
    weights: Object.fromEntries(Object.entries(models).map(([language, one]) => [`weights-${language}`, one])),
    files: captionsScripts,
    modelsMib: Math.floor(resources.memoryMib / 2),
    args: captionsArgs({ models: sums, streams, cores }),
    drainSeconds: 60,
  };
  return pods(parts, own, opts);
}

function pods(parts: SpeechParts, own: Own, opts: pulumi.ComponentResourceOptions): Workload {
  const { policies, keys, pair } = parts;
  const { cluster } = policies.namespace;
  const { tier, role, capacity, args = [], resources } = own;
  const reader = bucketClient(parts.models, cluster.gatewayAddresses);
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      ...{ policies, tier, role, capacity, resources },
      image: image(cluster.registry, parts.image),
      replicas: replicasFor(capacity),
      ...(own.graphics ? { pool: "gpu", runtimeClass: "nvidia" } : {}),
      user: serverUser,
      init: Object.entries(own.weights).map(([name, weights]) =>
        fetching(name, weights, parts.models, reader, cluster.registry),
      ),
      env: serverEnv,
      command: ["python3"],
      args,
      ...(Object.keys(reader.names).length === 0 ? {} : { names: reader.names }),
      mounts: [
        { name: "models", path: folders.models, memoryMib: own.modelsMib },
        { name: "tmp", path: "/tmp", memoryMib: 64 },
        { name: "scripts", path: folders.scripts, files: { ...weightsScripts, ...own.files } },
        {
          name: "secrets",
          path: folders.secrets,
          secrets: {
            [secretFiles.keys]: keys,
            [secretFiles.certificate]: pair.certificate,
            [secretFiles.key]: pair.privateKey,
          },
        },
        ...reader.mounts,
      ],
      // A server listens once its models are loaded.
      probes: {
        ready: { command: healthy, everySeconds: 5 },
        alive: { command: healthy, failures: 6 },
        startSeconds: 900,
      },
      drain: { command: ["sleep", "10"], seconds: own.drainSeconds },
    },
    opts,
  );
}

/** Brings one model from the bucket before the server starts. */
const fetching = (
  name: string,
  { folder, sha256 }: SpeechWeights,
  { bucket }: BucketAccess,
  reader: BucketClient,
  registry: string,
): InitContainer => ({
  name,
  image: image(registry, speechImages.rclone),
  command: ["/bin/sh", `${folders.scripts}/fetch-weights.sh`],
  env: { ...reader.env, MODELS: folders.models, WEIGHTS: `${bucket}/${folder}`, WEIGHTS_SHA256: sha256 },
  secretEnv: reader.secretEnv,
});

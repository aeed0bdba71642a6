import type * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../../core/capacity";
import type { BucketAccess } from "../../core/connections";
import { image } from "../../core/images";
import type { keyPair, Secret } from "../../core/secret";
import type { Policies } from "../../kubernetes/policies";
import { Workload } from "../../kubernetes/workload";
import { bucketClient } from "../../kubernetes/bucket-client";
import { languageScripts } from "./files";
import { languageImages } from "./images";
import { models } from "./models";
import type { LanguagePlan } from "./plan";
import { serverArgs, serverEnv } from "./server";
import { apiPort, folders, secretFiles, serverUser } from "./settings";

export interface LanguageParts {
  readonly plan: LanguagePlan;
  readonly models: BucketAccess;
  readonly policies: Policies;
  /** File of the keys that count. */
  readonly keys: Secret;
  readonly pair: ReturnType<typeof keyPair>;
}

/** Upstream's own check of health: the image has curl for it. The certificate's names are those of the service, not of the loopback address. */
const healthy = ["curl", "--fail", "--silent", "--insecure", "--max-time", "5", `https://127.0.0.1:${apiPort}/health`];

/** The servers. Each holds the weights in memory, which the first container brings. */
export function serverPods(
  { plan, models: bucket, policies, keys, pair }: LanguageParts,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const { cluster } = policies.namespace;
  const { server: tier, weights } = plan;
  const reader = bucketClient(bucket, cluster.gatewayAddresses);
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "language",
      image: image(cluster.registry, plan.graphics ? languageImages.graphics : languageImages.server),
      capacity: plan.capacity,
      replicas: replicasFor(plan.capacity),
      ...(plan.graphics ? { pool: "gpu", runtimeClass: "nvidia" } : {}),
      user: serverUser,
      init: [
        {
          name: "weights",
          image: image(cluster.registry, languageImages.rclone),
          command: ["/bin/sh", `${folders.scripts}/fetch-weights.sh`],
          env: {
            ...reader.env,
            MODELS: folders.models,
            WEIGHTS: `${bucket.bucket}/${weights.object}`,
            WEIGHTS_SHA256: weights.sha256,
          },
          secretEnv: reader.secretEnv,
        },
      ],
      env: serverEnv,
      command: ["/app/llama-server"],
      args: serverArgs({
        sha256: weights.sha256,
        model: plan.model,
        questions: plan.questions,
        context: plan.context,
        graphics: plan.graphics,
        cores: plan.cores,
      }),
      ...(Object.keys(reader.names).length === 0 ? {} : { names: reader.names }),
      mounts: [
        { name: "models", path: folders.models, memoryMib: models[plan.model].gib * 1_024 },
        { name: "tmp", path: "/tmp", memoryMib: 64 },
        { name: "scripts", path: folders.scripts, files: languageScripts },
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
      // Health is 200 once the model is loaded, and 503 before.
      probes: {
        ready: { command: healthy, everySeconds: 5 },
        alive: { command: healthy, failures: 6 },
        startSeconds: 900,
      },
      resources: plan.resources,
    },
    opts,
  );
}
